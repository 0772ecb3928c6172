"""What one side's offence does in a block of worlds, given how the game went."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sdp_engine.simulate import league
from sdp_engine.simulate.allocate import allocate, split
from sdp_engine.simulate.flow import ENDS, EVENT, Flow

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Stats = dict[str, Ints]


@dataclass(frozen=True)
class Offence:
    """One side's players and rates; K rows: the quarterback first, everybody unlisted last.

    Attributes:
        target_share: Expected shares of targets, (K,), the quarterback's 0.
        catch_rate: Catches a target, (K,).
        catch_yards: Yards a catch, (K,).
        catch_shift, catch_shape: The gamma of one catch (`league.CATCH_GAMMA`), (K,).
        carry_share: Expected shares of the others' carries, (K,), the quarterback's 0.
        carry_yards: Yards a carry, (K,).
        quarterback_carries: His expected carries.
        catch_noise, carry_noise: Log sd of a player's efficiency in one game, (K,).
        pass_td_weight, rush_td_weight: How likely a catch or carry of his is the touchdown, (K,).
        attempts, carries: Factors on the volume the flow implies.
        mean_counts, mean_faced, mean_script: Means over worlds that the league's regressions are centred on: own
            drive ends, (ENDS,), the opponent's, (ENDS,), and the script.
    """

    target_share: Floats
    catch_rate: Floats
    catch_yards: Floats
    catch_shift: Floats
    catch_shape: Floats
    carry_share: Floats
    carry_yards: Floats
    quarterback_carries: float
    catch_noise: Floats
    carry_noise: Floats
    pass_td_weight: Floats
    rush_td_weight: Floats
    attempts: float
    carries: float
    mean_counts: Floats
    mean_faced: Floats
    mean_script: float


@dataclass(frozen=True)
class Volume:
    """Team volume of a block: all (W,)."""

    dropbacks: Ints
    attempts: Ints
    targets: Ints
    carries: Ints
    sacks: Ints
    catch_factor: Floats


@dataclass(frozen=True)
class Course:
    """How the game went, as one side's offence sees it.

    Attributes:
        events: Its own events, (len(EVENTS), W).
        faced: The opponent's, likewise.
        script: The league's called-pass share in its situations, (W,).
    """

    events: Ints
    faced: Ints
    script: Floats

    @classmethod
    def of(cls, game: Flow, side: int) -> "Course":
        """Return how a game went for one side (0 home, 1 away)."""
        counts = game.counts.astype(np.int64)
        return cls(counts[side], counts[1 - side], game.script[side])


@dataclass(frozen=True)
class _Deviation:
    """By how much drive ends and script differ from their means; each (ends, W), script (W,)."""

    own: Floats
    faced: Floats
    script: Floats

    def effect(self, own: Floats, faced: Floats, script: float = 0.0) -> Floats:
        """Return a regression's deviation, (W,)."""
        return np.asarray(own @ self.own + faced @ self.faced + script * self.script)


def _deviation(side: Offence, course: Course) -> _Deviation:
    ends = list(league.FACED)
    return _Deviation(
        course.events[:ENDS] - side.mean_counts[:, None],
        course.faced[ends] - side.mean_faced[ends, None],
        course.script - side.mean_script,
    )


def volume(side: Offence, course: Course, noise: Floats, rng: np.random.Generator) -> Volume:
    """Return attempts, targets, carries and sacks given how the game went.

    Args:
        side: The offence.
        course: How the game went for it.
        noise: Two standard normals, (2, W): plays (correlated with the opponent's) and pass rate.
        rng: The stream to draw from.
    """
    ends, off = course.events[:ENDS], _deviation(side, course)
    plays = league.PLAYS_BASE + league.PLAYS @ ends + league.PLAYS_FACED @ course.faced[list(league.FACED)]
    plays = plays + league.PLAYS_SD * noise[0]
    rate = 0.582 + off.effect(league.RATE, league.RATE_FACED, league.RATE_SCRIPT) + league.RATE_SD * noise[1]
    plays, rate = np.clip(plays, 38.0, 100.0), np.clip(rate, 0.25, 0.92)
    drops = plays * rate
    sacked = league.SACK_RATE + off.effect(league.SACK, league.SACK_FACED, league.SACK_SCRIPT)
    sacks = np.minimum(rng.poisson(drops * np.maximum(sacked, 0.008)), 14)
    dither = rng.random((2, course.script.size))
    thrown = np.floor(np.maximum(drops - sacks, 8.0) * side.attempts + dither[0]).astype(np.int64)
    runs = np.floor((plays - drops) * side.carries + dither[1]).astype(np.int64)
    tds = ends[EVENT["pass_td"]] + ends[EVENT["rush_td"]]
    thrown, runs = np.maximum(thrown, 4), np.maximum(runs, np.maximum(tds, 3))
    targets = np.maximum(thrown - rng.binomial(thrown, league.THROWN_AWAY), 1)
    shift = league.SHRINK * off.effect(league.CATCH, league.CATCH_FACED, league.CATCH_SCRIPT) / 0.64
    return Volume((thrown + sacks), thrown, targets, runs, sacks, np.clip(1 + shift, 0.55, 1.4))


def play(side: Offence, course: Course, noise: Floats, rng: np.random.Generator) -> tuple[Stats, Floats, Floats]:
    """Play one side's offence.

    Returns:
        Stats, each (K, W), the passing ones (1, W); the factors on yards a catch and yards a carry that the course of
        the game brought, each (W,).
    """
    events, off = course.events, _deviation(side, course)
    amount = volume(side, course, noise, rng)
    targets = split(amount.targets, side.target_share, league.TARGET_CONCENTRATION, rng)
    chance = np.clip(side.catch_rate[:, None] * amount.catch_factor, 0.0, 0.97)
    receptions = rng.binomial(targets, chance)
    caught = receptions.sum(axis=0)
    rate_off = caught / amount.targets - side.target_share @ side.catch_rate
    pace = off.effect(league.YPCATCH, league.YPCATCH_FACED, league.YPCATCH_SCRIPT) + league.YPCATCH_RATE * rate_off
    catch_factor = np.clip(1 + league.SHRINK * pace / 11.0, 0.35, 1.9)
    carry_pace = off.effect(league.YPCARRY, league.YPCARRY_FACED)
    carry_factor = np.clip(1 + league.SHRINK * carry_pace / 4.4, 0.3, 2.0)
    carries = _carries(side, amount, rng)
    tries = ("two_pass", "two_rush", "fumble")
    stats = {
        "targets": targets,
        "receptions": receptions,
        "receiving_yards": _yards(
            receptions,
            side.catch_yards,
            side.catch_shift,
            side.catch_shape,
            side.catch_noise,
            catch_factor,
            rng,
            league.TEAM_LUCK,
        ),
        "rushing_attempts": carries,
        "rushing_yards": _yards(
            carries, side.carry_yards, *_carry_gamma(len(carries)), side.carry_noise, carry_factor, rng
        ),
    }
    stats |= _touchdowns(side, stats, events, rng)
    stats |= _extras(side, stats, [events[EVENT[name]] for name in tries], rng)
    stats |= _passing(stats, amount, events[EVENT["interception"]])
    return stats, catch_factor, carry_factor


def _carry_gamma(k: int) -> tuple[Floats, Floats]:
    """Return the shift and shape of carries for K players."""
    return np.full(k, league.CARRY_GAMMA[0]), np.full(k, league.CARRY_GAMMA[1])


def _carries(side: Offence, amount: Volume, rng: np.random.Generator) -> Ints:
    """Return carries, (K, W): the quarterback's from his own rate, the rest by shares of what is left."""
    worlds = amount.carries.size
    mood = rng.standard_gamma(league.QB_CARRY_SHAPE, worlds) / league.QB_CARRY_SHAPE
    own = np.minimum(rng.poisson(side.quarterback_carries * mood), amount.carries)
    carries = split(amount.carries - own, side.carry_share, league.CARRY_CONCENTRATION, rng)
    carries[0] += own
    return carries


def _yards(
    touches: Ints,
    mean: Floats,
    shift: Floats,
    shape: Floats,
    noise: Floats,
    factor: Floats,
    rng: np.random.Generator,
    luck: float = 1.0,
) -> Ints:
    """Return whole yards of the touches, (K, W): a gamma sum of single touches, never of none.

    `luck` below 1 pulls the side's total towards what the touches are worth, and the players with it.
    """
    some = touches > 0
    raw = np.zeros(touches.shape)
    raw[some] = rng.standard_gamma((touches * shape[:, None])[some])
    scale = (mean + shift) / shape
    form = np.exp(noise[:, None] * rng.standard_normal(touches.shape) - noise[:, None] ** 2 / 2)
    yards = (raw * scale[:, None] * form - touches * shift[:, None]) * factor
    if luck < 1.0:
        usual = (touches * mean[:, None]).sum(axis=0) * factor
        total = np.maximum(yards.sum(axis=0), 0.2 * usual + 1e-9)
        yards = yards * np.where(usual > 0, (luck * total + (1 - luck) * usual) / total, 1.0)
    return np.where(some, np.floor(yards + rng.random(touches.shape)), 0.0).astype(np.int64)


def td_units(stats: Stats) -> tuple[Floats, Floats]:
    """Return how the chance of a touchdown grows with a game: half by catches, half by yards; by carries."""
    caught, ran = stats["receptions"], stats["rushing_attempts"]
    through_air = np.where(caught > 0, 0.5 * caught + 0.045 * np.maximum(stats["receiving_yards"], 1), 0.0)
    on_ground = np.where(ran > 0, ran + 0.1 * np.maximum(stats["rushing_yards"], 0), 0.0)
    return through_air, on_ground


def _touchdowns(side: Offence, stats: Stats, events: Ints, rng: np.random.Generator) -> Stats:
    """Give the touchdowns out; a passing one nobody could have caught becomes a rushing one."""
    caught, ran = stats["receptions"], stats["rushing_attempts"]
    passed = np.minimum(events[EVENT["pass_td"]], caught.sum(axis=0))
    rushed = events[EVENT["rush_td"]] + events[EVENT["pass_td"]] - passed
    through_air, on_ground = td_units(stats)
    return {
        "receiving_tds": allocate(passed, through_air * side.pass_td_weight[:, None], caught, rng),
        "rushing_tds": allocate(rushed, on_ground * side.rush_td_weight[:, None], ran, rng),
    }


def _extras(side: Offence, stats: Stats, events: list[Ints], rng: np.random.Generator) -> Stats:
    """Give out two-point tries (a pass counts for thrower and catcher) and lost fumbles."""
    two_pass, two_rush, fumbles = events
    plenty = np.full(stats["targets"].shape, 99)
    catchers = np.broadcast_to(side.target_share[:, None], plenty.shape)
    runners = np.broadcast_to(_runner_share(side)[:, None], plenty.shape)
    two = allocate(two_pass, catchers, plenty, rng) + allocate(two_rush, runners, plenty, rng)
    two[0] += two_pass
    own = rng.binomial(fumbles, league.QB_FUMBLES)
    touches = (stats["receptions"] + stats["rushing_attempts"]).astype(np.float64)
    lost = allocate(fumbles - own, touches + 1e-6, plenty, rng)
    lost[0] += own
    return {"two_point_conversions": two, "fumbles_lost": lost}


def _runner_share(side: Offence) -> Floats:
    """Return every player's expected share of carries, (K,)."""
    carries = side.carry_share * 22.0
    carries[0] += side.quarterback_carries
    return np.asarray(carries / carries.sum())


def _passing(stats: Stats, amount: Volume, interceptions: Ints) -> Stats:
    """Return the quarterback's passing, each (1, W): the sums of his receivers."""
    completions = stats["receptions"].sum(axis=0)
    return {
        "passing_attempts": np.maximum(amount.attempts, completions + interceptions)[None],
        "passing_completions": completions[None],
        "passing_yards": stats["receiving_yards"].sum(axis=0, keepdims=True),
        "passing_tds": stats["receiving_tds"].sum(axis=0, keepdims=True),
        "interceptions": interceptions[None],
        "sacks_taken": amount.sacks[None],
    }
