"""How good simulated slates are: correlations, spreads, scores and joint overs against what really happened."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_sports.score import points as score_points
from sdp_sports.spec import QUANTILES, Contest

from sdp_engine.evaluate.roles import ALWAYS, DEFENCE, OVERS, PAIRS, Real, beyond_of, even_line, points_of, roles_of
from sdp_engine.simulate import readoff
from sdp_engine.simulate.draws import Draws

Floats = NDArray[np.float64]


@dataclass
class Tally:
    """What is summed up over slates.

    Attributes:
        pairs: Of each pair: sides, covariance, both variances.
        roles: Of each role: sides, mean, variance within a side.
        spreads: The same of the sides whose player is a regular, as the reference's sds are.
        overs: Of each pair of overs: sides, both chances, the joint chance.
        seen_pairs: Of each pair, what happened less what was expected: sides, product, both squares, both.
        seen_overs: As `overs`, of what happened.
        defences: One row a defence: season, fantasy points simulated and realised by DEFENCE stat.
        games: One row a game: PITs of scores, margin and total, margins' chances, what happened.
        points: One row a player: realised points, CRPS raw, read off and of the model's distribution, PIT, role.
    """

    pairs: dict[tuple[str, str], Floats] = field(default_factory=dict)
    roles: dict[str, Floats] = field(default_factory=dict)
    spreads: dict[str, Floats] = field(default_factory=dict)
    overs: dict[tuple[str, str], Floats] = field(default_factory=dict)
    seen_pairs: dict[tuple[str, str], Floats] = field(default_factory=dict)
    seen_overs: dict[tuple[str, str], Floats] = field(default_factory=dict)
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
        sides = roles_of(draws)
        held = [points_of(draws, contest, side) for side in sides]
        keys = draws.players.select("player_id", "game_id").rows()
        for s, own in enumerate(held):
            for role, row in sides[s].items():
                if regulars is None or role in ALWAYS or keys[row] in regulars:
                    _sum(self.spreads, role, (1.0, own[role].mean(), own[role].var()))
        beyond = [beyond_of(draws, contest, side, mine, real) for side, mine in zip(sides, held, strict=True)]
        for s, own in enumerate(held):
            self._correlate(own, held[s ^ 1])
            self._compare(beyond[s], beyond[s ^ 1])
            self._joint(draws, sides[s], real.lines)
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
            _both(self.seen_pairs, other.seen_pairs),
            _both(self.seen_overs, other.seen_overs),
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

    def _compare(self, own: Mapping[str, float], other: Mapping[str, float]) -> None:
        for a, b in PAIRS:
            second = other.get(b[3:]) if b.startswith("opp") else own.get(b)
            first = own.get(a)
            if first is not None and second is not None:
                _sum(self.seen_pairs, (a, b), (1.0, first * second, first**2, second**2, first, second))

    def _joint(
        self, draws: Draws, side: Mapping[str, int], lines: Mapping[tuple[int, str], Mapping[str, float | None]]
    ) -> None:
        over: dict[str, NDArray[np.bool_]] = {}
        was: dict[str, float | None] = {}
        for role, stats in OVERS.items():
            if role in side:
                line = lines.get(draws.players.select("player_id", "game_id").row(side[role]), {})
                for stat, name in stats.items():
                    drawn = draws.stat(side[role], stat)
                    at = even_line(drawn)
                    happened = line.get(stat)
                    over[f"{role} {name}"] = drawn > at
                    was[f"{role} {name}"] = None if happened is None else float(happened > at)
        names = sorted(over)
        for i, a in enumerate(names):
            for b in names[i + 1 :]:
                x, y = over[a], over[b]
                _sum(self.overs, (a, b), (1.0, x.mean(), y.mean(), (x & y).mean()))
                first, second = was[a], was[b]
                if first is not None and second is not None:
                    _sum(self.seen_overs, (a, b), (1.0, first, second, first * second))

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
