"""How the people of a contest draft: the declared and learned parameters of the field model.

A member's pull is a weighted sum of what everybody can see of him before the lock, measured against the slate; a
lineup is drafted with probability proportional to exp(sum of pulls + pull of the salary it leaves unspent), over all
legal lineups. Entrants differ in how closely they follow the pulls: a share of them by each sharpness. And they copy
each other, in trains whose sizes follow a Pitman-Yor process: each entry alone is drafted as the model says, but more
of them are the same than chance would have it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field
from sdp_sports.spec import Contest, Spec

Floats = NDArray[np.float64]
LEFT_USD = (0.0, 0.002, 0.004, 0.006, 0.008, 0.012, 0.022, 0.042)
"""Lower ends of the bins of unspent salary, as shares of the cap (of 50,000: 0, 100, 200, 300, 400, 600, ...)."""
MOST_VALUE = 2.0
"""A value greater than any contest has shown pulls no more than this: next to nothing is no price to divide by."""


class Bond(Spec):
    """How much likelier a player of these positions is taken beside the anchor: with him, or against him."""

    side: Literal["team", "opponent", "game"]
    positions: tuple[str, ...] = ()
    pull: float = 0.0


class Sharpness(Spec):
    """A share of the entrants, and how closely they follow the pulls: 1 as fitted, 0 not at all."""

    share: float = Field(gt=0, le=1)
    power: float = Field(gt=0)


class Habits(Spec):
    """The field model's parameters, with where they come from.

    Attributes:
        source: The contests they were learned from, or why they are believed.
        pulls: Weight of each feature of `features`, which may be prefixed by a position (`C:value`).
        unspent: Pull of each bin of LEFT_USD.
        anchor: The positions that a stack is built around; empty where no position is: then any team or game.
        bonds: How stacks are built.
        sharpness: Classes of entrants.
        discount: The Pitman-Yor process's: about entries**discount of them are drafted, the others copied; 1: nobody
            copies.
        slates: Digests of the slates that were learned from, so that a back-test knows what it may not use.
    """

    source: str
    pulls: dict[str, float]
    unspent: tuple[float, ...] = Field((0.0,) * len(LEFT_USD), min_length=len(LEFT_USD), max_length=len(LEFT_USD))
    anchor: tuple[str, ...] = ()
    bonds: tuple[Bond, ...] = ()
    sharpness: tuple[Sharpness, ...] = (Sharpness(share=1.0, power=1.0),)
    discount: float = Field(1.0, gt=0, le=1)
    slates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scale:
    """What pulls are measured against: a slate's points a dollar, and a slot's share of the cap."""

    points_per_usd: float
    slot_usd: float


def scale_of(contest: Contest, pool: pl.DataFrame) -> Scale:
    """Return a slate's scale: points a dollar, weighted by points, so that the bench does not count."""
    points, salary = pool["points"].to_numpy(), pool["salary_usd"].to_numpy().astype(np.float64)
    seen = (points > 0) & (salary > 0)
    worth = float((points[seen] ** 2).sum()) / float((points * salary)[seen].sum()) if seen.any() else 1.0
    slot = min(contest.salary_cap_usd / contest.roster_size, float(salary.max(initial=1.0)))
    return Scale(worth, max(slot, 1.0))


def features(contest: Contest, pool: pl.DataFrame) -> dict[str, Floats]:
    """Return what pulls on each row of a pool, (rows,) each.

    `crowd_*` are of the points that others project (column `field_points`), ours where there are none.
    """
    scale = scale_of(contest, pool)
    salary = np.maximum(pool["salary_usd"].to_numpy().astype(np.float64), 1.0)
    points = np.maximum(pool["points"].fill_null(0.0).to_numpy(), 0.0)
    crowd = points
    if "field_points" in pool.columns:
        crowd = np.where(points > 0, pool["field_points"].fill_null(pool["points"]).to_numpy(), 0.0)
    value = np.minimum(points / (salary * scale.points_per_usd), MOST_VALUE)
    crowd_value = np.minimum(crowd / (salary * scale.points_per_usd), MOST_VALUE)
    slot_points = scale.slot_usd * scale.points_per_usd
    found = {
        "points": points / slot_points,
        "value": value,
        "good_value": np.maximum(value - 1.0, 0.0),
        "great_value": np.maximum(value - 1.2, 0.0),
        "crowd_points": crowd / slot_points,
        "crowd_value": crowd_value,
        "crowd_good_value": np.maximum(crowd_value - 1.1, 0.0),
        "salary": salary / scale.slot_usd,
        "star": np.maximum(salary / scale.slot_usd - 1.3, 0.0),
        "cheapest": (salary <= salary.min()).astype(np.float64),
        "no_points": (points <= 0).astype(np.float64),
    }
    if "ownership" in pool.columns:
        said = pool["ownership"].fill_null(0.0).to_numpy()
        found |= {"said": np.log(said + 0.001), "said_share": said}
    return found


def pulls(habits: Habits, contest: Contest, pool: pl.DataFrame) -> Floats:
    """Return the pull of each row of a pool, (rows,); a feature that the pool cannot tell pulls nobody."""
    return weigh(habits.pulls, features(contest, pool), pool["position"])


def weigh(weights: Mapping[str, float], found: Mapping[str, Floats], position: pl.Series) -> Floats:
    """Return the weighted sum of features; `C:value` counts for centers alone, and `C:` is a constant of theirs."""
    total = np.zeros(len(position))
    for name, weight in weights.items():
        total += weight * column(name, found, position)
    return total


def column(name: str, found: Mapping[str, Floats], position: pl.Series) -> Floats:
    """Return one feature, masked by its position where it names one."""
    where, colon, what = name.rpartition(":")
    values = found.get(what, np.zeros(len(position))) if what else np.ones(len(position))
    if not colon:
        return values
    return np.asarray(values * position.str.split("/").list.contains(where).to_numpy())


def unspent_bins(budget: int) -> NDArray[np.int64]:
    """Return the bin of LEFT_USD of every number of steps left of a budget, (budget + 1,)."""
    share = np.arange(budget + 1) / max(budget, 1)
    return np.asarray(np.searchsorted(np.array(LEFT_USD) - 1e-9, share, side="right") - 1, np.int64)


@cache
def load(name: str) -> Habits:
    """Load shipped habits by name (`nba_classic`); `general` where there are none of that name.

    Raises:
        ValueError: The declaration is wrong.
    """
    place = _file(name)
    if not place.is_file():
        place = _file("general")
    return Habits(**tomllib.loads(place.read_text(encoding="utf-8")))


def load_told(name: str, *, has_ownership: bool) -> Habits:
    """Load the habits of `name` that look at projected ownership, where there is any and such are shipped.

    Raises:
        ValueError: The declaration is wrong.
    """
    told = f"{name}_said"
    return load(told if has_ownership and _file(told).is_file() else name)


def _file(name: str) -> Traversable:
    return files(__package__) / "habits" / f"{name}.toml"
