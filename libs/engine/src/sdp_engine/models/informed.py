"""Market-informed: an independent prediction moved to where the de-vigged market, heeded most, puts it."""

import numpy as np
from numpy.typing import NDArray

from sdp_engine.distributions import Array, Distribution

TRUST = 0.85
"""How much of the log-odds of going over is the market's before anything was learnt; the rest is the model's."""
SLOPE = 0.5
"""How much of a model's log-odds of going over a posted line to believe before anything was learnt: half."""
FAR = 1.5
"""In log-odds: a model so far from the market does not know who plays, and is not heeded."""
STEPS = 40
WIDEST = 3.0
NEAR = 0.03
"""A chance that is off by more was not reached."""


def blend(market: Array, model: Array, trust: float = TRUST) -> Array:
    """Return chances whose log-odds are `trust` of the market's and the rest of the model's, who is near enough."""
    told, own = _log_odds(market), _log_odds(model)
    odds = trust * told + (1 - trust) * np.where(np.abs(own - told) > FAR, told, own)
    return np.asarray(1 / (1 + np.exp(-odds)))


def learn_trust(market: Array, model: Array, happened: Array) -> float:
    """Return the trust of least log loss on past rows, held near `TRUST` by five hundred rows' worth of it."""
    grid = np.linspace(0.5, 1.0, 26)

    def cost(trust: float) -> float:
        p = np.clip(blend(market, model, trust), 1e-6, 1 - 1e-6)
        loss = -np.sum(happened * np.log(p) + (1 - happened) * np.log(1 - p))
        return float(loss) + 500 * (trust - TRUST) ** 2

    return float(grid[int(np.argmin([cost(trust) for trust in grid]))]) if market.size else TRUST


def learn_slope(model: Array, happened: Array) -> float:
    """Return how much of a model's log-odds of going over a posted line to believe, of least log loss on past rows.

    Held near `SLOPE` by the cost of a hundred rows. Posted lines lie near the middle of what is known, so where a model
    is far from one it is more often the model that lacks something; that much can be learnt without any price.
    """
    grid = np.linspace(0.0, 1.2, 49)
    odds = _log_odds(model)

    def cost(slope: float) -> float:
        p = 1 / (1 + np.exp(-slope * odds))
        return float(-np.sum(happened * np.log(p) + (1 - happened) * np.log(1 - p))) + 100 * (slope - SLOPE) ** 2

    return float(grid[int(np.argmin([cost(slope) for slope in grid]))]) if model.size else SLOPE


def tempered(model: Array, slope: float) -> Array:
    """Return chances whose log-odds are `slope` times the model's."""
    return np.asarray(1 / (1 + np.exp(-slope * _log_odds(model))))


def anchor(predicted: Distribution, line: Array, chance: Array) -> Distribution:
    """Return the distributions stretched so that going over the line has this chance, given that it is no push.

    Values of an empirical family, and means of the others, are multiplied by one factor a row, found by bisection
    between `1 / WIDEST` and `WIDEST`; the zero atom stays. Where none of these factors comes near (a player who was
    taken for a reserve, and whom books take for the starter), an empirical one is weighed anew on either side of the
    line instead; where it has nothing on one side, the other has the rest of the chance, below the line as a zero.
    """
    low, high = np.full(len(predicted), -np.log(WIDEST)), np.full(len(predicted), np.log(WIDEST))
    for _ in range(STEPS):
        middle = (low + high) / 2
        made = stretched(predicted, np.exp(middle))
        over = made.prob_over(line)
        reached = over / np.maximum(1 - made.prob_push(line), 1e-9)
        low, high = np.where(reached < chance, middle, low), np.where(reached < chance, high, middle)
    made = stretched(predicted, np.exp((low + high) / 2))
    reached = made.prob_over(line) / np.maximum(1 - made.prob_push(line), 1e-9)
    short = np.abs(reached - chance) > NEAR
    return _weighed(predicted, made, line, chance, short) if predicted.family == "empirical" else made


def _weighed(
    predicted: Distribution, made: Distribution, line: Array, chance: Array, rows: NDArray[np.bool_]
) -> Distribution:
    """Return `made`, some rows replaced by the predicted ones with both sides of the line weighed for the chance."""
    if not rows.any():
        return made
    own, at = predicted[rows], line[rows]
    over = (chance[rows] * (1 - own.prob_push(at)))[:, None]
    below, levels = own.cdf(at)[:, None], predicted.params["levels"][None, :]
    lower = levels * below / (1 - over)
    upper = below + (levels - (1 - over)) * (1 - below) / over
    weighed = own.quantile(np.clip(np.where(levels < 1 - over, lower, upper), 0.0, 1.0))
    one_sided = (below <= 0) | (below >= 1)
    past = np.maximum(own.params["values"], np.floor(at)[:, None] + 1)
    values, zero = made.params["values"].copy(), made.zero.copy()
    values[rows] = np.where(one_sided, past, weighed)
    zero[rows] = np.where(one_sided, 1 - over, 0.0)[:, 0]
    return Distribution(made.family, {**made.params, "values": values}, zero)


def stretched(predicted: Distribution, factor: Array) -> Distribution:
    """Return the distributions with values (or means, or chances) multiplied by a factor a row."""
    params = dict(predicted.params)
    if predicted.family == "empirical":
        params["values"] = params["values"] * factor[:, None]
    elif predicted.family == "bernoulli":
        params["prob"] = np.clip(params["prob"] * factor, 0.0, 1.0)
    else:
        params["mean"] = params["mean"] * factor
    return Distribution(predicted.family, params, predicted.zero)


def _log_odds(chance: Array) -> Array:
    p = np.clip(chance, 0.005, 0.995)
    return np.asarray(np.log(p / (1 - p)))
