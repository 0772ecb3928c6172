"""One player of a slate: distributions, drivers, past games and the result."""

from datetime import UTC, datetime
from typing import Any

from sdp_common.db.models.predictions import ModelVersion, Prediction
from sdp_common.db.models.projections import Projection
from sdp_common.db.models.slates import Slate
from sdp_common.errors import NotFound
from sdp_common.store.screens import projections
from sdp_common.store.screens import slates as screen
from sdp_common.store.slates import slate as read_slate
from sdp_sports.score import points
from sdp_sports.spec import QUANTILES, Contest, Sport, load
from sqlalchemy.orm import Session

from sdp_api.declared import contest_of
from sdp_api.projections import service as sets
from sdp_api.slates.schemas import (
    DriverRead,
    HistogramRead,
    PastGameRead,
    PlayerDetail,
    PredictionRead,
    QuantileRead,
    ResultRead,
    StatProjectionRead,
)
from sdp_api.slates.service import players

PAST_GAMES = 30
"""How many past games are shown."""


def detail(
    database: Session, user_id: int, slate_id: int, draftable_id: int, *, set_id: int | None, contest: str | None
) -> PlayerDetail:
    """Return one player of a slate.

    Raises:
        NotFound: There is no such slate, player of it or projection set.
    """
    slate = read_slate(database, slate_id)
    sport, scored = load(slate.sport), contest_of(slate, contest)
    shown = sets.shown_set(database, user_id, slate_id, set_id)
    stat = f"{contest or slate.contest}_points"
    numbers = projections.numbers(database, shown.id, draftable_id=draftable_id) if shown else []
    found = players(database, slate, scored, {p.draftable_id: p for p in numbers if p.stat == stat}, [draftable_id])
    if not found:
        raise NotFound(f"there is no player {draftable_id} on slate {slate_id}")
    player, until = found[0], min(datetime.now(UTC), slate.starts_at)
    known = screen.player(database, player.player_id) if player.player_id is not None else None
    past = screen.past_games(database, known.id, until=until, limit=PAST_GAMES) if known else []
    predicted = screen.predictions(database, known.id, player.game_id, as_of=until) if known and player.game_id else []
    return PlayerDetail(
        slate_id=slate_id,
        contest=contest or slate.contest,
        stat=stat,
        player=player,
        projection_set=shown,
        birth_date=known.born_on if known else None,
        projections=sorted((_stat(sport, number) for number in numbers), key=lambda s: (s.stat != stat, s.title)),
        predictions=[_prediction(sport, prediction, model) for prediction, model in predicted],
        past_games=[_past(row, scored, player.position) for row in past],
        result=_result(database, slate, scored, player.player_id, player.game_id, player.position),
    )


def _title(sport: Sport, stat: str) -> str:
    """Return what a stat is called: a market's title, or the points of a contest."""
    if stat in sport.markets:
        return sport.markets[stat].title
    contest = sport.contests.get(stat.removesuffix("_points"))
    return f"{contest.title} points" if contest else stat.replace("_", " ").capitalize()


SPANS = {"_fast": "recent games", "_slow": "many games", "_last": "last game"}
"""What the endings of a feature's name say: over how much of the past it is averaged."""


def _feature(sport: Sport, name: str) -> str:
    """Return what a feature is called: a stat, over which span, and whose."""
    if name.startswith("allowed_"):
        return f"{_title(sport, name.removeprefix('allowed_'))}, allowed by the opponent"
    for ending, span in SPANS.items():
        if name.endswith(ending):
            return f"{_title(sport, name.removesuffix(ending))}, {span}"
    return _title(sport, name)


def _stat(sport: Sport, number: Projection) -> StatProjectionRead:
    """Return the distribution of one stat."""
    histogram = None
    if number.hist_counts and number.hist_from is not None and number.hist_width is not None:
        histogram = HistogramRead(start=number.hist_from, width=number.hist_width, shares=number.hist_counts)
    return StatProjectionRead(
        stat=number.stat,
        title=_title(sport, number.stat),
        mean=number.mean,
        sd=number.sd,
        prob_zero=number.prob_zero,
        quantiles=[QuantileRead(prob=p, value=v) for p, v in zip(QUANTILES, number.quantiles or (), strict=False)],
        histogram=histogram,
    )


def _prediction(sport: Sport, prediction: Prediction, model: ModelVersion) -> PredictionRead:
    """Return what a model said of one market."""
    return PredictionRead(
        market=prediction.market,
        title=_title(sport, prediction.market),
        mode=prediction.mode,
        mean=prediction.mean,
        sd=prediction.sd,
        as_of=prediction.as_of,
        family=model.family,
        version=model.version,
        drivers=[
            DriverRead(
                feature=driver["feature"],
                title=_feature(sport, driver["feature"]),
                value=driver.get("value"),
                effect=driver["effect"],
            )
            for driver in prediction.drivers
        ],
    )


def _past(row: Any, contest: Contest, position: str) -> PastGameRead:
    """Return one past game, scored."""
    line, game, team, home, away = row
    is_home = line.team_id == game.home_team_id
    # the line being known, the game is over: its score is no secret
    own, other = (game.home_score, game.away_score) if is_home else (game.away_score, game.home_score)
    return PastGameRead(
        game_id=game.id,
        season=game.season,
        week=game.week,
        starts_at=game.starts_at,
        team=team,
        opponent=away if is_home else home,
        is_home=is_home,
        team_score=own,
        opponent_score=other,
        stats=_shown(line.stats),
        fantasy_points=round(float(points(contest, line.stats, position)), 4),
    )


def _result(
    database: Session, slate: Slate, contest: Contest, player_id: int | None, game_id: str | None, position: str
) -> ResultRead | None:
    """Return what he did in the slate's game, None until it is known or where he did not play."""
    if player_id is None or game_id is None:
        return None
    line = screen.results(database, slate.id, as_of=datetime.now(UTC)).get((player_id, game_id))
    if line is None:
        return None
    scored = round(float(points(contest, line.stats, position)), 4)
    return ResultRead(stats=_shown(line.stats), fantasy_points=scored, known_at=line.known_at)


def _shown(stats: dict[str, Any]) -> dict[str, float]:
    """Return the stats that are not zero."""
    return {stat: float(value) for stat, value in stats.items() if value}
