"""What a file is, by its content, and its rows: one way in for every kind of file that a person brings."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from itertools import islice
from typing import Literal

from sdp_sports.files import draftkings, fanduel, playerlists
from sdp_sports.files.cells import word
from sdp_sports.files.entries import SITES, Entries, columns_of, read_entries, read_place
from sdp_sports.files.grid import MOST_ROWS as MOST_STANDINGS
from sdp_sports.files.grid import Line, read_lines, read_text
from sdp_sports.files.identify import identify, with_slots
from sdp_sports.files.payouts import Payouts, is_payouts, read_json, read_payouts
from sdp_sports.files.projections import Projections, is_projections, read_projections
from sdp_sports.files.refusal import Fault, Refused
from sdp_sports.files.salaries import MOST_ROWS, Salary
from sdp_sports.files.standings import HEADER as STANDINGS
from sdp_sports.files.standings import Standings, read_standings
from sdp_sports.spec import codes, load

Kind = Literal["salaries", "entries", "template", "lineups", "standings", "payouts", "projections"]
_TITLES = {"draftkings": "DraftKings", "fanduel": "FanDuel", "yahoo": "Yahoo"}
_FANDUEL_POOL, _HEAD = "Player ID + Player Name", 20_000
"""What heads the players of FanDuel's template, and how far down that may stand."""
_YAHOO_CELL = re.compile(r'[,;\t"]\s*[a-z]+\.[pt]\.\d')
_YAHOO_ADVICE = (
    "change them on Yahoo's own page, or upload lineups there that `sdp optimize` built from its player list"
)
_SITES_DAY = timezone(timedelta(hours=-5))
"""A slate's day is the one in the east of the United States."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file is: its kind, whose it is (None for other tools' files) and its layout, in words."""

    kind: Kind
    site: str | None
    layout: str


@dataclass(frozen=True, slots=True)
class SalaryFile:
    """A salary file with the contests that it may be for; `sport` and `contest` where it is one alone."""

    rows: tuple[Salary, ...]
    contests: tuple[tuple[str, str], ...]

    @property
    def sport(self) -> str | None:
        """The sport, where all the contests it may be for are of one."""
        sports = {sport for sport, _ in self.contests}
        return sports.pop() if len(sports) == 1 else None

    @property
    def contest(self) -> str | None:
        """The contest's key, where it can be for one alone."""
        return self.contests[0][1] if len(self.contests) == 1 else None


Content = SalaryFile | Entries | Standings | Payouts | Projections


def recognise(body: bytes) -> Recognised:
    """Return what a file is.

    Raises:
        Refused: It is not text, or no file that we know; says what it seems to be and what to bring instead.
    """
    text = read_text(body)
    if text.lstrip()[:1] in {"{", "["}:
        return Recognised("payouts", None, "JSON table of payouts")
    return _recognised(next(read_lines(text)).cells, text)


def read(body: bytes, mapping: Mapping[str, str] | None = None) -> tuple[Recognised, Content]:
    """Return what a file is, and its rows.

    Args:
        body: The file.
        mapping: For projections: our column to the file's, where the user says so.

    Raises:
        Refused: It is no file that we know, or rows are wrong; names each row and column.
    """
    text = read_text(body)
    if text.lstrip()[:1] in {"{", "["}:
        return Recognised("payouts", None, "JSON table of payouts"), read_json(text)
    header = next(read_lines(text)).cells
    found = Recognised("projections", None, "projections") if mapping else _recognised(header, text)
    if found.kind in {"entries", "template", "lineups"} and found.site:
        return found, read_entries(list(read_lines(text, MOST_ROWS)), found.site)
    lines = read_lines(text, MOST_STANDINGS if found.kind == "standings" else MOST_ROWS)
    next(lines)
    if found.kind == "standings":
        return found, read_standings(header, lines)
    if found.kind == "payouts":
        return found, read_payouts(header, lines)
    if found.kind == "projections":
        return found, read_projections(header, lines, mapping)
    return found, _salaries(found, header, list(lines))


def _salaries(found: Recognised, header: Sequence[str], lines: Sequence[Line]) -> SalaryFile:
    readers = {
        "DraftKings salaries": draftkings.read_salaries,
        "DraftKings tiers": draftkings.read_salaries,
        "DraftKings salaries until 2016": draftkings.read_old_salaries,
        "FanDuel players": fanduel.read_salaries,
        "Yahoo players": playerlists.read_yahoo,
        "FantasyDraft salaries": playerlists.read_fantasydraft,
    }
    rows = readers[found.layout](header, lines)
    return salary_file(found.site or "", rows)


def salary_file(site: str, rows: Sequence[Salary]) -> SalaryFile:
    """Return the rows with the contests they may be for, and with slots where one contest alone says them."""
    contests = identify(site, rows, first_day(rows))
    if len(contests) == 1:
        sport = load(contests[0][0])
        rows = with_slots(sport, sport.contests[contests[0][1]], rows)
    return SalaryFile(tuple(rows), tuple(contests))


def first_day(rows: Sequence[Salary]) -> date | None:
    """Return the day of the first game, None where the file has no dates."""
    starts: list[datetime] = [row.game.starts_at for row in rows if row.game is not None and row.game.starts_at]
    return min(starts).astimezone(_SITES_DAY).date() if starts else None


def _recognised(header: Sequence[str], text: str) -> Recognised:
    """Return what a file is, by its first row, and for a template by what it says beneath.

    Raises:
        Refused: It is no file that we know.
    """
    names = set(header)
    told, _, labels = columns_of(header)
    if {"Rank", "EntryId", "Lineup"} <= names:
        return Recognised("standings", "draftkings", "DraftKings contest standings")
    if "entry_id" in told and "contest_id" in told and labels:
        if _YAHOO_CELL.search(text[:_HEAD]):
            raise Refused("these are Yahoo's entries, of which we know no layout for sure", [Fault(_YAHOO_ADVICE)])
        site = "draftkings" if "Entry ID" in names else "fanduel"
        return Recognised("entries", site, f"{_TITLES[site]} entries")
    if "Instructions" in names and labels:
        site = "fanduel" if _FANDUEL_POOL in text[:_HEAD] else "draftkings"
        return Recognised("template", site, f"{_TITLES[site]} lineup template")
    if (whose := _uploaded(header, text)) is not None:
        return Recognised("lineups", whose, f"{_TITLES[whose]} lineups")
    return _salaries_or_other(header, names)


def _uploaded(header: Sequence[str], text: str) -> str | None:
    """Return whose upload file this is, None where the header is no contest's: the places, then nothing or a note.

    Where several sites call the places alike, the first lineup's cells tell.
    """
    labels = tuple(header[: header.index("")]) if "" in header else tuple(header)
    declared = [contest for code in codes() for contest in load(code).contests.values()]
    tiers = tuple(f"T{number}" for number in range(1, len(labels) + 1))
    named = {c.site for c in declared if labels in {c.upload_header, tiers if c.mode == "tiers" else None}}
    sites = [site for site in SITES if site in named]
    if len(sites) > 1:
        _, first = next(islice(read_lines(text), 1, None), ((), list[str]()))
        cells = [cell for cell in first[: len(labels)] if cell]
        sites = [site for site in sites if all(read_place("", cell, site) for cell in cells)] or sites
    return next(iter(sites), None)


def _salaries_or_other(header: Sequence[str], names: set[str]) -> Recognised:
    if {"Name + ID", "Roster Position", "Game Info"} <= names or {
        "Roster Position",
        "Game Info",
        "TeamAbbrev",
    } <= names:
        layout = "DraftKings salaries" if "Salary" in names else "DraftKings tiers"
        return Recognised("salaries", "draftkings", layout)
    if {"GameInfo", "teamAbbrev"} <= names:
        return Recognised("salaries", "draftkings", "DraftKings salaries until 2016")
    if {"Id", "FPPG", "First Name", "Last Name"} <= names:
        return Recognised("salaries", "fanduel", "FanDuel players")
    if {"ID", "First Name", "Last Name", "Salary"} <= names:
        return Recognised("salaries", "yahoo", "Yahoo players")
    if {"Name", "Game", "Avg FPPG", "Salary"} <= names:
        return Recognised("salaries", "fantasydraft", "FantasyDraft salaries")
    if is_payouts(header):
        return Recognised("payouts", None, "table of payouts")
    if "Contest ID" not in names and is_projections(header):
        return Recognised("projections", None, "projections")
    return _unknown(header)


def _unknown(header: Sequence[str]) -> Recognised:
    """Refuse a file, saying what it seems to be.

    Raises:
        Refused: Always.
    """
    words = {word(label) for label in header}
    if words & {"entryid", "entry id"} or set(header) & set(STANDINGS[1:4]):
        told = "these are standings or entries with columns taken out: export them again from the site"
    elif {"contest id", "username"} <= words:
        told = "these are lineups of several contests gathered by another tool: bring a contest's own standings"
    elif words <= {"points", "rank", "score"}:
        told = "this file has points but names nobody: standings of which all other columns were taken out"
    elif words & {"draftableid", "draftable id"}:
        told = "this is a list of ids and names without salaries, teams or games: bring the site's salary export"
    else:
        told = (
            "this is no file that we know: bring a site's salary export, entries file or standings, a table of payouts,"
            " or a projection file with a column of players and one of points"
        )
    seen = ", ".join(label for label in header if label)[:200]
    raise Refused(told, [Fault(f"its first row is {seen or 'empty'}", 1)])
