"""Which declared contest a salary file is for: by its slots, positions and teams."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sdp_sports.files.salaries import Salary, teams_and_positions
from sdp_sports.spec import Contest, Sport, codes, load

_KNOWN_TEAMS = 0.8
"""The share of a file's teams that a sport which declares its teams must know."""
_FILLED = 0.7
"""The share of a contest's slots that the players of a file which names no slots must fill."""


def identify(site: str, rows: Sequence[Salary], on: date | None = None) -> list[tuple[str, str]]:
    """Return the sport and key of every declared contest of a site that a file's rows may be for, the open ones first.

    Args:
        site: Whose file it is.
        rows: The file's rows.
        on: The day of the slate, where known: formats not played on it are left out.
    """
    slots, positions, teams = teams_and_positions(rows)
    games = len({(row.game.away, row.game.home) for row in rows if row.game is not None and row.game.home})
    found: dict[tuple[str, str], float] = {}
    for code in codes():
        sport = load(code)
        if not _speaks(sport, positions, teams):
            continue
        by_teams = 1.0 if sport.teams and teams else 0.0
        for key, contest in sport.contests.items():
            played = on is None or contest.valid_on(on)
            if contest.site == site and played and (fit := _fit(sport, contest, slots, positions, games)) >= _FILLED:
                found[code, key] = fit + by_teams
    best = [one for one, fit in found.items() if fit == max(found.values())]
    return sorted(best, key=lambda one: not load(one[0]).contests[one[1]].is_open)


def _speaks(sport: Sport, positions: set[str], teams: set[str]) -> bool:
    """Whether a sport has these positions, and most of these teams where it declares its teams."""
    if not {sport.position(label) for label in positions} <= set(sport.positions):
        return False
    known = [team for team in teams if sport.team(team) in sport.teams or team in _nicknames(sport)]
    return not sport.teams or not teams or len(known) >= _KNOWN_TEAMS * len(teams)


def _nicknames(sport: Sport) -> set[str]:
    """Return the last words of the teams' names: FantasyDraft lists `Steelers`."""
    return {name.split()[-1] for name in sport.teams.values()}


def _fit(sport: Sport, contest: Contest, slots: set[str], positions: set[str], games: int) -> float:
    """Return the share of the contest's slots that the file names, 0 where it names others; where it names none, the
    share of a lineup that its players fill: a plain one, and where all play one game that of a single game too. Which
    of these is meant is then told by the positions: kickers are listed where kickers are drafted.
    """
    if contest.mode == "tiers":
        return float(bool(slots) and all(re.fullmatch(r"T\d+", slot) for slot in slots))
    if slots:
        declared = {slot.name for slot in contest.slots}
        return len(slots) / len(declared) if slots <= declared else 0.0
    offered = {sport.position(label) for label in positions}
    filled = [bool(offered & set(slot.positions)) for slot in contest.slots]
    if contest.mode == "classic" and games != 1:
        return sum(filled) / len(filled)
    if contest.mode not in ("classic", "single_game") or games != 1:
        return 0.0
    drafted = {position for slot in contest.slots for position in slot.positions}
    return sum(filled) / len(filled) * len(offered & drafted) / len(offered | drafted)


def with_slots(sport: Sport, contest: Contest, rows: Sequence[Salary]) -> list[Salary]:
    """Return the rows with the slots that their positions fill, where the file names none."""
    return [row if row.roster_slots else replace(row, roster_slots=_fills(sport, contest, row)) for row in rows]


def _fills(sport: Sport, contest: Contest, row: Salary) -> tuple[str, ...]:
    positions = {sport.position(label) for label in row.positions}
    return tuple(slot.name for slot in contest.slots if positions & set(slot.positions))
