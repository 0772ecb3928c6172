"""Sleeper's players, once a day: injury tags, and what other sources call a player.

The ids come as text or number, with stray blanks; a defence is a row keyed by its team; a tag may be old, so that it is
dated by the player's last news.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from sdp_common.errors import DriftedSource
from sdp_sports.spec import load

from sdp_ingestion.documents import Document, after_epoch, each, guarded, read
from sdp_ingestion.provider import Ask, Payload, Provider, Quality, Request
from sdp_ingestion.rows import InjuryRow, PlayerRow, Rejected, Row, SourceId

_STATUSES = {
    "questionable": "questionable",
    "doubtful": "doubtful",
    "out": "out",
    "sus": "out",
    "ir": "injured_reserve",
    "pup": "injured_reserve",
    "nfi": "injured_reserve",
    "cov": "out",
    "dnr": "injured_reserve",
    "na": "out",
    "probable": "probable",
    "dtd": "questionable",
}
_IDS = {
    "gsis": "gsis_id",
    "espn": "espn_id",
    "yahoo": "yahoo_id",
    "rotowire": "rotowire_id",
    "sportradar": "sportradar_id",
}
_STALE = timedelta(days=60)


def start(ask: Ask) -> Iterable[Request]:
    """Ask for every player; the answer is large and changes little, once a day is the most that is wanted."""
    yield Request(f"{ask.base('sleeper')}/v1/players/{ask.sport}", tag="players", is_streamed=True)


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield the players on a team with their ids, and a report a player with a tag that is not stale.

    Raises:
        DriftedSource: The answer is not a mapping of players.
    """
    body = read(payload)
    if not any(memoryview(one)[0] == ord("{") for one in body.raw.values()):
        raise DriftedSource(f"{payload.request.url} holds no player")
    players = ((key, one) for key, one in body.items() if isinstance(one, dict))
    yield from each(players, lambda entry: _player(payload, *entry), "a player")


def _player(payload: Payload, key: str, told: Document) -> Iterator[Row | Rejected]:
    sport = load(payload.sport)
    position = told.get("position")
    name = told.get("full_name") or f"{told.get('first_name') or ''} {told.get('last_name') or ''}".strip()
    if position is None or sport.position(position) not in sport.positions or sport.position(position) == "DST":
        return
    ids = [SourceId("sleeper", str(told.get("player_id") or key))]
    for source, field in _IDS.items():
        value = str(told.get(field) or "").strip()
        if value:
            ids.append(SourceId(source, value))
    if told.get("team") and name and any(one.source == "gsis" for one in ids):
        yield PlayerRow(tuple(sorted(ids, key=lambda one: one.source != "gsis")), name, position, told["team"])
    tag = told.get("injury_status")
    if not tag or not told.get("team"):
        return
    status = _STATUSES.get(str(tag).strip().lower())
    if status is None:
        yield Rejected("an injury status that we do not know", f"{name}: {tag}")
        return
    dated = after_epoch(told["news_updated"]) if told.get("news_updated") else payload.fetched_at
    if payload.fetched_at - dated > _STALE:
        return
    yield InjuryRow(
        player=ids[0],
        known_at=min(dated, payload.fetched_at),
        status=status,
        name=name,
        team=told["team"],
        position=position,
        practice_status=told.get("practice_participation"),
        body_part=told.get("injury_body_part"),
    )


PROVIDER = Provider(
    name="sleeper",
    feed="injury",
    sports=("nfl",),
    cron="30 9 * * *",
    start=start,
    parse=guarded(parse),
    quality=Quality(
        terms="Sleeper, a documented public API for non-commercial use, fetched at most once a day",
        rate_per_s=1.0,
        recorded=True,
        default_on=True,
    ),
)
