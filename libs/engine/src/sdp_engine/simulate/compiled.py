"""How the engine compiles: inner functions, and entry points whose machine code is kept between processes."""

import hashlib
import marshal
from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])
_CODES: list[bytes] = []


def inner(function: F) -> F:
    """Compile a function that entry points call; its code counts in their stamp."""
    _CODES.append(marshal.dumps(function.__code__))
    return cast(F, njit(nogil=True, error_model="numpy", forceinline=True)(function))


def entry(make: Callable[[int], Callable[..., int]]) -> Callable[..., int]:
    """Compile the function that `make` returns for a stamp, and keep its machine code on disk.

    The compiler looks at an entry point's own file alone when it decides whether kept code is still good. The stamp,
    a digest of every inner function, is closed over by the entry point and thereby part of what is looked up, so that
    a change to an inner function in another file is never missed. Numbers that may be tuned reach compiled code as
    arguments, never as globals, for the same reason.
    """
    digest = hashlib.sha256(b"".join(_CODES)).digest()
    kernel = njit(nogil=True, error_model="numpy", cache=True)(make(int.from_bytes(digest[:4], "little")))
    return cast(Callable[..., int], kernel)
