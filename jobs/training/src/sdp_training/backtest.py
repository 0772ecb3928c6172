"""A back-test: walk through seasons, refitting on the past alone, and tell how every market did beside its rivals."""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock
from typing import Any

import polars as pl
from sdp_engine.backtest import populations, table, walk
from sdp_engine.features import build
from sdp_engine.features.panel import Sources, of_history
from sdp_engine.features.squad import OFFENCE
from sdp_engine.models import training
from sdp_engine.models.families import FAMILIES
from sdp_engine.models.model import EXPECTED, MOMENT, TARGET
from sdp_engine.models.training import INVOLVED
from sdp_engine.simulate.passers import passers
from sdp_sports.spec import Sport, load
from threadpoolctl import threadpool_limits

from sdp_training import rivals

PLAYS = "plays"
AVERAGES = ("season_mean", "last_four", "ewma")
FAMILY = "boosted"
LISTEN_S = 0.5
"""How often a long walk is looked after: how far it is, and whether the user wants it to stop."""


@dataclass(frozen=True)
class Plan:
    """What is asked of a back-test."""

    sport: str
    seasons: list[int]
    every: walk.Every
    markets: list[str]
    against: Path | None
    informed: bool


@dataclass(frozen=True)
class Machine:
    """Where walks are walked.

    Attributes:
        pool: Of threads of this process, or of a cluster's workers.
        workers: How many walk at a time.
        is_here: Whether they share our memory.
    """

    pool: Executor
    workers: int
    is_here: bool = True


@dataclass(frozen=True)
class Stage:
    """What every market's walk reads."""

    plan: Plan
    features: pl.DataFrame
    outcomes: pl.DataFrame
    games: pl.DataFrame
    past: pl.DataFrame
    starters: pl.DataFrame
    snapped: pl.DataFrame
    who: pl.DataFrame
    passers: pl.DataFrame
    players: dict[str, int] = field(default_factory=dict)

    @property
    def sport(self) -> Sport:
        """The sport's declaration."""
        return load(self.plan.sport)


def stage(plan: Plan, sources: Sources, names: pl.DataFrame, players: dict[str, int]) -> Stage:
    """Build the features and everything else that the walks read.

    Args:
        plan: What is asked.
        sources: Everything known now.
        names: `player_id`, `normalised_name`.
        players: Our player behind each gsis id.
    """
    sport = load(plan.sport)
    features = build.history(sport, sources)
    features = features.join(sources.games.select("game_id", as_of="starts_at"), on="game_id", maintain_order="left")
    outcomes = training.outcomes_of(sport, features, sources.lines, sources.snaps, sources.roles)
    dated = sources.games.select("game_id", "season", "season_type", "week")
    who = features.select("player_id", "game_id", "team_id", "position").join(dated, on="game_id")
    return Stage(
        plan,
        features,
        outcomes,
        sources.games,
        populations.rows(sport, sources.games, sources.lines),
        sources.roles.filter(pl.col("started").fill_null(value=False)).select("player_id", "game_id"),
        sources.snaps.filter(pl.col("offense_snaps") > 0).select("player_id", "game_id"),
        who.join(names, on="player_id", how="left"),
        passers(of_history(sport, sources)),
        players,
    )


class Stopped(Exception):
    """Nobody waits for this walk any more."""


class Pace:
    """How far walks in threads are, and whether they shall stop at their next step."""

    def __init__(self) -> None:
        self._lock, self._stop = Lock(), Event()
        self.fits = 0

    def step(self) -> None:
        """Count a fit.

        Raises:
            Stopped: The walks shall stop.
        """
        if self._stop.is_set():
            raise Stopped
        with self._lock:
            self.fits += 1

    def stop(self) -> None:
        """Let every walk stop at its next step."""
        self._stop.set()


def run(held: Stage, machine: Machine, progress: Callable[[float, str], object]) -> list[dict[str, Any]]:
    """Return the rows of the table, over every market of the plan, in its order.

    The walks of markets are tasks of an executor: threads here or the workers of a cluster, the same code.

    Args:
        held: What the walks read.
        machine: Where they walk.
        progress: Called twice a second with how far it is and a word; what it raises ends every walk.
    """
    first = [name for name in (PLAYS, INVOLVED) if name in held.sport.markets]
    # The widest markets first, so that no thread is left alone with one at the end.
    rest = [name for name in held.plan.markets if name not in first]
    rest = sorted(rest, key=lambda name: -len(held.sport.markets[name].positions))
    pace, done = Pace(), 0
    fits = len(walk.refits(held.games, held.plan.seasons, held.plan.every))
    whole = len(first) + len(rest)

    def tell() -> None:
        share = max(pace.fits / max(fits, 1), float(done)) / whole
        progress(0.05 + 0.94 * min(share, 1.0), f"{done} of {whole} markets, {pace.fits:,} of {whole * fits:,} fits")

    told: dict[str, pl.DataFrame] = {}
    made: dict[str, list[dict[str, Any]]] = {}
    for names in (first, rest):
        with closing(_walks(held, machine, names, _chances(told), pace, tell)) as walks:
            for name, rows in walks:
                done += 1
                if names is first:
                    told[name] = rows
                if name in held.plan.markets:
                    made[name] = judged(held, name, rows)
    return [row for name in held.plan.markets for row in made[name]]


def _walks(
    held: Stage,
    machine: Machine,
    names: Sequence[str],
    chances: pl.DataFrame | None,
    pace: Pace,
    tell: Callable[[], None],
) -> Generator[tuple[str, pl.DataFrame], None, None]:
    """Give each market's walk as it ends; one more than can run at a time lies ready."""
    todo, waiting = list(names), dict[Future[pl.DataFrame], str]()
    tick = pace.step if machine.is_here else None
    try:
        while todo or waiting:
            while todo and len(waiting) <= machine.workers:
                name = todo.pop(0)
                frame = _labelled(held, name)
                waiting[machine.pool.submit(walked, held.plan, name, frame, held.games, chances, tick)] = name
            finished, _ = wait(waiting, timeout=LISTEN_S, return_when=FIRST_COMPLETED)
            tell()
            for future in finished:
                yield waiting.pop(future), future.result()
    except BaseException:
        pace.stop()
        for future in waiting:
            future.cancel()
        raise


def walked(
    plan: Plan,
    name: str,
    frame: pl.DataFrame,
    games: pl.DataFrame,
    chances: pl.DataFrame | None,
    tick: Callable[[], None] | None = None,
) -> pl.DataFrame:
    """Walk one market through the seasons (a task of its own, one thread of algebra)."""
    market = load(plan.sport).markets[name]
    given = chances if market.given == INVOLVED else None
    fits = walk.refits(games, plan.seasons, plan.every)
    with threadpool_limits(1):
        return walk.walk(frame, market, FAMILIES[FAMILY], fits, given, tick or (lambda: None))


def _labelled(held: Stage, name: str) -> pl.DataFrame:
    frame = training.labelled(held.sport, name, held.features, held.outcomes)
    if held.plan.against is None:
        return frame
    lines = rivals.props(held.plan.against, held.plan.seasons, name, held.players)
    if lines.is_empty():
        return frame
    placed = held.who.select("player_id", "game_id", "season", "week").join(lines, on=["player_id", "season", "week"])
    return frame.join(placed.drop("season", "week"), on=["player_id", "game_id"], how="left")


def _chances(told: dict[str, pl.DataFrame]) -> pl.DataFrame | None:
    """Return how likely a player who plays is involved: the ratio of the two, at most 1."""
    if any(told.get(name) is None or told[name].is_empty() for name in (PLAYS, INVOLVED)):
        return None
    keys = ["player_id", "game_id"]
    both = (
        told[INVOLVED].select(*keys, involved="given_mean").join(told[PLAYS].select(*keys, plays="given_mean"), on=keys)
    )
    return both.select(*keys, chance=(pl.col("involved") / pl.col("plays")).clip(0.0, 1.0))


def judged(held: Stage, name: str, rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the table's rows of one market."""
    if rows.is_empty():
        return []
    keys = ["player_id", "game_id"]
    market = held.sport.markets[name]
    dated = held.games.select("game_id", "season", "season_type", "week")
    rows = rows.join(dated, on="game_id", maintain_order="left").filter(pl.col("season_type") == "REG")
    involved = training.frame_of(held.sport, name, held.features, held.outcomes).join(dated, on="game_id")
    involved = involved.filter(pl.col("season_type") == "REG").select(*keys, MOMENT, "season", TARGET)
    rows = rows.hstack(populations.averages(rows, involved))
    told = {"market": name, "mode": "independent"}
    if market.given != INVOLVED:
        return table.table(rows, "given_", {**told, "population": "active"})
    base = rows.filter(populations.baseline(market, rows, held.past, held.starters), pl.col("is_given"))
    made = table.table(base, "given_", {**told, "population": "baseline"}, AVERAGES)
    of_offence = bool(set(market.positions) & set(OFFENCE))
    everybody = rows.join(held.snapped, on=keys, how="semi") if of_offence else rows
    if of_offence:
        honest = everybody.with_columns(pl.col(AVERAGES).fill_null(0.0))
        made += table.table(honest, "played_", {**told, "population": "honest"}, AVERAGES)
        if market.features == "passing" and EXPECTED in honest.columns:
            starting = honest.filter(pl.col(EXPECTED) == 1)
            made += table.table(starting, "played_", {**told, "population": "expected to start"}, AVERAGES)
    if held.plan.against is not None:
        made += _against(held, name, base, told)
        made += _on_lines(everybody, {**told, "population": "props"}, "lined_", informed=held.plan.informed)
        made += _on_lines(base, {**told, "population": "baseline with lines"}, "given_", informed=False)
    return made


def _against(held: Stage, name: str, base: pl.DataFrame, told: dict[str, Any]) -> list[dict[str, Any]]:
    folder, seasons = held.plan.against, held.plan.seasons
    if folder is None or base.is_empty():
        return []
    made: list[dict[str, Any]] = []
    if name == "half_ppr_points":
        theirs = rivals.nflcom(folder, seasons, held.who, held.sport)
        # The published comparison is of players who had an average of the season to go by.
        begun = held.past.filter(pl.col("prior_of_season") > 0).select("player_id", "game_id")
        theirs = theirs.join(begun, on=["player_id", "game_id"])
        made += _beside(base, theirs, ["player_id", "game_id"], rivals.NFLCOM, told)
    theirs = rivals.espn(folder, seasons, name, held.players)
    made += _beside(base, theirs, ["player_id", "season", "week"], rivals.ESPN, told)
    return made


def _beside(
    base: pl.DataFrame, theirs: pl.DataFrame, keys: list[str], name: str, told: dict[str, Any]
) -> list[dict[str, Any]]:
    if theirs.is_empty():
        return []
    both = base.join(theirs, on=keys)
    return table.table(both, "given_", {**told, "population": f"baseline with {name}"}, (name,)) if both.height else []


def _on_lines(rows: pl.DataFrame, where: dict[str, Any], prefix: str, *, informed: bool) -> list[dict[str, Any]]:
    """Return the figures on rows with a real line: the line's own, ours, and where asked for the informed ones."""
    if "market" not in rows.columns or (lined := rows.filter(pl.col("market").is_not_null())).is_empty():
        return []
    made = _lines(lined, prefix, where)
    if informed:
        made += _lines(lined, "informed_", {**where, "mode": "informed"})
    made += table.over(lined, "tempered_over", where, "sdp, calibrated on lines")
    return made + table.over(lined, "market", {**where, "mode": "market"}, "the market")


def _lines(lined: pl.DataFrame, prefix: str, where: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one prediction's figures beside the line's own, with the log loss of going over it."""
    fair = lined.with_columns(
        p=pl.col(f"{prefix}over") / (1 - pl.col(f"{prefix}push")).clip(1e-9), **{"the line": pl.col("line")}
    )
    figures = table.table(fair, prefix, where, ("the line",))
    chances = {(row["season"], row["position"]): row for row in table.over(fair, "p", where, table.OURS)}
    for row in figures:
        more = chances.get((row["season"], row["position"]))
        if row["model"] == table.OURS and more is not None:
            row |= {key: value for key, value in more.items() if key not in (*where, "model", "n")}
    return figures
