"""What a parser yields: facts in our words, with the ids of their source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

from msgspec import Struct


class SourceId(NamedTuple):
    """What a source calls a player: (`gsis`, `00-0033873`)."""

    source: str
    external_id: str


class TeamWeek(NamedTuple):
    """The game that a team played in a week."""

    season: int
    week: int
    team: str


class Matchup(NamedTuple):
    """The game of two teams nearest to a moment, at most two days away from it."""

    home: str
    away: str
    near: datetime


class TeamNear(NamedTuple):
    """The game of a team nearest to a moment, at most two days away from it."""

    team: str
    near: datetime


class SourceGame(NamedTuple):
    """The game that a source calls by an id of its own, as it was introduced with (`GameRow.ids`)."""

    source: str
    external_id: str


GameRef = str | TeamWeek | Matchup | TeamNear | SourceGame
"""A game: our id without the sport (`2023_12_BUF_PHI`), or a description by which the games index finds it."""


@dataclass(frozen=True, slots=True)
class VenueRow:
    """A stadium; `code` is the source's and ours."""

    code: str
    name: str
    roof: str | None = None
    surface: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    azimuth_deg: float | None = None


@dataclass(frozen=True, slots=True)
class GameRow:
    """A game; `code` is our id without the sport. Scores are null until final.

    Where `code` is empty the game is found by its ids, or by its teams and time; one that we do not have is made.
    """

    code: str
    season: int
    season_type: str
    week: int | None
    starts_at: datetime
    home: str
    away: str
    home_score: int | None = None
    away_score: int | None = None
    venue: str | None = None
    neutral_site: bool = False
    ids: Mapping[str, str] = field(default_factory=dict)
    status: str | None = None


@dataclass(frozen=True, slots=True)
class PlayerRow:
    """A player of a source that may introduce players; `ids` names him at every source it knows.

    `renames` says that the source spells names as they are now.
    """

    ids: tuple[SourceId, ...]
    name: str
    position: str | None = None
    team: str | None = None
    born_on: date | None = None
    renames: bool = False


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A player's place on a team in one week."""

    player: SourceId
    season: int
    week: int
    team: str
    position: str | None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class DepthRow:
    """A player's rank in his position's depth chart: of a week, or as published at a moment."""

    player: SourceId
    team: str
    depth: int
    season: int
    week: int | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KnownPlayerRow:
    """Further ids and facts of a player whom another file introduces; one that nobody knows is passed over."""

    ids: tuple[SourceId, ...]
    draft_pick: int | None = None
    first_season: int | None = None


@dataclass(frozen=True, slots=True)
class SnapRow:
    """How many of his team's offensive plays a player was on the field for, and what share of them (0 to 1)."""

    player: SourceId
    name: str
    game: GameRef
    team: str
    position: str | None
    offense_snaps: int
    offense_share: float


@dataclass(frozen=True, slots=True)
class StarterRow:
    """Who started a game at a position of which a team starts one."""

    player: SourceId
    game: GameRef
    team: str
    position: str


@dataclass(frozen=True, slots=True)
class StatRow:
    """A player's line in a game, stats as `sport.toml` names them.

    `excused` is set on a defence's line where the source does not say the points it allowed: the opponent's points
    that it is not charged with; the shell subtracts them from the opponent's final score.
    """

    player: SourceId
    game: GameRef
    team: str
    position: str | None
    stats: Mapping[str, float]
    excused: float | None = None


@dataclass(frozen=True, slots=True)
class PlaysRow:
    """What a game's play-by-play tells of a player, in the words of `plays` in `sport.toml`."""

    player: SourceId
    game: GameRef
    stats: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """One side of one market at a book; `known_at` is kick-off where None.

    A player's market names him by `player`, by `name` (with team and position where the source has them), or both.
    """

    game: GameRef
    book: str
    market: str
    side: str
    line: float | None
    price_decimal: float | None
    known_at: datetime | None = None
    status: str = "open"
    player: SourceId | None = None
    name: str | None = None
    team: str | None = None
    position: str | None = None


class MarketRows(Struct, frozen=True, gc=False):
    """All quotes of a market of a game at a book, in columns of one length: what a source of very many quotes yields.

    `names` are the players' of a player market, null elsewhere. A body has tens of thousands of them, which as frozen
    dataclasses took ten times as long to make; in tuples they cost the garbage collector nothing.
    """

    game: GameRef
    book: str
    market: str
    sides: Sequence[str]
    lines: Sequence[float | None]
    prices: Sequence[float | None]
    known_at: datetime
    names: Sequence[str | None] | None = None


@dataclass(frozen=True, slots=True)
class SplitRow:
    """The share of tickets and of money on a side of a game's market, in percent."""

    game: GameRef
    market: str
    side: str
    tickets_pct: float | None
    money_pct: float | None
    known_at: datetime


@dataclass(frozen=True, slots=True)
class ForecastRow:
    """The weather at kick-off, as it was forecast; `known_at` is kick-off where None (an observation)."""

    game: GameRef
    forecast_for: datetime | None
    known_at: datetime | None
    temp_f: float | None = None
    wind_mph: float | None = None
    gust_mph: float | None = None
    wind_from_deg: float | None = None
    precipitation_in: float | None = None
    precipitation_prob: float | None = None
    humidity_pct: float | None = None
    weather_code: int | None = None
    lead_h: float | None = None
    wind_along_mph: float | None = None
    wind_across_mph: float | None = None


@dataclass(frozen=True, slots=True)
class InjuryRow:
    """A source's word on a player's health; status fields only, never a write-up.

    `confidence` (0 to 1) is set where the status was read off a headline.
    """

    player: SourceId
    known_at: datetime
    status: str | None
    name: str
    team: str | None = None
    position: str | None = None
    season: int | None = None
    week: int | None = None
    practice_status: str | None = None
    body_part: str | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class DraftableRow:
    """One player of a slate, as the site lists him."""

    external_id: str
    name: str
    team: str
    position: str
    roster_slots: tuple[str, ...]
    salary_usd: int
    game: Matchup | TeamNear | None
    player: SourceId | None = None
    average_points: float | None = None
    status: str | None = None
    is_disabled: bool = False
    batting_order: int | None = None


@dataclass(frozen=True, slots=True)
class SlateRow:
    """A slate with everything that can be drafted in it."""

    external_id: str
    site: str
    contest: str
    name: str
    starts_at: datetime
    draftables: tuple[DraftableRow, ...]


@dataclass(frozen=True, slots=True)
class Payout:
    """What the entries that finish in a range of places win each; `value_usd` is null for a prize that is no cash."""

    first: int
    last: int
    value_usd: float | None
    prize: str = ""


@dataclass(frozen=True, slots=True)
class ContestRow:
    """A contest that a site offers on a slate."""

    external_id: str
    slate: str
    site: str
    name: str
    entry_fee_usd: float
    entries: int | None = None
    entries_max: int | None = None
    entries_max_per_user: int | None = None
    prize_pool_usd: float | None = None
    payouts: tuple[Payout, ...] = ()


Row = (
    VenueRow
    | GameRow
    | PlayerRow
    | KnownPlayerRow
    | RosterRow
    | DepthRow
    | StarterRow
    | SnapRow
    | StatRow
    | PlaysRow
    | QuoteRow
    | MarketRows
    | SplitRow
    | ForecastRow
    | InjuryRow
    | SlateRow
    | ContestRow
)


class OfMarket(NamedTuple):
    """A market of a game at a book, by our name."""

    game: GameRef
    book: str
    market: str


Lacking = OfMarket | Literal["any"] | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something a source sent that cannot be used; counted and reported, never dropped silently.

    `lacks` is the market of ours that is not whole without it, `any` where it may be of any, None where it is of none:
    what is not whole closes nothing that it lists no longer (`Provider.whole`).
    """

    reason: str
    what: str = ""
    lacks: Lacking = "any"


@dataclass(frozen=True, slots=True)
class UnknownMarket(Rejected):
    """A market of a whole game that none of ours could be told to be; `what` is its label, which waits for review."""

    lacks: Lacking = None
