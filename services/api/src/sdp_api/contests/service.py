"""Standings of finished contests: read against a slate's format, and kept."""

from collections import Counter

from fastapi import UploadFile
from sdp_common.errors import BadInput
from sdp_common.intake import refusals_as_bad_input
from sdp_common.settings import Settings
from sdp_common.store import uploads
from sdp_common.store.slates import slate as read_slate
from sdp_sports.files import read
from sdp_sports.files.standings import Standings
from sqlalchemy.orm import Session

from sdp_api.contests.schemas import StandingsRead
from sdp_api.declared import contest_of
from sdp_api.uploads import plain_name, read_file


def upload_standings(
    database: Session, settings: Settings, user_id: int, slate_id: int, file: UploadFile
) -> StandingsRead:
    """Keep a contest's standings.

    Raises:
        NotFound: There is no such slate.
        BadInput: The file is of another kind, shows no lineup, or is of another format than the slate.
    """
    slate = read_slate(database, slate_id)
    contest = contest_of(slate, None)
    body = read_file(file, settings.upload_max_standings_bytes)
    with refusals_as_bad_input():
        found, content = read(body)
    if not isinstance(content, Standings):
        raise BadInput(f"these are {found.layout}: bring the contest's standings, exported from its page on the site")
    longest = max((e.lineup for e in content.entries), key=len, default=())
    if not longest:
        raise BadInput("the standings show no lineup: export them again once the games have started")
    shape, wanted = Counter(slot for slot, _ in longest), Counter(s.name for s in contest.expanded_slots)
    if shape != wanted:
        told, mine = (", ".join(f"{n} {slot}" for slot, n in one.items()) for one in (shape, wanted))
        raise BadInput(f"these lineups have {told}; those of {contest.title} have {mine}: choose the contest's slate")
    filename = plain_name(file.filename, "standings.csv")
    upload_id = uploads.save_upload(
        database,
        kind="standings",
        filename=filename,
        body=body,
        user_id=user_id,
        slate_id=slate_id,
        status="accepted",
        report={"entries": len(content.entries)},
    )
    return StandingsRead(
        upload_id=upload_id,
        slate_id=slate_id,
        filename=filename,
        entries=len(content.entries),
        users=len({e.user for e in content.entries}),
        players=len({p.name for p in content.players}),
        is_final=content.is_final,
    )
