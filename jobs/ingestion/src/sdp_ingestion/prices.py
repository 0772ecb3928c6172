"""Betting prices as sources write them, brought to decimal odds."""

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
