"""The solver against every lineup there is: hundreds of small random slates, each kind of rule."""

import itertools
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
from sdp_engine.frames import POOL
from sdp_engine.optimize import listing, search
from sdp_engine.optimize.check import check_lineup, check_lineups, kept_alone
from sdp_engine.optimize.faults import check_rules
from sdp_engine.optimize.judge import Place, count_of, holds_stack
from sdp_engine.optimize.solve import NoLineup, solve
from sdp_sports.contest import Limit
from sdp_sports.rules import (
    Group,
    GroupExposure,
    Opposing,
    Ownership,
    PlayerExposure,
    Rules,
    StackRule,
    TeamCount,
    TeamExposure,
    Who,
)
from sdp_sports.spec import Contest, Slot, Sport, Stack, StackNeed, find_contest

CLASSIC = Contest(
    site="test",
    title="Small classic",
    salary_cap_usd=300,
    min_games=2,
    min_teams=2,
    slots=(
        Slot(name="QB", positions=("QB",), count=1),
        Slot(name="WR", positions=("WR",), count=2),
        Slot(name="FLEX", positions=("RB", "WR"), count=1),
        Slot(name="DST", positions=("DST",), count=1),
    ),
    scoring={},
)
SHOWDOWN = Contest(
    site="test",
    title="Small showdown",
    salary_cap_usd=330,
    slots=(
        Slot(name="CPT", positions=("QB", "RB", "WR", "DST"), count=1, points_multiplier=1.5, salary_multiplier=1.5),
        Slot(name="UTIL", positions=("QB", "RB", "WR", "DST"), count=2),
    ),
    scoring={},
    min_teams=2,
)
WIDE = CLASSIC.model_copy(
    update={
        "min_games": 1,
        "min_teams": 3,
        "min_teams_without": ("DST",),
        "max_per_team": 3,
        "limits": (Limit(positions=("WR", "RB"), at_most=2, per_team=True),),
    }
)
STACKS = {
    "one": Stack(title="One", anchor=("QB",), needs=(StackNeed(side="team", positions=("WR",), at_least=1),)),
    "back": Stack(
        title="One and back",
        anchor=("QB",),
        needs=(
            StackNeed(side="team", positions=("WR",), at_least=1),
            StackNeed(side="opponent", positions=("WR", "RB"), at_least=1),
        ),
    ),
    "pair": Stack(title="Runners pair", anchor=("WR",), needs=(StackNeed(side="team", positions=("WR",), at_least=1),)),
}
FACES = {"A": "B", "B": "A", "C": "D", "D": "C"}


def a_pool(rng: random.Random, contest: Contest, size: int) -> pl.DataFrame:
    """A random pool; points are drawn from few values so that ties are common."""
    shapes = ["QB", "QB", "WR", "WR", "WR", "RB", "DST", "DST"]
    rows: list[dict[str, Any]] = []
    ids = rng.sample(range(1, 10 * size), size)
    for k, draftable in enumerate(ids):
        position = shapes[k] if k < len(shapes) else rng.choice(["QB", "WR", "RB", "DST", "WR"])
        team = rng.choice("ABCD")
        rows.append(
            {
                "draftable_id": draftable,
                "player_id": None if k == 0 else 1000 + draftable,
                "name": f"{position} {draftable}",
                "team_id": team,
                "opponent_id": FACES[team],
                "game_id": "".join(sorted(team + FACES[team])),
                "position": position,
                "roster_slots": [s.name for s in contest.slots if position in s.positions],
                "salary_usd": rng.randrange(20, 100, 5),
                "points": rng.choice([rng.randrange(0, 12) / 1, round(rng.uniform(-1, 12), 3)]),
                "ownership": round(rng.uniform(0, 0.5), 2),
                "line": rng.choice([None, "1", "2"]),
                "batting_order": rng.choice([None, 1, 2, 3, 8, 9]),
            }
        )
    more = {"ownership": pl.Float64, "line": pl.String, "batting_order": pl.Int64}
    return pl.DataFrame(rows, schema={**POOL, **more})


Entry = tuple[int, float]
"""A draftable and the points multiplier of his slot."""


class Brute:
    """Every legal lineup of a pool, and the sequence the solver should give, found by trying."""

    def __init__(self, contest: Contest, pool: pl.DataFrame, rules: Rules) -> None:
        self.rules = rules
        free = tuple(stack for stack in rules.stacks if stack.at_least == 1)
        none: dict[str, Any] = {"exposures": (), "team_exposures": (), "group_exposures": (), "max_exposure": 1.0}
        one = rules.model_copy(update={"lineups": 1, "stacks": free, **none})
        rows = {r["draftable_id"]: r for r in pool.to_dicts()}
        fits = [[i for i, r in rows.items() if s.name in r["roster_slots"]] for s in contest.expanded_slots]
        tried = {entries(contest, ids): ids for ids in itertools.product(*fits) if len(set(ids)) == len(ids)}
        kept = kept_alone(contest, pool, list(tried.values()), one, STACKS)
        found = {
            key: sum(round(round(rows[i]["points"] * 1000) * m * 10) for i, m in key)
            for key in itertools.compress(tried, kept)
        }
        order = {m: k for k, m in enumerate(dict.fromkeys(slot.points_multiplier for slot in contest.slots))}
        self.rows = rows
        self.shares = [s for s in rules.stacks if s.at_least < 1]
        self.order = sorted(found, key=lambda k: (-found[k], [(i, order[m]) for i, m in k]))
        self.value = found
        self.marks = {lineup: self.counted(lineup) for lineup in found}
        self.ends = [(rules.least(x.at_least), rules.most(x.at_most)) for x in self.limits()]
        self.caps = {i: rules.cap(i) for i in rows}
        self.dead: set[frozenset[tuple[Entry, ...]]] = set()

    def sequence(self, chosen: tuple[tuple[Entry, ...], ...] = ()) -> tuple[tuple[Entry, ...], ...] | None:
        """The first lineup, in the solver's order, that leaves a way to complete the set; then the next."""
        left = self.rules.lineups - len(chosen)
        sums = [sum(self.marks[lineup][k] for lineup in chosen) for k in range(len(self.ends))]
        # A lineup counts once, so that what lacks more than there are lineups to come is lost.
        if any(n + left < least for n, (least, _) in zip(sums, self.ends, strict=True)):
            return None
        if not left:
            return chosen
        if frozenset(chosen) in self.dead:  # in another order
            return None
        for lineup in self.order:
            if self.fits(lineup, chosen, sums):
                rest = self.sequence((*chosen, lineup))
                if rest is not None:
                    return rest
        self.dead.add(frozenset(chosen))
        return None

    def limits(self) -> list[Any]:
        return [*self.rules.exposures, *self.rules.team_exposures, *self.rules.group_exposures, *self.shares]

    def counted(self, lineup: tuple[Entry, ...]) -> list[bool]:
        """For which of the limits a lineup counts."""
        places = [Place(self.rows[i], m > 1) for i, m in lineup]
        return [
            *(any(i == e.draftable_id for i, _ in lineup) for e in self.rules.exposures),
            *(any(p.player["team_id"] == t.team_id for p in places) for t in self.rules.team_exposures),
            *(count_of(places, g.who) >= g.count for g in self.rules.group_exposures),
            *(holds_stack(places, s) for s in self.shares),
        ]

    def fits(self, lineup: tuple[Entry, ...], chosen: tuple[tuple[Entry, ...], ...], sums: list[int]) -> bool:
        if any(n + more > most for n, more, (_, most) in zip(sums, self.marks[lineup], self.ends, strict=True)):
            return False
        apart = all(len(lineup) - len(set(lineup) & set(other)) >= self.rules.min_unique for other in chosen)
        return apart and all(
            sum(any(i == j for j, _ in other) for other in chosen) < self.caps[i] for i in {i for i, _ in lineup}
        )


def entries(contest: Contest, ids: tuple[int, ...]) -> tuple[Entry, ...]:
    return tuple(sorted((i, s.points_multiplier) for i, s in zip(ids, contest.expanded_slots, strict=True)))


def compare(contest: Contest, pool: pl.DataFrame, rules: Rules) -> bool:
    """Whether an answer exists; fails where solver and trial disagree in any lineup."""
    assert check_rules(rules, contest, pool, STACKS) == ()
    brute = Brute(contest, pool, rules)
    expected = brute.sequence()
    if expected is None:
        with pytest.raises(NoLineup) as refused:
            solve(contest, pool, rules, STACKS)
        assert refused.value.rules
        return False
    lineups = solve(contest, pool, rules, STACKS)
    assert check_lineups(contest, pool, [x.draftable_ids for x in lineups], rules, STACKS) == []
    assert [entries(contest, x.draftable_ids) for x in lineups] == list(expected)
    for lineup, key in zip(lineups, expected, strict=True):
        assert lineup.points == pytest.approx(brute.value[key] / 10_000, abs=1e-9)
    return True


KINDS = {
    "plain": lambda rng, ids: {"lineups": 4},
    "unique": lambda rng, ids: {"lineups": 3, "min_unique": rng.choice([2, 3])},
    "lock": lambda rng, ids: {"lineups": 2, "locked": tuple(rng.sample(ids, rng.choice([1, 2])))},
    "exclude": lambda rng, ids: {"lineups": 2, "excluded": tuple(rng.sample(ids, 2))},
    "cap": lambda rng, ids: {"lineups": 3, "max_exposure": rng.choice([0.34, 0.67])},
    "minimum": lambda rng, ids: {
        "lineups": 3,
        "max_exposure": rng.choice([0.67, 1.0]),
        "exposures": tuple(
            PlayerExposure(draftable_id=i, at_least=rng.choice([0.3, 0.6]), at_most=1.0)
            for i in rng.sample(ids, rng.choice([1, 2, 3]))
        ),
    },
    "single caps": lambda rng, ids: {
        "lineups": 3,
        "exposures": tuple(PlayerExposure(draftable_id=i, at_most=rng.choice([0, 0.34])) for i in rng.sample(ids, 4)),
    },
    "floor": lambda rng, ids: {"lineups": 2, "min_salary_usd": rng.choice([250, 280, 295])},
    "ceiling": lambda rng, ids: {"lineups": 2, "max_salary_usd": rng.choice([200, 230, 260])},
    "stack": lambda rng, ids: {"lineups": 2, "stack": rng.choice(["one", "back"])},
    "pairs": lambda rng, ids: {"lineups": 2, "stack": "pair"},
    "teams": lambda rng, ids: {
        "lineups": 2,
        "teams": (TeamCount(team_id="A", at_least=1), TeamCount(team_id="B", at_most=rng.choice([0, 1]))),
    },
    "team exposure": lambda rng, ids: {
        "lineups": 3,
        "team_exposures": (TeamExposure(team_id=rng.choice("ABCD"), at_most=0.34),),
    },
    "per team": lambda rng, ids: {"lineups": 2, "max_per_team": 2},
    "defence": lambda rng, ids: {"lineups": 3, "no_defence_against_own_offence": True},
    "spread": lambda rng, ids: {"lineups": 2, "min_games": 2, "min_teams": rng.choice([2, 3])},
    "group": lambda rng, ids: {
        "lineups": 2,
        "groups": (
            Group(who=Who(positions=("WR", "RB"), teams=("A", "C")), at_least=1, at_most=rng.choice([1, 2])),
            Group(who=Who(draftables=tuple(rng.sample(ids, 4))), at_most=2),
        ),
    },
    "conditional": lambda rng, ids: {
        "lineups": 3,
        "groups": (
            Group(given=Who(positions=("QB",)), who=Who(draftables=tuple(rng.sample(ids, 5))), at_least=1),
            Group(
                given=Who(draftables=tuple(rng.sample(ids, 3))), who=Who(teams=("A", "B")), at_most=rng.choice([0, 1])
            ),
        ),
    },
    "conditions of a place": lambda rng, ids: {
        "lineups": 3,
        "groups": tuple(
            Group(
                given=Who(teams=(team,), positions=("QB",)), who=Who(draftables=tuple(rng.sample(ids, 8))), at_least=1
            )
            for team in "ABCD"
        ),
    },
    "captains with company": lambda rng, ids: {
        "lineups": 3,
        "groups": tuple(
            Group(
                given=Who(teams=(team,), captain=True), who=Who(teams=(team, FACES[team])), at_least=rng.choice([1, 2])
            )
            for team in rng.sample("ABCD", 2)
        ),
    },
    "group exposure": lambda rng, ids: {
        "lineups": 3,
        "group_exposures": (
            GroupExposure(who=Who(draftables=tuple(rng.sample(ids, 3))), count=rng.choice([1, 2]), at_most=0.34),
            GroupExposure(who=Who(teams=("A",)), at_least=rng.choice([0, 0.4, 0.7])),
        ),
    },
    "team minimum": lambda rng, ids: {
        "lineups": 3,
        "team_exposures": (TeamExposure(team_id=rng.choice("ABCD"), at_least=0.5, at_most=0.7),),
    },
    "team stack": lambda rng, ids: {
        "lineups": 2,
        "stacks": (
            StackRule(sizes=(2,), positions=rng.choice([(), ("WR", "QB", "RB")]), opponents=rng.choice([0, 1])),
        ),
    },
    "two stacks": lambda rng, ids: {"lineups": 2, "stacks": (StackRule(sizes=rng.choice([(2,), (2, 2)])),)},
    "game stack": lambda rng, ids: {"lineups": 2, "stacks": (StackRule(sizes=(3,), of="game", teams=("A", "C")),)},
    "line stack": lambda rng, ids: {"lineups": 2, "stacks": (StackRule(sizes=(2,), of="line"),)},
    "order stack": lambda rng, ids: {"lineups": 2, "stacks": (StackRule(sizes=(rng.choice([2, 3]),), of="order"),)},
    "stack share": lambda rng, ids: {
        "lineups": 3,
        "stacks": (
            StackRule(sizes=(2,), teams=("A", "B"), opponents=rng.choice([0, 1]), at_least=0.3, at_most=0.4),
            StackRule(sizes=(2,), teams=("C",), at_least=0, at_most=0.34),
        ),
    },
    "opposing": lambda rng, ids: {
        "lineups": 3,
        "opposing": (Opposing(positions=("QB",), against=("WR", "DST"), at_most=rng.choice([0, 1])),),
    },
    "ownership": lambda rng, ids: {
        "lineups": 3,
        "ownership": (
            Ownership(measure="sum", at_least=0.4, at_most=1.1),
            Ownership(measure=rng.choice(["mean", "product"]), at_most=rng.choice([0.2, 0.3])),
        ),
    },
    "captains": lambda rng, ids: {
        "lineups": 3,
        "groups": (Group(who=Who(captain=True, positions=("QB", "WR", "DST")), at_least=1),),
        "group_exposures": (GroupExposure(who=Who(captain=True, draftables=tuple(rng.sample(ids, 3))), at_most=0.34),),
    },
}


MIXED = [kind for kind in KINDS if not kind.startswith("captains")]


def a_mixture(seed: int, kinds: Sequence[str] = MIXED, lineups: int = 2) -> tuple[Contest, pl.DataFrame, Rules]:
    """Return two or three kinds of rule on a slate of their own."""
    rng = random.Random(f"mixture {seed}")
    contest = (CLASSIC, WIDE, SHOWDOWN)[seed % 3]
    while True:
        pool = a_pool(rng, contest, 9)
        asked: dict[str, Any] = {}
        for kind in rng.sample(kinds, rng.choice([2, 3])):
            for key, value in KINDS[kind](rng, pool["draftable_id"].to_list()).items():
                asked[key] = asked[key] + value if isinstance(value, tuple) and key in asked else value
        asked["lineups"] = lineups
        if contest is SHOWDOWN and asked.get("stack"):
            asked["stack"] = "one"
        try:
            rules = Rules(**asked)
        except ValueError:  # two of one kind name the same player
            continue
        if not check_rules(rules, contest, pool, STACKS):
            return contest, pool, rules


@pytest.mark.parametrize("seed", range(12))
def test_mixtures_of_rules_give_what_trying_every_lineup_gives(seed: int) -> None:
    compare(*a_mixture(seed))


@pytest.mark.parametrize("seed", range(12, 24))
def test_bands_listed_part_by_part_give_what_trying_every_lineup_gives(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "STEPS", 0)
    monkeypatch.setattr(listing, "_MOVES", 60)
    compare(*a_mixture(seed))


TYING = ["unique", "cap", "minimum", "single caps", "team exposure", "group exposure", "team minimum", "stack share"]
"""Kinds of rules that tie lineups together."""


@pytest.mark.parametrize("seed", range(12))
def test_lineups_weighed_together_are_what_trying_every_set_gives(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_RETREATS", 0)
    monkeypatch.setattr(search.Search, "_take", lambda _: None)
    compare(*a_mixture(seed, TYING, lineups=3))


@pytest.mark.parametrize("seed", [50, 149])
def test_a_set_that_many_other_beginnings_miss_is_found(seed: int) -> None:
    assert compare(*a_mixture(seed, TYING, lineups=3))


ALONE = ["lock", "exclude", "cap", "single caps", "ownership", "plain"]
"""Kinds of rules that name neither teams nor positions."""
TOGETHER = ["team stack", "team exposure", "per team", "line stack", "opposing side"]
KINDS_OF_SPORTS = KINDS | {
    "opposing side": lambda rng, ids: {
        "groups": (Group(given=Who(teams=("A",)), who=Who(opponents=("A",)), at_most=rng.choice([0, 1])),)
    },
    "team stack": lambda rng, ids: {"stacks": (StackRule(sizes=(2,), opponents=rng.choice([0, 1])),)},
    "captain": lambda rng, ids: {
        "groups": (Group(given=Who(captain=True), who=Who(draftables=tuple(rng.sample(ids, 6))), at_least=1),),
        "group_exposures": (GroupExposure(who=Who(captain=True, draftables=tuple(rng.sample(ids, 4))), at_most=0.5),),
    },
}


def a_pool_of(rng: random.Random, sport: Sport, contest: Contest) -> pl.DataFrame:
    """A random pool of a declared contest, a copy of each player a slot where the site lists him so."""
    places = contest.expanded_slots
    rows: list[dict[str, Any]] = []
    for k in range(len(places) + 2):
        place = places[k % len(places)]
        position = rng.choice(place.positions)
        team = (
            None if sport.code in {"golf", "nascar"} else rng.choice("AB" if contest.mode == "single_game" else "ABCD")
        )
        slots = [place.name] if contest.mode == "tiers" else [s.name for s in contest.slots if position in s.positions]
        player: dict[str, Any] = {
            "player_id": 1000 + k,
            "name": f"{position} {k}",
            "team_id": team,
            "opponent_id": FACES.get(team or ""),
            "game_id": "Open" if team is None else "".join(sorted(team + FACES[team])),
            "position": position,
            "salary_usd": round(min(contest.salary_cap_usd, 60_000) / len(places) * rng.uniform(0.6, 1.2)),
            "points": rng.choice([rng.randrange(0, 12) / 1, round(rng.uniform(-1, 12), 3)]),
            "ownership": round(rng.uniform(0, 0.5), 2),
            "line": rng.choice(["1", "2"]),
        }
        rows += [
            player | {"roster_slots": kept} for kept in ([[s] for s in slots] if contest.copy_per_slot else [slots])
        ]
    ids = rng.sample(range(1, 10 * len(rows)), len(rows))
    numbered = [row | {"draftable_id": i} for row, i in zip(rows, ids, strict=True)]
    return pl.DataFrame(numbered, schema={**POOL, "ownership": pl.Float64, "line": pl.String})


@pytest.mark.parametrize(
    "code",
    [
        "fd_nascar_classic",
        "dk_nhl_tiers",
        "dk_lol_captain",
        "dk_f1_captain",
        "yh_nfl_single_game",
        "fd_nhl_single_game_legacy",
    ],
)
def test_mixtures_of_other_sports_give_what_trying_every_lineup_gives(code: str) -> None:
    rng = random.Random(f"a mixture of {code}")
    sport, key = find_contest(code)
    contest = sport.contests[key]
    if contest.mode == "tiers":
        contest = contest.with_tiers(["T1", "T2", "T3", "T4", "T5"], sport.positions)
    kinds = [
        *ALONE,
        *(TOGETHER if sport.code != "nascar" else []),
        *(["captain"] if contest.slots[0].points_multiplier > 1 else []),
    ]
    solved = 0
    while solved < 2:
        pool = a_pool_of(rng, sport, contest)
        asked: dict[str, Any] = {}
        for kind in rng.sample(kinds, 3):
            for field, value in KINDS_OF_SPORTS[kind](rng, pool["draftable_id"].to_list()).items():
                asked[field] = asked[field] + value if isinstance(value, tuple) and field in asked else value
        rules = Rules(**asked | {"lineups": 2})
        if not check_rules(rules, contest, pool, STACKS):
            solved += compare(contest, pool, rules)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("contest", [CLASSIC, WIDE, SHOWDOWN], ids=["classic", "wide", "showdown"])
def test_every_kind_of_rule_gives_what_trying_every_lineup_gives(kind: str, contest: Contest) -> None:
    if kind.startswith("captains") and contest is not SHOWDOWN:
        pytest.skip("no captain in this contest")
    rng = random.Random(f"{kind} {contest.title} {contest.min_games}")
    solved = tried = 0
    while tried < 5 or not solved:
        pool = a_pool(rng, contest, rng.choice([10, 11]))
        asked = KINDS[kind](rng, pool["draftable_id"].to_list())
        if contest is SHOWDOWN and asked.get("stack"):
            asked["stack"] = "one"
        rules = Rules(**asked)
        if check_rules(rules, contest, pool, STACKS):
            continue
        tried += 1
        solved += compare(contest, pool, rules)
    assert solved > 0


def test_the_same_request_has_the_same_answer_whatever_the_order_of_the_pool() -> None:
    pool = a_pool(random.Random(7), CLASSIC, 14).with_columns(points=pl.lit(5.0))
    rules = Rules(lineups=5, min_unique=2)
    first = solve(CLASSIC, pool, rules, STACKS)
    assert solve(CLASSIC, pool.reverse(), rules, STACKS) == first


def test_minima_that_greed_would_miss_are_met() -> None:
    rows = [
        (1, "QB", "A", 10.0), (2, "QB", "B", 9.0), (3, "QB", "C", 8.0), (4, "QB", "D", 7.0),
        (5, "WR", "A", 9.0), (6, "WR", "B", 8.0), (7, "WR", "C", 7.5), (8, "WR", "D", 7.2),
        (9, "RB", "A", 6.0), (10, "DST", "C", 3.0),
    ]  # fmt: skip
    pool = named(rows)
    rules = Rules(
        lineups=4,
        exposures=tuple(PlayerExposure(draftable_id=i, at_least=0.25) for i in (2, 3, 4)),
    )
    lineups = [x.draftable_ids for x in solve(CLASSIC, pool, rules, STACKS)]
    assert check_lineups(CLASSIC, pool, lineups, rules, STACKS) == []
    assert [ids[0] for ids in lineups] == [1, 2, 3, 4]


def named(rows: list[tuple[int, str, str, float]], salary: int = 50) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "draftable_id": i,
                "player_id": i,
                "name": f"Player {i}",
                "team_id": team,
                "opponent_id": FACES[team],
                "game_id": "".join(sorted(team + FACES[team])),
                "position": position,
                "roster_slots": [s.name for s in CLASSIC.slots if position in s.positions],
                "salary_usd": salary,
                "points": points,
            }
            for i, position, team, points in rows
        ],
        schema=dict(POOL),
    )


FULL = [
    (1, "QB", "A", 10.0), (2, "QB", "B", 9.0), (3, "WR", "A", 9.0), (4, "WR", "B", 8.0),
    (5, "WR", "C", 7.0), (6, "RB", "D", 6.0), (7, "DST", "C", 3.0), (8, "DST", "D", 2.0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "salary", "named_rules"),
    [
        (Rules(lineups=1, locked=(1, 2)), 50, ("the contest's roster slots", "Player 1 locked", "Player 2 locked")),
        (Rules(lineups=1), 70, ("the contest's roster slots", "the salary cap of 300")),
        (
            Rules(lineups=1, min_salary_usd=260),
            50,
            ("the contest's roster slots", "the salary floor of 260"),
        ),
        (
            Rules(lineups=1, stack="one", excluded=(3, 4)),
            50,
            ("Player 3 excluded", "Player 4 excluded", "the stack one (One)"),
        ),
        (
            Rules(lineups=1, locked=(5,), teams=(TeamCount(team_id="C", at_most=0),)),
            50,
            ("Player 5 locked", "at most 0 players of C"),
        ),
    ],
)
def test_rules_that_clash_are_named_and_none_could_be_spared(
    rules: Rules, salary: int, named_rules: tuple[str, ...]
) -> None:
    with pytest.raises(NoLineup) as refused:
        solve(CLASSIC, named(FULL, salary), rules, STACKS)
    assert sorted(refused.value.rules) == sorted(named_rules)
    assert all(rule in str(refused.value) for rule in named_rules)


def test_more_lineups_than_exist_are_refused_with_the_count_reached() -> None:
    with pytest.raises(NoLineup, match=r"After \d+ of 400 lineups.*differ in 1 players or more"):
        solve(CLASSIC, named(FULL), Rules(lineups=400), STACKS)


def test_late_starters_keep_the_flexible_slot() -> None:
    rows = [(1, "QB", "A", 10.0), (3, "WR", "C", 9.0), (4, "WR", "A", 8.0), (5, "WR", "B", 7.0), (7, "DST", "D", 3.0)]
    starts = {"AB": datetime(2030, 9, 1, 17, tzinfo=UTC), "CD": datetime(2030, 9, 1, 20, 25, tzinfo=UTC)}
    late = solve(CLASSIC, named(rows), Rules(lineups=1), STACKS, starts=starts)
    assert late[0].draftable_ids == (1, 4, 5, 3, 7)
    swapped = {"AB": starts["CD"], "CD": starts["AB"]}
    early = solve(CLASSIC, named(rows), Rules(lineups=1), STACKS, starts=swapped)
    assert early[0].draftable_ids == (1, 3, 4, 5, 7)


def test_progress_is_told_and_may_stop_the_search() -> None:
    seen: list[int] = []

    def report(done: int) -> None:
        seen.append(done)
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        solve(CLASSIC, named(FULL), Rules(lineups=4), STACKS, on_lineup=report)
    assert seen == [1, 2]


@pytest.mark.parametrize(
    ("pool", "message"),
    [
        (named(FULL).drop("points"), "points: missing"),
        (pl.concat([named(FULL), named(FULL[:1])]), "stands twice"),
        (named(FULL).with_columns(points=pl.lit(float("nan"))), "finite"),
        (named(FULL).with_columns(points=pl.lit(None, pl.Float64)), "finite"),
    ],
)
def test_a_pool_that_cannot_be_used_is_refused(pool: pl.DataFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        solve(CLASSIC, pool, Rules(lineups=1), STACKS)


def test_a_bad_request_is_refused_before_solving() -> None:
    with pytest.raises(ValueError, match="locked: draftable 99 is not in"):
        solve(CLASSIC, named(FULL), Rules(lineups=1, locked=(99,)), STACKS)


def test_an_empty_pool_has_no_lineup() -> None:
    with pytest.raises(NoLineup, match="roster slots"):
        solve(CLASSIC, named([]), Rules(lineups=1), STACKS)


def test_the_checker_sees_every_fault_of_a_lineup() -> None:
    pool = named(FULL, 70)
    by_id = {i: pool.filter(pl.col("draftable_id") == i) for i in pool["draftable_id"]}
    faults = check_lineup(CLASSIC, pl.concat([by_id[i] for i in (1, 3, 3, 7, 8)]))
    assert faults == ["Player 7 may not fill FLEX", "player 3 stands 2 times", "costs 350 of 300"]
    one_game = pl.concat([by_id[i] for i in (1, 3, 4, 3)])
    assert check_lineup(CLASSIC, one_game) == ["4 players for 5 slots"]
