"""Walking forward: fit on what was known, predict what came next, and so on through the seasons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sdp_sports.spec import Market

from sdp_engine import frames
from sdp_engine.distributions import Array, Distribution
from sdp_engine.evaluate import calibration, scores
from sdp_engine.models import informed, spread
from sdp_engine.models.families import Family
from sdp_engine.models.fitting import check_known
from sdp_engine.models.model import EXPECTED, KNOWN, MOMENT, TARGET, Codes, Design, Model

Every = Literal["weekly", "monthly"]
WEEKS: dict[str, int] = {"weekly": 1, "monthly": 4}
"""How many weeks a fit serves."""
WARM_SEASONS, WARM_WEEKS = 3, 9
"""Before the first season that is judged, so many are predicted with a fit every so many weeks: what they leave is what
the first distributions are learnt from."""
FEWEST_ROWS = 200
FAR = datetime(2000, 1, 1, tzinfo=UTC)
"""Where no game is to be judged."""


@dataclass(frozen=True)
class Refit:
    """A fit as of a moment, and the end of the time that it predicts."""

    as_of: datetime
    until: datetime
    is_judged: bool


def refits(games: pl.DataFrame, seasons: Sequence[int], every: Every) -> list[Refit]:
    """Return when models are fitted: at the first kick-off of a season, and of each so many weeks after it.

    After a regular season's last week nothing is judged, and nothing fitted.

    Args:
        games: `frames.GAMES`.
        seasons: The seasons to be judged.
        every: How often.
    """
    first = min(seasons)
    regular = games.filter(pl.col("season_type") == "REG")
    firsts = regular.group_by("season", "week").agg(pl.col("starts_at").min()).drop_nulls().sort("starts_at")
    moments: list[tuple[datetime, bool]] = []
    for season, week, starts_at in firsts.iter_rows():
        judged = season in seasons
        warm = first - WARM_SEASONS <= season < first
        step = WEEKS[every] if judged else WARM_WEEKS
        if (judged or warm) and (week - 1) % step == 0:
            moments.append((starts_at, judged))
    ends = [moment for moment, _ in moments[1:]]
    last: list[datetime] = games.filter(pl.col("season").is_in(list(seasons)))["starts_at"].to_list()
    ends.append(max(last, default=FAR) + timedelta(days=1))
    return [Refit(at, end, judged) for (at, judged), end in zip(moments, ends, strict=True)]


def walk(
    frame: pl.DataFrame,
    market: Market,
    family: Family,
    plan: Sequence[Refit],
    chances: pl.DataFrame | None = None,
    tick: Callable[[], object] = lambda: None,
) -> pl.DataFrame:
    """Return what was predicted of every row in the judged spans, and how it went.

    Args:
        frame: As `training.labelled` gives it: features, `y`, `as_of`, `known_at`, `is_given`; perhaps `line` and
            `market`, a real line and the de-vigged chance of going over it where it is no push.
        market: The market's declaration.
        family: Learns the mean.
        plan: As `refits` gives it.
        chances: `player_id`, `game_id`, `chance`: how likely a player who plays does what the market takes for granted.
        tick: Called after each fit of the plan; what it raises ends the walk.

    Returns:
        Keys, `as_of`, `is_given`, `y`, and twice what `judge` gives: as `given_*` of the prediction given that the
        player is involved (and a quarterback starts or does not), as `played_*` of the one given that he plays, with
        the quarterbacks who were expected to start. Where there are lines also as `lined_*` of the one given that he
        plays, a quarterback as he did, and as `informed_*` of that one moved to the market (null without a line);
        `tempered_over` is its chance of going over, given no push, as calibrated on earlier lines without their prices.
    """
    rows = frame.sort(MOMENT, "game_id", "player_id")
    field = _field(rows, market)
    observed, given = field.observed, rows["is_given"].to_numpy()
    learning = family.learning(field.matrix, observed, field.codes)
    mean = np.full(rows.height, np.nan)
    made: list[pl.DataFrame] = []
    for refit in plan:
        past = (rows[KNOWN] < refit.as_of).to_numpy() & given
        ahead = rows[MOMENT].is_between(refit.as_of, refit.until, closed="left").to_numpy()
        if past.sum() >= FEWEST_ROWS and ahead.any() and np.ptp(observed[past]) > 0:
            check_known(rows.filter(pl.Series(past)), refit.as_of)
            learnt = learning(past)
            mean[ahead] = learnt.of(field.matrix[ahead], field.codes[ahead])
            seen = past & np.isfinite(mean)
            if refit.is_judged and seen.sum() >= FEWEST_ROWS:
                late = spread.remembered(rows[MOMENT], refit.as_of, seen)
                layer = spread.learn(market.family, mean[late], observed[late], field.codes[late])
                ahead &= ~field.relief
                views = {"given": layer.around(mean[ahead], field.codes[ahead])}
                if field.is_mixed:
                    odds = field.design.odds(field.matrix[late], field.expected[late], field.started[late])
                    model = Model(field.design, learnt, layer, odds)
                    views["told"] = model.around(field.matrix[ahead], field.codes[ahead], field.expected[ahead])
                chosen = rows.filter(pl.Series(ahead))
                found = _judged(chosen, views, _chance(chosen, chances))
                if "market" in rows.columns:
                    lined = views["given"].given(_chance(chosen, chances))
                    found = found.hstack(_informed(chosen, lined, made, refit.as_of))
                made.append(found)
        tick()
    return pl.concat(made) if made else pl.DataFrame()


@dataclass(frozen=True)
class _Field:
    """A walk's rows as arrays, and whether each quarterback started and was expected to (`Design.starters`)."""

    design: Design
    matrix: Array
    codes: Codes
    observed: Array
    started: Array
    expected: Array

    @property
    def relief(self) -> NDArray[np.bool_]:
        """Who relieved a starter though no roster had named him: models learn from these rows, none is judged."""
        return np.asarray((self.started == 0) & np.isnan(self.expected))

    @property
    def is_mixed(self) -> bool:
        """Whether of some a prediction is mixed of what a starter and what a reserve would do."""
        return bool(np.isfinite(self.expected).any())


def _field(rows: pl.DataFrame, market: Market) -> _Field:
    skip = {*frames.FEATURE_KEYS, TARGET, MOMENT, KNOWN, EXPECTED, "is_given", "line", "market"}
    read = [name for name in rows.columns if name not in skip]
    known = rows.select(pl.col(read).is_not_null().any()).row(0)
    design = Design(tuple(name for name, is_known in zip(read, known, strict=True) if is_known), market.positions)
    started, expected = design.starters(rows), design.starters(rows, EXPECTED)
    return _Field(design, design.matrix(rows), design.codes(rows), rows[TARGET].to_numpy(), started, expected)


def _chance(rows: pl.DataFrame, chances: pl.DataFrame | None) -> Array:
    if chances is None:
        return np.ones(rows.height)
    keys = ["player_id", "game_id"]
    joined = rows.select(keys).join(chances, on=keys, how="left", maintain_order="left")
    return joined["chance"].fill_null(1.0).to_numpy()


def _judged(rows: pl.DataFrame, views: Mapping[str, Distribution], chance: Array) -> pl.DataFrame:
    keys = ("player_id", "game_id", "team_id", "position", MOMENT, KNOWN, "is_given", TARGET)
    lines = rows["line"].to_numpy() if "line" in rows.columns else None
    observed = rows[TARGET].to_numpy()
    told = {"given": judge(views["given"], observed, lines)}
    certain = bool(np.all(chance == 1.0))
    lined = told["given"] if certain else judge(views["given"].given(chance), observed, lines)
    told["played"] = judge(views["told"].given(chance), observed, lines) if "told" in views else lined
    if "market" in rows.columns:
        told["lined"] = lined
    columns = {f"{name}_{k}": values for name, figures in told.items() for k, values in figures.items()}
    return rows.select(*keys, *(name for name in ("line", "market", EXPECTED) if name in rows.columns)).with_columns(
        pl.Series(name, values) for name, values in columns.items()
    )


def _informed(
    rows: pl.DataFrame,
    predicted: Distribution,
    before: Sequence[pl.DataFrame],
    as_of: datetime,
) -> pl.DataFrame:
    """Return `informed_*` and `tempered_over` of the rows; what is learnt for them is of earlier rows alone."""
    past = pl.concat(before).filter(pl.col("market").is_not_null(), pl.col(KNOWN) < as_of) if before else rows.clear()
    past = past.filter(pl.col(TARGET) != pl.col("line")) if past.height else past
    trust, slope = informed.TRUST, informed.SLOPE
    if past.height:
        own = (past["lined_over"] / (1 - past["lined_push"]).clip(1e-9)).to_numpy()
        happened = (past[TARGET] > past["line"]).cast(pl.Float64).to_numpy()
        trust = informed.learn_trust(past["market"].to_numpy(), own, happened)
        slope = informed.learn_slope(own, happened)
    known = rows["market"].is_not_null().to_numpy()
    empty = {f"informed_{name}": np.full(rows.height, np.nan) for name in (*_JUDGED, "over", "push")}
    empty["tempered_over"] = np.full(rows.height, np.nan)
    if known.any():
        mine, lines = predicted[known], rows["line"].to_numpy()[known]
        own = mine.prob_over(lines) / np.maximum(1 - mine.prob_push(lines), 1e-9)
        chance = informed.blend(rows["market"].to_numpy()[known], own, trust)
        empty["tempered_over"][known] = informed.tempered(own, slope)
        moved = informed.anchor(mine, lines, chance)
        for name, values in judge(moved, rows[TARGET].to_numpy()[known], lines).items():
            empty[f"informed_{name}"][known] = values
    return pl.DataFrame(empty).fill_nan(None)


_JUDGED = ("mean", "median", "crps", "log", "pit", "pit_low", "any")


def judge(predicted: Distribution, observed: Array, lines: Array | None) -> dict[str, Any]:
    """Return, a row, the mean, the median, CRPS, log score, the two ends of the PIT, the chance of anything at
    all, and of going over the line and of a push where there is one.
    """
    pit = calibration.Pit.of(predicted, observed)
    told = {
        "mean": predicted.mean(),
        "median": predicted.quantile([0.5])[:, 0],
        "crps": scores.crps(predicted, observed),
        "log": scores.log_score(predicted, observed),
        "pit": pit.high,
        "pit_low": pit.low,
        "any": 1.0 - predicted.prob_zero(),
    }
    if lines is not None:
        at = np.nan_to_num(lines, nan=0.0)
        known = np.isfinite(lines)
        told["over"] = np.where(known, predicted.prob_over(at), np.nan)
        told["push"] = np.where(known, predicted.prob_push(at), np.nan)
    return told
