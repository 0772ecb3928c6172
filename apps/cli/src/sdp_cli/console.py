"""What a person sees in the terminal."""

import json
import sys
from typing import Any

from rich.console import Console
from sdp_common.errors import BadInput, Infeasible, PlatformError

WIDTH_PIPED = 160
"""Columns of a table whose reader is not a terminal."""
out = Console(width=None if sys.stdout.isatty() else WIDTH_PIPED)
err = Console(stderr=True, width=None if sys.stderr.isatty() else WIDTH_PIPED)
PROBLEMS_SHOWN = 20


def age(seconds: float | None) -> str:
    """Return a duration in two words at most.

    >>> age(5), age(125), age(7260), age(200000), age(None)
    ('5 s', '2 min', '2 h 1 min', '2 d 7 h', '-')
    """
    if seconds is None:
        return "-"
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min"
    if whole < 86400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


def print_json(document: Any) -> None:
    """Print one JSON object on one line, for programs."""
    sys.stdout.write(json.dumps(document, default=str) + "\n")
    sys.stdout.flush()


def print_error(error: PlatformError) -> None:
    """Print an error as one sentence, and beneath it every fault of the input or rule that clashes."""
    sys.stderr.write(f"sdp: {error.message}\n")
    lines: list[str] = []
    if isinstance(error, BadInput):
        for problem in error.problems:
            where = [f"row {problem.row}"] if problem.row is not None else []
            where += [f"column {problem.column}"] if problem.column else []
            lines.append(f"  {', '.join(where)}: {problem.message}" if where else f"  {problem.message}")
    elif isinstance(error, Infeasible):
        lines = [f"  {rule}" for rule in error.rules]
    hidden = len(lines) - PROBLEMS_SHOWN
    for line in lines[:PROBLEMS_SHOWN]:
        sys.stderr.write(f"{line}\n")
    if hidden > 0:
        sys.stderr.write(f"  and {hidden} more\n")
