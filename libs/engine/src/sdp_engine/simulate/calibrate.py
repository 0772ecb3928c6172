"""Make the simulated means those expected: a small pilot, then multiplicative corrections."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sdp_engine.simulate import flow, league, offence
from sdp_engine.simulate.expectation import Expectation
from sdp_engine.simulate.offence import Offence

Floats = NDArray[np.float64]
PILOT_WORLDS = 2500
ROUNDS = 2
MOST_NOISE = 0.6


@dataclass(frozen=True)
class GamePlan:
    """Everything a game's worlds are drawn from."""

    strength: Floats
    pass_shift: Floats
    sides: tuple[Offence, Offence]


def strength(points: Floats) -> Floats:
    """Return both sides' strengths for their expected points, (2,)."""
    ratio = np.log(np.clip(points, *league.POINTS_RANGE) / league.LEAGUE_POINTS)
    own = ratio[:, None] ** np.arange(league.STRENGTH.shape[0])
    other = ratio[::-1, None] ** np.arange(league.STRENGTH.shape[1])
    return np.asarray(np.einsum("si,ij,sj->s", own, league.STRENGTH, other))


def pair_noise(worlds: int, rng: np.random.Generator) -> Floats:
    """Return normals for plays and pass rate of both sides, (2 sides, 2, W); plays of the two go against each other."""
    z = rng.standard_normal((2, 2, worlds))
    pair = league.PLAYS_PAIR
    z[1, 0] = pair * z[0, 0] + np.sqrt(1 - pair**2) * z[1, 0]
    return z


def calibrate(sides: tuple[Expectation, Expectation], rng: np.random.Generator) -> GamePlan:
    """Fit one game's rates so that its worlds have the expected means.

    Args:
        sides: What home and away are expected to do.
        rng: The pilot's own stream.
    """
    force = strength(np.array([side.points for side in sides]))
    share = np.array([side.pass_share for side in sides])
    usual = league.LEAGUE_PASS_TDS
    shift = np.log(share / (1 - share)) - np.log(usual / (1 - usual))
    course = flow.play(force, shift, PILOT_WORLDS, rng)
    noise = pair_noise(PILOT_WORLDS, rng)
    courses = [offence.Course.of(course, i) for i in (0, 1)]
    fitted = tuple(
        _fit(_start(side, seen), side, seen, noise[i], rng)
        for i, (side, seen) in enumerate(zip(sides, courses, strict=True))
    )
    return GamePlan(force, shift, (fitted[0], fitted[1]))


def _start(side: Expectation, seen: offence.Course) -> Offence:
    """Return the first guess."""
    k = len(side.players)
    gamma = np.array([league.CATCH_GAMMA[position] for position in side.positions])
    targets = side.receptions / side.catch_rate
    others = side.carries.copy()
    others[0] = 0.0
    catch_noise, carry_noise = np.zeros(k), np.full(k, league.CARRY_NOISE)
    return Offence(
        target_share=_shares(targets),
        catch_rate=side.catch_rate.copy(),
        catch_yards=_ratio(side.receiving_yards, side.receptions),
        catch_shift=gamma[:, 0],
        catch_shape=gamma[:, 1],
        carry_share=_shares(others),
        carry_yards=_ratio(side.rushing_yards, side.carries),
        quarterback_carries=float(side.carries[0]),
        catch_noise=catch_noise,
        carry_noise=carry_noise,
        pass_td_weight=_ratio(side.receiving_tds, side.receptions),
        rush_td_weight=_ratio(side.rushing_tds, side.carries),
        attempts=1.0,
        carries=1.0,
        mean_counts=seen.events[: flow.ENDS].mean(axis=1),
        mean_faced=seen.faced[: flow.ENDS].mean(axis=1),
        mean_script=float(seen.script.mean()),
    )


def _fit(guess: Offence, side: Expectation, seen: offence.Course, noise: Floats, rng: np.random.Generator) -> Offence:
    """Correct the volume, the yards, the spread and the touchdowns, round by round."""
    plan = guess
    for last in (*([False] * (ROUNDS - 1)), True):
        stats, catch_factor, carry_factor = offence.play(plan, seen, noise, rng)
        plan = _volumes(plan, side, stats)
        plan = _yards(plan, side, stats, catch_factor, carry_factor)
        if not last:
            plan = _spread(plan, side, stats)
    return _touchdowns(plan, side, stats)


def _volumes(plan: Offence, side: Expectation, stats: offence.Stats) -> Offence:
    """Scale attempts and carries so that the side's catches and runs come out; shares are kept."""
    caught = float(stats["receptions"].sum(axis=0).mean())
    ran = float(stats["rushing_attempts"][1:].sum(axis=0).mean())
    own = float(stats["rushing_attempts"][0].mean())
    asked = float(side.carries[1:].sum())
    return replace(
        plan,
        attempts=float(np.clip(plan.attempts * side.receptions.sum() / max(caught, 0.1), 0.3, 2.5)),
        carries=float(np.clip(plan.carries * (asked + side.carries[0]) / max(ran + own, 0.1), 0.3, 2.5)),
        quarterback_carries=float(plan.quarterback_carries * side.carries[0] / own) if own > 0.05 else side.carries[0],
    )


def _yards(
    plan: Offence, side: Expectation, stats: offence.Stats, catch_factor: Floats, carry_factor: Floats
) -> Offence:
    """Correct yards a touch for what the course of games does to those who are used in it.

    The factor is the team's, weighed by touches: it carries none of the sampling noise of single players' yards.
    """
    caught, ran = (stats[name].astype(np.float64) for name in ("receptions", "rushing_attempts"))
    air = (caught @ catch_factor + 1e-9) / (caught.sum(axis=1) + 1e-9)
    ground = (ran @ carry_factor + 1e-9) / (ran.sum(axis=1) + 1e-9)
    return replace(
        plan,
        catch_yards=_ratio(side.receiving_yards, side.receptions) / air,
        carry_yards=_ratio(side.rushing_yards, side.carries) / ground,
    )


def _spread(plan: Offence, side: Expectation, stats: offence.Stats) -> Offence:
    """Widen a player's efficiency where his predicted yards spread more than the simulated ones."""
    widened = []
    for noise, asked, name in (
        (plan.catch_noise, side.sds[0], "receiving_yards"),
        (plan.carry_noise, side.sds[1], "rushing_yards"),
    ):
        drawn = stats[name].astype(np.float64)
        second = np.maximum((drawn**2).mean(axis=1), 1.0)
        gap = np.nan_to_num(asked, nan=0.0) ** 2 - drawn.var(axis=1)
        extra = np.log1p(np.clip(gap, 0.0, None) / second)
        widened.append(np.minimum(np.sqrt(noise**2 + extra), MOST_NOISE))
    return replace(plan, catch_noise=widened[0], carry_noise=widened[1])


def _touchdowns(plan: Offence, side: Expectation, stats: offence.Stats) -> Offence:
    """Fit touchdown weights to the players' expected touchdowns, scaled to the side's.

    Works on expected allocations (touchdowns of a world times the player's part of the weight), not on drawn ones:
    the pilot's own luck with touchdowns does not enter.
    """
    air, ground = offence.td_units(stats)
    passed, rushed = stats["receiving_tds"].sum(axis=0), stats["rushing_tds"].sum(axis=0)
    return replace(
        plan,
        pass_td_weight=_weights(plan.pass_td_weight, air, passed, side.receiving_tds),
        rush_td_weight=_weights(plan.rush_td_weight, ground, rushed, side.rushing_tds),
    )


def _weights(weight: Floats, units: Floats, events: NDArray[np.int64], asked: Floats) -> Floats:
    """Return weights under which each player's expected part of the events is in proportion to what is asked."""
    total = float(events.mean())
    if asked.sum() <= 0 or total <= 0:
        return np.ones_like(weight)
    goal = asked / asked.sum() * total
    fitted = np.maximum(weight, 1e-6)
    for _ in range(8):
        pull = fitted[:, None] * units
        expected = (pull / np.maximum(pull.sum(axis=0), 1e-12)) @ events / events.size
        fitted = fitted * np.clip(goal / np.maximum(expected, 1e-6), 0.2, 5.0)
    return np.asarray(fitted)


def _shares(values: Floats) -> Floats:
    """Return shares summing to 1."""
    total = float(values.sum())
    if total > 0:
        return np.asarray(values / total)
    shares = np.zeros_like(values)
    shares[-1] = 1.0
    return shares


def _ratio(top: Floats, bottom: Floats) -> Floats:
    """Return top / bottom, 0 where bottom is."""
    return np.where(bottom > 0, top / np.maximum(bottom, 1e-9), 0.0)
