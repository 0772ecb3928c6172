"""What a contest pays: places and prizes, from a table or from JSON."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sdp_sports.files.cells import Cells, word
from sdp_sports.files.grid import Line
from sdp_sports.files.refusal import Fault, Refused, check_faults

_PLACE = {"place", "places", "rank", "position", "finish"}
_PRIZE = {"payout", "prize", "payouts", "prizes", "amount", "winnings"}
_SIZE = {"field size", "entries", "total entries", "contest size"}
_FEE = {"entry fee", "fee", "buy in", "entryfee"}


@dataclass(frozen=True, slots=True)
class Prize:
    """What each place from `first` to `last` is paid, in dollars; tickets at their face value beside the money."""

    first: int
    last: int
    payout_usd: float
    ticket_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class Payouts:
    """The prizes of a contest, without gap or overlap from the first place on; `prize_pool_usd` is their sum."""

    prizes: tuple[Prize, ...]
    entries: int | None = None
    fee_usd: float | None = None
    name: str | None = None
    entries_max_per_user: int | None = None

    @property
    def prize_pool_usd(self) -> float:
        """The sum of all prizes, tickets included."""
        return sum((p.last - p.first + 1) * (p.payout_usd + p.ticket_usd) for p in self.prizes)

    @property
    def places_paid(self) -> int:
        """How many places are paid."""
        return self.prizes[-1].last


def is_payouts(header: Sequence[str]) -> bool:
    """Whether a header names places and prizes, and nothing of players."""
    words = {word(label) for label in header}
    return bool(words & _PLACE and words & _PRIZE) and not words & {"name", "player", "salary"}


def read_payouts(header: Sequence[str], lines: Iterable[Line]) -> Payouts:
    """Read a table of places (`1`, `8-10`, `1st`) and prizes (`5000`, `$5,000.00`).

    Raises:
        Refused: A place or prize cannot be understood, or places overlap or are left out.
    """
    words = [word(label) for label in header]
    named = (("place", _PLACE), ("prize", _PRIZE), ("size", _SIZE), ("fee", _FEE))
    columns = {
        ours: next(i for i, one in enumerate(words) if one in known) for ours, known in named if known & {*words}
    }
    faults: list[Fault] = []
    prizes, size, fee = [], None, None
    for line in lines:
        cells = Cells(line.row, line.cells, columns, faults)
        size = size if size is not None else _money(cells, "size")
        fee = fee if fee is not None else _money(cells, "fee")
        found = re.fullmatch(
            r"(\d{1,7})(?:st|nd|rd|th)?(?:\s*(?:-|–|to)\s*(\d{1,7})(?:st|nd|rd|th)?)?", cells.text("place")
        )
        paid = _money(cells, "prize")
        if found is None:
            cells.fault(header[columns["place"]], f"{cells.text('place')[:40]!r} is not a place like 1 or 8-10")
        elif paid is None:
            cells.fault(header[columns["prize"]], "is not a prize in dollars")
        else:
            prizes.append(Prize(int(found[1]), int(found[2] or found[1]), paid))
    check_faults(faults)
    return _whole(Payouts(tuple(prizes), None if size is None else int(size), fee))


def read_json(text: str) -> Payouts:
    """Read an object with `payouts` (each `start`, `end`, `amount`), `entry_fee`, `total_entries` and `name`.

    DraftKings' own answer about a contest (`contestDetail` with `payoutSummary`) is read, too.

    Raises:
        Refused: It is not such an object.
    """
    try:
        told: Any = json.loads(text)
        if isinstance(told, dict) and (detail := told.get("contestDetail", told)).get("payoutSummary"):
            return _whole(_contest_detail(detail))
        prizes = tuple(Prize(int(p["start"]), int(p["end"]), float(p["amount"])) for p in told["payouts"])
        size, fee = told.get("total_entries"), told.get("entry_fee")
        found = Payouts(
            prizes, None if size is None else int(size), None if fee is None else float(fee), _text(told, "name")
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        told = "this JSON is no table of payouts: it has no `payouts` with `start`, `end`, `amount`"
        raise Refused(told, [Fault("lineups as JSON go into an entries file with `sdp fill`")]) from error
    return _whole(found)


def _contest_detail(told: Mapping[str, Any]) -> Payouts:
    """Return what DraftKings says of a contest; what a place is paid beside "Cash" is a ticket or the like."""
    prizes = []
    for line in told["payoutSummary"]:
        worth = sum(float(part.get("value") or 0.0) for part in line.get("payoutDescriptions") or ())
        tiers = line.get("tierPayoutDescriptions") or {}
        said = str(tiers.get("Cash", "")).replace("$", "").replace(",", "").strip()
        cash = worth if not tiers or (set(tiers) == {"Cash"} and worth) else float(said or 0.0)
        prizes.append(Prize(int(line["minPosition"]), int(line["maxPosition"]), cash, max(worth - cash, 0.0)))
    size, fee, most = (told.get(key) for key in ("maximumEntries", "entryFee", "maximumEntriesPerUser"))
    return Payouts(
        tuple(prizes),
        None if size is None else int(size),
        None if fee is None else float(fee),
        _text(told, "name"),
        None if most is None else int(most),
    )


def _text(told: Mapping[str, Any], key: str) -> str | None:
    value = told.get(key)
    return value if isinstance(value, str) else None


def _money(cells: Cells, column: str) -> float | None:
    return cells.number(column, cells.text(column).replace("$", "").replace(",", "").strip())


def _whole(payouts: Payouts) -> Payouts:
    """Return the payouts if every place from the first on is paid once.

    Raises:
        Refused: They are not.
    """
    if not payouts.prizes:
        raise Refused("the file names no prize")
    due = 1
    for prize in payouts.prizes:
        if prize.first != due or prize.last < prize.first:
            raise Refused(
                f"place {due} should come next, not {prize.first}-{prize.last}: places overlap or are left out"
            )
        if prize.payout_usd < 0:
            raise Refused(f"place {prize.first} is paid a negative prize")
        due = prize.last + 1
    if payouts.entries is not None and payouts.places_paid > payouts.entries:
        raise Refused(f"{payouts.places_paid} places are paid in a contest of {payouts.entries} entries")
    return payouts
