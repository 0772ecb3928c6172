"""What the players of a pool score in worlds: read off joint draws, or drawn around what is projected of them."""

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_sports.correlations import Correlations
from sdp_sports.spec import Contest

from sdp_engine.frames import Schema
from sdp_engine.simulate import generic
from sdp_engine.simulate.draws import Draws

Float32s = NDArray[np.float32]


def drawn(draws: Draws, contest: Contest, pool: pl.DataFrame) -> tuple[Float32s, NDArray[np.bool_]]:
    """Return points of every pool row, (rows, worlds), and who was drawn at all; the others have zeros.

    Args:
        draws: Joint draws of the slate.
        contest: The contest that scores them.
        pool: A POOL frame.
    """
    row_of = {
        (player, game): row
        for row, (player, game) in enumerate(draws.players.select("player_id", "game_id").iter_rows())
        if player is not None
    }
    points = np.zeros((pool.height, draws.worlds), np.float32)
    known = np.zeros(pool.height, np.bool_)
    scored: dict[int, int] = {}
    for row, key in enumerate(pool.select("player_id", "game_id").iter_rows()):
        place = row_of.get(key)
        if place is None:
            continue
        known[row] = True
        # Who is listed once a slot, a captain and a flex, is one player: his points are worked out once.
        first = scored.setdefault(place, row)
        points[row] = points[first] if first != row else draws.points(contest, place)
    return points, known


def around(pool: pl.DataFrame, correlations: Correlations, seed: int, worlds: int) -> Float32s:
    """Return points of every pool row drawn jointly around its projection, (rows, worlds).

    Args:
        pool: A POOL frame, with `sd` and `quantiles` (at `sdp_sports.spec.QUANTILES`) where they are known. Rows of one
            player score alike.
        correlations: How positions go together in the sport.
        seed: Seed of the draws.
        worlds: How many worlds.
    """
    told = pool.with_columns(
        *(pl.lit(None, dtype).alias(name) for name, dtype in _KNOWN.items() if name not in pool.columns),
        who=pl.when(pl.col("player_id").is_not_null())
        .then(pl.format("p{}", "player_id"))
        .otherwise(pl.format("{} {}", "name", pl.col("team_id").fill_null(""))),
    )
    # a player's stream is his least draftable: it is the same whatever else is in the pool, in whatever order
    numbered = told.with_columns(number=pl.col("draftable_id").min().over("who"))
    people = numbered.unique("who", keep="first", maintain_order=True)
    outlook = people.select(
        pl.col("number").alias("player_id"),
        pl.col("game_id").fill_null(""),
        pl.col("team_id").fill_null(""),
        pl.col("opponent_id").fill_null(""),
        "position",
        pl.col("points").alias("mean"),
        pl.col("sd").cast(pl.Float64),
        pl.col("quantiles").cast(pl.List(pl.Float64)),
    )
    draws = generic.simulate(outlook, correlations, seed, worlds)
    place = {int(number): row for row, number in enumerate(draws.players["player_id"])}
    number_of = dict(people.select("who", "number").iter_rows())
    order = np.array([place[number_of[who]] for who in told["who"]], np.int64)
    return np.asarray(draws.sheets["points"][0][order] / 100.0, np.float32)


_KNOWN: Schema = {"sd": pl.Float64, "quantiles": pl.List(pl.Float64)}
