"""Headlines become facts: which player, in which state, which part of the body, and how sure that reading is."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SURE_ENOUGH = 0.5
"""A reading below this is no fact."""
_PARTS = (
    "hamstring|knee|ankle|shoulder|hip|groin|calf|quad|quadriceps|concussion|back|foot|hand|wrist|elbow|neck|thigh|toe|"
    "ribs|rib|chest|illness|finger|thumb|achilles|oblique|forearm|head|eye|shin|heel|abdomen|core|biceps|triceps|"
    "pectoral|leg|arm|hernia|fibula|acl|mcl|meniscus"
)
_PART = re.compile(rf"\b({_PARTS})\b", re.IGNORECASE)
_STATES: tuple[tuple[str, float, str], ...] = (
    (
        "injured_reserve",
        0.95,
        r"injured reserve|\b(?:to|on|placed on|lands on|heads to)\s+(?:the )?(?:ir|il)\b|pup list",
    ),
    ("injured_reserve", 0.85, r"out for (?:the )?(?:season|year)|season[- ]ending|torn (?:acl|achilles)"),
    ("out", 0.95, r"\bruled out\b|\bis out\b|\bare out\b|\binactive\b|will not play|won't play|\bto sit\b|\bsitting\b"),
    (
        "out",
        0.9,
        r"\bout\b(?= (?:sunday|monday|thursday|saturday|friday|tonight|vs|at|for|with|indefinitely|week)|[.,;]?$)",
    ),
    (
        "out",
        0.8,
        r"\bsidelined\b|to miss|will miss|(?:set for|undergo(?:es)?|had|having) surgery|surgery (?:set|scheduled)",
    ),
    ("doubtful", 0.95, r"\bdoubtful\b|unlikely to play"),
    ("questionable", 0.95, r"\bquestionable\b|game[- ]time decision|\bgtd\b|day[- ]to[- ]day"),
    (
        "questionable",
        0.6,
        r"\blimited\b|\btesting\b|\btest(?:s)?\b|\bmisses practice\b|did(?:n't| not) practice|\bdnp\b",
    ),
    ("active", 0.95, r"\bactive\b|cleared to (?:play|return)|will play|good to go|off (?:the )?injury report"),
    (
        "active",
        0.85,
        r"\bactivated\b|expected to play|set to (?:play|return)|\bto start\b|\bstarting\b|returns to (?:practice|play)",
    ),
    ("probable", 0.9, r"\bprobable\b|likely to play"),
)
_COMPILED = [(state, sure, re.compile(pattern, re.IGNORECASE)) for state, sure, pattern in _STATES]
_HEDGES = re.compile(
    r"\b(?:could|may|might|hopes?|reportedly|if|whether|should|possible|possibly|\w*\?)\b|\?", re.IGNORECASE
)
_NOT_NEWS = re.compile(
    r"\brankings?\b|\bprojections?\b|\bsleepers?\b|\bwaiver\b|\bpicks\b|\bmock\b|\bbest\b|\bgrades?\b", re.IGNORECASE
)
_DENIED = re.compile(r"\bnot (?:been )?(?:ruled )?(?:out|inactive|questionable|doubtful)\b|\bnever\b", re.IGNORECASE)
_NAME = r"(?:[A-Z][\w.'’-]*\.?\s+){1,3}?[A-Z][\w.'’-]+(?:\s+(?:Jr|Sr|II|III|IV)\b\.?)?"
_WITH_PART = re.compile(rf"({_NAME})\s*\(([^)]+)\)")
_POSSESSIVE = re.compile(r"^[A-Z0-9][\w ]*?s['’]s?\s+|^[A-Z][\w ]*?['’]s\s+(?=[A-Z])")
_HEDGED, _FROM_A_LIST = 0.65, 0.9


@dataclass(frozen=True)
class Fact:
    """What a headline says of a player; `status` is one of ours, `confidence` 0 to 1."""

    name: str
    status: str
    body_part: str | None
    confidence: float


def classify(headline: str, named: Iterable[str] = ()) -> list[Fact]:
    """Return what a headline says of players' health, in the order in which it names them.

    Args:
        headline: One line, as published.
        named: The players that the source itself says the headline is about.

    >>> classify("Falcons' Drake London (hip), Michael Penix Jr. (knee) out", ["Drake London"])[1]
    Fact(name='Michael Penix Jr.', status='out', body_part='knee', confidence=0.9)
    >>> classify("Bryce Young: Inactive Sunday")
    [Fact(name='Bryce Young', status='out', body_part=None, confidence=0.95)]
    >>> classify("Fantasy football rankings for Week 8")
    []
    """
    text = " ".join(headline.split())
    subject, colon, rest = text.partition(": ")
    if _NOT_NEWS.search(text) or _DENIED.search(text):
        return []
    state = _state(rest if colon and len(subject.split()) <= 4 else text)
    if state is None:
        return []
    status, sure = state
    facts: dict[str, Fact] = {}
    for name, part, share in _people(text, subject if colon else "", rest, named):
        confidence = round(sure * share, 3)
        if confidence >= SURE_ENOUGH:
            facts.setdefault(name, Fact(name, status, part, confidence))
    return list(facts.values())


def _state(text: str) -> tuple[str, float] | None:
    """Return the state that a text tells and how surely; None where it tells none, or two that contradict."""
    found: dict[str, float] = {}
    for state, sure, pattern in _COMPILED:
        if pattern.search(text):
            found[state] = max(sure, found.get(state, 0.0))
    found.pop("out", None) if "injured_reserve" in found else None
    if len(found) != 1:
        return None
    ((state, sure),) = found.items()
    return state, sure * (_HEDGED if _HEDGES.search(text) else 1.0)


def _people(text: str, subject: str, rest: str, named: Iterable[str]) -> Iterator[tuple[str, str | None, float]]:
    """Yield who is meant, with the part of the body and how surely he is the one."""
    with_part = [(_bare(name), part) for name, part in _WITH_PART.findall(text)]
    if with_part:
        for name, part in with_part:
            yield name, _part(part), 1.0
        return
    if subject and re.fullmatch(_NAME, subject):
        yield subject, _part(rest), 1.0
        return
    if subject and "inactive" in subject.lower():
        for name in re.findall(_NAME, rest):
            yield name, None, _FROM_A_LIST
        return
    told = [name for name in named if name and name.split()[-1].lower() in text.lower()]
    if len(told) == 1:
        yield told[0], _part(text), 1.0


def _bare(name: str) -> str:
    return _POSSESSIVE.sub("", name).strip()


def _part(text: str) -> str | None:
    found = _PART.search(text)
    return found[1].lower() if found else None
