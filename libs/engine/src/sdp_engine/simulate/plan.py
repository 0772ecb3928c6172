"""What a slate's worlds are drawn from, as arrays for compiled code."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
"""Element types are those that the functions here make; compiled code is typed by what it is given."""

PLAYS, RATE, COMPLETION, AIR, GROUND, SACK, PICK, FUMBLE, FLIP, QB_SHARE, HURT, GOAL_FAR = range(12)
"""Columns of `Plan.team`: the first eight are the means that `league.EFFECTS` moves a world from;
then the chance that a touchdown run counts as a pass (negative: a pass as a run), the expected share of carries of a
quarterback in `QB_CARRY_TRIALS`, the chance that one of the others leaves early, and the part
of its field goals that are from 50 yards or more."""
TEAM_COLUMNS = 12
(
    TARGET, CARRY, CATCH, CATCH_YARDS, CARRY_YARDS, BY_CATCH, BY_AIR_YARD, BY_CARRY, BY_GROUND_YARD, LEAVES, RETURNS,
    FIRST, LEADING, DEEPER, BACKS,
) = range(15)  # fmt: skip
"""Columns of `Plan.player`: Dirichlet weights of targets and carries, chance of a catch, yards a catch and a carry, how
much a catch, a yard by air, a carry and a yard on the ground draw a touchdown, the cumulated share of who leaves early
when somebody does, and of who returns a kick for a touchdown; then the weight of targets again for the first wide
receiver, for the first two, for those beyond them, and for running backs, 0 for all others."""
PLAYER_COLUMNS = 15
BLANK = 2
"""Rows of a side that stand before its receivers and runners: the quarterback and his backup."""


class Plan(NamedTuple):
    """G games; side 2g is home, 2g + 1 away; a side's players are `first[side]` to `first[side + 1]`.

    Attributes:
        game_key: Stream of each game, (G,).
        score_first, score_chance, score_guide, score_result: As of `scores.Scores`.
        team: TEAM_COLUMNS, (2G, ...).
        center: Means of the features of `league.EFFECTS` from each side's view, (2G, 10).
        first: (2G + 1,). The quarterback comes first, then his backup, then the others by share of targets.
        player_key: Stream of each player within his side, (K,).
        player: PLAYER_COLUMNS, (K, ...).
        air_row, ground_row: First row of his position in the tables of yards, (K,).
        air_cells, ground_cells: Packed alias cells of his part of what is left, (K * tables.CELLS,).
        effects: `league.EFFECTS`, shrunk and turned, (10, 8).
        root: Cholesky root of `league.TEMPO`, (4, 4).
        rates: `RATES`, in order.
    """

    game_key: Array
    score_first: Array
    score_chance: Array
    score_guide: Array
    score_result: Array
    team: Array
    center: Array
    first: Array
    player_key: Array
    player: Array
    air_row: Array
    ground_row: Array
    air_cells: Array
    ground_cells: Array
    effects: Array
    root: Array
    rates: Array


RATES = (
    "PLAYS_SD", "RATE_SD", "TURNOVER_FRAILTY", "SACK_FRAILTY", "OVERTIME_PLAYS", "THROWN_AWAY", "PICK_RETURNED",
    "FUMBLE_RETURNED", "CATCH_YARDS", "CATCH_NOISE", "CARRY_NOISE",
    "QB_EXIT", "EXIT_BEHIND", "EXIT_AHEAD", "QB_FUMBLES", "RETURNED", "MISSED_KICK", "TWO_BY_PASS", "MISSED_GOALS",
    "BLOCKED_GOAL", "BLOCKED_TRY", "BLOCKED_PUNTS", "GOAL_MIDDLE", "OVERTIME_0", "OVERTIME_2", "OVERTIME_3",
    "OVERTIME_6", "DEFENSIVE_TDS", "TAKEAWAY_CATCH", "TAKEAWAY_AIR", "TAKEAWAY_GROUND", "PICK_CATCH", "FUMBLE_CATCH",
    "LEAD", "THIN",
)  # fmt: skip
"""Names of `Plan.rates`, most of them constants of `league`."""
(
    PLAYS_SD, RATE_SD, TURNOVER_FRAILTY, SACK_FRAILTY, OVERTIME_PLAYS, THROWN_AWAY, PICK_RETURNED,
    FUMBLE_RETURNED, CATCH_YARDS_SLOPE, CATCH_NOISE, CARRY_NOISE,
    QB_EXIT, EXIT_BEHIND, EXIT_AHEAD, QB_FUMBLES, RETURNED, MISSED_KICK, TWO_BY_PASS, MISSED_GOALS,
    BLOCKED_GOAL, BLOCKED_TRY, BLOCKED_PUNTS, GOAL_MIDDLE, OVERTIME_0, OVERTIME_2, OVERTIME_3,
    OVERTIME_6, DEFENSIVE_TDS, TAKEAWAY_CATCH, TAKEAWAY_AIR, TAKEAWAY_GROUND, PICK_CATCH, FUMBLE_CATCH, LEAD, THIN,
) = range(len(RATES))  # fmt: skip

TARGETS, CATCHES, AIR_TDS, CARRIES, GROUND_TDS, FUMBLES, TWOS, RETURN_TDS = range(8)
AIR_YARDS, GROUND_YARDS = range(2)
ATTEMPTS, COMPLETIONS, PASS_TDS, PICKS, SACKS = range(5)
NEAR, MIDDLE, FAR, MISSED, EXTRA_MADE, EXTRA_MISSED = range(6)
D_SACKS, D_PICKS, D_FUMBLES, D_TDS, D_SAFETIES, D_BLOCKED, D_ALLOWED = range(7)


class Sheets(NamedTuple):
    """What is drawn, W worlds.

    Attributes:
        scores: (G, 2, W).
        overtime: (G, W).
        skill, yards: Counts TARGETS..RETURN_TDS, (8, K, W), and yards AIR_YARDS, GROUND_YARDS, (2, K, W).
        passer, passed: Counts ATTEMPTS..SACKS, (5, 4G, W), and yards, (4G, W); row 2 * side is the starter, the next
            his backup.
        kicker: NEAR..EXTRA_MISSED, (6, 2G, W).
        defence: D_SACKS..D_ALLOWED, (7, 2G, W).
    """

    scores: Array
    overtime: Array
    skill: Array
    yards: Array
    passer: Array
    passed: Array
    kicker: Array
    defence: Array


def blank(games: int, players: int, worlds: int) -> Sheets:
    """Return sheets to write on; every entry of them is written by `kernel.play`."""
    sides = 2 * games
    return Sheets(
        np.empty((games, 2, worlds), np.uint8),
        np.empty((games, worlds), np.uint8),
        np.empty((8, players, worlds), np.uint8),
        np.empty((2, players, worlds), np.int16),
        np.empty((5, 2 * sides, worlds), np.uint8),
        np.empty((2 * sides, worlds), np.int16),
        np.empty((6, sides, worlds), np.uint8),
        np.empty((7, sides, worlds), np.uint8),
    )


P_DROPBACKS, P_ATTEMPTS, P_TARGETS, P_CARRIES, P_SACKS, P_PICKS, P_FUMBLES, P_SPECIAL = range(8)
F_COMPLETION, F_AIR, F_GROUND = range(3)


class Scratch(NamedTuple):
    """Room for what is not a single player's in one world of one game; the first axis of two is home, away.

    Attributes:
        score: Points, touchdown passes and touchdown runs, (2, 3).
        way: How the points are made up (`makeup`), (2, 5).
        overtime: Whether it went to overtime, (1,).
        features: What moves the game (`league.EFFECTS`), less its mean: score features, then tempo, (2, 10).
        tempo: Plays and dropback rate beyond the score, home and away each, (4,).
        frailty: Of turnovers and of sacks, (2,).
        turnovers: Interceptions and lost fumbles that were to be expected of each side in this world, (2, 2).
        volume: P_DROPBACKS..P_SPECIAL, (2, 8).
        level: PLAYS..FUMBLE of `Plan.team`, moved to this world, (2, 8).
        factor: F_COMPLETION..F_GROUND: efficiency against the game's mean, (2, 3).
    """

    score: Array
    way: Array
    overtime: Array
    features: Array
    tempo: Array
    frailty: Array
    turnovers: Array
    volume: Array
    level: Array
    factor: Array


def room() -> Scratch:
    """Return room for a world."""
    return Scratch(
        np.zeros((2, 3), np.int64),
        np.zeros((2, 5), np.int64),
        np.zeros(1, np.int64),
        np.zeros((2, 10)),
        np.zeros(4),
        np.zeros(2),
        np.zeros((2, 2)),
        np.zeros((2, 8), np.int64),
        np.zeros((2, 8)),
        np.ones((2, 3)),
    )


STRIP = 256
"""Worlds that are drawn side by side: one player's tables and numbers at a time stay in the processor's cache."""


class Strip(NamedTuple):
    """Room for STRIP worlds of one game, the world last; the first axis of two is home, away.

    Attributes:
        key: Stream of each side, (2, STRIP).
        world: Stream of each world, (STRIP,).
        score, way, volume, factor: As of `Scratch`, (2, ..., STRIP).
        beyond: Each side's points less their mean, (2, STRIP).
        hurt, played: Which player but the quarterback leaves early (-1: none), and the part of the game he has played.
        stays: The part of the game the starting quarterback plays.
        left: Targets or carries nobody has yet.
        caught, expected, gain: A side's catches, the expected ones, and its yards a catch against the mean.
        weight, total: Each player's weight in who scores, (players, STRIP), and their sum.
        shares: Each player's weight in who takes over in one world, (players,).
    """

    key: Array
    world: Array
    score: Array
    way: Array
    volume: Array
    factor: Array
    beyond: Array
    hurt: Array
    played: Array
    stays: Array
    left: Array
    caught: Array
    expected: Array
    gain: Array
    weight: Array
    total: Array
    shares: Array


def strip(players: int) -> Strip:
    """Return room for STRIP worlds of sides with at most so many players."""
    return Strip(
        np.zeros((2, STRIP), np.uint64),
        np.zeros(STRIP, np.uint64),
        np.zeros((2, 3, STRIP), np.int64),
        np.zeros((2, 5, STRIP), np.int64),
        np.zeros((2, 8, STRIP), np.int64),
        np.ones((2, 3, STRIP)),
        np.zeros((2, STRIP)),
        np.zeros(STRIP, np.int64),
        np.zeros(STRIP),
        np.zeros(STRIP),
        np.zeros(STRIP, np.int64),
        np.zeros(STRIP, np.int64),
        np.zeros(STRIP),
        np.zeros(STRIP),
        np.zeros((players, STRIP)),
        np.zeros(STRIP),
        np.zeros(players),
    )
