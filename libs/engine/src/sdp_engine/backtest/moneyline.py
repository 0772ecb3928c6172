"""Who wins: the simulation's chance of the home side before every game, against what happened and against an Elo."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from sdp_engine.backtest.table import ALL, BINS, FEWEST, OURS, log_loss, paired
from sdp_engine.distributions import Array
from sdp_engine.evaluate import calibration
from sdp_engine.simulate import past, ratings, scores
from sdp_engine.simulate.line import Line

MARKET, POPULATION, ELO = "moneyline", "games", "elo"
ALONE = "sdp, past results alone"
"""The simulation where no line of any game is known, of earlier ones neither."""
STEP, HOME, KEPT = 20.0, 55.0, 2 / 3
"""The Elo: points moved by a surprise, the home side's advantage, and what is kept over a summer."""
STATS = ("passing_tds", "rushing_tds")
"""What the simulation's scores are made of: a sport without them has no such market."""
INDEPENDENT, INFORMED = "independent", "informed"


def rows(
    games: pl.DataFrame,
    touchdowns: pl.DataFrame,
    passers: pl.DataFrame,
    seasons: Sequence[int],
    tick: Callable[[], object] = lambda: None,
) -> list[dict[str, Any]]:
    """Return the table's rows: log loss, Brier score and reliability of the home side's win, a tie half a win.

    `independent` expects of a game what the ratings say of it, which know no line of it or of its week but those of
    earlier games; beside it stand the same without any line at all (`ALONE`) and an Elo. `informed` expects its
    closing spread and total. All are as of the first kick-off of the week. `brier_gain` is what an Elo's Brier score is
    worse by.

    Args:
        games: `frames.GAMES`.
        touchdowns: `simulate.past.TOUCHDOWNS`.
        passers: `simulate.ratings.PASSERS`.
        seasons: To be judged.
        tick: Called after each week; what it raises ends the work.
    """
    played = games.filter(pl.col("home_score").is_not_null(), pl.col("away_score").is_not_null())
    judged = played.sort("starts_at", "game_id").with_columns(elo=pl.Series(elo(played.sort("starts_at", "game_id"))))
    judged = judged.filter(pl.col("season").is_in(list(seasons)))
    if judged.is_empty() or touchdowns.is_empty():
        return []
    unlined = [pl.lit(None, pl.Float64).alias(name) for name in ("spread", "total")]
    views = {INFORMED: games, INDEPENDENT: games, ALONE: games.with_columns(unlined)}
    told = {view: np.full(judged.height, np.nan) for view in views}
    at = judged.select(pl.concat_str("season", "week", separator=" "))["season"].to_numpy()
    for week in dict.fromkeys(at):
        chosen = np.flatnonzero(at == week)
        ahead = judged[chosen]
        for view, known in views.items():
            shown = ahead if view == INFORMED else ahead.with_columns(unlined)
            told[view][chosen] = _chances(known, touchdowns, passers, shown)
        tick()
    home, away = (judged[name].to_numpy() for name in ("home_score", "away_score"))
    judged = judged.with_columns(pl.Series(view, chance) for view, chance in told.items())
    judged = judged.with_columns(y=pl.Series((home > away) + 0.5 * (home == away)))
    return [
        *_figures(judged, INDEPENDENT, {OURS: INDEPENDENT, ALONE: ALONE, ELO: ELO}),
        *_figures(judged, INFORMED, {OURS: INFORMED, ELO: ELO}),
    ]


def elo(games: pl.DataFrame) -> Array:
    """Return each game's chance of the home side as an Elo had it before, games in order of kick-off."""
    rating: dict[str, float] = {}
    season, told = None, []
    for year, own, other, scored, allowed in games.select(
        "season", "home_team_id", "away_team_id", "home_score", "away_score"
    ).iter_rows():
        if year != season:
            season, rating = year, {team: KEPT * points for team, points in rating.items()}
        chance = 1 / (1 + 10 ** (-(rating.get(own, 0.0) + HOME - rating.get(other, 0.0)) / 400))
        told.append(chance)
        moved = STEP * ((scored > allowed) + 0.5 * (scored == allowed) - chance)
        rating[own], rating[other] = rating.get(own, 0.0) + moved, rating.get(other, 0.0) - moved
    return np.array(told, dtype=np.float64)


def _chances(games: pl.DataFrame, touchdowns: pl.DataFrame, passers: pl.DataFrame, ahead: pl.DataFrame) -> Array:
    """Return the chances of a week's home sides; a game without a line is expected to go as the ratings say."""
    lock = ahead["starts_at"].to_list()[0]
    rated: ratings.Ratings | None = None
    named = {(game, team): who for game, team, who in passers.select("game_id", "team_id", "expected").iter_rows()}
    lines = []
    for game, home, away, spread, total in ahead.select(
        "game_id", "home_team_id", "away_team_id", "spread", "total"
    ).iter_rows():
        if spread is not None and total is not None:
            lines.append(Line(spread, total, "market"))
            continue
        rated = rated or ratings.fit(games, lock, passers)
        lines.append(rated.line(home, away, (named.get((game, home)), named.get((game, away)))))
    return scores.wins(scores.tables(lines, past.past(games, touchdowns, lock)))


def _figures(judged: pl.DataFrame, mode: str, models: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the figures of models, each named with its column of chances, by season."""
    made: list[dict[str, Any]] = []
    for season in (ALL, *sorted(judged["season"].unique().to_list())):
        chosen = judged if season == ALL else judged.filter(pl.col("season") == season)
        if chosen.height < FEWEST:
            continue
        happened = chosen["y"].to_numpy()
        where = {"population": POPULATION, "mode": mode, "market": MARKET, "position": ALL, "season": season}
        for model, column in models.items():
            chance = chosen[column].to_numpy()
            index = np.minimum((chance * BINS).astype(int), BINS - 1)
            groups = [index == each for each in np.unique(index)]
            figures = {
                "n": chosen.height,
                "brier": float(np.mean((chance - happened) ** 2)),
                "logloss": log_loss(chance, happened),
                "ece": calibration.expected_calibration_error(chance, happened),
            }
            if model != ELO:
                gain = paired((chosen[ELO].to_numpy() - happened) ** 2 - (chance - happened) ** 2, chosen["game_id"])
                figures |= {f"brier_{name}": value for name, value in gain.items()}
            bins = [
                {"p": float(chance[g].mean()), "rate": float(happened[g].mean()), "n": int(g.sum())} for g in groups
            ]
            told = {key: round(value, 6) if isinstance(value, float) else value for key, value in figures.items()}
            made.append({**where, "model": model, **told, "reliability": bins})
    return made
