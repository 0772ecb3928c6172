"""How players' fantasy points go together, declared by position and relation: `<sport>/correlations.toml`."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal, Self

from pydantic import Field, model_validator

from sdp_sports.spec import Spec, codes

ANY = "*"
"""Stands for every position."""


class Pair(Spec):
    """The correlation of two players' points beyond what is expected of each.

    Attributes:
        relation: They are of one team, or of two that play each other.
        positions: Of the one and of the other, in either order; `*` is any, `LW/RW` either.
        value: Pearson's correlation.
        rows: How many pairs it was estimated from; 0 where it is assumed.
    """

    relation: Literal["team", "opponent"]
    positions: tuple[str, str]
    value: float = Field(gt=-1.0, lt=1.0)
    rows: int = 0


def _fits(declared: str, position: str) -> bool:
    return declared == ANY or position in declared.split("/")


class Correlations(Spec):
    """A sport's pairs, the first that fits counts, and how widely points spread where nobody says.

    `sd_at_zero` and `sd_per_point` give the standard deviation expected around a mean.
    """

    source: str
    sd_at_zero: float = Field(4.0, ge=0.0)
    sd_per_point: float = Field(0.3, ge=0.0)
    pairs: tuple[Pair, ...] = ()

    def value(self, relation: str, first: str, second: str) -> float:
        """Return the correlation of two positions in a relation; 0 where nothing is declared."""
        for pair in self.pairs:
            one, other = pair.positions
            for a, b in ((one, other), (other, one)):
                if pair.relation == relation and _fits(a, first) and _fits(b, second):
                    return pair.value
        return 0.0

    def spread(self, mean: float) -> float:
        """Return the standard deviation of points expected around a mean."""
        return self.sd_at_zero + self.sd_per_point * max(mean, 0.0)

    @model_validator(mode="after")
    def _says_each_pair_once(self) -> Self:
        keys = [(pair.relation, frozenset(pair.positions)) for pair in self.pairs]
        if len(set(keys)) < len(keys):
            raise ValueError("a pair of positions is declared twice in one relation")
        return self


def parse(text: str) -> Correlations:
    """Return what a TOML document declares.

    Raises:
        ValueError: It is no TOML, or not a declaration; says why.
    """
    try:
        return Correlations(**tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"not TOML: {error}") from error


@cache
def load_correlations(code: str) -> Correlations:
    """Return a sport's declaration; players independent of one another where it has none.

    Raises:
        KeyError: No such sport is declared.
        ValueError: The declaration is wrong.
    """
    if code not in codes():
        raise KeyError(f"no sport {code!r}; declared: {', '.join(codes())}")
    file = files(__package__) / code / "correlations.toml"
    if not file.is_file():
        return Correlations(source="none: players are independent")
    return parse(file.read_text(encoding="utf-8"))
