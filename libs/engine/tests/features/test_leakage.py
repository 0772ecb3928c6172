"""No feature of a week may change when that week's outcomes are garbage and everything later is gone."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sdp_engine import frames
from sdp_engine.features import build
from sdp_engine.features.panel import Panel, Sources
from sdp_sports.spec import load

SPORT = load("nfl")
SCORES = ("home_score", "away_score")


def garbled(sources: Sources, since: datetime, until: datetime) -> Sources:
    """Replace the outcomes of games between two moments with garbage, and delete what comes after."""
    rng = np.random.default_rng(99)
    wrong = pl.col("starts_at") >= since
    games = sources.games.filter(pl.col("starts_at") < until)
    kept = games.select("game_id", "starts_at")
    games = games.with_columns(
        pl.when(wrong).then(pl.Series(rng.integers(50, 99, games.height))).otherwise(pl.col(name)).alias(name)
        for name in SCORES
    )

    def spoil(frame: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
        dated = frame.join(kept, on="game_id", maintain_order="left")
        noise = {name: pl.Series(rng.integers(100, 999, dated.height).astype(float)) for name in names}
        made = [pl.when(wrong).then(series).otherwise(pl.col(name)).alias(name) for name, series in noise.items()]
        return dated.with_columns(made).drop("starts_at")

    # Who started is a fact of afterwards: in the games of garbage it is the others.
    roles = sources.roles.join(kept, on="game_id", maintain_order="left").rename({"started": "was"})
    roles = roles.with_columns(started=pl.when(wrong).then(~pl.col("was")).otherwise(pl.col("was")))
    return Sources(
        games,
        spoil(sources.lines, (*SPORT.stats, *(name for name in SPORT.plays if name in sources.lines.columns))),
        spoil(sources.snaps, ("offense_snaps", "offense_share")),
        roles.select(*frames.ROLES),
        sources.drafts,
    )


def changed(sources: Sources, since: datetime, until: datetime, **options: Any) -> dict[str, float]:
    """Return the features of the games between two moments that garbage and deletion change, with by how much."""
    within = pl.col("starts_at").is_between(since, until, closed="left")
    mine = sources.games.filter(within).select("game_id")
    kept = build.history(SPORT, sources, **options).join(mine, on="game_id", how="semi")
    again = build.history(SPORT, garbled(sources, since, until), **options).join(mine, on="game_id", how="semi")
    assert kept.height == again.height > 0
    assert kept.select("player_id", "game_id").equals(again.select("player_id", "game_id"))
    found = {}
    for name in build.columns(kept):
        a, b = (frame[name].fill_null(-1e9).to_numpy() for frame in (kept, again))
        if not np.allclose(a, b, rtol=1e-9, atol=1e-9):
            found[name] = float(np.max(np.abs(a - b)))
    return found


def leak(panel: Panel) -> pl.DataFrame:
    """A family that forgot to shift."""
    return panel.rows.select("player_id", "game_id", leaked=pl.col("targets").cum_sum().over("player_id"))


def span(games: pl.DataFrame, season: int, week: int) -> tuple[datetime, datetime]:
    mine = games.filter(pl.col("season") == season, pl.col("week") == week)["starts_at"]
    first, last = mine.min(), mine.max()
    assert isinstance(first, datetime)
    assert isinstance(last, datetime)
    return first, last.replace(microsecond=1)


@pytest.mark.parametrize(("season", "week"), [(2020, 2), (2021, 1), (2022, 5)])
def test_no_feature_knows_its_own_outcome_or_the_future(league: Any, season: int, week: int) -> None:
    assert changed(league.sources, *span(league.games, season, week)) == {}


def test_the_check_catches_a_planted_leak(league: Any) -> None:
    found = changed(league.sources, *span(league.games, 2022, 5), families=(leak,))
    assert set(found) == {"leaked"}


@pytest.mark.parametrize(("season", "week"), [(2021, 2), (2022, 5)])
def test_no_feature_of_rosters_and_snaps_knows_the_future(told: Any, season: int, week: int) -> None:
    assert changed(told.sources, *span(told.games, season, week)) == {}


def test_a_planted_leak_of_snaps_is_caught(told: Any) -> None:
    def snapped(panel: Panel) -> pl.DataFrame:
        return panel.rows.select("player_id", "game_id", snapped=pl.col("offense_share").fill_null(0.0))

    assert set(changed(told.sources, *span(told.games, 2022, 5), families=(snapped,))) == {"snapped"}


def test_a_told_slate_is_built_as_its_history_will_be(told: Any) -> None:
    games = told.week(2022, 5)
    lock = games["starts_at"].min()
    trained = build.history(SPORT, told.sources).join(games, on="game_id", how="semi")
    chosen = trained.select("player_id", "game_id", "team_id", "opponent_id", "position").with_columns(
        injury_status=pl.lit(None, pl.String)
    )
    served = build.population(SPORT, told.sources, chosen, lock)
    order = ["game_id", "player_id"]
    different = [c for c in trained.columns if not served.sort(order)[c].equals(trained.sort(order)[c])]
    assert different == []


def test_a_slate_is_built_as_its_history_will_be(league: Any) -> None:
    """Training rows and served rows come from the same code and the same facts: equal to the last digit."""
    games = league.week(2022, 5)
    lock = games["starts_at"].min()
    served = build.population(SPORT, league.sources, league.population(games), lock)
    trained = build.history(SPORT, league.sources).join(games, on="game_id", how="semi")
    assert served.columns == trained.columns
    order = ["game_id", "player_id"]
    assert served.sort(order).equals(trained.sort(order))


def test_a_slate_sees_nothing_after_its_moment(league: Any) -> None:
    games = league.week(2022, 5)
    lock = games["starts_at"].min()
    chosen = league.population(games)
    wrong = garbled(league.sources, lock, datetime(2100, 1, 1, tzinfo=lock.tzinfo))
    before = build.population(SPORT, league.sources, chosen, lock)
    assert build.population(SPORT, wrong, chosen, lock).equals(before)


@pytest.mark.shared
def test_no_feature_of_a_real_week_knows_the_future(shared: Path) -> None:
    sources = Sources(*real(shared))
    assert build.history(SPORT, sources).height > 10_000
    sunday = datetime(2022, 11, 6, 18, tzinfo=UTC)  # no game of that day is known before another begins
    assert changed(sources, sunday, sunday + timedelta(hours=12)) == {}


def real(shared: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read two real seasons (offence) from the nflverse mirror."""
    releases = shared / "mirror/nflverse/releases/download"
    schedule = pl.read_parquet(releases / "schedules/games.parquet").filter(pl.col("season").is_between(2021, 2022))
    clock = (pl.col("gameday") + " " + pl.col("gametime")).str.to_datetime("%Y-%m-%d %H:%M", time_unit="us")
    starts_at = clock.dt.replace_time_zone("America/New_York").dt.convert_time_zone("UTC")
    whole = {"season": "season", "week": "week", "home_score": "home_score", "away_score": "away_score"}
    number = {"spread": "spread_line", "total": "total_line", "wind_mph": "wind", "temp_f": "temp"}
    games = schedule.select(
        "roof",
        game_id="nfl:" + pl.col("game_id"),
        season_type=pl.when(pl.col("game_type") == "REG").then(pl.lit("REG")).otherwise(pl.lit("POST")),
        starts_at=starts_at,
        home_team_id="nfl:" + pl.col("home_team"),
        away_team_id="nfl:" + pl.col("away_team"),
        known_at=starts_at + pl.duration(hours=12),
        **{name: pl.col(source).cast(pl.Int64) for name, source in whole.items()},
        **{name: pl.col(source).cast(pl.Float64) for name, source in number.items()},
    )
    sides = [games.select("game_id", "season", "week", "known_at", team_id=f"{s}_team_id") for s in ("home", "away")]
    stats = pl.concat(
        [pl.read_parquet(releases / f"player_stats/player_stats_{year}.parquet") for year in (2021, 2022)]
    )
    spelt = {"passing_attempts": "attempts", "passing_completions": "completions", "rushing_attempts": "carries"}
    counted = [pl.col(spelt.get(s, s)) if spelt.get(s, s) in stats.columns else pl.lit(0.0) for s in SPORT.stats]
    lines = (
        stats.filter(pl.col("position_group").is_in(["QB", "RB", "WR", "TE"]))
        .select(
            pl.col("season", "week").cast(pl.Int64),
            player_id=pl.col("player_id").str.replace("-", "").cast(pl.Int64),
            team_id="nfl:" + pl.col("recent_team"),
            position="position_group",
            **{s: column.fill_null(0).cast(pl.Float64) for s, column in zip(SPORT.stats, counted, strict=True)},
        )
        .join(pl.concat(sides), on=["season", "week", "team_id"])
    )
    return games, lines.drop("season", "week")
