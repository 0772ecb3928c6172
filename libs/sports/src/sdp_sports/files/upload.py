"""Lineups as files: the one a site reads, and a plain one for people and other programs."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sdp_sports.spec import Contest

MODELLED_NOTE = "Salaries are modelled by this platform, not the site's own: this file is for study"
"""Stands beside the lineups where the salaries are not the site's; sites read no further than the last slot."""
_FORMULA = "=+-@\t\r\n "


@dataclass(frozen=True)
class Pick:
    """Who fills a roster place: his id on the slate, as the site writes it, and his name."""

    external_id: str
    name: str


def upload_file(contest: Contest, lineups: Sequence[Sequence[Pick]], *, modelled: bool) -> str:
    r"""Return the text of the upload file.

    Args:
        contest: The declared contest; `upload_header` heads the file, `upload_cell` says how a player is written.
        lineups: Each in the order of `contest.expanded_slots`.
        modelled: The salaries are ours: say so in a column beyond the slots.

    Raises:
        ValueError: The contest declares no upload file, a lineup has the wrong number of players, or there are
            more lineups than the site takes in one file.
    """
    if not contest.upload_header:
        raise ValueError(f"{contest.title} declares no upload file")
    if len(lineups) > contest.upload_limit:
        raise ValueError(f"{contest.site} takes {contest.upload_limit} lineups a file, not {len(lineups)}")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([*contest.upload_header, *(["", "Note"] if modelled else [])])
    for place, lineup in enumerate(lineups, start=1):
        if len(lineup) != contest.roster_size:
            raise ValueError(f"lineup {place} has {len(lineup)} players, not {contest.roster_size}")
        cells = [contest.upload_cell.format(id=plain(p.external_id), name=plain(p.name)) for p in lineup]
        writer.writerow([*cells, *(["", MODELLED_NOTE] if modelled else [])])
    return text.getvalue()


@dataclass(frozen=True)
class Listed:
    """A lineup with its sums: picks in the order of the contest's slots, points as projected."""

    picks: Sequence[Pick]
    salary_usd: int | None = None
    points: float | None = None


def plain_file(contest: Contest, lineups: Sequence[Listed], *, modelled: bool) -> str:
    """Return lineups as plain CSV: number, sums, then id and name of each place under columns of their own.

    Args:
        contest: The declared contest; places that a slot has several of are numbered (`RB1`, `RB2`).
        lineups: In the order in which they are numbered.
        modelled: The salaries are ours: say so in a last column.

    Raises:
        ValueError: A lineup has the wrong number of players.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    places = [name for name in place_names(contest) for name in (name, f"{name}_id")]
    writer.writerow(["lineup", "salary_usd", "points", *places, *(["note"] if modelled else [])])
    for number, lineup in enumerate(lineups, start=1):
        if len(lineup.picks) != contest.roster_size:
            raise ValueError(f"lineup {number} has {len(lineup.picks)} players, not {contest.roster_size}")
        sums = ["" if value is None else value for value in (lineup.salary_usd, lineup.points)]
        cells = [cell for pick in lineup.picks for cell in (plain(pick.name), plain(pick.external_id))]
        writer.writerow([number, *sums, *cells, *([MODELLED_NOTE] if modelled else [])])
    return text.getvalue()


def place_names(contest: Contest) -> list[str]:
    """Return a name for each roster place that no other has: `QB`, `RB1`, `RB2`."""
    return [
        slot.name if slot.count == 1 else f"{slot.name}{number}"
        for slot in contest.slots
        for number in range(1, slot.count + 1)
    ]


def upload_name(site: str, slate: str, *, modelled: bool, part: int | None = None) -> str:
    """Return a file name that every system takes, and that says where salaries are modelled.

    >>> upload_name("draftkings", "NFL week 12, main", modelled=True)
    'draftkings-nfl-week-12-main-lineups-modelled-salaries.csv'
    """
    words = re.sub(r"[^a-z0-9]+", "-", f"{site} {slate}".lower()).strip("-")[:80].strip("-")
    return f"{words}-lineups{f'-{part}' if part else ''}{'-modelled-salaries' if modelled else ''}.csv"


def plain(text: str) -> str:
    """Return the text without what would make a spreadsheet compute it."""
    return text.lstrip(_FORMULA).rstrip()
