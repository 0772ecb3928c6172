"""What ESPN's two feeds share: where a sport is found, and on which terms."""

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
