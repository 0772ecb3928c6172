"""nflverse: schedules, stats, rosters, injuries, depth charts and snaps, from a release server or a mirror of it.

A season's file that is not there (404) is normal: stats of a season appear with its first game, weekly rosters begin
in 2002, injuries end with 2024 and came back later. The frozen `player_stats` is asked for where a season has no
`stats_player_week` yet. Snaps come after the index of players, whose ids they are written with.
"""

from collections.abc import Iterable, Iterator

from sdp_common.errors import DriftedSource

from sdp_ingestion.nflverse import people, plays, roles, schedules, stats
from sdp_ingestion.provider import Ask, Payload, Provider, Quality, Request
from sdp_ingestion.rows import Rejected, Row

_PARSERS = {
    "schedules": schedules.parse,
    "stats": stats.parse,
    "rosters": people.parse_rosters,
    "injuries": people.parse_injuries,
    "depths": roles.parse_depths,
    "index": roles.parse_index,
    "snaps": roles.parse_snaps,
    "plays": plays.parse,
}
_FIRST_MONTH = 3
"""A season's files begin in March with its rosters."""


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the schedule and the files of each wanted season; the present one where none is named."""
    seasons = ask.seasons or (ask.now.year if ask.now.month >= _FIRST_MONTH else ask.now.year - 1,)
    root = ask.bases["nflverse"].rstrip("/")
    base = f"{root}/releases/download"
    named = ",".join(str(season) for season in seasons)
    yield Request(f"{base}/schedules/games.parquet", tag="schedules", about={"seasons": named})
    for season in seasons:
        about = {"season": str(season)}
        yield Request(f"{base}/weekly_rosters/roster_weekly_{season}.parquet", "rosters", about, optional=True)
        frozen = Request(f"{base}/player_stats/player_stats_{season}.parquet", "stats", about, optional=True)
        present = f"{base}/stats_player/stats_player_week_{season}.parquet"
        yield Request(present, "stats", about, optional=True, otherwise=frozen)
        yield Request(f"{base}/injuries/injuries_{season}.parquet", "injuries", about, optional=True)
        yield Request(f"{base}/depth_charts/depth_charts_{season}.parquet", "depths", about, optional=True)
    crosswalk = Request(f"{root}/dynastyprocess/db_playerids.csv", "index", optional=True)
    yield Request(f"{base}/players/players.parquet", "index", optional=True, otherwise=crosswalk)
    for season in seasons:
        about = {"season": str(season)}
        yield Request(f"{base}/snap_counts/snap_counts_{season}.parquet", "snaps", about, optional=True)
        yield Request(f"{base}/pbp/play_by_play_{season}.parquet", "plays", about, optional=True)


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield the rows of one file.

    Raises:
        DriftedSource: It is not parquet or lacks columns.
    """
    parser = _PARSERS[payload.request.tag]
    try:
        yield from parser(payload)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise DriftedSource(f"nflverse: {payload.request.url}: {type(error).__name__}: {error}") from error


PROVIDER = Provider(
    name="nflverse",
    feed="stats",
    sports=("nfl",),
    cron="20 7 * * *",
    start=start,
    parse=parse,
    quality=Quality(
        terms="nflverse data, CC BY 4.0; credit nflverse",
        rate_per_s=1.0,
        recorded=True,
        default_on=True,
    ),
)
