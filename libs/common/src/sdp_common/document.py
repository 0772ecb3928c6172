"""Values as JSON that every reader accepts."""

import json
import math
from collections.abc import Callable, Mapping
from typing import Any


def document(value: Any, *, default: Callable[[Any], Any] | None = None) -> str | None:
    """Return a value as JSON text (None stays None); what is not finite becomes null, numpy and times are understood.

    Args:
        value: The value.
        default: What to put for something JSON does not know, where it is not to be refused.

    Raises:
        TypeError: It holds something JSON cannot.
    """
    if value is None:
        return None

    def other(item: Any) -> Any:
        try:
            return _jsonable(item)
        except TypeError:
            if default is None:
                raise
            return default(item)

    try:
        return json.dumps(value, allow_nan=False, default=other)
    except ValueError:
        return json.dumps(_finite(value), allow_nan=False, default=other)


def _jsonable(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "tolist"):  # a numpy number or array
        return _finite(value.tolist())
    raise TypeError(f"a document cannot hold a {type(value).__name__}")


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    return value
