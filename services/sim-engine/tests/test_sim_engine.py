"""The simulate job on a real PostgreSQL: what it writes, what it says, and when it stops."""

import json
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from sdp_common.db.models.accounts import User
from sdp_common.db.models.lineups import Lineup, LineupSet
from sdp_common.db.models.predictions import ModelVersion, Prediction
from sdp_common.db.models.projections import ProjectionSet
from sdp_common.db.models.reference import Game, Player, Team
from sdp_common.db.models.slates import Draftable
from sdp_common.db.session import session_scope
from sdp_common.drawn import read_draws
from sdp_common.errors import BadInput, Cancelled, Conflict, Misconfigured, NotFound
from sdp_common.service import Job
from sdp_common.settings import Settings
from sdp_common.store import odds, projections, runs, slates
from sdp_engine.simulate.draws import PLACE
from sdp_sim.main import service, simulate, simulate_contest, what_if
from sdp_sim.worlds import SAME, worlds_of
from sdp_sports.spec import load
from sqlalchemy import func, select

LOCK = datetime(2023, 11, 26, 18, tzinfo=UTC)
GAMES = {"nfl:2023_12_B_A": ("nfl:A", "nfl:B"), "nfl:2023_12_D_C": ("nfl:C", "nfl:D")}
# name, position, passing yards, receptions, receiving yards, rushing yards, touchdowns
ROSTER = [
    ("Quarterback", "QB", 245.0, 0.0, 0.0, 14.0, 0.12),
    ("Backup", "QB", 20.0, 0.0, 0.0, 2.0, 0.01),
    ("Runner", "RB", 0.0, 3.0, 22.0, 68.0, 0.6),
    ("Receiver", "WR", 0.0, 5.5, 71.0, 1.0, 0.45),
    ("Slot", "WR", 0.0, 4.5, 50.0, 0.0, 0.3),
    ("Tight", "TE", 0.0, 4.2, 44.0, 0.0, 0.3),
    ("Kicker", "K", 0.0, 0.0, 0.0, 0.0, 0.0),
    ("Defence", "DST", 0.0, 0.0, 0.0, 0.0, 0.0),
]
SETTINGS = Settings(_env_file=None, draws_dir=Path(tempfile.mkdtemp(prefix="sdp-draws-")))
MARKETS = ("passing_yards", "receptions", "receiving_yards", "rushing_yards", "anytime_touchdown")
OFFERED = {"QB": {0, 3, 4}, "RB": {1, 2, 3, 4}, "WR": {1, 2, 3, 4}, "TE": {1, 2, 4}}


@pytest.fixture(scope="module")
def slate_id(engine):
    """A slate of two games, one with a line; an injured player, an unmatched one and one without predictions."""
    with session_scope(engine) as session:
        session.add_all([Team(id=f"nfl:{t}", sport="nfl", abbreviation=t, name=t) for t in "ABCD"])
        session.add(
            ModelVersion(
                id=7, sport="nfl", market="all", family="test", version="1", stage="promoted", path="x", sha256="x",
                data_until=LOCK, details={},
            )
        )  # fmt: skip
        session.flush()
        games = [past_game(), *(game(i, *sides) for i, sides in GAMES.items())]
        session.add_all(games)
        session.flush()
        first = next(iter(GAMES))
        odds.save(session, [quote(first, "spread", "home", -3.0), quote(first, "total", "over", 47.0)])
        rows = [row for game_id, sides in GAMES.items() for row in roster(session, game_id, sides)]
        rows.append(draftable("Nobody", "WR", None, None, None, 3000))
        newcomer = add_player(session, "Newcomer", "WR")
        rows.append(draftable("Newcomer", "WR", newcomer, "nfl:A", first, 3100))
        return slates.save_slate(session, head("main"), rows)


def head(external_id):
    return {
        "sport": "nfl", "site": "draftkings", "contest": "draftkings_classic", "name": "Main", "source": "test",
        "external_id": external_id, "salary_source": "site", "starts_at": LOCK, "known_at": LOCK - timedelta(days=3),
    }  # fmt: skip


def game(game_id, home, away, **parts):
    given = {
        "id": game_id, "sport": "nfl", "season": 2023, "season_type": "REG", "week": 12, "starts_at": LOCK,
        "home_team_id": home, "away_team_id": away, "neutral_site": False, "status": "scheduled",
    }  # fmt: skip
    return Game(**given | parts)


def past_game():
    """C beat D 40-0 a week before: what the ratings of the game without a line rest on."""
    week = LOCK - timedelta(days=7)
    return game(
        "nfl:2023_11_D_C", "nfl:C", "nfl:D", week=11, starts_at=week, status="final", home_score=40, away_score=0,
        known_at=week + timedelta(hours=12),
    )  # fmt: skip


def quote(game_id, market, side, line):
    return {
        "game_id": game_id, "market": market, "side": side, "line": line, "book": "b", "source": "test",
        "price_decimal": 1.9, "known_at": LOCK - timedelta(hours=2),
    }  # fmt: skip


def add_player(session, name, position):
    player = Player(sport="nfl", name=name, normalised_name=name.lower(), position=position)
    session.add(player)
    session.flush()
    return player.id


def draftable(name, position, player, team, game_id, salary, status=None, disabled=False):
    return {
        "external_id": f"{name}-{team}", "name": f"{name} {(team or 'x')[-1]}", "player_id": player,
        "match_score": 1.0 if player else None, "team_id": team, "game_id": game_id, "position": position,
        "roster_slots": [position], "salary_usd": salary, "average_points": None, "status": status,
        "is_disabled": disabled,
    }  # fmt: skip


def roster(session, game_id, sides):
    for team in sides:
        for name, position, *means in ROSTER:
            player = add_player(session, f"{name} {team}", position)
            out = name == "Slot" and team == "nfl:A"
            yield draftable(name, position, player, team, game_id, 5000, "O" if out else None)
            for i in OFFERED.get(position, ()):
                session.add(
                    Prediction(
                        player_id=player, game_id=game_id, market=MARKETS[i], model_version_id=7,
                        as_of=LOCK - timedelta(hours=1), team_id=team, position=position, mean=means[i],
                        sd=0.6 * means[i] + 1, prob_zero=0.1, quantiles=[means[i]] * 15, family="test", params={},
                        drivers=[],
                    )
                )  # fmt: skip


def job(engine, slate_id, **parts):
    with session_scope(engine) as session:
        run = runs.create(session, "sim-engine", "simulate", {"slate_id": slate_id}, status="running")
        run_id = run.id
    given = {"engine": engine, "settings": SETTINGS, "now": LOCK + timedelta(days=9), "progress_s": 0.0}
    return Job(run_id, **given | parts)


@pytest.fixture(scope="module")
def result(engine, slate_id):
    return simulate(job(engine, slate_id), slate_id, worlds=1500, seed=3)


@pytest.fixture
def frame(engine, slate_id, result):
    """Every projection of the set, with its draftable's name and position."""
    with session_scope(engine) as session:
        found = projections.projections(session, result["projection_set_id"])
        listed = slates.draftables(session, slate_id).select(pl.col("id").alias("draftable_id"), "name", "position")
    return found.join(listed, on="draftable_id")


def test_every_matched_draftable_is_projected_in_his_markets_and_the_open_classic_contests(frame, result):
    stats = dict(frame.group_by("name").agg(pl.col("stat")).iter_rows())
    points = {"draftkings_classic_points", "fanduel_classic_points", "yahoo_classic_points"}
    offered = {name for name, market in load("nfl").markets.items() if market.stats and "QB" in market.positions}
    assert {"passing_yards", "rushing_yards", "anytime_touchdown"} <= offered
    undrawn = {name for name in offered if not set(load("nfl").markets[name].stats) <= set(PLACE)}
    assert "plays" in undrawn  # nobody's snaps are drawn
    assert set(stats["Quarterback A"]) == (offered - undrawn) | points
    assert points <= set(stats["Defence D"])
    assert len(stats["Quarterback A"]) == len(set(stats["Quarterback A"]))
    assert "Nobody x" not in stats
    assert result["rows"] == frame.height


def test_a_weighted_market_and_one_with_a_threshold_are_told_as_they_settle(frame):
    told = {(name, stat): mean for name, stat, mean in frame.select("name", "stat", "mean").iter_rows()}
    assert 5 < told["Quarterback A", "half_ppr_points"] < 40
    chances = frame.filter(pl.col("stat").is_in(["involved", "two_touchdowns"]))["mean"]
    assert chances.is_between(0.0, 1.0).all()
    assert told["Quarterback A", "involved"] > 0.9


def test_the_draws_honour_the_predictions_and_the_line(engine, frame, result):
    means = {(name, stat): mean for name, stat, mean in frame.select("name", "stat", "mean").iter_rows()}
    assert means["Receiver B", "receiving_yards"] == pytest.approx(71, rel=0.1)
    assert means["Quarterback B", "passing_yards"] == pytest.approx(245, rel=0.06)
    assert 12 < means["Quarterback A", "draftkings_classic_points"] < 24
    with session_scope(engine) as session:
        found = projections.game_projections(session, result["projection_set_id"])
    games = found.rows_by_key("game_id", named=True, unique=True)
    lined, rated = (games[game_id] for game_id in GAMES)
    assert lined["line_source"] == "market"
    assert lined["home_score_mean"] - lined["away_score_mean"] == pytest.approx(3.0, abs=1.2)
    assert lined["home_score_mean"] + lined["away_score_mean"] == pytest.approx(47.0, abs=1.5)
    assert rated["line_source"] == "ratings"
    assert rated["home_score_mean"] > rated["away_score_mean"]
    assert result["line_sources"] == {"market": 1, "ratings": 1}


def test_nobody_is_left_out_silently(frame, result):
    assert result["unmatched"] == ["Nobody x"]
    assert result["out"] == ["Slot A"]
    assert result["without_prediction"] == ["Newcomer A"]
    assert result["without_role"] == []
    relief = frame.filter((pl.col("name") == "Backup C") & (pl.col("stat") == "passing_yards"))
    assert 0.0 < relief["mean"].item() < 15.0
    for name in ("Slot A", "Newcomer A"):
        zeros = frame.filter(pl.col("name") == name)
        assert zeros["mean"].to_list() == [0.0] * zeros.height
        assert zeros["prob_zero"].to_list() == [1.0] * zeros.height


def test_the_set_records_what_it_was_made_from(engine, result):
    with session_scope(engine) as session:
        made = projections.projection_set(session, result["projection_set_id"])
        assert (made.kind, made.user_id, made.worlds, made.seed, made.as_of) == ("simulated", None, 1500, 3, LOCK)
        assert set(made.inputs["lines"]) == set(GAMES)
        assert made.inputs["lines"]["nfl:2023_12_B_A"] == {"spread": 3.0, "total": 47.0, "source": "market"}
        assert made.inputs["model_version_ids"] == [7]
        assert max(made.inputs["calibration_error"].values()) < 0.05
        held = made.inputs["draws"]
    arrays, document = read_draws(SETTINGS.draws_dir, held["path"], held["sha256"])
    assert (document["worlds"], len(document["games"])) == (1500, 2)
    shape = arrays["sheet_scores"].shape
    scores = np.frombuffer(arrays["sheet_scores"].body, arrays["sheet_scores"].dtype).reshape(shape)
    assert shape == (2, 2, 1500)
    assert 30 < scores.sum(axis=1).mean() < 60
    assert json.loads(json.dumps(result)) == result


def test_a_folder_that_cannot_be_written_loses_no_set(engine, slate_id):
    blocked = SETTINGS.draws_dir / "file"
    blocked.write_text("not a folder")
    mine = job(engine, slate_id, settings=Settings(_env_file=None, draws_dir=blocked))
    made = simulate(mine, slate_id, worlds=60, seed=21)
    with session_scope(engine) as session:
        held = projections.projection_set(session, made["projection_set_id"]).inputs["draws"]
    assert held["path"] is None
    assert "SDP_DRAWS_DIR" in held["why"]


def test_the_same_inputs_give_the_same_set_and_another_seed_another(engine, slate_id, result):
    again = simulate(job(engine, slate_id, now=LOCK + timedelta(days=99)), slate_id, worlds=1500, seed=3)
    assert again["projection_set_id"] == result["projection_set_id"]
    assert (again["is_new"], result["is_new"]) == (False, True)
    other = simulate(job(engine, slate_id), slate_id, worlds=1500, seed=4)
    assert other["projection_set_id"] != result["projection_set_id"]


def test_progress_is_told_game_by_game(engine, slate_id, monkeypatch):
    told = []
    mine = job(engine, slate_id)
    monkeypatch.setattr(mine, "progress", lambda share, message=None: told.append((round(share, 3), message)))
    simulate(mine, slate_id, worlds=20, seed=11)
    assert [m for _, m in told] == [
        "reading predictions and lines", "simulated 1 of 2 games", "simulated 2 of 2 games", "summarising",
    ]  # fmt: skip
    assert [s for s, _ in told] == sorted(s for s, _ in told)


def test_a_cancelled_run_writes_nothing(engine, slate_id):
    mine = job(engine, slate_id)
    with session_scope(engine) as session:
        before = session.execute(select(func.count()).select_from(ProjectionSet)).scalar_one()
        runs.cancel(session, mine.run_id)
    with pytest.raises(Cancelled):
        simulate(mine, slate_id, worlds=50, seed=12)
    with session_scope(engine) as session:
        assert session.execute(select(func.count()).select_from(ProjectionSet)).scalar_one() == before


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"worlds": 0}, BadInput, "worlds is 0"),
        ({"worlds": 10**7}, BadInput, "between 1 and 200,000"),
        ({"seed": -1}, BadInput, "seed is -1"),
        ({"seed": 2**63}, BadInput, "choose one from 0"),
        ({"slate_id": 10**6}, NotFound, "no slate 1000000"),
    ],
)
def test_wrong_parameters_say_what_to_do(engine, slate_id, params, error, message):
    with pytest.raises(error, match=message):
        simulate(job(engine, slate_id), **{"slate_id": slate_id} | params)


def test_a_slate_that_cannot_be_simulated_says_why(engine, slate_id):
    first = next(iter(GAMES))
    with session_scope(engine) as session:
        unmatched = slates.save_slate(session, head("unmatched"), [draftable("N", "WR", None, None, None, 3000)])
        stranger = add_player(session, "Stranger", "WR")
        fresh = slates.save_slate(session, head("fresh"), [draftable("S", "WR", stranger, "nfl:A", first, 3000)])
    with pytest.raises(Conflict, match="has no game"):
        simulate(job(engine, unmatched), unmatched)
    with pytest.raises(Conflict, match="run inference first"):
        simulate(job(engine, fresh), fresh)


def test_lineups_play_their_contest_in_the_worlds_of_their_projections(engine, slate_id, result):
    contest = load("nfl").contests["draftkings_classic"]
    with session_scope(engine) as session:
        ann = User(username="ann", password_hash="x")
        session.add(ann)
        by_position = {}
        for row in session.scalars(select(Draftable).where(Draftable.slate_id == slate_id).order_by(Draftable.id)):
            row.roster_slots = [s.name for s in contest.slots if row.position in s.positions] or [row.position]
            if row.player_id is not None and not row.name.startswith(("Slot A", "Newcomer", "Backup")):
                by_position.setdefault(row.position, []).append(row.id)
        built = LineupSet(
            slate_id=slate_id, projection_set_id=result["projection_set_id"], user_id=None, name="One", rules={}
        )
        session.flush()
        built.user_id = ann.id
        session.add(built)
        session.flush()
        p = by_position
        ids = [p["QB"][0], *p["RB"][:2], *p["WR"][:3], p["TE"][0], p["RB"][2], p["DST"][0]]
        session.add(Lineup(set_id=built.id, rank=1, draftable_ids=ids, salary_usd=45000, projected_points=100.0))
        run = runs.create(session, "sim-engine", "simulate_contest", {}, user_id=ann.id, status="running")
        run_id, set_id = run.id, built.id
    offer = {"fee_usd": 1, "entries": 200, "prizes": [{"first": 1, "last": 50, "cash_usd": 3.5}]}
    mine = Job(run_id, engine=engine, settings=SETTINGS, now=LOCK + timedelta(days=9), progress_s=0.0)
    told = simulate_contest(mine, set_id, offer, worlds=400)
    assert told["draws"] == "joint"
    assert 0 < told["lineups"][0]["prob_cash"] < 1
    assert told["field"]["habits"].startswith("Maximum likelihood")


def record_of(engine, set_id):
    with session_scope(engine) as session:
        chosen = projections.projection_set(session, set_id)
        session.expunge(chosen)
    return chosen


def test_a_stored_set_is_rebuilt_from_its_record_bit_for_bit(engine, slate_id):
    made = simulate(job(engine, slate_id), slate_id, worlds=300, seed=31)
    chosen = record_of(engine, made["projection_set_id"])
    kept, how = worlds_of(job(engine, slate_id), chosen, 300, seed=99)
    assert how == SAME
    shutil.rmtree(SETTINGS.draws_dir / chosen.inputs["draws"]["path"])
    # much later: the slate is read as of the set's moment, not as of now
    again, how = worlds_of(job(engine, slate_id, now=LOCK + timedelta(days=400)), chosen, 300, seed=99)
    assert how == SAME
    assert again.players.equals(kept.players)
    for name, sheet in kept.sheets.items():
        assert not sheet.flags.writeable
        assert sheet.dtype == again.sheets[name].dtype
        assert np.array_equal(sheet, again.sheets[name]), name
    more, _ = worlds_of(job(engine, slate_id), chosen, 500, seed=99)
    assert np.array_equal(more.sheets["skill"][:, :, :300], kept.sheets["skill"])


def test_worlds_that_were_changed_are_refused(engine, slate_id):
    made = simulate(job(engine, slate_id), slate_id, worlds=200, seed=32)
    chosen = record_of(engine, made["projection_set_id"])
    file = SETTINGS.draws_dir / chosen.inputs["draws"]["path"] / "sheet_yards.bin"
    body = bytearray(file.read_bytes())
    body[5] ^= 1
    file.write_bytes(body)
    with pytest.raises(Misconfigured, match="changed or damaged: simulate the slate again"):
        worlds_of(job(engine, slate_id), chosen, 200, seed=1)


def test_late_news_draws_the_games_it_touches_alone(engine, slate_id, monkeypatch):
    before = simulate(job(engine, slate_id), slate_id, worlds=400, seed=33)
    assert before["games_drawn"] == 2
    with session_scope(engine) as session:
        news = session.scalars(select(Draftable).where(Draftable.name == "Receiver C")).one()
        news.status = "O"
    told = []
    mine = job(engine, slate_id)
    monkeypatch.setattr(mine, "progress", lambda share, message=None: told.append(message))
    after = simulate(mine, slate_id, worlds=400, seed=33)
    assert (after["is_new"], after["games_drawn"]) == (True, 1)
    assert [message for message in told if "game" in message] == ["simulated 1 of 1 games"]
    kept = record_of(engine, after["projection_set_id"])
    worlds, _ = worlds_of(job(engine, slate_id), kept, 400, seed=33)
    old, _ = worlds_of(job(engine, slate_id), record_of(engine, before["projection_set_id"]), 400, seed=33)
    shutil.rmtree(SETTINGS.draws_dir / kept.inputs["draws"]["path"])
    whole, how = worlds_of(job(engine, slate_id), kept, 400, seed=33)
    assert how == SAME
    assert whole.players.equals(worlds.players)
    for name, sheet in whole.sheets.items():
        assert np.array_equal(sheet, worlds.sheets[name]), name
    untouched = (pl.col("game_id") == next(iter(GAMES))) & pl.col("player_id").is_not_null()
    for row in old.players.with_row_index("row").filter(untouched)["row"]:
        same = worlds.line(worlds.players["player_id"].to_list().index(old.players["player_id"][row]))
        assert all(np.array_equal(values, same[stat]) for stat, values in old.line(row).items())
    with session_scope(engine) as session:
        session.scalars(select(Draftable).where(Draftable.name == "Receiver C")).one().status = None


def test_the_service_declares_its_job():
    assert list(service.jobs) == ["simulate", "simulate_around", "what_if", "simulate_contest", "grade_contest"]
    assert service.name == "sim-engine"


def test_what_if_tells_the_difference_in_the_games_it_touches(engine, slate_id):
    with session_scope(engine) as session:
        ids = dict(slates.draftables(session, slate_id).select("name", "id").iter_rows())
    first = next(iter(GAMES))
    told = what_if(job(engine, slate_id), slate_id, out=[ids["Receiver B"]], worlds=2000)
    change = {row["name"]: row["change"] for row in told["players"]}
    assert change["Receiver B"] < -5
    assert change["Slot B"] > 0.3
    assert [game["game_id"] for game in told["games"]] == [first]
    assert not [name for name in change if name[-1] in "CD"]
    lower = what_if(job(engine, slate_id), slate_id, lines={first: [None, 41.0]}, worlds=2000)["games"][0]
    totals = [lower[k]["home_score_mean"] + lower[k]["away_score_mean"] for k in ("before", "after")]
    assert totals[0] - totals[1] == pytest.approx(6.0, abs=0.4)
    assert json.loads(json.dumps(told)) == told


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "nothing is assumed"),
        ({"out": [10**9]}, "not players of this slate"),
        ({"wind_mph": {"nfl:x": 20.0}}, "games nfl:x"),
        ({"lines": {"nfl:x": [1.0]}}, "a margin and a total"),
    ],
)
def test_a_scenario_that_is_none_says_so(engine, slate_id, given, message):
    with pytest.raises(BadInput, match=message):
        what_if(job(engine, slate_id), slate_id, **given)
