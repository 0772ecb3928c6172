"""The roles of a side's players, what they score, and what happened to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_sports.score import points as score_points
from sdp_sports.spec import Contest

from sdp_engine.simulate.draws import Draws

Floats = NDArray[np.float64]
PAIRS = tuple(
    (pair.split(":")[0], pair.split(":")[1])
    for pair in [
        "QB:WR1",
        "QB:WR2",
        "QB:WR3",
        "QB:TE1",
        "QB:RB1",
        "QB:RB2",
        "QB:oppQB",
        "QB:oppWR1",
        "QB:oppRB1",
        "QB:oppDST",
        "QB:DST",
        "QB:K",
        "RB1:DST",
        "RB1:K",
        "RB1:oppDST",
        "RB1:RB2",
        "RB1:WR1",
        "RB1:TE1",
        "RB1:oppRB1",
        "WR1:WR2",
        "WR1:TE1",
        "WR1:oppWR1",
        "WR1:oppDST",
        "WR2:oppDST",
        "TE1:oppDST",
        "WR1:K",
        "DST:oppDST",
        "DSTfull:oppDSTfull",
        "DST:K",
        "DSTfull:K",
        "DST:oppK",
        "K:oppK",
        "QB:oppDSTfull",
        "QB:oppK",
    ]
)
"""Pairs of roles (by use expected before the game) whose points are correlated; `opp` is the other side's. DST is
sacks, turnovers and points allowed, DSTfull its touchdowns and safeties too; K counts 3, 4, 5 and 1 points."""
_RANKED = (("WR", "targets", 3), ("TE", "targets", 2), ("RB", "rushing_attempts", 2))
ALWAYS = frozenset({"QB", "K", "DST"})
"""Roles whose reference asks for no use before the game."""
_KICKS = {"fg_made_0_39": 3.0, "fg_made_40_49": 4.0, "fg_made_50_plus": 5.0, "xp_made": 1.0}
_CATCHING = {"receiving_yards": "receiving_yards", "receptions": "receptions"}
_RUNNING = {"rushing_yards": "rushing_yards", "rushing_attempts": "carries"}
_PASSING = {
    "passing_yards": "passing_yards",
    "passing_attempts": "attempts",
    "passing_completions": "completions",
    "passing_tds": "passing_tds",
    "interceptions": "interceptions",
    "rushing_yards": "rushing_yards",
}
OVERS = {
    "QB": _PASSING,
    **dict.fromkeys(("RB1", "RB2"), _CATCHING | _RUNNING),
    **dict.fromkeys(("WR1", "WR2", "WR3", "TE1", "TE2"), _CATCHING),
}
"""By role, the stats whose overs are paired, and what the reference calls them."""
DEFENCE = (
    "def_sacks",
    "def_interceptions",
    "def_fumble_recoveries",
    "def_tds",
    "def_safeties",
    "def_blocked_kicks",
    "points_allowed",
)
"""What a defence's points come from."""
RARE = ("def_tds", "def_safeties", "def_blocked_kicks")
"""Of these, what a source of offensive lines alone does not tell."""


@dataclass(frozen=True)
class Real:
    """What happened.

    Attributes:
        scores: Final points of home and away, by game.
        points: Realised fantasy points, by player and game.
        defences: Realised DEFENCE stats in their order, by team and game; they may be missing.
        lines: Realised stats of who has a line, by player and game; they may be missing.
    """

    scores: Mapping[str, tuple[int, int]]
    points: Mapping[tuple[int, str], float]
    defences: Mapping[tuple[str, str], tuple[float, ...]] = field(default_factory=dict)
    lines: Mapping[tuple[int, str], Mapping[str, float | None]] = field(default_factory=dict)


def roles_of(draws: Draws) -> list[dict[str, int]]:
    """Return the row of `draws.players` of every role of each side, in order home, away, home, ..."""
    rows = draws.players.with_row_index("row").filter(pl.col("is_active"))
    sides = dict(rows.group_by("game_id", "team_id", maintain_order=True))
    found: list[dict[str, int]] = []
    for game in draws.games.iter_rows(named=True):
        for team in (game["home_team_id"], game["away_team_id"]):
            frame = sides[game["game_id"], team]
            side: dict[str, int] = {}
            for position, row in frame.select("position", "row").iter_rows():
                if position in ("QB", "K", "DST"):
                    side.setdefault(position, row)
            for position, stat, count in _RANKED:
                mine = frame.filter((pl.col("position") == position) & pl.col("player_id").is_not_null())["row"]
                ranked = sorted(mine, key=lambda row: -float(draws.stat(row, stat).mean()))
                side |= {f"{position}{k + 1}": row for k, row in enumerate(ranked[:count])}
            found.append(side)
    return found


def points_of(draws: Draws, contest: Contest, side: Mapping[str, int]) -> dict[str, Floats]:
    """Return the points of every role of a side in every world, DSTfull and kickers as `PAIRS` counts them."""
    held = {role: draws.points(contest, row) for role, row in side.items() if role != "K"}
    if "K" in side:
        held["K"] = np.asarray(sum(worth * draws.stat(side["K"], name) for name, worth in _KICKS.items()))
    if "DST" in side:
        row = side["DST"]
        held["DSTfull"] = held["DST"]
        extra = 6.0 * draws.stat(row, "def_tds") + 2.0 * (draws.stat(row, "def_safeties"))
        held["DST"] = held["DSTfull"] - extra - 2.0 * draws.stat(row, "def_blocked_kicks")
    return held


def beyond_of(
    draws: Draws, contest: Contest, side: Mapping[str, int], drawn: Mapping[str, Floats], real: Real
) -> dict[str, float]:
    """Return by role the points that happened less those that were expected, where it is known what happened."""
    found: dict[str, float] = {}
    for role, row in side.items():
        player, game, team = draws.players.select("player_id", "game_id", "team_id").row(row)
        was: dict[str, float | None] = {role: real.points.get((player, game))}
        if role == "K":
            kicks = [real.lines.get((player, game), {}).get(stat) for stat in _KICKS]
            known = [kick for kick in kicks if kick is not None]
            worth = sum(w * kick for w, kick in zip(_KICKS.values(), known, strict=False))
            was = {role: worth if len(known) == len(kicks) and any(known) else None}
        elif role == "DST":
            happened = real.defences.get((team, game))
            plain = None if happened is None else _without_rare(contest, happened)
            was = {role: plain}
        found |= {name: value - float(drawn[name].mean()) for name, value in was.items() if value is not None}
    return found


def _without_rare(contest: Contest, happened: tuple[float, ...]) -> float:
    """Return a defence's points from what every source tells of it."""
    told = {stat: was for stat, was in zip(DEFENCE, happened, strict=True) if stat not in RARE}
    return float(score_points(contest, told, "DST"))


def even_line(drawn: NDArray[np.int16]) -> float:
    """Return the whole number above which the half-point line nearest to even odds has its overs."""
    middle = int(np.median(drawn))
    return min((middle - 1, middle), key=lambda line: abs(float((drawn > line).mean()) - 0.5))
