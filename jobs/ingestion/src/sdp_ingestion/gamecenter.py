"""The NFL GameCenter document of one game: box score and play list to stat lines."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import Struct

_BOX = {
    "passing": {
        "att": "passing_attempts",
        "cmp": "passing_completions",
        "yds": "passing_yards",
        "tds": "passing_tds",
        "ints": "interceptions",
        "twoptm": "two_point_conversions",
    },
    "rushing": {
        "att": "rushing_attempts",
        "yds": "rushing_yards",
        "tds": "rushing_tds",
        "twoptm": "two_point_conversions",
    },
    "receiving": {
        "rec": "receptions",
        "yds": "receiving_yards",
        "tds": "receiving_tds",
        "twoptm": "two_point_conversions",
    },
    "fumbles": {"lost": "fumbles_lost"},
}
"""Which box score columns are which of our stats."""

# The league's ids of what can happen to a player in a play; the ids not named here are not in our vocabulary.
_SACKED, _TARGETED, _THREW_INTERCEPTION = 20, 115, 19
_INTERCEPTION_TD = (26, 28)
_OWN_RECOVERY_TD, _OPPONENT_RECOVERY, _OPPONENT_RECOVERY_TD = (56, 58), (59, 60), (60, 62)
_KICK_RETURN_TD, _MISC_TD, _OWN_KICKOFF_RECOVERY_TD = (34, 36, 46, 48), 64, 108
_FIELD_GOAL, _FIELD_GOAL_MISSED = 70, (69, 71)
_EXTRA_POINT, _EXTRA_POINT_MISSED = 72, (73, 74)
_BLOCKED, _TWO_POINT_RETURN = (86, 87, 88), 404
_KICKED = frozenset({2, 29, 30, 31, 32, 41, 42, 43, 44, 69, 71})
"""A punt, a kick-off or a field goal try: the defence, which has the special teams in it, was on the field."""
_PLAYER_STATS = {
    _TARGETED: "targets",
    _SACKED: "sacks_taken",
    _EXTRA_POINT: "xp_made",
    _OWN_KICKOFF_RECOVERY_TD: "return_tds",
    _MISC_TD: "return_tds",
    **dict.fromkeys(_KICK_RETURN_TD, "return_tds"),
    **dict.fromkeys(_OWN_RECOVERY_TD, "fumble_recovery_tds"),
    **dict.fromkeys(_FIELD_GOAL_MISSED, "fg_missed"),
    **dict.fromkeys(_EXTRA_POINT_MISSED, "xp_missed"),
}
_PLAYERS_ALONE = frozenset({_TARGETED, _FIELD_GOAL, _EXTRA_POINT, *_EXTRA_POINT_MISSED})
_DEFENCE_TD = frozenset(
    {*_INTERCEPTION_TD, *_OPPONENT_RECOVERY_TD, *_KICK_RETURN_TD, _MISC_TD, _OWN_KICKOFF_RECOVERY_TD}
)
_MATTERS = frozenset(
    {*_PLAYER_STATS, *_KICKED, *_DEFENCE_TD, *_OPPONENT_RECOVERY, *_BLOCKED}
    | {_FIELD_GOAL, _THREW_INTERCEPTION, _TWO_POINT_RETURN}
)
TOUCHDOWN, SAFETY = 6, 2


class Event(Struct, gc=False, rename={"club": "clubcode", "player": "playerName", "what": "statId"}):
    """What happened to one player, or to a team as such, in a play."""

    club: str | None
    player: str | None
    what: int
    yards: float | None


class Play(Struct):
    """Events by player, `0` where there is none."""

    players: dict[str, list[Event]]


class Drive(Struct):
    """A team's plays."""

    plays: dict[str, Play]


class Points(Struct, rename={"total": "T"}):
    """A team's score at the end."""

    total: int


class Team(Struct):
    """A side's score and its box score: category, player, column."""

    abbr: str
    score: Points
    stats: dict[str, dict[str, Any]]


class Score(Struct):
    """One entry of the scoring summary."""

    team: str | None
    type: str | None


class Game(Struct, rename={"scores": "scrsummary", "quarter": "qtr"}):
    """What we read of a game's document; the number among the drives tells which one was the last."""

    home: Team
    away: Team
    drives: dict[str, Drive | int]
    scores: dict[str, Score]
    quarter: str | int | None


_DOCUMENT = msgspec.json.Decoder(dict[str, Game | int])


def read_game(body: bytes, eid: str) -> Game:
    """Return the game of a document, which holds it under its id.

    Raises:
        KeyError: It holds another game.
        ValueError: It is not such a document.
    """
    game = _DOCUMENT.decode(body)[eid]
    if not isinstance(game, Game):
        raise ValueError(f"no game under {eid}")  # noqa: TRY004 (of a document, not of an argument)
    return game


@dataclass
class Line:
    """One player's game, or a team's defence (`gsis` None)."""

    team: str
    gsis: str | None
    name: str
    stats: Counter[str] = field(default_factory=Counter)
    tackles: int = 0
    punts: int = 0


def box_score(game: Game) -> Iterator[Line]:
    """Yield one line a player who touched the ball, then one a defence. Stats that are zero are left out."""
    lines: dict[str, Line] = {}
    for team in (game.home, game.away):
        _read_box(team, lines)
    defences = {team.abbr: Counter[str]() for team in (game.home, game.away)}
    excused: Counter[str] = Counter()
    for play in _plays(game):
        _read_play(play, lines, defences, excused)
    for line in lines.values():
        line.stats = Counter({stat: value for stat, value in line.stats.items() if value})
        yield line
    yield from _defences(game, defences, excused)


def _read_box(team: Team, lines: dict[str, Line]) -> None:
    for category, people in team.stats.items():
        if category == "team":
            continue
        for gsis, row in people.items():
            line = lines.get(gsis)
            if line is None:
                line = lines[gsis] = Line(team.abbr, gsis, row["name"])
            for column, stat in _BOX.get(category, {}).items():
                line.stats[stat] += row[column]
            if category == "defense":
                line.tackles += row["tkl"]
            elif category == "punting":
                line.punts += row["pts"]


def _plays(game: Game) -> Iterator[list[tuple[str, Event]]]:
    """Yield each play as the (player, event) pairs that matter."""
    for drive in game.drives.values():
        if isinstance(drive, int):
            continue
        for play in drive.plays.values():
            if matters := [
                (gsis, event) for gsis, events in play.players.items() for event in events if event.what in _MATTERS
            ]:
                yield matters


def _read_play(
    play: list[tuple[str, Event]],
    lines: dict[str, Line],
    defences: dict[str, Counter[str]],
    excused: Counter[str],
) -> None:
    for gsis, event in play:
        team, what = event.club, event.what
        if gsis != "0" and (stat := _player_stat(what, event.yards)):
            line = lines.get(gsis)
            if line is None:
                line = lines[gsis] = Line(team or "", gsis, event.player or gsis)
            line.stats[stat] += 1
        if what in _PLAYERS_ALONE or team is None or team not in defences:
            continue
        opponent = next(other for other in defences if other != team)
        _credit(what, defences[team], defences[opponent])
        if what in _INTERCEPTION_TD or (
            what in _OPPONENT_RECOVERY_TD and not any(other.what in _KICKED for _, other in play)
        ):
            excused[opponent] += TOUCHDOWN
        elif what == _TWO_POINT_RETURN:
            excused[opponent] += SAFETY


def _credit(what: int, own: Counter[str], opponent: Counter[str]) -> None:
    """Credit a defence with what its side did, or with what befell the other side's offence."""
    if what == _SACKED:
        opponent["def_sacks"] += 1
    elif what == _THREW_INTERCEPTION:
        opponent["def_interceptions"] += 1
    elif what in _OPPONENT_RECOVERY:
        own["def_fumble_recoveries"] += 1
    if what in _BLOCKED:
        own["def_blocked_kicks"] += 1
    elif what == _TWO_POINT_RETURN:
        own["def_two_point_returns"] += 1
    elif what in _DEFENCE_TD:
        own["def_tds"] += 1


def _player_stat(what: int, yards: float | None) -> str | None:
    """Return which of a player's stats an event adds one to."""
    if what == _FIELD_GOAL:
        distance = yards or 0
        return "fg_made_50_plus" if distance >= 50 else "fg_made_40_49" if distance >= 40 else "fg_made_0_39"
    return _PLAYER_STATS.get(what)


def _defences(game: Game, defences: dict[str, Counter[str]], excused: Counter[str]) -> Iterator[Line]:
    safeties = Counter(score.team for score in game.scores.values() if score.type == "SAF")
    for side, other in ((game.home, game.away), (game.away, game.home)):
        team, opponent = side.abbr, other.abbr
        stats = defences[team]
        stats["def_safeties"] = safeties[team]
        allowed = other.score.total - excused[team] - SAFETY * safeties[opponent]
        line = Line(team, None, team, Counter({stat: value for stat, value in stats.items() if value}))
        line.stats["points_allowed"] = allowed
        yield line
