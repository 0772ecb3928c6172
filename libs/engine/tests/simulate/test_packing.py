"""Draws taken apart and put together are the same draws."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from sdp_engine.simulate import simulate
from sdp_engine.simulate.packing import pack, unpack
from sdp_engine.simulate.readoff import points
from sdp_sports.spec import load


@dataclass(frozen=True)
class Bytes:
    dtype: str
    shape: tuple[int, ...]
    body: Any


def test_what_was_taken_apart_comes_back_and_scores_alike(two_games):
    draws = simulate(two_games.slate, two_games.predicted, 5, 300)
    arrays, document = pack(draws)
    held = {name: Bytes(str(a.dtype), a.shape, a.tobytes()) for name, a in arrays.items()}
    again = unpack(held, json.loads(json.dumps(document)))
    assert (again.worlds, again.players.equals(draws.players), again.games.equals(draws.games)) == (300, True, True)
    for name, sheet in draws.sheets.items():
        np.testing.assert_array_equal(again.sheets[name], sheet)
        assert again.sheets[name].dtype == sheet.dtype
    for name, places in draws.places.items():
        np.testing.assert_array_equal(again.places[name], places)
    contest = load("nfl").contests["draftkings_classic"]
    np.testing.assert_array_equal(points(again, contest), points(draws, contest))
    assert again.expected.is_empty()  # what was asked for is not kept
