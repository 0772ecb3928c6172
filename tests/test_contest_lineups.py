"""Every declared contest against the judge of lineups: one it must pass, and one for each rule that it must not."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import polars as pl
import pytest
from sdp_engine import frames
from sdp_engine.optimize.check import check_lineup
from sdp_sports.spec import Contest, codes, load

DECLARED = [(code, key) for code in codes() for key in load(code).contests]
GAMES = 6


def declared(code: str, key: str) -> Contest:
    """Return a contest ready to be drafted: tiers with three of them."""
    sport = load(code)
    contest = sport.contests[key]
    return contest.with_tiers(["T1", "T2", "T3"], sport.positions) if contest.mode == "tiers" else contest


def people(contest: Contest) -> Iterator[dict[str, Any]]:
    """Yield one athlete a roster place, who fits it: two games' sides in turn, or the one game's."""
    one_game = contest.mode in {"showdown", "single_game"}
    teams = [f"x:{i}" for i in range(2 if one_game else 2 * GAMES)]
    price = contest.salary_cap_usd // (2 * contest.roster_size) if contest.is_capped else 5000
    for number, slot in enumerate(contest.expanded_slots):
        team = number % len(teams)
        yield {
            "draftable_id": number + 1,
            "player_id": number + 1,
            "name": f"Athlete {number + 1}",
            "team_id": teams[team],
            "opponent_id": teams[team ^ 1],
            "game_id": f"g{team // 2}",
            "position": slot.positions[number % len(slot.positions)],
            "roster_slots": [one.name for one in contest.slots if one.name == slot.name],
            "salary_usd": price,
            "points": 10.0,
        }


def lineup(contest: Contest) -> list[dict[str, Any]]:
    return list(people(contest))


def faults(contest: Contest, rows: list[dict[str, Any]]) -> list[str]:
    return check_lineup(contest, pl.DataFrame(rows, schema=frames.POOL))


@pytest.mark.parametrize(("code", "key"), DECLARED)
def test_a_legal_lineup_passes(code: str, key: str) -> None:
    contest = declared(code, key)
    assert faults(contest, lineup(contest)) == []


@pytest.mark.parametrize(("code", "key"), DECLARED)
def test_an_athlete_stands_once_and_only_where_he_may(code: str, key: str) -> None:
    contest = declared(code, key)
    rows = lineup(contest)
    twice = [*rows[:-1], rows[-1] | {"player_id": rows[0]["player_id"]}]
    assert any("stands 2 times" in fault for fault in faults(contest, twice))
    misplaced = [rows[0] | {"roster_slots": ["elsewhere"]}, *rows[1:]]
    assert any("may not fill" in fault for fault in faults(contest, misplaced))
    assert faults(contest, rows[:-1]) != []


@pytest.mark.parametrize(("code", "key"), [one for one in DECLARED if declared(*one).is_capped])
def test_the_cap_counts_salaries_as_the_slots_multiply_them(code: str, key: str) -> None:
    contest = declared(code, key)
    rows, slots = lineup(contest), contest.expanded_slots
    dearest = max(range(len(rows)), key=lambda i: slots[i].salary_multiplier)
    spent = sum(round(row["salary_usd"] * slot.salary_multiplier) for row, slot in zip(rows, slots, strict=True))
    room = contest.salary_cap_usd - spent
    exact = int(rows[dearest]["salary_usd"] + room // slots[dearest].salary_multiplier)
    assert faults(contest, [*rows[:dearest], rows[dearest] | {"salary_usd": exact}, *rows[dearest + 1 :]]) == []
    over = [*rows[:dearest], rows[dearest] | {"salary_usd": exact + 1}, *rows[dearest + 1 :]]
    assert any("costs" in fault for fault in faults(contest, over))


@pytest.mark.parametrize(("code", "key"), DECLARED)
def test_teams_and_games_are_counted(code: str, key: str) -> None:
    contest = declared(code, key)
    alone = [row | {"team_id": "x:0", "opponent_id": "x:1", "game_id": "g0"} for row in lineup(contest)]
    found = " ".join(faults(contest, alone))
    if contest.max_per_team is not None:
        assert f"{contest.roster_size} players of x:0" in found
    if contest.min_teams > 1:
        assert f"1 teams of {contest.min_teams}" in found
    if contest.min_games > 1:
        assert f"1 games of {contest.min_games}" in found


LIMITED = [(code, key, i) for code, key in DECLARED for i in range(len(load(code).contests[key].limits))]


@pytest.mark.parametrize(("code", "key", "which"), LIMITED)
def test_a_limit_holds_to_the_last_athlete(code: str, key: str, which: int) -> None:
    contest = declared(code, key)
    limit = contest.limits[which]
    fits = [i for i, slot in enumerate(contest.expanded_slots) if set(slot.positions) & set(limit.positions)]
    for many in (limit.at_most, limit.at_most + 1):
        rows, left, others = lineup(contest), many, count(1)
        for i in fits:
            position = next(p for p in contest.expanded_slots[i].positions if p in limit.positions)
            free = next((p for p in contest.expanded_slots[i].positions if p not in limit.positions), position)
            if left:
                rows[i] |= {"position": position} | ({"team_id": "x:0"} if limit.per_team else {})
                left -= 1
            else:
                rows[i] |= {"position": free} | ({"team_id": f"x:{next(others)}"} if limit.per_team else {})
        told = [fault for fault in faults(contest, rows) if "more than" in fault]
        assert bool(told) == (many > limit.at_most), (many, told)


def test_a_goalie_adds_no_team_where_skaters_must() -> None:
    contest = declared("nhl", "draftkings_classic")
    rows = [row | {"team_id": f"x:{i % 2}"} for i, row in enumerate(lineup(contest))]
    goalie = next(i for i, row in enumerate(rows) if row["position"] == "G")
    assert "2 teams of 3" in faults(contest, rows)
    assert "2 teams of 3" in faults(contest, [*rows[:goalie], rows[goalie] | {"team_id": "x:9"}, *rows[goalie + 1 :]])
    skater = next(i for i, row in enumerate(rows) if row["position"] == "D")
    assert faults(contest, [*rows[:skater], rows[skater] | {"team_id": "x:9"}, *rows[skater + 1 :]]) == []
