"""What a provider is: a pure description of a feed. Only the shell (`fetch.py`) touches the world."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from sdp_common.errors import DriftedSource
from sdp_common.spool import Content

from sdp_ingestion.rows import Rejected, Row

MOST_REQUESTS = 3000
"""To how many further requests the answers of one crawl may lead."""
Feed = Literal["stats", "odds", "weather", "injury", "dfs"]


@dataclass(frozen=True)
class Request:
    """One thing to read.

    Attributes:
        url: `https:`, `http:`, `file:`, or `package:NAME/SUBJECT` for data that an installed package carries.
        tag: What the answer is, for the parser (`schedules`, `draftables`, ...).
        about: What the parser must know that the answer does not say (a season, a game id).
        optional: Whether the answer "there is no such thing" (404) is a normal one.
        otherwise: What to ask for instead where there is no such thing.
        secret: A setting that holds a secret, and where it goes: `query:NAME` or `header:NAME`. The shell adds it.
        credits: What the source charges for the answer, where it charges.
        is_streamed: Whether the parser reads the answer item by item, so that it may be larger than memory.
    """

    url: str
    tag: str = ""
    about: Mapping[str, str] = field(default_factory=dict)
    optional: bool = False
    otherwise: "Request | None" = None
    secret: tuple[str, str] | None = None
    credits: int = 0
    is_streamed: bool = False


@dataclass(frozen=True)
class Payload:
    """Exactly what came back, so that a mended parser can be replayed on it.

    `markets` is what a person decided that labels of the source's markets mean (`markets.plain` to our name).
    """

    request: Request
    content: Content
    fetched_at: datetime
    status: int = 200
    sport: str = "nfl"
    markets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Upcoming:
    """A game that has not started, for feeds that are asked game by game."""

    game_id: str
    starts_at: datetime
    home: str
    away: str
    venue: str | None = None
    roof: str | None = None
    forecast_at: datetime | None = None


@dataclass(frozen=True)
class Ask:
    """What is wanted of a provider.

    Attributes:
        sport: The sport's code.
        now: The moment of the crawl (UTC).
        seasons: The seasons wanted, oldest first.
        bases: The address of each source, by the name of its setting without `_base_url`.
        games: The games of the next days.
        subjects: Further things to ask for by name (draft groups), where the provider takes any.
        options: The provider's own settings, by their name without the provider's.
    """

    sport: str
    now: datetime
    seasons: tuple[int, ...] = ()
    bases: Mapping[str, str] = field(default_factory=dict)
    games: tuple[Upcoming, ...] = ()
    subjects: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)

    def base(self, name: str) -> str:
        """Return the address of a source, without a slash at its end."""
        return self.bases[name].rstrip("/")


@dataclass(frozen=True)
class Quality:
    """What one must know before relying on a source.

    Attributes:
        terms: Whose data it is and what they allow, in a sentence.
        rate_per_s: The most requests a second that we send.
        key: Whether a key is needed.
        recorded: Whether the parser was checked against real recorded bodies.
        replayable: Whether the bodies we keep can be parsed again.
        default_on: Whether it runs without being asked for.
        why_not_kept: Why raw bodies are not stored, where they are not.
    """

    terms: str
    rate_per_s: float
    recorded: bool
    default_on: bool
    key: bool = False
    replayable: bool = True
    why_not_kept: str = ""


@dataclass(frozen=True)
class Provider:
    """A source of one feed: what to ask for, and how its answers become rows or further requests.

    `start` and `parse` are pure. `parse` yields rows in our words, `Rejected` for what it cannot use, and further
    `Request`s; it raises `DriftedSource` where the shape is not understood. An empty list is a valid answer.
    `cron` is when the feed's service asks it by itself, `near` when it does so while a game is near its start. `whole`
    are the tags of the answers that tell of every market (of a game at a book) they mention all that is offered in it:
    what such an answer lists no longer is closed, and what a page, a tab or a selection of a board does not is not.
    """

    name: str
    feed: Feed
    sports: tuple[str, ...]
    cron: str | None
    start: Callable[[Ask], Iterable[Request]]
    parse: Callable[[Payload], Iterator["Row | Rejected | Request"]]
    quality: Quality
    near: str | None = None
    whole: tuple[str, ...] = ()


def crawl(
    provider: Provider, ask: Ask, fetch: Callable[[Request], Payload | None]
) -> Iterator[tuple[Payload, Iterator[Row | Rejected]]]:
    """Yield each answer with the rows it holds, following the requests that the parser yields.

    `fetch` returns None for an optional thing that is not there. The rows of an answer must be consumed before the
    next answer is asked for. What was asked for is not asked for again: pages that lead back to themselves end.

    Raises:
        DriftedSource: The answers lead to more requests without end.
    """
    pending = list(provider.start(ask))
    limit = len(pending) + MOST_REQUESTS
    asked: set[tuple[str, str]] = set()
    while pending:
        request = pending.pop(0)
        if (request.url, request.tag) in asked:
            continue
        asked.add((request.url, request.tag))
        if len(asked) > limit:
            raise DriftedSource(f"{provider.name} leads to more than {MOST_REQUESTS} further requests")
        payload = fetch(request)
        if payload is None:
            if request.otherwise is not None:
                pending.insert(0, request.otherwise)
            continue
        further: list[Request] = []
        yield payload, _rows(provider, payload, further)
        pending = further + pending


def _rows(provider: Provider, payload: Payload, further: list[Request]) -> Iterator[Row | Rejected]:
    for item in provider.parse(payload):
        if isinstance(item, Request):
            if urlsplit(item.url).scheme != urlsplit(payload.request.url).scheme:  # a body must not lead to a file
                raise DriftedSource(f"{payload.request.url} leads to {item.url}, which is not followed")
            further.append(item)
        else:
            yield item
