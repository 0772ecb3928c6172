"""Which column of a file is which of ours: by the names that files give them, or as the user says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sdp_sports.files.cells import word
from sdp_sports.files.refusal import Fault, Refused

ALIASES: Mapping[str, tuple[str, ...]] = {
    "points": (
        "points",
        "projection",
        "projected points",
        "proj points",
        "proj",
        "projected",
        "fpts",
        "fantasy points",
        "proj fpts",
        "projected fpts",
        "fpts proj",
        "proj fp",
        "projpts",
        "my proj",
        "my projection",
        "ss proj",
        "fc proj",
        "ppg projection",
        "ff pts",
        "ffpts",
        "dk points",
        "fd points",
        "dk proj",
        "fd proj",
        "dk projection",
        "fd projection",
        "projections proj",
        "median",
        "fp",
        "mean",
    ),
    "id": ("id", "player id", "playerid", "draftable id", "draftableid", "dk id", "fd id", "dfs id", "site id"),
    "name": ("name", "player", "player name", "playername", "full name", "nickname"),
    "first_name": ("first name", "firstname"),
    "last_name": ("last name", "lastname"),
    "name_id": ("name id", "player name id", "player id player name"),
    "salary": ("salary", "sal", "cost", "price", "dk salary", "fd salary"),
    "position": ("position", "pos", "roster position", "dk position", "fd position"),
    "team": ("team", "teamabbrev", "team abbrev", "tm", "team abbreviation"),
    "opponent": ("opponent", "opp", "vs"),
    "ownership": (
        "ownership",
        "own",
        "projected ownership",
        "proj own",
        "pown",
        "projections projown",
        "projown",
        "my own",
        "ss own",
        "own proj",
        "ownership proj",
        "projected own",
        "dk ownership",
        "dk own",
        "fd ownership",
        "fd own",
        "large field",
        "roster",
        "field own",
    ),
    "field_points": ("field proj", "fieldfpts", "field fpts", "field points", "field projection", "consensus proj"),
    "ceiling": ("ceiling", "ceil", "ceil fp", "projections ceiling", "upside", "dk ceiling", "fd ceiling"),
    "floor": ("floor", "floor fp", "projections floor", "dk floor", "fd floor"),
    "sd": ("std dev", "stddev", "sd", "stdev", "standard deviation", "std", "dk std", "fd std"),
    "minutes": ("minutes", "min", "proj min", "projected minutes"),
    "optimal": ("optimal", "optimal rate", "optimal percentage"),
    "batting_order": ("batting order", "bat order", "order", "batting", "lineup order", "batting position", "bo"),
    "line": ("line", "line number", "even strength line", "ev line", "reg line"),
}
"""What files call our columns, the surest name first; compared as `sdp_sports.files.cells.word` writes them."""
PLAYERS = frozenset({"id", "name", "name_id", "last_name"})


@dataclass(frozen=True)
class Columns:
    """How a header is read.

    Attributes:
        places: Our column to its place in the file.
        header: Our column to what the file calls it.
        ignored: What the file calls the rest.
    """

    places: Mapping[str, int]
    header: Mapping[str, str]
    ignored: tuple[str, ...]


def find_columns(
    header: Sequence[str], mapping: Mapping[str, str] | None = None, needed: Sequence[str] = ("points",)
) -> Columns:
    """Return how a header is read.

    Args:
        header: The file's first row.
        mapping: Our column to the file's, as the user says; those it leaves out are recognised.
        needed: Our columns of which one must be there, besides one that names the player.

    Raises:
        Refused: A column that is needed is missing, one that is used stands twice, or the mapping names one that is
            not there.
    """
    words = [word(label) for label in header]
    faults: list[Fault] = []
    places = _mapped(mapping or {}, header, words, faults)
    for column, aliases in ALIASES.items():
        place = next((words.index(alias) for alias in aliases if alias in words), None)
        if column not in places and place is not None and place not in places.values():
            places[column] = place
    faults += [
        Fault("this column is there twice: keep one", 1, header[place])
        for place in places.values()
        if words.count(words[place]) > 1
    ]
    if not set(needed) & places.keys():
        faults.append(
            Fault(f"there is no column of {needed[0]}: name one `{needed[0]}`, or say which it is", 1, needed[0])
        )
    if not PLAYERS & places.keys():
        faults.append(Fault("there is no column of players: name one `name` or `id`, or say which it is", 1, "name"))
    if faults:
        raise Refused("the file's first row does not name what is needed", faults)
    used = set(places.values())
    ignored = tuple(label for i, label in enumerate(header) if i not in used and label)
    return Columns(places, {column: header[i] for column, i in places.items()}, ignored)


def recalled(header: Sequence[str], mappings: Sequence[Mapping[str, str]]) -> tuple[dict[str, str], dict[str, str]]:
    """Return how a header is read by what the user said of earlier files, and what he said that holds no longer.

    The first mapping counts whose columns are all there; else the first whose column of points is, as far as the file
    has the others; else none, and all that the newest said is lost.

    Args:
        header: The file's first row.
        mappings: Our columns to the file's, the newest first.

    Returns:
        The mapping to read by, and our columns to those that are no longer there.
    """
    words = {word(label) for label in header}
    held = [{ours: theirs for ours, theirs in one.items() if word(theirs) in words} for one in mappings]
    pairs = list(zip(mappings, held, strict=True))
    whole = [kept for one, kept in pairs if len(kept) == len(one)]
    if whole:
        return whole[0], {}
    told, kept = next(((one, kept) for one, kept in pairs if "points" in kept), (next(iter(mappings), {}), {}))
    return kept, {ours: theirs for ours, theirs in told.items() if ours not in kept}


def no_longer(lost: Mapping[str, str], header: Mapping[str, str]) -> list[str]:
    """Return, in words, what is read in place of columns that the user once named and a file no longer has.

    Args:
        lost: Our columns to those that are not there, as `recalled` tells them.
        header: Our columns to the file's, as the file was read.
    """
    return [
        f"there is no column {theirs!r}, by which {ours} was last read: "
        + (f"{header[ours]!r} was read instead" if ours in header else "nothing was read instead")
        for ours, theirs in lost.items()
    ]


def _mapped(
    mapping: Mapping[str, str], header: Sequence[str], words: Sequence[str], faults: list[Fault]
) -> dict[str, int]:
    """Return the places that the user's mapping names."""
    places: dict[str, int] = {}
    for column, label in mapping.items():
        if column not in ALIASES:
            faults.append(Fault(f"we have no column {column!r}; there are {', '.join(ALIASES)}", None, label))
        elif label in header:
            places[column] = header.index(label)
        elif word(label) in words:
            places[column] = words.index(word(label))
        else:
            faults.append(Fault(f"the mapping names it for `{column}`, but the file has no such column", 1, label))
    return places
