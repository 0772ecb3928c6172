"""Which model of a market speaks."""

from collections.abc import Sequence

from sdp_common.db.models.predictions import ModelVersion
from sdp_common.store import predictions
from sqlalchemy.orm import Session


def promote(session: Session, sport: str, trained: Sequence[int]) -> dict[str, str]:
    """Promote, for each market, the one of these models with the lowest CRPS on its held-out games.

    A promoted model that has seen more games than these stays: training for the past changes nothing for the present.

    Returns:
        The family of the best of these models, by market.
    """
    by_market: dict[str, list[ModelVersion]] = {}
    present: dict[str, ModelVersion] = {}
    for version in predictions.versions(session, sport):
        if version.id in set(trained):
            by_market.setdefault(version.market, []).append(version)
        if version.stage == "promoted":
            present[version.market] = version
    best = {market: min(rivals, key=_crps) for market, rivals in by_market.items()}
    for market, version in best.items():
        if market not in present or present[market].data_until <= version.data_until:
            predictions.promote(session, version)
    return {market: version.family for market, version in sorted(best.items())}


def _crps(version: ModelVersion) -> tuple[float, str]:
    return float(version.details["metrics"]["crps"]), version.family
