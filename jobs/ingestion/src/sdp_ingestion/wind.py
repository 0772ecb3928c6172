"""Wind in the frame of a stadium."""

import math


def in_frame(
    speed_mph: float | None, from_deg: float | None, azimuth_deg: float | None
) -> tuple[float | None, float | None]:
    """Return the parts of the wind along a field's long axis and across it, in mph, both without a sign.

    Args:
        speed_mph: How fast it blows.
        from_deg: Where it comes from, clockwise from north.
        azimuth_deg: Where the field's long axis points, clockwise from north.

    >>> in_frame(10.0, 180.0, 0.0), in_frame(10.0, 90.0, None)
    ((10.0, 0.0), (None, None))
    """
    if speed_mph is None or from_deg is None or azimuth_deg is None:
        return None, None
    angle = math.radians(from_deg - azimuth_deg)
    return round(abs(speed_mph * math.cos(angle)), 2), round(abs(speed_mph * math.sin(angle)), 2)
