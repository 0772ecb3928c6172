"""Kept machine code is found by every program, and never where a function it reaches has changed."""

import subprocess
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any, cast

import pytest
from sdp_engine.simulate.compiled import inner, stamp

SOURCE = """
LIMIT = {limit}

@inner
def deepest(x):
    return x * {factor}

@inner
def unreached(x):
    return x + {other}

@inner
def between(x):
    return deepest(x) + 1

def entry(x):
    return between(x) if x < LIMIT else 0
"""
SAME = {"limit": 3, "factor": 2, "other": 1}


def made(**numbers: int) -> FunctionType:
    room: dict[str, Any] = {"inner": inner}
    exec(SOURCE.format(**(SAME | numbers)), room)
    return cast(FunctionType, room["entry"])


def test_the_same_functions_have_the_same_stamp() -> None:
    assert stamp(made()) == stamp(made())


@pytest.mark.parametrize("name", ["factor", "limit"])
def test_a_change_anywhere_within_reach_is_another_stamp(name: str) -> None:
    assert stamp(made(**{name: 9})) != stamp(made())


def test_what_is_out_of_reach_does_not_count() -> None:
    assert stamp(made(other=9)) == stamp(made())


ORDERS: tuple[Callable[[list[str]], list[str]], ...] = (sorted, lambda names: sorted(names, reverse=True))
ASKED = """
import sys
from types import FunctionType
from sdp_engine.simulate import compiled
seen = {}
kept = compiled.stamp
def told(function):
    seen[function.__module__, function.__qualname__] = kept(function)
    return seen[function.__module__, function.__qualname__]
compiled.stamp = told
import importlib
for name in sys.argv[1].split(","):
    importlib.import_module("sdp_engine.simulate." + name)
print(sorted(seen.items()))
"""


def test_the_order_of_imports_does_not_matter() -> None:
    names = ["terms", "kernel", "tables", "histogram", "generic", "level", "scores", "readoff", "arrange"]
    told = [
        subprocess.run(
            [sys.executable, "-c", ASKED, ",".join(order(names))], capture_output=True, text=True, check=True
        ).stdout
        for order in ORDERS
    ]
    assert told[0] == told[1] != "[]\n"
