"""Counters of which some must be reached ride on the automaton as how many were: the same lineups as by trying all."""

import itertools
import random

import numpy as np
import pytest
from made_slate import a_slate
from sdp_engine.optimize import automaton
from sdp_engine.optimize.automaton import Layers, Pool, Symbol, build_layers
from sdp_engine.optimize.build import build
from sdp_engine.optimize.net import compile_case
from sdp_engine.optimize.program import Case
from sdp_sports.rules import Rules
from sdp_sports.spec import find_contest

COUNTS = (1, 2, 1)


def people(rng: random.Random, counters: int) -> list[Symbol]:
    """Who may be drafted, each in some of the slots and moving some of the counters."""
    return [Symbol(rng.randrange(1, 8), tuple(int(rng.random() < 0.4) for _ in range(counters))) for _ in range(9)]


def accepts(layers: Layers, types: list[Symbol], drafted: list[Symbol]) -> bool:
    state = layers.start
    for number, symbol in enumerate(types):
        for _ in range(drafted.count(symbol)):
            state = -1 if state < 0 else int(layers.take[number, 0, state])
        state = -1 if state < 0 else int(layers.down[number, state])
    return state == 0


def fills(drafted: list[Symbol]) -> bool:
    slots = [kind for kind, count in enumerate(COUNTS) for _ in range(count)]
    return any(
        all(s.kinds >> slot & 1 for s, slot in zip(drafted, order, strict=True))
        for order in set(itertools.permutations(slots))
    )


@pytest.mark.parametrize("seed", range(12))
def test_pools_hold_what_they_ask_for(seed: int) -> None:
    rng = random.Random(seed)
    needs = tuple(rng.choice([1, 2]) for _ in range(5))
    members = ((rng.choice([1, 2]), (1,)), (1, (2,)), (1, (3, 4)))
    pool = Pool(rng.choice([1, 2, 3]), members)
    crowd = people(rng, len(needs))
    types = sorted(set(crowd), key=lambda s: (s.gains, s.kinds))
    layers = build_layers(COUNTS, needs, tuple((s,) for s in types), (pool,))
    assert layers is not None
    found = 0
    for drafted in map(list, itertools.combinations(crowd, sum(COUNTS))):
        reached = [sum(s.gains[c] for s in drafted) >= need for c, need in enumerate(needs)]
        weighed = sum(weight for weight, counters in members if all(reached[c] for c in counters))
        legal = reached[0] and weighed >= pool.least and fills(drafted)
        assert accepts(layers, types, drafted) == (layers.start >= 0 and legal)
        found += legal
    assert layers.start >= 0 or not found


@pytest.mark.parametrize("code", ["dk_mlb_classic", "yh_mlb_classic"])
def test_ways_that_leave_a_slot_open_which_nobody_fits_any_more_are_forgotten(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sport, key = find_contest(code)
    contest = sport.contests[key]
    program = build(contest, a_slate(contest, 4), Rules(lineups=1), sport.stacks)  # over twenty kinds of players
    monkeypatch.setattr(automaton, "STATES", 10_000)
    build_layers.cache_clear()
    assert compile_case(program, Case(np.zeros(0, np.int64), ()), program.value, set()) is not None
    build_layers.cache_clear()
