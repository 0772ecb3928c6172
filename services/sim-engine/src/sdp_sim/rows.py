"""From draws to the rows of a projection set."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sdp_engine.simulate import Draws, readoff, results

from sdp_sim.inputs import Inputs
from sdp_sim.threads import threads


def projection_rows(draws: Draws, inputs: Inputs) -> list[dict[str, Any]]:
    """Return the rows of `projections` for every matched draftable: its markets, and its points in each contest.

    A player who is out, benched or without a prediction gets zeros; an unmatched draftable gets no row.
    """
    ids: dict[int, list[int]] = {}
    for draftable, player in inputs.draftables.select("id", "player_id").iter_rows():
        ids.setdefault(player, []).append(draftable)
    players = draws.players["player_id"].to_list()
    made: list[dict[str, Any]] = []
    with ThreadPoolExecutor(threads()) as pool:
        for stat, summary, rows in pool.map(lambda read: read(), _readings(draws, inputs)):
            for at, row in enumerate(rows.tolist()):
                columns = told(summary, at)
                made += [{"draftable_id": d, "stat": stat, **columns} for d in ids.get(players[row], ())]
    return made


Reading = tuple[str, readoff.Summary, NDArray[np.int64]]


def _readings(draws: Draws, inputs: Inputs) -> list[Callable[[], Reading]]:
    """Return what reads every stat that is offered: its name, its distributions and their rows of `draws.players`.

    A market whose stats are not drawn is left out. Points are told in the slate's contest and in every classic one that
    is still played; the formats of a single game and those of sites that have closed would multiply the rows and say
    the same.
    """
    sport = inputs.sport
    markets = [name for name, market in sport.markets.items() if readoff.settles(draws, market)]
    contests = [
        name for name, c in sport.contests.items() if name == inputs.contest or (c.mode == "classic" and c.is_open)
    ]
    return [
        *(partial(_market, draws, inputs, name) for name in markets),
        *(partial(_points, draws, inputs, name) for name in contests),
    ]


def _market(draws: Draws, inputs: Inputs, name: str) -> Reading:
    """Read a market, as `_points` does."""
    market = inputs.sport.markets[name]
    rows = readoff.offered(draws, market)
    return name, readoff.settled(draws, market, rows, inputs.predictions, name), rows


def _points(draws: Draws, inputs: Inputs, name: str) -> Reading:
    """Read a contest's points.

    Where a model predicts them, they are read half off the draws, half off the prediction.
    """
    contest = inputs.sport.contests[name]
    predicted = next((key for key, market in inputs.sport.markets.items() if market.contest == name), None)
    rows = readoff.offered(draws, contest)
    told_of = None if predicted is None else inputs.predictions
    return f"{name}_points", readoff.scored(draws, contest, rows, told_of, predicted or ""), rows


def told(summary: readoff.Summary, at: int) -> dict[str, Any]:
    """Return one variable's columns of `projections`."""
    shares = summary.hist_shares[at]
    bins = int(np.flatnonzero(shares)[-1]) + 1
    return {
        "mean": float(summary.mean[at]),
        "sd": float(summary.sd[at]),
        "prob_zero": float(summary.prob_zero[at]),
        "quantiles": np.round(summary.quantiles[at], 4).tolist(),
        "hist_from": float(summary.hist_from[at]),
        "hist_width": float(summary.hist_width[at]),
        "hist_counts": np.round(shares[:bins], 6).tolist(),
    }


def game_rows(draws: Draws) -> list[dict[str, Any]]:
    """Return the rows of `game_projections`."""
    return results.games(draws).to_dicts()


def story(draws: Draws, inputs: Inputs) -> dict[str, Any]:
    """Return what a run reports besides its set: who was left out and why, and how close the means came."""
    sources = draws.games["line_source"].to_list()
    names = dict(inputs.draftables.select("player_id", "name").iter_rows())
    left = inputs.left_out()
    named = {name for group in left.values() for name in group}
    idle = draws.players.filter(~draws.players["is_active"])["player_id"].to_list()
    return {
        "games": len(sources),
        "worlds": draws.worlds,
        "line_sources": {source: sources.count(source) for source in sorted(set(sources))},
        "calibration_error": {stat: round(error, 5) for stat, error in draws.calibration_error().items()},
        **left,
        "without_role": [names[p] for p in idle if p in names and names[p] not in named],
    }
