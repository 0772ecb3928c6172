"""How games go: drives, scores and the clock, for a block of worlds at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sdp_engine.simulate import league

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EVENTS = (
    "pass_td",
    "rush_td",
    "field_goal",
    "missed_field_goal",
    "interception",
    "fumble",
    "punt",
    "other",
    "defensive_td",
    "return_td",
    "safety",
    "xp_made",
    "xp_missed",
    "two_pass",
    "two_rush",
)
"""What is counted. The first eight end this side's own drives; `defensive_td` (a turnover returned), `return_td` (a
kick returned) and `safety` are scored by this side's defence or special teams; the rest are tries after touchdowns."""
EVENT = {name: i for i, name in enumerate(EVENTS)}
POINTS = np.array([6, 6, 3, 0, 0, 0, 0, 0, 6, 6, 2, 1, 0, 2, 2])
"""Points of each event."""
ENDS = 8
_HALF_SECONDS = 1800.0
_OVERTIME_SECONDS = 600.0
_MAX_DRIVES = 60
_DEEPEST = 120
_LEAD_CLASS = np.searchsorted(league.LEADS, np.arange(-_DEEPEST, _DEEPEST + 1), side="right")
_GOES_FOR_TWO = np.isin(np.arange(-_DEEPEST, _DEEPEST + 1), league.TWO_LEADS)


def _phases() -> Ints:
    """Return the phase by half (overtime the third) and whole second left."""
    left = np.arange(int(_HALF_SECONDS) + 1)
    first = np.searchsorted(np.array([30, 60, 120]), left)
    second = 7 - np.searchsorted(np.array([120, 300, 600]), left)
    return np.stack([first, second, np.full(left.size, 6)])


_PHASE = _phases()


@dataclass(frozen=True)
class Flow:
    """The course of a game in W worlds.

    Attributes:
        counts: Events, (2 sides, len(EVENTS), W); home first.
        script: Mean called-pass share of the league in the situations each side was in, (2, W).
    """

    counts: NDArray[np.int16]
    script: Floats

    @property
    def score(self) -> Ints:
        """Points of both sides, (2, W): the sum of the scoring events."""
        return np.asarray(np.einsum("sew,e->sw", self.counts, POINTS), dtype=np.int64)


class _Board:
    """The state of every world of a block while its game is played."""

    def __init__(self, worlds: int, opener: NDArray[np.bool_], day: Floats) -> None:
        self.day = day
        self.taken: Ints = np.zeros(worlds, np.int64)
        self.worlds = np.arange(worlds)
        self.score: Ints = np.zeros((2, worlds), np.int64)
        self.counts = np.zeros((2, len(EVENTS), worlds), np.int16)
        self.clock = np.full(worlds, _HALF_SECONDS)
        self.half = np.zeros(worlds, np.int64)
        self.opener = opener.astype(np.int64)
        self.side = self.opener.copy()
        self.overtime_drives = np.zeros(worlds, np.int64)
        self.live = np.ones(worlds, bool)
        self.plays = np.zeros((2, worlds))
        self.called = np.zeros((2, worlds))

    def count(self, side: Ints, event: Ints, mask: NDArray[np.bool_]) -> None:
        """Count one event for a side in the worlds of the mask, and its points."""
        where = np.flatnonzero(mask)
        if where.size:
            team, kind = side[where], event[where]
            self.counts[team, kind, where] += 1
            self.score[team, where] += POINTS[kind]

    def phase(self) -> Ints:
        """Return the phase of the game, the first axis of the league's tables."""
        return np.asarray(_PHASE[self.half, self.clock.astype(np.int64)])


def play(strength: Floats, pass_shift: Floats, worlds: int, rng: np.random.Generator) -> Flow:
    """Play one game in many worlds.

    Drives alternate; how each ends depends on the side's strength, the lead and the clock
    (`league.OUTCOMES`), so that totals, margins and the mix of touchdowns and field goals move together.

    Args:
        strength: Log odds that home's and away's drives end in a touchdown, against the league, (2,).
        pass_shift: Shift of the log odds that an offensive touchdown is a pass, (2,).
        worlds: How many.
        rng: The stream of this game and block.
    """
    ends = _cumulated(strength)
    passing = _shifted(league.PASS_SHARE, pass_shift)
    day = np.exp(league.DAY_SD * rng.standard_normal(worlds) - league.DAY_SD**2 / 2)
    board = _Board(worlds, rng.random(worlds) < 0.5, day)
    for _ in range(_MAX_DRIVES):
        if not board.live.any():
            break
        _drive(board, ends, passing, rng)
    script = board.called / np.maximum(board.plays, 1.0)
    return Flow(board.counts, script)


def _cumulated(strength: Floats) -> Floats:
    """Return cumulated chances of each end, (began with a takeaway, side, phase, lead class, end).

    A field goal moves by a third of a touchdown's log odds: better offences kick little more often.
    """
    tilt = np.ones((2, 1, 1, 7))
    tilt[:, 0, 0, league.TD] = np.exp(strength)
    tilt[:, 0, 0, league.FG] = np.exp(strength / 3)
    weights = league.OUTCOMES[None] * tilt
    weights[:, 4:, :, league.TD] *= np.exp(league.LEAD_TILT)
    field = np.repeat(weights[None], 2, axis=0)
    field[..., league.TD : league.FG + 1] *= league.TAKEAWAY_TILT[:, None, None, None]
    return np.asarray(np.cumsum(field, axis=-1) / field.sum(axis=-1, keepdims=True))


def _tilted(u: Floats, chance: Floats, odds: Floats) -> Floats:
    """Return uniforms stretched so that falling below `chance` has its odds multiplied."""
    now = chance * odds / (1 - chance + chance * odds)
    return np.where(u < now, u * chance / now, chance + (u - now) * (1 - chance) / (1 - now))


def _shifted(table: Floats, shift: Floats) -> Floats:
    """Return the table with its log odds shifted, (began with a takeaway, side, phase, lead class)."""
    field = np.exp(np.array([0.0, league.TAKEAWAY_PASS]))[:, None, None, None]
    odds = table / (1 - table) * np.exp(shift)[:, None, None] * field
    return np.asarray(odds / (1 + odds))


def _drive(board: _Board, ends: Floats, passing: Floats, rng: np.random.Generator) -> None:
    """Play the next drive of every world that is still live."""
    n = board.worlds.size
    u = rng.random((6, n))
    pace = rng.standard_gamma(3.3, n) / 3.3
    side, other = board.side, 1 - board.side
    lead = board.score[side, board.worlds] - board.score[other, board.worlds]
    phase, lead_class = board.phase(), _LEAD_CLASS[np.clip(lead, -_DEEPEST, _DEEPEST) + _DEEPEST]
    taken = board.taken
    cuts = ends[taken, side, phase, lead_class, :-1]
    end = (_tilted(u[0], cuts[:, 0], board.day)[:, None] > cuts).sum(axis=1)
    is_pass = u[1] < passing[taken, side, phase, lead_class]
    kind = np.where(end == league.TD, np.where(is_pass, 0, 1), end + 1)
    before = board.clock.copy()
    _run_clock(board, end, lead, pace)
    live = board.live
    board.count(side, kind, live)
    plays = league.PLAYS[kind] + 2.5
    board.plays[side, board.worlds] += plays * live
    board.called[side, board.worlds] += plays * live * league.DROPBACKS[phase, lead_class]

    six = (end == league.INT) & (u[2] < league.PICK_SIX) | (end == league.FUM) & (u[2] < league.FUMBLE_SIX)
    kicked_back = (end == league.PUNT) & (u[2] < league.PUNT_RETURN_TD)
    safety = (end >= league.PUNT) & (u[2] > 1 - league.SAFETY)
    bad = np.where(six, EVENT["defensive_td"], np.where(safety, EVENT["safety"], EVENT["return_td"]))
    board.count(other, bad, live & (six | kicked_back | safety))
    scorer = np.where(end == league.TD, side, other)
    walked_off = (board.half == 2) | (before <= 0)
    _try(board, scorer, live & ((end == league.TD) | six | kicked_back) & ~walked_off, u[3], u[4])
    returned = live & (end <= league.FG) & (u[5] < league.KICK_RETURN_TD) & (board.clock > 0) & (board.half < 2)
    for event in ("return_td", "xp_made"):
        board.count(other, np.full(n, EVENT[event]), returned)
    board.taken = (((end == league.INT) | (end == league.FUM)) & ~six & (board.clock > 0)).astype(np.int64)
    _next(board, side, six | kicked_back | returned)


def _run_clock(board: _Board, end: Ints, lead: Ints, pace: Floats) -> None:
    """Take the drive's time off the clock; who leads at the end runs it out, who trails hurries."""
    hurry = (board.clock < 300) & ((lead < 0) | (board.half == 0))
    seconds = league.SECONDS[end] * pace * np.where(hurry, 0.55, 1.0)
    out = (board.half < 2) & (end == league.OTHER) & (board.clock <= np.where(lead > 0, 120.0, 30.0))
    board.clock = np.where(out, 0.0, np.maximum(board.clock - seconds, 0.0))


def _try(board: _Board, scorer: Ints, mask: NDArray[np.bool_], u: Floats, v: Floats) -> None:
    """Play the try after a touchdown: a kick, or two points where the score asks for it late."""
    lead = board.score[scorer, board.worlds] - board.score[1 - scorer, board.worlds]
    asked = _GOES_FOR_TWO[np.clip(lead, -_DEEPEST, _DEEPEST) + _DEEPEST]
    two = np.where((board.half == 1) & (board.clock < 900) & asked, 0.8, league.TWO_TRY)
    kick = np.where(v < league.XP_GOOD, EVENT["xp_made"], EVENT["xp_missed"])
    kind = np.where(u < two, np.where(v < 0.65, EVENT["two_pass"], EVENT["two_rush"]), kick)
    failed = (u >= two * league.TWO_GOOD) & (u < two)
    board.count(scorer, kind, mask & ~failed)


def _next(board: _Board, side: Ints, keeps: NDArray[np.bool_]) -> None:
    """Hand the ball over, and turn halves, overtime and the end of the game."""
    board.side = np.where(keeps, side, 1 - side)
    level = board.score[0] == board.score[1]
    over = board.clock <= 0
    to_second = over & (board.half == 0)
    to_overtime = over & (board.half == 1) & level
    in_overtime = board.half == 2
    board.overtime_drives += in_overtime & board.live
    behind = board.score[board.side, board.worlds] < board.score[1 - board.side, board.worlds]
    gap = np.abs(board.score[0] - board.score[1])
    answers = (board.overtime_drives == 1) & behind & (gap == 3) & ~over
    done = over & (board.half == 1) & ~level | in_overtime & (over | ~level & ~answers)
    board.half = np.where(to_second, 1, np.where(to_overtime, 2, board.half))
    board.clock = np.where(to_second, _HALF_SECONDS, np.where(to_overtime, _OVERTIME_SECONDS, board.clock))
    board.side = np.where(to_second, 1 - board.opener, board.side)
    board.live &= ~done
