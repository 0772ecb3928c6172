"""A user's entries against a field: what each lineup and all of them together may win, and how many are worth it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sdp_engine.contest.choose import choose
from sdp_engine.contest.field import Crowd
from sdp_engine.contest.payouts import Offer
from sdp_engine.contest.simulate import Int16s, Int32s, Outcome, collapse, play

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
BINS = 40
CHOSEN, CHOICE_WORLDS = 500, 1000
"""Up to so many lineups are ordered by what each adds, in so many worlds."""
CURVE_WORK = 4e8
"""Lineup-worlds that one point of the curve may cost; above, it is made from fewer worlds."""
_FEWEST_WORLDS = 500
_SHOWN = 25
_Z95 = 1.96


@dataclass(frozen=True, eq=False)
class Entered:
    """Everybody's lineups without duplicates.

    Attributes:
        lineups: Rows of the points, (distinct, size).
        copies: Entries of each, (distinct,).
        own: The user's entries of each, (distinct,).
        place: Where each of the user's lineups stands, (own lineups,).
    """

    lineups: Int32s
    copies: Int32s
    own: Int32s
    place: NDArray[np.int64]


def enter(own: NDArray[np.integer[Any]], field: NDArray[np.integer[Any]]) -> Entered:
    """Return the user's lineups and the field's together, (own + field, size)."""
    distinct = collapse(np.concatenate([own, field]).astype(np.int32))
    place = distinct.place[: len(own)]
    mine = np.bincount(place, minlength=len(distinct.copies)).astype(np.int32)
    return Entered(distinct.lineups, distinct.copies, mine, place)


def simulate(
    points: Int16s,
    own: NDArray[np.integer[Any]],
    field: NDArray[np.integer[Any]],
    offer: Offer,
    *,
    ticket_value: float = 1.0,
    threads: int = 1,
    on_share: Callable[[float], None] | None = None,
) -> dict[str, Any]:
    """Return what the user's entries may win, JSON-ready.

    `lineups` has one row a lineup in the order given, `portfolio` is of all entries together, `profit_histogram` their
    joint distribution, `roi_by_lineups` the same contest entered with fewer of them in the order of their `pick`: next
    is always the one that adds most to what all win together (where they are too many to try, the best expected alone).

    Args:
        points: Hundredths of fantasy points, (rows, worlds).
        own: The user's lineups as rows of `points`, (own lineups, size).
        field: The others', at least `offer.entries - own` of them, (field, size).
        offer: The contest.
        ticket_value: What a dollar of a ticket is worth.
        threads: How many blocks of worlds are played at once.
        on_share: Told how much of the work is done, 0 to 1; may raise to stop.

    Raises:
        ValueError: There are more lineups than the contest or one user may enter.
    """
    _check(len(own), offer)
    tell = on_share or (lambda _: None)
    others = field[: offer.entries - len(own)]
    entered = enter(own, others)
    worlds = points.shape[1]
    outcome = play(
        points,
        entered.lineups,
        entered.copies,
        offer,
        own=entered.own,
        ticket_value=ticket_value,
        threads=threads,
        on_worlds=lambda done: tell(0.6 * done / worlds),
    )
    order = _order(points, own, others, offer, ticket_value, outcome.won_usd[entered.place])
    tell(0.7)
    curve = _curve(points, own[order], field, offer, ticket_value, threads, tell)
    rows = _lineups(outcome, entered)
    for pick, lineup in enumerate(order.tolist(), 1):
        rows[lineup]["pick"] = pick
    return {
        "worlds": worlds,
        "own_entries": len(own),
        "field_entries": len(others),
        "portfolio": portfolio(outcome),
        "profit_histogram": histogram(outcome.own_profit_usd),
        "lineups": rows,
        "roi_by_lineups": curve,
    }


def beside_field(told: dict[str, Any], crowd: Crowd, own: NDArray[np.integer[Any]], offer: Offer) -> dict[str, Any]:
    """Return what `simulate` told with each lineup's expected duplicates, whom the field drafts most, and its habits.

    Args:
        told: As `simulate` returned it.
        crowd: The field's model.
        own: The user's lineups as moves of the crowd's roster, (own lineups, size).
        offer: The contest.
    """
    expected = np.exp(crowd.log_probability(own)) * (offer.entries - len(own))
    rows = [row | {"expected_duplicates": round(same, 4)} for row, same in zip(told["lineups"], expected, strict=True)]
    share = crowd.ownership()
    top = np.argsort(-share, kind="stable")[:_SHOWN].tolist()
    ids, names = crowd.pool["draftable_id"], crowd.pool["name"]
    players = [{"draftable_id": ids[i], "name": names[i], "ownership": round(float(share[i]), 4)} for i in top]
    field = {"habits": " ".join(crowd.habits.source.split()), "most_drafted": players}
    return told | {"lineups": rows, "field": field}


def _check(own: int, offer: Offer) -> None:
    if own == 0:
        raise ValueError("there is no lineup to enter")
    if own > offer.entries:
        raise ValueError(f"{own} lineups do not fit into a contest of {offer.entries:,} entries")
    if offer.entries_max_per_user is not None and own > offer.entries_max_per_user:
        raise ValueError(f"{own} lineups are more than the {offer.entries_max_per_user} that one user may enter")


def portfolio(outcome: Outcome) -> dict[str, Any]:
    """Return what all of the user's entries together may win."""
    profit = outcome.own_profit_usd
    cost = outcome.own_entries * outcome.offer.fee_usd
    mean, sd = float(profit.mean()), float(profit.std())
    error = sd / float(np.sqrt(len(profit)))
    return {
        "cost_usd": cost,
        "profit_usd": mean,
        "standard_error_usd": error,
        "interval_95_usd": [mean - _Z95 * error, mean + _Z95 * error],
        "roi": mean / cost if cost > 0 else None,
        "sd_usd": sd,
        "prob_profit": float((profit > 0).mean()),
        "prob_any_cash": float((outcome.own_won_usd > 0).mean()),
        "quantiles_usd": {str(q): float(np.quantile(profit, q)) for q in QUANTILES},
        "best_usd": float(profit.max()),
    }


def histogram(profit: NDArray[np.float64]) -> dict[str, Any]:
    """Return the distribution of profits in equal bins up to the 99.5th percentile; `beyond` is the share above."""
    low, high = float(profit.min()), float(np.quantile(profit, 0.995))
    width = max((high - low) / BINS, 0.01)
    bins = np.clip(((profit - low) / width).astype(np.int64), 0, None)
    inside = bins <= BINS
    counts = np.bincount(np.minimum(bins[inside], BINS - 1), minlength=BINS)
    return {
        "from": low,
        "width": width,
        "shares": (counts / len(profit)).tolist(),
        "beyond": float(1 - inside.mean()),
    }


def _order(
    points: Int16s,
    own: NDArray[np.integer[Any]],
    others: NDArray[np.integer[Any]],
    offer: Offer,
    ticket_value: float,
    alone: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Return the user's lineups in the order in which to enter them."""
    if len(own) > CHOSEN or not len(others):
        return np.argsort(-alone, kind="stable")
    few = np.ascontiguousarray(points[:, :CHOICE_WORLDS])
    return np.array([k for k, _ in choose(few, own, others, offer, len(own), ticket_value=ticket_value)], np.int64)


def _lineups(outcome: Outcome, entered: Entered) -> list[dict[str, Any]]:
    fee = outcome.offer.fee_usd
    at = entered.place
    columns = {
        "profit_usd": outcome.profit_usd[at],
        "standard_error_usd": outcome.standard_error_usd[at],
        "roi": outcome.profit_usd[at] / fee if fee > 0 else np.full(len(at), np.nan),
        "sd_usd": outcome.sd_usd[at],
        "prob_cash": outcome.probability("cashed")[at],
        "prob_top": outcome.probability("top")[at],
        "prob_first": outcome.probability("first")[at],
        "duplicates": (entered.copies - 1)[at].astype(np.float64),
    }
    return [
        {name: None if np.isnan(values[i]) else round(float(values[i]), 6) for name, values in columns.items()}
        for i in range(len(at))
    ]


def _curve(
    points: Int16s,
    own: NDArray[np.integer[Any]],
    field: NDArray[np.integer[Any]],
    offer: Offer,
    ticket_value: float,
    threads: int,
    tell: Callable[[float], None],
) -> list[dict[str, Any]]:
    """Return the portfolio's profit by how many of the lineups are entered."""
    worlds = int(np.clip(CURVE_WORK // offer.entries, min(_FEWEST_WORLDS, points.shape[1]), points.shape[1]))
    few = np.ascontiguousarray(points[:, :worlds])
    sizes = growth(len(own))
    found = []
    for step, size in enumerate(sizes):
        tell(0.7 + 0.3 * step / len(sizes))
        entered = enter(own[:size], field[: offer.entries - size])
        outcome = play(
            few, entered.lineups, entered.copies, offer, own=entered.own, ticket_value=ticket_value, threads=threads
        )
        told = portfolio(outcome)
        named = ("profit_usd", "standard_error_usd", "roi", "sd_usd", "prob_profit")
        found.append({"lineups": size, "worlds": worlds} | {name: told[name] for name in named})
    return found


def growth(lineups: int) -> list[int]:
    """Return the portfolio sizes that are tried: 1, 2, 5, 10, 20, 50, ... and all."""
    steps = [n * 10**k for k in range(4) for n in (1, 2, 5) if n * 10**k < lineups]
    return [*steps, lineups]
