"""Betting prices as sources write them, brought to decimal odds."""

import math
from collections.abc import Callable

_EVEN = frozenset({"even", "ev", "evs"})


def decimal_of_american(price: object) -> float | None:
    """Return the decimal odds of an American price.

    Accepts integers, floats and text (`-110`, `+140`, `EVEN`, a true minus sign). None where there is no price or it
    cannot be one: zero, or nearer to zero than 100.

    >>> decimal_of_american("-110"), decimal_of_american("EVEN"), decimal_of_american(250), decimal_of_american(50)
    (1.909091, 2.0, 3.5, None)
    """
    if price is None or isinstance(price, bool):
        return None
    text = str(price).strip().lower().replace("\u2212", "-")
    if text in _EVEN:
        return 2.0
    try:
        american = float(text)
    except ValueError:
        return None
    if not abs(american) >= 100 or abs(american) > 1e6:
        return None
    return round(1 + (american / 100 if american > 0 else 100 / -american), 6)


def decimal_of(price: object) -> float | None:
    """Return a decimal price, None where there is none or it cannot be one (1 or less).

    >>> decimal_of("1.909091"), decimal_of(1.0), decimal_of(None)
    (1.909091, None, None)
    """
    found = number_of(price)
    return round(found, 6) if found is not None and 1 < found < 1e5 else None


def decimal_of_probability(price: object) -> float | None:
    """Return the decimal price of an exchange's 0 to 1; None at the ends, where the book is empty.

    >>> decimal_of_probability("0.5000"), decimal_of_probability("1.0000"), decimal_of_probability(0)
    (2.0, None, None)
    """
    found = number_of(price)
    return round(1 / found, 6) if found is not None and 1e-6 < found < 1 - 1e-9 else None


def number_of(value: object) -> float | None:
    """Return a finite number, however it is written; None where there is none.

    >>> number_of("\u22123.5"), number_of(""), number_of("nan"), number_of(True)
    (-3.5, None, None, None)
    """
    if value is None or isinstance(value, bool):
        return None
    try:
        found = float(str(value).strip().replace("\u2212", "-").replace(",", ""))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


class Memo(dict[object, float | None]):
    """What values mean, each read once: a body repeats its prices thousands of times.

    >>> prices = Memo(decimal_of_american)
    >>> [prices[text] for text in ("-110", "EVEN", "-110")]
    [1.909091, 2.0, 1.909091]
    """

    def __init__(self, read: Callable[[object], float | None]) -> None:
        """Take what reads one value."""
        super().__init__()
        self._read = read

    def __missing__(self, value: object) -> float | None:
        """Read a value that has not come yet; `True` is no 1, though it equals it."""
        found = self._read(value)
        if not isinstance(value, bool):
            self[value] = found
        return found
