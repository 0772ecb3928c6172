"""What is expected of a game."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """What is expected of a game: home's margin and both sides' points, and who said so (`market`, `ratings`)."""

    spread: float
    total: float
    source: str

    @property
    def points(self) -> tuple[float, float]:
        """Expected points of home and away."""
        return (self.total + self.spread) / 2, (self.total - self.spread) / 2
