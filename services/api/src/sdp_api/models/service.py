"""Models: the registry told in the web's words."""

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

from sdp_common.db.models.predictions import ModelVersion
from sdp_common.errors import NotFound
from sdp_common.store import predictions
from sdp_sports.spec import codes, load
from sqlalchemy.orm import Session

from sdp_api.models.schemas import ModelDetail, ModelPage, ModelRead, ReportRead

REPORTS = "backtests"
"""Where the training job leaves reports in the artifacts directory: `<moment>-<run>.html`."""
NEWEST = 20
HEAD_BYTES = 2_000


def page(database: Session, *, sport: str, market: str | None, limit: int, offset: int) -> ModelPage:
    """Return a page of the registry, market by market, the promoted model first."""
    found = [v for v in predictions.versions(database, sport) if market in (None, v.market)]
    found.sort(key=lambda v: (v.market, v.stage != "promoted", -v.id))
    items = [ModelRead(**_told(version)) for version in found[offset : offset + limit]]
    return ModelPage(items=items, total=len(found), limit=limit, offset=offset)


def detail(version: ModelVersion) -> ModelDetail:
    """Return one model with its metadata."""
    details = version.details
    return ModelDetail(
        **_told(version),
        distribution=details.get("distribution"),
        held_out_from=details.get("held_out_from"),
        features=details.get("feature_columns") or [],
        training=details.get("training_config") or {},
        libraries=details.get("libraries") or {},
        calibration=details.get("calibration"),
    )


def reports(artifacts: Path) -> list[ReportRead]:
    """Return the newest reports; none where no back-test has finished."""
    files = sorted((artifacts / REPORTS).glob("*.html"), key=lambda file: file.name, reverse=True)
    return [_report(file) for file in files[:NEWEST]]


def report(artifacts: Path, name: str) -> str:
    """Return a report's page.

    Raises:
        NotFound: There is none of this name.
    """
    file = artifacts / REPORTS / f"{name}.html"
    if not file.is_file():
        raise NotFound(f"there is no back-test report {name}")
    return file.read_text(encoding="utf-8")


def _report(file: Path) -> ReportRead:
    with file.open("rb") as body:
        found = re.search(r"<title>(.*?)</title>", body.read(HEAD_BYTES).decode("utf-8", "ignore"))
    title = unescape(found[1]) if found else file.stem
    return ReportRead(name=file.stem, title=title, made_at=datetime.fromtimestamp(file.stat().st_mtime, UTC))


def _told(version: ModelVersion) -> dict[str, Any]:
    details = version.details
    return {
        "id": version.id,
        "sport": version.sport,
        "market": version.market,
        "title": _title(version.sport, version.market),
        "family": version.family,
        "version": version.version,
        "mode": version.mode,
        "stage": version.stage,
        "trained_until": details.get("trained_until") or version.data_until,
        "created_at": version.created_at,
        "sha256": version.sha256,
        "rows": details.get("rows"),
        "metrics": {name: value for name, value in (details.get("metrics") or {}).items() if value is not None},
    }


def _title(sport: str, market: str) -> str:
    """Return what a market is called; one that is not declared any more keeps its key."""
    markets = load(sport).markets if sport in codes() else {}
    return markets[market].title if market in markets else market.replace("_", " ").capitalize()
