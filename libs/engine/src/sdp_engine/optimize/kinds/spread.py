"""The contest's own limits, and the user's on the same things: players a team, teams, games."""

from collections.abc import Iterator

import numpy as np
from sdp_sports.rules import Rules

from sdp_engine.optimize.counted import choose
from sdp_engine.optimize.program import Choice, Program, Row, row


def spread(program: Program, rules: Rules) -> Iterator[Row]:
    """Yield how a lineup is spread over teams, games and positions."""
    contest = program.contest
    for most, rule in (
        (contest.max_per_team, "the contest's {} players a team at most"),
        (rules.max_per_team, "at most {} players a team"),
    ):
        if most is not None:
            for items in program.grouped("team_id").values():
                yield row(rule.format(most), items, high=most)
    yield from _limits(program)
    everybody = list(range(program.items))
    counted = [i for i in everybody if not program.plays(i, contest.min_teams_without)]
    for key, items, least, rule in (
        ("game_id", everybody, contest.min_games, "the contest's {} games at least"),
        ("team_id", counted, contest.min_teams, "the contest's {} teams at least"),
        ("game_id", everybody, rules.min_games, "at least {} games"),
        ("team_id", everybody, rules.min_teams, "at least {} teams"),
    ):
        yield from _at_least(program, key, items, least, rule.format(least))


def _limits(program: Program) -> Iterator[Row]:
    for limit in program.contest.limits:
        counted = {i for i in range(program.items) if program.plays(i, limit.positions)}
        rule = f"the contest's {limit.at_most} of {'/'.join(limit.positions)} at most"
        if not limit.per_team:
            yield row(rule, sorted(counted), high=limit.at_most)
            continue
        for items in program.grouped("team_id").values():
            if inside := sorted(counted.intersection(items)):
                yield row(f"{rule} a team", inside, high=limit.at_most)


def _at_least(program: Program, key: str, items: list[int], least: int, rule: str) -> Iterator[Row]:
    """Demand so many distinct values of a pool column among some players of a lineup."""
    among = set(items)
    found = {k: kept for k, every in program.grouped(key).items() if (kept := [i for i in every if i in among])}
    if least <= 1 or (not found and key == "game_id"):  # an event without teams is one game
        return
    known = sum(len(members) for members in found.values())
    if least == 2 and known == program.items:
        for members in found.values():
            yield row(rule, members, high=program.contest.roster_size - 1)
        return
    yield from choose(program, [Choice(rule, tuple(((np.array(m), 1),) for m in found.values()), least)])
