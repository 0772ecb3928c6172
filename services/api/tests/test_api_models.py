"""The registry over HTTP: who speaks, how each did, and who may change it."""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sdp_common.db.models.predictions import ModelVersion
from sdp_common.settings import Settings
from sdp_common.store import predictions
from sqlalchemy import Engine
from sqlalchemy.orm import Session

UNTIL = datetime(2025, 1, 6, tzinfo=UTC)
CALIBRATION = {"pit": [0.1] * 10, "line": 4.5, "reliability": [{"p": 0.4, "rate": 0.42, "n": 120}]}


@pytest.fixture
def registered(engine: Engine) -> dict[str, int]:
    """Two models of one market of a sport of their own; the older one speaks, the newer has its calibration."""
    made = {}
    with Session(engine) as session, session.begin():
        for version in list(predictions.versions(session, "nba")):
            session.delete(version)
        session.flush()
        for name, crps in (("old", 1.3), ("new", 1.2)):
            details = {
                "metrics": {"crps": crps, "rows": 500.0},
                "rows": 2_000,
                "feature_columns": ["assists_slow"],
                "trained_until": UNTIL.isoformat(),
            }
            version = predictions.register(
                session,
                {
                    "sport": "nba",
                    "market": "assists",
                    "family": "boosted",
                    "version": name,
                    "path": f"nba/assists/boosted/{name}",
                    "sha256": "f" * 64,
                    "data_until": UNTIL,
                    "details": details | ({"calibration": CALIBRATION} if name == "new" else {}),
                },
            )
            made[name] = version.id
        predictions.promote(session, session.get_one(ModelVersion, made["old"]))
    return made


def stages(client: httpx.Client) -> dict[str, str]:
    page = client.get("/api/models", params={"sport": "nba"}).json()
    return {item["version"]: item["stage"] for item in page["items"]}


def test_the_registry_is_listed_with_who_speaks_first(bob: httpx.Client, registered: dict[str, int]) -> None:
    page = bob.get("/api/models", params={"sport": "nba", "market": "assists"}).json()
    assert [item["id"] for item in page["items"]] == [registered["old"], registered["new"]]
    first = page["items"][0]
    assert (first["stage"], first["mode"], first["metrics"]["crps"], first["rows"]) == (
        "promoted",
        "independent",
        1.3,
        2000,
    )
    assert page["total"] == 2
    rest = bob.get("/api/models", params={"sport": "nba", "limit": 1, "offset": 1}).json()
    assert [item["id"] for item in rest["items"]] == [registered["new"]]


def test_a_model_tells_its_calibration_or_that_it_has_none(bob: httpx.Client, registered: dict[str, int]) -> None:
    new, old = (bob.get(f"/api/models/{registered[name]}").json() for name in ("new", "old"))
    assert new["calibration"] == CALIBRATION
    assert new["features"] == ["assists_slow"]
    assert old["calibration"] is None
    assert bob.get("/api/models/999999").status_code == 404


def test_an_administrator_promotes_and_rolls_back(
    admin: httpx.Client, bob: httpx.Client, registered: dict[str, int]
) -> None:
    assert bob.post(f"/api/models/{registered['new']}/promote").status_code == 403
    back = {"sport": "nba", "market": "assists"}
    assert bob.post("/api/models/rollback", json=back).status_code == 403
    assert stages(bob) == {"old": "promoted", "new": "candidate"}
    assert admin.post(f"/api/models/{registered['new']}/promote").json()["stage"] == "promoted"
    assert stages(bob) == {"old": "candidate", "new": "promoted"}
    assert admin.post("/api/models/rollback", json=back).json()["id"] == registered["old"]
    assert stages(bob) == {"old": "promoted", "new": "candidate"}
    refused = admin.post("/api/models/rollback", json=back)
    assert refused.status_code == 404
    assert "nothing to go back to" in refused.json()["message"]


def test_reports_of_back_tests_are_listed_and_downloaded(bob: httpx.Client, api: object, tmp_path: Path) -> None:
    settings: Settings = api.app.state.settings  # type: ignore[attr-defined]
    api.app.state.settings = settings.model_copy(update={"artifacts_dir": tmp_path})  # type: ignore[attr-defined]
    try:
        assert bob.get("/api/models/reports").json() == []
        (tmp_path / "backtests").mkdir()
        page = "<!doctype html><html><head><title>NFL &amp; more</title></head><body></body></html>"
        (tmp_path / "backtests" / "20250101T000000-7.html").write_text(page)
        (told,) = bob.get("/api/models/reports").json()
        assert (told["name"], told["title"]) == ("20250101T000000-7", "NFL & more")
        answer = bob.get(f"/api/models/reports/{told['name']}")
        assert answer.text == page
        assert answer.headers["content-disposition"].startswith("attachment")
        assert bob.get("/api/models/reports/20250101T000000-8").status_code == 404
        assert bob.get("/api/models/reports/..%2Fsecret").status_code in (404, 422)
    finally:
        api.app.state.settings = settings  # type: ignore[attr-defined]
