"""Contests on generated slates: the simulation of a contest, and the making of its field.

`python bench/contest.py [--json] [--case NAME ...] [--threads N]`: a table, and with `--json` one object on the last
line. Each case runs in a process of its own, so that its peak memory is its own; kernels are loaded before the clock
starts. `seconds` is the least of the runs, `median_seconds` and `cpu_seconds` stand beside it. A curve's points are in
`curve`, each a number of entries or worlds and its seconds. The peer is what the best open tool was measured at: 2.8e6
lineup-worlds a second.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

PEER_RATE = 2.8e6
PLAYERS, SIZE, POOL = 250, 9, 220
FEE = 20.0
POSITIONS = ("PG", "SG", "SF", "PF", "C", "PG/SG", "SG/SF", "SF/PF", "PF/C")


def points(worlds: int) -> Any:
    """Return invented points of PLAYERS, hundredths, (players, worlds)."""
    import numpy as np
    from sdp_engine.contest.simulate import hundredths

    rng = np.random.default_rng(7)
    mean = rng.gamma(2.2, 4.0, PLAYERS)
    drawn = mean[:, None] * (1 + 0.6 * rng.standard_normal((PLAYERS, worlds), dtype=np.float32))
    return hundredths(np.maximum(0, drawn))


def entries(count: int) -> Any:
    """Return invented lineups, popular players drafted more often, (entries, SIZE)."""
    import numpy as np

    rng = np.random.default_rng(8)
    pull = 2 * np.log(rng.gamma(2.2, 4.0, PLAYERS))
    made = []
    for start in range(0, count, 10_000):
        noise = rng.gumbel(size=(min(10_000, count - start), PLAYERS)) + pull
        made.append(np.argpartition(-noise, SIZE, axis=1)[:, :SIZE])
    return np.concatenate(made)


def offer(count: int) -> Any:
    """Return a contest that pays 22 % of the entries, steeply."""
    from sdp_engine.contest.payouts import Offer, Prize

    paid = int(count * 0.22)
    worth = [(rank + 1) ** -0.9 for rank in range(paid)]
    scale = count * FEE * 0.85 / sum(worth)
    prizes = tuple(Prize(rank + 1, rank + 1, round(w * scale, 2)) for rank, w in enumerate(worth))
    return Offer("bench", FEE, count, prizes)


def timed(work: Callable[[], Any], runs: int) -> dict[str, float]:
    """Return the least and the median of some runs, and the processor time of the quickest."""
    told = []
    for _ in range(runs):
        began, busy = time.perf_counter(), time.process_time()
        work()
        told.append((time.perf_counter() - began, time.process_time() - busy))
    best = min(told)
    return {"seconds": best[0], "median_seconds": statistics.median(t for t, _ in told), "cpu_seconds": best[1]}


def contest(count: int, worlds: int, threads: int, runs: int) -> dict[str, Any]:
    """Play a contest: duplicates are collapsed, ranks and ties exact, payouts conserved (checked)."""
    from sdp_engine.contest.simulate import collapse, play

    drawn, lineups, asked = points(worlds), entries(count), offer(count)
    outcome: Any = None

    def work() -> None:
        nonlocal outcome
        distinct = collapse(lineups)
        outcome = play(drawn, distinct.lineups, distinct.copies, asked, threads=threads)

    told: dict[str, Any] = timed(work, runs)
    paid = float((outcome.won_usd * outcome.copies).sum())
    if abs(paid - asked.pool_usd) > 0.005:
        raise SystemExit(f"paid {paid}, due {asked.pool_usd}")
    return told | {"lineup_worlds_per_s": count * worlds / told["seconds"], "distinct": len(outcome.copies)}


def slate(count: int = POOL) -> Any:
    """Return an invented NBA pool."""
    import numpy as np
    import polars as pl
    from sdp_sports.spec import load

    rng = np.random.default_rng(9)
    nba = load("nba").contests["draftkings_classic"]
    salary = (rng.beta(1.2, 3.0, count) * 85 + 30).round().astype(int) * 100
    position = [POSITIONS[i % len(POSITIONS)] for i in range(count)]
    return nba, pl.DataFrame(
        {
            "player_id": range(1, count + 1),
            "name": [f"Player {i}" for i in range(count)],
            "team_id": [f"T{i % 20}" for i in range(count)],
            "opponent_id": [f"T{(i % 20) ^ 1}" for i in range(count)],
            "game_id": [f"G{i % 20 // 2}" for i in range(count)],
            "position": position,
            "roster_slots": [[s.name for s in nba.slots if set(s.positions) & set(p.split("/"))] for p in position],
            "salary_usd": salary,
            "points": salary / 200 * rng.uniform(0.7, 1.25, count),
        }
    )


def field(count: int, runs: int) -> dict[str, Any]:
    """Make a field from a pool and shipped habits, all in; every lineup is checked to be legal."""
    import numpy as np
    from sdp_engine.contest.field import Crowd
    from sdp_engine.contest.habits import load

    nba, pool = slate()
    made: Any = None

    def work() -> None:
        nonlocal made
        crowd = Crowd(nba, pool, load("nba_classic"))
        made = (crowd, crowd.draw(count, np.random.default_rng(1)))

    told: dict[str, Any] = timed(work, runs)
    crowd, moves = made
    rows = crowd.roster.row[moves]
    spent = pool["salary_usd"].to_numpy()[rows].sum(axis=1)
    if spent.max() > nba.salary_cap_usd or not crowd.is_legal(moves).all() or (np.diff(np.sort(rows)) == 0).any():
        raise SystemExit("a lineup of the field is not legal")
    drafted = np.bincount(rows.ravel(), minlength=pool.height) / count
    return told | {
        "lineups_per_s": count / told["seconds"],
        "calibration": float(np.abs(drafted - crowd.ownership()).max()),
    }


def curve(one: Callable[[int], dict[str, Any]], sizes: tuple[int, ...]) -> dict[str, Any]:
    """Return the time of a case by its size."""
    found = [{"size": size, "seconds": round(one(size)["seconds"], 4)} for size in sizes]
    return {"seconds": found[-1]["seconds"], "curve": found}


def cases(threads: int) -> dict[str, Callable[[], dict[str, Any]]]:
    """Return every case by name."""
    return {
        "contest_10k_10k": lambda: contest(10_000, 10_000, threads, 5),
        "contest_150k_10k": lambda: contest(150_000, 10_000, threads, 1),
        "field_100k": lambda: field(100_000, 3),
        "contest_by_entries": lambda: curve(lambda n: contest(n, 2_000, threads, 2), (1_000, 5_000, 20_000, 80_000)),
        "contest_by_worlds": lambda: curve(lambda n: contest(10_000, n, threads, 2), (1_000, 2_000, 5_000, 20_000)),
        "field_by_entries": lambda: curve(lambda n: field(n, 2), (1_000, 10_000, 50_000, 200_000)),
    }


def run_one(name: str, threads: int) -> dict[str, Any]:
    """Run a case here and now."""
    from sdp_engine.contest.warm import warm

    warm()
    told = cases(threads)[name]()
    told["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    if "lineup_worlds_per_s" in told:
        told |= {"peer": "best open tool", "peer_seconds": told["lineup_worlds_per_s"] * told["seconds"] / PEER_RATE}
    return {key: round(value, 4) if isinstance(value, float) else value for key, value in told.items()}


def main() -> None:
    """Run the cases and print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one object on the last line")
    parser.add_argument("--case", action="append", choices=list(cases(1)), help="only these")
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--one", choices=list(cases(1)), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(run_one(arguments.one, arguments.threads)))
        return
    found = []
    print(f"{'case':20}{'seconds':>9}{'median':>9}{'cpu':>8}{'peak MB':>9}  figures", flush=True)
    for name in arguments.case or cases(1):
        command = [sys.executable, __file__, "--one", name, "--threads", str(arguments.threads)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{name}: {done.stderr.strip().splitlines()[-1]}")
        case = {"case": name, **json.loads(done.stdout.strip().splitlines()[-1])}
        found.append(case)
        shown = ("seconds", "median_seconds", "cpu_seconds", "peak_mb")
        rest = {key: value for key, value in case.items() if key not in {"case", *shown}}
        figures = ", ".join(f"{k} {v:.3g}" if isinstance(v, float) else f"{k} {v}" for k, v in rest.items())
        median, cpu = (case.get(key, "-") for key in shown[1:3])
        print(f"{name:20}{case['seconds']:>9}{median:>9}{cpu:>8}{case['peak_mb']:>9.0f}  {figures}", flush=True)
    if arguments.json:
        print(json.dumps({"bench": "contest", "cases": found}))


if __name__ == "__main__":
    main()
