"""Whom a contest's standings mean, in the words of a file of players."""

from collections import Counter
from collections.abc import Iterable, Mapping

from sdp_sports.clubs import find_team
from sdp_sports.names import formal, initialled, normalise
from sdp_sports.spec import load

from sdp_engine.contest.source import Source


def keys_of(names: Iterable[str], source: Source, sport: str) -> dict[str, str]:
    """Return a source's key of everybody, by the normalised name that standings give him.

    The same name means the same player. Of those left over on both sides the short first name written out tells, the
    initial where the source has no more, and the club for a team's unit (`Bears`, `Chicago Bears`), where one is meant.

    Args:
        names: The names in the standings.
        source: The players.
        sport: The sport's code.
    """
    found = {key: key for key in source.rows["key"]}
    told = {normalise(name): name for name in names}
    spec = load(sport)
    clubs = {
        key: find_team(spec, team)
        for key, team, position in source.rows.select("key", "team_id", "position").iter_rows()
        if spec.position(position) == "DST"
    }
    for forms_of_names, forms_of_keys in (
        ({name: formal(name) for name in told}, {key: formal(key) for key in source.rows["key"]}),
        (
            {name: initialled(name) for name in told},
            {key: initialled(key) for key in source.rows["key"] if key[1:2] == " "},
        ),
        ({name: find_team(spec, told[name]) for name in told} if clubs else {}, clubs),
    ):
        taken = {key for name, key in found.items() if name in told}
        left = {name: form for name, form in forms_of_names.items() if name not in found}
        found |= _pairs(left, {key: form for key, form in forms_of_keys.items() if key not in taken})
    return found


def _pairs(names: Mapping[str, str | None], keys: Mapping[str, str | None]) -> dict[str, str]:
    """Return name and key of one form, where nobody else of either side has it."""
    times = Counter(names.values())
    by_form: dict[str, list[str]] = {}
    for key, form in keys.items():
        if form is not None:
            by_form.setdefault(form, []).append(key)
    return {
        name: by_form[form][0]
        for name, form in names.items()
        if form is not None and times[form] == 1 and len(by_form.get(form, ())) == 1
    }
