"""What season averages let us expect of a day: who has not played lately may not play, and his mates step in.

A salary file tells what a player scores on average over the games he has played. Where the average has not moved since
an earlier day's file, although a team-mate's has, he did not play that day. The field knows why; this is the part of it
that files tell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from sdp_engine.contest.source import Source

PLAYS = (1.0, 0.63, 0.44, 0.35, 0.33, 0.27)
"""Chance that somebody plays who has missed so many of his team's days in a row (the last: or more): 800 players with
ten points or more on average of five DraftKings NBA slates of January and February 2025."""
NEWS = 4
"""Who has missed more days than these is missed no more: his team-mates' averages are what they are without him."""
_SAME_DAY = timedelta(hours=14)


def expecting(sources: Sequence[Source]) -> list[Source]:
    """Return the sources, in which season averages have become what is to be expected of their day.

    An average counts as often as its player may be expected to play, by the files of earlier days alone; what his team
    lacks by those who are newly absent is expected of the others, in proportion. Projections are left as they are.
    """
    told = [
        (s.starts_at, {key: (points, team) for key, points, team in s.rows.select("key", "points", "team_id").rows()})
        for s in sources
        if s.is_average and s.starts_at is not None
    ]
    return [_expected(source, told) for source in sources]


def _expected(source: Source, told: Sequence[tuple[datetime, Mapping[str, tuple[float, str]]]]) -> Source:
    if not source.is_average or source.starts_at is None:
        return source
    start, days = source.starts_at, dict[object, Mapping[str, tuple[float, str]]]()
    for day, rows in sorted(told, key=lambda one: one[0]):
        if day < start - _SAME_DAY:
            days[(day - _SAME_DAY).date()] = rows  # of several files of a day, one
    missed = missed_days(source.rows, list(days.values()))
    frame = source.rows.with_columns(missed=pl.Series(missed, dtype=pl.Int64))
    chance = pl.col("missed").replace_strict(dict(enumerate(PLAYS)), default=PLAYS[-1], return_dtype=pl.Float64)
    lacking = pl.when(pl.col("missed") <= NEWS).then(pl.col("points") * (1 - chance)).otherwise(0.0)
    left = pl.col("points") * chance
    more = 1 + lacking.sum().over("team_id") / pl.max_horizontal(left.sum().over("team_id"), 1.0)
    return replace(source, rows=frame.with_columns(points=left * more).drop("missed"))


def missed_days(rows: pl.DataFrame, earlier: Sequence[Mapping[str, tuple[float, str]]]) -> list[int]:
    """Return how many of his team's last days each player has missed, as far as earlier files tell.

    Args:
        rows: A source's rows.
        earlier: Average and team by key, of each earlier day, the oldest first.
    """
    now = dict(rows.select("key", "points").iter_rows())
    played = [{team for key, (points, team) in day.items() if now.get(key, points) != points} for day in earlier]
    found = []
    for key, points in now.items():
        missed = 0
        for day, teams in zip(reversed(earlier), reversed(played), strict=True):
            if key not in day:
                continue
            if day[key][0] != points:
                break
            missed += day[key][1] in teams
        found.append(missed)
    return found
