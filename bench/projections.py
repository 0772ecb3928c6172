"""How long features, training and a slate take on what the database holds.

Run: `.venv/bin/python bench/projections.py [--json] [--url postgresql://...]`. Load seasons first
(`sdp ingest stats --seasons 2009-2024`); the address is that of `SDP_DATABASE_URL` where none is named. Cases have
wall-clock and processor seconds: say how busy the machine was. The slate is the best of five runs, all else one run.
`--backtest` walks the last four seasons too, every market, refitted weekly, two at a time; `--backtest 1` the last one.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from sdp_common.db.session import make_engine
from sdp_common.settings import settings
from sdp_common.store import reference, roles, stats
from sdp_engine import frames
from sdp_engine.features import build
from sdp_engine.features.panel import Sources
from sdp_engine.models import training
from sdp_engine.models.families import FAMILIES
from sdp_sports.spec import load
from sdp_training import backtest
from sqlalchemy.orm import Session
from threadpoolctl import threadpool_limits

SPORT = "nfl"
RUNS = 5


def read(session: Session, as_of: datetime) -> Sources:
    """Return everything known at a moment."""
    return Sources(
        games=reference.games(session, SPORT, as_of=as_of),
        lines=stats.player_games(session, SPORT, as_of=as_of),
        snaps=stats.snaps(session, SPORT, as_of=as_of),
        roles=roles.roles(session, SPORT, as_of=as_of),
        drafts=roles.drafts(session, SPORT),
    )


def timed(case: str, work: Callable[[], Any], cases: list[dict[str, Any]]) -> Any:
    """Do work and add a case."""
    wall, processor = time.perf_counter(), time.process_time()
    made = work()
    cases.append(
        {
            "case": case,
            "seconds": round(time.perf_counter() - wall, 3),
            "cpu_seconds": round(time.process_time() - processor, 3),
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }
    )
    return made


def fit_all(features: pl.DataFrame, sources: Sources, as_of: datetime) -> dict[str, Any]:
    """Fit every market that the data tell enough of, one after the other."""
    sport, fitted = load(SPORT), {}
    outcomes = training.outcomes_of(sport, features, sources.lines, sources.snaps, sources.roles)
    for name, market in sport.markets.items():
        try:
            fitted[name] = FAMILIES["boosted"].fit(
                training.frame_of(sport, name, features, outcomes), name, market, as_of
            )
        except ValueError as error:
            print(f"skipped: {error}")
    return fitted


def slate(sources: Sources) -> tuple[pl.DataFrame, datetime]:
    """Return everybody of the last Sunday with a full slate, and its first kick-off."""
    sundays = sources.games.filter(pl.col("starts_at").dt.weekday() == 7, pl.col("season_type") == "REG")
    counted = sundays.group_by(pl.col("starts_at").dt.date().alias("day")).agg(pl.len(), lock=pl.col("starts_at").min())
    day = counted.filter(pl.col("len") >= 8).sort("day").row(-1, named=True)
    games = sundays.filter(pl.col("starts_at").dt.date() == day["day"])
    listed = build.history(load(SPORT), sources).join(games, on="game_id", how="semi")
    chosen = listed.select(*(c for c in frames.POPULATION if c != "injury_status"))
    return chosen.with_columns(injury_status=pl.lit(None, pl.String)), day["lock"]


def walk_seasons(sources: Sources, count: int) -> None:
    """Walk every market through the last seasons, as `sdp backtest` does."""
    seasons = sorted(sources.lines.join(sources.games, on="game_id")["season"].unique())[-count:]
    nobody = pl.DataFrame(schema={"player_id": pl.Int64, "normalised_name": pl.String})
    plan = backtest.Plan(SPORT, seasons, "weekly", list(load(SPORT).markets), None, informed=False)
    with ThreadPoolExecutor(2) as pool:
        backtest.run(backtest.stage(plan, sources, nobody, {}), backtest.Machine(pool, 2), lambda *_: None)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--url")
    parser.add_argument("--backtest", nargs="?", const=4, default=0, type=int, metavar="SEASONS")
    asked = parser.parse_args()
    configured = settings().database_url
    address = asked.url or (configured.get_secret_value() if configured else None)
    if not address:
        parser.error("name a database with --url or SDP_DATABASE_URL")
    cases: list[dict[str, Any]] = []
    now = datetime.now(UTC)
    with Session(make_engine(address)) as session, threadpool_limits(1):
        sources = timed("read everything", lambda: read(session, now), cases)
        rows = timed("features of all seasons", lambda: build.history(load(SPORT), sources), cases)
        features = rows.join(sources.games.select("game_id", as_of="starts_at"), on="game_id")
        fitted = timed("train every market", lambda: fit_all(features, sources, now + timedelta(days=1)), cases)
        chosen, lock = slate(sources)

        def serve() -> None:
            made = build.population(load(SPORT), sources, chosen, lock)
            for name, model in fitted.items():
                mine = made.filter(pl.col("position").is_in(load(SPORT).markets[name].positions))
                if mine.height:
                    model.predict(mine).quantile([0.1, 0.5, 0.9])

        serve()
        tries: list[dict[str, Any]] = []
        for _ in range(RUNS):
            timed("features and inference of a Sunday, warm", serve, tries)
        tries.sort(key=lambda each: each["seconds"])
        cases.append({**tries[0], "median_seconds": tries[RUNS // 2]["seconds"]})
        if asked.backtest:
            case = f"weekly back-test, seasons: {asked.backtest}"
            timed(case, lambda: walk_seasons(sources, asked.backtest), cases)
    for case in cases:
        print(", ".join(f"{name} {value}" for name, value in case.items()))
    if asked.json:
        print(json.dumps({"bench": "projections", "cases": cases}))


if __name__ == "__main__":
    main()
