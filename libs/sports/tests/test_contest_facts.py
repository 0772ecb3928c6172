"""The declarations against the collected facts, where these are at hand."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from sdp_sports.spec import Contest, Sport, find_contest

pytestmark = pytest.mark.shared
SITES = {"DK": "draftkings", "FD": "fanduel", "YH": "yahoo", "FANBALL": "fanball", "FDRAFT": "fantasydraft"}


@pytest.fixture(scope="module")
def facts(shared: Path) -> list[dict[str, Any]]:
    told = yaml.safe_load((shared / "reference/rulesets.yaml").read_text(encoding="utf-8"))
    rulesets: list[dict[str, Any]] = told["rulesets"]
    assert len(rulesets) == 57
    return rulesets


def differences(sport: Sport, contest: Contest, fact: dict[str, Any]) -> list[str]:
    """Return what a declaration says otherwise than the facts."""
    found = []
    same = {
        "site": (contest.site, SITES[fact["site"]]),
        "cap": (contest.salary_cap_usd if contest.is_capped else None, fact["salary_cap"]),
        "size": (contest.roster_size or None, fact["roster_size"]),
        "games": (contest.min_games, fact.get("min_games", 1)),
        "teams": (contest.min_teams, fact.get("min_teams", 1)),
        "without": (contest.min_teams_without, tuple(map(sport.position, fact.get("min_teams_excludes", ())))),
        "per team": (contest.max_per_team, fact.get("max_per_team")),
        "confidence": (contest.confidence, fact["confidence"]),
        "hitters": (limit(contest, per_team=True), fact.get("max_hitters_per_team")),
        "quarterbacks": (limit(contest, per_team=False), fact.get("max_qb")),
        "tiers": (contest.mode == "tiers", fact["mode"] == "tiers"),
        "closed": (contest.closed, "closed" in fact.get("status", "")),
        "validity": (contest.valid_from is not None or contest.valid_until is not None, "valid" in fact),
        "slots": (sorted(slots(contest)), sorted(expected(sport, fact))),
    }
    found += [f"{what}: {ours} instead of {theirs}" for what, (ours, theirs) in same.items() if ours != theirs]
    return found


def limit(contest: Contest, *, per_team: bool) -> int | None:
    return next((one.at_most for one in contest.limits if one.per_team == per_team), None)


def slots(contest: Contest) -> list[tuple[Any, ...]]:
    return [
        (slot.name, tuple(sorted(slot.positions)), slot.points_multiplier, slot.salary_multiplier)
        for slot in contest.expanded_slots
    ]


def expected(sport: Sport, fact: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return the facts' slots with our positions; ANY is every position that the sport drafts there."""
    found = []
    for slot in fact["slots"] or ():
        eligible = slot["eligible"]
        positions = drafted(sport, fact) if eligible == ["ANY"] else {sport.position(p) for p in eligible}
        found.append(
            (slot["slot"], tuple(sorted(positions)), slot.get("points_mult", 1.0), slot.get("salary_mult", 1.0))
        )
    return found


def drafted(sport: Sport, fact: dict[str, Any]) -> set[str]:
    elsewhere = {
        "mlb": {"SP", "RP", "C", "1B", "2B", "3B", "SS", "OF"},
        "nhl": {"C", "LW", "RW", "W", "D", "G"},
        "wnba": {"PG", "SG", "SF", "PF", "C"},
    }
    return elsewhere.get(sport.code, set(sport.positions))


def test_every_format_is_declared_as_the_facts_have_it(facts: list[dict[str, Any]]) -> None:
    wrong = {}
    for fact in facts:
        sport, key = find_contest(fact["id"])
        if found := differences(sport, sport.contests[key], fact):
            wrong[fact["id"]] = found
    assert wrong == {}


def test_every_scoring_pays_what_the_facts_say(shared: Path) -> None:
    """The weights of each site and sport, as a bag of numbers: the facts name stats otherwise than we do."""
    told = yaml.safe_load((shared / "reference/scoring.yaml").read_text(encoding="utf-8"))["scoring"]
    sports = {"NFL": "nfl", "NBA": "nba", "MLB": "mlb", "NHL": "nhl", "PGA": "golf", "MMA": "mma"}
    codes = {"DK": "dk", "FD": "fd", "YH": "yh"}
    for name, fact in told.items():
        site, _, league = name.partition("_")
        if site not in codes or league not in sports:
            continue
        contest_code = f"{codes[site]}_{league.lower()}_classic"
        sport, key = find_contest(contest_code)
        paid = set(sport.contests[key].scoring.values())
        for part in ("stats", "hitter", "skater", "goalie", "move", "result"):
            for stat, weight in fact.get(part, {}).items():
                wanted = {weight, weight / 3 if stat == "ip" else weight}
                bonus = {one.points for one in sport.contests[key].bonuses}
                bonus |= {one.points for one in sport.contests[key].milestones}
                assert wanted & (paid | bonus), (name, part, stat, weight)
