"""The table of a back-test: figures by population, model, market, position and season, on identical rows."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from sdp_engine.distributions import Array
from sdp_engine.evaluate import calibration
from sdp_engine.models.model import TARGET

ALL = "ALL"
OURS = "sdp"
BINS = 10
FEWEST = 20
"""Fewer rows are not worth a figure."""


def table(
    judged: pl.DataFrame, prefix: str, told: Mapping[str, Any], rivals: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """Return the figures of our prediction and of rivals on the same rows, by season and position.

    Args:
        judged: Rows of `walk.walk` with `season`, `position` and a column of means a rival.
        prefix: `given_` or `played_`: which of our predictions is judged.
        told: What every row of the table says besides (population, mode, market).
        rivals: Columns of others' means; rows where one is null are left out for all.
    """
    names = list(rivals)
    made: list[dict[str, Any]] = []
    for season, position, chosen in _parts(judged.drop_nulls(names) if names else judged):
        where = {**told, "position": position, "season": season, "n": chosen.height}
        made.append({**where, "model": OURS, **ours(chosen, prefix)})
        made += [{**where, "model": name, **rival(chosen, prefix, name)} for name in names]
    return made


def ours(rows: pl.DataFrame, prefix: str) -> dict[str, Any]:
    """Return the figures of our predictions; `mae`, `rmse` and `bias` are of the mean, coverage by PIT."""
    observed, mean = rows[TARGET].to_numpy(), rows[f"{prefix}mean"].to_numpy()
    pit = calibration.Pit(rows[f"{prefix}pit_low"].to_numpy(), rows[f"{prefix}pit"].to_numpy())
    figures = {
        **_errors(mean, observed),
        "mae_median": float(np.mean(np.abs(rows[f"{prefix}median"].to_numpy() - observed))),
        "crps": float(rows[f"{prefix}crps"].to_numpy().mean()),
        "logscore": float(rows[f"{prefix}log"].to_numpy().mean()),
        "pit_ece": pit.error(),
        "pit_noise": pit.noise(),
        "pit_bound": pit.bound(),
        **{f"cov{level}": pit.coverage(level / 100) for level in (50, 80, 90)},
        "logloss": log_loss(rows[f"{prefix}any"].to_numpy(), (observed > 0).astype(np.float64)),
        "pit_histogram": pit.histogram(BINS),
        "centre": "mean",
    }
    return {name: round(value, 6) if isinstance(value, float) else value for name, value in figures.items()}


def rival(rows: pl.DataFrame, prefix: str, name: str) -> dict[str, Any]:
    """Return a rival's figures and how ours compares: the mean absolute error gained, its standard error, p-value."""
    observed, theirs = rows[TARGET].to_numpy(), rows[name].to_numpy()
    gain = np.abs(theirs - observed) - np.abs(rows[f"{prefix}mean"].to_numpy() - observed)
    figures = {**_errors(theirs, observed), **paired(gain, rows["game_id"]), "centre": "mean"}
    return {key: round(value, 6) if isinstance(value, float) else value for key, value in figures.items()}


def paired(gain: Array, games: pl.Series) -> dict[str, float]:
    """Return the mean gain, its standard error clustered by game, and the two-sided p-value of no gain."""
    clusters = pl.DataFrame({"game": games, "gain": gain - gain.mean()}).group_by("game").agg(pl.col("gain").sum())
    error = float(np.sqrt((clusters["gain"].to_numpy() ** 2).sum()) / gain.size)
    p = float(2 * stats.norm.sf(abs(gain.mean()) / error)) if error > 0 else 1.0
    return {"gain": float(gain.mean()), "gain_se": error, "gain_p": p}


def over(rows: pl.DataFrame, chance: str, told: Mapping[str, Any], model: str) -> list[dict[str, Any]]:
    """Return the log loss, Brier score and reliability of P(over) on real lines, pushes left out.

    `logloss_gain` is what the log loss is better by than that of the de-vigged close (the column `market`), with its
    standard error clustered by game and the p-value of no difference.
    """
    made = []
    decided = rows.filter(pl.col(TARGET) != pl.col("line"))
    for season, position, chosen in _parts(decided):
        happened = (chosen[TARGET] > chosen["line"]).cast(pl.Float64).to_numpy()
        p, close = (np.clip(chosen[name].to_numpy(), 0.01, 0.99) for name in (chance, "market"))
        index = np.minimum((p * BINS).astype(int), BINS - 1)
        bins = [
            {"p": float(p[index == b].mean()), "rate": float(happened[index == b].mean()), "n": int((index == b).sum())}
            for b in np.unique(index)
        ]
        figures = {
            "logloss": log_loss(p, happened),
            "brier": float(np.mean((p - happened) ** 2)),
            "ece": calibration.expected_calibration_error(p, happened),
        }
        if chance != "market":
            gain = paired(_surprise(close, happened) - _surprise(p, happened), chosen["game_id"])
            figures |= {f"logloss_{name}": value for name, value in gain.items()}
        where = {**told, "model": model, "position": position, "season": season, "n": chosen.height}
        made.append({**where, **{k: round(v, 6) for k, v in figures.items()}, "reliability": bins})
    return made


def _parts(rows: pl.DataFrame) -> Iterator[tuple[Any, str, pl.DataFrame]]:
    """Give the rows by season and position, and of all of them, where there are enough for a figure."""
    seasons = [ALL, *sorted(rows["season"].unique().to_list())]
    places = [ALL, *sorted(rows["position"].unique().to_list())]
    for season, position in product(seasons, places):
        chosen = rows if season == ALL else rows.filter(pl.col("season") == season)
        chosen = chosen if position == ALL else chosen.filter(pl.col("position") == position)
        if chosen.height >= FEWEST and (position == ALL or len(places) > 2):
            yield season, position, chosen


def log_loss(chance: Array, happened: Array) -> float:
    """Return the mean negative log-likelihood of yes-no outcomes; chances are kept off 0 and 1 by 0.001."""
    return float(np.mean(_surprise(chance, happened)))


def _surprise(chance: Array, happened: Array) -> Array:
    p = np.clip(chance, 1e-3, 1 - 1e-3)
    return np.asarray(-(happened * np.log(p) + (1 - happened) * np.log(1 - p)))


def _errors(mean: Array, observed: Array) -> dict[str, float]:
    error = mean - observed
    return {
        "mae": float(np.mean(np.abs(error))),
        "rmse": float(np.sqrt(np.mean(error**2))),
        "bias": float(np.mean(error)),
    }
