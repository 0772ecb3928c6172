"""How well names resolve on real seasons: the share, and samples of two hundred that were checked.

`identity_sample.txt` has one match a line: season, week, team, the player's gsis id, the name as the source spells it;
a half of them are hard (initials, apostrophes, suffixes, nicknames, two surnames).

Others are drawn by lot from all that was offered, and held against what the resolver has not seen. A salary file tells
what a player scored: the stat line of whom we take him for must give those points by the contest's own scoring. Who is
offered for bets is offered that week by another source too, which names him by his league's id.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from sdp_ingestion.identity import Candidate, Identities
from sdp_ingestion.nflverse.stats import parse
from sdp_ingestion.provider import Payload, Request
from sdp_ingestion.rows import SourceId, StatRow, TeamWeek
from sdp_sports.clubs import find_team
from sdp_sports.names import formal, normalise
from sdp_sports.score import points
from sdp_sports.spec import load

pytestmark = pytest.mark.shared
NFL = load("nfl")
SAMPLE = Path(__file__).parent / "identity_sample.txt"
AT = datetime(2025, 1, 1, tzinfo=UTC)
SEED, DRAWN = 20240811, 200
OFFENCE = ("QB", "RB", "WR", "TE")
A_YARD = 0.11
"""By how much the points of a game may differ after a yard was corrected."""
A_CORRECTION = 6.0
"""The most points that a later correction took from a whole game."""
Offer = tuple[int, int, str, tuple[str, ...], str | None]
"""Season, week, name, the teams it may be of, position."""


class Seasons:
    """Who was where in which week, from stat lines and rosters."""

    def __init__(self, mirror: Path) -> None:
        lines = [pl.read_parquet(mirror / f"player_stats/player_stats_{year}.parquet") for year in range(2014, 2025)]
        rosters = [pl.read_parquet(mirror / f"weekly_rosters/roster_weekly_{y}.parquet") for y in range(2021, 2025)]
        stats = pl.concat([self._plain(frame, "player_display_name", "recent_team", 0) for frame in lines])
        places = pl.concat([self._plain(frame, "player_name", "team", 1) for frame in rosters])
        self.rows = pl.concat([stats, places.filter(pl.col("position").is_in(["QB", "RB", "FB", "WR", "TE", "K"]))])
        self.lines: dict[tuple[int, int, str], list[tuple[str, str]]] = defaultdict(list)
        for player, name, _, team, season, week in stats.select(pl.all().exclude("is_roster", "at")).iter_rows():
            self.lines[season, week, find_team(NFL, team) or ""].append((player, normalise(name or "")))

    def _plain(self, frame: pl.DataFrame, name: str, team: str, is_roster: int) -> pl.DataFrame:
        when = (pl.col("season").cast(pl.Int64), pl.col("week").cast(pl.Int64))
        at = when[0] * 100 + when[1]
        columns = ("player_id", pl.col(name).alias("name"), "position", pl.col(team).alias("team"), *when)
        return frame.filter(pl.col("player_id").is_not_null()).select(
            *columns, at=at, is_roster=pl.lit(is_roster, pl.Int8)
        )

    def index(self, season: int, week: int) -> Identities:
        """Return the players as they were known before a week's games: rosters of the week, lines of those before."""
        now = season * 100 + week
        told = pl.col("at") < now + pl.col("is_roster")
        past = self.rows.filter(told).sort("at", "is_roster").group_by("player_id").last()
        later = self.rows.filter(~told).sort("at").group_by("player_id").first().join(past, on="player_id", how="anti")
        later = later.filter(pl.col("season") <= season + 1)  # who came in a later season is nobody yet
        seen = (pl.col("season") >= season - 2) & (pl.col("at") < now + pl.col("is_roster"))
        people = pl.concat([past, later]).with_columns(seen=seen)
        return Identities(
            [
                Candidate(number(player), normalise(name), NFL.position(place or "?"), _team_id(team), about)
                for player, name, place, team, about in people.select(
                    "player_id", "name", "position", "team", "seen"
                ).iter_rows()
                if name
            ],
            {},
        )


def _team_id(team: str | None) -> str | None:
    code = find_team(NFL, team)
    return f"nfl:{code}" if code else None


def number(gsis: str) -> int:
    return int.from_bytes(gsis.encode(), "big")


@pytest.fixture(scope="module")
def seasons(shared: Path) -> Seasons:
    return Seasons(shared / "mirror/nflverse/releases/download")


def resolve(index: Identities, name: str, teams: tuple[str, ...], position: str | None) -> int | None:
    """Return who is meant, of whichever of the teams the match is surest."""
    place = NFL.position(position) if position else None
    found = [index.match(name, team_id=_team_id(team), position=place) for team in teams]
    sure = sorted((match for match in found if match is not None), key=lambda match: -match.score)
    if not sure or (len(sure) == 2 and sure[0].score == sure[1].score and sure[0].player_id != sure[1].player_id):
        return None
    return sure[0].player_id


def share(seasons: Seasons, offers: Iterator[Offer]) -> tuple[float, int]:
    """Return the share of the offered players with a line of their name that week who resolve to that line's player."""
    index = cache(seasons.index)
    asked = right = 0
    for season, week, name, teams, position in offers:
        asked_name = normalise(name)
        played = {
            number(player)
            for team in teams
            for player, known in seasons.lines[season, week, find_team(NFL, team) or ""]
            if asked_name == known or formal(asked_name) == formal(known)
        }
        if played:
            asked += 1
            right += resolve(index(season, week), name, teams, position) in played
    return right / asked, asked


@dataclass(frozen=True)
class Salary:
    """Who was offered for a salary, and what he scored by the contest's rules."""

    contest: str
    year: int
    week: int
    team: str
    name: str
    position: str
    scored: float


def salary_rows(shared: Path) -> Iterator[Salary]:
    for path in sorted((shared / "data/nfl_dk_salary_points").glob("*.parquet")):
        for row in pl.read_parquet(path).iter_rows(named=True):
            told = int(row["year"]), int(row["week_num"]), row["team"], row["player"], row["pos"], row["score"]
            yield Salary("draftkings_classic", *told)
    for path in sorted((shared / "data/nfl_fd_salary_points").glob("*.parquet")):
        for row in pl.read_parquet(path).iter_rows(named=True):
            name = f"{row['first_name']} {row['last_name']}"
            told = int(row["Year"]), int(row["Week"]), row["Team"], name, row["Pos"], row["fd_points"]
            yield Salary("fanduel_classic", *told)


def offence(shared: Path) -> list[Salary]:
    return [row for row in salary_rows(shared) if row.position in OFFENCE]


def salaries(shared: Path) -> Iterator[Offer]:
    for row in offence(shared):
        yield row.year, row.week, row.name, (row.team,), row.position


def props(shared: Path) -> Iterator[Offer]:
    for year in (2023, 2024):
        frame = pl.read_parquet(shared / f"data/nfl_player_props_theoddsapi/{year}_pregame.parquet")
        for row in frame.select("season", "week", "player", "home_team", "away_team").unique().iter_rows():
            if row[2] and not row[2].endswith(" D/ST"):  # a team's defence is found by its team
                yield row[0], row[1], row[2], (row[3], row[4]), None


def test_names_of_salary_files_resolve(seasons: Seasons, shared: Path) -> None:
    found, asked = share(seasons, salaries(shared))
    assert asked > 3500
    assert found >= 0.99


def test_names_of_prop_files_resolve(seasons: Seasons, shared: Path) -> None:
    found, asked = share(seasons, props(shared))
    assert asked > 6500
    assert found >= 0.99


def test_ids_of_prop_files_resolve_through_the_crosswalk(seasons: Seasons, shared: Path) -> None:
    crosswalk = dict(pl.read_parquet(shared / "data/nfl_ids/action_network_to_gsis.parquet").iter_rows())
    known = Identities([], {("action_network", key): number(gsis) for key, gsis in crosswalk.items()})
    asked = right = 0
    for year in (2022, 2023, 2024):
        frame = pl.read_parquet(shared / f"data/nfl_player_props_actionnetwork/{year}.parquet")
        told = frame.filter(pl.col("gsis_id").is_not_null()).select("action_network_player_id", "gsis_id").unique()
        for key, gsis in told.iter_rows():
            asked += 1
            right += known.by_id(SourceId("action_network", key)) == number(gsis)
    assert right / asked >= 0.99


def test_initials_of_prop_files_resolve_to_the_ids_beside_them(seasons: Seasons, shared: Path) -> None:
    """A source that writes `c.kupp` beside his league's id: whoever is found by it is he, else nobody is.

    The team beside it is often that of another season; of which game an offer is, a crawl knows.
    """
    index = cache(seasons.index)
    of = {(year, week, gsis): team for (year, week, team), there in seasons.lines.items() for gsis, _ in there}
    asked = right = 0
    wrong = []
    for year in (2022, 2023, 2024):
        frame = pl.read_parquet(shared / f"data/nfl_player_props_actionnetwork/{year}.parquet")
        told = frame.filter(pl.col("gsis_id").is_not_null()).select(
            "season", "week", "event_id", "join_name", "team", "position", "gsis_id"
        )
        rows = [row for row in told.unique().iter_rows() if (row[0], row[1], row[-1]) in of and row[-2] in OFFENCE]
        games: dict[int, Counter[str]] = defaultdict(Counter)
        for season, week, event, _, _, _, gsis in rows:
            games[event][of[season, week, gsis]] += 1
        for season, week, event, name, team, position, gsis in rows:
            playing = [f"nfl:{code}" for code, _ in games[event].most_common(2)]
            spelt, place = name.replace(".", ". ", 1), NFL.position(position)
            match = index(season, week).match(spelt, team_id=_team_id(team), position=place, playing=playing)
            found = named(match.player_id) if match else None
            asked += 1
            right += found == gsis
            if found not in (None, gsis):
                wrong.append((season, week, name, team, position, gsis, found))
    assert wrong == []
    assert right >= 0.99 * asked > 9000


def test_none_of_two_hundred_checked_by_hand_is_wrong(seasons: Seasons) -> None:
    index = cache(seasons.index)
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 200
    wrong = []
    for line in lines:
        season, week, team, gsis, name = line.split(" ", 4)
        found = resolve(index(int(season), int(week)), name, (team,), None)
        if found != number(gsis):
            wrong.append((line, found))
    assert wrong == []


def scored(mirror: Path, year: int, contest: str) -> dict[tuple[str, int], float]:
    """Return a contest's points of every stat line of a season, by player and week."""
    content = (mirror / f"player_stats/player_stats_{year}.parquet").read_bytes()
    rules = NFL.contests[contest]
    return {
        (row.player.external_id, row.game.week): float(points(rules, row.stats, row.position))
        for row in parse(Payload(Request("https://stats.example.org", "player_stats"), content, AT))
        if isinstance(row, StatRow) and isinstance(row.game, TeamWeek)
    }


def named(player_id: int | None) -> str | None:
    """Return the league's id of which a player's number is made."""
    return None if player_id is None else player_id.to_bytes(10, "big").decode()


def held_against_points(seasons: Seasons, shared: Path, rows: list[Salary]) -> tuple[list[Salary], int, list[Any]]:
    """Return who of the offered resolved to nobody, how many to whom scored what the file says, and who to others."""
    told = cache(lambda year, contest: scored(shared / "mirror/nflverse/releases/download", year, contest))
    index = cache(seasons.index)
    unresolved, proven, wrong = [], 0, []
    for row in rows:
        player = named(resolve(index(row.year, row.week), row.name, (row.team,), row.position))
        if player is None:
            unresolved.append(row)
            continue
        got = told(row.year, row.contest).get((player, row.week))
        is_wrong = row.scored > 0 if got is None else abs(got - row.scored) > A_YARD
        proven += got is not None and not is_wrong
        if is_wrong:
            wrong.append((row, player, got))
    return unresolved, proven, wrong


def test_two_hundred_of_the_salary_files_scored_what_their_match_scored(seasons: Seasons, shared: Path) -> None:
    offered = sorted(offence(shared), key=lambda row: (row.year, row.week, row.team, row.name))
    drawn = random.Random(SEED).sample(offered, DRAWN)
    unresolved, proven, wrong = held_against_points(seasons, shared, drawn)
    assert wrong == []
    assert len(unresolved) <= DRAWN // 100
    assert proven >= DRAWN // 2  # the others were offered and did not play


def test_who_scored_in_the_salary_files_resolves_to_whom_scored_it(seasons: Seasons, shared: Path) -> None:
    """The truth is the points alone, of every season there is: no name decides who counts."""
    scorers = [row for row in offence(shared) if row.scored > 1]
    unresolved, proven, wrong = held_against_points(seasons, shared, scorers)
    assert len(scorers) > 3000
    assert len(unresolved) <= 0.01 * len(scorers), unresolved
    # the files have the points of the day; where a stat was corrected later, the same man's differ
    assert proven >= 0.99 * len(scorers), wrong
    assert [row for row in wrong if row[2] is None and row[0].scored > A_CORRECTION] == []


def test_two_hundred_of_the_prop_files_are_offered_elsewhere_too(seasons: Seasons, shared: Path) -> None:
    offers: list[Offer] = sorted(set(props(shared)))
    folder = shared / "data/nfl_player_props_actionnetwork"
    frames = [
        pl.read_parquet(folder / f"{year}.parquet", columns=["season", "week", "gsis_id"]) for year in (2023, 2024)
    ]
    elsewhere = set(pl.concat(frames).unique().iter_rows())
    weeks = {(season, week) for season, week, _ in elsewhere}
    offers = [offer for offer in offers if offer[:2] in weeks]
    about = seasons.rows.filter(pl.col("season") >= min(season for season, _ in weeks), pl.col("name").is_not_null())
    there = {
        (season, week, find_team(NFL, team), formal(normalise(name)), player)
        for season, week, team, name, player in about.select("season", "week", "team", "name", "player_id").iter_rows()
    }
    index = cache(seasons.index)
    wrong, proven, unresolved = [], 0, []
    for season, week, name, teams, position in random.Random(SEED).sample(offers, DRAWN):
        player = named(resolve(index(season, week), name, teams, position))
        unresolved += [] if player else [(season, week, teams, name)]
        is_elsewhere = (season, week, player) in elsewhere
        proven += is_elsewhere
        known = [(season, week, find_team(NFL, team), formal(normalise(name)), player) for team in teams]
        if player is not None and not is_elsewhere and not there.intersection(known):
            wrong.append((season, week, teams, name, player))
    assert wrong == []
    assert len(unresolved) <= DRAWN // 100, unresolved
    assert proven >= DRAWN * 0.8  # the others are of that name in the roster of one of the teams that week
