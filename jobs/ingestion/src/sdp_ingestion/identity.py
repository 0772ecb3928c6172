"""Who is meant: the source's id first, then the name with team and position, and a score for how sure we are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sdp_sports.names import formal, initialled, normalise

from sdp_ingestion.rows import SourceId

THRESHOLD = 0.6
"""A match below this score is no match: it is reported, for a person to decide."""

_NAME_SCORES = (0.7, 0.62, 0.4)
"""The same normalised name, the same with nicknames written out, the same initial and last name."""
_INITIALS, _BEGINNING = 2, 3
_TEAM, _POSITION, _KINDRED_POSITION, _OTHER_POSITION, _ABOUT = 0.2, 0.08, -0.1, -0.2, 0.02
_KINDRED = (
    frozenset({"RB", "FB", "WR", "TE"}),
    frozenset({"PG", "SG", "SF", "PF", "G", "F", "C"}),
    frozenset({"1B", "2B", "3B", "SS", "IF", "OF", "LF", "CF", "RF", "DH", "C"}),
    frozenset({"LW", "RW", "W", "F", "C"}),
)
"""Positions that sources give the same man, one this and another that."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A player we know, as he stood at the moment of the question; `seen` if he was about lately."""

    player_id: int
    normalised_name: str
    position: str | None
    team_id: str | None
    seen: bool = True


@dataclass(frozen=True, slots=True)
class Match:
    """Who is meant, and how sure we are (0 to 1)."""

    player_id: int
    score: float


class Identities:
    """An index of the players of a sport in memory, built once and asked thousands of times."""

    def __init__(self, candidates: Iterable[Candidate], ids: Mapping[tuple[str, str], int]) -> None:
        self._ids = ids
        self._by_id: dict[int, Candidate] = {}
        self._keys: tuple[dict[str, list[Candidate]], ...] = (
            defaultdict(list),
            defaultdict(list),
            defaultdict(list),
        )
        for candidate in candidates:
            self._by_id[candidate.player_id] = candidate
            for index, key in zip(self._keys, _keys(candidate.normalised_name), strict=True):
                index[key].append(candidate)

    def by_id(self, player: SourceId | None) -> int | None:
        """Return the player behind a source's id."""
        return self._ids.get(player) if player is not None else None

    def match(
        self,
        name: str,
        *,
        team_id: str | None = None,
        position: str | None = None,
        player: SourceId | None = None,
        playing: Collection[str] = (),
    ) -> Match | None:
        """Return who is meant, or None where nobody is likely enough or two are equally likely.

        An id is certain. A name alone is not: the score is that of the form in which the names agree (exact, with
        nicknames written out, initial and last name), raised where the team and the position agree and lowered where
        the position contradicts, less where it is one that sources mix up. An initial and a last name count only with
        both team and position.

        Args:
            name: As the source spells it.
            team_id: His team, as the source has it.
            position: His position, in our words.
            player: The source's id of him.
            playing: The teams of the game that he is named in. He is of one of them, whatever team the source has: many
                show with old games the team of today.
        """
        known = self.by_id(player)
        if known is not None:
            return Match(known, 1.0)
        found = self._likeliest(name, (team_id,), position) if team_id in playing or not playing else None
        return found or (self._likeliest(name, playing, position) if playing else None)

    def _likeliest(self, name: str, teams: Collection[str | None], position: str | None) -> Match | None:
        ranked = self._ranked(name, teams, position)
        if not ranked or ranked[0].score < THRESHOLD or (len(ranked) > 1 and ranked[1].score >= ranked[0].score - 1e-9):
            return None
        return Match(ranked[0].player_id, round(min(ranked[0].score, 1.0), 4))

    def ranked(self, name: str, *, team_id: str | None = None, position: str | None = None) -> list[Match]:
        """Return everybody whom a name may mean, the likeliest first; scores may pass 1."""
        return self._ranked(name, (team_id,), position)

    def _ranked(self, name: str, teams: Collection[str | None], position: str | None) -> list[Match]:
        best: dict[int, float] = {}
        asked = normalise(name)
        for index, key, base in zip(self._keys, _keys(asked), _NAME_SCORES, strict=True):
            for candidate in index.get(key, ()):
                if base == _NAME_SCORES[-1] and not _may_be_short(asked, candidate):
                    continue
                score = base + _support(candidate, teams, position)
                best[candidate.player_id] = max(score, best.get(candidate.player_id, 0.0))
        found = [Match(player_id, score) for player_id, score in best.items()]
        return sorted(found, key=lambda match: (-match.score, match.player_id))

    def about(self, player_id: int) -> Candidate | None:
        """Return a player as the index has him."""
        return self._by_id.get(player_id)


def _keys(normalised: str) -> tuple[str, str, str]:
    return normalised, formal(normalised), initialled(normalised)


def _may_be_short(asked: str, candidate: Candidate) -> bool:
    """Return whether one first name may be the other in short: its beginning (`gabe`, `gabriel`), or an initial.

    Duke and D'Ernest Johnson of one team share an initial and a last name, and are two men. Of those who share an
    initial only one who is about is meant.
    """
    short, long = sorted((asked.split(" ")[0], candidate.normalised_name.split(" ")[0]), key=len)
    return candidate.seen if len(short) <= _INITIALS else long.startswith(short[:_BEGINNING])


def _support(candidate: Candidate, teams: Collection[str | None], position: str | None) -> float:
    score = _ABOUT if candidate.seen else 0.0
    if candidate.team_id is not None and candidate.team_id in teams:
        score += _TEAM
    if position is not None and candidate.position is not None:
        score += _of_position(candidate.position, position)
    return score


def _of_position(one: str, other: str) -> float:
    if one == other:
        return _POSITION
    return _KINDRED_POSITION if any({one, other} <= kin for kin in _KINDRED) else _OTHER_POSITION
