"""What a crawl did, counted."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sdp_common.db.bulk import Counts

from sdp_ingestion.rows import Rejected

_SHOWN = 50
"""How many reasons and names a report lists; the counts are always whole."""


@dataclass
class Tally:
    """Requests, bytes and rows of one crawl, and what could not be used."""

    requests: int = 0
    bytes: int = 0
    counts: Counts = field(default_factory=Counts)
    rejected: int = 0
    late: int = 0
    credits_used: float | None = None
    credits_left: float | None = None
    missing: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    _reasons: Counter[str] = field(default_factory=Counter)
    _names: list[str] = field(default_factory=list)

    def reject(self, rejected: Rejected) -> None:
        """Count something that cannot be used."""
        self.rejected += 1
        self._reasons[rejected.reason] += 1
        if rejected.what and len(self._names) < _SHOWN:
            self._names.append(rejected.what)

    def charge(self, used: float | None, left: float | None) -> None:
        """Note what an answer cost and what is left, where the source says so."""
        if used is not None:
            self.credits_used = (self.credits_used or 0.0) + used
        if left is not None:
            self.credits_left = left

    def report(self) -> dict[str, Any]:
        """Return the counts, the reasons of what was rejected and the first examples, as JSON values."""
        return {
            "requests": self.requests,
            "bytes": self.bytes,
            "rows": self.counts.rows,
            "rows_new": self.counts.new,
            "rows_changed": self.counts.changed,
            "rows_unchanged": self.counts.unchanged,
            "rows_rejected": self.rejected,
            "rejected": dict(self._reasons.most_common(_SHOWN)),
            "rejected_examples": self._names,
            "late_changes": self.late,
            "credits_used": self.credits_used,
            "credits_left": self.credits_left,
            "missing": self.missing[:_SHOWN],
            "unchanged": len(self.unchanged),
        }
