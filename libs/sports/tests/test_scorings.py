"""Box scores with points known by hand, for every declared scoring."""

import pytest
from sdp_sports.score import points
from sdp_sports.spec import Contest, Slot, codes, load

# sport, scoring, position, box score, points
GOLDEN = [
    # 12.04 + 12 - 2 + 3 (300 yards) + 2.5 + 6 - 1 + 2
    ("nfl", "draftkings", "QB", {"passing_yards": 301, "passing_tds": 3, "interceptions": 2, "rushing_yards": 25,
      "rushing_tds": 1, "fumbles_lost": 1, "two_point_conversions": 1}, 34.54),
    ("nfl", "draftkings", "DST", {"def_sacks": 4, "def_interceptions": 2, "def_tds": 1, "points_allowed": 13}, 18),
    ("nfl", "draftkings_kicking", "K", {"fg_made_0_39": 2, "fg_made_40_49": 1, "fg_made_50_plus": 1, "xp_made": 3}, 18),
    ("nfl", "fanduel", "WR", {"receptions": 8, "receiving_yards": 120, "receiving_tds": 1, "fumbles_lost": 1}, 20),
    ("nfl", "fanduel_kicking", "K", {"fg_made_0_39": 1, "fg_made_50_plus": 2, "xp_made": 1}, 14),
    ("nfl", "yahoo", "RB", {"rushing_yards": 101, "rushing_tds": 1, "receptions": 3, "receiving_yards": 9}, 18.5),
    ("nfl", "yahoo", "DST", {"def_sacks": 2, "points_allowed": 0}, 12),
    # 30 + 0.5 x 4 + 1.25 x 10 + 1.5 x 10 + 2 + 2 - 0.5 x 4 + 1.5 + 3
    ("nba", "draftkings", "C", {"points": 30, "three_pointers_made": 4, "rebounds": 10, "assists": 10, "steals": 1,
      "blocks": 1, "turnovers": 4}, 66),
    ("nba", "draftkings", "PG", {"points": 10, "rebounds": 9, "assists": 10}, 10 + 11.25 + 15 + 1.5),
    ("nba", "fanduel", "C", {"points": 20, "rebounds": 10, "assists": 5, "steals": 2, "blocks": 1,
      "turnovers": 3}, 45.5),
    ("nba", "yahoo", "C", {"points": 20, "rebounds": 10, "assists": 5, "steals": 2, "blocks": 1, "turnovers": 3}, 45.5),
    ("wnba", "draftkings", "PG", {"points": 18, "three_pointers_made": 2, "rebounds": 4, "assists": 7}, 34.5),
    ("wnba", "fanduel", "G", {"points": 18, "rebounds": 5, "assists": 6, "turnovers": 2}, 31),
    ("euroleague", "draftkings", "F", {"points": 12, "rebounds": 10, "steals": 1}, 28),
    # 3 + 5 + 10 + 2 x 3 + 2 x 2 + 2 + 5
    ("mlb", "draftkings", "OF", {"singles": 1, "doubles": 1, "home_runs": 1, "runs_batted_in": 3, "runs": 2, "walks": 1,
      "stolen_bases": 1}, 35),
    # nine innings, 10 strikeouts, a win, no run, three hits, one walk: 20.25 + 20 + 4 - 1.8 - 0.6 + 2.5 + 2.5
    ("mlb", "draftkings", "SP", {"outs_recorded": 27, "strikeouts_thrown": 10, "wins": 1, "hits_allowed": 3,
      "walks_allowed": 1, "complete_games": 1, "complete_game_shutouts": 1}, 46.85),
    ("mlb", "fanduel", "OF", {"singles": 1, "home_runs": 1, "runs_batted_in": 2, "runs": 1, "walks": 1}, 28.2),
    ("mlb", "fanduel", "P", {"outs_recorded": 19, "strikeouts_thrown": 7, "wins": 1, "quality_starts": 1,
      "earned_runs": 2}, 19 + 21 + 6 + 4 - 6),
    ("mlb", "yahoo", "P", {"outs_recorded": 18, "strikeouts_thrown": 6, "wins": 1, "earned_runs": 2,
      "hits_allowed": 5}, 22.5),
    # 3 x 8.5 + 5 + 5 x 1.5 + 3 (hat trick) + 3 (five shots) + 3 (three points)
    ("nhl", "draftkings", "C", {"goals": 3, "assists": 1, "shots_on_goal": 5}, 47),
    ("nhl", "draftkings", "D", {"assists": 3, "blocked_shots": 3}, 15 + 3.9 + 3 + 3),
    ("nhl", "draftkings", "G", {"goalie_wins": 1, "saves": 35, "goals_against": 1}, 6 + 24.5 - 3.5 + 3),
    ("nhl", "fanduel", "W", {"goals": 1, "assists": 1, "shots_on_goal": 4, "powerplay_points": 1}, 26.9),
    ("nhl", "yahoo", "G", {"goalie_wins": 1, "saves": 30, "goals_against": 2}, 17),
    # 20 birdies, 48 pars, 4 bogeys, four rounds under 70, one bogey-free, the win
    ("golf", "draftkings", "G", {"birdies": 20, "pars": 48, "bogeys": 4, "birdie_streaks": 2, "bogey_free_rounds": 1,
      "rounds_under_70": 4, "finish_position": 1}, 60 + 24 - 2 + 6 + 3 + 5 + 30),
    ("golf", "draftkings", "G", {"birdies": 5, "finish_position": 50}, 16),
    ("golf", "draftkings", "G", {"birdies": 5, "finish_position": 51}, 15),
    ("golf", "fanduel", "G", {"eagles": 1, "birdies": 4, "pars": 11, "bogeys": 1, "double_bogeys": 1},
      7 + 12.4 + 5.5 - 4),
    # 50 strikes of which 30 significant, two takedowns, two minutes of control, a finish in round 2
    ("mma", "draftkings", "F", {"strikes": 50, "significant_strikes": 30, "takedowns": 2, "control_seconds": 120,
      "wins_round_2": 1}, 10 + 6 + 10 + 3.6 + 70),
    ("mma", "draftkings", "F", {"strikes": 5, "significant_strikes": 5, "knockdowns": 1, "wins_round_1": 1,
      "wins_within_60_seconds": 1}, 2 + 10 + 90 + 25),
    ("nascar", "draftkings", "D", {"place_differential": 9, "laps_led": 40, "fastest_laps": 20,
      "finish_position": 1}, 71),
    ("nascar", "draftkings", "D", {"place_differential": -30, "finish_position": 40}, -26),
    ("cfb", "draftkings", "QB", {"passing_yards": 350, "passing_tds": 3, "interceptions": 1}, 28),
    ("cfl", "draftkings", "DST", {"def_sacks": 3, "def_tds": 1, "points_allowed": 35}, 5),
    ("xfl", "draftkings", "RB", {"rushing_yards": 100, "rushing_tds": 2}, 25),
    ("soccer", "draftkings", "F", {"goals": 1, "shots": 4, "shots_on_target": 2, "passes_completed": 30}, 16.6),
    ("soccer", "draftkings", "GK", {"saves": 5, "clean_sheets": 1, "keeper_wins": 1}, 20),
    # 6-3 6-4, seven aces, two double faults, four breaks
    ("tennis", "draftkings", "P", {"matches_played": 1, "games_won": 12, "games_lost": 7, "sets_won": 2,
      "matches_won": 1,
      "aces": 7, "double_faults": 2, "breaks": 4, "straight_set_wins": 1}, 30 + 30 - 14 + 12 + 6 + 2.8 - 2 + 3 + 6),
    ("lol", "draftkings", "MID", {"kills": 6, "deaths": 2, "assists": 9, "creep_score": 300}, 40),
    ("lol", "draftkings", "TEAM", {"turrets": 9, "dragons": 3, "barons": 1, "first_bloods": 1, "map_wins": 1}, 22),
    ("f1", "draftkings", "D", {"finish_position": 2, "laps_led": 20, "fastest_laps": 1, "teammates_beaten": 1}, 28),
    ("f1", "draftkings", "D", {"finish_position": 11}, 0),
]  # fmt: skip


@pytest.mark.parametrize(("code", "key", "position", "box", "expected"), GOLDEN)
def test_a_box_score_is_worth_what_it_should(code, key, position, box, expected) -> None:
    sport = load(code)
    assert position in sport.positions
    assert set(box) <= set(sport.stats)
    scoring = sport.scorings[key]
    contest = Contest(
        site="x",
        title="X",
        slots=(Slot(name="A", positions=sport.positions),),
        scoring=scoring.weights,
        bonuses=scoring.bonuses,
        milestones=scoring.milestones,
        bands=scoring.bands,
    )
    assert points(contest, box, position) == pytest.approx(expected)


def test_every_declared_scoring_has_a_box_score() -> None:
    declared = {(code, key) for code in codes() for key in load(code).scorings}
    assert {(code, key) for code, key, *_ in GOLDEN} == declared


@pytest.mark.parametrize("code", codes())
def test_contests_pay_what_their_scorings_say(code: str) -> None:
    sport = load(code)
    for contest in sport.contests.values():
        paid: dict[str, float] = {}
        for key in contest.scored_by:
            paid |= sport.scorings[key].weights
        assert contest.scoring == paid
        assert len(contest.bands) == sum(len(sport.scorings[key].bands) for key in contest.scored_by)
