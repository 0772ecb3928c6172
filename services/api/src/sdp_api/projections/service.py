"""Projection sets: which ones a user sees, and what becomes of a file of his own."""

import csv
import io
import json
from datetime import UTC, datetime

from fastapi import UploadFile
from sdp_common.errors import BadInput, NotFound, Problem
from sdp_common.settings import Settings
from sdp_common.store import uploads
from sdp_common.store.projections import BATTING_ORDER, COLUMN
from sdp_common.store.screens import projections
from sdp_common.store.screens import slates as screen
from sdp_common.store.slates import knows_order
from sdp_common.store.slates import slate as read_slate
from sdp_sports.files.upload import MODELLED_NOTE, plain
from sdp_sports.spec import load
from sqlalchemy.orm import Session

from sdp_api.declared import contest_of
from sdp_api.projections.parse import Candidate, parse
from sdp_api.projections.schemas import ProjectionSetRead, ProjectionUploadRead, UnmatchedRead
from sdp_api.uploads import plain_name, read_file


def sets(database: Session, user_id: int, slate_id: int, *, set_id: int | None = None) -> list[ProjectionSetRead]:
    """Return the sets of a slate that the user may see, the newest first."""
    read_slate(database, slate_id)
    listed = {BATTING_ORDER} if knows_order(database, slate_id) else set()
    return [
        ProjectionSetRead(
            id=row.id,
            slate_id=row.slate_id,
            kind="simulated" if row.user_id is None else "uploaded",
            name=row.name,
            as_of=row.as_of,
            created_at=row.created_at,
            worlds=row.worlds,
            seed=row.seed,
            players=players,
            stats=sorted({stat for stat in stats or [] if not stat.startswith(COLUMN)} | listed),
            columns=[stat.removeprefix(COLUMN) for stat in stats or [] if stat.startswith(COLUMN)],
            is_mine=row.user_id == user_id,
        )
        for row, players, stats in projections.sets(database, user_id, slate_id, set_id=set_id)
    ]


def shown_set(database: Session, user_id: int, slate_id: int, set_id: int | None) -> ProjectionSetRead | None:
    """Return the set to show: the one asked for, else our latest, None where there is none.

    Raises:
        NotFound: The one asked for does not exist, is another slate's or another user's.
    """
    wanted = set_id if set_id is not None else projections.latest_set(database, slate_id)
    if wanted is None:
        return None
    found = sets(database, user_id, slate_id, set_id=wanted)
    if not found:
        raise NotFound(f"there is no projection set {wanted} of slate {slate_id}")
    return found[0]


def upload(
    database: Session,
    settings: Settings,
    user_id: int,
    slate_id: int,
    file: UploadFile,
    name: str | None,
    mapping: str | None = None,
) -> ProjectionUploadRead:
    """Keep a user's own projections as a new set.

    Raises:
        BadInput: The file cannot be used; nothing is kept then.
        NotFound: There is no such slate.
    """
    slate = read_slate(database, slate_id)
    body = read_file(file, settings.upload_max_bytes)
    players = candidates(database, slate_id)
    known = [_mapping(mapping)] if mapping else uploads.mappings(database, user_id)
    parsed = parse(body, load(slate.sport), contest_of(slate, None), players, known, must=bool(mapping))
    unmatched = [UnmatchedRead(row=one.row, name=one.name or one.external_id or "") for one in parsed.unmatched]
    filename = plain_name(file.filename, "projections.csv")
    report = {
        "rows": parsed.rows,
        "header": parsed.header,
        "ignored_columns": parsed.ignored,
        "unprojected": len(players) - len(parsed.means),
        "mapping": parsed.mapping,
        "with_sd": len(parsed.sds),
        "with_quantiles": len(parsed.quantiles),
        "unmatched": len(unmatched),
    }
    upload_id = uploads.save_upload(
        database,
        kind="projections",
        filename=filename,
        body=body,
        user_id=user_id,
        slate_id=slate_id,
        status="accepted",
        report=report,
    )
    now, stat = datetime.now(UTC), f"{slate.contest}_points"
    set_id = projections.save_uploaded_set(
        database,
        slate_id=slate_id,
        user_id=user_id,
        name=(name or "").strip() or filename,
        stats={stat: parsed.means, **parsed.besides},
        sds={stat: parsed.sds},
        quantiles={stat: parsed.quantiles},
        as_of=min(now, slate.starts_at),
        inputs={"upload_id": upload_id},
    )
    kept = sets(database, user_id, slate_id, set_id=set_id)[0]
    return ProjectionUploadRead(
        upload_id=upload_id,
        projection_set=kept,
        rows=parsed.rows,
        header=parsed.header,
        notes=parsed.notes,
        ignored_columns=parsed.ignored,
        unmatched=unmatched,
        unprojected=len(players) - len(parsed.means),
        with_sd=len(parsed.sds),
        with_quantiles=len(parsed.quantiles),
    )


def _mapping(text: str) -> dict[str, str]:
    """Return a mapping of columns.

    Raises:
        BadInput: It is no JSON object of words.
    """
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or not told or not all(isinstance(value, str) for value in told.values()):
        raise BadInput("the mapping is no JSON object", [Problem('like {"points": "Median"}', column="mapping")])
    return told


def candidates(database: Session, slate_id: int) -> list[Candidate]:
    """Return the players of a slate that a file may name."""
    return [
        Candidate(d.id, d.external_id, d.player_id, d.name, d.position, tuple(d.roster_slots), team, d.salary_usd)
        for d, _, team, _, _ in screen.draftables(database, slate_id)
    ]


def template(database: Session, user_id: int, slate_id: int) -> tuple[str, str]:
    """Return the name and text of a file with the slate's players and our points, to be changed and uploaded."""
    slate = read_slate(database, slate_id)
    shown = shown_set(database, user_id, slate_id, None)
    stat = f"{slate.contest}_points"
    means = {p.draftable_id: p.mean for p in projections.numbers(database, shown.id, stat=stat)} if shown else {}
    modelled = slate.salary_source != "site"
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["id", "name", "position", "team", "salary", "points", *(["note"] if modelled else [])])
    for player in candidates(database, slate_id):
        points = means.get(player.draftable_id)
        writer.writerow(
            [
                player.external_id,
                plain(player.name),
                player.position,
                player.team or "",
                player.salary_usd,
                "" if points is None else f"{max(points, 0):.2f}",
                *([MODELLED_NOTE] if modelled else []),
            ]
        )
    return f"slate-{slate_id}-projections{'-modelled-salaries' if modelled else ''}.csv", text.getvalue()
