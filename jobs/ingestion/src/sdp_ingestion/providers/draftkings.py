"""DraftKings' draft groups: the lobby or a group's number, its rules, then its players and salaries.

The lobby lists contests and draft groups; a group's game type has rules, which name the roster slots by number; the
draftables list each player once a slot. A slot's number is never assumed.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sdp_sports.spec import codes, load

from sdp_ingestion.documents import Document, each, guarded, items, moment, objects, read
from sdp_ingestion.prices import number_of
from sdp_ingestion.provider import Ask, Payload, Provider, Quality, Request
from sdp_ingestion.rows import ContestRow, DraftableRow, Matchup, Payout, Rejected, Row, SlateRow, SourceId

SITE = "draftkings"
_SPORTS = {
    "nfl": "NFL",
    "nba": "NBA",
    "mlb": "MLB",
    "nhl": "NHL",
    "wnba": "WNBA",
    "cfb": "CFB",
    "cbb": "CBB",
    "golf": "GOLF",
    "soccer": "SOC",
    "mma": "MMA",
    "nascar": "NAS",
    "tennis": "TEN",
    "lol": "LOL",
    "cs": "CS",
    "cfl": "CFL",
    "euroleague": "EL",
    "f1": "F1",
    "xfl": "XFL",
}
_DETAILED = 3
"""Of how many contests of a draft group, those with the largest prize pools, the payouts are asked for."""
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
    parsers = {
        "lobby": _lobby,
        "group": _group,
        "rules": _rules,
        "draftables": _draftables,
        "contest": _contest_detail,
    }
    yield from parsers[payload.request.tag](payload)


def _lobby(payload: Payload) -> Iterator[Row | Rejected | Request]:
    where = payload.request.url
    lobby = read(payload, "Contests", "DraftGroups", "GameTypes")
    types = {kind.get("GameTypeId"): kind.get("Name") for kind in items(lobby, "GameTypes", where)}
    wanted = _SPORTS[payload.sport]
    taken: dict[Any, Any] = {}
    groups: dict[Any, list[tuple[str, str]]] = defaultdict(list)

    def take(group: Document) -> Iterable[Rejected]:
        if _is_draftable(types.get(group["GameTypeId"])) and group["Sport"] == wanted:
            taken[group["DraftGroupId"]] = group["GameTypeId"]
            suffix = (group.get("ContestStartTimeSuffix") or "").strip(" ()")
            groups[group["GameTypeId"]].append((str(group["DraftGroupId"]), suffix))
        return ()

    yield from each(items(lobby, "DraftGroups", where), take, "a draft group")
    for game_type, listed in groups.items():
        yield _rules_request(payload, listed, game_type)
    offered = [
        contest
        for contest in items(lobby, "Contests", where)
        if contest.get("dg") in taken and (contest.get("attr") or {}).get("IsGuaranteed") == "true"
    ]
    yield from each(offered, lambda contest: [_contest(contest)], "a contest")
    yield from _details(payload, offered)


def _details(payload: Payload, offered: list[Document]) -> Iterator[Request]:
    """Ask for the payouts of each draft group's largest contests."""
    base = payload.request.about["base"]
    largest = sorted(offered, key=lambda contest: -(number_of(contest.get("po")) or 0.0))
    seen: Counter[Any] = Counter()
    for contest in largest:
        seen[contest["dg"]] += 1
        if seen[contest["dg"]] <= _DETAILED and contest.get("id") is not None:
            url = f"{base}/contests/v1/contests/{contest['id']}?format=json"
            yield Request(url, "contest", {"contest": str(contest["id"])}, optional=True)


def _contest_detail(payload: Payload) -> Iterator[Row]:
    """Yield a contest with what each place wins."""
    told = read(payload, "contestDetail")["contestDetail"]
    fee = number_of(told.get("entryFee") if told.get("entryFee") is not None else told.get("fee"))
    yield ContestRow(
        external_id=str(told.get("contestKey") or payload.request.about["contest"]),
        slate=str(told["draftGroupId"]),
        site=SITE,
        name=told["name"],
        entry_fee_usd=fee or 0.0,
        entries=told.get("entries"),
        entries_max=told.get("maximumEntries"),
        entries_max_per_user=told.get("maximumEntriesPerUser"),
        prize_pool_usd=number_of(told.get("totalPayouts")),
        payouts=tuple(
            _payout(line) for line in objects(told.get("payoutSummary")) if number_of(line.get("minPosition"))
        ),
    )


def _payout(line: Document) -> Payout:
    """Return what a range of places wins: cash, or a prize in words where it is none."""
    tiers, told = line.get("tierPayoutDescriptions"), objects(line.get("payoutDescriptions"))
    words = [str(text) for text in tiers.values()] if isinstance(tiers, dict) else []
    values = [number_of(one.get("value")) for one in told]
    words += [str(one.get("payoutDescription") or "") for one in told if not words]
    cash = number_of(words[0].strip().lstrip("$")) if words else None
    value = cash if cash is not None else next((value for value in values if value is not None), None)
    first = int(line["minPosition"])
    last = int(number_of(line.get("maxPosition")) or first)
    return Payout(first, last, value, "" if cash is not None or not words else words[0])


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
        prize_pool_usd=number_of(contest.get("po")),
    )


def _is_draftable(kind: object) -> bool:
    """Return whether a game type is drafted under a salary cap: not a best ball, a snake draft or a board of picks."""
    words = str(kind or "").lower()
    return bool(words) and not any(other in words for other in ("best ball", "snake", "pick", "madden", "season"))


def _group(payload: Payload) -> Iterator[Request]:
    group = read(payload, "draftGroup")["draftGroup"]
    suffix = (group.get("startTimeSuffix") or "").strip(" ()")
    yield _rules_request(payload, [(str(group["draftGroupId"]), suffix)], group["gameTypeId"])


def _rules_request(payload: Payload, groups: list[tuple[str, str]], game_type: int) -> Request:
    """Ask for the rules of a game type, once for all the draft groups that are of it."""
    base = payload.request.about["base"]
    about = {"base": base, "groups": json.dumps(groups)}
    return Request(f"{base}/lineups/v1/gametypes/{game_type}/rules", "rules", about, optional=True)


def _rules(payload: Payload) -> Iterator[Row | Rejected | Request]:
    lines = items(read(payload, "lineupTemplate"), "lineupTemplate", payload.request.url)
    slots = {str(line["rosterSlot"]["id"]): str(line["rosterSlot"]["name"]) for line in lines}
    about = payload.request.about
    contest = _declared(payload.sport, set(slots.values()))
    one = [[about.get("group", ""), about.get("suffix", "")]]
    for group, suffix in json.loads(about["groups"]) if "groups" in about else one:
        if contest is None:
            yield Rejected("a draft group of a format that we do not know", f"{group}: {sorted(slots.values())}")
            continue
        url = f"{about['base']}/draftgroups/v1/draftgroups/{group}/draftables"
        told = {"base": about["base"], "group": group, "suffix": suffix, "contest": contest}
        yield Request(url, "draftables", {**told, "slots": json.dumps(slots)}, optional=True)


def _declared(sport: str, slots: set[str]) -> str | None:
    """Return the declared contest of the site that has exactly these roster slots."""
    if sport not in codes():
        return None
    for key, contest in load(sport).contests.items():
        if contest.site == SITE and {slot.name for slot in contest.slots} == slots:
            return key
    return None


def _draftables(payload: Payload) -> Iterator[Row | Rejected | Request]:
    where, about = payload.request.url, payload.request.about
    body = read(payload, "draftables", "competitions")
    games = {game.get("competitionId"): game for game in items(body, "competitions", where) if game.get("startTime")}
    contest = load(payload.sport).contests[about["contest"]]
    players: dict[Any, list[Document]] = {}
    slots: Mapping[str, str] = json.loads(about["slots"])
    kept: list[DraftableRow] = []

    def gather(row: Document) -> Iterable[Rejected]:
        # where a captain is another draftable than the same man at a regular slot, each is kept
        key = (row["playerId"], row["rosterSlotId"]) if contest.copy_per_slot else row["playerId"]
        players.setdefault(key, []).append(row)
        return ()

    def keep(rows: list[Document]) -> Iterable[Rejected]:
        draftable = _draftable(rows, slots, games)
        if isinstance(draftable, Rejected):
            return (draftable,)
        kept.append(draftable)
        return ()

    yield from each(items(body, "draftables", where), gather, "a draftable")
    yield from each(players.values(), keep, "a draftable")
    starts = [moment(game["startTime"]) for game in games.values()]
    if not kept or not starts:
        return
    yield SlateRow(
        external_id=about["group"],
        site=SITE,
        contest=about["contest"],
        name=_name(contest.title, min(starts), about.get("suffix", "")),
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
    sides = [str(((game or {}).get(side) or {}).get("abbreviation") or "") for side in ("homeTeam", "awayTeam")]
    # an event of many (a tournament, a race, a fight) has no two teams
    matchup = Matchup(sides[0], sides[1], moment(game["startTime"])) if game and all(sides) else None
    status = row.get("status")
    return DraftableRow(
        external_id=str(row["draftableId"]),
        name=name,
        team=row.get("teamAbbreviation") or "",
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
    found = (one.get("value") for one in objects(row.get("draftStatAttributes")) if one.get("id") == _AVERAGE)
    return number_of(next(found, None))


PROVIDER = Provider(
    name="draftkings",
    feed="dfs",
    sports=tuple(_SPORTS),
    cron="*/15 * * * *",
    near="*/5 * * * *",
    start=start,
    parse=guarded(parse),
    quality=Quality(
        terms="DraftKings, undocumented endpoints whose terms may forbid automated access: switching it on is yours",
        rate_per_s=1.0,
        recorded=True,
        default_on=False,
    ),
)
