"""Contest formats: slots, cap, limits and scoring, each fact with how sure we are of it."""

from collections.abc import Sequence
from datetime import date
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

UNCAPPED = 10**9
"""The cap of a format without one: no lineup costs as much."""
Confidence = Literal["unknown", "low", "medium", "high"]
"""How sure a declared fact is: high = the site's own page or two sources that agree, medium = one source, low =
recalled, not confirmed, unknown = not declared."""
CONFIDENCES: tuple[Confidence, ...] = ("unknown", "low", "medium", "high")


class Spec(BaseModel):
    """A frozen declaration that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Slot(Spec):
    """A roster slot: the positions that may fill it, and what it multiplies."""

    name: str
    positions: tuple[str, ...] = Field(min_length=1)
    count: int = Field(1, ge=1)
    points_multiplier: float = 1.0
    salary_multiplier: float = 1.0


class Bonus(Spec):
    """Points awarded once a stat, summed with those of `plus`, reaches a threshold."""

    stat: str
    at_least: float
    points: float
    plus: tuple[str, ...] = ()


class Milestone(Spec):
    """Points awarded once so many of several stats each reach a threshold: a double-double."""

    stats: tuple[str, ...] = Field(min_length=1)
    each_at_least: float
    count: int = Field(ge=1)
    points: float


class Band(Spec):
    """Points awarded where `at_least <= stat < below` (a missing end is open)."""

    stat: str
    at_least: float | None = None
    below: float | None = None
    points: float
    positions: tuple[str, ...] = ()


class Scoring(Spec):
    """What a site pays for stats; a contest names one or several."""

    title: str
    confidence: Confidence
    sources: tuple[str, ...] = ()
    note: str = ""
    weights: dict[str, float]
    bonuses: tuple[Bonus, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    bands: tuple[Band, ...] = ()


class Limit(Spec):
    """At most so many athletes of these positions: in a lineup, or of any one team where `per_team`."""

    positions: tuple[str, ...] = Field(min_length=1)
    at_most: int = Field(ge=0)
    per_team: bool = False


class Contest(Spec):
    """A contest format: cap, slots, limits, scoring and the site's upload file.

    An athlete stands in a lineup once, in whatever slot. Where `copy_per_slot`, the site lists him once a slot, each
    copy with an id and a salary of its own (DraftKings' captain modes); elsewhere one id fills any of his slots.

    Attributes:
        code: The short name that people type, unique over all sports (`dk_nfl_classic`).
        mode: `showdown` and `single_game` are played on one game, `captain` on several.
        salary_cap_usd: `UNCAPPED` where the format has no cap, or none that is known.
        min_games: Games from which a lineup's athletes come, at least.
        min_teams: Teams from which they come, at least; athletes of `min_teams_without` do not count.
        max_per_team: Athletes of any one team, at most.
        limits: Further limits by position: at most five hitters of a team.
        slots: Empty in `tiers`, where the slate's file names the tiers: see `with_tiers`.
        scored_by: The declared scorings that `scoring`, `bonuses`, `milestones` and `bands` come from.
        valid_from: First day on which the format was played so, None where not known.
        valid_until: Last day, None where it still is.
        closed: The site is believed to have closed.
        upload_cell: How the upload file writes a player, from his `{id}` and `{name}` on the slate.
    """

    site: str
    title: str
    code: str = ""
    mode: Literal["classic", "showdown", "captain", "single_game", "tiers"] = "classic"
    copy_per_slot: bool = False
    salary_cap_usd: int = Field(UNCAPPED, gt=0)
    min_games: int = 1
    min_teams: int = 1
    min_teams_without: tuple[str, ...] = ()
    max_per_team: int | None = None
    limits: tuple[Limit, ...] = ()
    slots: tuple[Slot, ...] = ()
    scoring: dict[str, float] = {}
    bonuses: tuple[Bonus, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    bands: tuple[Band, ...] = ()
    scored_by: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    closed: bool = False
    confidence: Confidence = "unknown"
    scoring_confidence: Confidence = "unknown"
    sources: tuple[str, ...] = ()
    note: str = ""
    upload_header: tuple[str, ...] = ()
    upload_cell: str = "{name} ({id})"
    upload_limit: int = 500

    @property
    def roster_size(self) -> int:
        """How many draftables one lineup holds."""
        return sum(slot.count for slot in self.slots)

    @property
    def expanded_slots(self) -> tuple[Slot, ...]:
        """One slot a roster place, in the site's order."""
        return tuple(slot for slot in self.slots for _ in range(slot.count))

    @property
    def positions(self) -> frozenset[str]:
        """Every position that fits somewhere."""
        return frozenset(p for slot in self.slots for p in slot.positions)

    @property
    def is_capped(self) -> bool:
        """Whether lineups have a salary cap that we know."""
        return self.salary_cap_usd != UNCAPPED

    @property
    def is_open(self) -> bool:
        """Whether the format is still played, as far as we know."""
        return self.valid_until is None and not self.closed

    def valid_on(self, day: date) -> bool:
        """Whether the format was played so on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )

    def with_tiers(self, tiers: Sequence[str], positions: Sequence[str]) -> Self:
        """Return the format of one slate: a slot for each of its tiers, open to any of these positions.

        Raises:
            ValueError: This is no tiers format, or a tier is named twice.
        """
        if self.mode != "tiers" or len(set(tiers)) != len(tiers):
            raise ValueError(f"{self.title} cannot be drafted with tiers {', '.join(tiers)}")
        slots = tuple(Slot(name=tier, positions=tuple(positions)) for tier in tiers)
        return self.model_copy(update={"slots": slots, "upload_header": tuple(tiers)})

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.mode == "tiers") == bool(self.slots):
            raise ValueError("declare slots; in tiers alone the slate's file names them")
        if self.upload_header and len(self.upload_header) != self.roster_size:
            raise ValueError(f"upload_header has {len(self.upload_header)} columns for {self.roster_size} slots")
        if self.valid_from and self.valid_until and self.valid_from > self.valid_until:
            raise ValueError(f"valid from {self.valid_from} until {self.valid_until}")
        return self
