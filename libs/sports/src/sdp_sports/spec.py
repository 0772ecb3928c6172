"""Sports, markets, contests and stacks, declared as data and checked on load."""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

QUANTILES: tuple[float, ...] = (
    0.01,
    0.05,
    0.1,
    0.2,
    0.25,
    0.3,
    0.4,
    0.5,
    0.6,
    0.7,
    0.75,
    0.8,
    0.9,
    0.95,
    0.99,
)
"""The probabilities at which every stored distribution gives its quantiles."""


class Spec(BaseModel):
    """A frozen declaration that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Market(Spec):
    """One player market: what it settles on, for whom it is offered and how it is modelled.

    `stats` are summed into the quantity that is predicted (`anytime_touchdown` sums rushing and receiving
    touchdowns); a market that names a `contest` instead predicts that contest's fantasy points. `family` names
    the distribution family. `line_step` is the grid on which lines are quoted.
    """

    title: str
    stats: tuple[str, ...] = ()
    contest: str | None = None
    positions: tuple[str, ...] = Field(min_length=1)
    family: Literal["empirical", "poisson", "negative_binomial", "bernoulli"]
    line_step: float = 0.5
    min_history: int = 1

    @model_validator(mode="after")
    def _settles_on_one_thing(self) -> Self:
        if bool(self.stats) == (self.contest is not None):
            raise ValueError("name either stats or a contest")
        return self


class Slot(Spec):
    """A roster slot: the positions that may fill it, and what it multiplies."""

    name: str
    positions: tuple[str, ...] = Field(min_length=1)
    count: int = Field(1, ge=1)
    points_multiplier: float = 1.0
    salary_multiplier: float = 1.0


class Bonus(Spec):
    """Points awarded once a stat reaches a threshold."""

    stat: str
    at_least: float
    points: float


class Band(Spec):
    """Points awarded where `at_least <= stat < below` (a missing end is open)."""

    stat: str
    at_least: float | None = None
    below: float | None = None
    points: float
    positions: tuple[str, ...] = ()


class Contest(Spec):
    """A contest format: cap, slots, limits, scoring and the site's upload file.

    `upload_cell` says how the file writes a player, from his `{id}` and `{name}` on the slate.
    """

    site: str
    title: str
    salary_cap_usd: int = Field(gt=0)
    min_games: int = 1
    min_teams: int = 1
    max_per_team: int | None = None
    slots: tuple[Slot, ...] = Field(min_length=1)
    scoring: dict[str, float]
    bonuses: tuple[Bonus, ...] = ()
    bands: tuple[Band, ...] = ()
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

    @model_validator(mode="after")
    def _upload_header_fits(self) -> Self:
        if self.upload_header and len(self.upload_header) != self.roster_size:
            raise ValueError(f"upload_header has {len(self.upload_header)} columns for {self.roster_size} slots")
        return self


class StackNeed(Spec):
    """How many companions an anchor brings, from which side and positions."""

    side: Literal["team", "opponent"]
    positions: tuple[str, ...] = Field(min_length=1)
    at_least: int = Field(ge=1)


class Stack(Spec):
    """A declared correlation rule: drafting an anchor brings its companions."""

    title: str
    anchor: tuple[str, ...] = Field(min_length=1)
    needs: tuple[StackNeed, ...] = Field(min_length=1)


class Sport(Spec):
    """Everything the platform knows about one sport."""

    code: str
    name: str
    positions: tuple[str, ...]
    stats: tuple[str, ...]
    team_aliases: dict[str, str] = {}
    teams: dict[str, str] = {}
    position_aliases: dict[str, str] = {}
    markets: dict[str, Market] = {}
    contests: dict[str, Contest] = {}
    stacks: dict[str, Stack] = {}

    @model_validator(mode="after")
    def _vocabulary_is_closed(self) -> Self:
        """Refuse a declaration that names an unknown stat or position."""
        known = {*self.stats, *self.positions}
        for kind, specs in (("market", self.markets), ("contest", self.contests), ("stack", self.stacks)):
            for key, spec in specs.items():
                if unknown := set(_words(spec)) - known:
                    raise ValueError(f"{kind} {key}: unknown {sorted(unknown)}")
        for key, market in self.markets.items():
            if market.contest is not None and market.contest not in self.contests:
                raise ValueError(f"market {key}: unknown contest {market.contest}")
        return self

    def team(self, abbreviation: str) -> str:
        """Return our abbreviation for a team as any source spells it."""
        word = abbreviation.strip().upper()
        return self.team_aliases.get(word, word)

    def team_id(self, abbreviation: str) -> str:
        """Return our team id (`nfl:LA`) for a team as any source spells it."""
        return f"{self.code}:{self.team(abbreviation)}"

    def position(self, label: str) -> str:
        """Return our position for a source's label (`D` -> `DST`, `FB` -> `RB`)."""
        word = label.strip().upper()
        return self.position_aliases.get(word, word)


def _words(spec: Market | Contest | Stack) -> Iterable[str]:
    """Yield every stat and position a declaration names."""
    if isinstance(spec, Market):
        yield from (*spec.stats, *spec.positions)
    elif isinstance(spec, Stack):
        yield from spec.anchor
        for need in spec.needs:
            yield from need.positions
    else:
        yield from (*spec.scoring, *(b.stat for b in spec.bonuses))
        for slot in spec.slots:
            yield from slot.positions
        for band in spec.bands:
            yield from (band.stat, *band.positions)


def _tables(folder: Traversable) -> dict[str, Any]:
    """Read every TOML file of a folder, keyed by its name."""
    if not folder.is_dir():
        return {}
    found = sorted((p for p in folder.iterdir() if p.name.endswith(".toml")), key=lambda p: p.name)
    return {p.name.removesuffix(".toml"): tomllib.loads(p.read_text(encoding="utf-8")) for p in found}


@cache
def load(code: str) -> Sport:
    """Load one sport from its folder of TOML files.

    Raises:
        KeyError: No such sport is declared.
        ValueError: A declaration is wrong; says which file and why.
    """
    if code not in codes():
        raise KeyError(f"no sport {code!r}; declared: {', '.join(codes())}")
    root = files(__package__) / code
    return Sport(
        code=code,
        **tomllib.loads((root / "sport.toml").read_text(encoding="utf-8")),
        markets=_tables(root / "markets"),
        contests=_tables(root / "contests"),
        stacks=_tables(root / "stacks"),
    )


@cache
def codes() -> tuple[str, ...]:
    """Return the code of every declared sport: the folders that hold a `sport.toml`."""
    root = files(__package__)
    return tuple(sorted(p.name for p in root.iterdir() if p.is_dir() and (p / "sport.toml").is_file()))
