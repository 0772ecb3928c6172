"""What the platform's own models said of past slates at their lock, for the season test of lineups."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_common.db.session import session_scope
from sdp_common.errors import Conflict
from sdp_common.store import reference, stats
from sdp_engine.optimize.season import Outlook
from sdp_engine.simulate import readoff, simulate
from sdp_sports.names import formal, normalise
from sdp_sports.rules import DEFENCE

from sdp_cli.commands.ingest import check_crawl
from sdp_cli.commands.simulated_weeks import END, Past, Week, weeks
from sdp_cli.workplace import Workplace

PROVIDER, SPORT = "nflverse", "nfl"
SEASONS_BEFORE = 2
"""Seasons that are fetched beside the one that is played, where the store has none of them."""
WORLDS, SEED = 3000, 5


@dataclass(frozen=True, eq=False)
class Modelled:
    """A week as the models saw it, and how many of the slate's players were expected to play."""

    week: int
    outlook: Outlook
    expected: int


def read_past(place: Workplace, season: int) -> Past:
    """Return what the store knows of a season and those before it; fetches what it lacks and builds the features.

    Raises:
        PlatformError: The source could not be read, or nothing was built of it.
    """
    pipeline = place.pipeline(keep=True)
    wanted = list(range(season - SEASONS_BEFORE, season + 1))
    with session_scope(place.engine) as session:
        played = stats.player_games(session, SPORT, as_of=END, seasons=wanted).select("game_id").unique()
        games = reference.games(session, SPORT, as_of=END, seasons=wanted)
    known = games.join(played, on="game_id", how="semi")["season"].unique().to_list()
    if missing := sorted(set(wanted) - set(known)):
        crawl = {"provider": PROVIDER, "sport": SPORT, "seasons": missing}
        check_crawl(pipeline.stage("load stat lines", "ingest-stats", "crawl", **crawl))
    until = f"{season + 1}-03-01T00:00:00+00:00"
    pipeline.stage("features of past games", "features", "build", sport=SPORT, until=until)
    return Past.read(place.engine, SPORT)


def modelled(
    past: Past,
    season: int,
    wanted: Sequence[int],
    slate: Callable[[int], pl.DataFrame],
    refit: int,
    tell: Callable[[str], object],
) -> Iterator[Modelled]:
    """Yield what was expected of each week's slate, from models fitted on what was known at a lock before it.

    Args:
        past: What the store knows.
        season: The season.
        wanted: Its weeks.
        slate: The players of a week, as `season.slate_of` gives them.
        refit: After how many weeks models are fitted anew.
        tell: Told what is being done; may raise to stop.
    """
    for week in weeks(past, [season], 1, "boosted", refit=refit, wanted=wanted, tell=tell):
        tell(f"simulating week {week.week}")
        yield _outlook(past, week, slate(week.week))


def _outlook(past: Past, week: Week, slate: pl.DataFrame) -> Modelled:
    """Read every player's points off the joint draws, half theirs and half the model's, as a projection set does."""
    draws = simulate(week.slate, week.predictions, SEED, WORLDS, threads=2)
    scored = readoff.points(draws, past.contest)
    means = scored.mean(axis=1) / readoff.CENTS
    scored = readoff.mapped(scored, readoff.targets(draws, week.predictions, past.market, means))
    rows = match(slate, draws.players.with_row_index("row").join(past.names, on="player_id", how="left"))
    points = np.zeros((len(slate), draws.worlds), np.float64)
    points[rows >= 0] = scored[rows[rows >= 0]] / readoff.CENTS
    return Modelled(week.week, Outlook(points.mean(axis=1), points.T), int((rows >= 0).sum()))


def match(slate: pl.DataFrame, people: pl.DataFrame) -> NDArray[np.int64]:
    """Return the row of each of a slate's players, -1 of whom nobody expected.

    A defence is its team's; others go by their name within the team, else by a name that only one of the position has;
    short first names are written out, and of who changed his name it is the name of today.

    Args:
        slate: `name`, `position` and `team`.
        people: `row`, `normalised_name`, `position` and `team_id`.
    """
    in_team: dict[tuple[str, str], int] = {}
    anywhere: dict[tuple[str, str], list[int]] = {}
    defences: dict[str, int] = {}
    for row, name, position, team in people.select("row", "normalised_name", "position", "team_id").iter_rows():
        if position == DEFENCE:
            defences[team] = row
        elif name is not None:
            key = formal(name)
            in_team[key, team] = row
            anywhere.setdefault((key, position), []).append(row)
    found = []
    for name, position, team in slate.select("name", "position", "team").iter_rows():
        key, side = formal(normalise(name)), f"{SPORT}:{team}"
        alone = anywhere.get((key, position), [])
        other = alone[0] if len(alone) == 1 else -1
        found.append(defences.get(side, -1) if position == DEFENCE else in_team.get((key, side), other))
    return np.array(found, np.int64)


def check_found(found: Sequence[Modelled]) -> None:
    """Check that the models spoke of the slates.

    Raises:
        Conflict: They know nobody of a week.
    """
    if nobody := [str(one.week) for one in found if not one.expected]:
        raise Conflict(f"the store knows nobody of the slates of week {', '.join(nobody)}")
