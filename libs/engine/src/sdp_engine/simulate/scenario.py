"""What if: another assumption, the same luck. The answer is the difference of two runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from sdp_engine.simulate import league
from sdp_engine.simulate.line import Line
from sdp_engine.simulate.slate import Slate
from sdp_engine.simulate.usual import implied

CALM_MPH = 8.0
WIND_YARDS = 0.0057
"""Part of the passing yards lost for each mph of wind above CALM_MPH; open-air games of 2009-2020, beyond the line."""
WIND_POINTS = 0.28
"""Points of both sides lost for each such mph; the same games, without regard to the line."""
PASSING = ("passing_yards", "receiving_yards")
RUSHING = ("rushing_yards",)


@dataclass(frozen=True)
class Scenario:
    """What is assumed to be different.

    Attributes:
        out: Players who do not play.
        lines: Margin and total of games, each None where it stays.
        wind_mph: Wind in games.
    """

    out: frozenset[int] = frozenset()
    lines: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    wind_mph: Mapping[str, float] = field(default_factory=dict)

    def touched(self, slate: Slate) -> list[str]:
        """Return the games that it touches, in the slate's order."""
        out = slate.population.filter(pl.col("player_id").is_in(list(self.out)))["game_id"].to_list()
        touched = {*out, *self.lines, *self.wind_mph}
        return [game for game in slate.games["game_id"].to_list() if game in touched]


def narrow(slate: Slate, games: list[str]) -> Slate:
    """Return the slate with some of its games alone: their draws are those they have in the whole."""
    mine = pl.col("game_id").is_in(games)
    return replace(slate, games=slate.games.filter(mine), population=slate.population.filter(mine))


def assume(slate: Slate, predictions: pl.DataFrame, scenario: Scenario) -> tuple[Slate, pl.DataFrame]:
    """Return slate and predictions as the scenario has them.

    Who is out leaves his part to his team-mates (`expectation.expect`). Wind takes passing yards from both sides, and
    points unless the scenario names the total itself: the difference to the wind known so far counts, calm where none.
    A side that is expected to score more or less gains as many yards more or less as such sides do.

    Raises:
        ValueError: A player or a game is not of the slate, or a number is out of reason.
    """
    _check(slate, scenario)
    gone = pl.col("player_id").is_in(list(scenario.out))
    status = pl.when(gone).then(pl.lit("Out")).otherwise(pl.col("injury_status"))
    rows: list[dict[str, Any]] = []
    factor: dict[str, float] = {}
    sides: list[tuple[str, str, float, float]] = []
    for row in slate.games.iter_rows(named=True):
        line: Line = slate.line(row)
        spread, total = scenario.lines.get(row["game_id"], (None, None))
        if row["game_id"] in scenario.wind_mph:
            before, after = row["wind_mph"] or 0.0, scenario.wind_mph[row["game_id"]]
            more = max(after - CALM_MPH, 0.0) - max(before - CALM_MPH, 0.0)
            factor[row["game_id"]] = max(1.0 - WIND_YARDS * more, 0.5)
            total = line.total - WIND_POINTS * more if total is None else total
            row["wind_mph"] = after
        if row["game_id"] in scenario.lines or row["game_id"] in scenario.wind_mph:
            row["spread"] = line.spread if spread is None else spread
            row["total"] = line.total if total is None else total
        rows.append(row)
        sides += _yards(row, line, factor.get(row["game_id"], 1.0))
    games = pl.DataFrame(rows, schema=slate.games.schema)
    changed = replace(slate, games=games, population=slate.population.with_columns(injury_status=status))
    scales = pl.DataFrame(sides, schema=_SCALES, orient="row")
    scaled = predictions.join(scales, on=["game_id", "team_id"], how="left", maintain_order="left").with_columns(
        mean=pl.when(pl.col("market").is_in(PASSING))
        .then(pl.col("mean") * pl.col("by_air").fill_null(1.0))
        .when(pl.col("market").is_in(RUSHING))
        .then(pl.col("mean") * pl.col("by_ground").fill_null(1.0))
        .otherwise(pl.col("mean"))
    )
    return changed, scaled.drop("by_air", "by_ground")


_SCALES = {"game_id": pl.String, "team_id": pl.String, "by_air": pl.Float64, "by_ground": pl.Float64}


def _yards(game: Mapping[str, Any], before: Line, by_air: float) -> list[tuple[str, str, float, float]]:
    """Return by how much each side's yards by air (beyond `by_air`) and on the ground change with its points."""
    if game["spread"] is None or game["total"] is None:
        return []
    after = Line(float(game["spread"]), float(game["total"]), before.source)
    told = []
    for team, was, now in zip(("home_team_id", "away_team_id"), before.points, after.points, strict=True):
        air, ground = (implied(line, now) / implied(line, was) for line in (league.TEAM_PASSING, league.TEAM_RUSHING))
        told.append((game["game_id"], game[team], by_air * air, ground))
    return told


def _check(slate: Slate, scenario: Scenario) -> None:
    strangers = scenario.out - set(slate.population["player_id"].to_list())
    if strangers:
        raise ValueError(f"not on the slate: players {', '.join(map(str, sorted(strangers)))}")
    elsewhere = ({*scenario.lines} | {*scenario.wind_mph}) - set(slate.games["game_id"].to_list())
    if elsewhere:
        raise ValueError(f"not on the slate: games {', '.join(sorted(elsewhere))}")
    for spread, total in scenario.lines.values():
        if not (spread is None or abs(spread) <= 40) or not (total is None or 15 <= total <= 90):
            raise ValueError(f"margin {spread} and total {total}: choose margins up to 40 and totals from 15 to 90")
    if any(not 0 <= wind <= 80 for wind in scenario.wind_mph.values()):
        raise ValueError("wind: choose 0 to 80 mph")
