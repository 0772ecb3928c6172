"""Joint draws: every stat of every player and every score, in the same worlds."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_sports.score import points as score_points
from sdp_sports.spec import Contest

Int16s = NDArray[np.int16]
Floats = NDArray[np.float64]
Float32s = NDArray[np.float32]

GROUPS: Mapping[str, tuple[str, ...]] = {
    "skill": (
        "targets",
        "receptions",
        "receiving_tds",
        "rushing_attempts",
        "rushing_tds",
        "fumbles_lost",
        "two_point_conversions",
        "return_tds",
    ),
    "yards": ("receiving_yards", "rushing_yards"),
    "passer": ("passing_attempts", "passing_completions", "passing_tds", "interceptions", "sacks_taken"),
    "passed": ("passing_yards",),
    "kicker": ("fg_made_0_39", "fg_made_40_49", "fg_made_50_plus", "fg_missed", "xp_made", "xp_missed"),
    "defence": (
        "def_sacks",
        "def_interceptions",
        "def_fumble_recoveries",
        "def_tds",
        "def_safeties",
        "def_blocked_kicks",
        "points_allowed",
    ),
}
"""The stats that are drawn, by the sheet that holds them, in its order."""
PLACE = {stat: (g, i) for g, names in enumerate(GROUPS.values()) for i, stat in enumerate(names)}
"""Where each stat is: which of GROUPS, and which of its stats."""

PLAYERS = {
    "player_id": pl.Int64,
    "game_id": pl.String,
    "team_id": pl.String,
    "opponent_id": pl.String,
    "position": pl.String,
    "is_active": pl.Boolean,
}
"""Columns of `Draws.players`."""
RECONCILED = {
    "player_id": pl.Int64,
    "game_id": pl.String,
    "team_id": pl.String,
    "stat": pl.String,
    "expected": pl.Float64,
    "simulated": pl.Float64,
}
"""Columns of `Draws.calibration`."""
GAME_LINES = {
    "game_id": pl.String,
    "home_team_id": pl.String,
    "away_team_id": pl.String,
    "spread": pl.Float64,
    "total": pl.Float64,
    "line_source": pl.String,
}
"""Columns of `Draws.games`."""


@dataclass(frozen=True, eq=False)
class Draws:
    """W worlds of a slate.

    Attributes:
        worlds: W.
        games: GAME_LINES, one row a game in the slate's order.
        players: PLAYERS, one row a player and game. Rows without a player id stand for a side's unlisted players,
            so that every side adds up; a player who is not `is_active` has zeros everywhere.
        sheets: Draws by group of stats, (stats, rows, W), in the narrowest type that holds them; the stats in the
            order of GROUPS. Besides: `scores`, points of home and away, (games, 2, W), and `overtime`, (games, W).
        places: Each player row's place in each group, -1 where he has none, (rows,).
        expected: RECONCILED without `simulated`: the means the simulation was asked for.
    """

    worlds: int
    games: pl.DataFrame
    players: pl.DataFrame
    sheets: Mapping[str, NDArray[Any]]
    places: Mapping[str, NDArray[np.int64]]
    expected: pl.DataFrame

    @cached_property
    def listed(self) -> Mapping[str, NDArray[np.int64]]:
        """Rows of `players` that have a player id, by position."""
        positions = self.players["position"].to_numpy()
        named = self.players["player_id"].is_not_null().to_numpy()
        return {who: np.flatnonzero(named & (positions == who)) for who in set(positions.tolist())}

    @property
    def scores(self) -> Int16s:
        """Points of home and away, (games, 2, W)."""
        return self.sheets["scores"].astype(np.int16)

    def stat(self, row: int, name: str) -> Int16s:
        """Return one stat of a row of `players`, (W,); zeros where he cannot have it."""
        at, i = PLACE.get(name, (0, -1))
        group = tuple(GROUPS)[at]
        place = int(self.places[group][row]) if i >= 0 and group in self.places else -1
        if place < 0:
            return np.zeros(self.worlds, np.int16)
        drawn: Int16s = self.sheets[group][i, place].astype(np.int16)
        return drawn

    def line(self, row: int) -> dict[str, Int16s]:
        """Return every stat a row of `players` has, each (W,)."""
        return {
            name: self.stat(row, name)
            for group, names in GROUPS.items()
            if group in self.places and self.places[group][row] >= 0
            for name in names
        }

    def points(self, contest: Contest, row: int) -> Floats:
        """Return the contest's fantasy points of a row of `players`, (W,).

        Draws of points alone (`generic.simulate`) hold the points of the contest they were projected for.
        """
        if "points" in self.sheets:
            return np.asarray(self.sheets["points"][0, row] / 100.0)
        scored = score_points(contest, self.line(row), self.players["position"][row])
        return np.asarray(np.zeros(self.worlds) + scored)

    def fantasy_points(self, contest: Contest) -> Float32s:
        """Return the contest's fantasy points of every row of `players`, (rows, W)."""
        out = np.zeros((self.players.height, self.worlds), np.float32)
        for row in range(self.players.height):
            out[row] = self.points(contest, row)
        return out

    def take(self, game: int, other: "Draws") -> None:
        """Copy one game's worlds, by its place among `games`, from draws in which it has the same players.

        Raises:
            ValueError: It has not.
        """
        name = self.games["game_id"][game]
        sides = [draws.players.with_row_index("row").filter(pl.col("game_id") == name) for draws in (self, other)]
        if name not in other.games["game_id"] or not sides[0].drop("row").equals(sides[1].drop("row")):
            raise ValueError(f"{name}: not drawn before with the same players")
        place = other.games["game_id"].to_list().index(name)
        for sheet in ("scores", "overtime"):
            self.sheets[sheet][game] = other.sheets[sheet][place]
        mine, theirs = (side["row"].to_numpy() for side in sides)
        for group in GROUPS:
            to, source = self.places[group][mine], other.places[group][theirs]
            self.sheets[group][:, to[to >= 0]] = other.sheets[group][:, source[source >= 0]]

    @property
    def calibration(self) -> pl.DataFrame:
        """RECONCILED: what was asked of every listed player, beside the mean of the draws."""
        index = {
            (player, game): row
            for row, (player, game) in enumerate(self.players.select("player_id", "game_id").iter_rows())
        }
        means = [
            float(self.stat(index[player, game], stat).mean())
            for player, game, stat in self.expected.select("player_id", "game_id", "stat").iter_rows()
        ]
        return self.expected.with_columns(simulated=pl.Series(means, dtype=pl.Float64))

    def calibration_error(self) -> dict[str, float]:
        """Return the mean absolute relative error of each stat's mean.

        Counted are players expected to catch more than one pass (receiving) or to carry more than three times
        (rushing), and every expected passer.
        """
        frame = self.calibration
        floors = {"receptions": 1.0, "rushing_attempts": 3.0, "passing_yards": 0.0}
        use = {"receiving_yards": "receptions", "rushing_yards": "rushing_attempts"}
        errors: dict[str, float] = {}
        for stat in ("receptions", "receiving_yards", "rushing_attempts", "rushing_yards", "passing_yards"):
            basis = use.get(stat, stat)
            many = frame.filter((pl.col("stat") == basis) & (pl.col("expected") > floors[basis]))
            rows = frame.filter((pl.col("stat") == stat) & (pl.col("expected") > 0)).join(
                many.select("player_id", "game_id"), on=["player_id", "game_id"], how="semi"
            )
            if not rows.is_empty():
                errors[stat] = float(np.abs(rows["simulated"].to_numpy() / rows["expected"].to_numpy() - 1).mean())
        return errors
