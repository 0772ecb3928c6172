"""Requests: how shares are counted, and what is refused before anything is solved."""

from typing import Literal

import polars as pl
import pytest
from made_slate import a_slate
from pydantic import ValidationError
from sdp_engine.frames import POOL
from sdp_engine.optimize.check import check_lineups
from sdp_engine.optimize.faults import check_rules
from sdp_engine.optimize.solve import solve
from sdp_sports.rules import Ownership, PlayerExposure, Rules, StackRule, TeamCount, TeamExposure
from sdp_sports.spec import find_contest, load

NFL = load("nfl")
CONTEST = NFL.contests["draftkings_classic"]
POSITIONS = ["QB", "RB", "RB", "WR", "WR", "WR", "TE", "WR", "DST", "QB"]


@pytest.fixture
def pool() -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "draftable_id": i,
                "player_id": i,
                "name": f"Player {i}",
                "team_id": "nfl:KC" if i % 2 else "nfl:LV",
                "opponent_id": "nfl:LV" if i % 2 else "nfl:KC",
                "game_id": "nfl:2023_12_KC_LV",
                "position": position,
                "roster_slots": [s.name for s in CONTEST.slots if position in s.positions],
                "salary_usd": 5000,
                "points": float(i),
            }
            for i, position in enumerate(POSITIONS, 1)
        ],
        schema=dict(POOL),
    )


@pytest.mark.parametrize(
    ("lineups", "share", "most", "least"),
    [(20, 0.5, 10, 10), (100, 0.29, 29, 29), (150, 1 / 3, 49, 50), (10, 0.25, 2, 3), (1, 0.5, 1, 1), (20, 0, 0, 0)],
)
def test_shares_are_counted_as_written(lineups: int, share: float, most: int, least: int) -> None:
    rules = Rules(lineups=lineups)
    assert (rules.most(share), rules.least(share)) == (most, least)


def test_a_cap_is_the_players_own_or_everybodys_and_never_a_locked_players() -> None:
    rules = Rules(lineups=10, max_exposure=0.5, locked=(1,), exposures=(PlayerExposure(draftable_id=2, at_most=0.8),))
    assert [rules.cap(i) for i in (1, 2, 3)] == [10, 8, 5]


FAULTS = [
    (Rules(locked=(99,)), "locked", "draftable 99 is not in this slate's pool"),
    (Rules(excluded=(1, 1)), "excluded", "draftable 1 is named twice"),
    (Rules(locked=(1,), excluded=(1,)), "locked", "Player 1 is both locked and excluded"),
    (Rules(locked=tuple(range(1, 11))), "locked", "10 players are locked, a lineup holds 9"),
    (Rules(min_unique=10), "min_unique", "cannot differ in 10 of 9"),
    (Rules(locked=(1, 2, 3), min_unique=7), "min_unique", "with 3 locked"),
    (Rules(exposures=(PlayerExposure(draftable_id=1, at_least=0.6, at_most=0.5),)), "exposures", "is above"),
    (
        Rules(lineups=10, exposures=(PlayerExposure(draftable_id=1, at_least=0.42, at_most=0.45),)),
        "exposures",
        "at least 5 and at most 4",
    ),
    (Rules(locked=(1,), exposures=(PlayerExposure(draftable_id=1, at_most=0.5),)), "exposures", "is locked"),
    (Rules(excluded=(1,), exposures=(PlayerExposure(draftable_id=1, at_least=0.5),)), "exposures", "is excluded"),
    (
        Rules(exposures=tuple(PlayerExposure(draftable_id=i, at_least=1) for i in range(1, 11))),
        "exposures",
        "add up to 200 places, 20 lineups have 180",
    ),
    (Rules(min_salary_usd=50_100), "min_salary_usd", "above the contest's cap of 50000"),
    (Rules(min_salary_usd=400, max_salary_usd=300), "min_salary_usd", "above the ceiling of 300"),
    (Rules(teams=(TeamCount(team_id="nfl:XX"),)), "teams", "no player of nfl:XX"),
    (Rules(teams=(TeamCount(team_id="nfl:KC", at_least=3, at_most=2),)), "teams", "at least 3 is above at most 2"),
    (
        Rules(teams=(TeamCount(team_id="nfl:KC", at_least=5), TeamCount(team_id="nfl:LV", at_least=5))),
        "teams",
        "more than the 9 players",
    ),
    (
        Rules(team_exposures=(TeamExposure(team_id="nfl:KC", at_most=0.5),) * 2),
        "team_exposures",
        "nfl:KC is named twice",
    ),
    (Rules(max_per_team=4), "max_per_team", "4 a team of 2 teams do not fill a lineup"),
    (Rules(stacks=(StackRule(sizes=(5, 3)),), min_games=4), "stacks", "leaves players of 3 games at most, not of 4"),
    (Rules(stacks=(StackRule(sizes=(4,)),), min_teams=7), "stacks", "leaves players of 6 teams at most, not of 7"),
    (Rules(stack="none_such"), "stack", "no stack 'none_such'; declared: qb_one, qb_two"),
]


def test_a_stack_larger_than_a_lineup_is_told_as_that_alone(pool: pl.DataFrame) -> None:
    faults = check_rules(Rules(stacks=(StackRule(sizes=(5, 3, 9)),)), CONTEST, pool, NFL.stacks)
    assert [fault.message for fault in faults] == ["number 1: holds more than the 9 players of a lineup"]


@pytest.mark.parametrize(("rules", "field", "message"), FAULTS)
def test_a_request_that_cannot_be_used_is_refused_by_field(
    pool: pl.DataFrame, rules: Rules, field: str, message: str
) -> None:
    faults = check_rules(rules, CONTEST, pool, NFL.stacks)
    assert [(f.field, message in f.message) for f in faults] == [(field, True)]


@pytest.mark.parametrize(("measure", "most"), [("sum", 120), ("mean", 12), ("product", 1.5)])
def test_ownership_in_per_cent_is_told_as_that(
    pool: pl.DataFrame, measure: Literal["sum", "mean", "product"], most: float
) -> None:
    owned = pool.with_columns(ownership=pl.lit(0.1))
    (fault,) = check_rules(Rules(ownership=(Ownership(measure=measure, at_most=most),)), CONTEST, owned, NFL.stacks)
    assert fault.field == "ownership"
    assert fault.message == f"the {measure} is of shares from 0 to 1: 120 % is 1.2, not {most:g}"


def test_who_has_no_team_is_none_of_a_team_too_many(pool: pl.DataFrame) -> None:
    alone = pool.with_columns(team_id=pl.lit(None, pl.String))
    assert check_rules(Rules(max_per_team=2), CONTEST, alone, NFL.stacks) == ()


def test_a_sound_request_has_no_fault(pool: pl.DataFrame) -> None:
    rules = Rules(
        lineups=10,
        locked=(1,),
        excluded=(2,),
        exposures=(PlayerExposure(draftable_id=3, at_least=0.5, at_most=0.5),),
        stack="qb_two",
        teams=(TeamCount(team_id="nfl:KC", at_least=1, at_most=5),),
        min_salary_usd=50_000,
        min_unique=8,
    )
    assert check_rules(rules, CONTEST, pool, NFL.stacks) == ()


@pytest.mark.parametrize(
    "given", [{"lineups": 0}, {"lineups": 10_001}, {"max_exposure": 0}, {"exposure": {}}, {"locked": ["Tom"]}]
)
def test_a_request_of_another_shape_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Rules.model_validate(given)


def test_a_request_survives_json() -> None:
    rules = Rules(lineups=3, locked=(1,), exposures=(PlayerExposure(draftable_id=3, at_least=0.5),), stack="qb_two")
    assert Rules.model_validate_json(rules.model_dump_json()) == rules


def test_an_event_whose_players_have_no_team_has_lineups() -> None:
    sport, key = find_contest("fd_pga_classic")
    contest = sport.contests[key]
    pool = a_slate(contest, 2).with_columns(
        team_id=pl.lit(None, pl.String), opponent_id=pl.lit(None, pl.String), game_id=pl.lit("Open")
    )
    rules = Rules(lineups=3)
    built = solve(contest, pool, rules, sport.stacks)
    assert check_lineups(contest, pool, [x.draftable_ids for x in built], rules, sport.stacks) == []
