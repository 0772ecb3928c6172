"""Slates: what their screens show, joined and scored."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from fastapi import UploadFile
from sdp_common.db.models.projections import Projection
from sdp_common.db.models.slates import Draftable, Slate
from sdp_common.errors import BadInput, NotFound, Problem
from sdp_common.intake import refusals_as_bad_input
from sdp_common.service import request
from sdp_common.settings import Settings
from sdp_common.store import uploads
from sdp_common.store.projections import OWNERSHIP, told_besides
from sdp_common.store.screens import projections
from sdp_common.store.screens import slates as screen
from sdp_common.store.slates import slate as read_slate
from sdp_sports.files import recognise
from sdp_sports.score import points
from sdp_sports.spec import QUANTILES, Contest, codes
from sqlalchemy.orm import Session

from sdp_api.declared import contest_of
from sdp_api.projections import service as sets
from sdp_api.slates.schemas import (
    GameProjectionRead,
    Pool,
    PoolPlayer,
    SlateDetail,
    SlateGameRead,
    SlateImportRead,
    SlatePage,
    SlateRead,
    TeamRead,
)
from sdp_api.uploads import plain_name, read_file

P10, P50, P90 = (QUANTILES.index(p) for p in (0.1, 0.5, 0.9))


def page(database: Session, *, sport: str | None, limit: int, offset: int) -> SlatePage:
    """Return a page of slates, the latest lock first.

    Raises:
        BadInput: No such sport is declared.
    """
    if sport is not None and sport not in codes():
        raise BadInput(f"there is no sport {sport}", [Problem(f"choose one of {', '.join(codes())}", column="sport")])
    rows, total = screen.slates(database, sport=sport, limit=limit, offset=offset)
    now = datetime.now(UTC)
    return SlatePage(items=[SlateRead(**_slate(row, now)) for row in rows], total=total, limit=limit, offset=offset)


def detail(database: Session, slate_id: int) -> SlateDetail:
    """Return a slate with its games.

    Raises:
        NotFound: There is no such slate.
    """
    rows, _ = screen.slates(database, slate_id=slate_id, limit=1)
    if not rows:
        raise NotFound(f"there is no slate {slate_id}")
    now, slate = datetime.now(UTC), rows[0][0]
    games = screen.games(database, slate_id, rows[0].set_id, as_of=min(now, slate.starts_at))
    return SlateDetail(**_slate(rows[0], now), game_list=[_game(game, now) for game in games])


def _slate(row: Any, now: datetime) -> dict[str, Any]:
    """Return the fields of a slate."""
    slate: Slate = row[0]
    return {
        "id": slate.id,
        "sport": slate.sport,
        "site": slate.site,
        "contest": slate.contest,
        "contest_title": contest_of(slate, None).title,
        "name": slate.name,
        "source": slate.source,
        "salary_source": slate.salary_source,
        "starts_at": slate.starts_at,
        "is_locked": slate.starts_at <= now,
        "games": row.games,
        "players": row.players,
        "matched": row.matched,
        "has_projections": row.set_id is not None,
        "latest_projection_set_id": row.set_id,
    }


def _game(row: Any, now: datetime) -> SlateGameRead:
    """Return a game; its score only once it could be known."""
    game, home, away, venue, players, spread, total, forecast, projection = row
    final = game.known_at is not None and game.known_at <= now
    return SlateGameRead(
        id=game.id,
        starts_at=game.starts_at,
        home=TeamRead.model_validate(home),
        away=TeamRead.model_validate(away),
        venue=venue.name if venue else None,
        roof=venue.roof if venue else None,
        status=game.status,
        home_score=game.home_score if final else None,
        away_score=game.away_score if final else None,
        spread=spread,
        total=total,
        temp_f=forecast.temp_f if forecast else None,
        wind_mph=forecast.wind_mph if forecast else None,
        wind_along_mph=forecast.wind_along_mph if forecast else None,
        wind_across_mph=forecast.wind_across_mph if forecast else None,
        players=players,
        projection=GameProjectionRead.model_validate(projection) if projection else None,
    )


def pool(database: Session, user_id: int, slate_id: int, *, set_id: int | None, contest: str | None) -> Pool:
    """Return the whole player pool of a slate under one projection set."""
    slate = read_slate(database, slate_id)
    scored = contest_of(slate, contest)
    stat = f"{contest or slate.contest}_points"
    shown = sets.shown_set(database, user_id, slate_id, set_id)
    return Pool(
        slate_id=slate_id,
        contest=contest or slate.contest,
        stat=stat,
        salary_source=slate.salary_source,
        projection_set=shown,
        players=players(
            database,
            slate,
            scored,
            projected(database, shown.id if shown else None, stat),
            popularity=told_besides(database, shown.id).get(OWNERSHIP, {}) if shown else {},
        ),
    )


def projected(database: Session, set_id: int | None, stat: str) -> dict[int, Projection]:
    """Return a set's projections of one stat by draftable."""
    if set_id is None:
        return {}
    return {row.draftable_id: row for row in projections.numbers(database, set_id, stat=stat)}


def players(
    database: Session,
    slate: Slate,
    contest: Contest,
    numbers: Mapping[int, Projection],
    draftable_ids: list[int] | None = None,
    popularity: Mapping[int, float] = MappingProxyType({}),
) -> list[PoolPlayer]:
    """Return rows of the pool, the dearest first: all of them, or those asked for."""
    now = datetime.now(UTC)
    injuries = screen.injury_statuses(database, slate.id, as_of=min(now, slate.starts_at))
    found = screen.draftables(database, slate.id, draftable_ids)
    realised = _realised(database, slate, contest, [row[0] for row in found], now)
    return [_player(row, slate, numbers.get(row[0].id), injuries, realised, popularity.get(row[0].id)) for row in found]


def _realised(
    database: Session, slate: Slate, contest: Contest, draftables: Iterable[Draftable], now: datetime
) -> dict[int, float]:
    """Return what draftables really scored, where that is known.

    A matched player without a stat line in a game that is over, and whose lines are known, did not play: zero.
    """
    lines = screen.results(database, slate.id, as_of=now)
    settled = {game_id for _, game_id in lines} & screen.final_games(database, slate.id, as_of=now)
    scored = {}
    for draftable in draftables:
        if draftable.player_id is None or draftable.game_id is None:
            continue
        line = lines.get((draftable.player_id, draftable.game_id))
        if line is not None:
            scored[draftable.id] = round(float(points(contest, line.stats, draftable.position)), 4)
        elif draftable.game_id in settled:
            scored[draftable.id] = 0.0
    return scored


def _player(
    row: Any,
    slate: Slate,
    number: Projection | None,
    injuries: Mapping[int, str | None],
    realised: Mapping[int, float],
    popular: float | None,
) -> PoolPlayer:
    """Return one row of the pool."""
    draftable, game, team, home, away = row
    is_home = draftable.team_id == game.home_team_id if game is not None and draftable.team_id else None
    quantiles = number.quantiles if number is not None else None
    per_1000 = 1000 / draftable.salary_usd if draftable.salary_usd > 0 else None
    return PoolPlayer(
        draftable_id=draftable.id,
        external_id=draftable.external_id,
        player_id=draftable.player_id,
        name=draftable.name,
        position=draftable.position,
        roster_slots=draftable.roster_slots,
        team_id=draftable.team_id,
        team=team,
        opponent=None if is_home is None else away if is_home else home,
        is_home=is_home,
        game_id=draftable.game_id,
        game_starts_at=game.starts_at if game is not None else None,
        salary_usd=draftable.salary_usd,
        salary_source=slate.salary_source,
        status=draftable.status,
        injury_status=injuries.get(draftable.player_id) if draftable.player_id else None,
        is_disabled=draftable.is_disabled,
        matched=draftable.player_id is not None,
        average_points=draftable.average_points,
        mean=number.mean if number is not None else None,
        sd=number.sd if number is not None else None,
        p10=quantiles[P10] if quantiles else None,
        p50=quantiles[P50] if quantiles else None,
        p90=quantiles[P90] if quantiles else None,
        value=number.mean * per_1000 if number is not None and per_1000 is not None else None,
        ownership=popular,
        realised_points=realised.get(draftable.id),
    )


def import_salaries(database: Session, settings: Settings, user_id: int, file: UploadFile) -> SlateImportRead:
    """Keep a site's salary file and ask for it to be read.

    Raises:
        BadInput: It is empty, too large (413), not text, or another kind of file.
    """
    body = read_file(file, settings.upload_max_bytes)
    with refusals_as_bad_input():
        found = recognise(body)
    if found.kind != "salaries":
        raise BadInput(f"these are {found.layout}, not a salary export: a slate is made of the site's salaries")
    upload_id = uploads.save_upload(
        database, kind="salaries", filename=plain_name(file.filename, "salaries.csv"), body=body, user_id=user_id
    )
    run_id = request(database, "ingest-dfs", "import_slate", user_id=user_id, upload_id=upload_id)
    return SlateImportRead(upload_id=upload_id, run_id=run_id)
