"""Teams as sources spell them: abbreviations, full names, nicknames, cities, names of the past."""

import tomllib
from collections import defaultdict
from functools import cache
from importlib.resources import files

from sdp_sports.names import normalise
from sdp_sports.spec import Sport, load

_LONG = {"la ": "los angeles ", "ny ": "new york ", "st ": "saint "}


def find_team(sport: Sport, label: str | None) -> str | None:
    """Return our abbreviation for a team as a source spells it, None where no team of ours, or more than one, is meant.

    An abbreviation of any source, a full name of today or of the past (`Oakland Raiders`), a nickname (`Red Sox`), a
    nickname behind an abbreviation (`BAL Orioles`) or a city with one team (`Green Bay`). A sport that declares no
    teams has as many as its sources name: then it is the name in capitals, without spaces.

    >>> from sdp_sports.spec import load
    >>> [find_team(load("nfl"), label) for label in ("WSH", "Los Angeles Rams", "GB Packers", "Oakland Raiders", "XYZ")]
    ['WAS', 'LA', 'GB', 'LV', None]
    """
    if not label or not label.strip():
        return None
    word = sport.team(label)
    if word in sport.teams:
        return word
    if not sport.teams:
        return normalise(label).replace(" ", "_").upper() or None
    return _named(sport.code, _plain(label))


@cache
def _named(code: str, name: str) -> str | None:
    by_name, by_part = _index(code)
    if name in by_name:
        return by_name[name]
    words = name.split()
    for start in range(len(words)):  # the longest ending that is one team's: a nickname
        teams = by_part.get(" ".join(words[start:]), ())
        if len(teams) == 1:
            return next(iter(teams))
    return None


@cache
def _index(code: str) -> tuple[dict[str, str], dict[str, frozenset[str]]]:
    sport = load(code)
    by_name = {_plain(name): team for team, name in sport.teams.items()}
    by_name |= {_plain(name): team for name, team in former_names(code).items() if team in sport.teams}
    parts: dict[str, set[str]] = defaultdict(set)
    for name, team in by_name.items():
        words = name.split()
        for cut in range(1, len(words)):
            parts[" ".join(words[:cut])].add(team)
            parts[" ".join(words[cut:])].add(team)
    return by_name, {part: frozenset(teams) for part, teams in parts.items()}


def _plain(name: str) -> str:
    plain = normalise(name)
    for short, long in _LONG.items():
        if plain.startswith(short):
            return long + plain.removeprefix(short)
    return plain


@cache
def former_names(code: str) -> dict[str, str]:
    """Return the names that a sport's teams bore, from its `teams.toml`; empty where it has none."""
    file = files(__package__) / code / "teams.toml"
    return dict(tomllib.loads(file.read_text(encoding="utf-8"))["names"]) if file.is_file() else {}
