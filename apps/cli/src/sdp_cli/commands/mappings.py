"""How other tools call their columns: what the user said once holds for his next file with such a header."""

import json
from collections.abc import Mapping

from sdp_common.intake import refusals_as_bad_input
from sdp_common.settings import settings
from sdp_sports.files.columns import recalled
from sdp_sports.files.grid import read_lines, read_text
from sdp_sports.files.projections import MOST_ROWS

from sdp_cli.home import open_home

FILE = "columns.json"
_MOST = 20


def remembered(body: bytes) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return how to read a projection file by what the user said of earlier files, and what of it the file lacks."""
    with refusals_as_bad_input():
        header = next(read_lines(read_text(body), MOST_ROWS)).cells
    return recalled(header, _known())


def remember(mapping: Mapping[str, str]) -> None:
    """Keep a mapping by which a file was read, for the next one with such a header."""
    kept = [dict(mapping), *(one for one in _known() if one != mapping)][:_MOST]
    (open_home().folder / FILE).write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _known() -> list[dict[str, str]]:
    """Return what was remembered, the newest first; nothing where the file is missing or no such list."""
    try:
        found = json.loads((settings().home / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    good = [one for one in found if isinstance(one, dict) and one] if isinstance(found, list) else []
    return [one for one in good if all(isinstance(value, str) for value in one.values())]
