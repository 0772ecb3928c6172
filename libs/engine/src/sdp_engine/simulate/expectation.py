"""What each side's players are expected to do: predictions made coherent with one another and with the line."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sdp_engine.simulate import league
from sdp_engine.simulate.slate import OUT
from sdp_engine.simulate.usual import implied, relief

Floats = NDArray[np.float64]
MARKETS = (
    "passing_yards",
    "passing_tds",
    "interceptions",
    "passing_attempts",
    "rushing_attempts",
    "rushing_yards",
    "targets",
    "receptions",
    "receiving_yards",
    "anytime_touchdown",
    "sacks",
)
"""Markets the simulation listens to; any may be missing for a player."""
A_RUNNER = 1.0
"""Yards: who is expected to run for fewer takes no other's carries."""
LEAST = 0.02
"""A player expected to catch and carry less than this gets no row of his own."""
LEAST_START = 50.0
"""Passing yards that a starting quarterback is predicted at least."""
UNLISTED = 0.015
"""Least share of a side's yards that falls to players nobody listed."""
_SKILL = ("RB", "WR", "TE")
_NOTHING = {"rushing_attempts": 0.0}


@dataclass(frozen=True)
class Expectation:
    """One side's expected game, coherent; K rows: the quarterback, his backup, the others, everybody unlisted last.

    Attributes:
        players: Player ids, None for an anonymous row.
        positions: Their positions.
        receptions, receiving_yards, carries, rushing_yards, receiving_tds, rushing_tds: Expected values, (K,);
            the quarterback catches nothing.
        catch_rate: Catches a target, (K,).
        interceptions: The quarterback's, NaN where not predicted.
        sacks: Those of its defence, NaN where not predicted.
        points: The side's expected points.
        pass_share: Expected share of offensive touchdowns that are passes.
        kicker, defence: Their player ids, None where the population has none.
        benched: Players (and positions) who get nothing: out, not the starter, or expected to do nothing.
        relieved: Part of the quarterback's game that his backup is expected to play.
        scale: By how much the predictions of yards were multiplied to agree with the team (receiving, rushing).
    """

    players: list[int | None]
    positions: list[str]
    receptions: Floats
    receiving_yards: Floats
    carries: Floats
    rushing_yards: Floats
    receiving_tds: Floats
    rushing_tds: Floats
    catch_rate: Floats
    interceptions: float
    sacks: float
    points: float
    pass_share: float
    kicker: int | None
    defence: int | None
    relieved: float
    benched: list[tuple[int, str]] = field(default_factory=list)
    scale: tuple[float, float] = (1.0, 1.0)


@dataclass
class Row:
    """One player's raw predictions by market."""

    player: int | None
    position: str
    means: dict[str, float]
    salary: float
    is_out: bool = False

    def get(self, market: str) -> float | None:
        """Return the prediction of a market, None where there is none."""
        value = self.means.get(market)
        return None if value is None else max(value, 0.0)


def expect(rows: Sequence[Row], points: float, spread: float) -> Expectation:
    """Reconcile one side's predictions.

    The quarterback's passing yards set the team's, unless they are out of proportion to its expected points; his
    receivers are scaled down where they add up to more, and what they leave falls to an unlisted row. Rushing is
    held within a band around what the points imply. Who is out leaves his part to the others. Touchdowns keep the
    players' proportions; their sum is left to the line.

    Args:
        rows: Who is on the side (see `rows_of`).
        points: Its expected points.
        spread: By how much it is expected to win.
    """
    playing = [row for row in rows if not row.is_out]
    passers = [r for r in playing if r.position == "QB"]
    ranked = ("passing_yards", "passing_attempts", "passing_tds")
    starter = _first(passers, ranked)
    backup = _first([r for r in passers if r is not starter], ranked)
    skill = [r for r in playing if r.position in _SKILL]
    kicker = _first([r for r in playing if r.position == "K"], ())
    defence = _first([r for r in playing if r.position == "DST"], ())
    quarterback = starter or Row(None, "QB", {}, 0.0)
    if (quarterback.get("passing_yards") or LEAST_START) < LEAST_START:
        # predicted as a backup, which says nothing of a start: he does as whom he starts for was expected to
        missed = _first([r for r in rows if r.is_out and r.position == "QB"], ranked)
        quarterback = Row(quarterback.player, "QB", missed.means if missed else {}, quarterback.salary)
    second = Row(backup.player if backup else None, "QB", _NOTHING, 0.0)
    made = _Touches([quarterback, second, *skill, Row(None, "WR", {}, 0.0)])
    made.free([r for r in rows if r.is_out and r.position in _SKILL])
    relieved = relief(spread)
    scale = made.reconcile(quarterback, points, spread, relieved)
    keep = made.worth_keeping()
    listed = {row.player for row, kept in zip(made.rows, keep, strict=True) if kept}
    listed |= {row.player for row in (kicker, defence) if row}
    picks = quarterback.get("interceptions")
    sacks = None if defence is None else defence.get("sacks")
    return Expectation(
        players=[row.player for row, kept in zip(made.rows, keep, strict=True) if kept],
        positions=[row.position for row, kept in zip(made.rows, keep, strict=True) if kept],
        receptions=made.receptions[keep],
        receiving_yards=made.receiving_yards[keep],
        carries=made.carries[keep],
        rushing_yards=made.rushing_yards[keep],
        receiving_tds=made.receiving_tds[keep],
        rushing_tds=made.rushing_tds[keep],
        catch_rate=made.catch_rate[keep],
        interceptions=np.nan if picks is None else picks,
        sacks=np.nan if sacks is None else sacks,
        points=points,
        pass_share=_pass_share(made, quarterback, points),
        kicker=kicker.player if kicker else None,
        defence=defence.player if defence else None,
        relieved=relieved,
        benched=sorted((r.player, r.position) for r in rows if r.player is not None and r.player not in listed),
        scale=scale,
    )


def rows_of(population: pl.DataFrame, predictions: pl.DataFrame) -> dict[tuple[str, str], list[Row]]:
    """Return everybody by game and team, with his predictions; a non-finite prediction counts as missing.

    Args:
        population: POPULATION frame; `salary_usd`, where there is such a column, decides between quarterbacks.
        predictions: PREDICTIONS frame.
    """
    means: dict[tuple[int, str], dict[str, float]] = {}
    told = predictions.filter(pl.col("market").is_in(MARKETS) & pl.col("mean").is_finite())
    for player, game, market, mean in told.select("player_id", "game_id", "market", "mean").iter_rows():
        means.setdefault((player, game), {})[market] = mean
    salary = "salary_usd" if "salary_usd" in population.columns else pl.lit(None, pl.Int64).alias("salary_usd")
    sides: dict[tuple[str, str], list[Row]] = {}
    columns = population.select("player_id", "game_id", "team_id", "position", "injury_status", salary)
    for player, game, team, position, status, usd in columns.sort("player_id").iter_rows():
        known = means.get((player, game), {})
        row = Row(player, position, known, float(usd or 0), (status or "").strip().lower() in OUT)
        sides.setdefault((game, team), []).append(row)
    return sides


def _first(rows: list[Row], markets: tuple[str, ...]) -> Row | None:
    """Return the row predicted highest in the first market that anybody has, then the dearest, then the first."""
    if not rows:
        return None
    market = next((m for m in markets if any(r.get(m) is not None for r in rows)), "")
    return max(rows, key=lambda r: (r.get(market) or 0.0, r.salary, -rows.index(r)))


def _pass_share(made: "_Touches", quarterback: Row, points: float) -> float:
    """Return the share of offensive touchdowns that are passes: half the league's, half what is predicted."""
    air, ground = float(made.receiving_tds.sum()), float(made.rushing_tds.sum())
    thrown = quarterback.get("passing_tds")
    if thrown is not None:
        share = thrown / max(0.105 * points, 0.4)
        return float(np.clip(0.25 * league.LEAGUE_PASS_TDS + 0.75 * share, 0.35, 0.85))
    share = air / (air + ground) if air + ground > 0 else league.LEAGUE_PASS_TDS
    return float(np.clip((share + league.LEAGUE_PASS_TDS) / 2, 0.35, 0.85))


class _Touches:
    """The arrays of one side while they are made coherent."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        k = len(rows)
        self.receptions, self.receiving_yards = np.zeros(k), np.zeros(k)
        self.carries, self.rushing_yards = np.zeros(k), np.zeros(k)
        self.receiving_tds, self.rushing_tds = np.zeros(k), np.zeros(k)
        self.catch_rate = np.array([league.CATCH_RATE[row.position] for row in rows])
        self.freed = (0.0, 0.0)
        for i, row in enumerate(rows):
            if row.position != "QB":
                self._receiving(i, row)
            self._rushing(i, row)

    def _receiving(self, i: int, row: Row) -> None:
        """Fill a player's catches from whichever of catches, yards and targets are predicted."""
        typical, rate = league.YARDS_A_CATCH[row.position], league.CATCH_RATE[row.position]
        caught, yards, targets = (row.get(m) for m in ("receptions", "receiving_yards", "targets"))
        if caught is None:
            caught = yards / typical if yards is not None else (targets or 0.0) * rate
        if yards is None:
            yards = caught * typical
        if targets is not None and targets > 0.3 and caught > 0:
            self.catch_rate[i] = np.clip(caught / targets, 0.35, 0.95)
        self.receptions[i] = caught
        self.receiving_yards[i] = caught * np.clip(yards / caught, 2.0, 28.0) if caught > 0 else 0.0

    def _rushing(self, i: int, row: Row) -> None:
        """Fill a player's carries; a starting quarterback nobody predicted runs as starters do."""
        typical = league.YARDS_A_CARRY[row.position]
        carries, yards = row.get("rushing_attempts"), row.get("rushing_yards")
        if carries is None:
            default = 3.5 if row.position == "QB" else 0.0
            carries = yards / typical if yards is not None else default
        if yards is None:
            yards = carries * typical
        self.carries[i] = carries
        self.rushing_yards[i] = carries * np.clip(yards / carries, 0.5, 12.0) if carries > 0 else 0.0

    def free(self, out: list[Row]) -> None:
        """Note the yards by air and ground that were predicted for those who are out."""
        if out:
            left = _Touches([Row(None, "QB", _NOTHING, 0.0), *out])
            self.freed = float(left.receiving_yards.sum()), float(left.rushing_yards.sum())

    def reconcile(self, quarterback: Row, points: float, spread: float, relieved: float) -> tuple[float, float]:
        """Make the side add up; return the factors on receiving and rushing yards."""
        asked = quarterback.get("passing_yards")
        team = _passing_total(asked, float(self.receiving_yards.sum()), points, relieved)
        self.carries[1] = self.carries[0] * relieved / (1 - relieved)
        self.rushing_yards[1] = self.carries[1] * league.YARDS_A_CARRY["QB"]
        received = float(self.receiving_yards.sum())
        air, rest = _fit(received, team, 1.05 + self.freed[0] / max(received, 1.0))
        self.receptions *= air
        self.receiving_yards *= air
        self.receiving_yards[-1] = rest
        self.receptions[-1] = rest / 11.0
        self._hand_over()
        usual = implied(league.TEAM_RUSHING, points)
        ran = float(self.rushing_yards.sum())
        wanted = float(np.clip(ran, 0.65 * usual, 1.35 * usual))
        ground, rest = _fit(ran, wanted, 1.05)
        self.carries *= ground
        self.rushing_yards *= ground
        self.rushing_yards[-1] = rest
        self.carries[-1] = rest / 4.3
        self._touchdowns()
        self._catchable(quarterback.get("passing_attempts"), spread)
        return air, ground

    def _hand_over(self) -> None:
        """Give the carries of those who are out to the backs, else to all but the quarterbacks, as they run anyway."""
        back = np.array([row.position == "RB" for row in self.rows])
        others = np.array([row.position != "QB" for row in self.rows])
        to = back if self.rushing_yards[back].sum() >= A_RUNNER else others
        ran = float(self.rushing_yards[to].sum())
        if ran >= A_RUNNER:
            more = 1.0 + self.freed[1] / ran
            self.carries[to] *= more
            self.rushing_yards[to] *= more

    def _touchdowns(self) -> None:
        """Split each player's predicted touchdowns by where he usually scores."""
        air = np.array([league.TD_A_CATCH[row.position] for row in self.rows]) * self.receptions
        ground = np.array([league.TD_A_CARRY[row.position] for row in self.rows]) * self.carries
        total = air + ground
        asked = np.array([np.nan if (v := row.get("anytime_touchdown")) is None else v for row in self.rows])
        factor = np.where(np.isnan(asked) | (total <= 0), 1.0, asked / np.maximum(total, 1e-9))
        self.receiving_tds, self.rushing_tds = air * factor, ground * factor

    def _catchable(self, attempts: float | None, spread: float) -> None:
        """Bring catch rates in line with the attempts that are predicted, or likely for the spread."""
        targets = float((self.receptions / self.catch_rate).sum())
        likely = attempts if attempts is not None and attempts > 10 else np.clip(33.5 - 0.25 * spread, 26.0, 41.0)
        wanted = likely * (1 - league.THROWN_AWAY)
        low, high = (0.97, 1.03) if attempts is not None else (0.8, 1.25)
        factor = targets / float(np.clip(targets, low * wanted, high * wanted)) if targets > 0 else 1.0
        self.catch_rate = np.clip(self.catch_rate * factor, 0.3, 0.93)

    def worth_keeping(self) -> NDArray[np.bool_]:
        """Return who gets a row: the quarterbacks, the unlisted, and whoever is expected to touch the ball."""
        keep = self.receptions + self.carries >= LEAST
        keep[0] = keep[1] = keep[-1] = True
        return np.asarray(keep)


def _passing_total(asked: float | None, received: float, points: float, relieved: float) -> float:
    """Return the team's passing yards: the quarterback's, pulled to his receivers' where those are more."""
    usual = implied(league.TEAM_PASSING, points)
    if asked is None:
        total = received if received > 0.8 * usual else usual
    else:
        whole = asked / (1.0 - relieved)
        total = whole if received <= whole else whole**0.6 * received**0.4
    return float(np.clip(total, 0.55 * usual, 1.5 * usual))


def _fit(listed: float, team: float, most: float) -> tuple[float, float]:
    """Return the factor on the listed players (at most `most`) and what is left to the unlisted."""
    rest = UNLISTED * team
    if listed <= 0:
        return 1.0, team
    factor = min((team - rest) / listed, most)
    return factor, team - factor * listed
