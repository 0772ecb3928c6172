"""Entries files: read against a slate, kept, and given back."""

from datetime import UTC, datetime

from fastapi import UploadFile
from sdp_common.errors import BadInput, Conflict
from sdp_common.intake import refusals_as_bad_input
from sdp_common.settings import Settings
from sdp_common.store import uploads
from sdp_common.store.screens import slates as screen
from sdp_common.store.slates import slate as read_slate
from sdp_common.store.slates import starts
from sdp_sports.files import read
from sdp_sports.files.entries import Entries, Entry
from sqlalchemy.orm import Session

from sdp_api.declared import contest_of
from sdp_api.entries.schemas import EntriesRead, EntryRead, PlaceRead
from sdp_api.uploads import plain_name, read_file


def upload(database: Session, settings: Settings, user_id: int, slate_id: int, file: UploadFile) -> EntriesRead:
    """Keep an entries file of a slate.

    Raises:
        NotFound: There is no such slate.
        BadInput: It is no entries file, or one of another contest or slate.
    """
    slate = read_slate(database, slate_id)
    contest = contest_of(slate, None)
    body = read_file(file, settings.upload_max_bytes)
    with refusals_as_bad_input():
        found, content = read(body)
    if not isinstance(content, Entries) or not content.entries:
        raise BadInput(
            f"these are {found.layout}, not an entries file: download your entries from the site's upload page"
        )
    if tuple(slot.name for slot in contest.expanded_slots) != content.slots:
        raise BadInput(f"the file's places ({', '.join(content.slots)}) are not those of {contest.title}")
    game_starts, now = starts(database, slate_id), datetime.now(UTC)
    known = {
        row[0].external_id: (row[0].id, row[0].game_id in game_starts and game_starts[row[0].game_id] <= now)
        for row in screen.draftables(database, slate_id)
    }
    entries = [_entry(entry, known) for entry in content.entries]
    if not any(entry.is_known for entry in entries):
        raise BadInput("every entry of the file holds somebody who is not on this slate: is it another slate's file?")
    upload_id = uploads.save_upload(
        database,
        kind="entries",
        filename=plain_name(file.filename, "entries.csv"),
        body=body,
        user_id=user_id,
        slate_id=slate_id,
        status="accepted",
        report={"entries": len(content.entries)},
    )
    return EntriesRead(
        upload_id=upload_id,
        slate_id=slate_id,
        entries=entries,
        places_locked=sum(place.is_locked for entry in entries for place in entry.places),
        finished=sum(all(place.is_locked for place in entry.places) for entry in entries),
        unknown=sum(not entry.is_known for entry in entries),
    )


def _entry(entry: Entry, known: dict[str, tuple[int, bool]]) -> EntryRead:
    places = []
    for place in entry.places:
        draftable, started = known.get(place.external_id or "", (None, False))
        places.append(
            PlaceRead(
                slot=place.slot, name=place.name, draftable_id=draftable, is_locked=place.is_locked or started
            )
        )  # fmt: skip
    return EntryRead(
        entry_id=entry.entry_id,
        contest_id=entry.contest_id,
        contest_name=entry.contest_name,
        fee_usd=entry.fee_usd,
        is_known=all(p.external_id in known if p.external_id else not p.is_locked for p in entry.places),
        places=places,
    )


def file_of(database: Session, user_id: int, upload_id: int) -> tuple[str, bytes]:
    """Return the name and the bytes of an entries file.

    Raises:
        NotFound: There is no such file of the user's.
        Conflict: It is a file of another kind.
    """
    found = uploads.upload(database, upload_id, user_id=user_id)
    if found.kind != "entries":
        raise Conflict(f"upload {upload_id} is a file of {found.kind}, not of entries")
    return found.filename, found.body
