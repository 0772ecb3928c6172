"""What ESPN's two feeds share: where a sport is found, and on which terms."""

from sdp_sports.spec import load

from sdp_ingestion.documents import Document
from sdp_ingestion.provider import Quality

PATHS = {
    "nfl": "football/nfl",
    "nba": "basketball/nba",
    "wnba": "basketball/wnba",
    "mlb": "baseball/mlb",
    "nhl": "hockey/nhl",
    "cfb": "football/college-football",
    "cbb": "basketball/mens-college-basketball",
}
QUALITY = Quality(
    terms="ESPN, an undocumented public endpoint whose terms may forbid automated access: switching it on is yours",
    rate_per_s=0.5,
    recorded=True,
    default_on=False,
)


def team_label(code: str, team: Document) -> str:
    """Return how a team is called: by its abbreviation, or by its name where the sport declares no teams."""
    return str(team["abbreviation"] if load(code).teams else team.get("displayName") or team["abbreviation"])
