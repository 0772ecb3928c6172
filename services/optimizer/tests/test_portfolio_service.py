"""Lineups built on simulated worlds and for a contest: asked for as runs, on a real PostgreSQL."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from drafted import CONTEST, NFL, World
from sdp_common.db.models.lineups import LineupSet
from sdp_common.db.models.projections import Projection, ProjectionSet
from sdp_common.db.session import session_scope
from sdp_common.drawn import Array, keep_draws
from sdp_common.store import lineups
from sdp_engine.optimize.check import check_lineups
from sdp_engine.simulate import generic
from sdp_sports.correlations import Correlations
from sdp_sports.rules import Rules
from sdp_sports.spec import QUANTILES
from sqlalchemy import func, select, update

OFFER = {
    "name": "Top heavy", "fee_usd": 5, "entries": 300,
    "prizes": [{"first": 1, "last": 1, "cash_usd": 500}, {"first": 2, "last": 40, "cash_usd": 15}],
}  # fmt: skip
WORLDS = 400


def keep_worlds(made: World, root: Path) -> None:
    """Keep worlds of the slate as the simulation keeps them; the first player of all scores a hundred points."""
    pool = made.pool().sort("draftable_id")
    columns = ["player_id", "game_id", "team_id", "opponent_id", "position"]
    outlook = pool.select(
        *columns,
        pl.col("points").alias("mean"),
        sd=pl.lit(None, pl.Float64),
        quantiles=pl.lit(None, pl.List(pl.Float64)),
    )
    draws = generic.simulate(outlook, Correlations(source="test"), 1, WORLDS)
    best = draws.players["player_id"].to_list().index(pool["player_id"][0])
    draws.sheets["points"][0, best] = 10_000
    arrays = {
        f"{kind}_{name}": Array(
            str(a.dtype), a.shape, memoryview(np.ascontiguousarray(a).view(np.uint8).reshape(-1).data)
        )
        for kind, held in (("sheet", draws.sheets), ("place", draws.places))
        for name, a in held.items()
    }
    told = {"worlds": WORLDS, "games": draws.games.to_dicts(), "players": draws.players.to_dicts()}
    kept = keep_draws(root, arrays, told, most=3)
    with session_scope(made.engine) as session:
        session.execute(
            update(ProjectionSet).where(ProjectionSet.id == made.set_id)
            .values(inputs={"draws": {"path": kept.path, "sha256": kept.sha256}})
        )  # fmt: skip


@pytest.fixture(autouse=True)
def artifacts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SDP_DRAWS_DIR", str(tmp_path))
    return tmp_path


def ask(made: World, rules: dict[str, Any], **more: Any) -> Any:
    given = {"slate_id": made.slate_id, "projection_set_id": made.set_id, "candidates": 60, "offer": OFFER} | more
    return made.ask("portfolio", rules=rules, **given)


def test_a_portfolio_is_built_in_the_kept_worlds(world: World, artifacts: Path) -> None:
    keep_worlds(world, artifacts)
    rules = {"lineups": 6, "min_unique": 2, "max_exposure": 0.9}
    run = ask(world, rules, name="For the big one")
    assert (run.status, run.error) == ("succeeded", None)
    told = run.result
    assert told is not None
    assert told["draws"] == "joint"
    assert (told["worlds"], told["own_entries"], told["field_entries"]) == (WORLDS // 2, 6, 294)
    with session_scope(world.engine) as session:
        kept = lineups.lineup_set(session, told["lineup_set_id"])
        frame = lineups.lineups(session, kept.id)
    assert (kept.name, kept.rules["portfolio"]["contest"]) == ("For the big one", "Top heavy")
    ids = frame["draftable_ids"].to_list()
    assert check_lineups(CONTEST, world.pool(), ids, Rules(**rules), NFL.stacks) == []
    assert [row["lineup_id"] for row in told["lineups"]] == frame["id"].to_list()
    first = world.pool()["draftable_id"].min()
    assert sum(first in one for one in ids) == 5  # who scores a hundred stands as often as he may
    assert told["field"]["most_drafted"]
    assert [c["lineups"] for c in told["roi_by_lineups"]] == [1, 2, 5, 6]


def test_an_uploaded_set_is_scaled_onto_the_simulated_worlds(world: World, artifacts: Path) -> None:
    keep_worlds(world, artifacts)
    with session_scope(world.engine) as session:
        mine = ProjectionSet(
            slate_id=world.slate_id, kind="uploaded", name="Mine", user_id=world.user_id, inputs={},
            as_of=session.scalar(select(func.max(ProjectionSet.as_of))),
        )  # fmt: skip
        session.add(mine)
        session.flush()
        first = world.pool()["draftable_id"].min()
        for row in world.pool().to_dicts():
            session.add(
                Projection(
                    set_id=mine.id, draftable_id=row["draftable_id"], stat="draftkings_classic_points",
                    mean=0.5 if row["draftable_id"] == first else row["points"],
                )
            )  # fmt: skip
        set_id = mine.id
    run = ask(world, {"lineups": 4}, projection_set_id=set_id)
    assert run.status == "succeeded"
    assert run.result["draws"] == "scaled"
    with session_scope(world.engine) as session:
        ids = lineups.lineups(session, run.result["lineup_set_id"])["draftable_ids"].to_list()
    assert not any(first in one for one in ids)


def test_without_kept_worlds_they_are_drawn_around_the_projections(world: World) -> None:
    run = ask(world, {"lineups": 4, "worlds_per_lineup": 20})
    assert run.status == "succeeded"
    assert run.result["draws"] == "copula"
    plain = world.optimize({"lineups": 4, "worlds_per_lineup": 1, "min_unique": 2})
    assert (plain.status, plain.result["rows"]) == ("succeeded", 4)


@pytest.mark.parametrize(
    ("rules", "more", "code", "words"),
    [
        ({"lineups": 2}, {"offer": OFFER | {"entries": 1}}, "bad_input", "offer.entries"),
        ({"lineups": 2}, {"candidates": 5}, "bad_input", "candidates is 5"),
        ({"lineups": 2}, {"ticket_value": 2}, "bad_input", "ticket_value"),
        ({"lineups": 2, "locked": [9]}, {}, "bad_input", "rules.locked"),
        ({"lineups": 5}, {"offer": OFFER | {"entries_max_per_user": 3}}, "bad_input", "one user may enter"),
        (
            {"lineups": 2, "groups": [{"who": {"positions": ["QB"]}, "at_least": 2}]},
            {},
            "infeasible",
            "at least 2 of QB",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_kept(
    world: World, rules: dict[str, Any], more: dict[str, Any], code: str, words: str
) -> None:  # fmt: skip
    run = ask(world, rules, **more)
    assert run.status == "failed"
    assert run.error["code"] == code
    assert words in str(run.error)
    with session_scope(world.engine) as session:
        assert session.scalar(select(func.count()).select_from(LineupSet)) == 0


def test_a_quantile_is_maximised_where_the_set_knows_it(world: World) -> None:
    refused = world.optimize({"lineups": 1}, quantile=0.8)
    assert refused.status == "failed"
    assert "means alone" in refused.error["message"]
    row = world.pool().sort("points").row(0, named=True)
    with session_scope(world.engine) as session:
        for one in session.scalars(select(Projection).where(Projection.set_id == world.set_id)):
            top = 90.0 if one.draftable_id == row["draftable_id"] else one.mean
            one.quantiles = [one.mean] * (len(QUANTILES) - 4) + [top] * 4
    run = world.optimize({"lineups": 1}, quantile=0.99)
    assert run.status == "succeeded"
    with session_scope(world.engine) as session:
        frame = lineups.lineups(session, run.result["lineup_set_id"])
    assert row["draftable_id"] in frame["draftable_ids"][0]
    mean_of = dict(world.pool().select("draftable_id", "points").iter_rows())
    told = frame.row(0, named=True)
    # What is told is the lineup's mean, and the quantile of its own points: not the sum of nine good days.
    assert told["projected_points"] == pytest.approx(sum(mean_of[i] for i in told["draftable_ids"]), abs=1e-3)
    assert told["projected_points"] < told["quantile_points"] < sum(mean_of[i] for i in told["draftable_ids"]) + 90
    assert run.result["lineup_set_id"] != world.optimize({"lineups": 1}).result["lineup_set_id"]


def test_ownership_is_the_sets_own_or_the_fields(world: World) -> None:
    modelled = world.optimize({"lineups": 2, "ownership": [{"measure": "sum", "at_most": 1.2}]})
    assert modelled.status == "succeeded"
    pool = world.pool()
    popular = set(pool.filter(pl.col("team_id").is_in(["nfl:BUF", "nfl:KC"]))["draftable_id"].to_list())
    with session_scope(world.engine) as session:
        session.add_all(
            Projection(set_id=world.set_id, draftable_id=i, stat="ownership", mean=0.5 if i in popular else 0.01)
            for i in pool["draftable_id"].to_list()
        )
    run = world.optimize({"lineups": 2, "ownership": [{"measure": "mean", "at_most": 0.01}]})
    assert run.status == "succeeded"
    with session_scope(world.engine) as session:
        frame = lineups.lineups(session, run.result["lineup_set_id"])
    assert not popular & set(frame["draftable_ids"].explode().to_list())
