"""Any sport from its players' distributions alone: a Gaussian copula with declared correlations.

The same `Draws`, so that contests and lineups work on them; what they hold is fantasy points, not stat lines.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtr, ndtri
from sdp_sports.correlations import Correlations
from sdp_sports.spec import QUANTILES

from sdp_engine import frames
from sdp_engine.simulate.compiled import entry
from sdp_engine.simulate.draws import GAME_LINES, PLAYERS, RECONCILED, Draws
from sdp_engine.simulate.streams import high, unit32, word, world_key

Floats = NDArray[np.float64]
OUTLOOK: frames.Schema = {
    "player_id": pl.Int64,
    "game_id": pl.String,
    "team_id": pl.String,
    "opponent_id": pl.String,
    "position": pl.String,
    "mean": pl.Float64,
    "sd": pl.Float64,
    "quantiles": pl.List(pl.Float64),
}
"""One row a player: his expected points; `sd` null where only the mean is known, `quantiles` (at
`sdp_sports.spec.QUANTILES`) where the whole distribution is."""
LEVELS = 512
MOST_WORLDS = 200_000
MOST_POINTS = 100_000.0
"""Nobody scores more, whatever is projected of him."""


def simulate(
    outlook: pl.DataFrame, correlations: Correlations, seed: int, worlds: int = 10_000, *, first: int = 0
) -> Draws:
    """Draw the points of players jointly, game by game.

    A game's draws depend on the seed, its id and its own players alone; fewer worlds are the first of more.

    Args:
        outlook: OUTLOOK frame; the players of one game share its id.
        correlations: How positions go together within a team and across a game.
        seed: Any integer from 0 to 2**64 - 1.
        worlds: How many worlds.
        first: The number of the first world.

    Returns:
        Draws of hundredths of points (`sheets["points"]`); scores are not simulated.

    Raises:
        ValueError: A column is missing, a number is no number, a player appears twice, or worlds are out of range.
    """
    frames.check(outlook, OUTLOOK, "outlook")
    if not 1 <= worlds <= MOST_WORLDS or first < 0:
        raise ValueError(f"worlds: {worlds} is not between 1 and {MOST_WORLDS}")
    if outlook.select("player_id", "game_id").is_duplicated().any():
        raise ValueError("outlook: a player appears twice in one game")
    if not outlook["mean"].is_finite().fill_null(value=False).all() or not outlook["sd"].drop_nulls().is_finite().all():
        raise ValueError("outlook: a mean or a standard deviation is not a number")
    ordered = outlook.sort("game_id", "team_id", "player_id")
    points = np.zeros((ordered.height, worlds), np.int32)
    grid = _grids(ordered, correlations)
    if not (np.abs(grid) <= 100 * MOST_POINTS).all():
        raise ValueError(f"outlook: somebody is said to score more than {MOST_POINTS:,.0f} points")
    start = 0
    for (game,), players in ordered.group_by("game_id", maintain_order=True):
        rows = slice(start, start + players.height)
        start += players.height
        names = [f"{player}" for player in players["player_id"]]
        keys = np.array([_key(name) for name in names], np.uint64)
        root = _root(players, correlations)
        draw(np.uint64(seed), np.uint64(_key(str(game))), keys, root, grid[rows], NORMAL, first, points[rows])
    return _draws(ordered, points, worlds)


def _key(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def _grids(players: pl.DataFrame, correlations: Correlations) -> Floats:
    """Return each player's quantiles at LEVELS + 1 levels, in hundredths."""
    levels = np.arange(1, LEVELS) / LEVELS
    edges = np.concatenate([[0.2 / LEVELS], levels, [1 - 0.2 / LEVELS]])
    grid = np.zeros((players.height, edges.size))
    for row, (mean, sd, quantiles) in enumerate(players.select("mean", "sd", "quantiles").iter_rows()):
        grid[row] = _grid(edges, mean, sd, quantiles, correlations)
    return grid * 100


def _grid(
    levels: Floats, mean: float, sd: float | None, quantiles: Sequence[float] | None, correlations: Correlations
) -> Floats:
    """Return the quantiles of one player: those given, else a gamma of his mean and standard deviation."""
    if quantiles is not None and len(quantiles) == len(QUANTILES):
        rising = np.maximum.accumulate(np.asarray(quantiles, np.float64))
        ends = (rising[0] - 0.5 * (rising[1] - rising[0]), rising[-1] + 0.8 * (rising[-1] - rising[-2]))
        return np.asarray(np.interp(levels, [0.0, *QUANTILES, 1.0], [ends[0], *rising, ends[1]]))
    wide = correlations.spread(mean) if sd is None else max(sd, 0.0)
    if wide <= 1e-9:
        return np.full(levels.size, mean)
    if mean <= 0:
        return np.asarray(mean + wide * ndtri(levels))
    shape = (mean / wide) ** 2
    drawn = np.asarray(gammaincinv(max(shape, 0.02), levels) * wide**2 / mean)
    middle = float(((drawn[1:] + drawn[:-1]) / 2).mean())
    return drawn * mean / middle


def _root(players: pl.DataFrame, correlations: Correlations) -> Floats:
    """Return a root of the nearest correlation matrix that can be: negative eigenvalues count as none."""
    teams, positions = players["team_id"].to_list(), players["position"].to_list()
    n = len(teams)
    matrix = np.eye(n)
    for i in range(n):
        for j in range(i):
            relation = "team" if teams[i] == teams[j] else "opponent"
            matrix[i, j] = matrix[j, i] = correlations.value(relation, positions[i], positions[j])
    values, vectors = np.linalg.eigh(matrix)
    mended = (vectors * np.maximum(values, 1e-6)) @ vectors.T
    scale = 1 / np.sqrt(np.diag(mended))
    return np.asarray(np.linalg.cholesky(mended * scale[:, None] * scale))


NORMAL = ndtr(np.linspace(-6.0, 6.0, 4097))
"""The normal's distribution function from -6 to 6 in steps of 12 / 4096."""


@entry
def draw(stamp: int) -> Callable[..., int]:
    """Close over the stamp."""

    def draw(
        seed: Any,
        game: Any,
        players: NDArray[np.uint64],
        root: Floats,
        grid: Floats,
        normal: Floats,
        first: int,
        out: NDArray[np.int32],
    ) -> int:
        """Draw a game's worlds: normals, correlated, put onto each player's quantiles, (players, W)."""
        n, worlds = out.shape
        levels = grid.shape[1] - 1
        z = np.empty(n)
        for w in range(worlds):
            key = world_key(seed, game, first + w)
            for i in range(n):
                a, b = word(key + players[i], 0), word(key + players[i], 1)
                radius = np.sqrt(-2.0 * np.log(max(np.float64(unit32(high(a))), 1e-12)))
                z[i] = radius * np.cos(6.283185307179586 * np.float64(unit32(high(b))))
            for i in range(n):
                value = 0.0
                for j in range(i + 1):
                    value += root[i, j] * z[j]
                place = min(max((value + 6.0) / 12.0, 0.0), 0.999999) * (normal.size - 1)
                k = np.int64(place)
                level = (normal[k] + (normal[k + 1] - normal[k]) * (place - k)) * levels
                cell = min(np.int64(level), levels - 1)
                drawn = grid[i, cell] + (grid[i, cell + 1] - grid[i, cell]) * (level - cell)
                out[i, w] = np.int32(np.floor(drawn + 0.5))
        return stamp

    return draw


def _draws(players: pl.DataFrame, points: NDArray[np.int32], worlds: int) -> Draws:
    """Return the draws with who is who."""
    listed = players.with_columns(is_active=pl.lit(value=True)).select(list(PLAYERS))
    games = players.group_by("game_id", maintain_order=True).agg(pl.col("team_id").unique(maintain_order=True))
    rows = [
        (game, teams[0], teams[1] if len(teams) > 1 else teams[0], None, None, "none") for game, teams in games.rows()
    ]
    return Draws(
        worlds,
        pl.DataFrame(rows, schema=GAME_LINES, orient="row"),
        listed,
        {"points": points[None], "scores": np.zeros((len(rows), 2, worlds), np.uint8)},
        {"points": np.arange(players.height)},
        pl.DataFrame(schema={k: v for k, v in RECONCILED.items() if k != "simulated"}),
    )
