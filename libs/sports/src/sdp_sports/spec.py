"""Sports, markets, contests and stacks, declared as data and checked on load."""

import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from sdp_sports.contest import (
    CONFIDENCES,
    UNCAPPED,
    Band,
    Bonus,
    Confidence,
    Contest,
    Limit,
    Milestone,
    Scoring,
    Slot,
    Spec,
)

__all__ = [
    "CONFIDENCES",
    "QUANTILES",
    "UNCAPPED",
    "Band",
    "Bonus",
    "Confidence",
    "Contest",
    "Limit",
    "Market",
    "Milestone",
    "Scoring",
    "Slot",
    "Spec",
    "Sport",
    "Stack",
    "StackNeed",
    "codes",
    "find_contest",
    "load",
]

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


class Market(Spec):
    """One player market: what it settles on, for whom it is offered and how it is modelled.

    `stats` are summed, by `weights` where given, into the quantity that is predicted (`anytime_touchdown` sums
    rushing and receiving touchdowns); with `at_least` it is 1 where the sum reaches that and 0 where not. A market
    that names a `contest` instead predicts that contest's fantasy points. `family` names the distribution family,
    `features` the set of features its models read, `given` what its models take for granted: that the player is
    active, or that he is also `involved` (the market of that name). `line_step` is the grid on which lines are
    quoted. A bet on it is void where the player did not do what `void_unless` says: take a snap, or start.
    """

    title: str
    stats: tuple[str, ...] = ()
    contest: str | None = None
    positions: tuple[str, ...] = Field(min_length=1)
    family: Literal["empirical", "poisson", "negative_binomial", "bernoulli"]
    line_step: float = 0.5
    weights: tuple[float, ...] = ()
    at_least: float | None = None
    features: Literal["passing", "rushing", "receiving", "scoring", "kicking", "defence", "all"] = "all"
    given: Literal["active", "involved"] = "involved"
    void_unless: Literal["plays", "starts"] = "plays"

    @model_validator(mode="after")
    def _settles_on_one_thing(self) -> Self:
        if bool(self.stats) == (self.contest is not None):
            raise ValueError("name either stats or a contest")
        if self.weights and len(self.weights) != len(self.stats):
            raise ValueError(f"{len(self.weights)} weights for {len(self.stats)} stats")
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
    """Everything the platform knows about one sport.

    `stats` are those of a box score: what a line does not name is 0. `plays` are told by the play-by-play alone: of a
    game of which none is held they are unknown, never 0.
    """

    code: str
    name: str
    positions: tuple[str, ...]
    stats: tuple[str, ...]
    plays: tuple[str, ...] = ()
    team_aliases: dict[str, str] = Field(default_factory=dict)
    teams: dict[str, str] = Field(default_factory=dict)
    position_aliases: dict[str, str] = Field(default_factory=dict)
    markets: dict[str, Market] = Field(default_factory=dict)
    scorings: dict[str, Scoring] = Field(default_factory=dict)
    contests: dict[str, Contest] = Field(default_factory=dict)
    stacks: dict[str, Stack] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _vocabulary_is_closed(self) -> Self:
        """Refuse a declaration that names an unknown stat or position."""
        known = {*self.stats, *self.plays, *self.positions}
        kinds: tuple[tuple[str, Mapping[str, Market | Scoring | Contest | Stack]], ...] = (
            ("market", self.markets),
            ("scoring", self.scorings),
            ("contest", self.contests),
            ("stack", self.stacks),
        )
        for kind, specs in kinds:
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


def _words(spec: Market | Scoring | Contest | Stack) -> Iterable[str]:
    """Yield every stat and position a declaration names."""
    if isinstance(spec, Market):
        yield from (*spec.stats, *spec.positions)
    elif isinstance(spec, Stack):
        yield from spec.anchor
        for need in spec.needs:
            yield from need.positions
    elif isinstance(spec, Scoring):
        yield from _scored(spec.weights, spec)
    else:
        yield from _scored(spec.scoring, spec)
        for slot in spec.slots:
            yield from slot.positions
        for limit in spec.limits:
            yield from limit.positions
        yield from spec.min_teams_without


def _scored(weights: Iterable[str], spec: Scoring | Contest) -> Iterable[str]:
    """Yield every stat and position that points are paid for."""
    yield from weights
    for bonus in spec.bonuses:
        yield from (bonus.stat, *bonus.plus)
    for milestone in spec.milestones:
        yield from milestone.stats
    for band in spec.bands:
        yield from (band.stat, *band.positions)


def _tables(folder: Traversable) -> dict[str, Any]:
    """Read every TOML file of a folder, keyed by its name."""
    if not folder.is_dir():
        return {}
    found = sorted((p for p in folder.iterdir() if p.name.endswith(".toml")), key=lambda p: p.name)
    return {p.name.removesuffix(".toml"): tomllib.loads(p.read_text(encoding="utf-8")) for p in found}


def _scored_contests(contests: dict[str, Any], scorings: Mapping[str, Scoring]) -> dict[str, Any]:
    """Put the scorings that contests name into them; two of one contest may not pay the same stat."""
    for key, table in contests.items():
        named = table.pop("scored_by", [])
        if missing := set(named) - set(scorings):
            raise ValueError(f"contest {key}: unknown scoring {sorted(missing)}; declared: {', '.join(scorings)}")
        parts = [scorings[name] for name in named]
        weights = [stat for part in parts for stat in part.weights]
        if len(set(weights)) != len(weights):
            raise ValueError(f"contest {key}: two scorings pay the same stat")
        if not parts:
            continue
        table["scored_by"] = named
        table["scoring"] = {stat: weight for part in parts for stat, weight in part.weights.items()}
        for field in ("bonuses", "milestones", "bands"):
            table[field] = [award for part in parts for award in getattr(part, field)]
        table["scoring_confidence"] = min((part.confidence for part in parts), key=CONFIDENCES.index)
    return contests


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
    scorings = {key: Scoring(**table) for key, table in _tables(root / "scorings").items()}
    return Sport(
        code=code,
        **tomllib.loads((root / "sport.toml").read_text(encoding="utf-8")),
        markets=_tables(root / "markets"),
        scorings=scorings,
        contests=_scored_contests(_tables(root / "contests"), scorings),
        stacks=_tables(root / "stacks"),
    )


@cache
def codes() -> tuple[str, ...]:
    """Return the code of every declared sport: the folders that hold a `sport.toml`."""
    root = files(__package__)
    return tuple(sorted(p.name for p in root.iterdir() if p.is_dir() and (p / "sport.toml").is_file()))


def find_contest(name: str) -> tuple[Sport, str]:
    """Return the sport and the key of a contest by its code (`dk_nfl_classic`) or its id (`nfl:draftkings_classic`).

    Raises:
        KeyError: No contest is called so; names those that are called nearly so.
    """
    sport, _, key = name.partition(":")
    if key and sport in codes() and key in load(sport).contests:
        return load(sport), key
    by_code = {contest.code: (code, key) for code in codes() for key, contest in load(code).contests.items()}
    if name not in by_code:
        near = get_close_matches(name, by_code, cutoff=0.7)
        raise KeyError(f"no contest {name!r}" + (f" (did you mean {' or '.join(near)}?)" if near else ""))
    code, key = by_code[name]
    return load(code), key
