"""DraftKings' contest standings: every entry on the left, every drafted player on the right, two unrelated tables."""

import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sdp_sports.files.cells import MOST_NAME, Cells
from sdp_sports.files.grid import Line
from sdp_sports.files.refusal import Fault, Refused, check_faults
from sdp_sports.spec import codes, load

HEADER = ("Rank", "EntryId", "EntryName", "TimeRemaining", "Points", "Lineup")
PLAYERS = ("Player", "Roster Position", "%Drafted", "FPTS")
_NUMBERED = re.compile(r"^(.*?)\s*\((\d+)/(\d+)\)$")
UNSEEN = "LOCKED"
"""What stands for an opponent's player whose game has not started."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One entry: `lineup` pairs slots with names, None for a player not yet shown; empty where none was entered."""

    row: int
    rank: int
    entry_id: str
    user: str
    entry_number: int
    entries_of_user: int
    minutes_remaining: float | None
    points: float | None
    lineup: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Drafted:
    """One player in one slot: the share of the entries that have him there, and his points."""

    row: int
    name: str
    slot: str
    share_drafted: float
    points: float | None


@dataclass(frozen=True, slots=True)
class Standings:
    """A contest as it stands; finished once no entry has minutes left."""

    entries: tuple[Standing, ...]
    players: tuple[Drafted, ...]

    @property
    def is_final(self) -> bool:
        """No entry has time remaining."""
        return not any(entry.minutes_remaining for entry in self.entries)


def read_standings(header: Sequence[str], lines: Iterable[Line]) -> Standings:
    """Read contest standings.

    Raises:
        Refused: Columns are missing, or rows cannot be understood; names each row and column.
    """
    columns = {name: place for place, name in reversed(list(enumerate(header))) if name}
    missing = [Fault("the column is missing", 1, name) for name in (*HEADER, *PLAYERS) if name not in columns]
    if missing:
        raise Refused("this is not the whole of DraftKings' contest standings: export them again", missing)
    faults: list[Fault] = []
    kept, players = deque[Cells](), list[Drafted]()
    for line in lines:
        cells = Cells(line.row, line.cells, columns, faults)
        if cells.text("Player"):
            players.append(_drafted(cells))
        if cells.text("Rank") or cells.text("EntryId"):
            kept.append(cells)
    if kept and not players:
        raise Refused("these standings tell of no player, who was drafted how often: export them again", [])
    lineups = Lineups(_slots({player.slot for player in players}), {player.name for player in players})
    # each row is let go of once it is read: a contest of 150,000 entries need not be held twice
    entries = [_standing(kept.popleft(), lineups) for _ in range(len(kept))]
    check_faults(faults)
    return Standings(tuple(entries), tuple(players))


def _slots(told: set[str]) -> set[str]:
    """Return the roster's slots: those told of players, and in small contests one that is told of nobody.

    Each player is told once, in one of the slots he was drafted into: FLEX may be nobody's.
    """
    declared = [
        {slot.name for slot in contest.slots}
        for code in codes()
        for contest in load(code).contests.values()
        if contest.site == "draftkings"
    ]
    return told if told in declared else told.union(*(names for names in declared if told <= names))


def _drafted(cells: Cells) -> Drafted:
    share = cells.number("%Drafted", cells.text("%Drafted").removesuffix("%"))
    slot = cells.needed("Roster Position")
    return Drafted(cells.row, cells.text("Player"), slot, (share or 0.0) / 100, cells.number("FPTS"))


def _standing(cells: Cells, lineups: "Lineups") -> Standing:
    name = cells.text("EntryName")
    numbered = _NUMBERED.match(name) if len(name) <= MOST_NAME else None
    user, number, of = numbered.groups() if numbered else (name, "1", "1")
    text = cells.text("Lineup")
    lineup = lineups.split(text)
    if lineup is None:
        cells.fault("Lineup", f"{text[:60]!r} does not begin with a roster slot of this contest")
    return Standing(
        row=cells.row,
        rank=cells.whole("Rank") or 0,
        entry_id=cells.needed("EntryId"),
        user=user,
        entry_number=int(number),
        entries_of_user=int(of),
        minutes_remaining=cells.number("TimeRemaining"),
        points=cells.number("Points"),
        lineup=lineup or (),
    )


class Lineups:
    """Reads lineups of one contest; what many entries have in the same slot is kept once.

    Args:
        slots: Names of the roster's slots.
        known: Names of the players.
    """

    def __init__(self, slots: set[str], known: set[str]) -> None:
        self._slots, self._known = slots, known
        words = [name.split() for name in known]
        self._begun = {" ".join(part[:count]) for part in words for count in range(1, len(part) + 1)}
        self._places: dict[tuple[str, str | None], tuple[str, str | None]] = {}
        self._is_plain = not any(word in slots for part in words for word in part)
        self._between = re.compile(f" (?=(?:{'|'.join(map(re.escape, sorted(slots)))}) )")
        self._read: dict[str, tuple[str, str | None]] = {}

    def split(self, text: str) -> tuple[tuple[str, str | None], ...] | None:
        """Return slot and name of each place, None where the text begins with no slot.

        A word that is a slot's name ends a name only where what stands before it is a whole one (or no name is known
        that it could be): names have spaces, dots and single letters.

        >>> Lineups({"C", "F", "G"}, {"Al C. Ox", "Bo G"}).split("C Al C. Ox F LOCKED G Bo G")
        (('C', 'Al C. Ox'), ('F', None), ('G', 'Bo G'))
        """
        if self._is_plain:
            # no name could be two: what was read once is known by its letters
            seen = [self._read.get(part) for part in self._between.split(text)]
            places = tuple(place for place in seen if place is not None)
            if len(places) == len(seen):
                return places
        words = text.split()
        if not words:
            return ()
        if words[0] not in self._slots:
            return None
        found: list[tuple[str, str | None]] = []
        slot, name = words[0], list[str]()
        for at, one in enumerate(words[1:], 1):
            if one in self._slots and name and self._is_whole(" ".join(name), one, is_last=at == len(words) - 1):
                found.append(self._place(slot, name))
                slot, name = one, []
            else:
                name.append(one)
        found.append(self._place(slot, name))
        return tuple(found)

    def _is_whole(self, name: str, following: str, *, is_last: bool) -> bool:
        """Whether a name ends here, though the next word may be its last letter."""
        if name == UNSEEN or name in self._known:
            return is_last or f"{name} {following}" not in self._known
        return f"{name} {following}" not in self._begun

    def _place(self, slot: str, words: Sequence[str]) -> tuple[str, str | None]:
        name = " ".join(words)
        place = (slot, None if name in {UNSEEN, ""} else name)
        place = self._places.setdefault(place, place)
        if name == UNSEEN or name in self._known:
            self._read[f"{slot} {name}"] = place
        return place
