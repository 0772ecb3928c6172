"""What a person sees in the terminal."""

import json
import sys
import time
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.status import Status
from sdp_common.errors import BadInput, Infeasible, PlatformError

if TYPE_CHECKING:  # a heavy import: `sdp up` prints, too
    from sdp_cli.pipeline import StageReport

WIDTH_PIPED = 160
"""Columns of a table whose reader is not a terminal."""
out = Console(width=None if sys.stdout.isatty() else WIDTH_PIPED)
err = Console(stderr=True, width=None if sys.stderr.isatty() else WIDTH_PIPED)
PROBLEMS_SHOWN = 20
EVERY_S = 10.0
"""Of a stage that goes on, a reader who is no terminal is told so often."""


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


class Reporter:
    """Says on stderr what is being done: one live line in a terminal, a line now and then elsewhere."""

    def __init__(self) -> None:
        self._status: Status | None = None
        self._said: tuple[str, str] | None = None
        self._say_after = time.monotonic() + EVERY_S

    def say(self, sentence: str) -> None:
        """Print a sentence that stays."""
        err.print(sentence, markup=False, highlight=False)

    def progress(self, title: str, share: float, message: str) -> None:
        """Show how far a stage is (0 to 1)."""
        if not err.is_terminal:
            if time.monotonic() >= self._say_after and (title, message) != self._said:
                self.say(f"{title}: {share:.0%} {message}")
                self._said, self._say_after = (title, message), time.monotonic() + EVERY_S
            return
        line = f"{escape(title)} [dim]{share:.0%} {escape(message)}[/]"
        if self._status is None:
            self._status = err.status(line)
            self._status.start()
        self._status.update(line)

    def done(self, report: "StageReport") -> None:
        """Print a finished stage."""
        self.clear()
        rows = "" if report.rows is None else f", {report.rows:,} rows"
        how = "kept from an earlier run" if report.kept else f"{report.seconds:.1f} s"
        self.say(f"{report.title}: {how}{rows}")

    def clear(self) -> None:
        """Take the live line away."""
        if self._status is not None:
            self._status.stop()
            self._status = None
