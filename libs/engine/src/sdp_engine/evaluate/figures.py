"""Every figure of simulated slates, from their tally: against what happened, and against references."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sdp_engine.evaluate.roles import DEFENCE, PAIRS, RARE
from sdp_engine.evaluate.simulated import Tally

Floats = NDArray[np.float64]
ENOUGH = 100
"""Pairs of fewer rows tell nothing of a correlation."""


def figures(tally: Tally, reference: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """Return every figure of a tally, JSON-ready; `reference` may hold `corr_dk`, `corr_role_sd`, `sgp_joint_overs`."""
    told: dict[str, Any] = {"games": len(tally.games), "players": len(tally.points)}
    told |= _of_games(pl.DataFrame(tally.games)) if tally.games else {}
    told |= _of_points(_known(pl.DataFrame(tally.points), tally)) if tally.points else {}
    told |= _of_defences(pl.DataFrame(tally.defences)) if tally.defences else {}
    pairs = {pair: float(z[1] / np.sqrt(z[2] * z[3])) for pair, z in tally.pairs.items() if z[2] * z[3] > 0}
    told["correlations"] = {f"{a}:{b}": round(value, 4) for (a, b), value in sorted(pairs.items())}
    told["roles"] = {
        role: {"mean": round(float(z[1] / z[0]), 3), "sd": round(float(np.sqrt(z[2] / z[0])), 3)}
        for role, z in sorted(tally.roles.items())
    }
    told |= _of_seen(tally)
    if "corr_dk" in reference:
        frame = reference["corr_dk"].filter(pl.col("kind") != "raw")
        real = {(a, b): value for a, b, value in frame.select("a", "b", "pearson").iter_rows()}
        gaps = {pair: pairs[pair] - real[pair] for pair in PAIRS if pair in pairs and pair in real}
        sizes = np.abs(list(gaps.values()))
        worst = max(gaps, key=lambda pair: abs(gaps[pair]))
        told |= {
            "pairs_compared": len(gaps),
            "correlation_error_mean": round(float(sizes.mean()), 4),
            "correlation_error_max": round(float(sizes.max()), 4),
            "correlation_worst": ":".join(worst),
            "correlation_gaps": {f"{a}:{b}": round(gap, 3) for (a, b), gap in gaps.items()},
        }
    if "corr_role_sd" in reference:
        known = dict(reference["corr_role_sd"].select("role", "res_sd").iter_rows())
        drawn = {role: float(np.sqrt(z[2] / z[0])) for role, z in tally.spreads.items()}
        ratios = {role: drawn[role] / sd for role, sd in known.items() if role in drawn and sd}
        told["role_sd_sides"] = {role: int(tally.spreads[role][0]) for role in ratios}
        told["role_sd_ratio"] = {role: round(ratio, 3) for role, ratio in ratios.items()}
    if "sgp_joint_overs" in reference:
        told |= _of_overs(tally.overs, reference["sgp_joint_overs"])
    return told


def _of_seen(tally: Tally) -> dict[str, Any]:
    """Return how far correlations of points and of overs are from those of what happened on the same rows.

    Told are the root mean square beyond what so few games would show of a perfect simulation.
    """
    told: dict[str, Any] = {}
    gaps, noise = [], []
    for pair, seen in tally.seen_pairs.items():
        n, product, square, other, first, second = seen
        spread = (square - first**2 / n) * (other - second**2 / n)
        drawn = tally.pairs[pair]
        if n < ENOUGH or spread <= 0:
            continue
        real = float((product - first * second / n) / np.sqrt(spread))
        gaps.append(float(drawn[1] / np.sqrt(drawn[2] * drawn[3])) - real)
        noise.append((1 - real**2) / np.sqrt(n))
    told |= _beyond_noise("seen_correlation", gaps, noise)
    gaps, noise = [], []
    for pair, seen in tally.seen_overs.items():
        phis = [_phi(z) for z in (tally.overs[pair], seen)]
        if seen[0] >= ENOUGH and all(phi is not None for phi in phis):
            gaps.append(phis[0] - phis[1])
            noise.append(1 / np.sqrt(seen[0]))
    return told | _beyond_noise("seen_overs", gaps, noise)


def _beyond_noise(name: str, gaps: list[float], noise: list[float]) -> dict[str, Any]:
    if not gaps:
        return {}
    beyond = float(np.mean(np.square(gaps) - np.square(noise)))
    return {
        f"{name}_compared": len(gaps),
        f"{name}_excess": round(float(np.sqrt(max(beyond, 0.0))), 4),
        f"{name}_noise": round(float(np.sqrt(np.mean(np.square(noise)))), 4),
    }


def _phi(z: Floats) -> Any:
    """Return the correlation of two overs from their sums, None where one of them always or never happened."""
    a, b, joint = z[1:] / z[0]
    scale = np.sqrt(a * (1 - a) * b * (1 - b))
    return float((joint - a * b) / scale) if scale > 0 else None


def _of_games(frame: pl.DataFrame) -> dict[str, Any]:
    n = frame.height
    grid = (np.arange(n) + 0.5) / n
    rng = np.random.default_rng(1)
    null = [np.abs(np.sort(rng.random(n)) - grid).mean() for _ in range(2000)]
    told: dict[str, Any] = {
        "pit_ece_null_mean": round(float(np.mean(null)), 4),
        "pit_ece_null_95": round(float(np.quantile(null, 0.95)), 4),
    }
    for name in ("home", "away", "margin", "total"):
        told[f"pit_ece_{name}"] = round(float(np.abs(np.sort(frame[name].to_numpy()) - grid).mean()), 4)
    for margin in (3, 7):
        chance = frame[f"chance_{margin}"].to_numpy()
        often = float(frame[f"was_{margin}"].cast(pl.Float64).to_numpy().mean())
        se = float(np.sqrt((chance * (1 - chance)).sum()) / n)
        told[f"margin_{margin}"] = {"simulated": round(float(chance.mean()), 4), "real": round(often, 4)}
        told[f"margin_{margin}_z"] = round((float(chance.mean()) - often) / se, 2)
    for name in ("margin_bias", "total_bias"):
        told[name] = round(float(frame[name].to_numpy().mean()), 4)
    return told


def _known(points: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """Return the rows whose points are known: not a defence's of seasons whose lines tell none of its rare events."""
    whole = sorted({row["season"] for row in tally.defences if row["real_def_safeties"] > 0})
    return points.filter((pl.col("role") != "DST") | pl.col("season").is_in(whole))


def _of_points(frame: pl.DataFrame) -> dict[str, Any]:
    told: dict[str, Any] = {
        f"crps_{name}": round(float(frame[name].to_numpy().mean()), 4) for name in ("raw", "read_off", "model")
    }
    told["points_bias"] = round(float((frame["mean"] - frame["real"]).to_numpy().mean()), 3)
    n = frame.height
    told["points_pit_ece"] = round(float(np.abs(np.sort(frame["pit"].to_numpy()) - (np.arange(n) + 0.5) / n).mean()), 4)
    residual = frame.filter(pl.col("role") != "").with_columns(off=pl.col("real") - pl.col("mean"))
    spread = (
        residual.group_by("role").agg(pl.col("off").std().alias("sd"), -pl.col("off").mean(), pl.len()).sort("role")
    )
    enough = [row for row in spread.iter_rows() if row[3] > 30]
    told["residual_sd_real"] = {role: round(sd, 3) for role, sd, _, _ in enough}
    drawn = dict(residual.group_by("role").agg((pl.col("sd").pow(2)).mean().sqrt()).iter_rows())
    told["residual_sd_ratio"] = {role: round(drawn[role] / sd, 3) for role, sd, _, _ in enough}
    told["role_bias"] = {role: round(bias, 3) for role, _, bias, _ in enough}
    return told


def _both_sides(stat: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("simulated", stat), ("real", f"real_{stat}")


def _of_defences(frame: pl.DataFrame) -> dict[str, Any]:
    """Return a defence's mean points by component, simulated and realised.

    Seasons of which no safety is known have lines that tell no rare event: in them these count on neither side.
    """
    whole = pl.col("real_def_safeties").sum().over("season") > 0
    counted = frame.with_columns(pl.when(whole).then(pl.col(name)) for stat in RARE for name in (stat, f"real_{stat}"))
    parts = {
        stat: {told: round(float(counted[name].drop_nulls().to_numpy().mean()), 3) for told, name in _both_sides(stat)}
        for stat in DEFENCE
        if counted[stat].null_count() < counted.height
    }
    sums = counted.select(
        season="season",
        simulated=pl.sum_horizontal(DEFENCE),
        real=pl.sum_horizontal(f"real_{stat}" for stat in DEFENCE),
    )
    told: dict[str, Any] = {"dst_components": parts}
    for name in ("simulated", "real"):
        told[f"dst_mean_{name}"] = round(float(sums[name].to_numpy().mean()), 3)
    told["dst_mean_bias"] = round(told["dst_mean_simulated"] - told["dst_mean_real"], 3)
    off = (sums["simulated"] - sums["real"]).to_numpy()
    told["dst_mean_se"] = round(float(off.std() / np.sqrt(off.size)), 3)
    return told


def _of_overs(overs: Mapping[tuple[str, str], Floats], reference: pl.DataFrame) -> dict[str, Any]:
    gaps, noise, pairs = [], [], []
    told = reference.filter(pl.col("rel") != "opponent").select("rel", "lab_a", "lab_b", "phi", "se")
    for relation, a, b, phi, se in told.iter_rows():
        # a role is one player here; two of a team who are called alike (two second receivers) have no counterpart
        alike = a.split(" ")[0] == b.split(" ")[0]
        z = overs.get((a, b) if a < b else (b, a)) if alike == (relation == "same player") else None
        drawn = None if z is None else _phi(z)
        if drawn is not None and phi is not None and se is not None:
            gaps.append(drawn - phi)
            noise.append(se)
            pairs.append(f"{a} & {b}")
    if not gaps:
        return {}
    beyond = np.square(gaps) - np.square(noise)
    worst = int(np.argmax(beyond))
    # one row that cannot be right weighs as much as all others together: told with and without the worst
    others = np.delete(beyond, worst)
    return {
        "overs_compared": len(gaps),
        "overs_phi_rms": round(float(np.sqrt(np.mean(np.square(gaps)))), 4),
        "overs_phi_excess": round(float(np.sqrt(max(beyond.mean(), 0.0))), 4),
        "overs_worst": f"{pairs[worst]}: off by {gaps[worst]:+.3f}",
        "overs_phi_excess_of_others": round(float(np.sqrt(max(others.mean(), 0.0))), 4) if others.size else 0.0,
    }
