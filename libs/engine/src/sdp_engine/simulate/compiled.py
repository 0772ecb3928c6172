"""How the engine compiles: inner functions, and entry points whose machine code is kept between processes."""

import hashlib
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any, TypeVar, cast

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def inner(function: F) -> F:
    """Compile a function that entry points call."""
    return cast(F, njit(nogil=True, error_model="numpy", forceinline=True)(function))


def entry(make: Callable[[int], Callable[..., int]]) -> Callable[..., int]:
    """Compile the function that `make` returns for a stamp, and keep its machine code on disk.

    The compiler looks at an entry point's own file alone when it decides whether kept code is still good. The stamp
    is closed over by the entry point and thereby part of what is looked up, so that a change to an inner function in
    another file is never missed.
    """
    kernel = njit(nogil=True, error_model="numpy", cache=True)(make(stamp(cast(FunctionType, make(0)))))
    return cast(Callable[..., int], kernel)


def stamp(function: FunctionType) -> int:
    """Return a digest of all that a function compiles to: the functions it reaches, and the numbers they name.

    What else the program has imported does not count, so that every program finds the same machine code.
    """
    told, todo, seen = [], [function], {function}
    while todo:
        one = todo.pop()
        told.append(_told(one.__code__))
        for name, value in _named(one):
            called = getattr(value, "py_func", None)
            if isinstance(called, FunctionType) and called not in seen:
                seen.add(called)
                todo.append(called)
            elif _is_constant(value):
                told.append(f"{name}={value!r}")
    return int.from_bytes(hashlib.sha256("\n".join(told).encode()).digest()[:4], "little")


def _named(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Yield what the names in a function's code stand for, in its module and in the modules that it names."""
    names = function.__code__.co_names
    for name in names:
        value = function.__globals__.get(name)
        if isinstance(value, ModuleType) and value.__name__.startswith("sdp_engine"):
            yield from ((other, getattr(value, other)) for other in names if hasattr(value, other))
        else:
            yield name, value


def _is_constant(value: object) -> bool:
    """Whether the compiler writes a value into the machine code, and its text says all of it."""
    if isinstance(value, tuple):
        return all(_is_constant(part) for part in value)
    return isinstance(value, bool | int | float | str)


def _told(code: CodeType) -> str:
    """Return the code as text that no address, file or earlier run has a part in."""
    constants = [_told(x) if isinstance(x, CodeType) else repr(x) for x in code.co_consts]
    return repr((code.co_code, constants, code.co_names, code.co_varnames, code.co_freevars))
