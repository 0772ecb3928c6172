"""DraftKings' draft groups: the lobby or a group's number, its rules, then its players and salaries.

The lobby lists contests and draft groups; a group's game type has rules, which name the roster slots by number; the
draftables list each player once a slot. A slot's number is never assumed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sdp_sports.spec import codes, load

from sdp_ingestion.documents import Document, guarded, items, moment, read
from sdp_ingestion.provider import Ask, Payload, Provider, Quality, Request
from sdp_ingestion.rows import ContestRow, DraftableRow, Matchup, Rejected, Row, SlateRow, SourceId

SITE = "draftkings"
_SPORTS = {"nfl": "NFL", "nba": "NBA", "mlb": "MLB", "nhl": "NHL", "golf": "GOLF", "soccer": "SOC", "mma": "MMA"}
_AVERAGE = 90
"""The draft statistic that is the fantasy points a game."""


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the named draft groups, or for the lobby where none is named."""
    base = ask.bases["draftkings"].rstrip("/")
    about = {"base": base}
    for group in ask.subjects:
        yield Request(f"{base}/draftgroups/v1/{group}?format=json", "group", about)
    if not ask.subjects:
        lobby = ask.bases["draftkings_lobby"].rstrip("/")
        yield Request(f"{lobby}/lobby/getcontests?sport={_SPORTS[ask.sport]}", "lobby", about)


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield the next request of the chain, the lobby's contests, and at its end the slate.

    Raises:
        DriftedSource: The answer has another shape than the tag says.
    """
    parsers = {"lobby": _lobby, "group": _group, "rules": _rules, "draftables": _draftables}
    yield from parsers[payload.request.tag](payload)


def _lobby(payload: Payload) -> Iterator[Row | Rejected | Request]:
    where = payload.request.url
    lobby = read(payload, "Contests", "DraftGroups", "GameTypes")
    types = {kind["GameTypeId"]: kind["Name"] for kind in items(lobby, "GameTypes", where)}
    wanted = _SPORTS[payload.sport]
    taken = set()
    for group in items(lobby, "DraftGroups", where):
        if types.get(group["GameTypeId"]) == "Classic" and group["Sport"] == wanted:
            taken.add(group["DraftGroupId"])
            suffix = (group.get("ContestStartTimeSuffix") or "").strip(" ()")
            yield _rules_request(payload, group["DraftGroupId"], group["GameTypeId"], suffix)
    for contest in items(lobby, "Contests", where):
        if contest["dg"] in taken and (contest.get("attr") or {}).get("IsGuaranteed") == "true":
            yield _contest(contest)


def _contest(contest: Document) -> ContestRow:
    return ContestRow(
        external_id=str(contest["id"]),
        slate=str(contest["dg"]),
        site=SITE,
        name=contest["n"],
        entry_fee_usd=float(contest["a"]),
        entries=contest.get("nt"),
        entries_max=contest.get("m"),
        entries_max_per_user=contest.get("mec"),
        prize_pool_usd=None if contest.get("po") is None else float(contest["po"]),
    )


def _group(payload: Payload) -> Iterator[Request]:
    group = read(payload, "draftGroup")["draftGroup"]
    suffix = (group.get("startTimeSuffix") or "").strip(" ()")
    yield _rules_request(payload, group["draftGroupId"], group["gameTypeId"], suffix)


def _rules_request(payload: Payload, group: int, game_type: int, suffix: str) -> Request:
    base = payload.request.about["base"]
    about = {"base": base, "group": str(group), "suffix": suffix}
    return Request(f"{base}/lineups/v1/gametypes/{game_type}/rules", "rules", about)


def _rules(payload: Payload) -> Iterator[Row | Rejected | Request]:
    rules = read(payload, "lineupTemplate")
    slots = {str(line["rosterSlot"]["id"]): line["rosterSlot"]["name"] for line in rules["lineupTemplate"]}
    about = payload.request.about
    contest = _declared(payload.sport, set(slots.values()))
    if contest is None:
        yield Rejected("a draft group of a format that we do not know", f"{about['group']}: {sorted(slots.values())}")
        return
    url = f"{about['base']}/draftgroups/v1/draftgroups/{about['group']}/draftables"
    yield Request(url, "draftables", {**about, "contest": contest, "slots": json.dumps(slots)})


def _declared(sport: str, slots: set[str]) -> str | None:
    """Return the declared contest of the site that has exactly these roster slots."""
    if sport not in codes():
        return None
    for key, contest in load(sport).contests.items():
        if contest.site == SITE and {slot.name for slot in contest.slots} == slots:
            return key
    return None


def _draftables(payload: Payload) -> Iterator[Row | Rejected]:
    where, about = payload.request.url, payload.request.about
    body = read(payload, "draftables", "competitions")
    games = {game["competitionId"]: game for game in items(body, "competitions", where)}
    players: dict[Any, list[Document]] = {}
    for row in items(body, "draftables", where):
        players.setdefault(row["playerId"], []).append(row)
    slots: Mapping[str, str] = json.loads(about["slots"])
    kept = []
    for rows in players.values():
        draftable = _draftable(rows, slots, games)
        if isinstance(draftable, Rejected):
            yield draftable
        else:
            kept.append(draftable)
    starts = [moment(game["startTime"]) for game in games.values()]
    if not kept or not starts:
        return
    title = load(payload.sport).contests[about["contest"]].title
    yield SlateRow(
        external_id=about["group"],
        site=SITE,
        contest=about["contest"],
        name=_name(title, min(starts), about.get("suffix", "")),
        starts_at=min(starts),
        draftables=tuple(kept),
    )


def _name(title: str, starts_at: datetime, suffix: str) -> str:
    return f"{title} {starts_at:%Y-%m-%d}" + (f" ({suffix})" if suffix else "")


def _draftable(
    rows: list[Document], slots: Mapping[str, str], games: Mapping[Any, Document]
) -> DraftableRow | Rejected:
    """Return a player as one row: his first slot's number is the one an upload names."""
    row = rows[0]
    name = row["displayName"]
    if row.get("salary") is None:
        return Rejected("a draftable without a salary", name)
    game = games.get((row.get("competition") or {}).get("competitionId"))
    matchup = None
    if game is not None:
        home, away = game["homeTeam"]["abbreviation"], game["awayTeam"]["abbreviation"]
        matchup = Matchup(home, away, moment(game["startTime"]))
    status = row.get("status")
    return DraftableRow(
        external_id=str(row["draftableId"]),
        name=name,
        team=row["teamAbbreviation"],
        position=row["position"],
        roster_slots=tuple(dict.fromkeys(slots.get(str(one["rosterSlotId"]), "?") for one in rows)),
        salary_usd=int(row["salary"]),
        game=matchup,
        player=SourceId("draftkings", str(row.get("playerDkId") or row["playerId"])),
        average_points=_average(row),
        status=None if status in (None, "None") else status,
        is_disabled=bool(row.get("isDisabled")),
    )


def _average(row: Document) -> float | None:
    for statistic in row.get("draftStatAttributes") or ():
        if statistic.get("id") == _AVERAGE:
            try:
                return float(statistic["value"])
            except ValueError:
                return None
    return None


PROVIDER = Provider(
    name="draftkings",
    feed="dfs",
    sports=tuple(_SPORTS),
    cron="*/15 * * * *",
    start=start,
    parse=guarded(parse),
    quality=Quality(
        terms="DraftKings, undocumented endpoints whose terms may forbid automated access: switching it on is yours",
        rate_per_s=1.0,
        recorded=True,
        default_on=False,
    ),
)
