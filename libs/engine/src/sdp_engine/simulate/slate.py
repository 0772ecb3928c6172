"""What a simulation is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from sdp_engine import frames
from sdp_engine.simulate.line import Line
from sdp_engine.simulate.past import Past

OUT = frozenset(
    ("o", "out", "ir", "ir-r", "injured reserve", "pup", "pup-r", "nfi", "nfi-r", "susp", "suspended", "inactive")
)
"""Injury statuses, in lower case, of a player who will not play."""


@dataclass(frozen=True)
class Slate:
    """The games to simulate and who may play in them.

    Attributes:
        games: GAMES frame, one row a game; a null spread or total is filled from `fallback`.
        population: POPULATION frame; a `salary_usd` column, where there is one, decides between quarterbacks
            nobody predicted. A player who is out (`OUT`) gets nothing.
        fallback: Lines by game id for games the market says nothing of (see `ratings.fit`).
        past: Past games, from which scores are drawn; games made of the league's rates where None.
    """

    games: pl.DataFrame
    population: pl.DataFrame
    fallback: Mapping[str, Line] = field(default_factory=dict)
    past: Past | None = None

    def __post_init__(self) -> None:
        """Check the frames.

        Raises:
            ValueError: A column is missing or wrong, a game appears twice, or a player's game or team is unknown.
        """
        frames.check(self.games, frames.GAMES, "games")
        frames.check(self.population, frames.POPULATION, "population")
        if self.games["game_id"].is_duplicated().any():
            raise ValueError("games: a game appears twice")
        if self.population.select("player_id", "game_id").is_duplicated().any():
            raise ValueError("population: a player appears twice in one game")
        sides = pl.concat(
            [self.games.select("game_id", team_id="home_team_id"), self.games.select("game_id", team_id="away_team_id")]
        )
        strays = self.population.join(sides, on=["game_id", "team_id"], how="anti")
        if not strays.is_empty():
            first = strays.row(0, named=True)
            raise ValueError(
                f"population: {strays.height} players whose team does not play in their game, "
                f"first {first['player_id']} ({first['team_id']} in {first['game_id']})"
            )

    def line(self, game: Mapping[str, object]) -> Line:
        """Return the line of a row of `games`; the league's mean where neither market nor fallback knows it."""
        other = self.fallback.get(str(game["game_id"]), Line(1.5, 45.0, "ratings"))
        spread, total = game["spread"], game["total"]
        if isinstance(spread, (int, float)) and isinstance(total, (int, float)):
            return Line(float(spread), float(total), "market")
        pairs = ((spread, other.spread), (total, other.total))
        kept = [float(value) if isinstance(value, (int, float)) else rated for value, rated in pairs]
        return Line(kept[0], kept[1], "ratings")
