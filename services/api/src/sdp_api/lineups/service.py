"""Lineups: slot by slot, with exposures, and as the site's file."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sdp_common.db.models.lineups import Lineup
from sdp_common.errors import Conflict, NotFound
from sdp_common.store.screens import lineups as screen
from sdp_common.store.slates import slate as read_slate
from sdp_sports.files.upload import Listed, Pick, plain_file, upload_file, upload_name
from sdp_sports.spec import Contest
from sqlalchemy.orm import Session

from sdp_api.declared import contest_of
from sdp_api.lineups.schemas import (
    LineupPlayerRead,
    LineupRead,
    LineupSetDetail,
    LineupSetRead,
    PlayerExposureRead,
    TeamExposureRead,
)
from sdp_api.slates.schemas import PoolPlayer
from sdp_api.slates.service import players, projected


def sets(database: Session, user_id: int, slate_id: int) -> list[LineupSetRead]:
    """Return the user's lineup sets of a slate."""
    read_slate(database, slate_id)
    return [LineupSetRead(**_set(row)) for row in screen.sets(database, user_id, slate_id=slate_id)]


def detail(database: Session, user_id: int, set_id: int) -> LineupSetDetail:
    """Return a lineup set with every lineup and the exposures."""
    row = _own(database, user_id, set_id)
    slate = row[1]
    contest = contest_of(slate, None)
    built = screen.lineups(database, set_id)
    ids = sorted({i for lineup in built for i in lineup.draftable_ids})
    numbers = projected(database, row[0].projection_set_id, f"{slate.contest}_points")
    pool = {p.draftable_id: p for p in players(database, slate, contest, numbers, ids)}
    return LineupSetDetail(
        **_set(row),
        contest=slate.contest,
        salary_cap_usd=contest.salary_cap_usd,
        upload_files=_files(contest, len(built)) if contest.upload_header else 0,
        lineup_list=[_lineup(lineup, contest, pool) for lineup in built],
        player_exposures=_player_exposures(built, pool),
        team_exposures=_team_exposures(built, pool),
    )


def upload(database: Session, user_id: int, set_id: int, part: int | None) -> tuple[str, str]:
    """Return the name and the text of the site's upload file.

    Raises:
        NotFound: There is no such set, or no such part of it.
        Conflict: The set is too large for one file and no part was asked for, or the contest has no upload file.
    """
    slate = _own(database, user_id, set_id)[1]
    contest = contest_of(slate, None)
    built, most = screen.lineups(database, set_id), contest.upload_limit
    parts = _files(contest, len(built))
    if part is None and parts > 1:
        raise Conflict(f"{contest.site} takes {most} lineups a file: download parts 1 to {parts} (?part=1)")
    if part is not None and part > parts:
        raise NotFound(f"there are {parts} parts, no part {part}")
    chosen = built[((part or 1) - 1) * most : (part or 1) * most]
    pool = {p.draftable_id: p for p in players(database, slate, contest, {})}
    picks = [[Pick(pool[i].external_id, pool[i].name) for i in lineup.draftable_ids] for lineup in chosen]
    modelled = slate.salary_source != "site"
    try:
        text = upload_file(contest, picks, modelled=modelled)
    except ValueError as error:
        raise Conflict(str(error)) from error
    return upload_name(contest.site, slate.name, modelled=modelled, part=part), text


def _files(contest: Contest, lineups: int) -> int:
    """Return in how many files the site takes so many lineups."""
    return max(1, -(-lineups // contest.upload_limit))


def listing(database: Session, user_id: int, set_id: int) -> tuple[str, str]:
    """Return the name and the text of a plain CSV file of every lineup, whatever the contest.

    Raises:
        NotFound: There is no such set.
    """
    row, slate = _own(database, user_id, set_id)[:2]
    contest = contest_of(slate, None)
    built = screen.lineups(database, row.id)
    pool = {p.draftable_id: p for p in players(database, slate, contest, {})}
    listed = [
        Listed(
            [Pick(pool[i].external_id, pool[i].name) for i in one.draftable_ids], one.salary_usd, one.projected_points
        )
        for one in built
    ]
    modelled = slate.salary_source != "site"
    name = upload_name(contest.site, f"{slate.name} plain", modelled=modelled)
    return name, plain_file(contest, listed, modelled=modelled)


def delete(database: Session, user_id: int, set_id: int) -> None:
    """Delete a lineup set.

    Raises:
        NotFound: There is no such set, or it is another user's.
    """
    if not screen.delete_set(database, user_id, set_id):
        raise NotFound(f"there is no lineup set {set_id}")


def _own(database: Session, user_id: int, set_id: int) -> Any:
    """Return a set of the user's.

    Raises:
        NotFound: There is no such set, or it is another user's.
    """
    found = screen.sets(database, user_id, set_id=set_id)
    if not found:
        raise NotFound(f"there is no lineup set {set_id}")
    return found[0]


def _set(row: Any) -> dict[str, Any]:
    """Return the fields of a set."""
    built, slate = row[0], row[1]
    return {
        "id": built.id,
        "slate_id": built.slate_id,
        "projection_set_id": built.projection_set_id,
        "projection_set_name": row.projection_set_name,
        "name": built.name,
        "rules": built.rules,
        "created_at": built.created_at,
        "lineups": row.lineups,
        "projected_best": row.projected_best,
        "projected_mean": row.projected_mean,
        "realised_best": row.realised_best,
        "realised_mean": row.realised_mean,
        "salary_source": slate.salary_source,
        "note": built.note,
    }


def _lineup(lineup: Lineup, contest: Contest, pool: Mapping[int, PoolPlayer]) -> LineupRead:
    """Return one lineup, slot by slot; a captain's points and salary are multiplied as his slot says."""
    filled = []
    for slot, draftable_id in zip(contest.expanded_slots, lineup.draftable_ids, strict=True):
        player = pool[draftable_id]
        filled.append(
            LineupPlayerRead(
                slot=slot.name,
                draftable_id=draftable_id,
                external_id=player.external_id,
                name=player.name,
                position=player.position,
                team=player.team,
                opponent=player.opponent,
                game_id=player.game_id,
                salary_usd=round(player.salary_usd * slot.salary_multiplier),
                projected_points=_times(player.mean, slot.points_multiplier),
                realised_points=_times(player.realised_points, slot.points_multiplier),
            )
        )
    return LineupRead(
        id=lineup.id,
        rank=lineup.rank,
        salary_usd=lineup.salary_usd,
        projected_points=lineup.projected_points,
        quantile_points=lineup.quantile_points,
        realised_points=lineup.realised_points,
        players=filled,
    )


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _player_exposures(built: Sequence[Lineup], pool: Mapping[int, PoolPlayer]) -> list[PlayerExposureRead]:
    """Return in how many lineups each player stands, the most used first."""
    counts = Counter(i for lineup in built for i in set(lineup.draftable_ids))
    return [
        PlayerExposureRead(
            draftable_id=i,
            name=pool[i].name,
            position=pool[i].position,
            team=pool[i].team,
            salary_usd=pool[i].salary_usd,
            projected_points=pool[i].mean,
            lineups=count,
            share=count / len(built),
        )
        for i, count in sorted(counts.items(), key=lambda item: (-item[1], -pool[item[0]].salary_usd, item[0]))
    ]


def _team_exposures(built: Sequence[Lineup], pool: Mapping[int, PoolPlayer]) -> list[TeamExposureRead]:
    """Return in how many lineups each team stands and with how many players on average, the most used first."""
    lineups: Counter[str] = Counter()
    places: Counter[str] = Counter()
    for lineup in built:
        teams = [team for i in lineup.draftable_ids if (team := pool[i].team) is not None]
        lineups.update(set(teams))
        places.update(teams)
    return [
        TeamExposureRead(team=team, lineups=count, share=count / len(built), players_mean=places[team] / len(built))
        for team, count in sorted(lineups.items(), key=lambda item: (-item[1], item[0]))
    ]
