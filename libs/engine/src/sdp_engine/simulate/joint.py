"""The one door: simulate a slate's games jointly."""

import hashlib
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sdp_engine import frames
from sdp_engine.simulate import calibrate, flow, league, offence
from sdp_engine.simulate.draws import GAME_LINES, GROUPS, PLAYERS, RECONCILED, Draws
from sdp_engine.simulate.expectation import Expectation, expect
from sdp_engine.simulate.slate import Line, Slate

VERSION = 1
"""Raised whenever the same inputs would give other draws."""
BLOCK = 2000
"""Worlds drawn from one stream; the last block is drawn whole and cut, so that fewer worlds are a prefix of more."""
_PILOT_BLOCK = 2**32 - 1
MAX_WORLDS = 200_000


@dataclass(frozen=True)
class _Side:
    """One side of a game: what it is expected to do, and its rows."""

    team_id: str
    opponent_id: str
    expected: Expectation
    skill: int
    kicker: int
    defence: int


@dataclass(frozen=True)
class _Game:
    index: int
    game_id: str
    line: Line
    sides: tuple[_Side, _Side]


def simulate(
    slate: Slate,
    predictions: pl.DataFrame,
    seed: int,
    worlds: int = 10_000,
    *,
    threads: int = 1,
    on_game: Callable[[int, int], None] | None = None,
) -> Draws:
    """Draw every stat and score of a slate's games, jointly.

    The draws of a game depend on the seed, its id, its line, its players and their predictions alone: not on the
    other games, the number of threads or of worlds (the first 1,000 worlds of 10,000 are those of 1,000).

    Args:
        slate: Games, players and fallback lines.
        predictions: PREDICTIONS frame; markets it lacks are filled in (`expectation.expect`).
        seed: Any integer that is not negative.
        worlds: How many worlds, 1 to MAX_WORLDS.
        threads: Games simulated at a time.
        on_game: Called with (games done, games) after each game, in the caller's thread; what it raises stops the
            simulation.

    Raises:
        ValueError: A frame is malformed, or seed or worlds out of range.
    """
    frames.check(predictions, frames.PREDICTIONS, "predictions")
    if not 1 <= worlds <= MAX_WORLDS:
        raise ValueError(f"worlds: {worlds} is not between 1 and {MAX_WORLDS}")
    if seed < 0:
        raise ValueError(f"seed: {seed} is negative")
    games, size = _games(slate, predictions)
    out = {group: np.zeros((len(names), size[group], worlds), np.int16) for group, names in GROUPS.items()}
    scores = np.zeros((len(games), 2, worlds), np.int16)
    _run([(_play, (game, seed, out, scores)) for game in games], threads, on_game)
    players, places = _players(games)
    return Draws(worlds, _lines(games), players, scores, out, places, _expected(games))


def _run(
    tasks: list[tuple[Callable[..., None], tuple[Any, ...]]], threads: int, on_game: Callable[[int, int], None] | None
) -> None:
    """Run the tasks on a few threads; stop asking for more when one fails or the caller has enough."""
    done = 0
    with ThreadPoolExecutor(max_workers=max(1, threads)) as pool:
        pending = {pool.submit(task, *given) for task, given in tasks}
        try:
            while pending:
                finished, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in finished:
                    future.result()
                    done += 1
                    if on_game is not None:
                        on_game(done, len(tasks))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _games(slate: Slate, predictions: pl.DataFrame) -> tuple[list[_Game], dict[str, int]]:
    """Return the games with their sides' expectations, and how many rows each group of stats has."""
    games: list[_Game] = []
    skill = 0
    for index, row in enumerate(slate.games.iter_rows(named=True)):
        line, home, away = slate.line(row), row["home_team_id"], row["away_team_id"]
        sides: list[_Side] = []
        for k, (team, other) in enumerate(((home, away), (away, home))):
            mine = (pl.col("game_id") == row["game_id"]) & (pl.col("team_id") == team)
            margin = line.spread if k == 0 else -line.spread
            expected = expect(slate.population.filter(mine), predictions.filter(mine), line.points[k], margin)
            sides.append(_Side(team, other, expected, skill, 2 * index + k, 2 * index + k))
            skill += len(expected.players)
        games.append(_Game(index, row["game_id"], line, (sides[0], sides[1])))
    return games, {"skill": skill, "passer": 2 * len(games), "kicker": 2 * len(games), "defence": 2 * len(games)}


def _stream(seed: int, game_id: str, block: int) -> np.random.Generator:
    """Return the stream of one game and block of worlds."""
    key = int.from_bytes(hashlib.blake2b(game_id.encode(), digest_size=8).digest(), "little")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, key, block])))


def _play(game: _Game, seed: int, out: dict[str, NDArray[np.int16]], scores: NDArray[np.int16]) -> None:
    """Calibrate one game and draw all its worlds into the output arrays."""
    plan = calibrate.calibrate(
        (game.sides[0].expected, game.sides[1].expected), _stream(seed, game.game_id, _PILOT_BLOCK)
    )
    worlds = scores.shape[2]
    for block, start in enumerate(range(0, worlds, BLOCK)):
        rng = _stream(seed, game.game_id, block)
        course = flow.play(plan.strength, plan.pass_shift, BLOCK, rng)
        noise = calibrate.pair_noise(BLOCK, rng)
        stats = [
            offence.play(side, offence.Course.of(course, k), noise[k], rng)[0] for k, side in enumerate(plan.sides)
        ]
        part, cut = slice(start, min(start + BLOCK, worlds)), min(BLOCK, worlds - start)
        score = course.score
        scores[game.index, :, part] = score[:, :cut]
        for k, side in enumerate(game.sides):
            lines = {
                "skill": stats[k],
                "passer": stats[k],
                "kicker": _kicking(course.counts[k], rng),
                "defence": _defending(course.counts, k, score, stats[1 - k], rng),
            }
            for group, names in GROUPS.items():
                first = getattr(side, "skill" if group == "skill" else "kicker")
                for i, name in enumerate(names):
                    values = lines[group][name]
                    out[group][i, first : first + len(values), part] = values[:, :cut]


def _kicking(counts: NDArray[np.int16], rng: np.random.Generator) -> offence.Stats:
    """Return a side's kicks, each (1, W)."""
    made = rng.multinomial(counts[flow.EVENT["field_goal"]].astype(np.int64), league.FG_BANDS).T
    return {
        "fg_made_0_39": made[:1],
        "fg_made_40_49": made[1:2],
        "fg_made_50_plus": made[2:],
        "fg_missed": counts[flow.EVENT["missed_field_goal"], None].astype(np.int64),
        "xp_made": counts[flow.EVENT["xp_made"], None].astype(np.int64),
        "xp_missed": counts[flow.EVENT["xp_missed"], None].astype(np.int64),
    }


def _defending(
    counts: NDArray[np.int16], k: int, score: NDArray[np.int64], faced: offence.Stats, rng: np.random.Generator
) -> offence.Stats:
    """Return what a side's defence did, each (1, W), from the other side's offence.

    Points allowed follow DraftKings: the opponent's points less those its defence scored itself (turnovers
    returned, safeties); kick returns, kicks and tries count.
    """
    own, other = counts[k].astype(np.int64), counts[1 - k].astype(np.int64)
    kicks = other[flow.EVENT["missed_field_goal"]] + other[flow.EVENT["xp_missed"]]
    not_allowed = 6 * other[flow.EVENT["defensive_td"]] + 2 * other[flow.EVENT["safety"]]
    return {
        "def_sacks": faced["sacks_taken"],
        "def_interceptions": faced["interceptions"],
        "def_fumble_recoveries": faced["fumbles_lost"].sum(axis=0, keepdims=True),
        "def_tds": (own[flow.EVENT["defensive_td"]] + own[flow.EVENT["return_td"]])[None],
        "def_safeties": own[flow.EVENT["safety"]][None],
        "def_blocked_kicks": rng.binomial(kicks, league.BLOCKED)[None],
        "points_allowed": (score[1 - k] - not_allowed)[None],
    }


def _players(games: list[_Game]) -> tuple[pl.DataFrame, dict[str, NDArray[np.int64]]]:
    """Return the rows of `Draws.players` and their places in the groups."""
    rows: list[tuple[Any, ...]] = []
    places: dict[str, list[int]] = {group: [] for group in GROUPS}

    def add(game: _Game, side: _Side, player: int | None, position: str, **where: int) -> None:
        active = bool(where)
        rows.append((player, game.game_id, side.team_id, side.opponent_id, position, active))
        for group, found in places.items():
            found.append(where.get(group, -1))

    for game in games:
        for side in game.sides:
            for i, (player, position) in enumerate(zip(side.expected.players, side.expected.positions, strict=True)):
                passer = {"passer": side.kicker} if i == 0 else {}
                add(game, side, player, position, skill=side.skill + i, **passer)
            add(game, side, side.expected.kicker, "K", kicker=side.kicker)
            add(game, side, side.expected.defence, "DST", defence=side.defence)
            for player, position in side.expected.benched:
                add(game, side, player, position)
    return pl.DataFrame(rows, schema=PLAYERS, orient="row"), {g: np.array(v, np.int64) for g, v in places.items()}


def _lines(games: list[_Game]) -> pl.DataFrame:
    """Return `Draws.games`."""
    rows = [
        (g.game_id, g.sides[0].team_id, g.sides[1].team_id, g.line.spread, g.line.total, g.line.source) for g in games
    ]
    return pl.DataFrame(rows, schema=GAME_LINES, orient="row")


def _expected(games: list[_Game]) -> pl.DataFrame:
    """Return what every listed player was asked for, by stat."""
    rows: list[tuple[Any, ...]] = []
    for game in games:
        for side in game.sides:
            e = side.expected
            asked = {
                "receptions": e.receptions,
                "receiving_yards": e.receiving_yards,
                "rushing_attempts": e.carries,
                "rushing_yards": e.rushing_yards,
            }
            for i, player in enumerate(e.players):
                if player is None:
                    continue
                rows += [(player, game.game_id, side.team_id, stat, float(v[i])) for stat, v in asked.items()]
                if i == 0:
                    yards = float(e.receiving_yards.sum())
                    rows.append((player, game.game_id, side.team_id, "passing_yards", yards))
    return pl.DataFrame(rows, schema={k: v for k, v in RECONCILED.items() if k != "simulated"}, orient="row")
