"""Simulated worlds and contests from files alone, for `sdp optimize`."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sdp_common.errors import BadInput, Infeasible
from sdp_common.intake import refusals_as_bad_input
from sdp_engine.contest import habits
from sdp_engine.contest.compose import Composed, Slate, compose
from sdp_engine.contest.payouts import Offer as Money
from sdp_engine.contest.payouts import Prize
from sdp_engine.optimize.offer import Offer
from sdp_engine.optimize.solve import NoLineup
from sdp_engine.simulate.pool import around
from sdp_sports.correlations import load_correlations
from sdp_sports.files import read
from sdp_sports.files.payouts import Payouts
from sdp_sports.rules import Rules
from sdp_sports.spec import Sport

from sdp_cli.commands.files import read_bytes
from sdp_cli.console import Reporter

WORLDS = 4000
"""Worlds drawn around the projections of a file."""


def read_money(file: Path, entries: int | None, fee_usd: float | None) -> Money:
    """Return the contest of a payout table; what the file does not say is said beside it.

    Raises:
        BadInput: It is no payout table, or nobody says its entries or fee.
    """
    with refusals_as_bad_input():
        _, content = read(read_bytes(file))
    if not isinstance(content, Payouts):
        raise BadInput(f"{file} is no payout table: `sdp import --dry-run {file}` says what it is")
    size, fee = entries or content.entries, content.fee_usd if fee_usd is None else fee_usd
    if size is None or fee is None:
        missing = " and ".join(name for name, known in (("--entries", size), ("--fee", fee)) if known is None)
        raise BadInput(f"{file} does not say it: give {missing} of the contest")
    prizes = tuple(Prize(p.first, p.last, p.payout_usd, p.ticket_usd) for p in content.prizes)
    return Money(content.name or file.stem, fee, size, prizes, content.entries_max_per_user)


def draw(sport: Sport, offered: Offer, seed: int) -> NDArray[np.float32]:
    """Return points of every row of the pool, (rows, worlds): drawn around the projections with the sport's ties."""
    return around(offered.pool, load_correlations(sport.code), seed, WORLDS)


def build_for(sport: Sport, offered: Offer, rules: Rules, money: Money, candidates: int) -> Composed:
    """Return the lineups that win most together in a contest.

    Raises:
        BadInput: The contest cannot be played with this pool.
        Infeasible: No set of lineups satisfies the rules.
    """
    reporter = Reporter()
    slate = Slate(offered.contest, sport.stacks, offered.pool, draw(sport, offered, rules.seed), offered.starts)
    try:
        return compose(
            slate,
            rules,
            money,
            habits.load(f"{sport.code}_{offered.contest.mode}"),
            candidates=candidates,
            on_share=lambda share, what: reporter.progress("portfolio", share, what),
        )
    except NoLineup as error:
        raise Infeasible(str(error), error.rules) from error
    except ValueError as error:
        raise BadInput(f"the portfolio cannot be built: {error}") from error
    finally:
        reporter.clear()


def told(composed: Composed, money: Money) -> dict[str, Any]:
    """Return what the lineups may win, as plain values."""
    named = ("worlds", "own_entries", "field_entries", "portfolio", "profit_histogram", "roi_by_lineups", "lineups")
    return {
        "contest": {"name": money.name, "fee_usd": money.fee_usd, "entries": money.entries},
        "candidates": composed.candidates,
        "added_usd": composed.added_usd,
        **{name: composed.outcome[name] for name in named},
    }
