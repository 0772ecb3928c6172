"""An uploaded salary file becomes a slate: the contest recognised, games found, players matched."""

import hashlib
import re
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sdp_common.errors import BadInput, Conflict
from sdp_common.intake import refusals_as_bad_input
from sdp_common.service import Job
from sdp_common.store import slates, uploads
from sdp_sports.files import SalaryFile, read
from sdp_sports.files.identify import with_slots
from sdp_sports.files.salaries import Game, Salary
from sdp_sports.spec import Contest, load
from sqlalchemy.orm import Session

from sdp_ingestion.rows import DraftableRow, Matchup, SlateRow, TeamNear
from sdp_ingestion.save.context import Context
from sdp_ingestion.save.slates import Matched, described, doubt, match
from sdp_ingestion.tally import Tally

REGULAR_SHARE = 0.07
"""A player who costs less of the cap (3,500 of 50,000) is a deep reserve; the share matched is told for the others."""
_CLOCK = ZoneInfo("America/New_York")
_ELSEWHERE = "`sdp optimize --salaries` builds lineups from the file alone"
_DAY_IN_NAME = re.compile(r"(\d{4})(?: ET)?-(\d{2})(?: ET)?-(\d{2})")
"""FanDuel writes the slate's day into the file's name: `FanDuel-NFL-2024 ET-11 ET-24 ET-...`."""


def import_upload(job: Job, upload_id: int, on: date | None = None) -> dict[str, Any]:
    """Make a slate of an upload, all of it or nothing; the upload keeps the report either way.

    Args:
        job: The running job.
        upload_id: The upload.
        on: The slate's day in the east of the United States, for files that do not date their games (FanDuel's and
            Yahoo's); the day in the file's name where None.

    Returns:
        `slate_id`, `contest`, `rows`, `matched`, `unmatched` (a list of names with team, position and salary),
        `share_matched` of the players who cost `REGULAR_SHARE` of the cap or more, `unknown_games`.

    Raises:
        BadInput: The file cannot be used; `problems` says where.
        Conflict: The upload is no salary file.
    """
    with job.session() as session:
        upload = uploads.upload(session, upload_id)
        kind, body, filename = upload.kind, bytes(upload.body), upload.filename
    if kind != "salaries":
        raise Conflict(f"upload {upload_id} holds {kind}, not salaries")
    try:
        with job.session() as session:
            report = _import(session, job, body, on or _day_of(filename))
            uploads.settle_upload(session, upload_id, status="accepted", report=report, slate_id=report["slate_id"])
    except BadInput as refusal:
        problems = [{"message": p.message, "row": p.row, "column": p.column} for p in refusal.problems]
        with job.session() as session:
            told = {"message": refusal.message, "problems": problems}
            uploads.settle_upload(session, upload_id, status="refused", report=told)
        raise
    return report


def _day_of(filename: str) -> date | None:
    found = _DAY_IN_NAME.search(filename)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _import(session: Session, job: Job, body: bytes, on: date | None) -> dict[str, Any]:
    with refusals_as_bad_input():
        found, content = read(body)
    if not isinstance(content, SalaryFile):
        raise BadInput(f"these are {found.layout}: a slate is made of a site's salary export")
    code, key = _contest(content, on)
    sport = load(code)
    filled = with_slots(sport, sport.contests[key], content.rows)
    rows = [row for row in filled if row.external_id is not None and row.salary_usd is not None and row.roster_slots]
    if not rows:
        raise BadInput(f"these are {found.layout}, which lack the ids or salaries that a slate is made of")
    context = Context(session, sport, f"{found.site}_csv", job.now, Tally())
    games, unknown = _games(context, rows, on)
    slate = _slate(context, key, rows, games)
    matched = match(context, slate)
    slate_id = slates.save_slate(session, matched.slate, matched.draftables)
    doubt(context, matched.unmatched)
    context.finish()
    return _report(slate_id, slate, matched, unknown, sport.contests[key])


def _contest(content: SalaryFile, on: date | None) -> tuple[str, str]:
    """Return the sport and the contest that the file is for, among those played on the day.

    Raises:
        BadInput: No contest that we know has such slots, or more than one.
    """
    played = [one for one in content.contests if on is None or load(one[0]).contests[one[1]].valid_on(on)]
    if len(played) == 1:
        return played[0]
    named = ", ".join(sorted({slot for row in content.rows for slot in row.roster_slots}))
    if content.contests:
        codes = ", ".join(load(sport).contests[key].code for sport, key in content.contests)
        raise BadInput(
            f"this file may be for any of {codes}: its slots {named} do not tell which, nor is its day known"
        )
    raise BadInput(f"no contest that we know is drafted with {named}: `sdp contests` lists ours")


def _games(context: Context, rows: list[Salary], on: date | None) -> tuple[dict[str, Matchup | TeamNear], list[str]]:
    """Return each team's game, and the games that we do not know, in words."""
    listed = {match for row in rows if row.game is not None and (match := _matchup(row.game, on)) is not None}
    if not listed and any(row.game is not None and row.game.home is not None for row in rows):
        raise BadInput("the file does not date its games: say the slate's day, --on 2024-11-24 or in the file's name")
    events = sorted({row.game.text for row in rows if row.game is not None})
    if not listed and events:
        raise BadInput(
            f"the file is of an event without teams ({events[0]}), which is no slate of games here: {_ELSEWHERE}"
        )
    if not listed:
        raise BadInput("the file names no game (all have started): export it before the slate locks")
    found: dict[str, Matchup | TeamNear] = {}
    unknown: list[str] = []
    for game in sorted(listed, key=lambda game: (game.near, game.home)):
        if context.schedule.find(game) is None:
            unknown.append(f"{game.away}@{game.home} {game.near:%Y-%m-%d}")
            continue
        found |= dict.fromkeys((game.home, game.away), game)
    first = min(game.near for game in listed)
    if not found:
        raise BadInput(
            f"none of the slate's {len(listed)} games of {first:%Y-%m-%d} is known: load that season's schedule first."
            f" Without one, {_ELSEWHERE}"
        )
    for row in rows:
        if row.game is None and row.team not in found:
            found[row.team] = TeamNear(row.team, first)
    return found, unknown


def _matchup(game: Game, on: date | None) -> Matchup | None:
    """Return a game of two teams at a known time, or near the middle of a known day."""
    near = game.starts_at
    if near is None and on is not None:
        near = datetime.combine(on, time(16), _CLOCK).astimezone(UTC)
    if game.home is None or game.away is None or near is None:
        return None
    return Matchup(game.home, game.away, near)


def _slate(context: Context, contest: str, rows: list[Salary], games: dict[str, Matchup | TeamNear]) -> SlateRow:
    known = {game.id: game for ref in games.values() if (game := context.schedule.find(ref)) is not None}
    listed = [row.game.starts_at for row in rows if row.game is not None and row.game.starts_at is not None]
    starts_at = min([*listed, *(game.starts_at for game in known.values())])
    digest = hashlib.sha256(",".join(sorted(known)).encode()).hexdigest()[:12]
    title = context.sport.contests[contest].title
    return SlateRow(
        external_id=f"{contest}:{starts_at:%Y%m%dT%H%M}:{digest}",
        site=context.sport.contests[contest].site,
        contest=contest,
        name=f"{title} {starts_at:%Y-%m-%d}, {len(known)} game{'' if len(known) == 1 else 's'}",
        starts_at=starts_at,
        draftables=tuple(
            DraftableRow(
                external_id=row.external_id or "",
                name=row.name,
                team=row.team,
                position=row.position,
                roster_slots=row.roster_slots,
                salary_usd=row.salary_usd or 0,
                game=games.get(row.team),
                average_points=row.average_points,
                is_disabled=row.is_off,
                batting_order=row.batting_order,
            )
            for row in rows
        ),
    )


def _report(slate_id: int, slate: SlateRow, matched: Matched, unknown: list[str], contest: Contest) -> dict[str, Any]:
    least = REGULAR_SHARE * contest.salary_cap_usd if contest.is_capped else 0
    regular = [row for row in slate.draftables if row.salary_usd >= least]
    missed = sum(1 for row in matched.unmatched if row.salary_usd >= least)
    dearest = sorted(matched.unmatched, key=lambda row: (-row.salary_usd, row.name))
    return {
        "slate_id": slate_id,
        "contest": slate.contest,
        "rows": len(matched.draftables),
        "matched": len(matched.draftables) - len(matched.unmatched),
        "unmatched": [described(row) for row in dearest],
        "share_matched": round(1 - missed / len(regular), 4) if regular else None,
        "games": len({row["game_id"] for row in matched.draftables if row["game_id"]}),
        "unknown_games": unknown,
    }
