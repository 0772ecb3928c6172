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


def remembered(body: bytes, mapping: Mapping[str, str]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the mapping to read a projection file by, and what of it the file lacks; remember one that is given.

    Args:
        body: The file.
        mapping: Our columns to the file's, empty where the user says nothing: then what he said of earlier files counts
            as far as it holds.
    """
    known = _known()
    if not mapping:
        with refusals_as_bad_input():
            header = next(read_lines(read_text(body), MOST_ROWS)).cells
        return recalled(header, known)
    kept = [dict(mapping), *(one for one in known if one != mapping)][:_MOST]
    (open_home().folder / FILE).write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return mapping, {}


def _known() -> list[dict[str, str]]:
    """Return what was remembered, the newest first; nothing where the file is missing or no such list."""
    try:
        found = json.loads((settings().home / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    good = [one for one in found if isinstance(one, dict) and one] if isinstance(found, list) else []
    return [one for one in good if all(isinstance(value, str) for value in one.values())]
