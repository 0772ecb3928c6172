"""Late swap of a kept entries file: who has not started is exchanged, everything else stays as the site wrote it."""

from collections.abc import Sequence
from typing import Any

import polars as pl
from sdp_common.errors import BadInput, Conflict, Problem
from sdp_common.intake import refusals_as_bad_input
from sdp_common.service import Job
from sdp_common.store import slates, uploads
from sdp_engine.optimize.swap import Place, Swap, swap
from sdp_sports.files import read
from sdp_sports.files.entries import Entries, Entry
from sdp_sports.files.entries import Place as SitesPlace
from sdp_sports.files.filling import fill_entries
from sdp_sports.files.upload import Pick

from sdp_optimizer.request import Request, owner, read_rules
from sdp_optimizer.request import read as read_request

OUTCOMES = ("swapped", "same", "kept", "finished")


def swap_file(
    job: Job, slate_id: int, upload_id: int, projection_set_id: int, rules: dict[str, Any], started: Sequence[str]
) -> dict[str, Any]:
    """Swap the entries of a file and keep the new file; returns what became of each entry.

    Raises:
        NotFound: There is no such file, slate or projection set.
        BadInput: A rule cannot be used, or the slate has no team of `started`.
        Conflict: The file is not of entries.
    """
    with job.session() as session:
        kept = uploads.upload(session, upload_id, user_id=owner(session, job.run_id))
        body, filename = kept.body, kept.filename
        with refusals_as_bad_input():
            _, content = read(body)
        if not isinstance(content, Entries) or not content.entries:
            raise Conflict(f"upload {upload_id} is no entries file")
        asked = read_rules({**rules, "lineups": len(content.entries)})
        request = read_request(session, job.run_id, slate_id, projection_set_id, asked)
        listed = slates.draftables(session, slate_id)
        numbers = _numbers(job, request, listed, started)
    whole = [entry for entry in content.entries if _is_known(entry, numbers)]
    open_ids = _open_ids(job, request, started)
    swapped = _swapped(job, request, [_places(entry, numbers, open_ids) for entry in whole], open_ids)
    named = dict(listed.select("id", "name").iter_rows())
    external = dict(listed.select("id", "external_id").iter_rows())
    changed = {
        entry.entry_id: [Pick(external[i], named[i]) if i is not None else None for i in one.draftable_ids]
        for entry, one in zip(whole, swapped, strict=True)
        if one.outcome == "swapped"
    }
    with refusals_as_bad_input():
        text = fill_entries(body, content.site, changed)
    with job.session() as session:
        new_id = uploads.save_upload(
            session, kind="entries", filename=f"swapped-{filename}", body=text, user_id=request.user_id,
            slate_id=slate_id, status="accepted", report={"entries": len(content.entries), "of": upload_id},
        )  # fmt: skip
    by_entry = [
        {"entry_id": e.entry_id, "outcome": s.outcome, "draftable_ids": list(s.draftable_ids)}
        for e, s in zip(whole, swapped, strict=True)
    ]
    counts = {outcome: sum(s.outcome == outcome for s in swapped) for outcome in OUTCOMES}
    told = counts | {"unknown": len(content.entries) - len(whole)}
    return {"upload_id": new_id, "slate_id": slate_id, "rows": len(content.entries), **told, "entries": by_entry}


def _numbers(job: Job, request: Request, listed: pl.DataFrame, started: Sequence[str]) -> dict[str, int | None]:
    """Return the draftables who may stand in an entry, by the site's ids.

    None is who may not be drafted and has not started: his place is as good as empty. Who may not be drafted and has
    started is left out: of his entry nothing can be said.
    """
    drafted = set(request.pool["draftable_id"].to_list())
    columns = listed.select("id", "external_id", "game_id", "team_id", "opponent_id")
    return {
        external_id: number if number in drafted else None
        for number, external_id, *game in columns.iter_rows()
        if number in drafted or not _has_begun(job, request, started, *game)
    }


def _has_begun(job: Job, request: Request, started: Sequence[str], game: str | None, *sides: str | None) -> bool:
    starts_at = None if game is None else request.starts.get(game)
    return (starts_at is not None and starts_at <= job.now) or bool({*sides} & {*started})


def _is_known(entry: Entry, numbers: dict[str, int | None]) -> bool:
    return all(_stands(place, numbers) for place in entry.places)


def _stands(place: SitesPlace, numbers: dict[str, int | None]) -> bool:
    """Return whether it can be told who stands in a place: a locked one holds somebody who may be drafted."""
    known = numbers.get(place.external_id) if place.external_id else None
    return known is not None or (not place.is_locked and (place.external_id is None or place.external_id in numbers))


def _open_ids(job: Job, request: Request, started: Sequence[str]) -> frozenset[int]:
    """Return who may still be drafted: those whose game has not started.

    Raises:
        BadInput: The slate has no team of `started`.
    """
    teams = sorted({*request.pool["team_id"].drop_nulls(), *request.pool["opponent_id"].drop_nulls()})
    if unknown := sorted(set(started) - set(teams)):
        problem = Problem(f"the slate has {', '.join(teams) or 'no teams'}", column="started")
        raise BadInput(f"no team of the slate is {', '.join(unknown)}", [problem])
    plays = request.pool.select("draftable_id", "game_id", "team_id", "opponent_id").iter_rows()
    return frozenset(i for i, *game in plays if not _has_begun(job, request, started, *game))


def _places(entry: Entry, numbers: dict[str, int | None], open_ids: frozenset[int]) -> list[Place]:
    found: list[Place] = []
    for place in entry.places:
        number = numbers[place.external_id] if place.external_id else None
        found.append((number, place.is_locked or (number is not None and number not in open_ids)))
    return found


def _swapped(job: Job, request: Request, places: list[list[Place]], open_ids: frozenset[int]) -> list[Swap]:
    def told(done: int) -> None:
        job.progress(0.05 + 0.9 * done / max(len(places), 1), f"{done} of {len(places)} entries")

    try:
        return swap(
            request.contest, request.pool, request.rules, request.stacks, places, open_ids,
            starts=request.starts, on_entry=told,
        )  # fmt: skip
    except ValueError as error:
        raise BadInput(f"the entries cannot be swapped: {error}") from error
