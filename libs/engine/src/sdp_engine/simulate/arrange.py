"""From what is expected of a slate to what its worlds are drawn from: shares, rates and tables."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from sdp_engine.simulate import league, level, scores
from sdp_engine.simulate import plan as p
from sdp_engine.simulate.compiled import entry
from sdp_engine.simulate.expectation import Expectation
from sdp_engine.simulate.line import Line
from sdp_engine.simulate.past import Past
from sdp_engine.simulate.plan import Plan
from sdp_engine.simulate.tables import (
    AIR_ROWS,
    AIR_TOUCHES,
    CELLS,
    GROUND_ROWS,
    GROUND_TOUCHES,
    MOST,
    share_cells,
    tables,
)

Floats = NDArray[np.float64]
ROUNDS = 2
"""Corrections of plays and dropback rate until targets and carries have their means."""


@dataclass(frozen=True)
class Side:
    """One side of a game: who plays, and what is expected of them."""

    team_id: str
    opponent_id: str
    expected: Expectation


@dataclass(frozen=True)
class Game:
    """One game to simulate."""

    game_id: str
    line: Line
    sides: tuple[Side, Side]
    season: int


def arrange(games: Sequence[Game], past: Past) -> Plan:
    """Return what the games are drawn from, so that every expected value comes out.

    Each game's part depends on that game and on the past games alone.
    """
    table = scores.tables([game.line for game in games], past)
    sides = [side.expected for game in games for side in game.sides]
    first = np.concatenate([[0], np.cumsum([len(e.players) for e in sides])])
    players = np.zeros((first[-1], p.PLAYER_COLUMNS), np.float32)
    team = np.zeros((len(sides), p.TEAM_COLUMNS), np.float64)
    rows = [(e.positions[i], e.players[i], i) for e in sides for i in range(len(e.players))]
    plan = Plan(
        game_key=np.array([_key(game.game_id) for game in games], np.uint64),
        score_first=table.first,
        score_chance=table.chance,
        score_guide=table.guide,
        score_result=table.result,
        team=team.astype(np.float32),
        center=np.zeros((len(sides), 10), np.float32),
        first=first.astype(np.int64),
        player_key=np.array([_key(f"{who if who is not None else min(i, 2)}") for _, who, i in rows], np.uint64),
        player=players,
        air_row=np.array([AIR_ROWS[position] * (AIR_TOUCHES + 1) for position, _, _ in rows], np.int64),
        ground_row=np.array([GROUND_ROWS[position] * (GROUND_TOUCHES + 1) for position, _, _ in rows], np.int64),
        air_cells=np.zeros(first[-1] * CELLS, np.uint32),
        ground_cells=np.zeros(first[-1] * CELLS, np.uint32),
        effects=np.ascontiguousarray((league.EFFECTS * league.SHRINK[:, None]).T),
        root=np.linalg.cholesky(league.TEMPO + np.triu(league.TEMPO, 1).T).astype(np.float32),
        rates=np.array(_rates(), np.float32),
    )
    for s, expected in enumerate(sides):
        _flip(plan, s, expected, table.mean[s // 2, s % 2])
        plan.team[s, p.GOAL_FAR] = _far(games[s // 2].season)
    _level(plan, sides)
    return plan


def _key(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def _rates() -> list[float]:
    """Return `plan.RATES`."""
    special = {
        **{f"OVERTIME_{margin}": chance for margin, chance in league.OVERTIME.items()},
    }
    return [special[name] if name in special else cast(float, getattr(league, name)) for name in p.RATES]


def _far(season: int) -> float:
    """Return the part of a season's field goals that are from 50 yards or more."""
    return float(np.clip(league.GOAL_FAR + league.GOAL_FAR_A_YEAR * (season - 2021), *league.GOAL_FAR_RANGE))


def _flip(plan: Plan, s: int, expected: Expectation, mean: Floats) -> None:
    """Set the chance of flipping touchdowns, and the features' means that result; `mean` is of the score table."""
    passed, rushed, other = mean
    share, usual = expected.pass_share, passed / (passed + rushed)
    flip = (share - usual) / (1 - usual) if share > usual else (share - usual) / usual
    plan.team[s, p.FLIP] = flip
    turned = flip * (rushed if flip > 0 else passed)
    features = (passed + turned, rushed - turned, other)
    plan.center[s, :3] = features
    plan.center[s ^ 1, 3:6] = features


def _level(plan: Plan, sides: Sequence[Expectation]) -> None:
    """Set every side's levels and players, and correct them until the means of volume and efficiency come out."""
    room = p.room()
    targets = [_targets(e) for e in sides]
    attempts = np.array([t.sum() for t in targets]) / (1 - league.THROWN_AWAY)
    carries = np.array([e.carries.sum() for e in sides])
    dropbacks = attempts + _sacks(sides, attempts)
    wanted = np.stack([attempts * (1 - league.THROWN_AWAY), carries], axis=1)
    volume = np.stack([dropbacks, carries], axis=1)
    plan.team[:, p.SACK] = 1 - attempts / dropbacks
    plan.team[:, p.FUMBLE] = league.LEVELS["fumble"]
    for s, e in enumerate(sides):
        caught = max(float(e.receptions.sum()), 1e-6)
        plan.team[s, p.COMPLETION] = np.clip(caught / attempts[s], 0.35, 0.85)
        plan.team[s, p.AIR] = np.clip(e.receiving_yards.sum() / caught, 6.0, 20.0)
        plan.team[s, p.GROUND] = np.clip(
            e.rushing_yards[p.BLANK :].sum() / max(e.carries[p.BLANK :].sum(), 1e-6), 2.0, 8.0
        )
        usual = league.LEVELS["pick"] * attempts[s]
        asked = usual if np.isnan(e.interceptions) else e.interceptions
        plan.team[s, p.PICK] = np.clip(asked, 0.4 * usual, 2.0 * usual) / attempts[s]
    got = np.zeros((len(sides), 7))
    for _ in range(ROUNDS + 1):
        plays = volume.sum(axis=1)
        plan.team[:, p.PLAYS] = plays
        plan.team[:, p.RATE] = volume[:, 0] / plays
        for g in range(len(sides) // 2):
            level.average(plan, tables(), room, level.LATTICE, g, got[2 * g : 2 * g + 2])
        volume *= np.clip(wanted / np.maximum(got[:, [level.TARGETS, level.CARRIES]], 0.1), 0.5, 2.0)
    for s, e in enumerate(sides):
        part = slice(plan.first[s], plan.first[s + 1])
        _players(plan, s, e, targets[s], got[s], plan.player[part])
        cells = slice(plan.first[s] * CELLS, plan.first[s + 1] * CELLS)
        own = float(plan.team[s, p.QB_SHARE]) * league.QB_CARRY_CONCENTRATION
        other = league.QB_CARRY_CONCENTRATION - own
        divide(plan.player[part], plan.air_cells[cells], plan.ground_cells[cells], own, other)


def _sacks(sides: Sequence[Expectation], attempts: Floats) -> Floats:
    """Return how often each side's quarterback is sacked: as the other defence is predicted to, within limits."""
    usual = attempts * league.LEVELS["sack"] / (1 - league.LEVELS["sack"])
    asked = np.array([sides[s ^ 1].sacks for s in range(len(sides))])
    return np.asarray(np.clip(np.where(np.isnan(asked), usual, asked), 0.5 * usual, 2.0 * usual))


def _targets(expected: Expectation) -> Floats:
    """Return each player's expected targets."""
    return np.asarray(expected.receptions / expected.catch_rate)


def _players(plan: Plan, s: int, e: Expectation, targets: Floats, got: Floats, out: NDArray[np.float32]) -> None:
    """Set a side's players."""
    n = len(e.players)
    air, ground = targets[p.BLANK :] / max(targets.sum(), 1e-9), e.carries[p.BLANK :]
    ground = ground / max(ground.sum(), 1e-9)
    leaves = np.array([league.EXIT.get(position, 0.0) for position in e.positions[p.BLANK :]])
    leaves[-1] = 0.0
    leaves = np.where((air > 0.08) | (ground > 0.2), leaves, 0.0)
    plan.team[s, p.HURT] = leaves.sum()
    if leaves.any():
        out[p.BLANK :, p.LEAVES] = np.cumsum(leaves) / leaves.sum()
    shares = [_without_exits(share, leaves) for share in (air, ground)]
    out[p.BLANK :, p.TARGET] = shares[0] * league.TARGET_CONCENTRATION
    out[p.BLANK :, p.CARRY] = shares[1] * league.CARRY_CONCENTRATION
    plan.team[s, p.QB_SHARE] = np.clip(e.carries[: p.BLANK].sum() / league.QB_CARRY_TRIALS, 1e-4, 0.6)
    factor = got[level.CAUGHT] / got[level.TARGETS]
    out[:, p.CATCH] = np.minimum(e.catch_rate / factor, 0.97)
    slope = league.CATCH_YARDS * (1 - e.catch_rate) / max(got[level.TARGETS] * float(plan.team[s, p.AIR]), 1.0)
    yards = _ratio(e.receiving_yards, e.receptions) * got[level.CAUGHT] / got[level.AIR] / (1 + slope)
    out[:, p.CATCH_YARDS] = np.maximum(yards, 1e-3)
    own = float(e.carries[: p.BLANK].sum())
    ahead = max(got[level.CARRIES] - own, 1.0)
    out[:, p.CARRY_YARDS] = _ratio(e.rushing_yards, e.carries) / (max(got[level.GROUND] - own, 1.0) / ahead)
    out[0, p.CARRY_YARDS] = _ratio(e.rushing_yards[:1], e.carries[:1])[0]
    out[1, p.CARRY_YARDS] = league.YARDS_A_CARRY["QB"]
    air_td = np.maximum(_ratio(e.receiving_tds, e.receptions), 1e-4)
    runs = e.carries + league.TD_BY_YARD * e.rushing_yards
    ground_td = np.maximum(_ratio(e.rushing_tds, runs), 1e-4)
    ground_td[1] = ground_td[0]
    out[:, p.BY_CATCH] = league.TD_BY_CATCH * air_td
    out[:, p.BY_AIR_YARD] = (1 - league.TD_BY_CATCH) * air_td / np.maximum(out[:, p.CATCH_YARDS], 1.0)
    out[:, p.BY_CARRY] = ground_td
    out[:, p.BY_GROUND_YARD] = league.TD_BY_YARD * ground_td
    often = np.where((air > 0.1) | (ground > 0.3), 0.25, 1.0) * np.array(
        [{"RB": 1.0, "WR": 1.0}.get(position, 0.05) for position in e.positions[p.BLANK :]]
    )
    often[-1] = 2.0
    for column, places in _ranks(e).items():
        out[places, column] = out[places, p.TARGET]
    out[p.BLANK :, p.RETURNS] = np.cumsum(often) / often.sum()
    if n == p.BLANK + 1:
        out[p.BLANK, [p.TARGET, p.CARRY]] = league.TARGET_CONCENTRATION


def _ranks(e: Expectation) -> dict[int, list[int]]:
    """Return the places of wide receivers, the most used first, and of backs, by the column that is theirs."""
    wide, backs = (
        [i for i, (who, mine) in enumerate(zip(e.players, e.positions, strict=True)) if who is not None and mine == of]
        for of in ("WR", "RB")
    )
    return {p.FIRST: wide[:1], p.LEADING: wide[:2], p.DEEPER: wide[2:], p.BACKS: backs}


def _without_exits(share: Floats, leaves: Floats) -> Floats:
    """Return shares that become the given ones once players leave early and others take over."""
    if share.sum() <= 0:
        out = np.zeros_like(share)
        out[-1] = 1.0
        return out
    fitted = share.copy()
    lost = leaves / 2
    for _ in range(6):
        over = lost * fitted / np.maximum(1 - fitted, 0.05)
        seen = fitted * (1 - lost + over.sum() - over)
        fitted = fitted * share / np.maximum(seen, 1e-12)
        fitted /= fitted.sum()
    return np.asarray(fitted)


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """Return top / bottom, 0 where bottom is."""
    return np.where(bottom > 0, top / np.maximum(bottom, 1e-9), 0.0)


@entry
def divide(stamp: int) -> Callable[..., int]:
    """Close over the stamp."""

    def divide(
        player: NDArray[np.float32], air: NDArray[np.uint32], ground: NDArray[np.uint32], own: float, other: float
    ) -> int:
        """Fill the alias cells of a side: each player's part of what those before him left.

        The quarterback's carries come from a beta-binomial of their own, `own` against `other`.
        """
        n = player.shape[0]
        chances = np.empty(MOST + 1)
        small, large = np.empty(MOST + 1, np.int64), np.empty(MOST + 1, np.int64)
        for which in range(2):
            column, table = (p.TARGET, air) if which == 0 else (p.CARRY, ground)
            rest = 0.0
            for j in range(n - 1, p.BLANK - 1, -1):
                weight = np.float64(player[j, column])
                if weight > 0.0:
                    share_cells(weight, rest, table, j * CELLS, chances, small, large)
                rest += weight
        share_cells(own, other, ground, 0, chances, small, large)
        return stamp

    return divide
