"""The one door: simulate a slate's games jointly."""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from sdp_engine import frames
from sdp_engine.simulate import plan as p
from sdp_engine.simulate.arrange import Game, Side, arrange
from sdp_engine.simulate.draws import GAME_LINES, GROUPS, PLAYERS, RECONCILED, Draws
from sdp_engine.simulate.expectation import Row, expect, rows_of
from sdp_engine.simulate.kernel import play
from sdp_engine.simulate.line import Line
from sdp_engine.simulate.past import Past, nothing
from sdp_engine.simulate.plan import Plan, Sheets
from sdp_engine.simulate.slate import Slate
from sdp_engine.simulate.tables import tables

VERSION = 7
"""Raised whenever the same inputs would give other draws."""
CHUNK = 2_560
"""Worlds drawn in one go; of no consequence to what is drawn."""
MAX_WORLDS = 200_000


def simulate(
    slate: Slate,
    predictions: pl.DataFrame,
    seed: int,
    worlds: int = 10_000,
    *,
    first: int = 0,
    threads: int = 1,
    on_game: Callable[[int, int], None] | None = None,
) -> Draws:
    """Draw every stat and score of a slate's games, jointly.

    The draws of a game depend on the seed, its id, its line, its players and their predictions, and on the past
    games: not on the other games, on the number of threads or of worlds, or on where the worlds are drawn (the first
    1,000 worlds of 10,000 are those of 1,000, and worlds 1,000 to 2,000 may be drawn elsewhere).

    Args:
        slate: Games, players, past games and fallback lines.
        predictions: PREDICTIONS frame; markets it lacks are filled in (`expectation.expect`).
        seed: Any integer from 0 to 2**64 - 1.
        worlds: How many worlds, 1 to MAX_WORLDS.
        first: The number of the first world.
        threads: Chunks simulated at a time.
        on_game: Called with (games done, games) after each game, in the caller's thread; what it raises stops the
            simulation.

    Raises:
        ValueError: A frame is malformed, or seed or worlds out of range.
    """
    frames.check(predictions, frames.PREDICTIONS, "predictions")
    if not 1 <= worlds <= MAX_WORLDS or first < 0:
        raise ValueError(f"worlds: {worlds} from {first} is not between 1 and {MAX_WORLDS}")
    if not 0 <= seed < 2**64:
        raise ValueError(f"seed: {seed} is not between 0 and 2**64 - 1")
    games = expected_games(slate, predictions)
    if not games:
        return _draws(games, p.blank(0, 0, worlds), worlds)
    plan = arrange(games, past_of(slate))
    return _draws(games, draw(plan, seed, worlds, first=first, threads=threads, on_game=on_game), worlds)


def renew(
    slate: Slate,
    predictions: pl.DataFrame,
    seed: int,
    before: Draws,
    touched: Collection[str],
    *,
    threads: int = 1,
    on_game: Callable[[int, int], None] | None = None,
) -> Draws:
    """Draw some games anew and take the others' worlds from earlier draws: what `simulate` would give, for less.

    Args:
        slate: The slate as it is now.
        predictions: As of `simulate`.
        seed: The one of the earlier draws.
        before: Draws of the slate, from world 0 on, in which nothing but the touched games was different.
        touched: The games to draw.
        threads: As of `simulate`.
        on_game: As of `simulate`; counts the touched games alone.

    Raises:
        ValueError: A frame is malformed, or a game that is not touched was not drawn, or with other players.
    """
    frames.check(predictions, frames.PREDICTIONS, "predictions")
    games = expected_games(slate, predictions)
    plan = arrange(games, past_of(slate))
    sheets = p.blank(len(games), int(plan.first[-1]), before.worlds)
    whole = _draws(games, sheets, before.worlds)
    for g, game in enumerate(games):
        if game.game_id not in touched:
            whole.take(g, before)
    only = [g for g, game in enumerate(games) if game.game_id in touched]
    draw(plan, seed, before.worlds, threads=threads, on_game=on_game, only=only, sheets=sheets)
    return whole


def nobody() -> Draws:
    """Return one world of a game of nobody."""
    line = Line(0.0, 45.0, "ratings")
    home, away = (Side(team, team, expect([], 22.5, 0.0)) for team in ("home", "away"))
    games = [Game("nobody", line, (home, away), 2021)]
    return _draws(games, draw(arrange(games, _nothing()), 0, 1), 1)


@cache
def _nothing() -> Past:
    return nothing()


def past_of(slate: Slate) -> Past:
    """Return the past games a slate's scores are drawn from."""
    return slate.past or _nothing()


def expected_games(slate: Slate, predictions: pl.DataFrame) -> list[Game]:
    """Return the games with what is expected of their sides."""
    rows = rows_of(slate.population, predictions)
    return [_game(slate, row, rows) for row in slate.games.iter_rows(named=True)]


def _game(slate: Slate, row: dict[str, Any], rows: dict[tuple[str, str], list[Row]]) -> Game:
    line, game_id = slate.line(row), row["game_id"]
    pairs = ((row["home_team_id"], row["away_team_id"]), (row["away_team_id"], row["home_team_id"]))
    home, away = (
        Side(team, other, expect(rows.get((game_id, team), []), points, margin))
        for (team, other), points, margin in zip(pairs, line.points, (line.spread, -line.spread), strict=True)
    )
    return Game(game_id, line, (home, away), int(row["season"]))


def draw(
    plan: Plan,
    seed: int,
    worlds: int,
    *,
    first: int = 0,
    threads: int = 1,
    chunk: int = CHUNK,
    on_game: Callable[[int, int], None] | None = None,
    only: Sequence[int] | None = None,
    sheets: Sheets | None = None,
) -> Sheets:
    """Draw the worlds `first` to `first + worlds` of a plan, or of `only` some of its games.

    They are written onto `sheets` where given; other parameters as of `simulate`.
    """
    chosen = range(len(plan.game_key)) if only is None else only
    sheets = p.blank(len(plan.game_key), int(plan.first[-1]), worlds) if sheets is None else sheets
    tasks = [(g, since, min(since + chunk, worlds)) for g in chosen for since in range(0, worlds, chunk)]
    size = int(np.diff(plan.first).max())

    def work(g: int, since: int, until: int) -> int:
        play(plan, tables(), p.room(), p.strip(size), np.uint64(seed), g, first, since, until, sheets)
        return g

    left = dict.fromkeys(chosen, len(range(0, worlds, chunk)))
    done = 0
    for g in _run(work, tasks, threads):
        left[g] -= 1
        if left[g] == 0:
            done += 1
            if on_game is not None:
                on_game(done, len(chosen))
    return sheets


def _run(work: Callable[[int, int, int], int], tasks: list[tuple[int, int, int]], threads: int) -> Any:
    """Yield each task's result as it ends; ask for no more once the caller has had enough."""
    if threads <= 1:
        yield from (work(*task) for task in tasks)
        return
    tables()
    with ThreadPoolExecutor(max_workers=threads) as pool:
        # not `wait` in a loop, which looks at everything that is left each time
        asked = [pool.submit(work, *task) for task in tasks]
        try:
            yield from (future.result() for future in as_completed(asked))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _draws(games: list[Game], sheets: Sheets, worlds: int) -> Draws:
    """Return the draws with who is who."""
    players, places = _players(games)
    named: dict[str, np.ndarray[Any, Any]] = {
        "scores": sheets.scores,
        "overtime": sheets.overtime,
        "skill": sheets.skill,
        "yards": sheets.yards,
        "passer": sheets.passer,
        "passed": sheets.passed[None],
        "kicker": sheets.kicker,
        "defence": sheets.defence,
    }
    return Draws(worlds, _lines(games), players, named, places, _expected(games))


def _sides(games: list[Game]) -> list[tuple[Game, Side]]:
    return [(game, side) for game in games for side in game.sides]


def _players(games: list[Game]) -> tuple[pl.DataFrame, dict[str, np.ndarray[Any, np.dtype[np.int64]]]]:
    """Return the rows of `Draws.players` and their places in the groups."""
    rows: list[tuple[Any, ...]] = []
    places: list[tuple[int, int, int, int]] = []
    skill = 0
    for s, (game, side) in enumerate(_sides(games)):
        e = side.expected
        keys = (game.game_id, side.team_id, side.opponent_id)
        for i, (player, position) in enumerate(zip(e.players, e.positions, strict=True)):
            rows.append((player, *keys, position, True))
            places.append((skill + i, 2 * s + i if i < p.BLANK else -1, -1, -1))
        rows += [(e.kicker, *keys, "K", True), (e.defence, *keys, "DST", True)]
        places += [(-1, -1, s, -1), (-1, -1, -1, s)]
        rows += [(player, *keys, position, False) for player, position in e.benched]
        places += [(-1, -1, -1, -1)] * len(e.benched)
        skill += len(e.players)
    columns = np.array(places, np.int64).reshape(-1, 4).T
    by = {"skill": 0, "yards": 0, "passer": 1, "passed": 1, "kicker": 2, "defence": 3}
    return pl.DataFrame(rows, schema=PLAYERS, orient="row"), {group: columns[by[group]] for group in GROUPS}


def _lines(games: list[Game]) -> pl.DataFrame:
    """Return `Draws.games`."""
    rows = [
        (g.game_id, g.sides[0].team_id, g.sides[1].team_id, g.line.spread, g.line.total, g.line.source) for g in games
    ]
    return pl.DataFrame(rows, schema=GAME_LINES, orient="row")


def _expected(games: list[Game]) -> pl.DataFrame:
    """Return what every listed player was asked for, by stat."""
    rows: list[tuple[Any, ...]] = []
    for game, side in _sides(games):
        e = side.expected
        asked = {
            "receptions": e.receptions,
            "receiving_yards": e.receiving_yards,
            "rushing_attempts": e.carries,
            "rushing_yards": e.rushing_yards,
        }
        for i, player in enumerate(e.players):
            if player is None or i == 1:
                continue
            keys = (player, game.game_id, side.team_id)
            rows += [(*keys, stat, float(v[i])) for stat, v in asked.items()]
            if i == 0:
                rows.append((*keys, "passing_yards", float(e.receiving_yards.sum()) * (1 - e.relieved)))
    return pl.DataFrame(rows, schema={k: v for k, v in RECONCILED.items() if k != "simulated"}, orient="row")
