"""Real line movement of eleven books, replayed through the path of the feeds into the store, and read back.

`python bench/line_history.py FOLDER [--json] [--games N]`: FOLDER holds `<league>_changes.parquet` (one row a change)
and `<league>_games.parquet` of `mlb`, `wnba` and `ncaaf`. Opening, closing and lines as of moments must equal those
computed straight from the files, or it fails. Everything runs against a throw-away PostgreSQL of its own.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
from sdp_cli import postgres
from sdp_common.db.migrate import migrate
from sdp_common.db.session import make_engine
from sdp_common.store import odds, reference, retention
from sdp_ingestion.prices import decimal_of_american
from sdp_ingestion.rows import QuoteRow
from sdp_ingestion.save import Context, Known, save
from sdp_ingestion.tally import Tally
from sdp_sports.spec import load
from sqlalchemy import Engine
from sqlalchemy.orm import Session

LEAGUES = {"mlb": "mlb", "wnba": "wnba", "ncaaf": "cfb"}
"""What the files call a league, and our sport."""
MARKETS = {"h2h": "moneyline", "spreads": "spread", "totals": "total"}
KEY = ["game_id", "book", "market", "side"]
A_BATCH = 20_000
MOMENTS = (0.0, 0.1, 0.37, 0.5, 0.77, 0.93, 1.0)


def read_changes(folder: Path, league: str, games: int | None = None) -> pl.DataFrame:
    """Return a league's changes in the order of fetching, in our words; `starts_at` is the game's."""
    about = pl.read_parquet(folder / f"{league}_games.parquet").sort("commence_time", "game_id")
    about = about.rename({"commence_time": "starts_at"}).head(games or about.height)
    side = (
        pl.when(pl.col("outcome") == pl.col("home_team"))
        .then(pl.lit("home"))
        .when(pl.col("outcome") == pl.col("away_team"))
        .then(pl.lit("away"))
        .otherwise(pl.col("outcome").str.to_lowercase())
    )
    frame = pl.read_parquet(folder / f"{league}_changes.parquet").join(about, on="game_id")
    return frame.sort("commit_time", "book_last_update", maintain_order=True).select(
        pl.concat_str(pl.lit(f"{LEAGUES[league]}:"), "game_id").alias("game_id"),
        "book",
        pl.col("market").replace_strict(MARKETS),
        side=side,
        line=pl.col("point"),
        price_decimal=pl.col("price").map_elements(decimal_of_american, return_dtype=pl.Float64),
        known_at=pl.col("commit_time").cast(odds.UTC_TIME),
        starts_at=pl.col("starts_at"),
        home="home_team",
        away="away_team",
    )


def introduce(session: Session, sport: str, changes: pl.DataFrame) -> None:
    """Write down the games, their teams and the months that the changes speak of."""
    reference.save_teams(session, sport)
    known = {name: f"{sport}:{code}" for code, name in load(sport).teams.items()}
    names = pl.concat([changes["home"], changes["away"]]).unique().sort()
    teams = {name: known.get(name, f"{sport}:{name.replace(' ', '_')}") for name in names}
    reference.save_open_teams(session, sport, {code: name for name, code in teams.items() if name not in known})
    games = changes.select("game_id", "starts_at", "home", "away").unique("game_id")
    about = {"sport": sport, "season": 2026, "season_type": "REG"}
    rows = [
        about | {"id": game, "starts_at": at, "home_team_id": teams[home], "away_team_id": teams[away]}
        for game, at, home, away in games.iter_rows()
    ]
    reference.save_games(session, rows)
    span = changes.select(first=pl.col("known_at").min(), last=pl.col("known_at").max()).row(0)
    retention.make_months(session, *span)


def quotes(part: pl.DataFrame) -> Iterator[QuoteRow]:
    """Yield changes as a parser does."""
    for game, book, market, side, line, price, known_at, *_ in part.iter_rows():
        yield QuoteRow(game.partition(":")[2], book, market, side, line, price, known_at)


def replay(engine: Engine, sport: str, changes: pl.DataFrame) -> Tally:
    """Save changes as a feed does, a batch a transaction."""
    tally, known = Tally(), Known()
    for at in range(0, changes.height, A_BATCH):
        part = changes.slice(at, A_BATCH)
        with Session(engine) as session, session.begin():
            save(Context(session, load(sport), "history", part["known_at"][-1], tally, known), quotes(part))
    return tally


def said(frame: pl.DataFrame) -> pl.DataFrame:
    """Return what is compared of lines."""
    return frame.select(*KEY, "line", "price_decimal").sort(KEY)


def check(session: Session, changes: pl.DataFrame) -> int:
    """Compare opening, closing and lines as of moments with the files, and return how many lines were equal.

    Raises:
        AssertionError: They differ.
    """
    games = changes["game_id"].unique().to_list()
    before = changes.filter(pl.col("known_at") <= pl.col("starts_at"))
    span = changes.select(first=pl.col("known_at").min(), last=pl.col("known_at").max()).row(0)
    moments = [span[0] + (span[1] - span[0]) * share for share in MOMENTS] + [span[0] - timedelta(days=1)]
    pairs = [
        (odds.openings(session, games), before.group_by(KEY, maintain_order=True).first()),
        (odds.closings(session, games), before.group_by(KEY, maintain_order=True).last()),
    ]
    for moment in moments:
        told = changes.filter(pl.col("known_at") <= moment).group_by(KEY, maintain_order=True).last()
        pairs.append((odds.lines(session, games, moment), told))
    for found, expected in pairs:
        assert said(found).equals(said(expected)), "the store and the files differ"
    return sum(found.height for found, _ in pairs)


def bench(engine: Engine, folder: Path, league: str, games: int | None) -> dict[str, Any]:
    """Replay a league and read it back."""
    changes = read_changes(folder, league, games)
    with Session(engine) as session, session.begin():
        introduce(session, LEAGUES[league], changes)
    began = time.perf_counter()
    tally = replay(engine, LEAGUES[league], changes)
    seconds = time.perf_counter() - began
    began = time.perf_counter()
    with Session(engine) as session:
        equal = check(session, changes)
    return {
        "case": f"replay of {league}",
        "seconds": seconds,
        "rows": changes.height,
        "rows_per_second": changes.height / seconds,
        "kept": tally.counts.new + tally.counts.changed,
        "lines_equal": equal,
        "read_seconds": time.perf_counter() - began,
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3, 1),
    }


def main() -> None:
    """Replay every league and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--games", type=int, help="replay the first N games of each league alone")
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="sdp-bench-"))
    home.chmod(0o711)
    cases = []
    with postgres.EmbeddedPostgres(home / "postgres") as server:
        engine = make_engine(server.url_of("postgres"))
        migrate(engine)
        for league in LEAGUES:
            cases.append(bench(engine, options.folder, league, options.games))
            print({k: round(v, 3) if isinstance(v, float) else v for k, v in cases[-1].items()}, flush=True)
        engine.dispose()
    if options.json:
        print(json.dumps({"bench": "line_history", "cases": cases}))


if __name__ == "__main__":
    main()
