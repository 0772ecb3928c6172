"""Settling a bet on a market: exact for pushes, voids and players who did not play; a correction settles anew."""

from typing import Literal

from sdp_sports.spec import Market

Outcome = Literal["won", "lost", "push", "void"]
Side = Literal["over", "under", "yes", "no"]


def settle(
    market: Market, side: Side, line: float | None, amount: float | None, *, played: bool, started: bool = True
) -> Outcome:
    """Return how a bet ends, given the official stat. The same call with a corrected stat is the corrected outcome.

    Args:
        market: The market: `void_unless` says what the player must have done for the bet to stand.
        side: `over` or `under` a line, or `yes` or `no`.
        line: The line of an over or under; a yes is an over 0.5.
        amount: The quantity that the market settles on; None where no official stat exists.
        played: Whether the player took a snap.
        started: Whether he started.

    Raises:
        ValueError: An over or under without a line.
    """
    stands = played and (started or market.void_unless == "plays")
    if not stands or amount is None:
        return "void"
    if side in ("over", "under") and line is None:
        raise ValueError(f"{market.title}: an {side} needs its line")
    at = 0.5 if line is None or side in ("yes", "no") else line
    if amount == at:
        return "push"
    return "won" if (amount > at) == (side in ("over", "yes")) else "lost"
