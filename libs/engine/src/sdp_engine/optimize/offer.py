"""What a site's salary file offers, as a pool; with another tool's projections, where there are some."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import NormalDist
from typing import Any

import polars as pl
from sdp_sports.files.matched import match
from sdp_sports.files.percentiles import at_levels
from sdp_sports.files.percentiles import told as told_levels
from sdp_sports.files.projections import Projection
from sdp_sports.files.salaries import Game, Salary
from sdp_sports.spec import Contest, Sport

from sdp_engine.frames import POOL, Schema

_MORE: Schema = {
    "ownership": pl.Float64,
    "sd": pl.Float64,
    "quantiles": pl.List(pl.Float64),
    "batting_order": pl.Int64,
    "line": pl.String,
    "external_id": pl.String,
}
_TOLD = ("ownership", "batting_order", "line")
"""Columns that are left out where nobody says anything."""
_NAMED_FREE = 5
"""Players who are named in a refusal of many."""


@dataclass(frozen=True)
class Offer:
    """What may be drafted.

    Attributes:
        contest: The contest; of a tiers format with the slate's tiers.
        pool: POOL rows with `external_id`, `sd`, `quantiles` (at QUANTILES), the columns that were asked for and, where
            told, `ownership`, `batting_order` and `line`. A `draftable_id` is the site's own id where that is a number,
            else its digits or, where these are not unique, the file's row.
        starts: When each game starts, UTC, where the file says so.
        unmatched: Projections that name nobody in the file.
        open_ids: Draftables who may still be drafted.
        unprojected: How many players have no projection; they are left out.
    """

    contest: Contest
    pool: pl.DataFrame
    starts: Mapping[str, datetime]
    unmatched: tuple[Projection, ...]
    unprojected: int
    open_ids: frozenset[int]


def offer(
    sport: Sport,
    contest: Contest,
    rows: Sequence[Salary],
    projections: Sequence[Projection] | None = None,
    objective: str = "points",
    *,
    keep_closed: bool = False,
    columns: Sequence[str] = (),
) -> Offer:
    """Return a file's players with what is to be maximised of each.

    Players whose game is off, has started or who are locked are left out.

    Args:
        sport: The sport.
        contest: The contest the file is for.
        rows: The file's rows, slots filled in.
        projections: Another tool's; without, the site's average points are maximised.
        objective: `points`, `floor`, `ceiling`, a quantile such as `0.8` (the points of a normal distribution
            around `points` with the file's `sd`), or any other column of numbers as the file calls it.
        keep_closed: Keep those who can no longer be drafted, for entries that hold them; who has no projection then
            counts for nothing.
        columns: Other columns of the projections that are wanted as they are; who has no number there has none.

    Raises:
        ValueError: The objective is none of these, or the files say nothing of it; somebody costs nothing in a
            contest with a salary cap; or projections tell of somebody twice, or of nobody in the file.
    """
    if contest.is_capped:
        _check_salaries(rows)
    if contest.mode == "tiers":
        tiers = {slot for row in rows for slot in row.roster_slots}
        contest = contest.with_tiers(sorted(tiers, key=lambda tier: (len(tier), tier)), sport.positions)
    ids = _ids(rows)
    people = {athlete: i for i, athlete in enumerate(dict.fromkeys(row.athlete for row in rows), 1)}
    told, unmatched, twice = match(sport, contest, rows, projections or ())
    if twice:
        raise ValueError("; ".join(fault.message for fault in twice[:_NAMED_FREE]))
    _check_columns({objective, *columns}, projections or ())
    _check_objective(objective, projections)
    found: list[dict[str, Any]] = []
    starts: dict[str, datetime] = {}
    still_open: set[int] = set()
    names_games, without = any(row.game is not None for row in rows), 0
    for row in rows:
        closed = row.is_off or row.is_locked or not row.roster_slots or (names_games and row.game is None)
        if closed and not keep_closed:
            continue
        projection = told.get(row.row)
        points = row.average_points if projections is None else _objective(projection, objective)
        if points is None and not closed:
            without += 1
        if points is None and not keep_closed:
            continue
        if not closed and points is not None:
            still_open.add(ids[row.row])
        game = _game(row.game)
        if game is not None and row.game is not None and row.game.starts_at is not None:
            starts[game] = row.game.starts_at
        found.append(
            {
                "draftable_id": ids[row.row],
                "player_id": people[row.athlete],
                "name": row.name,
                "team_id": sport.team_id(row.team) if row.team else None,
                "opponent_id": sport.team_id(row.opponent) if row.opponent else None,
                "game_id": game,
                "position": "/".join(sport.position(p) for p in row.positions),
                "roster_slots": list(row.roster_slots),
                "salary_usd": row.salary_usd or 0,
                "points": points or 0.0,
                "ownership": projection.ownership if projection else None,
                "sd": projection.sd if projection else None,
                "quantiles": at_levels(told_levels(projection.more)) if projection else None,
                "batting_order": row.batting_order or (projection.batting_order if projection else None),
                "line": projection.line if projection else None,
                "external_id": row.external_id,
                **{name: _objective(projection, name) for name in columns},
            }
        )
    if not found:
        raise ValueError(_nobody(contest, rows, objective, projections, unmatched))
    pool = pl.DataFrame(found, schema={**POOL, **_MORE, **dict.fromkeys(columns, pl.Float64)})
    pool = pool.drop(name for name in _TOLD if pool[name].null_count() == len(pool))
    return Offer(contest, pool, starts, unmatched, without, frozenset(still_open))


def unfilled(offered: Offer) -> str | None:
    """Return, in words, for which slots of a lineup there are too few players; None where there are enough."""
    contest = offered.contest
    people = offered.pool.select("player_id", "roster_slots").explode("roster_slots").unique()
    fits = Counter(people["roster_slots"].to_list())
    there = offered.pool["player_id"].n_unique()
    if there < contest.roster_size:
        places = f"{contest.roster_size} places of {contest.title}"
        return f"too few players, {there} for the {places}: is the list whole?{_others(offered)}"
    short = [f"{s.name} ({fits[s.name]} of {s.count})" for s in contest.slots if fits[s.name] < s.count]
    if not short:
        return None
    return f"too few players for {', '.join(short)} of {contest.title}: is the list whole?{_others(offered)}"


def _others(offered: Offer) -> str:
    return f"; {offered.unprojected} others have no points" if offered.unprojected else ""


def _check_salaries(rows: Sequence[Salary]) -> None:
    """Refuse players who cost nothing: every lineup would hold them."""
    free = [f"{row.name} (row {row.row})" for row in rows if not row.salary_usd and not (row.is_off or row.is_locked)]
    if free:
        more = f" and {len(free) - _NAMED_FREE} more" if len(free) > _NAMED_FREE else ""
        raise ValueError(f"no salary: {', '.join(free[:_NAMED_FREE])}{more}: write what each costs, or leave him out")


def _check_objective(objective: str, projections: Sequence[Projection] | None) -> None:
    """Refuse an objective that would be built for as points, for want of what it is made of."""
    if projections is None:
        if objective != "points":
            raise ValueError(f"a salary file tells average points alone: bring projections to build for {objective}")
        return
    is_told = objective in _NAMED or any(objective in one.more for one in projections)
    if not is_told and all(one.sd is None for one in projections):
        raise ValueError(
            f"the projections tell no standard deviation: without one, {objective} is no quantile of points"
        )


def _nobody(
    contest: Contest,
    rows: Sequence[Salary],
    objective: str,
    projections: Sequence[Projection] | None,
    unmatched: Sequence[Projection],
) -> str:
    if not any(row.roster_slots for row in rows):
        played = ", ".join(sorted({position for row in rows for position in row.positions})[:_NAMED_FREE])
        return (
            f"nobody in the file ({played}) plays a position of {contest.title}: {', '.join(sorted(contest.positions))}"
        )
    if projections and len(unmatched) == len(projections):
        named = ", ".join(str(one.name or one.external_id) for one in unmatched[:_NAMED_FREE])
        return f"the projections ({named}) name nobody of the salary file, or several: are the files of one slate?"
    if projections is None:
        return "nobody in the file has average points: bring projections"
    return f"nobody in the file has {objective}"


def _game(game: Game | None) -> str | None:
    return None if game is None else f"{game.away}@{game.home}" if game.home else game.text


def _ids(rows: Sequence[Salary]) -> dict[int, int]:
    """Return a number of each row, by the file's row."""
    digits = {row.row: "".join(c for c in row.external_id or "" if c.isdigit())[:18] for row in rows}
    if all(digits.values()) and len(set(digits.values())) == len(rows):
        return {row: int(text) for row, text in digits.items()}
    return {row.row: row.row for row in rows}


_NAMED = ("points", "floor", "ceiling")


def _check_columns(wanted: set[str], projections: Iterable[Projection]) -> None:
    """Refuse an objective that is no quantile and no column of the projections."""
    known = {name for one in projections for name in one.more}
    if taken := sorted(wanted & {*POOL, *_MORE} - {*_NAMED}):
        raise ValueError(f"{taken[0]!r} means something else here: call the column otherwise")
    for name in wanted - known - {*_NAMED}:
        try:
            NormalDist().inv_cdf(float(name))
        except ValueError as error:
            columns = f"; the projections have {', '.join(sorted(known))}" if known else ""
            raise ValueError(
                f"{name!r} is neither points, floor, ceiling, a quantile like 0.8 nor a column of numbers{columns}"
            ) from error


def _objective(projection: Projection | None, objective: str) -> float | None:
    if projection is None:
        return None
    if objective in _NAMED:
        value: float | None = getattr(projection, objective)
        return value
    if objective in projection.more:
        return projection.more[objective]
    try:
        normal = NormalDist(projection.points or 0.0, projection.sd or 0.0)
        return normal.inv_cdf(float(objective)) if normal.stdev else projection.points
    except ValueError:  # a column in which he has no number
        return None
