"""Sports: the declared contests, markets and stacks."""

from fastapi import APIRouter
from sdp_sports.spec import QUANTILES, Contest, Market, Sport, Stack, codes, load

from sdp_api.deps import Caller
from sdp_api.errors import refusals
from sdp_api.sports.schemas import ContestRead, MarketRead, SlotRead, SportRead, StackNeedRead, StackRead

router = APIRouter(prefix="/api/sports", tags=["sports"])


@router.get("", responses=refusals(401))
def list_sports(_: Caller) -> list[SportRead]:
    """List every declared sport with its markets, contests and stacks; those that we predict come first."""
    return [_sport(sport) for sport in sorted(map(load, codes()), key=lambda sport: not sport.markets)]


def _sport(sport: Sport) -> SportRead:
    """Say what is declared of a sport."""
    return SportRead(
        code=sport.code,
        name=sport.name,
        positions=list(sport.positions),
        stats=list(sport.stats),
        quantile_probs=list(QUANTILES),
        markets=[_market(key, market) for key, market in sport.markets.items()],
        contests=[_contest(key, contest) for key, contest in sport.contests.items()],
        stacks=[_stack(key, stack) for key, stack in sport.stacks.items()],
    )


def _market(key: str, market: Market) -> MarketRead:
    """Say what is declared of a market."""
    return MarketRead(
        key=key,
        title=market.title,
        stats=list(market.stats),
        contest=market.contest,
        positions=list(market.positions),
        line_step=market.line_step,
    )


def _contest(key: str, contest: Contest) -> ContestRead:
    """Say what is declared of a contest."""
    return ContestRead(
        key=key,
        code=contest.code,
        site=contest.site,
        title=contest.title,
        mode=contest.mode,
        confidence=contest.confidence,
        scoring_confidence=contest.scoring_confidence,
        valid_from=contest.valid_from,
        valid_until=contest.valid_until,
        is_open=contest.is_open,
        note=contest.note,
        salary_cap_usd=contest.salary_cap_usd if contest.is_capped else None,
        min_games=contest.min_games,
        min_teams=contest.min_teams,
        max_per_team=contest.max_per_team,
        roster_size=contest.roster_size,
        slots=[SlotRead.model_validate(slot) for slot in contest.slots],
        scoring=contest.scoring,
        upload_limit=contest.upload_limit,
    )


def _stack(key: str, stack: Stack) -> StackRead:
    """Say what is declared of a stack."""
    needs = [StackNeedRead.model_validate(need) for need in stack.needs]
    return StackRead(key=key, title=stack.title, anchor=list(stack.anchor), needs=needs)
