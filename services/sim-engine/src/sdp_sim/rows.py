"""From draws to the rows of a projection set."""

from dataclasses import asdict
from typing import Any

import numpy as np
from sdp_engine.simulate import Draws, marginal

from sdp_sim.inputs import Inputs


def projection_rows(draws: Draws, inputs: Inputs) -> list[dict[str, Any]]:
    """Return the rows of `projections` for every matched draftable: its markets, and its points in each contest.

    A player who is out, benched or without a prediction gets zeros; an unmatched draftable gets no row.
    """
    row_of = {player: row for row, player in enumerate(draws.players["player_id"].to_list()) if player is not None}
    known = inputs.draftables.filter(inputs.draftables["player_id"].is_in(list(row_of)))
    ids: dict[int, list[int]] = {}
    for draftable, player in known.select("id", "player_id").iter_rows():
        ids.setdefault(player, []).append(draftable)
    return [
        {"draftable_id": draftable, "stat": stat, **summary}
        for player, draftables in ids.items()
        for stat, summary in _summaries(draws, inputs, row_of[player]).items()
        for draftable in draftables
    ]


def _summaries(draws: Draws, inputs: Inputs, row: int) -> dict[str, dict[str, Any]]:
    """Return the distribution of every stat that is offered for a player's position.

    Points are told in the slate's contest and in every classic one that is still played; the formats of a single game
    and those of sites that have closed would multiply the rows and say the same.
    """
    sport, position = inputs.sport, draws.players["position"][row]
    values: dict[str, np.ndarray[Any, Any]] = {
        name: draws.market(market, row, sport.contests)
        for name, market in sport.markets.items()
        if market.stats and position in market.positions
    }
    for name, contest in sport.contests.items():
        told = name == inputs.contest or (contest.mode == "classic" and contest.is_open)
        if told and position in contest.positions:
            values[f"{name}_points"] = draws.points(contest, row)
    return {stat: asdict(marginal.marginal(drawn)) for stat, drawn in values.items()}


def game_rows(draws: Draws) -> list[dict[str, Any]]:
    """Return the rows of `game_projections`."""
    return marginal.games(draws).to_dicts()


def story(draws: Draws, inputs: Inputs) -> dict[str, Any]:
    """Return what a run reports besides its set: who was left out and why, and how close the means came."""
    sources = draws.games["line_source"].to_list()
    names = dict(inputs.draftables.select("player_id", "name").iter_rows())
    left = inputs.left_out()
    told = {name for group in left.values() for name in group}
    idle = draws.players.filter(~draws.players["is_active"])["player_id"].to_list()
    return {
        "games": len(sources),
        "worlds": draws.worlds,
        "line_sources": {source: sources.count(source) for source in sorted(set(sources))},
        "calibration_error": {stat: round(error, 5) for stat, error in draws.calibration_error().items()},
        **left,
        "without_role": [names[p] for p in idle if p in names and names[p] not in told],
    }
