"""What if: a scenario in the user's words, and what it changes."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from sdp_common.errors import BadInput
from sdp_engine.simulate import Draws, readoff, results
from sdp_engine.simulate import simulate as draw
from sdp_engine.simulate.scenario import Scenario, assume, narrow

from sdp_sim.inputs import Inputs
from sdp_sim.threads import threads

LEAST = 0.005
"""A change of points smaller than this is not told."""


def assumed(
    inputs: Inputs, out: Sequence[int], lines: Mapping[str, Sequence[float | None]], wind_mph: Mapping[str, float]
) -> Scenario:
    """Return the scenario; `out` names draftables.

    Raises:
        BadInput: A draftable is not of the slate, or nothing is assumed.
    """
    known = dict(inputs.draftables.select("id", "player_id").iter_rows())
    strangers = [str(draftable) for draftable in out if known.get(draftable) is None]
    if strangers:
        raise BadInput(f"not players of this slate: {', '.join(strangers)}")
    if any(len(line) != 2 for line in lines.values()):
        raise BadInput("a line is a margin and a total: [3.5, 47], null for what stays")
    pairs = {game: (line[0], line[1]) for game, line in lines.items()}
    scenario = Scenario(frozenset(known[draftable] for draftable in out), pairs, dict(wind_mph))
    if not (scenario.out or scenario.lines or scenario.wind_mph):
        raise BadInput("nothing is assumed: name who is out, a line or the wind")
    return scenario


def difference(inputs: Inputs, scenario: Scenario, worlds: int, seed: int) -> dict[str, Any]:
    """Return what a scenario changes: expected points of every draftable it moves, and the games it touches.

    Raises:
        BadInput: The engine refuses the scenario; says why.
    """
    try:
        changed, predictions = assume(inputs.slate, inputs.predictions, scenario)
        games = scenario.touched(inputs.slate)
        before = draw(narrow(inputs.slate, games), inputs.predictions, seed, worlds, threads=threads())
        after = draw(narrow(changed, games), predictions, seed, worlds, threads=threads())
    except ValueError as error:
        raise BadInput(f"no such scenario: {error}") from error
    ids = inputs.draftables.filter(pl.col("player_id").is_not_null())
    listed = {
        player: (draftable, name) for draftable, player, name in ids.select("id", "player_id", "name").iter_rows()
    }
    was, now = (_points(draws, inputs) for draws in (before, after))
    players = [
        {
            "draftable_id": listed[player][0],
            "name": listed[player][1],
            "before": round(was[player], 3),
            "after": round(now[player], 3),
            "change": round(now[player] - was[player], 3),
        }
        for player in was
        if player in listed and player in now and abs(now[player] - was[player]) >= LEAST
    ]
    return {
        "contest": inputs.contest,
        "worlds": worlds,
        "players": sorted(players, key=lambda row: -abs(float(str(row["change"])))),
        "games": [
            {"game_id": a.pop("game_id"), "before": a, "after": {k: v for k, v in b.items() if k != "game_id"}}
            for a, b in zip(_games(before), _games(after), strict=True)
        ],
    }


def _points(draws: Draws, inputs: Inputs) -> dict[int, float]:
    """Return each player's mean points in the slate's contest."""
    means = readoff.points(draws, inputs.sport.contests[inputs.contest]).mean(axis=1) / readoff.CENTS
    return {player: float(means[row]) for row, player in enumerate(draws.players["player_id"]) if player is not None}


def _games(draws: Draws) -> list[dict[str, Any]]:
    return results.games(draws).select("game_id", "home_score_mean", "away_score_mean", "prob_home_win").to_dicts()
