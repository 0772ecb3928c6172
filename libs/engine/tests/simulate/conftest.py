"""Hand-made slates in the shape of the real ones."""

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
from sdp_engine import frames
from sdp_engine.simulate import Slate

KICKOFF = datetime(2023, 9, 10, 17, tzinfo=UTC)
# receptions, receiving yards, rushing yards, touchdowns; the quarterback's passing yards are separate
ROSTER = {
    "QB": [(0.0, 0.0, 16.0, 0.15), (0.0, 0.0, 3.0, 0.02)],
    "RB": [(2.9, 21.0, 66.0, 0.6), (1.6, 12.0, 28.0, 0.25)],
    "WR": [(5.6, 73.0, 2.0, 0.45), (4.1, 52.0, 0.0, 0.33), (2.2, 28.0, 0.0, 0.18), (0.6, 7.0, 0.0, 0.05)],
    "TE": [(3.9, 42.0, 0.0, 0.3), (1.1, 11.0, 0.0, 0.09)],
    "K": [(0.0, 0.0, 0.0, 0.0)],
    "DST": [(0.0, 0.0, 0.0, 0.0)],
}


class Made:
    """A slate under construction: games, population and predictions as rows."""

    def __init__(self) -> None:
        self.games: list[tuple] = []
        self.population: list[tuple] = []
        self.predictions: list[tuple] = []

    def game(self, spread=1.5, total=45.0, *, without=(), scale=1.0, predicted=True, number=None):
        """Add one game with full rosters, less the positions in `without`."""
        n = len(self.games) if number is None else number
        game_id, home, away = f"nfl:2023_01_G{n}", f"nfl:H{n}", f"nfl:A{n}"
        self.games.append(
            (game_id, 2023, "REG", 1, KICKOFF, home, away, "outdoors", None, None, None, spread, total, None, None)
        )
        for k, (team, other) in enumerate(((home, away), (away, home))):
            count = 0
            for position, lines in ROSTER.items():
                for depth, line in enumerate(lines):
                    count += 1
                    if position in without:
                        continue
                    player = 1000 * n + 100 * k + count
                    self.population.append((player, game_id, team, other, position, None))
                    if predicted:
                        self.predict(player, game_id, team, position, line, depth, scale)
        return self

    def predict(self, player, game_id, team, position, line, depth, scale):
        caught, yards, ran, tds = line
        means = {"rushing_yards": ran * scale, "anytime_touchdown": tds * scale}
        if position == "QB":
            means["passing_yards"] = (246.0 if depth == 0 else 30.0) * scale
        elif position in ("RB", "WR", "TE"):
            means |= {"receptions": caught * scale, "receiving_yards": yards * scale}
        else:
            return
        for market, mean in means.items():
            self.predictions.append((player, game_id, team, position, market, mean, 0.6 * mean + 1, 0.1, [mean] * 15))

    @property
    def slate(self) -> Slate:
        return Slate(
            pl.DataFrame(self.games, schema=dict(frames.GAMES), orient="row"),
            pl.DataFrame(self.population, schema=dict(frames.POPULATION), orient="row"),
        )

    @property
    def predicted(self) -> pl.DataFrame:
        return pl.DataFrame(self.predictions, schema=dict(frames.PREDICTIONS), orient="row")


@pytest.fixture
def make() -> Callable[[], Made]:
    """Make an empty slate to add games to."""
    return Made


@pytest.fixture(scope="session")
def two_games() -> Made:
    """Two full games."""
    return Made().game(3.0, 47.5).game(-6.5, 41.0)


@pytest.fixture(scope="session")
def check_identities() -> Callable[..., None]:
    """Give the check of every identity that must hold exactly in every world."""
    return _check_identities


def _check_identities(draws) -> None:
    players = draws.players.with_row_index("row")

    def total(rows, name):
        return sum((draws.stat(row, name).astype(np.int64) for row in rows), np.zeros(draws.worlds, np.int64))

    for g, game in enumerate(draws.games.iter_rows(named=True)):
        sides = [game["home_team_id"], game["away_team_id"]]
        rows = [
            players.filter((pl.col("game_id") == game["game_id"]) & (pl.col("team_id") == team))["row"].to_list()
            for team in sides
        ]
        for k in (0, 1):
            own, faced = rows[k], rows[1 - k]

            def mine(name, own=own):
                return total(own, name)

            def theirs(name, faced=faced):
                return total(faced, name)

            assert (mine("passing_yards") == mine("receiving_yards")).all()
            assert (mine("passing_completions") == mine("receptions")).all()
            assert (mine("passing_tds") == mine("receiving_tds")).all()
            assert (mine("interceptions") == theirs("def_interceptions")).all()
            assert (mine("sacks_taken") == theirs("def_sacks")).all()
            assert (mine("fumbles_lost") == theirs("def_fumble_recoveries")).all()
            assert (mine("passing_completions") + mine("interceptions") <= mine("passing_attempts")).all()
            assert (mine("targets") <= mine("passing_attempts")).all()
            goals = mine("fg_made_0_39") + mine("fg_made_40_49") + mine("fg_made_50_plus")
            # a two-point pass counts for the thrower and for the catcher, a run for the runner alone
            scored = (
                6 * (mine("passing_tds") + mine("rushing_tds") + mine("def_tds"))
                + 3 * goals
                + mine("xp_made")
                + 2 * mine("def_safeties")
            )
            left = draws.scores[g, k].astype(np.int64) - scored
            two = mine("two_point_conversions")
            assert (left % 2 == 0).all()
            assert (left >= two).all()
            assert (left <= 2 * two).all()
            tries = mine("xp_made") + mine("xp_missed") + left // 2
            assert (tries <= mine("passing_tds") + mine("rushing_tds") + mine("def_tds")).all()
            allowed = theirs("points_allowed")
            assert (allowed <= draws.scores[g, k]).all()
            assert (allowed >= draws.scores[g, k] - 6 * mine("def_tds") - 2 * mine("def_safeties")).all()
            returned = (
                mine("points_allowed") * 0
                + draws.scores[g, 1 - k]
                - mine("points_allowed")
                - 2 * theirs("def_safeties")
            )
            assert (returned >= 0).all()
            assert (returned <= 6 * (mine("interceptions") + mine("fumbles_lost"))).all()
            assert (mine("return_tds") <= mine("def_tds")).all()
            for row in own:
                caught, ran = draws.stat(row, "receptions"), draws.stat(row, "rushing_attempts")
                assert (draws.stat(row, "receiving_tds") <= caught).all()
                assert (draws.stat(row, "rushing_tds") <= ran).all()
                assert (caught <= draws.stat(row, "targets")).all()
                assert (draws.stat(row, "receiving_yards")[caught == 0] == 0).all()
                assert (draws.stat(row, "rushing_yards")[ran == 0] == 0).all()
                for name, values in draws.line(row).items():
                    if not name.endswith("_yards"):
                        assert values.min() >= 0, name
