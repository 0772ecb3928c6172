"""Runs, and what may be asked for."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints
from sdp_sports.entering import Entering
from sdp_sports.offer import Offer
from sdp_sports.rules import Rules

from sdp_api.schema import Answer, ErrorBody, Request

RunStatus = Literal["queued", "running", "succeeded", "failed", "cancelled"]


class RunRead(Answer):
    """A piece of work of one service; `progress` runs from 0 to 1.

    Work may be a chain: `remaining` runs follow this one's success, and `next_run_id` is the first of them, known once
    this one has succeeded. Stopping a run stops what would follow.
    """

    id: int
    service: str
    job: str
    params: dict[str, Any]
    slate_id: int | None
    status: RunStatus
    progress: float
    message: str | None
    cancel_requested: bool
    result: dict[str, Any] | None
    error: ErrorBody | None
    remaining: int
    next_run_id: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class RunPage(Answer):
    """The caller's runs, the newest first."""

    items: list[RunRead]
    total: int
    limit: int
    offset: int


class BuildCreate(Request):
    """Build the features of a slate's players, as of its lock."""

    slate_id: int


class PredictCreate(Request):
    """Predict every market of a slate's players with the promoted models."""

    slate_id: int


class ProjectCreate(Request):
    """Bring a slate's projections up to what is known now, or stood at its lock."""

    slate_id: int
    worlds: Annotated[int, Field(ge=100, le=200_000)] = 10_000
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1


class SimulateCreate(Request):
    """Play a slate's games `worlds` times; the same seed gives the same answer.

    With `projection_set_id`, points are drawn around projections that the caller uploaded, with the sport's
    correlations: for any sport.
    """

    slate_id: int
    projection_set_id: int | None = None
    worlds: Annotated[int, Field(ge=100, le=200_000)] = 10_000
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1


Margin = Annotated[float, Field(ge=-40, le=40)]
Total = Annotated[float, Field(ge=15, le=90)]


class WhatIfCreate(Request):
    """Assume something else of a slate: draftables `out`, a game's home margin and total, its wind.

    The run's result tells each player's expected points before and after, and each touched game's scores, from two
    simulations with the same luck.
    """

    slate_id: int
    out: Annotated[list[int], Field(default_factory=list, max_length=50)]
    lines: Annotated[dict[str, tuple[Margin | None, Total | None]], Field(default_factory=dict, max_length=32)]
    wind_mph: Annotated[dict[str, Annotated[float, Field(ge=0, le=80)]], Field(default_factory=dict, max_length=32)]
    worlds: Annotated[int, Field(ge=100, le=50_000)] = 10_000
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1


class OptimizeCreate(Request):
    """Build lineups from a projection set; the optimizer names the set itself where no name is given.

    What is maximised is the mean, the same `quantile` of every player where one is given, or a `column` of the
    caller's own projections.
    """

    slate_id: int
    projection_set_id: int
    rules: Rules = Rules()
    quantile: Annotated[float, Field(gt=0, lt=1)] | None = None
    column: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] | None = None


class PortfolioCreate(Request):
    """Build the lineups that win most together in a contest, chosen one after the other in simulated worlds.

    `candidates` worlds, or means of `rules.worlds_per_lineup` worlds, each propose their best lineup; `ticket_value` is
    what a dollar of a ticket is worth.
    """

    slate_id: int
    projection_set_id: int
    offer: Offer
    rules: Rules = Rules()
    candidates: Annotated[int, Field(ge=50, le=5000)] = 1000
    ticket_value: Annotated[float, Field(ge=0, le=1)] = 1.0
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] | None = None


class LateSwapCreate(Request):
    """Exchange the players of an uploaded entries file who have not started; `rules.lineups` is the file's to say.

    `started` names teams (`nfl:KC`) whose game has started although the slate's games and the file do not say so.
    The run's result tells what became of every entry, and the `upload_id` of the new file.
    """

    slate_id: int
    upload_id: int
    projection_set_id: int
    rules: Rules = Rules()
    started: Annotated[tuple[str, ...], Field(max_length=100)] = ()


class EnterCreate(Request):
    """Fill the entries of an uploaded file: one group a contest, each lineup of one pool where it earns most.

    How many lineups a contest needs is the file's to say. The run's result tells every group and lineup, and the
    `upload_id` of the filled file.
    """

    slate_id: int
    upload_id: int
    projection_set_id: int
    entering: Entering = Entering()


class SimulateContestCreate(Request):
    """Enter a lineup set into a contest against a simulated field; the same seed gives the same answer.

    `ticket_value` is what a dollar of a ticket is worth.
    """

    lineup_set_id: int
    offer: Offer
    worlds: Annotated[int, Field(ge=100, le=100_000)] = 10_000
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1
    ticket_value: Annotated[float, Field(ge=0, le=1)] = 1.0


class GradeCreate(Request):
    """Score a slate's projections, its field model and lineups by a finished contest's standings.

    `user` is whose entries to grade, as the standings name him; `lineup_set_id` a set to grade, entered or not. Without
    an `offer` no money is told.
    """

    slate_id: int
    upload_id: int
    projection_set_id: int
    lineup_set_id: int | None = None
    user: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] | None = None
    offer: Offer | None = None


class SettleCreate(Request):
    """Settle a lineup set against what really happened."""

    lineup_set_id: int
