"""Slates, their games and their players, as the web and scripts see them."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from sdp_api.projections.schemas import ProjectionSetRead
from sdp_api.schema import Answer

SalarySource = Literal["site", "modelled"]


class SlateRead(Answer):
    """A slate; `starts_at` is its lock, `matched` counts the draftables whose player we know.

    `salary_source` is `modelled` where we priced the slate ourselves: show it wherever a salary is shown.
    `latest_projection_set_id` is our newest simulated set, null until one exists.
    """

    id: int
    sport: str
    site: str
    contest: str
    contest_title: str
    name: str
    source: str
    salary_source: SalarySource
    starts_at: datetime
    is_locked: bool
    games: int
    players: int
    matched: int
    has_projections: bool
    latest_projection_set_id: int | None


class SlatePage(Answer):
    """Slates, the latest lock first."""

    items: list[SlateRead]
    total: int
    limit: int
    offset: int


class TeamRead(Answer):
    """A team."""

    id: str
    abbreviation: str
    name: str


class GameProjectionRead(Answer):
    """What the draws of the latest simulation say of a game; scores in points."""

    home_score_mean: float
    away_score_mean: float
    total_sd: float
    margin_sd: float
    prob_home_win: float
    line_source: str


class SlateGameRead(Answer):
    """A game of the slate, with the lines and weather that stood at the lock (or stand now, before it).

    `spread` is the expected margin of the home team in points (positive: home favoured), `total` the expected
    points of both; scores are null until final.
    """

    id: str
    starts_at: datetime
    home: TeamRead
    away: TeamRead
    venue: str | None
    roof: str | None
    status: str
    home_score: int | None
    away_score: int | None
    spread: float | None
    total: float | None
    temp_f: float | None
    wind_mph: float | None
    wind_along_mph: float | None = Field(
        description="its part along the field's long axis; null where its direction relative to the field is uncertain"
    )
    wind_across_mph: float | None = Field(description="its part across the field; null likewise")
    players: int
    projection: GameProjectionRead | None


class SlateDetail(SlateRead):
    """A slate with its games, in order of kick-off."""

    game_list: list[SlateGameRead]


class PoolPlayer(Answer):
    """One row of the player pool.

    `mean`, `sd`, `p10`, `p50`, `p90` are of the contest's fantasy points; an uploaded set holds means alone, and a
    player whom a set does not hold has none. `value` is mean points per 1,000 dollars of salary.
    `ownership` is the share of lineups, 0 to 1, in which the set expects him, null where it does not tell.
    `realised_points` is null until his game is settled. `injury_status` is the latest report known at the lock.
    """

    draftable_id: int
    external_id: str
    player_id: int | None
    name: str
    position: str
    roster_slots: list[str]
    team_id: str | None
    team: str | None
    opponent: str | None
    is_home: bool | None
    game_id: str | None
    game_starts_at: datetime | None
    salary_usd: int
    salary_source: SalarySource
    status: str | None
    injury_status: str | None
    is_disabled: bool
    matched: bool
    average_points: float | None
    mean: float | None
    sd: float | None
    p10: float | None
    p50: float | None
    p90: float | None
    value: float | None
    ownership: float | None
    realised_points: float | None


class Pool(Answer):
    """The player pool of a slate under one projection set; `stat` is the fantasy points shown."""

    slate_id: int
    contest: str
    stat: str
    salary_source: SalarySource
    projection_set: ProjectionSetRead | None
    players: list[PoolPlayer]


class QuantileRead(Answer):
    """One point of a distribution: the value not exceeded with probability `prob`."""

    prob: float
    value: float


class HistogramRead(Answer):
    """Equal bins: bin i covers `start + i * width` up to the next; `shares` sum to 1."""

    start: float
    width: float
    shares: list[float]


class StatProjectionRead(Answer):
    """The distribution of one stat of one player, from the joint simulation (or a mean alone, uploaded)."""

    stat: str
    title: str
    mean: float
    sd: float | None
    prob_zero: float | None
    quantiles: list[QuantileRead]
    histogram: HistogramRead | None


class DriverRead(Answer):
    """One feature that moved a prediction: its value, and by how much it raised or lowered the mean."""

    feature: str
    title: str
    value: float | None
    effect: float


class PredictionRead(Answer):
    """What the model said of one market before the simulation made all of them agree.

    `mode` is independent, or informed: moved to where the betting lines of `as_of`, freed of their margin, put it.
    """

    market: str
    title: str
    mode: str
    mean: float
    sd: float
    as_of: datetime
    family: str
    version: str
    drivers: list[DriverRead]


class PastGameRead(Answer):
    """A game he played before, known before the lock; `stats` leaves out zeros."""

    game_id: str
    season: int
    week: int | None
    starts_at: datetime
    team: str
    opponent: str
    is_home: bool
    team_score: int | None
    opponent_score: int | None
    stats: dict[str, float]
    fantasy_points: float


class ResultRead(Answer):
    """What he did in the slate's game, once known."""

    stats: dict[str, float]
    fantasy_points: float
    known_at: datetime


class PlayerDetail(Answer):
    """One player of a slate: distributions, what drove them, his past games and, once known, the result."""

    slate_id: int
    contest: str
    stat: str
    player: PoolPlayer
    projection_set: ProjectionSetRead | None
    birth_date: date | None
    projections: list[StatProjectionRead]
    predictions: list[PredictionRead]
    past_games: list[PastGameRead]
    result: ResultRead | None


class SlateImportRead(Answer):
    """An accepted salary file; the run reads it and says what it found (`slate_id`, `matched`, `unmatched`)."""

    upload_id: int
    run_id: int
