"""The speed of the simulation: a 14-game slate compiled, drawn and read off, and how time grows with worlds.

`python bench/simulation.py [--json]`: a table, and with `--json` one object on the last line. Each case gives the wall
time's minimum and median over its repeats, the processor time's minimum, and the peak of resident memory so far. Every
kernel is compiled, or loaded from where it was kept, before anything is timed; `warm_s` says how long that took here.
"""

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
from sdp_engine import frames
from sdp_engine.simulate import Draws, Slate, arrange, joint, readoff, results
from sdp_sports.spec import QUANTILES, load

THREADS = 2
KICKOFF = datetime(2023, 11, 12, 18, tzinfo=UTC)
# receptions, receiving yards, rushing yards, touchdowns of a side's players; passing yards are the quarterback's
ROSTER: dict[str, list[tuple[float, float, float, float]]] = {
    "QB": [(0.0, 0.0, 18.0, 0.15), (0.0, 0.0, 3.0, 0.02)],
    "RB": [(2.9, 21.0, 66.0, 0.6), (1.6, 12.0, 28.0, 0.25), (0.4, 3.0, 8.0, 0.06)],
    "WR": [(5.6, 73.0, 2.0, 0.45), (4.1, 52.0, 0.0, 0.33), (2.2, 28.0, 0.0, 0.18), (0.9, 11.0, 0.0, 0.06)],
    "TE": [(3.9, 42.0, 0.0, 0.3), (1.1, 11.0, 0.0, 0.09)],
    "K": [(0.0, 0.0, 0.0, 0.0)],
    "DST": [(0.0, 0.0, 0.0, 0.0)],
}  # fmt: skip


def invented(games: int = 14) -> tuple[Slate, pl.DataFrame]:
    """Return a slate of the usual size with predictions, the same each time."""
    rng = np.random.default_rng(7)
    rows: list[tuple[Any, ...]] = []
    population: list[tuple[Any, ...]] = []
    predictions: list[tuple[Any, ...]] = []
    player = 0
    for g in range(games):
        game, teams = f"nfl:2023_10_A{g}_H{g}", (f"nfl:H{g}", f"nfl:A{g}")
        line = (round(float(rng.normal(1.5, 5.0)) * 2) / 2, round(float(rng.normal(44.0, 4.0)) * 2) / 2)
        rows.append((game, 2023, "REG", 10, KICKOFF, *teams, "outdoors", None, None, None, *line, None, None))
        for team, other in (teams, teams[::-1]):
            for position, lines in ROSTER.items():
                for depth, means in enumerate(lines):
                    player += 1
                    population.append((player, game, team, other, position, None))
                    scale = float(np.exp(rng.normal(0, 0.15)))
                    predictions += _predicted((player, game, team, position), means, depth, scale)
    slate = Slate(
        pl.DataFrame(rows, schema=dict(frames.GAMES), orient="row"),
        pl.DataFrame(population, schema=dict(frames.POPULATION), orient="row"),
    )
    return slate, pl.DataFrame(predictions, schema=dict(frames.PREDICTIONS), orient="row")


def _predicted(keys: tuple[Any, ...], means: tuple[float, ...], depth: int, scale: float) -> list[tuple[Any, ...]]:
    caught, yards, ran, tds = (mean * scale for mean in means)
    told = {"rushing_yards": ran, "anytime_touchdown": tds}
    if keys[3] == "QB":
        told["passing_yards"] = 240.0 if depth == 0 else 30.0
    elif keys[3] in ("RB", "WR", "TE"):
        told |= {"receptions": caught, "receiving_yards": yards}
    else:
        return []
    return [(*keys, market, mean, 0.6 * mean + 1, 0.1, [mean] * len(QUANTILES)) for market, mean in told.items()]


def read_off(draws: Draws) -> int:
    """Read all fantasy scores of two sites off the draws, and every market's distribution for whom it is offered."""
    nfl = load("nfl")

    def contest(name: str) -> None:
        readoff.scored(draws, nfl.contests[name], readoff.offered(draws, nfl.contests[name]))

    def market(name: str) -> None:
        if readoff.settles(draws, nfl.markets[name]):
            readoff.settled(draws, nfl.markets[name], readoff.offered(draws, nfl.markets[name]))

    with ThreadPoolExecutor(THREADS) as pool:
        told = [*pool.map(contest, ("draftkings_classic", "fanduel_classic")), *pool.map(market, nfl.markets)]
    results.games(draws)
    return len(told)


def timed(work: Callable[[], Any], repeats: int) -> dict[str, float]:
    """Return the times of some work, and the memory after it."""
    walls, cpus = [], []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {
        "seconds": round(min(walls), 4),
        "median_seconds": round(sorted(walls)[repeats // 2], 4),
        "cpu_seconds": round(min(cpus), 4),
        "peak_mb": round(peak / 1e6),
    }


def main() -> None:
    """Run every case."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="print one JSON object on the last line")
    as_json = parser.parse_args().json
    started = time.perf_counter()
    slate, predicted = invented()
    read_off(joint.simulate(slate, predicted, 0, 50))
    warm_s = round(time.perf_counter() - started, 2)
    past = joint.past_of(slate)
    cases: list[dict[str, Any]] = []

    def case(name: str, work: Callable[[], Any], repeats: int, **more: Any) -> None:
        cases.append({"case": name, **timed(work, repeats), **more})
        shown = "  ".join(f"{key} {value}" for key, value in cases[-1].items() if key != "case")
        print(f"{name:16} {shown}", file=sys.stderr if as_json else sys.stdout)

    plan = arrange.arrange(joint.expected_games(slate, predicted), past)
    players = int(plan.first[-1])
    case("slate_compile", lambda: arrange.arrange(joint.expected_games(slate, predicted), past), 9, players=players)
    for worlds in (1_000, 2_000, 5_000, 10_000, 20_000, 50_000):
        name = "slate_10k" if worlds == 10_000 else f"growth_{worlds}"
        case(name, lambda worlds=worlds: joint.draw(plan, 1, worlds, threads=THREADS), 5, worlds=worlds)  # type: ignore[misc]
    held = [joint.simulate(slate, predicted, 1, 10_000, threads=THREADS)]
    case("slate_readoff", lambda: read_off(held[0]), 5, worlds=10_000)
    held.clear()
    case("slate_100k", lambda: joint.draw(plan, 1, 100_000, threads=THREADS), 3, worlds=100_000)
    told = {"bench": "simulation", "warm_s": warm_s, "load": round(os.getloadavg()[0], 1), "cases": cases}
    print(json.dumps(told) if as_json else f"compiled or loaded in {warm_s} s; load {told['load']}; {THREADS} threads")


if __name__ == "__main__":
    main()
