"""Saves what sites offer: slates with their draftables, and contests."""

from dataclasses import dataclass
from typing import Any

from sdp_common.db.bulk import Counts
from sdp_common.store import contests, slates
from sdp_sports.names import normalise

from sdp_ingestion.identity import Identities
from sdp_ingestion.rows import ContestRow, DraftableRow, Payout, SlateRow, SourceId
from sdp_ingestion.save.context import Context


@dataclass(frozen=True)
class Matched:
    """A slate in our ids: columns of `slates` and `draftables`, and whom nobody could be matched to."""

    slate: dict[str, Any]
    draftables: list[dict[str, Any]]
    unmatched: list[DraftableRow]


def slates_of(context: Context, rows: list[SlateRow]) -> None:
    """Save slates; a draftable that nobody can be matched to is kept without a player, and reported."""
    for row in rows:
        matched = match(context, row)
        slates.save_slate(context.session, matched.slate, matched.draftables)
        context.tally.counts += Counts(new=len(matched.draftables))
        doubt(context, matched.unmatched)
        for item in matched.unmatched:
            context.reject("an unmatched draftable (kept without a player)", described(item))


def doubt(context: Context, unmatched: list[DraftableRow]) -> None:
    """Put draftables that nobody could be matched to in the review queue."""
    for item in unmatched:
        team = context.team(item.team)
        asked = item.player or SourceId(context.source, f"name:{normalise(item.name)} {team or ''}")
        context.doubt_player(asked, item.name, team, context.sport.position(item.position), context.named(context.now))


def match(context: Context, row: SlateRow) -> Matched:
    """Put a slate into our ids: players as they stood at its lock, games by their teams and time."""
    moment = min(row.starts_at, context.now)
    named = context.named(moment)
    saved, unmatched = [], []
    for item in row.draftables:
        columns = _draftable(context, named, item)
        saved.append(columns)
        if columns["player_id"] is None:
            unmatched.append(item)
    slate = {
        "sport": context.sport.code,
        "site": row.site,
        "contest": row.contest,
        "name": row.name,
        "source": context.source,
        "external_id": row.external_id,
        "salary_source": "site",
        "starts_at": row.starts_at,
        "known_at": moment,
    }
    return Matched(slate, saved, unmatched)


def _draftable(context: Context, named: Identities, item: DraftableRow) -> dict[str, Any]:
    team, position = context.team(item.team), context.sport.position(item.position)
    player = SourceId("dst", team) if position == "DST" and team is not None else item.player
    found = named.match(item.name, team_id=team, position=position, player=player)
    game = context.game(item.game) if item.game is not None else None
    return {
        "external_id": item.external_id,
        "name": item.name,
        "player_id": found.player_id if found else None,
        "match_score": found.score if found else None,
        "team_id": team,
        "game_id": game.id if game else None,
        "position": position,
        "roster_slots": list(item.roster_slots),
        "salary_usd": item.salary_usd,
        "average_points": item.average_points,
        "batting_order": item.batting_order,
        "status": item.status,
        "is_disabled": item.is_disabled,
    }


def described(item: DraftableRow) -> str:
    """Return a draftable in words: name, team, position, salary."""
    return f"{item.name} ({item.team} {item.position}, {item.salary_usd:,})"


def contests_of(context: Context, rows: list[ContestRow]) -> None:
    """Save contests; the slate of one is null until a crawl finds its draft group saved."""
    known = slates.by_source(context.session, context.source)
    saved: list[dict[str, Any]] = [
        {
            "slate_id": known.get(row.slate),
            "source": context.source,
            "external_id": row.external_id,
            "name": row.name,
            "entry_fee_usd": row.entry_fee_usd,
            "entries": row.entries,
            "entries_max": row.entries_max,
            "entries_max_per_user": row.entries_max_per_user,
            "prize_pool_usd": row.prize_pool_usd,
            "payouts": [_payout(payout) for payout in row.payouts],
            "known_at": context.now,
        }
        for row in rows
    ]
    for detailed in (True, False):  # what a lobby lists without payouts leaves those we have
        context.tally.counts += contests.save(
            context.session, [one for one in saved if bool(one["payouts"]) is detailed], keep_payouts=not detailed
        )


def _payout(payout: Payout) -> dict[str, Any]:
    told = {"from_rank": payout.first, "to_rank": payout.last, "amount_usd": payout.value_usd}
    return told | ({"prize": payout.prize} if payout.prize else {})
