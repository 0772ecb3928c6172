"""How good simulated slates are: correlations, spreads, scores and joint overs against what really happened."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_sports.score import points as score_points
from sdp_sports.spec import QUANTILES, Contest

from sdp_engine.simulate import readoff
from sdp_engine.simulate.draws import Draws

Floats = NDArray[np.float64]
PAIRS = tuple(
    (pair.split(":")[0], pair.split(":")[1])
    for pair in [
        "QB:WR1",
        "QB:WR2",
        "QB:WR3",
        "QB:TE1",
        "QB:RB1",
        "QB:RB2",
        "QB:oppQB",
        "QB:oppWR1",
        "QB:oppRB1",
        "QB:oppDST",
        "QB:DST",
        "QB:K",
        "RB1:DST",
        "RB1:K",
        "RB1:oppDST",
        "RB1:RB2",
        "RB1:WR1",
        "RB1:TE1",
        "RB1:oppRB1",
        "WR1:WR2",
        "WR1:TE1",
        "WR1:oppWR1",
        "WR1:oppDST",
        "WR2:oppDST",
        "TE1:oppDST",
        "WR1:K",
        "DST:oppDST",
        "DSTfull:oppDSTfull",
        "DST:K",
        "DSTfull:K",
        "DST:oppK",
        "K:oppK",
        "QB:oppDSTfull",
        "QB:oppK",
    ]
)
"""Pairs of roles (by use expected before the game) whose points are correlated; `opp` is the other side's. DST is
sacks, turnovers and points allowed, DSTfull its touchdowns and safeties too; K counts 3, 4, 5 and 1 points."""
_RANKED = (("WR", "targets", 3), ("TE", "targets", 2), ("RB", "rushing_attempts", 2))
_ALWAYS = frozenset({"QB", "K", "DST"})
"""Roles whose reference asks for no use before the game."""
_KICKS = {"fg_made_0_39": 3.0, "fg_made_40_49": 4.0, "fg_made_50_plus": 5.0, "xp_made": 1.0}
_CATCHING = {"receiving_yards": "receiving_yards", "receptions": "receptions"}
_RUNNING = {"rushing_yards": "rushing_yards", "rushing_attempts": "carries"}
_PASSING = {
    "passing_yards": "passing_yards",
    "passing_attempts": "attempts",
    "passing_completions": "completions",
    "passing_tds": "passing_tds",
    "interceptions": "interceptions",
    "rushing_yards": "rushing_yards",
}
_OVERS = {
    "QB": _PASSING,
    **dict.fromkeys(("RB1", "RB2"), _CATCHING | _RUNNING),
    **dict.fromkeys(("WR1", "WR2", "WR3", "TE1", "TE2"), _CATCHING),
}
"""By role, the stats whose overs are paired, and what the reference calls them."""
DEFENCE = (
    "def_sacks",
    "def_interceptions",
    "def_fumble_recoveries",
    "def_tds",
    "def_safeties",
    "def_blocked_kicks",
    "points_allowed",
)
"""What a defence's points come from."""
_RARE = ("def_tds", "def_safeties", "def_blocked_kicks")
"""Of these, what a source of offensive lines alone does not tell."""


@dataclass(frozen=True)
class Real:
    """What happened.

    Attributes:
        scores: Final points of home and away, by game.
        points: Realised fantasy points, by player and game.
        defences: Realised DEFENCE stats in their order, by team and game; they may be missing.
    """

    scores: Mapping[str, tuple[int, int]]
    points: Mapping[tuple[int, str], float]
    defences: Mapping[tuple[str, str], tuple[float, ...]] = field(default_factory=dict)


@dataclass
class Tally:
    """What is summed up over slates.

    Attributes:
        pairs: Of each pair: sides, covariance, both variances.
        roles: Of each role: sides, mean, variance within a side.
        spreads: The same of the sides whose player is a regular, as the reference's sds are.
        overs: Of each pair of overs: sides, both chances, the joint chance.
        defences: One row a defence: season, fantasy points simulated and realised by DEFENCE stat.
        games: One row a game: PITs of scores, margin and total, margins' chances, what happened.
        points: One row a player: realised points, CRPS raw, read off and of the model's distribution, PIT, role.
    """

    pairs: dict[tuple[str, str], Floats] = field(default_factory=dict)
    roles: dict[str, Floats] = field(default_factory=dict)
    spreads: dict[str, Floats] = field(default_factory=dict)
    overs: dict[tuple[str, str], Floats] = field(default_factory=dict)
    defences: list[dict[str, Any]] = field(default_factory=list)
    games: list[dict[str, Any]] = field(default_factory=list)
    points: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self,
        season: int,
        draws: Draws,
        contest: Contest,
        predictions: tuple[pl.DataFrame, str],
        real: Real,
        seed: int,
        regulars: Container[tuple[int, str]] | None = None,
    ) -> None:
        """Add a slate.

        Args:
            season: Its season.
            draws: Simulated as of its lock.
            contest: Whose points count.
            predictions: PREDICTIONS frame it was simulated from, and the name of its market of these points.
            real: What happened.
            seed: Of the randomised PITs.
            regulars: Players and games of those who were regularly used before them; None counts everybody.
        """
        rng = np.random.default_rng(seed)
        sides = _roles(draws)
        held = [_points(draws, contest, side) for side in sides]
        keys = draws.players.select("player_id", "game_id").rows()
        for s, own in enumerate(held):
            for role, row in sides[s].items():
                if regulars is None or role in _ALWAYS or keys[row] in regulars:
                    _sum(self.spreads, role, (1.0, own[role].mean(), own[role].var()))
            self._correlate(own, held[s ^ 1])
            self._joint(draws, sides[s])
        self._defend(season, draws, contest, real.defences)
        self._games(season, draws, real.scores, rng)
        self._players(season, draws, contest, predictions, real.points, sides, rng)

    def with_(self, other: "Tally") -> "Tally":
        """Return both in one."""
        return Tally(
            _both(self.pairs, other.pairs),
            _both(self.roles, other.roles),
            _both(self.spreads, other.spreads),
            _both(self.overs, other.overs),
            self.defences + other.defences,
            self.games + other.games,
            self.points + other.points,
        )

    def _correlate(self, own: Mapping[str, Floats], other: Mapping[str, Floats]) -> None:
        for role, drawn in own.items():
            _sum(self.roles, role, (1.0, drawn.mean(), drawn.var()))
        for a, b in PAIRS:
            second = other.get(b[3:]) if b.startswith("opp") else own.get(b)
            first = own.get(a)
            if first is not None and second is not None:
                covariance = float(((first - first.mean()) * (second - second.mean())).mean())
                _sum(self.pairs, (a, b), (1.0, covariance, first.var(), second.var()))

    def _joint(self, draws: Draws, side: Mapping[str, int]) -> None:
        over: dict[str, NDArray[np.bool_]] = {}
        for role, stats in _OVERS.items():
            if role in side:
                over |= {f"{role} {name}": _over(draws.stat(side[role], stat)) for stat, name in stats.items()}
        names = sorted(over)
        for i, a in enumerate(names):
            for b in names[i + 1 :]:
                x, y = over[a], over[b]
                _sum(self.overs, (a, b), (1.0, x.mean(), y.mean(), (x & y).mean()))

    def _defend(
        self,
        season: int,
        draws: Draws,
        contest: Contest,
        realised: Mapping[tuple[str, str], tuple[float, ...]],
    ) -> None:
        rows = draws.players.with_row_index("row").filter(pl.col("position") == "DST")
        for row, team, game in rows.select("row", "team_id", "game_id").iter_rows():
            if (team, game) in realised:
                told: dict[str, Any] = {"season": season}
                for stat, was in zip(DEFENCE, realised[team, game], strict=True):
                    told[stat] = float(np.mean(score_points(contest, {stat: draws.stat(row, stat)}, "DST")))
                    told[f"real_{stat}"] = float(score_points(contest, {stat: was}, "DST"))
                self.defences.append(told)

    def _games(
        self, season: int, draws: Draws, finals: Mapping[str, tuple[int, int]], rng: np.random.Generator
    ) -> None:
        lines = draws.games.select("game_id", "spread", "total").iter_rows()
        for (game, spread, total), score in zip(lines, draws.scores.astype(np.int64), strict=True):
            if game not in finals:
                continue
            home, away = score
            real_home, real_away = finals[game]
            row: dict[str, Any] = {"season": season}
            drawn = {"home": home, "away": away, "margin": home - away, "total": home + away}
            seen = (real_home, real_away, real_home - real_away, real_home + real_away)
            for (name, values), real in zip(drawn.items(), seen, strict=True):
                row[name] = _pit(values, real, rng)
            for margin in (3, 7):
                row[f"chance_{margin}"] = float((np.abs(home - away) == margin).mean())
                row[f"was_{margin}"] = abs(real_home - real_away) == margin
            row["margin_bias"] = float((home - away).mean()) - spread
            row["total_bias"] = float((home + away).mean()) - total
            self.games.append(row)

    def _players(
        self,
        season: int,
        draws: Draws,
        contest: Contest,
        predictions: tuple[pl.DataFrame, str],
        real: Mapping[tuple[int, str], float],
        sides: list[dict[str, int]],
        rng: np.random.Generator,
    ) -> None:
        scored = readoff.points(draws, contest)
        targets = readoff.targets(draws, *predictions, scored.mean(axis=1) / readoff.CENTS)
        mapped = readoff.mapped(scored, targets)
        role_of = {row: role for side in sides for role, row in side.items()}
        keys = draws.players.select("player_id", "game_id").rows()
        for row, quantiles in targets.items():
            happened = real.get(keys[row])
            if happened is None:
                continue
            raw = scored[row] / readoff.CENTS
            self.points.append(
                {
                    "season": season,
                    "role": role_of.get(row, ""),
                    "real": happened,
                    "mean": float(raw.mean()),
                    "sd": float(raw.std()),
                    "pit": _pit(scored[row], round(happened * readoff.CENTS), rng),
                    "raw": _crps(raw, happened),
                    "read_off": _crps(mapped[row] / readoff.CENTS, happened),
                    "model": _crps(_sample(quantiles / readoff.CENTS), happened),
                }
            )


def _both(mine: Mapping[Any, Floats], theirs: Mapping[Any, Floats]) -> dict[Any, Floats]:
    """Return the sums of both."""
    sums = dict(mine)
    for key, values in theirs.items():
        sums[key] = sums[key] + values if key in sums else values
    return sums


def _sum(sums: dict[Any, Floats], key: Any, values: tuple[float, ...]) -> None:
    sums[key] = sums.get(key, np.zeros(len(values))) + np.array(values)


def _roles(draws: Draws) -> list[dict[str, int]]:
    """Return the row of `draws.players` of every role of each side, in order home, away, home, ..."""
    rows = draws.players.with_row_index("row").filter(pl.col("is_active"))
    sides = dict(rows.group_by("game_id", "team_id", maintain_order=True))
    found: list[dict[str, int]] = []
    for game in draws.games.iter_rows(named=True):
        for team in (game["home_team_id"], game["away_team_id"]):
            frame = sides[game["game_id"], team]
            side: dict[str, int] = {}
            for position, row in frame.select("position", "row").iter_rows():
                if position in ("QB", "K", "DST"):
                    side.setdefault(position, row)
            for position, stat, count in _RANKED:
                mine = frame.filter((pl.col("position") == position) & pl.col("player_id").is_not_null())["row"]
                ranked = sorted(mine, key=lambda row: -float(draws.stat(row, stat).mean()))
                side |= {f"{position}{k + 1}": row for k, row in enumerate(ranked[:count])}
            found.append(side)
    return found


def _points(draws: Draws, contest: Contest, side: Mapping[str, int]) -> dict[str, Floats]:
    held = {role: draws.points(contest, row) for role, row in side.items() if role != "K"}
    if "K" in side:
        held["K"] = np.asarray(sum(worth * draws.stat(side["K"], name) for name, worth in _KICKS.items()))
    if "DST" in side:
        row = side["DST"]
        held["DSTfull"] = held["DST"]
        extra = 6.0 * draws.stat(row, "def_tds") + 2.0 * (draws.stat(row, "def_safeties"))
        held["DST"] = held["DSTfull"] - extra - 2.0 * draws.stat(row, "def_blocked_kicks")
    return held


def _over(drawn: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Return whether the half-point line nearest to even odds was passed."""
    middle = int(np.median(drawn))
    return np.asarray(drawn > min((middle - 1, middle), key=lambda line: abs(float((drawn > line).mean()) - 0.5)))


def _pit(values: NDArray[Any], real: float, rng: np.random.Generator) -> float:
    return float((values < real).mean() + rng.random() * (values == real).mean())


def _crps(values: Floats, real: float) -> float:
    """Return the continuous ranked probability score of equally likely values."""
    ordered = np.sort(values)
    n = ordered.size
    spread = float(((2 * np.arange(1, n + 1) - n - 1) * ordered).sum()) / n**2
    return float(np.abs(ordered - real).mean()) - spread


def _sample(quantiles: Floats) -> Floats:
    """Return equally likely values of a distribution given by its quantiles."""
    levels = np.array([0.0, *QUANTILES, 1.0])
    grid = np.array([quantiles[0], *quantiles, quantiles[-1] + 0.8 * (quantiles[-1] - quantiles[-2])])
    return np.asarray(np.interp((np.arange(400) + 0.5) / 400, levels, grid))


def figures(tally: Tally, reference: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """Return every figure of a tally, JSON-ready; `reference` may hold `corr_dk`, `corr_role_sd`, `sgp_joint_overs`."""
    told: dict[str, Any] = {"games": len(tally.games), "players": len(tally.points)}
    told |= _of_games(pl.DataFrame(tally.games)) if tally.games else {}
    told |= _of_points(pl.DataFrame(tally.points)) if tally.points else {}
    told |= _of_defences(pl.DataFrame(tally.defences)) if tally.defences else {}
    pairs = {pair: float(z[1] / np.sqrt(z[2] * z[3])) for pair, z in tally.pairs.items() if z[2] * z[3] > 0}
    told["correlations"] = {f"{a}:{b}": round(value, 4) for (a, b), value in sorted(pairs.items())}
    told["roles"] = {
        role: {"mean": round(float(z[1] / z[0]), 3), "sd": round(float(np.sqrt(z[2] / z[0])), 3)}
        for role, z in sorted(tally.roles.items())
    }
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
    counted = frame.with_columns(pl.when(whole).then(pl.col(name)) for stat in _RARE for name in (stat, f"real_{stat}"))
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
        if z is None or phi is None or se is None:
            continue
        pa, pb, joint = z[1:] / z[0]
        scale = np.sqrt(pa * (1 - pa) * pb * (1 - pb))
        if scale > 0:
            gaps.append((joint - pa * pb) / scale - phi)
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
