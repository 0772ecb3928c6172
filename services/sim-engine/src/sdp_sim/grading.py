"""Grading after the fact: a finished contest's standings against a slate's projections, its field model and lineups."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_common.errors import BadInput, Conflict, NotFound
from sdp_common.intake import refusals_as_bad_input
from sdp_common.service import Job
from sdp_common.store import lineups, projections, runs, slates, uploads
from sdp_engine.contest import grading
from sdp_engine.contest import habits as field_habits
from sdp_engine.contest.finished import Finished, join
from sdp_engine.contest.payouts import Offer
from sdp_engine.contest.source import Source, source_from
from sdp_sports.files import read
from sdp_sports.files.standings import Standings
from sdp_sports.names import normalise
from sdp_sports.spec import QUANTILES, Contest, load
from sqlalchemy.orm import Session

LOW, HIGH = 0.1, 0.9
"""The range of points that is graded where a set tells quantiles."""


@dataclass(frozen=True, eq=False)
class Asked:
    """What is graded: the standings, who could be drafted and what was expected of him.

    Attributes:
        name: What the standings file is called.
        standings: The contest.
        sport, contest: The slate's.
        is_priced: The slate's salaries are the site's own.
        source: The players with their projections.
        key_of: Every draftable's normalised name.
        ranges: `low` and `high` points by `key`, where the set tells quantiles.
        lineups: Draftables of the lineups to grade, slot by slot; None where none are.
    """

    name: str
    standings: Standings
    sport: str
    contest: Contest
    is_priced: bool
    source: Source
    key_of: dict[int, str]
    ranges: dict[str, tuple[float, float]]
    lineups: list[list[int]] | None


def gather(job: Job, slate_id: int, upload_id: int, set_id: int, lineup_set_id: int | None) -> Asked:
    """Read what is graded.

    Raises:
        NotFound: There is no such slate, set, or file or lineup set of the user's.
        Conflict: The file is not of standings.
        BadInput: The file cannot be read, or the lineups are another slate's.
    """
    with job.session() as session:
        slate = slates.slate(session, slate_id)
        user_id = runs.run(session, job.run_id).user_id
        kept = uploads.upload(session, upload_id, user_id=user_id)
        body, name = kept.body, kept.filename
        contest = load(slate.sport).contests[slate.contest]
        stat = f"{slate.contest}_points"
        pool = projections.pool(session, slate_id, set_id, stat)
        expected = projections.told_besides(session, set_id).get(projections.OWNERSHIP, {})
        told = projections.projections(session, set_id).filter(pl.col("stat") == stat)
        chosen = None if lineup_set_id is None else _lineups(session, user_id, slate_id, lineup_set_id)
        listed = slates.draftables(session, slate_id).select("id", "name")
    with refusals_as_bad_input():
        _, content = read(body)
    if not isinstance(content, Standings):
        raise Conflict(f"upload {upload_id} is no file of contest standings")
    key_of = {draftable: normalise(player) for draftable, player in listed.iter_rows()}
    wanted = {normalise(p.name) for p in content.players} | {key_of[i] for ids in chosen or [] for i in ids}
    rows = [
        row | {"ownership": expected.get(row["draftable_id"])}
        for row in pool.iter_rows(named=True)
        if row["points"] > 0 or normalise(row["name"]) in wanted
    ]
    source = source_from(slate.name, rows)
    if source is None:
        raise Conflict("nobody of this slate is projected: simulate it or upload your own projections first")
    ranges = _ranges(told, key_of)
    priced = slate.salary_source == "site"
    return Asked(name, content, slate.sport, contest, priced, source, key_of, ranges, chosen)


def _lineups(session: Session, user_id: int | None, slate_id: int, set_id: int) -> list[list[int]]:
    kept = lineups.lineup_set(session, set_id)
    if user_id not in (None, kept.user_id):
        raise NotFound(f"there is no lineup set {set_id}")
    if kept.slate_id != slate_id:
        raise BadInput(f"lineup set {set_id} is of slate {kept.slate_id}, not of this one")
    return [list(ids) for ids in lineups.lineups(session, set_id)["draftable_ids"].to_list()]


def _ranges(told: pl.DataFrame, key_of: dict[int, str]) -> dict[str, tuple[float, float]]:
    """Return each player's range of points, by his key."""
    low, high = QUANTILES.index(LOW), QUANTILES.index(HIGH)
    known = told.filter(pl.col("quantiles").is_not_null()).select("draftable_id", "quantiles")
    return {key_of[i]: (q[low], q[high]) for i, q in known.iter_rows() if i in key_of and len(q) == len(QUANTILES)}


def grade(asked: Asked, user: str | None, offer: Offer | None) -> dict[str, Any]:
    """Return how projections, field model and lineups did.

    Raises:
        BadInput: The standings are another slate's or not final enough, or the user has no entry in them.
    """
    try:
        played = join(asked.name, asked.standings, asked.source, asked.sport, asked.contest, is_priced=asked.is_priced)
        habits = field_habits.load_told(f"{asked.sport}_{played.mode}", has_ownership=played.has_ownership)
        told = grading.grade(played, habits) | {
            "habits": habits.source,
            "model_has_seen_it": played.slate.digest in habits.slates,
            "projections": grading.projections(played),
            "range": _coverage(asked, played),
            "entered": grading.entries(asked.standings, user, offer) if user else None,
            "built": _built(asked, played, offer),
        }
    except ValueError as error:
        raise BadInput(f"the contest cannot be graded: {error}") from error
    return told


def _coverage(asked: Asked, played: Finished) -> dict[str, float] | None:
    nothing = (float("nan"), float("nan"))
    ends = np.array([asked.ranges.get(normalise(name), nothing) for name in played.slate.pool["name"]])
    found = grading.coverage(played, ends[:, 0], ends[:, 1])
    return None if found is None else found | {"expected": round(HIGH - LOW, 6)}


def _built(asked: Asked, played: Finished, offer: Offer | None) -> dict[str, Any] | None:
    """Grade the lineups of a set; one with somebody who is no longer in the pool is left out and counted."""
    if asked.lineups is None:
        return None
    row_of = {normalise(name): row for row, name in enumerate(played.slate.pool["name"])}
    rows = [[row_of.get(asked.key_of.get(i, ""), -1) for i in ids] for ids in asked.lineups]
    whole = [row for row in rows if min(row) >= 0]
    lined: NDArray[np.int64] = np.array(whole, np.int64).reshape(-1, played.slate.contest.roster_size)
    return grading.lineups(played, lined, offer) | {"left_out": len(rows) - len(whole)}
