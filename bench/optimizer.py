"""150 lineups of real slates, beside pydfs-lineup-optimizer from PyPI, and the optima of simulated worlds.

`python bench/optimizer.py [--json] [--case NAME ...] [--peer auto|none|PYTHON] [--inputs DIR] [--no-growth]`: a table,
and with `--json` one object on the last line. Each case runs in a process of its own, so its peak memory is its own;
the kernels are compiled before the clock starts, the model's build is inside it. `seconds` is the least of the runs and
`median` their middle. `first` and `sum` are the objective of the first lineup and of all; `exact` of `checked` steps
were the optimum that CP-SAT finds after the lineups before them. The peer is taken from this environment where it
holds the dependency group `bench`, else installed into a throw-away one (`auto`), or found in another interpreter's; it
builds `peer_lineups`, as many as end in reasonable time. Where it cannot be had the table says so and goes on. The last
cases show how time grows with lineups (to 10,000) and with players (a quarter of the slate to twice as many): `growth`.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
INPUTS = ROOT.parent / "shared" / "bench" / "dfs"
NFL, NBA, MLB = (
    "nfl_dk_2023w12_DKSalaries.csv",
    "nba_dk_2018-12-03_DKSalaries.csv",
    "mlb_dk_2020-09-24_DKSalaries.csv",
)
B = {
    "max_exposure": 0.5,
    "min_unique": 3,
    "stack": "bench",
}
CAPTAINS = {
    "min_unique": 2,
    "max_per_team": 4,
    "groups": [
        {"who": {"captain": True, "positions": ["QB", "RB", "WR", "TE"]}, "at_least": 1},
        {"given": {"captain": True, "positions": ["QB"]}, "who": {"positions": ["WR", "TE"]}, "at_least": 2},
    ],
    "group_exposures": [
        {"who": {"captain": True, "positions": ["QB"]}, "at_most": 0.3},
        {"who": {"captain": True, "positions": ["RB"]}, "at_most": 0.3},
    ],
}
HITTERS = ["C", "1B", "2B", "3B", "SS", "OF"]
CASES: dict[str, dict[str, Any]] = {
    "nfl_a_150": {"file": NFL, "contest": "dk_nfl_classic", "rules": {}, "peer": 20},
    "nfl_b_150": {"file": NFL, "contest": "dk_nfl_classic", "rules": B, "peer": 10},
    "nba_bn_150": {
        "file": NBA, "contest": "dk_nba_classic", "rules": {"max_exposure": 0.5, "min_unique": 3}, "peer": 10,
    },
    "mlb_stack_150": {
        "file": MLB, "contest": "dk_mlb_classic", "rules": {"stacks": [{"sizes": [5], "positions": HITTERS}]},
        "peer": 2,
    },
    "showdown_150": {"file": NFL, "contest": "dk_nfl_showdown", "rules": CAPTAINS, "game": "BUF@PHI"},
    "worlds_nfl": {"file": NFL, "contest": "dk_nfl_classic", "worlds": 1000},
    "worlds_nba": {"file": NBA, "contest": "dk_nba_classic", "worlds": 500},
}  # fmt: skip
SHARES = (25, 50, 200)
"""Percent of a slate's players: the best of them, or all and as many again who are a little worse."""
GROWTH = {
    f"nfl_a_{n}": {"file": NFL, "contest": "dk_nfl_classic", "rules": {}, "lineups": n, "checks": 0, "runs": 1}
    for n in (1, 20, 150, 1000, 10_000)
} | {
    f"nfl_b_{n}": {"file": NFL, "contest": "dk_nfl_classic", "rules": B, "lineups": n, "checks": 0, "runs": 1}
    for n in (1, 20, 150, 500)
} | {
    f"{name}_of_{share}": {
        "file": file, "contest": contest, "rules": rules, "share": share / 100, "checks": 0, "runs": 1,
    }
    for name, file, contest, rules in (
        ("nfl_a_150", NFL, "dk_nfl_classic", {}),
        ("nfl_b_150", NFL, "dk_nfl_classic", B),
        ("nba_bn_150", NBA, "dk_nba_classic", {"max_exposure": 0.5, "min_unique": 3}),
    )
    for share in SHARES
}  # fmt: skip
MORE = {
    "nfl_apart_150": {
        "file": NFL, "contest": "dk_nfl_classic", "rules": {"min_unique": 6}, "runs": 1, "checks": 4,
    },
    "mlb_apart_150": {
        "file": MLB, "contest": "dk_mlb_classic", "runs": 1, "checks": 2,
        "rules": {"min_unique": 5, "stacks": [{"sizes": [5, 3], "positions": HITTERS}]},
    },
    "minimum_150": {"file": NFL, "contest": "dk_nfl_classic", "rules": {}, "poor": 1, "checks": 4},
    "minima_20_150": {
        "file": NFL, "contest": "dk_nfl_classic", "rules": {"max_exposure": 0.6}, "poor": 20, "checks": 0,
    },
    "worlds_each_150": {
        "file": NFL, "contest": "dk_nfl_classic", "rules": {"worlds_per_lineup": 1, "max_exposure": 0.5},
        "checks": 0,
    },
    "portfolio_150": {"file": NFL, "contest": "dk_nfl_classic", "rules": {"max_exposure": 0.5}, "entries": 10_000},
    "swap_150": {"file": NFL, "contest": "dk_nfl_classic", "rules": {"max_exposure": 0.5}, "swap": True},
    "infeasible_teams": {
        "file": NFL, "contest": "dk_nfl_classic", "clash": True,
        "rules": {"teams": [{"team_id": "nfl:BUF", "at_least": 3}], "max_per_team": 2},
    },
    "infeasible_salary": {
        "file": NFL, "contest": "dk_nfl_classic", "clash": True,
        "rules": {"min_salary_usd": 49_900, "max_salary_usd": 49_900, "groups": [
            {"who": {"positions": ["QB"], "teams": ["nfl:KC"]}, "at_least": 1},
            {"who": {"teams": ["nfl:KC"]}, "at_most": 0}]},
    },
    "infeasible_minima": {
        "file": NFL, "contest": "dk_nfl_classic", "clash": True, "quarterbacks": 3, "rules": {},
    },
}  # fmt: skip
"""Cases without a peer: lineups far apart, minima, worlds of their own, a portfolio, a late swap, and refusals."""
LINEUPS, RUNS = 150, 3
CHECKS = (0, 1, 10, 40, 75, 100, 149)
"""Steps that are held against CP-SAT."""
PEER_TIMEOUT_S, INSTALL_TIMEOUT_S = 400, 300

PEER = """
import json, resource, sys, time
from pydfs_lineup_optimizer import PositionsStack, Site, Sport, TeamStack, get_optimizer
path, sport, rules, lineups = sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), int(sys.argv[4])
began = time.perf_counter()
optimizer = get_optimizer(Site.DRAFTKINGS, getattr(Sport, sport))
getattr(optimizer, "load_players_from_csv", getattr(optimizer, "load_players", None))(path)
if rules.get("stack"):
    optimizer.add_stack(PositionsStack(["QB", ("WR", "TE"), ("WR", "TE")]))
    optimizer.force_positions_for_opposing_team(("QB", "WR"))
for stack in rules.get("stacks", []):
    optimizer.add_stack(TeamStack(stack["sizes"][0], for_positions=stack["positions"]))
if rules.get("min_unique", 1) > 1:
    size = {"FOOTBALL": 9, "BASKETBALL": 8, "BASEBALL": 10}[sport]
    optimizer.set_max_repeating_players(size - rules["min_unique"])
built = [x.fantasy_points_projection for x in optimizer.optimize(lineups, max_exposure=rules.get("max_exposure"))]
seconds = time.perf_counter() - began
used = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps({"seconds": seconds, "peak_mb": max(used) * 1024 / 1e6, "first": built[0], "sum": sum(built)}))
"""
SPORTS = {"nfl": "FOOTBALL", "nba": "BASKETBALL", "mlb": "BASEBALL"}


def slate(case: dict[str, Any], inputs: Path) -> tuple[Any, Any, Any]:
    """Return a case's sport, contest and pool; of a Showdown the players of one game."""
    from sdp_engine.optimize.offer import offer
    from sdp_sports.files import SalaryFile, read
    from sdp_sports.spec import find_contest

    sport, key = find_contest(case["contest"])
    contest = sport.contests[key]
    _, content = read((inputs / case["file"]).read_bytes())
    assert isinstance(content, SalaryFile)
    pool = offer(sport, contest, content.rows).pool
    if "game" in case:
        import polars as pl

        pool = pool.filter(pl.col("game_id") == case["game"]).with_columns(
            roster_slots=pl.lit([slot.name for slot in contest.slots], pl.List(pl.String))
        )
    return sport, contest, resized(pool, case.get("share", 1.0))


def resized(pool: Any, share: float) -> Any:
    """Return the best of a pool, or all of it and others at other prices, so that it is so many times as large."""
    import numpy as np
    import polars as pl

    count = round(len(pool) * share)
    if count <= len(pool):
        return pool.sort("points", descending=True).head(count) if share < 1 else pool
    more, rng = pool.sort("points", descending=True).head(count - len(pool)), np.random.default_rng(7)
    dearer = (rng.integers(-5, 6, len(more)) * 100).tolist()
    others = more.with_columns(
        *(pl.col(name) + 10**15 for name in ("draftable_id", "player_id")),
        name=pl.col("name") + " II",
        points=(pl.col("points") * pl.Series(rng.uniform(0.8, 1.0, len(more)))).round(2),
        salary_usd=(pl.col("salary_usd") + pl.Series(dearer)).clip(lower_bound=2000),
    )
    return pl.concat([pool, others])


def ours(case: dict[str, Any], inputs: Path) -> dict[str, Any]:
    """Solve a case here and now."""
    import numpy as np
    from sdp_engine.optimize.check import check_lineups
    from sdp_engine.optimize.solve import best_after, solve
    from sdp_engine.optimize.warm import warm
    from sdp_engine.optimize.worlds import optima
    from sdp_sports.rules import Rules
    from sdp_sports.spec import Stack, StackNeed

    receivers = StackNeed(side="team", positions=("WR", "TE"), at_least=2)
    back = StackNeed(side="opponent", positions=("WR",), at_least=1)
    stacks = {"bench": Stack(title="Two receivers, one back", anchor=("QB",), needs=(receivers, back))}
    _, contest, pool = slate(case, inputs)
    warm()
    if {"entries", "swap", "clash"} & set(case):
        return special(case, contest, pool)
    seconds = []
    if "worlds" in case:
        mean = pool["points"].to_numpy()
        draws = np.random.default_rng(1).normal(mean, 0.35 * np.abs(mean) + 0.1, (case["worlds"], len(pool)))
        for _ in range(RUNS):
            began = time.perf_counter()
            found = optima(contest, pool, Rules(lineups=1), stacks, draws)
            seconds.append(time.perf_counter() - began)
        checks = range(0, case["worlds"], case["worlds"] // 5)
        exact = 0
        for world in checks:
            one = pool.with_columns(points=draws[world])
            oracle = best_after(contest, one, Rules(lineups=1), stacks, [])
            exact += int(oracle is not None and abs(oracle - found.points[world]) < 1e-6)
        figures = {"first": float(found.points[0]), "sum": float(found.points.sum()), "worlds": case["worlds"]}
        figures |= {"per_s": case["worlds"] / min(seconds), "exact": exact, "checked": len(checks)}
    else:
        asked = {**case["rules"], "lineups": case.get("lineups", LINEUPS)}
        if "poor" in case:
            asked["exposures"] = [
                {"draftable_id": i, "at_least": 0.5 if case["poor"] == 1 else 0.1} for i in poor(pool, case["poor"])
            ]
        rules, draws = Rules.model_validate(asked), None
        if rules.worlds_per_lineup is not None:
            mean = pool["points"].to_numpy()
            draws = np.random.default_rng(1).normal(mean, 0.35 * np.abs(mean) + 0.1, (2000, len(pool)))
        for _ in range(case.get("runs", RUNS)):
            began = time.perf_counter()
            built = solve(contest, pool, rules, stacks, draws=draws)
            seconds.append(time.perf_counter() - began)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        ids = [x.draftable_ids for x in built]
        if len(ids) <= 1000 and (faults := check_lineups(contest, pool, ids, rules, stacks)):
            raise SystemExit(f"illegal lineups: {faults[:3]}")
        checks = CHECKS[: case.get("checks", len(CHECKS))]
        best = [best_after(contest, pool, rules, stacks, ids[:k]) for k in checks]
        exact = sum(b is not None and abs(b - built[k].points) < 1e-6 for k, b in zip(checks, best, strict=True))
        figures = {"first": built[0].points, "sum": round(sum(x.points for x in built), 4), "lineups": len(built)}
        figures |= {"exact": exact, "checked": len(checks), "peak_mb": peak * 1024 / 1e6}
    figures.setdefault("peak_mb", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6)
    return {"seconds": min(seconds), "median": statistics.median(seconds), "players": len(pool)} | figures


def poor(pool: Any, count: int) -> list[int]:
    """Return good players whom the best lineups do without, of several positions."""
    wanted = (("QB", 4, 3), ("WR", 8, 8), ("RB", 5, 5), ("TE", 3, 4))
    ranked = {p: pool.filter(position=p).sort("points", descending=True)["draftable_id"].to_list() for p, *_ in wanted}
    return [i for p, n, skip in wanted for i in ranked[p][skip : skip + n]][-count:]


def special(case: dict[str, Any], contest: Any, pool: Any) -> dict[str, Any]:
    """Time what is not a plain set of lineups: a portfolio, a late swap, a refusal."""
    import numpy as np
    from sdp_engine.contest import habits
    from sdp_engine.contest.compose import Slate, compose
    from sdp_engine.contest.payouts import Offer, Prize
    from sdp_engine.contest.warm import warm
    from sdp_engine.optimize.solve import NoLineup, solve
    from sdp_engine.optimize.swap import swap
    from sdp_engine.simulate.pool import around
    from sdp_sports.correlations import load_correlations
    from sdp_sports.rules import Rules

    warm()
    asked = {**case["rules"], "lineups": LINEUPS}
    if "quarterbacks" in case:
        best = pool.filter(position="QB").sort("points", descending=True)["draftable_id"].head(case["quarterbacks"])
        asked["exposures"] = [{"draftable_id": i, "at_least": 0.5} for i in best]
    rules, seconds, first, total, exact = Rules.model_validate(asked), [], 0.0, 0.0, 0
    if "entries" in case:
        points = around(pool, load_correlations("nfl"), 1, 4000)
        offer = Offer("bench", 20.0, case["entries"], (Prize(1, 1, 50_000.0), Prize(2, 2000, 60.0)))
    if "swap" in case:
        before = [x.draftable_ids for x in solve(contest, pool, rules, {})]
        started = set(pool["game_id"].unique(maintain_order=True).to_list()[:3])
        game_of = dict(pool.select("draftable_id", "game_id").iter_rows())
        places = [[(i, game_of[i] in started) for i in ids] for ids in before]
        open_ids = frozenset(i for i, game in game_of.items() if game not in started)
        new = pool.with_columns(points=pool["points"] * np.random.default_rng(2).uniform(0.8, 1.2, len(pool)))
    for _ in range(RUNS):
        began = time.perf_counter()
        if "entries" in case:
            made = compose(Slate(contest, {}, pool, points, {}), rules, offer, habits.load("nfl_classic"))
            first, total = made.outcome["portfolio"]["roi"], made.outcome["portfolio"]["profit_usd"]
        elif "swap" in case:
            done = swap(contest, new, rules, {}, places, open_ids)
            total = float(sum(one.outcome == "swapped" for one in done))
        else:
            try:
                solve(contest, pool, rules, {})
            except NoLineup as error:
                exact, told = 1, "; ".join(error.rules)
        seconds.append(time.perf_counter() - began)
    found = {"seconds": min(seconds), "median": statistics.median(seconds), "players": len(pool), "first": first}
    found |= {"sum": total, "exact": exact, "checked": int("clash" in case)}
    found |= {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6}
    return found | ({"rules": told} if "clash" in case and exact else {})


def measured(command: list[str], timeout_s: float | None = None) -> dict[str, Any]:
    """Run a process whose last line is JSON, and return that."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=timeout_s)
    if done.returncode:
        raise SystemExit(done.stderr)
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def install_peer(folder: Path) -> tuple[str | None, str]:
    """Return the interpreter of a fresh environment that holds the peer, or None and the reason."""
    python = folder / "peer" / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "pydfs-lineup-optimizer", "setuptools<81"]
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder / "peer")], check=True, capture_output=True)
        subprocess.run(install, check=True, capture_output=True, text=True, timeout=INSTALL_TIMEOUT_S)
        return str(python), ""
    except subprocess.CalledProcessError as error:
        last = str(error.stderr or "").strip().splitlines()[-1:] or ["no message"]
        return None, f"pydfs-lineup-optimizer cannot be installed: {last[0]}"
    except (subprocess.TimeoutExpired, OSError) as error:
        return None, f"pydfs-lineup-optimizer cannot be installed: {type(error).__name__}"


def peer_case(python: str, case: dict[str, Any], file: Path) -> dict[str, Any]:
    """Return the peer's figures of a case, or the reason why there are none."""
    sport = SPORTS[case["contest"].split("_")[1]]
    command = [python, "-W", "ignore", "-c", PEER, str(file), sport, json.dumps(case["rules"]), str(case["peer"])]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PEER_TIMEOUT_S)
        found = json.loads(done.stdout.strip().splitlines()[-1])
    except subprocess.CalledProcessError as error:
        return {"peer_skipped": (error.stderr or "failed").strip().splitlines()[-1]}
    except subprocess.TimeoutExpired:
        return {"peer_skipped": f"{case['peer']} lineups not done after {PEER_TIMEOUT_S} s"}
    return {f"peer_{key}": round(value, 3) for key, value in found.items()} | {"peer_lineups": case["peer"]}


def main() -> None:
    """Run the cases and print them."""
    every = GROWTH | MORE | CASES
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one object on the last line")
    parser.add_argument("--case", action="append", choices=list(every), help="only these")
    parser.add_argument("--no-growth", action="store_true", help="leave out how time grows with lineups and players")
    parser.add_argument("--peer", default="auto", help="auto, none, or an interpreter that has the peer")
    parser.add_argument("--no-peer", action="store_const", const="none", dest="peer", help="leave the peer out")
    parser.add_argument("--inputs", type=Path, default=INPUTS, help="folder of the salary files")
    parser.add_argument("--one", choices=list(every), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(ours(every[arguments.one], arguments.inputs)))
        return
    if not arguments.inputs.is_dir():
        raise SystemExit(f"there are no salary files in {arguments.inputs}: name their folder with --inputs")
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        reason, python = "not asked for", None
        if arguments.peer == "auto" and find_spec("pydfs_lineup_optimizer") is not None:
            python = sys.executable
        elif arguments.peer == "auto":
            python, reason = install_peer(Path(folder))
        elif arguments.peer != "none":
            python = arguments.peer
        heads = ("seconds", 9), ("median", 9), ("first", 10), ("sum", 12), ("exact", 7), ("MB", 6)
        print(f"{'case':18}{''.join(f'{head:>{width}}' for head, width in heads)}  peer", flush=True)
        for name in arguments.case or [*CASES, *MORE, *({} if arguments.no_growth else GROWTH)]:
            case = every[name]
            mine = measured([sys.executable, __file__, "--one", name, "--inputs", str(arguments.inputs)])
            told: dict[str, Any] = {"case": name} | {
                k: v if isinstance(v, str) else round(v, 4) for k, v in mine.items()
            }
            told |= {"peer": "pydfs-lineup-optimizer" if "peer" in case else None, "peer_seconds": None}
            if "peer" in case:
                told |= peer_case(python, case, arguments.inputs / case["file"]) if python else {"peer_skipped": reason}
            cases.append(told)
            print(line(told), flush=True)
    for title, curve in curves(cases).items():
        print(f"{title}: {', '.join(f'{size:,} {seconds:.3f} s' for size, seconds in curve)}", flush=True)
    if arguments.json:
        print(json.dumps({"bench": "optimizer", "cases": cases, "growth": curves(cases)}))


def curves(cases: list[dict[str, Any]]) -> dict[str, list[tuple[int, float]]]:
    """Return how seconds grow with lineups and with players, by what is asked; each curve of two sizes or more."""
    found: dict[str, dict[int, float]] = {}
    for told in cases:
        base, _, share = told["case"].partition("_of_")
        head, _, count = base.rpartition("_")
        if share or f"{base}_of_{SHARES[0]}" in GROWTH:
            found.setdefault(f"{base}, by players", {})[told["players"]] = told["seconds"]
        if not share and count.isdigit() and "lineups" in told:
            found.setdefault(f"{head}, by lineups", {})[told["lineups"]] = told["seconds"]
    return {title: sorted(curve.items()) for title, curve in found.items() if len(curve) > 1}


def line(told: dict[str, Any]) -> str:
    """Return a case as a row of the table."""
    beside = told.get("peer_skipped") or ""
    if told.get("peer_seconds") is not None:
        beside = f"{told['peer_seconds']} s for {told['peer_lineups']}, sum {told['peer_sum']}"
    if "rules" in told:
        beside = told["rules"]
    if "per_s" in told:
        beside = f"{told['per_s']:.0f} worlds a second"
    exact = f"{told['exact']}/{told['checked']}"
    numbers = f"{told['seconds']:9.3f}{told['median']:9.3f}{told['first']:10.2f}{told['sum']:12.2f}{exact:>7}"
    return f"{told['case']:18}{numbers}{told['peak_mb']:6.0f}  {beside}"


if __name__ == "__main__":
    main()
