"""Bulk writes against a real server: counts to the row, every kind of column, frames and mappings alike."""

import math
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sdp_common.db.bulk import Counts, append, upsert
from sdp_common.db.models.features import FeatureSet
from sdp_common.db.models.predictions import ModelVersion
from sdp_common.db.models.reference import Game, Team, Venue
from sdp_common.db.models.runs import Run
from sdp_common.db.models.uploads import Upload
from sqlalchemy import select, text
from sqlalchemy.orm import Session

MOMENT = datetime(2023, 11, 26, 18, tzinfo=UTC)


def team(abbreviation: str, name: str = "A team") -> dict[str, Any]:
    return {"id": f"nfl:{abbreviation}", "sport": "nfl", "abbreviation": abbreviation, "name": name}


@pytest.mark.parametrize("shape", [list, pl.DataFrame], ids=["rows", "frame"])
def test_counts_are_exact(session: Session, shape: Any) -> None:
    first = shape([team("KC"), team("BUF"), team("PHI")])
    assert upsert(session, Team, first, key=["id"]) == Counts(3, 0, 0)
    second = shape([team("KC"), team("BUF", "Bills"), team("MIA"), team("MIA", "Dolphins")])
    counts = upsert(session, Team, second, key=["id"])
    assert counts == Counts(new=1, changed=1, unchanged=1)
    assert counts.rows == 3
    assert session.get_one(Team, "nfl:MIA").name == "Dolphins"  # of two with one key the last
    assert counts + Counts(1, 1, 1) == Counts(2, 2, 2)


def test_unchanged_rows_are_not_written_again(session: Session) -> None:
    upsert(session, Team, [team("KC"), team("BUF")], key=["id"])
    versions = "SELECT id, xmin, ctid FROM teams ORDER BY id"
    before = session.execute(text(versions)).all()
    assert upsert(session, Team, [team("KC"), team("BUF")], key=["id"]) == Counts(0, 0, 2)
    assert session.execute(text(versions)).all() == before


def test_only_named_columns_are_updated(session: Session) -> None:
    upsert(session, Team, [team("KC", "Chiefs")], key=["id"])
    changed = [{**team("KC", "Other"), "sport": "xfl"}]
    assert upsert(session, Team, changed, key=["id"], update=["sport"]) == Counts(0, 1, 0)
    kept = session.get_one(Team, "nfl:KC")
    assert (kept.name, kept.sport) == ("Chiefs", "xfl")
    assert upsert(session, Team, [team("KC", "Third"), team("NE")], key=["id"], update=()) == Counts(1, 0, 1)
    assert session.get_one(Team, "nfl:KC").name == "Chiefs"


def test_what_the_session_holds_is_seen_and_refreshed(session: Session) -> None:
    kept = Team(**team("KC", "Old"))
    session.add(kept)
    assert upsert(session, Team, [team("KC", "New")], key=["id"]) == Counts(0, 1, 0)
    assert kept.name == "New"


@pytest.mark.parametrize("shape", [list, pl.DataFrame], ids=["rows", "frame"])
def test_defaults_stand_in_for_columns_not_given(session: Session, shape: Any) -> None:
    upsert(session, Team, [team("KC"), team("BUF")], key=["id"])
    game = {
        "id": "nfl:g", "sport": "nfl", "season": 2023, "season_type": "REG", "starts_at": MOMENT,
        "home_team_id": "nfl:KC", "away_team_id": "nfl:BUF",
    }  # fmt: skip
    assert upsert(session, Game, shape([game]), key=["id"]) == Counts(1, 0, 0)
    kept = session.get_one(Game, "nfl:g")
    assert (kept.status, kept.neutral_site, kept.home_score, kept.starts_at) == ("scheduled", False, None, MOMENT)


def test_documents_survive_and_what_json_lacks_becomes_null(session: Session) -> None:
    import numpy as np

    details = {"a": [1, {"b": None}], "nan": math.nan, "np": np.float64(2.5), "at": MOMENT, "text": 'q"\\\n\tü\u2028'}
    row = model_row(details)
    assert upsert(session, ModelVersion, [row], key=["sport", "market", "family", "version"]) == Counts(1, 0, 0)
    kept = session.scalars(select(ModelVersion.details)).one()
    assert kept == {**details, "nan": None, "np": 2.5, "at": MOMENT.isoformat()}
    assert upsert(session, ModelVersion, [row], key=["sport", "market", "family", "version"]) == Counts(0, 0, 1)
    with pytest.raises(TypeError, match="document"):
        upsert(session, ModelVersion, [model_row({"no": object()})], key=["sport", "market", "family", "version"])


def model_row(details: dict[str, Any]) -> dict[str, Any]:
    return {
        "sport": "nfl", "market": "m", "family": "f", "version": "1", "path": "p", "sha256": "s",
        "data_until": MOMENT, "details": details,
    }  # fmt: skip


def test_document_of_a_frame(session: Session) -> None:
    frame = pl.DataFrame([model_row({"a": 1.5, "b": None, "c": [1, 2]})])
    assert upsert(session, ModelVersion, frame, key=["sport", "market", "family", "version"]) == Counts(1, 0, 0)
    assert session.scalars(select(ModelVersion.details)).one() == {"a": 1.5, "b": None, "c": [1, 2]}
    texts = frame.with_columns(details=pl.lit('{"a": 2}'))
    assert upsert(session, ModelVersion, texts, key=["sport", "market", "family", "version"]) == Counts(0, 1, 0)
    assert session.scalars(select(ModelVersion.details)).one() == {"a": 2}


@pytest.mark.parametrize("shape", [list, pl.DataFrame], ids=["rows", "frame"])
def test_numbers_that_are_not_finite_stay_in_float_columns(session: Session, shape: Any) -> None:
    rows = [
        {"id": "a", "name": "", "latitude": math.nan, "longitude": None},
        {"id": "b", "name": 'q"u,o\nte\\', "latitude": math.inf, "longitude": 0.1 + 0.2},
    ]
    assert upsert(session, Venue, shape(rows), key=["id"]) == Counts(2, 0, 0)
    a, b = session.get_one(Venue, "a"), session.get_one(Venue, "b")
    assert a.latitude is not None
    assert math.isnan(a.latitude)
    assert (a.name, a.longitude, b.name, b.latitude, b.longitude) == (
        "", None, 'q"u,o\nte\\', math.inf, 0.1 + 0.2,
    )  # fmt: skip
    assert upsert(session, Venue, shape(rows), key=["id"]) == Counts(0, 0, 2)


words = st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6), max_size=4)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(columns=words, as_frame=st.booleans())
def test_arrays_of_any_text_survive(session: Session, columns: list[str], as_frame: bool) -> None:
    row = {"sport": "nfl", "name": "n", "columns": columns, "digest": "d"}
    schema = {"sport": pl.String, "name": pl.String, "columns": pl.List(pl.String), "digest": pl.String}
    upsert(session, FeatureSet, pl.DataFrame([row], schema=schema) if as_frame else [row], key=["digest"])
    assert session.scalars(select(FeatureSet.columns)).one() == columns


@pytest.mark.parametrize("as_array", [True, False], ids=["array", "list"])
def test_float_arrays_of_a_frame(session: Session, as_array: bool) -> None:
    from sdp_common.db.models.projections import Projection

    values = [[0.1 + 0.2, math.nan, -math.inf], [1e300, 0.0, None]]
    frame = pl.DataFrame(
        {"set_id": [1, 1], "draftable_id": [1, 2], "stat": ["x", "x"], "mean": [1.0, 2.0], "quantiles": values},
        schema_overrides={"quantiles": pl.Array(pl.Float64, 3) if as_array else pl.List(pl.Float64)},
    )
    session.execute(text("SET session_replication_role = replica"))  # the foreign keys are not the subject
    assert upsert(session, Projection, frame, key=["set_id", "draftable_id", "stat"]) == Counts(2, 0, 0)
    first, second = session.scalars(select(Projection.quantiles).order_by(Projection.draftable_id)).all()
    session.execute(text("SET session_replication_role = origin"))
    assert first is not None
    assert first[0] == 0.1 + 0.2
    assert math.isnan(first[1])
    assert first[2] == -math.inf
    assert second == [1e300, 0.0, None]


@pytest.mark.parametrize("shape", [list, pl.DataFrame], ids=["rows", "frame"])
def test_bytes_and_times(session: Session, shape: Any) -> None:
    row = {"kind": "salaries", "filename": "x.csv", "sha256": "s", "body": b"\x00\xff\\x", "report": {}}
    assert append(session, Upload, shape([{**row, "created_at": MOMENT}])) == 1
    kept = session.scalars(select(Upload)).one()
    assert (kept.body, kept.created_at, kept.status) == (b"\x00\xff\\x", MOMENT, "received")


def test_naive_times_are_utc_and_other_zones_are_converted(session: Session) -> None:
    frame = pl.DataFrame(
        {"service": ["a"], "job": ["j"], "params": ["{}"], "started_at": [MOMENT.replace(tzinfo=None)]}
    )
    append(session, Run, frame)
    append(session, Run, frame.with_columns(pl.col("started_at").dt.replace_time_zone("America/New_York")))
    naive, eastern = session.scalars(select(Run.started_at).order_by(Run.id)).all()
    assert naive == MOMENT
    assert eastern == datetime(2023, 11, 26, 23, tzinfo=UTC)


def test_append_looks_nothing_up(session: Session) -> None:
    rows = [{"service": "s", "job": "j", "params": {"n": n}} for n in range(3)]
    assert append(session, Run, (row for row in rows)) == 3
    assert append(session, Run, []) == 0
    assert len(session.scalars(select(Run)).all()) == 3


@pytest.mark.parametrize("nothing", [[], pl.DataFrame(), pl.DataFrame(schema={"id": pl.String})], ids=str)
def test_nothing_is_nothing(session: Session, nothing: Any) -> None:
    assert upsert(session, Team, nothing, key=["id"]) == Counts(0, 0, 0)


def test_wrong_columns_are_named(session: Session) -> None:
    with pytest.raises(ValueError, match="teams has no column city"):
        upsert(session, Team, [{**team("KC"), "city": "x"}], key=["id"])
    with pytest.raises(ValueError, match="key column id"):
        upsert(session, Team, [{"name": "x"}], key=["id"])
    with pytest.raises(ValueError, match="not in the rows: name"):
        upsert(session, Team, [{"id": "x", "sport": "nfl"}], key=["id"], update=["name"])


def test_rows_may_lack_different_columns(session: Session) -> None:
    rows = [{"id": "a", "name": "A", "roof": "dome"}, {"id": "b", "name": "B", "latitude": 1.0}]
    assert upsert(session, Venue, rows, key=["id"]) == Counts(2, 0, 0)
    kept = session.get_one(Venue, "b")
    assert (kept.roof, kept.latitude) == (None, 1.0)
