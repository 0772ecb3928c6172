"""What lineups really scored, from the stat lines known at a moment."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl
from sdp_common.errors import Conflict, NotFound
from sdp_common.store import lineups, reference, runs, slates, stats
from sdp_sports.score import points
from sdp_sports.spec import Contest, load
from sqlalchemy.orm import Session

_DIGITS = 4


@dataclass(frozen=True)
class Scored:
    """The points of a set's lineups.

    Attributes:
        points: Realised points by lineup id.
        projected: Sum of the projected points.
        without_line: Drafted players without a stat line in a game that is over: they did not play, 0 points.
        unmatched: Drafted players whom we cannot tell who they are: 0 points.
    """

    points: dict[int, float]
    projected: float
    without_line: list[str]
    unmatched: list[str]


def score(session: Session, set_id: int, *, run_id: int, now: datetime) -> Scored:
    """Return what a set's lineups really scored.

    Raises:
        NotFound: There is no such set, or it is not the run's user's.
        Conflict: A game of the lineups is not over, or its stat lines are not known yet.
    """
    kept = lineups.lineup_set(session, set_id)
    if runs.run(session, run_id).user_id not in (None, kept.user_id):
        raise NotFound(f"there is no lineup set {set_id}")
    slate = slates.slate(session, kept.slate_id)
    contest = load(slate.sport).contests[slate.contest]
    built = lineups.lineups(session, set_id)
    drafted = slates.draftables(session, slate.id).filter(
        pl.col("id").is_in(built["draftable_ids"].explode().unique().to_list())
    )
    missing = set(built["draftable_ids"].explode().to_list()) - {None} - set(drafted["id"].to_list())
    if missing:
        raise Conflict(f"{len(missing)} drafted players are no longer on slate {slate.id}: build the lineups again")
    lines = _lines(session, slate.sport, drafted, now)
    scores, absent = {}, []
    for row in drafted.filter(pl.col("player_id").is_not_null()).iter_rows(named=True):
        line = lines.get((row["player_id"], row["game_id"]))
        if line is None:
            absent.append(row["name"])
        else:
            scores[row["id"]] = float(points(contest, line, row["position"]))
    realised = {i: _total(contest, ids, scores) for i, ids in built.select("id", "draftable_ids").iter_rows()}
    unmatched = drafted.filter(pl.col("player_id").is_null())["name"].sort().to_list()
    return Scored(realised, float(built["projected_points"].sum()), sorted(absent), unmatched)


def _total(contest: Contest, draftable_ids: list[int], scores: dict[int, float]) -> float:
    slots = zip(contest.expanded_slots, draftable_ids, strict=True)
    return round(sum(slot.points_multiplier * scores.get(i, 0.0) for slot, i in slots), _DIGITS)


def _lines(
    session: Session, sport: str, drafted: pl.DataFrame, now: datetime
) -> dict[tuple[int, str], dict[str, float]]:
    """Return the stat lines of the drafted players by player and game.

    Raises:
        Conflict: A game of theirs is not over, or nobody's line of it is known.
    """
    wanted = drafted["game_id"].drop_nulls().unique().to_list()
    games = reference.games(session, sport, as_of=now).filter(pl.col("game_id").is_in(wanted))
    open_games = games.filter(pl.col("home_score").is_null() | pl.col("away_score").is_null())
    if not open_games.is_empty():
        first: datetime = open_games.sort("starts_at")["starts_at"][0]
        names = ", ".join(sorted(open_games["game_id"].to_list())[:3])
        raise Conflict(
            f"the slate is not over: {len(open_games)} of {len(games)} games have no final score yet"
            f" ({names}; the first starts {first:%Y-%m-%d %H:%M} UTC). A result is known 12 hours after kick-off"
        )
    seasons = games["season"].unique().to_list()
    every = stats.player_games(session, sport, as_of=now, seasons=seasons).filter(pl.col("game_id").is_in(wanted))
    silent = sorted(set(wanted) - set(every["game_id"].to_list()))
    if silent:
        raise Conflict(f"no stat lines are known of {', '.join(silent[:3])}: crawl the stats feed first")
    declared = load(sport).stats
    return {
        (row["player_id"], row["game_id"]): {name: row[name] for name in declared}
        for row in every.iter_rows(named=True)
    }
