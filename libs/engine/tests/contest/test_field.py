from itertools import combinations, permutations

import numpy as np
import polars as pl
import pytest
from sdp_engine.contest import habits as habit_files
from sdp_engine.contest.field import Crowd, train_sizes
from sdp_engine.contest.fitting import Slate, fit
from sdp_engine.contest.habits import Bond, Habits, Sharpness, features, pulls
from sdp_engine.contest.simulate import collapse
from sdp_sports.spec import Contest, Slot

CONTEST = Contest(
    site="none",
    title="Three slots",
    salary_cap_usd=12000,
    slots=(
        Slot(name="A", positions=("A",)),
        Slot(name="B", positions=("B",)),
        Slot(name="U", positions=("A", "B")),
    ),
    scoring={},
)
CAPTAIN = Contest(
    site="none",
    title="Captain and one",
    salary_cap_usd=11000,
    slots=(
        Slot(name="CPT", positions=("A", "B"), points_multiplier=1.5, salary_multiplier=1.5),
        Slot(name="FLEX", positions=("A", "B")),
    ),
    scoring={},
)
HABITS = Habits(
    source="invented",
    pulls={"points": 1.5, "value": 1.0, "B:": 0.3},
    unspent=(1.0, 0.8, 0.5, 0.2, 0.0, -0.2, -0.5, -1.0),
)


def pool_of(contest: Contest = CONTEST, people: int = 9, seed: int = 5) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(people):
        position = ["A", "B", "A/B"][i % 3]
        slots = [s.name for s in contest.slots if set(s.positions) & set(position.split("/"))]
        rows.append(
            {
                "draftable_id": i + 1,
                "player_id": i + 1,
                "name": f"P{i}",
                "team_id": f"T{i % 4}",
                "opponent_id": f"T{(i % 4) ^ 1}",
                "game_id": f"G{i % 4 // 2}",
                "position": position,
                "roster_slots": slots,
                "salary_usd": int(rng.integers(20, 60)) * 100,
                "points": float(rng.uniform(8, 30)),
            }
        )
    return pl.DataFrame(rows)


def every_lineup(contest: Contest, pool: pl.DataFrame) -> list[tuple[int, ...]]:
    """All legal sets of players, by trying every order in the slots."""
    salary, position = pool["salary_usd"].to_list(), pool["position"].to_list()
    found = set()
    for people in combinations(range(pool.height), contest.roster_size):
        if sum(salary[i] for i in people) <= contest.salary_cap_usd and any(
            all(
                set(s.positions) & set(position[i].split("/"))
                for s, i in zip(contest.expanded_slots, order, strict=True)
            )
            for order in permutations(people)
        ):
            found.add(people)
    return sorted(found)


def by_hand(contest: Contest, pool: pl.DataFrame, habits: Habits) -> dict[tuple[int, ...], float]:
    pull, salary = pulls(habits, contest, pool), pool["salary_usd"].to_numpy()
    edges = np.array(habit_files.LEFT_USD) * contest.salary_cap_usd
    weights = {}
    for people in every_lineup(contest, pool):
        left = contest.salary_cap_usd - salary[list(people)].sum()
        bin_ = int(np.flatnonzero(left >= edges - 1e-6)[-1])
        weights[people] = float(np.exp(pull[list(people)].sum() + habits.unspent[bin_]))
    whole = sum(weights.values())
    return {people: weight / whole for people, weight in weights.items()}


def test_ownership_is_the_sum_over_every_legal_lineup() -> None:
    pool = pool_of()
    truth = by_hand(CONTEST, pool, HABITS)
    expected = np.zeros(pool.height)
    for people, share in truth.items():
        expected[list(people)] += share
    np.testing.assert_allclose(Crowd(CONTEST, pool, HABITS).ownership(), expected, rtol=1e-9)


def test_lineups_are_drafted_as_often_as_they_should_be_and_only_legal_ones() -> None:
    pool = pool_of()
    crowd, truth = Crowd(CONTEST, pool, HABITS), by_hand(CONTEST, pool, HABITS)
    drawn = np.sort(crowd.roster.row[crowd.draft(60_000, np.random.default_rng(2))], axis=1)
    counts = dict.fromkeys(truth, 0)
    for people in map(tuple, drawn.tolist()):
        counts[people] += 1  # a lineup that is not legal has no place here
    for people, share in truth.items():
        assert counts[people] / len(drawn) == pytest.approx(share, abs=5 * np.sqrt(share / len(drawn)) + 1e-4)


def test_probabilities_of_all_lineups_make_one() -> None:
    pool = pool_of()
    mixed = HABITS.model_copy(update={"sharpness": (Sharpness(share=0.4, power=0.5), Sharpness(share=0.6, power=1.7))})
    crowd = Crowd(CONTEST, pool, mixed)
    move_of = {int(row): move for move, row in enumerate(crowd.roster.row)}
    lineups = np.array([[move_of[i] for i in people] for people in every_lineup(CONTEST, pool)])
    assert np.exp(crowd.log_probability(lineups)).sum() == pytest.approx(1.0)


def test_a_captain_costs_and_counts_half_more_and_is_not_his_own_flex() -> None:
    pool = pool_of(CAPTAIN)
    crowd = Crowd(CAPTAIN, pool, HABITS)
    drawn = crowd.draft(3000, np.random.default_rng(1))
    rows, times = crowd.roster.row[drawn], crowd.roster.multiplier[drawn]
    assert (rows[:, 0] != rows[:, 1]).all()
    assert (np.sort(times, axis=1) == [1.0, 1.5]).all()
    paid = (pool["salary_usd"].to_numpy()[rows] * times).sum(axis=1)
    assert paid.max() <= CAPTAIN.salary_cap_usd


def test_a_bond_brings_the_anchors_team_mates() -> None:
    pool = pool_of(people=12)
    bound = HABITS.model_copy(
        update={"anchor": ("A",), "bonds": (Bond(side="team", positions=("B", "A/B"), pull=2.0),)}
    )
    team, position = pool["team_id"].to_numpy(), pool["position"].to_numpy()

    def stacked(habits: Habits) -> float:
        crowd = Crowd(CONTEST, pool, habits)
        rows = crowd.roster.row[crowd.draft(4000, np.random.default_rng(1))]
        return float(np.mean([any(team[i] == team[j] for i in r for j in r if i != j) for r in rows]))

    free = bound.model_copy(update={"bonds": (Bond(side="team", positions=("B", "A/B"), pull=0.0),)})
    assert stacked(bound) > stacked(free) + 0.1
    rows = Crowd(CONTEST, pool, bound).roster.row
    assert (np.isin(position[rows], "A")).any()


@pytest.mark.parametrize("side", ["opponent", "game"])
def test_to_an_anchor_whose_opponent_nobody_tells_nobody_is_bound(side: str) -> None:
    pool = pool_of().with_columns(opponent_id=pl.lit(None, pl.String), game_id=pl.lit(None, pl.String))
    owned = []
    for pull in (2.0, 0.0):
        habits = HABITS.model_copy(update={"anchor": ("A",), "bonds": (Bond(side=side, pull=pull),)})
        owned.append(Crowd(CONTEST, pool, habits).ownership())
    assert owned[0] == pytest.approx(owned[1])


def test_a_field_can_be_told_who_is_drafted_how_often() -> None:
    pool = pool_of()
    crowd = Crowd(CONTEST, pool, HABITS)
    wanted = crowd.ownership()
    other = Crowd(CONTEST, pool, HABITS.model_copy(update={"pulls": {"salary": -1.0}}))
    assert np.abs(other.ownership() - wanted).max() > 0.05
    other.calibrate(wanted)
    assert np.abs(other.ownership() - wanted).max() < 0.004


def test_limits_on_teams_and_games_hold() -> None:
    contest = CONTEST.model_copy(update={"min_games": 2, "min_teams": 2, "max_per_team": 1})
    pool = pool_of(people=12)
    crowd = Crowd(contest, pool, HABITS)
    rows = crowd.roster.row[crowd.draft(500, np.random.default_rng(3))]
    for lineup in rows:
        drafted = pool[lineup.tolist()]
        assert drafted["team_id"].n_unique() == 3
        assert drafted["game_id"].n_unique() >= 2


def test_copying_makes_fewer_lineups_and_keeps_their_number() -> None:
    rng = np.random.default_rng(4)
    alone, copied = train_sizes(5000, 1.0, rng), train_sizes(5000, 0.9, rng)
    assert alone.sum() == copied.sum() == 5000
    assert len(alone) == 5000
    assert len(copied) < 4500
    assert copied.max() > 5
    assert train_sizes(0, 0.9, rng).sum() == 0


def test_habits_are_learned_back_from_a_field_that_has_them() -> None:
    pools = [pool_of(people=18, seed=seed) for seed in range(4)]
    slates = []
    for seed, pool in enumerate(pools):
        crowd = Crowd(CONTEST, pool, HABITS)
        drawn = crowd.roster.row[crowd.draft(8000, np.random.default_rng(seed))]
        slates.append(Slate(CONTEST, pool, in_slots(pool, drawn), f"s{seed}"))
    start = Habits(source="nothing", pulls=dict.fromkeys(HABITS.pulls, 0.0))
    learned = fit(slates, start)
    for seen in range(4):
        truth = Crowd(CONTEST, pools[seen], HABITS).ownership()
        np.testing.assert_allclose(Crowd(CONTEST, pools[seen], learned).ownership(), truth, atol=0.02)
    assert learned.pulls["points"] == pytest.approx(1.5, abs=0.3)
    assert learned.slates == ("s0", "s1", "s2", "s3")
    held = fit(slates, start, trust=1e6)
    assert abs(held.pulls["points"]) < 0.01


def in_slots(pool: pl.DataFrame, lineups: np.ndarray) -> np.ndarray:
    """Put each lineup's players into slots that take them."""
    fits = [set(p.split("/")) for p in pool["position"]]
    return np.array(
        [
            next(
                order
                for order in permutations(lineup.tolist())
                if all(set(s.positions) & fits[i] for s, i in zip(CONTEST.expanded_slots, order, strict=True))
            )
            for lineup in lineups
        ]
    )


def test_learning_counts_copies() -> None:
    pool = pool_of(people=24)
    wide = CONTEST.model_copy(update={"salary_cap_usd": 14000})
    crowd = Crowd(wide, pool, HABITS.model_copy(update={"discount": 0.8, "pulls": {"points": 0.2}}))
    drawn = crowd.roster.row[crowd.draw(3000, np.random.default_rng(2))]
    learned = fit([Slate(wide, pool, in_slots(pool, drawn))], Habits(source="x", pulls={"points": 0.0}))
    again = Crowd(wide, pool, learned).draw(3000, np.random.default_rng(7))
    assert len(collapse(again).copies) == pytest.approx(len(collapse(drawn).copies), rel=0.1)


def test_what_others_project_pulls_where_it_is_known() -> None:
    pool = pool_of().with_columns(field_points=pl.col("points") * 2, ownership=pl.lit(0.2))
    told, untold = features(CONTEST, pool), features(CONTEST, pool.drop("field_points", "ownership"))
    np.testing.assert_allclose(told["crowd_points"], 2 * untold["crowd_points"])
    assert "said" in told
    assert "said" not in untold
    half = pool.with_columns(field_points=pl.when(pl.col("draftable_id") > 4).then("field_points"))
    np.testing.assert_allclose(features(CONTEST, half)["crowd_points"][:4], untold["crowd_points"][:4])


def test_who_costs_nearly_nothing_is_not_worth_everything() -> None:
    cheap = pool_of(people=24).with_columns(
        salary_usd=pl.when(pl.col("draftable_id") == pl.col("draftable_id").max()).then(20).otherwise("salary_usd")
    )
    assert features(CONTEST, cheap)["value"].max() == habit_files.MOST_VALUE
    whole = Crowd(CONTEST, cheap, habit_files.load("general")).ownership()
    assert whole.sum() == pytest.approx(CONTEST.roster_size)


@pytest.mark.parametrize("name", ["nba_classic", "nba_classic_said", "nfl_classic", "general"])
def test_shipped_habits_are_declared_well(name: str) -> None:
    habits = habit_files.load(name)
    known = set(features(CONTEST, pool_of().with_columns(ownership=pl.lit(0.1)))) | {""}
    assert {feature.rpartition(":")[2] for feature in habits.pulls} <= known
    assert sum(s.share for s in habits.sharpness) == pytest.approx(1.0, abs=0.01)
    assert habits.source.strip()


def test_an_unknown_sport_has_the_general_habits() -> None:
    assert habit_files.load("kabaddi_classic") == habit_files.load("general")


def test_a_pool_without_a_legal_lineup_is_refused() -> None:
    with pytest.raises(ValueError, match="slot"):
        Crowd(CONTEST, pool_of().filter(pl.col("position") == "A"), HABITS)
    dear = pool_of().with_columns(salary_usd=pl.lit(9000))
    with pytest.raises(ValueError, match="cap"):
        Crowd(CONTEST, dear, HABITS)


def test_warming_compiles_what_a_field_needs() -> None:
    from sdp_engine.contest import lattice, warm

    warm.warm()
    kernels = (lattice.completions, lattice.marginals, lattice.decode, lattice.join_trains)
    assert all(kernel.signatures for kernel in kernels)
