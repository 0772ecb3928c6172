"""One market fitted in every family, and how that is landed: artifact first, then its digest in the registry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version as package_version
from io import BytesIO
from pathlib import Path
from typing import Any

import joblib
import polars as pl
from sdp_common.artifacts import read_model, write_artifact
from sdp_common.db.models.predictions import ModelVersion
from sdp_common.errors import Conflict, Misconfigured, NotFound
from sdp_common.store import predictions
from sdp_engine.models import training
from sdp_engine.models.families import FAMILIES
from sdp_engine.models.model import KNOWN
from sdp_sports.spec import Sport
from sqlalchemy.orm import Session

LIBRARIES = ("sdp-engine", "lightgbm", "scikit-learn", "numpy", "polars", "scipy", "joblib")
"""What a model file is made with, kept in its metadata."""


@dataclass(frozen=True)
class Candidate:
    """A fitted model on its way to the registry."""

    sport: str
    market: str
    family: str
    fingerprint: str
    model: bytes
    details: dict[str, Any]
    data_until: datetime

    @property
    def version(self) -> str:
        """Return what tells it from others of its market and family: its data's end and its fingerprint."""
        return f"{self.data_until:%Y%m%dT%H%M}-{self.fingerprint[:12]}"


@dataclass(frozen=True)
class Known:
    """A registered model that a new fit would only repeat."""

    version_id: int


def known(session: Session, sport: str, root: Path) -> dict[tuple[str, str, str], int]:
    """Return the registered models by market, family and fingerprint, those alone whose file is as registered."""
    found: dict[tuple[str, str, str], int] = {}
    for version in predictions.versions(session, sport):
        try:
            read_model(root, version.path, version.sha256)
        except (NotFound, Misconfigured):
            continue
        found[version.market, version.family, str(version.details.get("fingerprint"))] = version.id
    return found


def fit(
    sport: Sport,
    market: str,
    data: tuple[pl.DataFrame, pl.DataFrame],
    registered: Mapping[tuple[str, str, str], int],
    moment: datetime,
) -> list[Candidate | Known]:
    """Fit a market in every family, but where that is registered already.

    Args:
        sport: The sport's declaration.
        market: The market's key.
        data: Feature rows, and what became of them (`training.outcomes_of`).
        registered: As `known` gives it.
        moment: The models are as of it: every outcome must have been known before.

    Raises:
        Conflict: There are too few rows, or a row was not known before the moment.
    """
    declared = sport.markets[market]
    frame = training.frame_of(sport, market, *data)
    if frame.is_empty():
        raise Conflict(f"{declared.title}: nobody has features and an outcome by {moment:%Y-%m-%d}: build them first")
    until: datetime = frame.select(pl.col(KNOWN).max()).item()
    digest = training.digest(frame)
    made: list[Candidate | Known] = []
    for name, family in FAMILIES.items():
        fingerprint = training.fingerprint(digest, declared, family)
        if (market, name, fingerprint) in registered:
            made.append(Known(registered[market, name, fingerprint]))
            continue
        try:
            judged = family.fit_and_judge(frame, market, declared, moment)
        except ValueError as error:
            raise Conflict(str(error)) from error
        body = BytesIO()
        joblib.dump(judged.model, body)
        details = {
            **training.describe(frame, judged, family),
            "sport": sport.code,
            "market": market,
            "family": name,
            "distribution": declared.family,
            "fingerprint": fingerprint,
            "data_until": until.isoformat(),
            "trained_until": moment.isoformat(),
            "libraries": {library: package_version(library) for library in LIBRARIES},
        }
        made.append(Candidate(sport.code, market, name, fingerprint, body.getvalue(), details, until))
    return made


def land(session: Session, root: Path, candidate: Candidate) -> ModelVersion:
    """Write the artifact and register its digest.

    A file of the same name that is not the registered one (a run that died in between, a damaged file) gives way.
    """
    version, tries = candidate.version, 1
    while True:
        path = f"{candidate.sport}/{candidate.market}/{candidate.family}/{version}"
        try:
            written = write_artifact(root, path, candidate.model, {**candidate.details, "model_version": version})
        except Conflict:
            tries += 1
            version = f"{candidate.version}-{tries}"
        else:
            break
    return predictions.register(
        session,
        {
            "sport": candidate.sport,
            "market": candidate.market,
            "family": candidate.family,
            "version": version,
            "path": written.path,
            "sha256": written.sha256,
            "data_until": candidate.data_until,
            "details": {**candidate.details, "model_version": version},
        },
    )
