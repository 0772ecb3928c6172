"""The groups of an entries file: one a contest, each with its own size, rules and objective."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sdp_sports.entering import ContestGroup, Entering
from sdp_sports.files.entries import Entry
from sdp_sports.rules import Rules

from sdp_engine.contest.payouts import Offer, Prize

POINTS, ROI = "points", "roi"


@dataclass(frozen=True)
class Group:
    """The entries of one contest that are to be filled.

    Attributes:
        contest: The contest's id in the file, its name where it has none.
        name: Its name.
        entry_ids: The entries, in the file's order.
        rules: What their lineups have to keep; `lineups` is how many.
        objective: `points`, `roi`, a quantile such as `0.9`, or a column of the pool.
        fee_usd: What an entry costs; None where the file does not say.
        offer: What the contest pays, where that is known.
    """

    contest: str
    name: str
    entry_ids: tuple[str, ...]
    rules: Rules
    objective: str
    fee_usd: float | None = None
    offer: Offer | None = None

    @property
    def quantile(self) -> float | None:
        """The quantile that is asked for, None where the objective is something else."""
        try:
            return float(self.objective)
        except ValueError:
            return None


def group_entries(entries: Sequence[Entry], asked: Entering, started: Collection[str] = ()) -> list[Group]:
    """Return the groups of a file in its order; entries with somebody who must stay are left alone.

    Args:
        entries: The file's entries.
        asked: What is asked of all contests and of single ones.
        started: Players, by the site's id, who can no longer be exchanged.

    Raises:
        ValueError: Settings name a contest that the file does not have, or ask for what cannot be.
    """
    found: dict[str, list[Entry]] = {}
    names: dict[str, str] = {}
    for entry in entries:
        key = contest_key(entry)
        names.setdefault(key, entry.contest_name or key)
        if may_be_filled(entry, started) and (entry.is_reserved or not asked.reserved_only):
            found.setdefault(key, []).append(entry)
    told = {one.contest: one for one in asked.contests}
    if unknown := [name for name in told if name not in names and name not in names.values()]:
        raise ValueError(f"the file has no contest {unknown[0]!r}; it has {', '.join(names.values())}")
    return [_group(key, names[key], some, told.get(key) or told.get(names[key]), asked) for key, some in found.items()]


def columns_of(groups: Sequence[Group]) -> tuple[str, ...]:
    """Return the columns of the projections that groups are to maximise."""
    named = dict.fromkeys(g.objective for g in groups if g.objective not in {POINTS, ROI} and g.quantile is None)
    return tuple(named)


def contest_key(entry: Entry) -> str:
    """Return by what an entry's contest is told from others: its id, where it has none its name."""
    return entry.contest_id or entry.contest_name or "contest"


def may_be_filled(entry: Entry, started: Collection[str] = ()) -> bool:
    """Return whether an entry may take any lineup: nobody of it is locked or has started."""
    return not any(place.is_locked or place.external_id in started for place in entry.places)


def _group(key: str, name: str, entries: Sequence[Entry], told: ContestGroup | None, asked: Entering) -> Group:
    rules = asked.rules_of(told, len(entries))
    offer = None if told is None or told.offer is None else told.offer
    money = (
        None
        if offer is None
        else Offer(
            name,
            offer.fee_usd,
            offer.entries,
            tuple(Prize(**prize.model_dump()) for prize in offer.prizes),
            offer.entries_max_per_user,
        )
    )
    objective = (told.objective if told is not None else None) or (POINTS if money is None else ROI)
    if objective == ROI and money is None:
        raise ValueError(f"{name}: roi needs what the contest pays: give its offer, or another objective")
    fee = next((e.fee_usd for e in entries if e.fee_usd is not None), None if money is None else money.fee_usd)
    group = Group(key, name, tuple(e.entry_id for e in entries), rules, objective, fee, money)
    if group.quantile is not None and not 0 < group.quantile < 1:
        raise ValueError(f"{name}: {objective} is no quantile: choose one between 0 and 1, such as 0.9")
    return group
