"""Every table, one module a noun; importing this package fills `Base.metadata`."""

from sdp_common.db.models import (
    accounts,
    contests,
    features,
    injuries,
    lineups,
    odds,
    predictions,
    projections,
    reference,
    review,
    runs,
    slates,
    stats,
    uploads,
    weather,
)
from sdp_common.db.models.base import Base

__all__ = [
    "Base",
    "accounts",
    "contests",
    "features",
    "injuries",
    "lineups",
    "odds",
    "predictions",
    "projections",
    "reference",
    "review",
    "runs",
    "slates",
    "stats",
    "uploads",
    "weather",
]
