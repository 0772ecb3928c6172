"""People's names as sources spell them, brought to one form."""

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})
_SILENT = re.compile(r"[.'`´‘’ʻʼ\\]")  # some exports escape an apostrophe
_GAP = re.compile(r"[^a-z0-9]+")
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "v"})

_RENAMED = {
    "robby anderson": "robbie chosen",
    "robbie anderson": "robbie chosen",
    "chosen anderson": "robbie chosen",
    "deonte harris": "deonte harty",
    "enes kanter": "enes freedom",
    "ron artest": "metta world peace",
    "mike stanton": "giancarlo stanton",
}
"""Who changed his name, and what he is called today, both normalised."""
_NICKNAMES = {
    "alex": "alexander",
    "andy": "andrew",
    "ben": "benjamin",
    "bill": "william",
    "billy": "william",
    "bob": "robert",
    "bobby": "robert",
    "cam": "cameron",
    "charlie": "charles",
    "chris": "christopher",
    "dan": "daniel",
    "danny": "daniel",
    "dave": "david",
    "dom": "dominic",
    "dominick": "dominic",
    "dominique": "dominic",
    "drew": "andrew",
    "ed": "edward",
    "eddie": "edward",
    "fred": "frederick",
    "gabe": "gabriel",
    "greg": "gregory",
    "hank": "henry",
    "jake": "jacob",
    "jakob": "jacob",
    "jeff": "jeffrey",
    "geoff": "jeffrey",
    "geoffrey": "jeffrey",
    "jim": "james",
    "jimmy": "james",
    "jamie": "james",
    "joe": "joseph",
    "joey": "joseph",
    "john": "jonathan",
    "johnny": "jonathan",
    "jon": "jonathan",
    "johnathan": "jonathan",
    "jonathon": "jonathan",
    "josh": "joshua",
    "ken": "kenneth",
    "kenny": "kenneth",
    "larry": "lawrence",
    "manny": "manuel",
    "marc": "mark",
    "matt": "matthew",
    "mathew": "matthew",
    "max": "maxwell",
    "mike": "michael",
    "mikey": "michael",
    "micheal": "michael",
    "mitch": "mitchell",
    "nate": "nathan",
    "nathaniel": "nathan",
    "nick": "nicholas",
    "nico": "nicholas",
    "pat": "patrick",
    "pete": "peter",
    "phil": "philip",
    "phillip": "philip",
    "ray": "raymond",
    "rich": "richard",
    "rick": "richard",
    "ricky": "richard",
    "rob": "robert",
    "robbie": "robert",
    "ron": "ronald",
    "ronnie": "ronald",
    "russ": "russell",
    "sam": "samuel",
    "scotty": "scott",
    "stephen": "steven",
    "steve": "steven",
    "stevie": "steven",
    "tim": "timothy",
    "timmy": "timothy",
    "tom": "thomas",
    "tommy": "thomas",
    "tony": "anthony",
    "trey": "tre",
    "ty": "tyler",
    "vic": "victor",
    "vince": "vincent",
    "will": "william",
    "willie": "william",
    "zach": "zachary",
    "zack": "zachary",
    "zac": "zachary",
}


@lru_cache(maxsize=65536)
def normalise(name: str) -> str:
    """Return a name in the form by which sources are compared.

    Lower case, without diacritics, apostrophes, dots and suffixes (Jr, Sr, II to V); hyphens become gaps, initials
    written apart are joined.

    >>> normalise("Odell Beckham Jr."), normalise("D.J. Moore"), normalise("Amon-Ra St. Brown")
    ('odell beckham', 'dj moore', 'amon ra st brown')
    >>> normalise("Beckham, Odell"), normalise("Beckham, Odell Jr."), normalise("Beckham, Odell, Jr.")
    ('odell beckham', 'odell beckham', 'odell beckham')
    """
    last, _, first = name.partition(",")
    if given := [word for word in first.replace(",", " ").split() if _is_no_suffix(word)]:
        name = f"{' '.join(given)} {last}"
    decomposed = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    words = [w for w in _GAP.split(_SILENT.sub("", plain)) if w]
    while len(words) > 1 and words[-1] in _SUFFIXES:
        words.pop()
    while len(words) > 2 and len(words[0]) == 1 and len(words[1]) == 1:
        words[:2] = ["".join(words[:2])]
    return " ".join(words)


def _is_no_suffix(word: str) -> bool:
    return _SILENT.sub("", word).lower() not in _SUFFIXES


@lru_cache(maxsize=65536)
def formal(normalised: str) -> str:
    """Return a normalised name with a known short first name written out (`mike evans` -> `michael evans`).

    Of who changed his name it is the name of today.

    >>> formal("mike evans"), formal("robby anderson"), formal("robbie chosen")
    ('michael evans', 'robert chosen', 'robert chosen')
    """
    first, _, rest = _RENAMED.get(normalised, normalised).partition(" ")
    return f"{_NICKNAMES.get(first, first)} {rest}" if rest else normalised


@lru_cache(maxsize=65536)
def initialled(normalised: str) -> str:
    """Return the first letter and the last word of a normalised name (`amon ra st brown` -> `a brown`)."""
    words = normalised.split()
    return f"{words[0][0]} {words[-1]}" if len(words) > 1 else normalised
