"""The registry of models, as the web sees it."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from sdp_api.schema import Answer, Request


class ModelRead(Answer):
    """A registered model; `metrics` are of the latest games, which a model fitted the same way had not seen.

    `metrics.rows` is how many player games they are of; `mae` and `rmse` in the market's unit.
    """

    id: int
    sport: str
    market: str
    title: str
    family: str
    version: str
    mode: str
    stage: Literal["candidate", "promoted", "retired"]
    trained_until: datetime
    created_at: datetime
    sha256: str
    rows: int | None
    metrics: dict[str, float]


class ModelPage(Answer):
    """A page of the registry: market by market, the one that speaks first."""

    items: list[ModelRead]
    total: int
    limit: int
    offset: int


class ReliabilityRead(Answer):
    """Games whose chance was told about alike: the mean chance told, how often it happened, and how many they are."""

    p: float
    rate: float
    n: int


class CalibrationRead(Answer):
    """Whether what was told happened as often, on games that had not been seen.

    `pit` is how often the outcome fell into each tenth of the told distribution (a tenth each is calibrated);
    `reliability` is of going over `line`.
    """

    pit: list[float]
    line: float
    reliability: list[ReliabilityRead]


class ModelDetail(ModelRead):
    """A registered model with everything its metadata say; `calibration` is null where it was not measured."""

    distribution: str | None
    held_out_from: datetime | None
    features: list[str]
    training: dict[str, Any]
    libraries: dict[str, str]
    calibration: CalibrationRead | None


class ReportRead(Answer):
    """The report of a finished back-test."""

    name: str
    title: str
    made_at: datetime


class RollbackAsk(Request):
    """The market whose model before the present one is to speak again."""

    sport: str = Field(description="code of a sport")
    market: str = Field(description="key of a market")
