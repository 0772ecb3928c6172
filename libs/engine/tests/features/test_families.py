"""Each family against hand-made cases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from sdp_engine import frames
from sdp_engine.features import (
    build,
    competition,
    draft,
    efficiency,
    experience,
    form,
    market,
    mates,
    opponent,
    passer,
    schedule,
    sets,
    snaps,
    squad,
    status,
    usage,
    volume,
    weather,
)
from sdp_engine.features.panel import Sources, fantasy_points, of_history, quantity
from sdp_engine.features.windows import count, ewma, known_before, last, weight
from sdp_engine.models import training
from sdp_engine.models.model import EXPECTED
from sdp_sports import score
from sdp_sports.spec import load

SPORT = load("nfl")
KICK_OFF = datetime(2022, 9, 11, 17, tzinfo=UTC)


def test_windows_look_back_only_and_carry_over_the_unknown() -> None:
    rows = pl.DataFrame({"player_id": [1] * 4, "x": [2.0, 4.0, None, None]})
    made = rows.select(ewma("x", 1.0).alias("ewma"), last("x").alias("last"), count("x").alias("count"))
    assert made["ewma"].to_list() == pytest.approx([None, 2.0, 10 / 3, 10 / 3])
    assert made["last"].to_list() == [None, 2.0, 4.0, 4.0]
    assert made["count"].to_list() == [0, 1, 2, 2]


def test_the_weight_of_an_average_is_the_sum_of_its_weights() -> None:
    found = pl.select(weight(pl.lit(3.0), 2.0)).item()
    assert found == pytest.approx(sum(0.5 ** (i / 2) for i in range(3)))


def test_sums_count_only_what_was_known_before() -> None:
    facts = pl.DataFrame(
        {"position": ["QB", "QB"], "known_at": [KICK_OFF, KICK_OFF + timedelta(days=7)], "x": [1.0, 5.0]}
    )
    at = [KICK_OFF - timedelta(hours=1), KICK_OFF + timedelta(days=1), KICK_OFF + timedelta(days=8)]
    rows = pl.DataFrame({"position": ["QB", "QB", "QB"], "starts_at": at})
    assert known_before(rows, facts, {"x": pl.col("x")}, ["position"])["x"].to_list() == [None, 1.0, 6.0]


def test_a_market_settles_on_its_stats_or_its_contest(league: Any) -> None:
    lines = league.lines
    both = lines.select(quantity(SPORT, SPORT.markets["anytime_touchdown"])).to_series()
    assert both.equals((lines["rushing_tds"] + lines["receiving_tds"]).rename(both.name))
    contest = SPORT.contests["draftkings_classic"]
    worth = lines.with_columns(points=fantasy_points(SPORT, contest))
    for row in worth.sample(40, seed=3).iter_rows(named=True):
        assert row["points"] == pytest.approx(score.points(contest, row, row["position"]))


def test_what_plays_alone_tell_is_unknown_without_them(league: Any) -> None:
    built = build.history(SPORT, league.sources)
    outcomes = training.outcomes_of(SPORT, built, league.lines, league.snaps, league.roles)
    dated = built.join(league.games.select("game_id", "season", "week", as_of="starts_at"), on="game_id")
    held = training.frame_of(SPORT, "longest_completion", dated, outcomes)
    told = league.lines.filter(pl.col("longest_completion").is_not_null(), pl.col("passing_attempts") > 0)
    assert held.height >= told.height > 100
    assert not held["game_id"].str.starts_with("nfl:2020").any()
    passers = dated.filter(pl.col("position") == "QB")
    opening = passers.filter(pl.col("season") == 2021, pl.col("week") == 1)
    assert opening["longest_completion_fast"].is_null().all()  # no zero of the season without plays
    assert passers.filter(pl.col("season") == 2022)["longest_completion_fast"].is_not_null().mean() >= 0.5
    silent = build.history(SPORT, replace(league, lines=league.lines.drop(SPORT.plays)).sources)
    words = pl.selectors.contains(*SPORT.plays)
    assert silent.select(words).null_count().transpose().to_series().unique().to_list() == [silent.height]
    assert silent.drop(words).equals(built.drop(words))


def test_every_family_keys_its_rows_once(league: Any) -> None:
    panel = of_history(SPORT, league.sources)
    for family in build.OF_PLAYERS:
        made = family(panel)
        assert made.select("player_id", "game_id").is_unique().all(), family
        # Nothing told who was active, so that there is nothing to say of team-mates.
        assert made.height == (0 if family in (mates.build, competition.build) else league.lines.height)
    for family in build.OF_TEAMS:
        made = family(panel)
        assert made.select("team_id", "game_id").is_unique().all(), family
        assert made.height == 2 * league.games.height
    assert opponent.build(panel).select("opponent_id", "position", "game_id").is_unique().all()


def test_form_and_shares_start_at_the_position_and_move_to_the_player(league: Any) -> None:
    panel = of_history(SPORT, league.sources)
    receivers = panel.keys.select("player_id", "game_id", "position").join(
        form.build(panel), on=["player_id", "game_id"]
    )
    assert receivers.filter(pl.col("position") == "QB")["receptions_slow"].is_null().all()
    shares = usage.build(panel).join(panel.rows, on=["player_id", "game_id"])
    late = shares.filter(pl.col("season") == 2022, pl.col("position") == "WR")
    known = late.group_by("player_id").agg(pl.col("target_share_slow").mean(), pl.col("targets").mean())
    assert np.corrcoef(known["target_share_slow"], known["targets"])[0, 1] > 0.9


def test_a_rate_without_an_attempt_is_the_position_s(league: Any) -> None:
    panel = of_history(SPORT, league.sources)
    made = efficiency.build(panel).join(panel.rows, on=["player_id", "game_id"])
    runners = made.filter(pl.col("season") == 2022, pl.col("position") == "RB")
    assert runners["yards_per_carry"].is_between(3.5, 5.2).all()
    assert runners["catch_rate"].is_between(0.5, 0.8).all()


def test_the_line_speaks_where_there_is_one_and_past_scores_where_not(league: Any) -> None:
    panel = of_history(SPORT, league.sources)
    made = market.build(panel).join(panel.teams, on=["team_id", "game_id"])
    lined = made.filter(pl.col("total").is_not_null())
    assert np.allclose(lined["expected_points"] + lined["expected_against"], lined["total"])
    assert np.allclose(lined["expected_margin"], lined["margin"])
    rated = made.filter(pl.col("total").is_null())
    assert np.allclose(rated["expected_points"], rated["rated_points"])
    assert made["expected_points"].is_not_null().all()


def test_a_strong_team_is_rated_above_a_weak_one() -> None:
    games = [
        {
            "game_id": f"g{week}",
            "season": 2022,
            "season_type": "REG",
            "week": week,
            "starts_at": KICK_OFF + timedelta(days=7 * week),
            "home_team_id": "strong" if week % 2 else "weak",
            "away_team_id": "weak" if week % 2 else "strong",
            "home_score": 35 if week % 2 else 10,
            "away_score": 10 if week % 2 else 35,
        }
        for week in range(6)
    ]
    frame = pl.DataFrame(games).with_columns(
        known_at=pl.col("starts_at") + pl.duration(hours=12),
        roof=pl.lit("outdoors"),
        **{name: pl.lit(None, pl.Float64) for name in ("spread", "total", "wind_mph", "temp_f")},
    )
    lines = pl.DataFrame(
        {"player_id": [1], "game_id": ["g0"], "team_id": ["weak"], "position": ["QB"], "known_at": [KICK_OFF]},
        schema={"player_id": pl.Int64, "game_id": pl.String, "team_id": pl.String, "position": pl.String}
        | {"known_at": pl.Datetime("us", "UTC")},
    ).with_columns(pl.lit(0.0).alias(stat) for stat in SPORT.stats)
    made = market.ratings(of_history(SPORT, Sources(frame, lines))).filter(pl.col("game_id") == "g5")
    points = dict(made.select("team_id", "rated_points").iter_rows())
    assert points["strong"] > points["weak"] + 10
    assert (
        market.ratings(of_history(SPORT, Sources(frame, lines)))
        .filter(pl.col("game_id") == "g0")["rated_points"]
        .is_between(20, 24)
        .all()
    )


def test_rest_roof_and_weather(league: Any) -> None:
    panel = of_history(SPORT, league.sources)
    made = schedule.build(panel).join(weather.build(panel), on=["team_id", "game_id"])
    inside = made.filter(pl.col("is_indoors") == 1)
    assert inside.height
    assert inside["wind_mph"].unique().to_list() == [0.0]
    within = made.filter(pl.col("week") > 1)
    assert within["rest_days"].is_between(6.8, 7.2).all()
    assert made["rest_days"].max() == schedule.LONGEST_REST


def test_absence_counts_the_team_s_games(league: Any) -> None:
    away = league.lines.filter(~((pl.col("player_id") == 5) & pl.col("game_id").str.contains("2021_0[345]")))
    panel = of_history(SPORT, Sources(league.games, away))
    made = experience.build(panel).join(panel.rows, on=["player_id", "game_id"]).filter(pl.col("player_id") == 5)
    missed = made.filter(pl.col("season") == 2021).sort("week").select("week", "games_missed").rows()
    assert dict(missed)[6] == 3
    assert dict(missed)[7] == 0


def test_volume_stays_near_what_teams_run(league: Any) -> None:
    made = volume.build(of_history(SPORT, league.sources))
    later = made.filter(pl.col("game_id").str.contains("2022"))
    assert later["team_passing_attempts"].is_between(26, 44).all()
    assert later["team_pass_share"].is_between(0.4, 0.7).all()


def test_every_feature_is_a_number_and_its_column_is_named_once(league: Any) -> None:
    made = build.history(SPORT, league.sources)
    columns = build.columns(made)
    assert len(set(columns)) == len(columns) > 60
    assert all(made.schema[name] == pl.Float64 for name in columns)
    assert not made.select(pl.col(columns).is_nan().any()).row(0).count(True)
    assert made.height == league.lines.height


def test_nobody_and_no_past_give_no_rows_and_nulls(league: Any) -> None:
    games = league.week(2022, 5)
    nobody = league.population(games).clear()
    assert build.population(SPORT, league.sources, nobody, KICK_OFF).is_empty()
    first = league.week(2020, 1)
    lock = first["starts_at"].min()
    fresh = build.population(SPORT, league.sources, league.population(first), lock)
    assert fresh.height == 80
    assert fresh["receptions_slow"].is_null().all()


def test_targets_are_the_active_and_zeros_are_theirs(told: Any) -> None:
    """Who is active and not on the field has a row; who is inactive has none."""
    made = build.history(SPORT, told.sources).join(told.games.select("game_id", "season"), on="game_id")
    late = made.filter(pl.col("season") == 2022, pl.col("position") != "DST")
    active = told.roles.filter(pl.col("status") == "ACT", pl.col("game_id").str.contains("2022"))
    assert set(late.select("player_id", "game_id").rows()) == set(active.select("player_id", "game_id").rows())
    absent = late.join(told.lines, on=["player_id", "game_id"], how="anti")
    assert 0.05 < absent.height / late.height < 0.2
    early = made.filter(pl.col("season") == 2020, pl.col("position") == "QB").join(told.games, on="game_id")
    began = told.roles.filter("started").select("player_id", "game_id")
    starters = early.join(began, on=["player_id", "game_id"], how="semi", maintain_order="left")
    assert starters["is_starter"].is_null().to_list() == (starters["week"] == 1).to_list()
    assert set(starters["is_starter"]) == {None, 1.0}


def test_who_came_in_for_a_starter_is_learnt_from(told: Any) -> None:
    """Where no roster tells who was active: a reserve's rows, unknown as such before the game."""
    made, keys = build.history(SPORT, told.sources), ["player_id", "game_id"]
    first = told.snaps.filter(pl.col("game_id").str.contains("2020"), pl.col("position") == "QB")
    began = told.roles.filter("started").select(keys)
    reserves = first.filter(pl.col("offense_snaps") > 0).join(began, on=keys, how="anti")
    rows = made.join(reserves, on=keys, how="semi")
    assert rows.height == reserves.height > 20
    assert rows["is_starter"].is_null().all()
    outcomes = training.outcomes_of(SPORT, made, told.lines, told.snaps, told.roles)
    made = made.join(told.games.select("game_id", as_of="starts_at"), on="game_id")
    passing = training.labelled(SPORT, "passing_yards", made, outcomes).join(reserves, on=keys, how="semi")
    assert passing.height == rows.height
    assert (passing["is_starter"] == 0).all()
    assert passing[EXPECTED].is_null().all()
    assert training.labelled(SPORT, "plays", made, outcomes).join(reserves, on=keys, how="semi").is_empty()


def test_shares_of_the_active_sum_to_one_and_the_absent_leave_theirs(told: Any) -> None:
    rows = build.history(SPORT, told.sources).filter(pl.col("game_id").str.contains("2022"))
    sums = rows.group_by("team_id", "game_id").agg(pl.col("target_share_active").sum())["target_share_active"]
    assert sums.is_between(0.99, 1.01).mean() > 0.95
    assert rows["targets_vacated"].drop_nulls().is_between(0, 0.7).all()


def test_snap_ranks_are_those_of_the_position(told: Any) -> None:
    panel = of_history(SPORT, told.sources)
    made = snaps.build(panel).join(panel.rows.filter("is_target"), on=["player_id", "game_id"])
    receivers = made.filter(pl.col("position") == "WR", pl.col("season") == 2022)
    assert receivers["snap_rank"].min() == 1
    assert (receivers["snap_rank"] <= receivers["group_size"]).all()
    assert receivers["group_size"].max() == 3


def test_the_lead_is_over_the_strongest_other_of_the_position(told: Any) -> None:
    panel = of_history(SPORT, told.sources)
    made = competition.build(panel).join(panel.rows.filter("is_target"), on=["player_id", "game_id"])
    backs = made.filter(pl.col("position") == "RB", pl.col("season") == 2022)
    pairs = backs.filter(pl.len().over("team_id", "game_id") == 2)
    assert pairs.height > 40
    assert set(competition.COLUMNS) <= set(made.columns)
    for claim in competition.CLAIMS:
        leads = pairs.group_by("team_id", "game_id").agg(both=pl.col(f"lead_{claim}").sum())["both"]
        assert leads.to_numpy() == pytest.approx(0, abs=1e-9)
        ahead = pairs.filter(pl.col(f"lead_{claim}") > 0)
        assert (ahead[f"lead_{claim}"] + ahead[f"top_{claim}"] <= 1 + 1e-9).all()
    assert pairs.group_by("team_id", "game_id").agg(pl.col("carry_position").sum())["carry_position"].max() < 1 + 1e-9
    alone = backs.filter(pl.len().over("team_id", "game_id") == 1)
    assert (alone["top_snap"] == 0).all()


def test_a_quarterback_s_markets_read_no_competition() -> None:
    columns = [*competition.COLUMNS, "passing_yards_fast", "receptions_fast", "wind_mph"]
    assert sets.chosen(columns, SPORT, "passing_yards") == ("passing_yards_fast", "wind_mph")
    assert set(competition.COLUMNS) <= set(sets.chosen(columns, SPORT, "rushing_yards"))
    assert "receptions_fast" not in sets.chosen(columns, SPORT, "rushing_yards")


def test_what_is_told_before_the_game_becomes_numbers(told: Any) -> None:
    panel = of_history(SPORT, told.sources)
    made = status.build(panel).join(panel.rows, on=["player_id", "game_id"], suffix="_told")
    hurt = made.filter(pl.col("injury_status") == "questionable")
    assert (hurt["doubt"] == 1).all()
    assert (made.filter(pl.col("practice_status").is_not_null())["practice_missed"] == 1).all()
    assert made.filter(pl.col("is_target"), pl.col("position") == "QB")["is_starter"].is_in([0.0, 1.0]).all()
    origin = draft.build(panel).join(told.drafts, on="player_id")
    assert (origin.filter(pl.col("draft_pick").is_null())["draft_value"] == -np.log(draft.UNDRAFTED)).all()
    assert origin["seasons_in_league"].is_between(0, draft.LONGEST).all()


def test_the_passer_is_who_is_expected_to_start(told: Any) -> None:
    panel = of_history(SPORT, told.sources)
    made = passer.build(panel)
    late = made.filter(pl.col("game_id").str.contains("2022"))
    # The league's charts know nothing: who comes back as the first of one is expected and does not start.
    assert (late["passer_is_new"] == 0).mean() > 0.5
    # Its lists name some who threw next to nothing, and are believed where they threw at all.
    assert late["passer_attempts"].is_between(20, 50).mean() > 0.8
    # Without rosters it is who started the last game of the season, as far as passes tell who did.
    bare = build.history(SPORT, Sources(told.games, told.lines)).join(
        told.games.select("game_id", "week"), on="game_id"
    )
    assert bare.filter(pl.col("week") == 1)["passer_attempts"].is_null().all()
    assert bare.filter(pl.col("week") == 4)["passer_attempts"].is_not_null().any()


def test_the_same_facts_make_the_same_features_to_the_bit(league: Any, told: Any) -> None:
    """Sums of fractions differ by their order, which threads would choose; so runs would rewrite what is not new."""
    for sources in (league.sources, told.sources):
        first = build.history(SPORT, sources)
        assert all(build.history(SPORT, sources).equals(first) for _ in range(8))


def test_before_the_roster_is_known_the_last_one_and_the_report_speak(told: Any) -> None:
    week = told.week(2022, 5)
    chosen = told.population(week)
    known = told.roles.join(week, on="game_id", how="anti")
    made = squad.of_population(chosen, told.games, known)
    asked = made.filter(pl.col("is_target"), pl.col("position") != "DST")
    assert asked["here"].is_not_null().all()
    doubtful = chosen.with_columns(injury_status=pl.lit("questionable"))
    again = squad.of_population(doubtful, told.games, known).filter(pl.col("is_target"), pl.col("position") != "DST")
    assert (again["here"] == squad.CHANCES["questionable"]).all()


def test_who_is_left_inherits_by_his_snaps(told: Any) -> None:
    rows = build.history(SPORT, told.sources).filter(pl.col("game_id").str.contains("2022"))
    known = rows.drop_nulls(["inherited_carries", "active_targets"])
    assert known.height > 100
    share = known["carry_share_recent"] + known["snap_share_position"] * known["carries_vacated_position"]
    product = (share * known["team_rushing_attempts"]).to_numpy()
    assert np.allclose(known["inherited_carries"].to_numpy(), product, rtol=1e-4, atol=1e-4)
    more = known.filter(pl.col("carries_vacated_position") > 0.1, pl.col("snap_share_position") > 0.1)
    assert (more["inherited_carries"] > more["carry_share_recent"] * more["team_rushing_attempts"]).all()


def test_without_rosters_those_with_a_recent_line_were_expected_until_they_play_elsewhere() -> None:
    kick_offs = [KICK_OFF + timedelta(days=7 * week) for week in range(squad.RECENT + 2)]
    names = [f"w{week}" for week in range(len(kick_offs))]
    games = pl.DataFrame({"game_id": names, "starts_at": kick_offs, "season": [2021, *[2022] * (len(names) - 1)]})
    places = [
        *[(1, name, "nfl:KC", "WR") for name in names],
        (2, "w0", "nfl:KC", "RB"),
        (3, "w0", "nfl:KC", "TE"),
        *[(4, name, "nfl:SF", "QB") for name in names],
        (3, "w2", "nfl:SF", "TE"),
        (5, "w0", "nfl:KC", "DST"),
    ]
    lines = pl.DataFrame(places, schema=["player_id", "game_id", "team_id", "position"], orient="row")
    nothing = frames.empty(frames.SNAPS), frames.empty(frames.ROLES)
    made = squad.of_history(SPORT, games, *nothing, lines)
    assert not made.is_duplicated().any()
    assert made["is_target"].all()
    assert made["here"].is_null().all()
    there = made.join(lines, on=["player_id", "game_id"], how="anti").sort("player_id", "game_id")
    assert there.filter(pl.col("player_id") == 2)["game_id"].to_list() == names[1 : squad.RECENT + 1]
    moved = there.filter(pl.col("player_id") == 3)
    assert moved.select("game_id", "team_id").rows() == [("w1", "nfl:KC"), *[(name, "nfl:SF") for name in names[3:]]]
    assert there["player_id"].unique().sort().to_list() == [2, 3]
    told = {name: [None] for name in frames.SNAPS} | {"player_id": [1], "game_id": ["w0"], "team_id": ["nfl:KC"]}
    snaps = pl.DataFrame(told | {"position": ["WR"], "offense_snaps": [30.0]}, schema=dict(frames.SNAPS))
    later = squad.of_history(SPORT, games, snaps, nothing[1], lines)
    assert later.filter(pl.col("game_id") == "w0")["player_id"].sort().to_list() == [1, 5]
    same = made.filter(pl.col("game_id") != "w0").sort("player_id", "game_id")
    assert later.filter(pl.col("game_id") != "w0").sort("player_id", "game_id").equals(same)


def test_who_was_expected_and_has_no_line_was_not_involved(league: Any) -> None:
    gone = league.lines.filter(pl.col("position") == "WR")["player_id"][0]
    last = league.games.sort("starts_at")["game_id"].tail(8).to_list()
    lines = league.lines.filter((pl.col("player_id") != gone) | ~pl.col("game_id").is_in(last))
    panel = of_history(SPORT, Sources(league.games, lines))
    missed = panel.rows.filter(pl.col("player_id") == gone, pl.col("game_id").is_in(last))
    assert missed["is_target"].to_list() == [True, True]
    assert missed["y_involved"].to_list() == [0.0, 0.0]
    assert missed["y_receiving_yards"].is_null().all()
