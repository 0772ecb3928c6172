"""Moments in a job's parameters."""

from datetime import UTC, datetime

from sdp_common.errors import BadInput


def read_moment(text: str | None, now: datetime) -> datetime:
    """Return an ISO 8601 moment in UTC (without an offset it is UTC), never later than now; now where None.

    Raises:
        BadInput: It is not a moment.
    """
    if text is None:
        return now
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"until is {text!r}: write a moment as 2023-11-26T18:00:00+00:00") from error
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return min(moment, now)
