"""Sets: which of the features a market's models read. A market names its set in its declaration."""

from collections.abc import Iterable

from sdp_sports.spec import Sport

from sdp_engine.features import competition

FORMS: dict[str, tuple[str, ...]] = {
    "passing": ("passing_yards", "passing_attempts", "passing_tds", "interceptions", "rushing_yards"),
    "rushing": ("rushing_yards", "rushing_attempts", "rushing_tds", "targets"),
    "receiving": ("receptions", "receiving_yards", "targets", "rushing_attempts"),
    "scoring": ("anytime_touchdown", "rushing_yards", "rushing_attempts", "receptions", "receiving_yards", "targets"),
    "kicking": ("kicking_points", "field_goals"),
    "defence": ("sacks", "turnovers", "points_allowed", "draftkings_points"),
    "all": (
        "draftkings_points",
        "anytime_touchdown",
        "passing_yards",
        "passing_attempts",
        "passing_tds",
        "rushing_yards",
        "rushing_attempts",
        "receptions",
        "receiving_yards",
        "targets",
    ),
}
"""Each set's markets whose form (and what the opponent allows of them) is read beside the market's own."""
SOLITARY = ("passing", "kicking", "defence")
"""Sets of those who share their work with nobody: who else of the position is there only blurs what is known."""


def chosen(columns: Iterable[str], sport: Sport, market: str) -> tuple[str, ...]:
    """Return the columns that a market's models read.

    Everything but the form of markets outside its set, and the competition of those who have none.
    """
    kept = {market, *FORMS[sport.markets[market].features]}
    left_out = {
        name
        for other in sport.markets
        if other not in kept
        for name in (f"{other}_fast", f"{other}_slow", f"allowed_{other}")
    }
    if sport.markets[market].features in SOLITARY:
        left_out.update(competition.COLUMNS)
    return tuple(name for name in columns if name not in left_out)
