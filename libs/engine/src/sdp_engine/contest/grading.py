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
_PLAYERS = 60


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
    told["players"] = _players(contest, predicted)
    return told


def _players(contest: Finished, predicted: Floats) -> list[dict[str, Any]]:
    """Return the players most drafted, really or as predicted, with both shares and both points."""
    seen = np.argsort(-np.maximum(contest.drafted, predicted), kind="stable")[:_PLAYERS].tolist()
    told = contest.slate.pool.select("name", "team_id", "position", "salary_usd", "points")
    return [
        {
            "name": name,
            "team_id": team,
            "position": position,
            "salary_usd": salary,
            "projected_points": round(points, 2),
            "real_points": None if np.isnan(contest.scored[row]) else round(float(contest.scored[row]), 2),
            "predicted_ownership": round(float(predicted[row]), 5),
            "real_ownership": round(float(contest.drafted[row]), 5),
        }
        for row, (name, team, position, salary, points) in ((r, told.row(r)) for r in seen)
    ]


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


def coverage(contest: Finished, low: Floats, high: Floats) -> dict[str, float] | None:
    """Return how often real points lay within (`within`), below and above each player's range; None for nobody.

    Args:
        contest: The finished contest.
        low: The range's lower end of each row of the pool, NaN where nobody says, (rows,).
        high: Its upper end.
    """
    real = contest.scored
    seen = ~np.isnan(real) & ~np.isnan(low) & ~np.isnan(high)
    if not seen.any():
        return None
    below, above = real[seen] < low[seen], real[seen] > high[seen]
    return {
        "players": float(seen.sum()),
        "below": float(below.mean()),
        "within": float((~below & ~above).mean()),
        "above": float(above.mean()),
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
    placed = _Placed(points, own, own_are_in=True)
    return {"user": user, **placed.told(offer)}


def lineups(contest: Finished, rows: NDArray[np.int64], offer: Offer | None = None) -> dict[str, Any]:
    """Return what lineups did, or would have done had they been entered beside the real entries.

    Args:
        contest: The finished contest.
        rows: Rows of its pool in the order of the contest's slots, (lineups, size).
        offer: What it paid.

    Returns:
        As `entries`, and `lineups`: each one's projected and real points, rank and winnings. A lineup with somebody
        whose points the standings do not tell (nobody drafted him) has none of them and counts in `unknown`.
    """
    times = np.array([slot.points_multiplier for slot in contest.slate.contest.expanded_slots])
    real = (contest.scored[rows] * times).sum(axis=1)
    projected = (contest.slate.pool["points"].to_numpy()[rows] * times).sum(axis=1)
    known = ~np.isnan(real)
    told: dict[str, Any] = {"unknown": int((~known).sum()), "lineups": []}
    placed = _Placed(contest.entry_points, real[known], own_are_in=False)
    if known.any():
        told |= placed.told(offer)
    won = placed.won(offer) if offer is not None else None
    at = np.cumsum(known) - 1
    for n in range(len(rows)):
        k = int(at[n])
        told["lineups"].append(
            {
                "projected_points": round(float(projected[n]), 2),
                "real_points": round(float(real[n]), 2) if known[n] else None,
                "rank": int(placed.above[k]) + 1 if known[n] else None,
                "won_usd": None if won is None or not known[n] else round(float(won[k]), 2),
            }
        )
    return told


class _Placed:
    """Where points rank among all entries: how many stand above each, and how many level with him, himself too.

    Lineups that were not entered are ranked as if they had been, all of them.
    """

    def __init__(self, board: Floats, own: Floats, *, own_are_in: bool) -> None:
        self.own, self.field_mean = own, float(board.mean()) if board.size else float("nan")
        order = np.sort(board if own_are_in else np.concatenate([board, own]))
        self.count = len(order)
        last = np.searchsorted(order, own, side="right")
        self.above = self.count - last
        self.level = last - np.searchsorted(order, own, side="left")

    def won(self, offer: Offer) -> Floats:
        """Return what each is paid in dollars; ties share what their ranks are paid."""
        paid = np.concatenate([[0], np.cumsum(offer.resized(max(offer.entries, self.count)).prize_cents())]) / CENTS
        return np.asarray((paid[self.above + self.level] - paid[self.above]) / self.level)

    def told(self, offer: Offer | None) -> dict[str, Any]:
        """Return the figures of all together."""
        told: dict[str, Any] = {
            "entries": len(self.own),
            "best_rank": int(self.above.min()) + 1,
            "points": {
                "mean": float(self.own.mean()),
                "best": float(self.own.max()),
                "field_mean": self.field_mean,
            },
            "beaten_share": float(1 - (self.above + self.level / 2).mean() / self.count),
            "profit_usd": None,
        }
        if offer is not None:
            won = self.won(offer)
            told |= {
                "won_usd": float(won.sum()),
                "cashed": int((won > 0).sum()),
                "profit_usd": float(won.sum() - len(won) * offer.fee_usd),
            }
        return told


def _top(found: Mapping[str, float], most: int = 8) -> dict[str, float]:
    return {name: round(share, 5) for name, share in list(found.items())[:most]}
