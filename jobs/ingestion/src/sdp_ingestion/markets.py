"""Player markets as sources spell them, brought to our words."""

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from heapq import nlargest

from sdp_ingestion.rows import Rejected, UnknownMarket

GAME_MARKETS = ("moneyline", "spread", "total")
_GAP = re.compile(r"[^a-z0-9+]+")
_WORDS = {
    "pass": "passing",
    "rush": "rushing",
    "rec": "receiving",
    "reception": "receiving",
    "yds": "yards",
    "yard": "yards",
    "yardage": "yards",
    "td": "tds",
    "touchdown": "tds",
    "touchdowns": "tds",
    "ints": "interceptions",
    "int": "interceptions",
    "att": "attempts",
    "atts": "attempts",
    "attempt": "attempts",
    "carries": "rushing attempts",
    "cmp": "completions",
    "comps": "completions",
    "completion": "completions",
    "pts": "points",
    "reb": "rebounds",
    "rebs": "rebounds",
    "asts": "assists",
    "ast": "assists",
    "blks": "blocks",
    "blk": "blocks",
    "blocked": "blocks",
    "stls": "steals",
    "stl": "steals",
    "3pt": "threes",
    "3": "threes",
    "ks": "strikeouts",
    "k": "strikeouts",
    "rbi": "rbis",
    "sog": "shots on goal",
}
_LEFT_OUT = frozenset(
    {"player", "total", "totals", "o/u", "ou", "o", "u", "the", "by", "alternate", "alt", "made", "a"}
)
_NAMES = {
    # football
    "passing yards": "passing_yards",
    "passing tds": "passing_tds",
    "passing attempts": "passing_attempts",
    "passing completions": "passing_completions",
    "completions": "passing_completions",
    "passing interceptions": "interceptions",
    "interceptions": "interceptions",
    "interceptions thrown": "interceptions",
    "passing longest completions": "longest_completion",
    "longest completions": "longest_completion",
    "rushing yards": "rushing_yards",
    "rushing attempts": "rushing_attempts",
    "rushing tds": "rushing_tds",
    "rushing longest": "longest_rush",
    "longest rushing": "longest_rush",
    "receiving yards": "receiving_yards",
    "receptions": "receptions",
    "receiving tds": "receiving_tds",
    "receiving targets": "targets",
    "targets": "targets",
    "receiving longest": "longest_reception",
    "longest receiving": "longest_reception",
    "passing rushing yards": "passing_rushing_yards",
    "rushing receiving yards": "rushing_receiving_yards",
    "rushing receiving tds": "rushing_receiving_tds",
    "anytime tds": "anytime_touchdown",
    "anytime tds scorer": "anytime_touchdown",
    "tds scored": "anytime_touchdown",
    "1st tds": "first_touchdown",
    "first tds scorer": "first_touchdown",
    "last tds": "last_touchdown",
    "tds over": "touchdowns",
    "field goals": "field_goals",
    "fg": "field_goals",
    "kicking points": "kicking_points",
    "pats": "extra_points",
    "sacks": "sacks",
    "tackles assists": "tackles_assists",
    "solo tackles": "solo_tackles",
    "defensive interceptions": "def_interceptions",
    # basketball
    "points": "points",
    "points scored": "points",
    "rebounds": "rebounds",
    "assists": "assists",
    "threes": "threes",
    "threes pointers": "threes",
    "threes point field goals": "threes",
    "blocks": "blocks",
    "blocks shots": "blocks",
    "steals": "steals",
    "blocks steals": "blocks_steals",
    "steals blocks": "blocks_steals",
    "turnovers": "turnovers",
    "points rebounds assists": "points_rebounds_assists",
    "pra": "points_rebounds_assists",
    "points rebounds": "points_rebounds",
    "points assists": "points_assists",
    "rebounds assists": "rebounds_assists",
    "double double": "double_double",
    "triple double": "triple_double",
    "first basket": "first_basket",
    "free throws": "free_throws",
    "frees": "free_throws",
    # baseball
    "batter home runs": "home_runs",
    "home runs": "home_runs",
    "batter hits": "hits",
    "hits": "hits",
    "batter bases": "total_bases",
    "bases": "total_bases",
    "batter rbis": "runs_batted_in",
    "rbis": "runs_batted_in",
    "batter runs scored": "runs",
    "runs": "runs",
    "runs scored": "runs",
    "batter hits runs rbis": "hits_runs_rbis",
    "hits runs rbis": "hits_runs_rbis",
    "batter singles": "singles",
    "singles": "singles",
    "batter doubles": "doubles",
    "doubles": "doubles",
    "batter triples": "triples",
    "triples": "triples",
    "batter walks": "batter_walks",
    "walks": "batter_walks",
    "batter strikeouts": "batter_strikeouts",
    "hitter strikeouts": "batter_strikeouts",
    "batter stolen bases": "stolen_bases",
    "stolen bases": "stolen_bases",
    "pitcher strikeouts": "pitcher_strikeouts",
    "strikeouts": "pitcher_strikeouts",
    "pitcher outs": "outs_recorded",
    "pitching outs": "outs_recorded",
    "outs recorded": "outs_recorded",
    "pitcher hits allowed": "hits_allowed",
    "hits allowed": "hits_allowed",
    "pitcher walks": "walks_allowed",
    "walks allowed": "walks_allowed",
    "pitcher earned runs": "earned_runs",
    "earned runs allowed": "earned_runs",
    "earned runs": "earned_runs",
    "pitcher record win": "pitcher_win",
    # hockey
    "goals": "goals",
    "shots on goal": "shots_on_goal",
    "shots": "shots_on_goal",
    "power play points": "powerplay_points",
    "saves": "saves",
    "goalie saves": "saves",
    "goal scorer anytime": "anytime_goal",
    "anytime goal scorer": "anytime_goal",
    "goal scorer first": "first_goal",
    "goal scorer last": "last_goal",
    "fantasy points": "fantasy_points",
    "fantasy score": "fantasy_points",
}
"""What a market is called once its words are ours, and our name for it."""
_PERIOD = re.compile(
    r"\b(?:[1-4](?:st|nd|rd|th)?\s*(?:q(?:uarter|tr)?|half|h|p(?:eriod)?|innings?|inns?)|(?:q|h|p)[1-4]|first half)\b"
)


def is_of_a_period(label: str) -> bool:
    """Return whether a market is about a part of the game (`1st Qtr Points`, `h2h_q1`), which we do not keep."""
    return bool(_PERIOD.search(_GAP.sub(" ", label.lower()).strip()))


def plain(label: str) -> str:
    """Return a label as it is compared: small letters, numbers and single spaces."""
    return _GAP.sub(" ", label.lower().replace("+", " ").replace("o/u", " ")).strip()


def player_market(label: str | None, decided: Mapping[str, str] | None = None) -> str | None:
    """Return our name of a player market, None where it is not one of ours or about a part of the game.

    Args:
        label: As the source spells it.
        decided: What a person said of labels of this source that we could not read (`Payload.markets`).

    >>> [player_market(name) for name in ("player_pass_yds", "Rush Yards", "Pts+Rebs+Asts", "Points O/U", "Laps")]
    ['passing_yards', 'rushing_yards', 'points_rebounds_assists', 'points', None]
    """
    if not label:
        return None
    said = decided.get(plain(label)) if decided else None
    if said is not None:
        return None if said in GAME_MARKETS else said
    return None if is_of_a_period(label) else _NAMES.get(_in_our_words(label))


def game_market(label: str, decided: Mapping[str, str]) -> str | None:
    """Return the market of the game that a person said a label of this source is, None where nobody did."""
    said = decided.get(plain(label))
    return said if said in GAME_MARKETS else None


def _in_our_words(label: str) -> str:
    return " ".join(_WORDS.get(word, word) for word in plain(label).split() if word not in _LEFT_OUT)


def unknown_market(label: str | None) -> Rejected:
    """Return the rejection of a market that is not ours; one that may be waits for review."""
    reason = "a market that we do not know"
    if not label or not plain(label) or is_of_a_period(label):
        return Rejected(reason, label or "", None if label else "any")
    return UnknownMarket(reason, label)


def likely_markets(label: str, count: int) -> list[tuple[str, float]]:
    """Return the markets whose names are nearest to a label, the nearest first, each with its likeness (0 to 1)."""
    asked = _in_our_words(label)
    best: dict[str, float] = {}
    for words, name in (*_NAMES.items(), *((name, name) for name in GAME_MARKETS)):
        best[name] = max(SequenceMatcher(None, asked, words).ratio(), best.get(name, 0.0))
    return nlargest(count, best.items(), key=lambda one: one[1])
