"""The one Distribution: a family and its parameters, for one variable or for many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Array = NDArray[np.float64]

FAMILIES: dict[str, tuple[str, ...]] = {
    "empirical": ("levels", "values", "step"),
    "normal": ("mean", "sd"),
    "poisson": ("mean",),
    "negative_binomial": ("mean", "size"),
    "bernoulli": ("prob",),
}
"""Each family and the names of its parameters.

`empirical`: a quantile grid, `values` at the probabilities `levels` (which run from 0 to 1), linear in between; a
positive `step` puts the variable on multiples of it, 0 leaves it continuous. `negative_binomial`: variance
`mean + mean**2 / size`. Every family may carry a `zero` atom: with that probability the variable is 0 instead.
"""


@dataclass(frozen=True, eq=False)
class Distribution:
    """`n` independent variables of one family.

    Attributes:
        family: A key of `FAMILIES`.
        params: Every parameter as an array of shape (n,); of an empirical one `levels` is (k,) and `values` (n, k).
        zero: The probability of the zero atom, shape (n,).
    """

    family: str
    params: Mapping[str, Array]
    zero: Array

    @classmethod
    def of(cls, family: str, *, zero: ArrayLike = 0.0, **params: ArrayLike) -> Self:
        """Return the distribution with these parameters, broadcast to one length.

        Raises:
            ValueError: Unknown family, a parameter too many or missing, or a value out of its range.
        """
        if family not in FAMILIES:
            raise ValueError(f"unknown family {family!r}; known: {', '.join(FAMILIES)}")
        if family == "empirical":
            params.setdefault("step", 0.0)
        if set(params) != set(FAMILIES[family]):
            raise ValueError(f"{family} takes {', '.join(FAMILIES[family])}; given: {', '.join(sorted(params))}")
        arrays = {name: np.asarray(value, dtype=np.float64) for name, value in params.items()}
        atom = np.asarray(zero, dtype=np.float64)
        if "values" in arrays:
            arrays["values"] = np.atleast_2d(arrays["values"])
        flat = [a for name, a in arrays.items() if name not in ("levels", "values")]
        n = max([len(arrays["values"]) if "values" in arrays else 1, *(a.size for a in (*flat, atom))])
        for name, array in arrays.items():
            if name == "values":
                arrays[name] = np.broadcast_to(array, (n, array.shape[1]))
            elif name != "levels":
                arrays[name] = np.broadcast_to(array, (n,))
        made = cls(family, arrays, np.broadcast_to(atom, (n,)))
        made._check()
        return made

    @classmethod
    def from_params(cls, family: str, rows: Sequence[Mapping[str, Any]]) -> Self:
        """Return the distribution from what `to_params` gave, one mapping a variable.

        Raises:
            ValueError: Nothing given, or not what `to_params` writes.
        """
        if not rows:
            raise ValueError("no parameters: a distribution has at least one variable")
        names = [*FAMILIES.get(family, ()), "zero"]
        if any(set(row) != set(names) for row in rows):
            raise ValueError(f"{family} is written as {', '.join(names)}")
        columns: dict[str, Any] = {name: [row[name] for row in rows] for name in names}
        if "levels" in columns:
            if any(levels != columns["levels"][0] for levels in columns["levels"]):
                raise ValueError("the variables of one distribution share their levels")
            columns["levels"] = columns["levels"][0]
        return cls.of(family, **columns)

    def to_params(self) -> list[dict[str, Any]]:
        """Return one JSON-ready mapping a variable, which `from_params` reads back exactly."""
        listed = {name: array.tolist() for name, array in (*self.params.items(), ("zero", self.zero))}
        shared = listed.pop("levels", None)
        rows = [dict(zip(listed, row, strict=True)) for row in zip(*listed.values(), strict=True)]
        return rows if shared is None else [{"levels": shared, **row} for row in rows]

    def __len__(self) -> int:
        return int(self.zero.size)

    def __getitem__(self, index: Any) -> "Distribution":
        """Return the chosen variables (an index array, a mask, a slice or one number)."""
        rows = np.atleast_1d(np.arange(len(self))[index])
        params = {name: array if name == "levels" else array[rows] for name, array in self.params.items()}
        return Distribution(self.family, params, self.zero[rows])

    def given(self, chance: ArrayLike) -> "Distribution":
        """Return the variables that are these with a chance (a number or one a variable), and 0 else."""
        kept = np.clip(np.broadcast_to(np.asarray(chance, dtype=np.float64), (len(self),)), 0.0, 1.0)
        return Distribution(self.family, self.params, 1.0 - (1.0 - self.zero) * kept)

    @property
    def is_discrete(self) -> bool:
        """Whether the variable takes whole numbers by its family."""
        return self.family in ("poisson", "negative_binomial", "bernoulli")

    def mean(self) -> Array:
        """Return the means, shape (n,)."""
        return (1 - self.zero) * self._moments()[0]

    def sd(self) -> Array:
        """Return the standard deviations, shape (n,)."""
        first, second = self._moments()
        weight = 1 - self.zero
        return np.sqrt(np.maximum(weight * second - (weight * first) ** 2, 0.0))

    def cdf(self, x: ArrayLike) -> Array:
        """Return P(X <= x); `x` of shape (n,) or (n, m), or one number for all. The result has x's shape."""
        return self._shaped(x, left=False)

    def prob_over(self, line: ArrayLike) -> Array:
        """Return P(X > line), shaped as `cdf`. A push counts neither here nor in the under."""
        return 1.0 - self.cdf(line)

    def prob_push(self, line: ArrayLike) -> Array:
        """Return P(X = line), shaped as `cdf`."""
        return self.cdf(line) - self._shaped(line, left=True)

    def prob_zero(self) -> Array:
        """Return P(X = 0), shape (n,)."""
        return self.prob_push(0.0)

    def quantile(self, levels: ArrayLike) -> Array:
        """Return the smallest x with P(X <= x) >= level, shape (n, k); levels are (k,), or (n, k): each row its own."""
        p = np.asarray(levels, dtype=np.float64)
        return self._quantile(np.broadcast_to(np.atleast_1d(p), (len(self), p.shape[-1] if p.ndim else 1)))

    def sample(self, rng: np.random.Generator, size: int) -> Array:
        """Return independent draws, shape (n, size)."""
        return self._quantile(rng.random((len(self), size)))

    def _check(self) -> None:
        """Refuse parameters outside their range."""
        p = self.params
        positive = {"normal": ("sd",), "negative_binomial": ("size",)}.get(self.family, ())
        not_negative = {"poisson": ("mean",), "negative_binomial": ("mean",), "empirical": ("step",)}.get(
            self.family, ()
        )
        faults = [f"{name} is not positive" for name in positive if not np.all(p[name] > 0)]
        faults += [f"{name} is negative" for name in not_negative if not np.all(p[name] >= 0)]
        faults += [f"{name} is not finite" for name, array in p.items() if not np.all(np.isfinite(array))]
        chances = {"zero": self.zero, **({"prob": p["prob"]} if "prob" in p else {})}
        faults += [f"{name} is not a probability" for name, a in chances.items() if not np.all((a >= 0) & (a <= 1))]
        if self.family == "empirical":
            levels, values = p["levels"], p["values"]
            if levels.ndim != 1 or values.shape[1] != levels.size or levels.size < 2:
                faults.append("levels and values do not fit")
            elif levels[0] != 0 or levels[-1] != 1 or np.any(np.diff(levels) <= 0):
                faults.append("levels do not run from 0 to 1")
            elif np.any(np.diff(values, axis=1) < 0):
                faults.append("values fall")
        if faults:
            raise ValueError(f"{self.family}: {'; '.join(faults)}")

    def _moments(self) -> tuple[Array, Array]:
        """Return the first two moments about zero, without the zero atom."""
        p = self.params
        if self.family == "empirical":
            a, b = p["values"][:, :-1], p["values"][:, 1:]
            width = np.diff(p["levels"])
            return ((a + b) / 2) @ width, ((a * a + a * b + b * b) / 3) @ width
        if self.family == "normal":
            return p["mean"], p["mean"] ** 2 + p["sd"] ** 2
        if self.family == "bernoulli":
            return p["prob"], p["prob"]
        mean = p["mean"]
        extra = mean**2 / p["size"] if self.family == "negative_binomial" else 0.0
        return mean, mean**2 + mean + extra

    def _shaped(self, x: ArrayLike, *, left: bool) -> Array:
        """Return P(X <= x), or P(X < x), in the shape of x (a single number: (n,))."""
        points = np.asarray(x, dtype=np.float64)
        flat = points.ndim < 2
        grid = np.broadcast_to(points, (len(self),))[:, None] if flat else points
        below = self._cdf(grid, left=left)
        atom = grid > 0 if left else grid >= 0
        result = (1 - self.zero[:, None]) * below + self.zero[:, None] * atom
        return result[:, 0] if flat else result

    def _cdf(self, x: Array, *, left: bool) -> Array:
        """Return P(X <= x), or P(X < x), of the part without the atom; x is (n, m)."""
        p = {name: array[:, None] for name, array in self.params.items() if name not in ("levels", "values")}
        if self.family == "empirical":
            step = p["step"]
            safe = np.where(step > 0, step, 1.0)
            cell = np.ceil(x / safe) - 1 if left else np.floor(x / safe)
            snapped = np.where(step > 0, (cell + 0.5) * safe, x)
            return _grid_cdf(self.params["levels"], self.params["values"], snapped, left=left)
        if self.family == "normal":
            return np.asarray(stats.norm.cdf(x, p["mean"], p["sd"]))
        k = np.ceil(x) - 1 if left else np.floor(x)
        if self.family == "poisson":
            return np.asarray(stats.poisson.cdf(k, p["mean"]))
        if self.family == "bernoulli":
            return np.where(k < 0, 0.0, np.where(k < 1, 1 - p["prob"], 1.0))
        return np.asarray(stats.nbinom.cdf(k, p["size"], _success(p["mean"], p["size"])))

    def _quantile(self, level: Array) -> Array:
        """Return quantiles of the mixture; `level` is (n, k), each row for its own variable."""
        zero = self.zero[:, None]
        if not np.any(zero):
            return self._ppf(level)
        at_zero = np.zeros((len(self), 1))
        low = (1 - zero) * self._cdf(at_zero, left=True)
        high = (1 - zero) * self._cdf(at_zero, left=False) + zero
        weight = np.where(zero < 1, 1 - zero, 1.0)
        inner = np.where(level <= low, level, level - zero) / weight
        found = self._ppf(np.clip(inner, 0.0, 1.0))
        return np.where((level > low) & (level <= high), 0.0, found)

    def _ppf(self, level: Array) -> Array:
        """Return quantiles of the part without the atom."""
        p = {name: array[:, None] for name, array in self.params.items() if name not in ("levels", "values")}
        if self.family == "empirical":
            found = _grid_quantile(self.params["levels"], self.params["values"], level)
            step = p["step"]
            safe = np.where(step > 0, step, 1.0)
            return np.where(step > 0, np.ceil(np.round(found / safe - 0.5, 9)) * safe, found)
        if self.family == "normal":
            return np.asarray(stats.norm.ppf(level, p["mean"], p["sd"]))
        if self.family == "poisson":
            found = np.asarray(stats.poisson.ppf(level, p["mean"]))
        elif self.family == "bernoulli":
            found = np.where(level <= 1 - p["prob"], 0.0, 1.0)
        else:
            found = np.asarray(stats.nbinom.ppf(level, p["size"], _success(p["mean"], p["size"])))
        return np.maximum(found, 0.0)


def _success(mean: Array, size: Array) -> Array:
    """Return scipy's success probability of a negative binomial given its mean and size."""
    return size / (size + mean)


def _grid_cdf(levels: Array, values: Array, x: Array, *, left: bool) -> Array:
    """Invert the piecewise-linear quantile function; flat pieces (atoms) count by `left`."""
    beyond = values[:, None, :] < x[:, :, None] if left else values[:, None, :] <= x[:, :, None]
    index = beyond.sum(axis=2) - 1
    inside = np.clip(index, 0, levels.size - 2)
    rows = np.arange(len(values))[:, None]
    low, high = values[rows, inside], values[rows, inside + 1]
    gap = np.where(high > low, high - low, 1.0)
    share = np.clip((x - low) / gap, 0.0, 1.0)
    found = levels[inside] + share * (levels[inside + 1] - levels[inside])
    return np.where(index < 0, 0.0, np.where(index >= levels.size - 1, 1.0, found))


def _grid_quantile(levels: Array, values: Array, level: Array) -> Array:
    """Interpolate the quantile function; `level` is (n, k)."""
    index = np.clip(np.searchsorted(levels, level, side="right") - 1, 0, levels.size - 2)
    rows = np.arange(len(values))[:, None]
    low, high = values[rows, index], values[rows, index + 1]
    share = (level - levels[index]) / (levels[index + 1] - levels[index])
    return low + share * (high - low)
