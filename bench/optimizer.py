"""Lineups on generated slates of a real slate's size, beside pydfs-lineup-optimizer where it can be installed.

`python bench/optimizer.py [--json] [--case NAME ...] [--peer auto|none|PYTHON]`: a table, and with `--json` one object
on the last line. Each case runs in a process of its own, so that its peak memory is its own. The peer is installed
into a throw-away environment (`auto`), or found in an interpreter's (`PYTHON`); where neither works the figures stand
alone and `peer_skipped` says why. Both sides get the same players and rules; `points` and `peer_points` are the sums
of the lineups' projections: ours is the greedy optimum, so a step of the peer's is never better unless ties part them.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

CASES: dict[str, dict[str, Any]] = {
    "nfl_1": {"lineups": 1},
    "nfl_20": {"lineups": 20},
    "nfl_20_rules": {"lineups": 20, "stack": "qb_two", "max_exposure": 0.5, "min_unique": 3},
    "nfl_150": {"lineups": 150},
    "nfl_150_rules": {"lineups": 150, "stack": "qb_two", "max_exposure": 0.5, "min_unique": 3},
}
DEPTH = {"QB": 2, "RB": 4, "WR": 6, "TE": 4, "DST": 1}
PRICE = {"QB": (4800, 8200), "RB": (4000, 9000), "WR": (3000, 8800), "TE": (2500, 6500), "DST": (2300, 4200)}
GAMES = 13
PEER_TIMEOUT_S = 1800
INSTALL_TIMEOUT_S = 300

PEER = """
import json, resource, sys, time
from pydfs_lineup_optimizer import Player, PositionsStack, Site, Sport, get_optimizer
from pydfs_lineup_optimizer.player import GameInfo
rows, rules = json.loads(open(sys.argv[1]).read()), json.loads(sys.argv[2])
games = {r["game_id"]: GameInfo(r["home"], r["away"], None, False) for r in rows}
players = [
    Player(str(r["draftable_id"]), r["name"], "", [r["position"]], r["team_id"], r["salary_usd"], r["points"],
           game_info=games[r["game_id"]])
    for r in rows
]
began = time.perf_counter()
optimizer = get_optimizer(Site.DRAFTKINGS, Sport.FOOTBALL)
getattr(optimizer, "player_pool", optimizer).load_players(players)
if rules.get("stack"):
    optimizer.add_stack(PositionsStack(["QB", ("WR", "TE"), ("WR", "TE")]))
if rules.get("min_unique", 1) > 1:
    optimizer.set_max_repeating_players(9 - rules["min_unique"])
built = optimizer.optimize(rules["lineups"], max_exposure=rules.get("max_exposure"))
points = [x.fantasy_points_projection for x in built]
seconds = time.perf_counter() - began
used = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
peak = max(used) * 1024 / 1e6  # its solver is a child process
print(json.dumps({"seconds": seconds, "peak_mb": peak, "points": sum(points)}))
"""


def slate(seed: int = 1) -> list[dict[str, Any]]:
    """Return a generated slate: 26 teams of 17 draftables, salaries and points that go together as they do."""
    rng = random.Random(seed)
    rows: list[dict[str, Any]] = []
    for game in range(GAMES):
        teams = (f"A{game:02}", f"H{game:02}")
        for team, opponent in (teams, teams[::-1]):
            for position, depth in DEPTH.items():
                low, high = PRICE[position]
                for place in range(depth):
                    worth = rng.betavariate(2, 2) / (1 + place)
                    salary = round((low + (high - low) * worth) / 100) * 100
                    points = max(0.0, salary / 1000 * rng.gauss(2.6, 0.7) * (1 if place < 3 else 0.4))
                    rows.append(
                        {
                            "draftable_id": len(rows) + 1,
                            "player_id": len(rows) + 1,
                            "name": f"{position} {team} {place}",
                            "team_id": team,
                            "opponent_id": opponent,
                            "game_id": "@".join(teams),
                            "away": teams[0],
                            "home": teams[1],
                            "position": position,
                            "salary_usd": salary,
                            "points": round(points, 2),
                        }
                    )
    return rows


def ours(rows: list[dict[str, Any]], rules: dict[str, Any]) -> dict[str, float]:
    """Solve a case here and now."""
    import resource

    import polars as pl
    from sdp_engine.frames import POOL
    from sdp_engine.optimize.check import check_lineups
    from sdp_engine.optimize.solve import solve
    from sdp_sports.rules import Rules
    from sdp_sports.spec import load

    nfl = load("nfl")
    contest = nfl.contests["draftkings_classic"]
    pool = pl.DataFrame(
        [r | {"roster_slots": [s.name for s in contest.slots if r["position"] in s.positions]} for r in rows]
    ).select(pl.col(name).cast(dtype) for name, dtype in POOL.items())
    asked = Rules(**rules)
    began = time.perf_counter()
    lineups = solve(contest, pool, asked, nfl.stacks)
    seconds = time.perf_counter() - began
    faults = check_lineups(contest, pool, [x.draftable_ids for x in lineups], asked, nfl.stacks)
    if faults:
        raise SystemExit(f"illegal lineups: {faults[:3]}")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    return {"seconds": seconds, "peak_mb": peak_mb, "points": sum(x.points for x in lineups)}


def measured(command: list[str], timeout_s: float | None = None) -> dict[str, Any]:
    """Run a process whose last line is JSON, and return that."""
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=timeout_s)
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


def peer_case(python: str, file: Path, rules: dict[str, Any]) -> dict[str, Any]:
    """Return the peer's figures of a case, or the reason why there are none."""
    try:
        found = measured([python, "-W", "ignore", "-c", PEER, str(file), json.dumps(rules)], PEER_TIMEOUT_S)
    except subprocess.CalledProcessError as error:
        return {"peer_skipped": (error.stderr or "failed").strip().splitlines()[-1]}
    except subprocess.TimeoutExpired:
        return {"peer_skipped": f"not done after {PEER_TIMEOUT_S} s"}
    return {f"peer_{key}": round(value, 3) for key, value in found.items()}


def main() -> None:
    """Run the cases and print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="one object on the last line")
    parser.add_argument("--case", action="append", choices=list(CASES), help="only these")
    parser.add_argument("--peer", default="auto", help="auto, none, or an interpreter that has the peer")
    parser.add_argument("--one", choices=list(CASES), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(ours(slate(), CASES[arguments.one])))
        return
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "slate.json"
        file.write_text(json.dumps(slate()), encoding="utf-8")
        reason, python = "not asked for", None
        if arguments.peer == "auto":
            python, reason = install_peer(Path(folder))
        elif arguments.peer != "none":
            python = arguments.peer
        print(f"{'case':16}{'seconds':>9}{'peak MB':>9}{'points':>11}{'peer s':>9}{'peer points':>13}", flush=True)
        for name in arguments.case or CASES:
            mine = measured([sys.executable, __file__, "--one", name])
            case: dict[str, Any] = {"case": name, **{key: round(value, 3) for key, value in mine.items()}}
            case["peer"] = "pydfs-lineup-optimizer"
            theirs = peer_case(python, file, CASES[name]) if python else {"peer_skipped": reason}
            case |= {"peer_seconds": None} | theirs
            cases.append(case)
            beside = f"{case['peer_seconds'] or '-':>9}{case.get('peer_points', '-'):>13}"
            print(f"{name:16}{case['seconds']:>9}{case['peak_mb']:>9.0f}{case['points']:>11}{beside}", flush=True)
            if case.get("peer_skipped"):
                print(f"  no peer: {case['peer_skipped']}", flush=True)
    if arguments.json:
        print(json.dumps({"bench": "optimizer", "cases": cases}))


if __name__ == "__main__":
    main()
