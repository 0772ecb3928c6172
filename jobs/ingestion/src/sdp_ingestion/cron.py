"""Schedules in five fields (minute, hour, day, month, weekday): which minute was the last one meant."""

from datetime import datetime, timedelta
from functools import lru_cache

from sdp_common.errors import Misconfigured

_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_LOOK_BACK = timedelta(days=8)


def last_tick(cron: str, now: datetime) -> datetime | None:
    """Return the latest minute up to a moment that a schedule means, None where there was none in eight days.

    >>> last_tick("*/15 7-9 * * *", datetime(2025, 1, 2, 8, 20))
    datetime.datetime(2025, 1, 2, 8, 15)

    Raises:
        Misconfigured: It is no schedule.
    """
    minutes, hours, days, months, weekdays = _fields(cron)
    at = now.replace(second=0, microsecond=0)
    while at > now - _LOOK_BACK:
        if at.month not in months or at.day not in days or at.isoweekday() % 7 not in weekdays:
            at = at.replace(hour=0, minute=0) - timedelta(minutes=1)
        elif at.hour not in hours:
            at = at.replace(minute=0) - timedelta(minutes=1)
        elif at.minute not in minutes:
            at -= timedelta(minutes=1)
        else:
            return at
    return None


def interval(cron: str, now: datetime) -> timedelta:
    """Return the time between the last two minutes that a schedule means; eight days where there were not two."""
    last = last_tick(cron, now)
    before = last_tick(cron, last - timedelta(minutes=1)) if last is not None else None
    return last - before if last is not None and before is not None else _LOOK_BACK


@lru_cache
def _fields(cron: str) -> tuple[frozenset[int], ...]:
    parts = cron.split()
    if len(parts) != len(_RANGES):
        raise Misconfigured(f"{cron!r} is no schedule: write five fields, as in */15 * * * *")
    found = [_numbers(cron, part, low, high) for part, (low, high) in zip(parts, _RANGES, strict=True)]
    found[4] = frozenset(day % 7 for day in found[4])
    return tuple(found)


def _numbers(cron: str, field: str, low: int, high: int) -> frozenset[int]:
    numbers: set[int] = set()
    for part in field.split(","):
        span, slash, step = part.partition("/")
        first, dash, last = span.partition("-")
        digits = [first] * (span != "*") + [last] * bool(dash) + [step] * bool(slash)
        begin = low if span == "*" or not first.isdigit() else int(first)
        end = high if span == "*" or (slash and not dash) or not (last or first).isdigit() else int(last or first)
        if (
            not all(text.isdigit() for text in digits)
            or not low <= begin <= end <= high
            or (slash and step in ("", "0"))
        ):
            raise Misconfigured(f"{cron!r} is no schedule: {part!r} cannot be read")
        numbers.update(range(begin, end + 1, int(step) if slash else 1))
    return frozenset(numbers)
