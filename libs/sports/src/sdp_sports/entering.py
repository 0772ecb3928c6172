"""How the entries of a file are filled: one group a contest; one schema for files, the API and the form."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sdp_sports.offer import Offer
from sdp_sports.rules import Rules


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ContestGroup(_Part):
    """What one contest's entries are to hold.

    Attributes:
        contest: The contest's id in the entries file, or its name.
        objective: What its lineups are chosen for: `points`, `roi` (what they win together in `offer`), a quantile of
            the lineup's own points such as `0.9`, or a column of the projections. None: `roi` with an offer, `points`
            without.
        rules: Rules of this contest; each field that is given replaces the one that all contests have in common.
        offer: What the contest pays.
    """

    contest: str = Field(min_length=1, max_length=300)
    objective: str | None = Field(None, min_length=1, max_length=100)
    rules: Rules = Rules()
    offer: Offer | None = None


class Entering(_Part):
    """How the entries of a file are filled from one pool of lineups.

    Attributes:
        rules: What holds for every contest; the number of lineups is the file's to say.
        contests: What single contests ask for themselves.
        repeats: Whether a lineup may be entered into several contests.
        reserved_only: Leave entries alone that hold somebody already.
        candidates: How many worlds, or means of worlds, propose a lineup.
        ticket_value: What a dollar of a ticket is worth.
    """

    rules: Rules = Rules()
    contests: tuple[ContestGroup, ...] = Field((), max_length=500)
    repeats: bool = False
    reserved_only: bool = False
    candidates: int = Field(1000, ge=50, le=5000)
    ticket_value: float = Field(1.0, ge=0, le=1)

    @model_validator(mode="after")
    def _contests_are_named_once(self) -> Self:
        names = [one.contest for one in self.contests]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"contest {twice!r} stands twice")
        return self

    def rules_of(self, group: ContestGroup | None, lineups: int) -> Rules:
        """Return what a contest's lineups have to keep: the common rules with its own in their place."""
        own = {} if group is None else {name: getattr(group.rules, name) for name in group.rules.model_fields_set}
        return self.rules.model_copy(update={**own, "lineups": lineups})
