"""A site's entries file at the command line: read, offered, written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sdp_common.errors import BadInput
from sdp_common.intake import refusals_as_bad_input
from sdp_engine.optimize.offer import Offer, offer
from sdp_sports.files import read
from sdp_sports.files.entries import Entries
from sdp_sports.files.filling import fill_entries
from sdp_sports.files.identify import identify, with_slots
from sdp_sports.files.projections import Projection
from sdp_sports.files.recognition import first_day
from sdp_sports.files.upload import Pick
from sdp_sports.spec import Sport, find_contest

from sdp_cli.commands.contests import find
from sdp_cli.commands.files import read_bytes


def read_entries(file: Path) -> tuple[bytes, Entries]:
    """Return an entries file as it is written, and what it says.

    Raises:
        BadInput: It holds no entries.
    """
    body = read_bytes(file)
    with refusals_as_bad_input():
        _, content = read(body)
    if not isinstance(content, Entries) or not content.entries:
        raise BadInput(f"{file} is not an entries file with entries: download it from the site's upload page")
    return body, content


def contest_of(content: Entries, name: str | None, file: Path) -> tuple[Sport, str]:
    """Return the contest of an entries file; `name` decides where it may be for several.

    Raises:
        BadInput: It lists no players, or nobody says which contest it is for.
    """
    if not content.pool:
        raise BadInput(f"{file} lists no players beside its entries: download it again from the site")
    if name is not None:
        return find(name)
    found = identify(content.site, content.pool, first_day(content.pool))
    found = [one for one in found if _has_places(find_contest(":".join(one)), content)] or found
    if not found:
        raise BadInput(
            f"{file}: its players and roster places are those of no contest that we know. "
            "Download it again where it was cut short, or name a contest with --contest"
        )
    if len(found) > 1:
        codes = ", ".join(find_contest(f"{s}:{k}")[0].contests[k].code for s, k in found)
        raise BadInput(f"{file} may be for {codes}: say which with --contest")
    return find_contest(f"{found[0][0]}:{found[0][1]}")


def _has_places(one: tuple[Sport, str], content: Entries) -> bool:
    contest = one[0].contests[one[1]]
    if contest.mode == "tiers":
        return all(re.fullmatch(r"T\d+", slot) for slot in content.slots)
    return tuple(slot.name for slot in contest.expanded_slots) == content.slots


def with_started(content: Entries, sport: Sport, named: Sequence[str]) -> Entries:
    """Return an entries file in which the players of games are locked that have started, as the user says.

    Args:
        content: What the file says.
        sport: Its sport.
        named: A team of each game (`BOS`), or the game (`BOS@NYK`).

    Raises:
        BadInput: The file has no such team or game; names those that it has.
    """
    games = {_sides(sport, row.game.away, row.game.home): row.game.text for row in content.pool if row.game}
    sides = {_sides(sport, row.team, row.opponent) for row in content.pool} | games.keys()
    started: set[str] = set()
    for name in named:
        wanted = _sides(sport, *name.split("@"))
        found = [one for one in sides if wanted and wanted <= one]
        if not found:
            has = ", ".join(sorted({text.split()[0] for text in games.values()} or set().union(*sides)))
            raise BadInput(f"--started {name}: no team or game of the file; it has {has or 'no teams'}")
        started |= set().union(*found)
    pool = tuple(replace(row, is_locked=row.is_locked or sport.team(row.team) in started) for row in content.pool)
    return replace(content, pool=pool)


def started_of(content: Entries) -> set[str]:
    """Return the players of an entries file who can no longer be exchanged, by the site's ids."""
    dated = any(row.game is not None for row in content.pool)
    closed = (row for row in content.pool if row.is_locked or (dated and row.game is None))
    return {row.external_id for row in closed if row.external_id is not None}


def _sides(sport: Sport, *teams: str | None) -> frozenset[str]:
    return frozenset(sport.team(team) for team in teams if team)


def offer_of(
    sport: Sport,
    key: str,
    content: Entries,
    projections: tuple[Projection, ...] | None,
    objective: str = "points",
    columns: Sequence[str] = (),
) -> Offer:
    """Return the players of an entries file, those included who can no longer be drafted.

    Raises:
        BadInput: Its places are not the contest's, or the projections name nobody or do not say what is maximised.
    """
    contest = sport.contests[key]
    if not _has_places((sport, key), content):
        raise BadInput(f"the file's places ({', '.join(content.slots)}) are not those of {contest.code}")
    try:
        rows = with_slots(sport, contest, content.pool)
        offered = offer(sport, contest, rows, projections, objective, keep_closed=True, columns=columns)
    except ValueError as error:
        raise BadInput(str(error)) from error
    if projections and len(offered.unmatched) == len(projections):
        raise BadInput("the projections name nobody of the entries file, or several: are the files of one slate?")
    return offered


def write_entries(
    file: Path, body: bytes, site: str, offered: Offer, lineups: Mapping[str, Sequence[int | None]]
) -> None:
    """Write an entries file with the lineups of some entries; every other cell stays as the site wrote it.

    Args:
        file: Where to.
        body: The file as the site wrote it.
        site: The site.
        offered: Its players.
        lineups: Draftables by entry id, in the order of the file's places; None leaves a place as it is.

    Raises:
        BadInput: The file cannot be written.
    """
    known = {row["draftable_id"]: Pick(row["external_id"], row["name"]) for row in offered.pool.to_dicts()}
    changed = {entry: [None if i is None else known[i] for i in ids] for entry, ids in lineups.items()}
    with refusals_as_bad_input():
        text = fill_entries(body, site, changed)
    try:
        file.write_bytes(text)
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}") from error
