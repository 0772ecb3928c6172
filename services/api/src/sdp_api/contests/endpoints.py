"""Contests: those of a slate, payout tables read from files, and standings to be graded."""

from typing import Annotated

from fastapi import APIRouter, File, UploadFile, status
from sdp_common.errors import BadInput
from sdp_common.intake import refusals_as_bad_input
from sdp_common.store import contests, slates
from sdp_sports.files import read
from sdp_sports.files.payouts import Payouts

from sdp_api.contests import service
from sdp_api.contests.schemas import ContestOfferRead, OfferRead, PrizeRead, StandingsRead
from sdp_api.deps import Caller, Database, SettingsDep
from sdp_api.errors import refusals
from sdp_api.uploads import read_file

router = APIRouter(prefix="/api", tags=["contests"])


@router.get("/slates/{slate_id}/contests", responses=refusals(401, 404, 422))
def list_contest_offers(slate_id: int, _: Caller, database: Database) -> list[ContestOfferRead]:
    """List the contests known of a slate that say what they pay, the largest prize pool first."""
    slates.slate(database, slate_id)
    return [
        ContestOfferRead(
            id=row.id,
            external_id=row.external_id,
            name=row.name,
            fee_usd=row.entry_fee_usd,
            entries=row.entries_max or row.entries,
            entries_max_per_user=row.entries_max_per_user,
            prize_pool_usd=row.prize_pool_usd or 0.0,
            prizes=[
                PrizeRead(
                    first=prize["from_rank"], last=prize["to_rank"], cash_usd=prize["amount_usd"] or 0.0, ticket_usd=0.0
                )
                for prize in row.payouts
            ],
        )
        for row in contests.offers(database, slate_id)
        if row.payouts
    ]


@router.post("/contests/payouts", responses=refusals(401, 413, 422))
def read_payouts(
    file: Annotated[UploadFile, File(description="payout table: CSV, JSON, or DraftKings' contest detail")],
    _: Caller,
    settings: SettingsDep,
) -> OfferRead:
    """Read a payout table; nothing is kept."""
    body = read_file(file, settings.upload_max_bytes)
    with refusals_as_bad_input():
        found, content = read(body)
    if not isinstance(content, Payouts):
        raise BadInput(f"this file has {found.layout}: bring a table of places and prizes, or a contest's JSON")
    return OfferRead(
        name=content.name,
        fee_usd=content.fee_usd,
        entries=content.entries,
        entries_max_per_user=content.entries_max_per_user,
        prize_pool_usd=content.prize_pool_usd,
        prizes=[
            PrizeRead(first=p.first, last=p.last, cash_usd=p.payout_usd, ticket_usd=p.ticket_usd)
            for p in content.prizes
        ],
    )


@router.post(
    "/slates/{slate_id}/standings", status_code=status.HTTP_201_CREATED, responses=refusals(401, 404, 413, 422)
)
def upload_standings(
    slate_id: int,
    file: Annotated[UploadFile, File(description="the contest's standings, as DraftKings exports them")],
    caller: Caller,
    database: Database,
    settings: SettingsDep,
) -> StandingsRead:
    """Keep a finished contest's standings; `POST /api/runs/grade` scores projections and lineups by them."""
    return service.upload_standings(database, settings, caller.user.id, slate_id, file)
