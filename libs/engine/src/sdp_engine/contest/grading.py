"""How well a predicted field matches the real one: ownership, scores, duplicates and stacks."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import ks_2samp, spearmanr
from sdp_sports.files.standings import Standings

from sdp_engine.contest.field import Crowd
from sdp_engine.contest.finished import Finished
from sdp_engine.contest.habits import Habits
from sdp_engine.contest.payouts import CENTS, Offer
from sdp_engine.contest.simulate import collapse

Floats = NDArray[np.float64]
QUANTILES = (0.5, 0.8, 0.9, 0.99, 0.999)
_CHALK = 0.10
_SEED = 1
_FEW = 2


def ownership(predicted: Floats, real: Floats) -> dict[str, float | None]:
    """Return the errors of predicted ownership (shares of the entries) over the players that anybody drafted.

    In percentage points; `mae_over_10` is over the players with a tenth of the entries or more, None
    where nobody has; a prediction that ranks nobody has a rank correlation of 0.
    """
    seen = real > 0
    error = 100 * np.abs(predicted - real)
    many = real >= _CHALK
    return {
        "players": float(seen.sum()),
        "mae": float(error[seen].mean()),
        "rmse": float(np.sqrt((error[seen] ** 2).mean())),
        "mae_everybody": float(error.mean()),
        "mae_over_10": float(error[many].mean()) if many.any() else None,
        "rank_correlation": _rank_correlation(predicted[seen], real[seen]),
    }


def _rank_correlation(predicted: Floats, real: Floats) -> float:
    if len(real) < _FEW or np.ptp(predicted) == 0 or np.ptp(real) == 0:
        return 0.0
    return float(spearmanr(predicted, real).statistic)


def scores(predicted: Floats, real: Floats) -> dict[str, Any]:
    """Compare the points of a predicted field with the real entries': mean, spread, quantiles, largest gap (KS)."""
    return {
        "mean": [float(predicted.mean()), float(real.mean())],
        "sd": [float(predicted.std()), float(real.std())],
        "best": [float(predicted.max()), float(real.max())],
        "quantiles": {str(q): [float(np.quantile(predicted, q)), float(np.quantile(real, q))] for q in QUANTILES},
        "ks": float(ks_2samp(predicted, real).statistic),
    }


def duplicates(lineups: NDArray[np.integer[Any]]) -> dict[str, float]:
    """Return how much of a field is the same: share of distinct lineups, share of entries alone, the longest train."""
    copies = collapse(lineups).copies
    return {
        "distinct_share": float(len(copies) / len(lineups)),
        "unique_share": float((copies == 1).sum() / len(lineups)),
        "most_copies": float(copies.max()),
        "expected_copies": float((copies.astype(np.float64) ** 2).sum() / len(lineups)),
    }


def shapes(lineups: NDArray[np.integer[Any]], team: pl.Series) -> dict[str, float]:
    """Return the share of lineups by how many players come from their teams with several, `3-2` for three and two."""
    codes = team.fill_null("").cast(pl.Categorical).to_physical().to_numpy().astype(np.int64)[lineups]
    width = int(codes.max(initial=0)) + 1
    counts = np.zeros((len(lineups), width), np.int8)
    for place in range(codes.shape[1]):
        counts[np.arange(len(lineups)), codes[:, place]] += 1
    top = -np.sort(-counts, axis=1)[:, :4]
    found, n = np.unique(np.where(top > 1, top, 0), axis=0, return_counts=True)
    names = ["-".join(str(c) for c in row if c) or "none" for row in found.tolist()]
    return dict(sorted(zip(names, (n / len(lineups)).tolist(), strict=True), key=lambda x: -x[1]))


def distance(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the total variation distance of two distributions over names, 0 to 1."""
    return 0.5 * sum(abs(one.get(k, 0.0) - other.get(k, 0.0)) for k in {*one, *other})


def grade(contest: Finished, habits: Habits) -> dict[str, Any]:
    """Return how well habits predict a finished contest's field, beside the projected ownership where there is any."""
    slate = contest.slate
    crowd = Crowd(slate.contest, slate.pool, habits)
    predicted = crowd.ownership()
    moves = crowd.draw(len(slate.lineups), np.random.default_rng(_SEED))
    field = crowd.roster.row[moves]
    points = np.nan_to_num(contest.scored)
    field_points = (points[field] * crowd.roster.multiplier[moves]).sum(axis=1)
    mine, real = shapes(field, slate.pool["team_id"]), shapes(slate.lineups, slate.pool["team_id"])
    told = {
        "contest": contest.name,
        "players_from": contest.source,
        "entries": contest.entries,
        "lineups": len(slate.lineups),
        "is_final": contest.is_final,
        "unknown_share": round(contest.lost, 5),
        "ownership": ownership(predicted, contest.drafted),
        "field_scores": scores(field_points, contest.entry_points),
        "duplicates": {"predicted": duplicates(field), "real": duplicates(slate.lineups)},
        "stacks": {"predicted": _top(mine), "real": _top(real), "distance": distance(mine, real)},
    }
    if contest.has_ownership:
        said = slate.pool["ownership"].fill_null(0.0).to_numpy()
        told["projected_ownership"] = ownership(said, contest.drafted)
    return told


def projections(contest: Finished) -> dict[str, float] | None:
    """Return how far projected points were from the real ones, over the players whose points the standings tell.

    `mae_drafted` weighs each player by how often he was drafted, `bias` is projected less real; None where nobody's
    points are known.
    """
    projected, real = contest.slate.pool["points"].to_numpy(), contest.scored
    seen = ~np.isnan(real) & (projected > 0)
    if not seen.any():
        return None
    error = projected[seen] - real[seen]
    weight = contest.drafted[seen]
    return {
        "players": float(seen.sum()),
        "mae": float(np.abs(error).mean()),
        "mae_drafted": float(np.average(np.abs(error), weights=weight)) if weight.sum() > 0 else float("nan"),
        "bias": float(error.mean()),
        "rank_correlation": _rank_correlation(projected[seen], real[seen]),
    }


def entries(standings: Standings, user: str, offer: Offer | None = None) -> dict[str, Any]:
    """Return what a user's entries really did: ranks, points, how many of the others they beat, and their profit.

    Ties share what their ranks are paid; profit is None without an offer.

    Raises:
        ValueError: The user has no entry; names some who have.
    """
    board = [e for e in standings.entries if e.points is not None]
    mine = [e for e in board if e.user == user]
    if not mine:
        some = ", ".join(sorted({e.user for e in board})[:3])
        raise ValueError(f"{user} has no entry in these standings; {some} have, for instance")
    points = np.array([e.points for e in board], np.float64)
    own = np.array([e.points for e in mine], np.float64)
    order = np.sort(points)
    above = len(points) - np.searchsorted(order, own, side="right")
    level = np.searchsorted(order, own, side="right") - np.searchsorted(order, own, side="left")
    told: dict[str, Any] = {
        "user": user,
        "entries": len(mine),
        "best_rank": int(above.min()) + 1,
        "points": {"mean": float(own.mean()), "best": float(own.max()), "field_mean": float(points.mean())},
        "beaten_share": float(1 - (above + level / 2).mean() / len(points)),
        "profit_usd": None,
    }
    if offer is not None:
        paid = np.concatenate([[0], np.cumsum(offer.resized(max(offer.entries, len(board))).prize_cents())]) / CENTS
        won = (paid[above + level] - paid[above]) / level
        told |= {
            "won_usd": float(won.sum()),
            "cashed": int((won > 0).sum()),
            "profit_usd": float(won.sum() - len(mine) * offer.fee_usd),
        }
    return told


def _top(found: Mapping[str, float], most: int = 8) -> dict[str, float]:
    return {name: round(share, 5) for name, share in list(found.items())[:most]}
