"""A season of money contests played again: lineups from what was known each week, scored by what happened."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_sports.rules import Rules
from sdp_sports.spec import Contest, Stack

from sdp_engine.frames import POOL
from sdp_engine.optimize.solve import Lineup, NoLineup, solve

PAST = {
    "name": pl.String, "position": pl.String, "team": pl.String, "opponent": pl.String, "week": pl.Int64,
    "salary_usd": pl.Int64, "points": pl.Float64,
}  # fmt: skip
"""One row a player and week: what he cost and what he scored."""
CONTESTS = {"week": pl.Int64, "entries": pl.Int64, "cash_line": pl.Float64, "winning_score": pl.Float64}
"""One row a contest: the least score that was paid, and the best."""
_POINTS_A_DOLLAR, _PRIOR_ROWS = 0.0025, 200.0
"""Before a season has shown otherwise 1,000 USD buy 2.5 points, a rule of thumb that weighs as much as 200 rows."""
_PRIOR_GAMES = 4.0
"""Games whose deviation from his price is needed for half of it to be believed of a player."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Week:
    """One week: `above_cash` is the share of lineups paid, on average over its contests weighted by their entries;
    `best_of_winner` the best lineup's points as a share of the winning score of the largest contest.
    """

    week: int
    lineups: int
    mean: float
    best: float
    above_cash: float
    best_of_winner: float


@dataclass(frozen=True, eq=False)
class Outlook:
    """What is expected of a slate's players: their points, (rows,), and where known those of joint worlds, (worlds,
    rows).
    """

    points: Floats
    draws: Floats | None = None


Project = Callable[[pl.DataFrame, pl.DataFrame], Outlook]
"""Given the PAST rows of earlier weeks and those of the week to come (without `points`): what is expected."""


def by_price_and_form(past: pl.DataFrame, slate: pl.DataFrame) -> Outlook:
    """Return projections from the weeks before: what his price has bought at his position, and how he has beaten it.

    Both are means shrunk towards what is believed without them: points a dollar towards `_POINTS_A_DOLLAR`, a
    player's mean deviation towards none.

    Args:
        past: PAST rows of earlier weeks.
        slate: PAST rows of the week to come.
    """
    worth = past.group_by("position").agg(
        rate=(pl.col("points").sum() + _POINTS_A_DOLLAR * _PRIOR_ROWS * pl.col("salary_usd").mean())
        / (pl.col("salary_usd").sum() + _PRIOR_ROWS * pl.col("salary_usd").mean())
    )
    rate = pl.col("rate").fill_null(_POINTS_A_DOLLAR)
    form = (
        past.join(worth, on="position", how="left")
        .group_by("name", "position")
        .agg(off=(pl.col("points") - rate * pl.col("salary_usd")).sum() / (pl.len() + _PRIOR_GAMES))
    )
    found = slate.join(worth, on="position", how="left", maintain_order="left").join(
        form, on=["name", "position"], how="left", maintain_order="left"
    )
    return Outlook(found.select(p=rate * pl.col("salary_usd") + pl.col("off").fill_null(0.0))["p"].to_numpy())


def by_average(past: pl.DataFrame, slate: pl.DataFrame) -> Outlook:
    """Return each player's mean points of the weeks before, by his price where he has not played yet."""
    mean = past.group_by("name", "position").agg(mean=pl.col("points").mean())
    found = slate.join(mean, on=["name", "position"], how="left", maintain_order="left")
    price = _POINTS_A_DOLLAR * pl.col("salary_usd") if past.is_empty() else pl.lit(0.0)
    return Outlook(found.select(p=pl.col("mean").fill_null(price))["p"].to_numpy())


PROJECTIONS: dict[str, Project] = {"season_average": by_average, "price_and_form": by_price_and_form}
"""What needs nothing but the season's own prices and points."""


def slate_of(past: pl.DataFrame, week: int) -> pl.DataFrame:
    """Return a week's players in the order of which outlooks are, without their points."""
    return past.filter(pl.col("week") == week).sort("team", "position", "name").drop("points")


def play_week(
    contest: Contest, rules: Rules, stacks: Mapping[str, Stack], past: pl.DataFrame, contests: pl.DataFrame,
    week: int, project: Project,
) -> Week:  # fmt: skip
    """Build a week's lineups from the weeks before and hold them against its contests.

    Args:
        contest: The contest's declaration.
        rules: The request.
        stacks: The stacks declared for the sport.
        past: PAST rows of a season; of this week and later ones only names, teams and prices are read before lineups
            stand.
        contests: CONTESTS rows.
        week: The week.
        project: What is expected; where the rules ask for worlds it must tell them.

    Raises:
        ValueError: The week has no players or no contests.
        NoLineup: The rules cannot all hold.
    """
    slate = slate_of(past, week)
    played = contests.filter(pl.col("week") == week)
    if slate.is_empty() or played.is_empty():
        raise ValueError(f"week {week} has {len(slate)} players and {len(played)} contests")
    expected = project(past.filter(pl.col("week") < week), slate)
    built: Sequence[Lineup]
    try:
        built = solve(contest, _pool(contest, slate, expected.points), rules, stacks, draws=expected.draws)
    except NoLineup as error:  # a week whose best lineups are all alike is played with those that were proven
        if not error.lineups:
            raise
        built = error.lineups
    scored = past.filter(pl.col("week") == week).sort("team", "position", "name")["points"].to_numpy()
    sums = np.array([scored[[i - 1 for i in x.draftable_ids]].sum() for x in built])
    return _placed(week, sums, played)


def _placed(week: int, sums: Floats, contests: pl.DataFrame) -> Week:
    entries, lines = contests["entries"].to_numpy(), contests["cash_line"].to_numpy()
    paid = (sums[:, None] >= lines[None, :]).mean(0)
    winning = float(contests.sort("entries", descending=True)["winning_score"][0])
    return Week(
        week, len(sums), float(sums.mean()), float(sums.max()), float(np.average(paid, weights=entries)),
        float(sums.max()) / winning,
    )  # fmt: skip


def _pool(contest: Contest, slate: pl.DataFrame, points: Floats) -> pl.DataFrame:
    slots = {p: [s.name for s in contest.slots if p in s.positions] for p in slate["position"].unique()}
    rows = [
        {
            "draftable_id": number,
            "player_id": number,
            "name": row["name"],
            "team_id": row["team"],
            "opponent_id": row["opponent"],
            "game_id": "@".join(sorted((row["team"], row["opponent"]))),
            "position": row["position"],
            "roster_slots": slots[row["position"]],
            "salary_usd": row["salary_usd"],
            "points": float(worth),
        }
        for number, (row, worth) in enumerate(zip(slate.to_dicts(), points.tolist(), strict=True), 1)
    ]
    return pl.DataFrame(rows, schema=dict(POOL))


def total(weeks: Sequence[Week]) -> dict[str, float]:
    """Return the means over weeks."""
    names = ("mean", "best", "above_cash", "best_of_winner")
    return {name: float(np.mean([getattr(week, name) for week in weeks])) for name in names}
