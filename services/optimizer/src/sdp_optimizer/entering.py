"""The entries of a kept file filled from one pool of lineups, each contest by its own rules and objective."""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl
from pydantic import ValidationError
from sdp_common.errors import BadInput, Conflict, Infeasible, PlatformError, Problem
from sdp_common.intake import refusals_as_bad_input
from sdp_common.service import Job
from sdp_common.store import slates, uploads
from sdp_engine.contest import habits
from sdp_engine.contest.compose import Slate
from sdp_engine.contest.divide import Filled, by_entry, divide
from sdp_engine.contest.groups import Group, columns_of, group_entries
from sdp_engine.optimize.check import check_lineups
from sdp_engine.optimize.solve import NoLineup
from sdp_sports.entering import Entering
from sdp_sports.files import read
from sdp_sports.files.entries import Entries
from sdp_sports.files.filling import fill_entries
from sdp_sports.files.upload import Pick

from sdp_optimizer.portfolio import MOST_WORK
from sdp_optimizer.request import Request, owner
from sdp_optimizer.request import read as read_request
from sdp_optimizer.worlds import points


def fill_file(
    job: Job, slate_id: int, upload_id: int, projection_set_id: int, entering: dict[str, Any]
) -> dict[str, Any]:
    """Fill the entries of a file and keep the new file; returns every group and lineup.

    Nobody who has started is drafted; where every game has begun, which no site takes any more, the file is filled as
    of the lock (`is_over`), so that a past slate can be tried.

    Raises:
        NotFound: There is no such file, slate or projection set.
        BadInput: What is asked cannot be.
        Conflict: The file has no entries that may be filled.
        Infeasible: The rules of a contest cannot all hold.
    """
    asked = read_entering(entering)
    with job.session() as session:
        kept = uploads.upload(session, upload_id, user_id=owner(session, job.run_id))
        body, filename = kept.body, kept.filename
        with refusals_as_bad_input():
            _, content = read(body)
        if not isinstance(content, Entries) or not content.entries:
            raise Conflict(f"upload {upload_id} is no entries file")
        listed = slates.draftables(session, slate_id)
        starts = slates.starts(session, slate_id)
        begun = {game for game, at in starts.items() if at <= job.now}
        is_over = bool(starts) and begun == starts.keys()
        begun = set() if is_over else begun  # a slate of the past is filled as of its lock
        started = set(listed.filter(pl.col("game_id").is_in(list(begun)))["external_id"].to_list())
        groups = _groups(content, asked, started)
        request = read_request(
            session, job.run_id, slate_id, projection_set_id, asked.rules, columns=columns_of(groups)
        )
    # A game without an id has not begun.
    request = replace(request, pool=request.pool.filter(~pl.col("game_id").is_in(list(begun)).fill_null(value=False)))
    filled = _filled(job, request, groups, asked)
    known = {i: Pick(external, name) for i, external, name in listed.select("id", "external_id", "name").iter_rows()}
    lineups = by_entry(filled)
    with refusals_as_bad_input():
        text = fill_entries(body, content.site, {entry: [known[i] for i in ids] for entry, ids in lineups.items()})
    with job.session() as session:
        new_id = uploads.save_upload(
            session, kind="entries", filename=f"filled-{filename}", body=text, user_id=request.user_id,
            slate_id=slate_id, status="accepted", report={"entries": len(content.entries), "of": upload_id},
        )  # fmt: skip
    entries = [
        {
            "entry_id": entry,
            "contest": one.group.contest,
            "draftable_ids": list(ids),
            "points": worth,
            "earned_usd": usd,
        }
        for one in filled
        for entry, ids, worth, usd in zip(one.group.entry_ids, one.lineups, one.points, one.earned_usd, strict=True)
    ]
    told = {"is_over": is_over, "groups": [one.summary() for one in filled], "entries": entries}
    untouched = len(content.entries) - len(entries)
    return {"upload_id": new_id, "slate_id": slate_id, "rows": len(entries), "untouched": untouched, **told}


def read_entering(given: dict[str, Any]) -> Entering:
    """Return how entries are to be filled.

    Raises:
        BadInput: Names every field that cannot be read as what it should be.
    """
    try:
        return Entering.model_validate(given)
    except ValidationError as error:
        problems = [Problem(e["msg"], column=".".join(["entering", *map(str, e["loc"])])) for e in error.errors()]
        raise BadInput("the entries cannot be filled: " + "; ".join(p.message for p in problems), problems) from error


def _groups(content: Entries, asked: Entering, started: set[str]) -> list[Group]:
    try:
        groups = group_entries(content.entries, asked, started)
    except ValueError as error:
        raise BadInput(f"the entries cannot be filled: {error}") from error
    if not groups:
        raise Conflict("no entry may be filled: those with a started player are exchanged by the late swap")
    return groups


def _filled(job: Job, request: Request, groups: Sequence[Group], asked: Entering) -> list[Filled]:
    job.progress(0.02, "reading the worlds")
    drawn, _ = points(job, request)
    largest = max((g.offer.entries for g in groups if g.offer is not None), default=1)
    slate = Slate(request.contest, request.stacks, request.pool, drawn[:, : int(MOST_WORK // largest)], request.starts)
    try:
        filled = divide(
            slate,
            groups,
            habits.load(f"{request.sport}_{request.contest.mode}"),
            candidates=asked.candidates,
            repeats=asked.repeats,
            ticket_value=asked.ticket_value,
            threads=min(2, os.cpu_count() or 1),
            on_share=lambda share, what: job.progress(0.05 + 0.93 * share, what),
        )
    except NoLineup as error:
        raise Infeasible(str(error), error.rules) from error
    except ValueError as error:
        raise BadInput(f"the entries cannot be filled: {error}") from error
    for one in filled:
        faults = check_lineups(request.contest, request.pool, one.lineups, one.group.rules, request.stacks)
        if faults:
            raise PlatformError(f"the lineups of {one.group.name} break the rules: {'; '.join(faults[:5])}")
    return filled
