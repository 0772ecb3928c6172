"""What a salary file lets us expect of its day: averages of earlier games, prices, and who has not played lately.

    expected = chance to play x ((1 - w) x (average + its trend) + w x what his price stands for + what he steps in for)

What a price stands for is the line through the averages of the slate's players of a position. Earlier days' files tell
where an average is going, and who is away: an average that stands still although a team-mate's has moved is of
somebody who did not play. Half of what a team lacks by those newly away is shared evenly among those who play, which
is why the cheap become worth drafting. The field knows on the day who is out; this is the part of it that files tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sdp_engine.contest.source import Source

Floats = NDArray[np.float64]
Told = Mapping[str, tuple[float, str | None]]
"""Average and team by key."""


@dataclass(frozen=True)
class Form:
    """What averages and prices are worth in a sport, learned from games that belong to no contest we are judged by.

    Attributes:
        price: How much of what is expected a price tells, 0 to 1.
        trend_days: For how many days ahead an average's change of two weeks goes on.
        plays: Chance that somebody plays who has missed so many of his team's games in a row (the last: or more).
    """

    price: float
    trend_days: float = 0.0
    plays: tuple[float, ...] = (1.0,)


FORMS = {
    "nba": Form(0.4, 15.0, (1.0, 0.48, 0.30, 0.26, 0.22, 0.17, 0.15, 0.11, 0.10, 0.05)),
    "nfl": Form(0.9),
}
"""NBA: 2,956 players' days of January and February 2025 on which no contest of ours was held (least squares); the
chances from 74,486 games of the seasons 2021-22 to 2023-24, players with ten points or more on average. NFL: 2,423
players' games of 2018, weeks 4 to 12."""
ELSEWHERE = Form(0.5)
"""Believed, not learned: between the two."""
STEPS_IN = 0.5
"""Share of what a team lacks that those who play make up for, evenly: 60,660 games of the same three NBA seasons (.49;
in proportion to their averages: none of it)."""
NEWS = 5
"""Who has missed more games than these is missed no more: his team-mates' averages are what they are without him."""
_TWO_WEEKS = 14
_AT_ONCE = 1 / 3
"""A change of fewer days goes on for fewer, down to this share: the same least squares at 1, 4, 8 and 14 days."""
_NIGHT = timedelta(hours=14)
_FEW = 10


def expected(source: Source, sources: Sequence[Source], sport: str) -> Source:
    """Return a source of averages with what is to be expected of its day in their place.

    Args:
        source: The slate's file; one of projections is returned as it is.
        sources: All files at hand; those of earlier days tell more. Later ones are not looked at.
        sport: The sport's code.
    """
    if not source.is_average:
        return source
    form = FORMS.get(sport, ELSEWHERE)
    earlier = _earlier(source, sources)
    average = source.rows["points"].to_numpy()
    price = _worth_of_price(source.rows)
    points = (1 - form.price) * (average + _trend(source.rows, earlier, form)) + form.price * price
    missed = np.array(missed_days(source.rows, [told for _, told in earlier]))
    chance = np.array(form.plays)[np.minimum(missed, len(form.plays) - 1)]
    frame = source.rows.with_columns(
        points=np.where(average > 0, np.maximum(points, 0.0), 0.0), chance=chance, new=missed <= NEWS
    )
    plays = pl.when(pl.col("points") > 0).then(pl.col("chance")).otherwise(0.0)
    lacking = pl.when(pl.col("new")).then(pl.col("points") * (1 - pl.col("chance"))).otherwise(0.0)
    more = STEPS_IN * lacking.sum().over("team_id") / pl.max_horizontal(plays.sum().over("team_id"), 1.0)
    return replace(source, rows=frame.with_columns(points=plays * (pl.col("points") + more)).drop("chance", "new"))


def _earlier(source: Source, sources: Sequence[Source]) -> list[tuple[int, Told]]:
    """Return the averages of earlier days, with how many days ago, the latest first; of several files of a day, one."""
    today, found = _day(source), dict[int, Told]()
    for other in sources:
        day = _day(other)
        if other.is_average and today is not None and day is not None and day < today:
            rows = other.rows.select("key", "points", "team_id").rows()
            found[(today - day).days] = {key: (points, team) for key, points, team in rows}
    return sorted(found.items())


def _day(source: Source) -> date | None:
    """Return the day a slate is of, where its games are played: nights belong to the day before."""
    return None if source.starts_at is None else (source.starts_at - _NIGHT).date()


def _worth_of_price(rows: pl.DataFrame) -> Floats:
    """Return what players of each one's first position with his price average, by a line; of few, his own average."""
    salary, average = rows["salary_usd"].to_numpy().astype(np.float64), rows["points"].to_numpy()
    position = np.array([text.split("/")[0] for text in rows["position"]])
    worth = average.copy()
    for one in np.unique(position):
        mine = position == one
        seen = mine & (average > 0)
        if seen.sum() >= _FEW and np.ptp(salary[seen]) > 0:
            slope, level = np.polyfit(salary[seen], average[seen], 1)
            worth[mine] = np.maximum(level + slope * salary[mine], 0.0)
    return worth


def _trend(rows: pl.DataFrame, earlier: Sequence[tuple[int, Told]], form: Form) -> Floats:
    """Return by how much each average is expected to go on as it has since two weeks ago, or the first day known."""
    trend = np.zeros(rows.height)
    for n, (key, average) in enumerate(rows.select("key", "points").iter_rows()):
        known = [(days, told[key][0]) for days, told in earlier if key in told]
        if known:
            days, before = next((one for one in known if one[0] >= _TWO_WEEKS), known[-1])
            grown = _AT_ONCE + (1 - _AT_ONCE) * min(days / _TWO_WEEKS, 1.0)
            trend[n] = (average - before) / days * grown * form.trend_days
    return trend


def missed_days(rows: pl.DataFrame, earlier: Sequence[Told]) -> list[int]:
    """Return how many of his team's last days each player has missed, as far as earlier files tell.

    Args:
        rows: A source's rows.
        earlier: What earlier days' files told, the latest first.
    """
    now = dict(rows.select("key", "points").iter_rows())
    played = [{team for key, (points, team) in told.items() if now.get(key, points) != points} for told in earlier]
    found = []
    for key, points in now.items():
        missed = 0
        for told, teams in zip(earlier, played, strict=True):
            if key not in told:
                continue
            if told[key][0] != points:
                break
            missed += told[key][1] in teams
        found.append(missed)
    return found
