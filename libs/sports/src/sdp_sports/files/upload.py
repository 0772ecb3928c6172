"""The file a site reads lineups from: one line a lineup, one cell a roster place, in the contest's order."""

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
