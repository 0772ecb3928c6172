"""Declarations: closed vocabulary, aliases, and what each shipped contest must say."""

from itertools import pairwise

import pytest
from pydantic import ValidationError
from sdp_sports.spec import QUANTILES, Contest, Market, Slot, Sport, Stack, StackNeed, codes, load

NFL = load("nfl")


def sport(**parts):
    given = {"code": "x", "name": "X", "positions": ("A", "B"), "stats": ("runs", "outs")}
    return Sport(**given | parts)


def contest(**parts):
    given = {
        "site": "draftkings",
        "title": "X",
        "salary_cap_usd": 100,
        "slots": (Slot(name="A", positions=("A",), count=1),),
        "scoring": {"runs": 1.0},
    }
    return Contest(**given | parts)


@pytest.mark.parametrize("code", codes())
def test_every_declared_sport_loads(code):
    loaded = load(code)
    assert loaded.contests, f"{code} declares no contest"
    assert loaded.code == code


def test_an_unknown_sport_names_those_declared():
    with pytest.raises(KeyError, match=r"declared: .*nfl"):
        load("quidditch")


@pytest.mark.parametrize(
    "parts",
    [
        {"markets": {"m": Market(title="M", stats=("goals",), positions=("A",), family="poisson")}},
        {"markets": {"m": Market(title="M", stats=("runs",), positions=("Z",), family="poisson")}},
        {"contests": {"c": contest(scoring={"goals": 1.0})}},
        {"contests": {"c": contest(slots=(Slot(name="Z", positions=("Z",), count=1),))}},
        {"contests": {"c": contest(bonuses=({"stat": "goals", "at_least": 1, "points": 1},))}},
        {"contests": {"c": contest(bands=({"stat": "runs", "points": 1, "positions": ("Z",)},))}},
        {
            "stacks": {
                "s": Stack(title="S", anchor=("Z",), needs=(StackNeed(side="team", positions=("A",), at_least=1),))
            }
        },
        {
            "stacks": {
                "s": Stack(title="S", anchor=("A",), needs=(StackNeed(side="team", positions=("Z",), at_least=1),))
            }
        },
    ],
)
def test_a_word_outside_the_vocabulary_is_refused(parts):
    with pytest.raises(ValidationError, match=r"unknown \['(goals|Z)'\]"):
        sport(**parts)


def test_a_market_of_an_unknown_contest_is_refused():
    with pytest.raises(ValidationError, match="unknown contest elsewhere"):
        sport(markets={"m": Market(title="M", contest="elsewhere", positions=("A",), family="empirical")})


@pytest.mark.parametrize("parts", [{}, {"stats": ("runs",), "contest": "c"}])
def test_a_market_settles_on_one_thing(parts):
    with pytest.raises(ValidationError, match="either stats or a contest"):
        Market(title="M", positions=("A",), family="poisson", **parts)


def test_unknown_keys_are_refused_and_declarations_frozen():
    with pytest.raises(ValidationError, match="Extra inputs"):
        contest(salary_cap=50_000)
    with pytest.raises(ValidationError, match="frozen"):
        NFL.contests["draftkings_classic"].salary_cap_usd = 1


def test_an_upload_header_has_one_column_a_roster_place():
    with pytest.raises(ValidationError, match="2 columns for 1 slots"):
        contest(upload_header=("A", "A"))


@pytest.mark.parametrize(
    ("word", "ours"),
    [
        ("JAC", "JAX"),
        ("LAR", "LA"),
        ("STL", "LA"),
        ("OAK", "LV"),
        ("SD", "LAC"),
        ("WSH", "WAS"),
        (" gnb ", "GB"),
        ("KC", "KC"),
    ],
)
def test_teams_by_any_spelling(word, ours):
    assert NFL.team(word) == ours
    assert NFL.team_id(word) == f"nfl:{ours}"


def test_every_alias_ends_at_a_declared_team_and_hides_none():
    assert set(NFL.team_aliases.values()) <= set(NFL.teams)
    assert not set(NFL.team_aliases) & set(NFL.teams)
    assert len(NFL.teams) == 32


@pytest.mark.parametrize(("word", "ours"), [("fb", "RB"), ("D", "DST"), ("DEF", "DST"), ("PK", "K"), ("WR", "WR")])
def test_positions_by_any_label(word, ours):
    assert NFL.position(word) == ours


def test_every_position_alias_ends_at_a_declared_position():
    assert set(NFL.position_aliases.values()) <= set(NFL.positions)


@pytest.mark.parametrize(("name", "cap"), [("draftkings_classic", 50_000), ("fanduel_classic", 60_000)])
def test_classic_rosters(name, cap):
    classic = NFL.contests[name]
    assert classic.salary_cap_usd == cap
    assert classic.roster_size == 9
    assert [slot.name for slot in classic.expanded_slots][:6] == ["QB", "RB", "RB", "WR", "WR", "WR"]
    assert classic.positions == {"QB", "RB", "WR", "TE", "DST"}
    assert len(classic.upload_header) == 9


@pytest.mark.parametrize("name", sorted(NFL.contests))
def test_bands_of_a_stat_meet_without_gap_or_overlap(name):
    by_stat = {}
    for band in NFL.contests[name].bands:
        by_stat.setdefault((band.stat, band.positions), []).append(band)
    for bands in by_stat.values():
        ordered = sorted(bands, key=lambda b: float("-inf") if b.at_least is None else b.at_least)
        assert ordered[0].at_least is None
        assert ordered[-1].below is None
        assert all(a.below == b.at_least for a, b in pairwise(ordered))


def test_quantiles_rise_and_hold_the_median():
    assert list(QUANTILES) == sorted(QUANTILES)
    assert 0.5 in QUANTILES
