"""Configuration: environment variables that begin with `SDP_`, nothing else."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from sdp_common.errors import Misconfigured


def _check_source(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https", "file"} or not (parts.netloc or parts.scheme == "file"):
        raise ValueError(f"must be an http:, https: or file: URL, not {value!r}")
    if parts.query or parts.fragment:
        raise ValueError("must not have a query or a fragment: paths are added to it")
    return value.rstrip("/")


SourceUrl = Annotated[str, AfterValidator(_check_source)]
"""Where a source, or a mirror of it, is: without a slash at its end."""


class Settings(BaseSettings):
    """What an operator may set; every field is `SDP_<NAME>` in the environment or the `.env` file."""

    model_config = SettingsConfigDict(
        env_prefix="SDP_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    database_url: SecretStr | None = Field(None, description="PostgreSQL, postgresql://user:password@host:port/name")
    redis_url: SecretStr | None = Field(None, description="Redis for the API's cache; in-process where unset")
    artifacts_dir: Path = Field(Path("services/training/artifacts"), description="where trained models are written")
    draws_dir: Path = Field(Path("services/sim-engine/draws"), description="where simulated worlds are kept")
    inference_port: int | None = Field(
        None, ge=0, le=65535, description="serve predictions to other processes over HTTP on this port"
    )
    dask_scheduler: str = Field(
        "", description="tcp://host:port of a Dask scheduler that walks back-tests; this machine where unset"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")
    metrics_port: int | None = Field(
        None, ge=0, le=65535, description="serve Prometheus metrics and /health on this port"
    )
    contact: str = Field("", description="an address for the User-Agent header, so that a source can reach you")

    http_timeout_s: float = Field(30.0, gt=0, le=600, description="read timeout of outgoing requests")
    http_connect_timeout_s: float = Field(5.0, gt=0, le=60, description="connect timeout of outgoing requests")
    http_deadline_s: float = Field(
        300.0, gt=0, description="longest time one response may take, however steadily it comes"
    )
    http_max_bytes: int = Field(64 * 2**20, ge=1024, description="largest response accepted, decoded")
    http_max_streamed_bytes: int = Field(
        512 * 2**20, ge=1024, description="the same for a response that is read item by item, from a temporary file"
    )
    http_attempts: int = Field(4, ge=1, le=10, description="tries of one outgoing request")
    http_first_wait_s: float = Field(0.5, gt=0, le=60, description="wait before the second try; doubles with each")
    http_rate_per_s: float = Field(
        1.0, gt=0, le=100, description="requests a second to one host, unless the provider says less"
    )

    nflverse_base_url: SourceUrl = Field(
        "https://github.com/nflverse/nflverse-data",
        description="the release server, or a mirror laid out like it",
    )
    dynastyprocess_base_url: SourceUrl = Field(
        "https://raw.githubusercontent.com/dynastyprocess/data/master/files",
        description="player id crosswalk",
    )
    draftkings_base_url: SourceUrl = Field("https://api.draftkings.com", description="DraftKings' public API")
    draftkings_lobby_base_url: SourceUrl = Field(
        "https://www.draftkings.com", description="DraftKings' lobby of contests"
    )
    espn_base_url: SourceUrl = Field("https://site.api.espn.com", description="ESPN's public API")
    open_meteo_base_url: SourceUrl = Field("https://api.open-meteo.com", description="Open-Meteo forecasts")
    open_meteo_history_base_url: SourceUrl = Field(
        "https://historical-forecast-api.open-meteo.com", description="Open-Meteo's past forecasts, for back-tests"
    )
    open_meteo_previous_base_url: SourceUrl = Field(
        "https://previous-runs-api.open-meteo.com", description="Open-Meteo's forecasts of one to three days before"
    )
    nws_base_url: SourceUrl = Field("https://api.weather.gov", description="the US National Weather Service")
    the_odds_api_base_url: SourceUrl = Field("https://api.the-odds-api.com", description="The Odds API")
    the_odds_api_key: SecretStr | None = Field(None, description="key of The Odds API")
    the_odds_api_regions: str = Field(
        "us", description="regions asked of The Odds API, comma-separated; each is charged"
    )
    the_odds_api_alternates: bool = Field(False, description="ask The Odds API for alternate lines, an event a call")
    the_odds_api_props: str = Field("", description="player markets asked of The Odds API, comma-separated, or all")
    credits_floor: int = Field(50, ge=0, description="credits of a metered source that are never spent")
    kalshi_base_url: SourceUrl = Field("https://api.elections.kalshi.com", description="the Kalshi exchange")
    polymarket_base_url: SourceUrl = Field("https://gamma-api.polymarket.com", description="the Polymarket exchange")
    kambi_base_url: SourceUrl = Field("https://eu-offering-api.kambicdn.com", description="Kambi's offering (opt-in)")
    kambi_brand: str = Field("rsiusnj", description="which of Kambi's books is read")
    bovada_base_url: SourceUrl = Field("https://www.bovada.lv", description="Bovada's coupon (opt-in)")
    pinnacle_base_url: SourceUrl = Field("https://guest.api.arcadia.pinnacle.com", description="Pinnacle (opt-in)")
    pinnacle_key: SecretStr | None = Field(None, description="your guest key of Pinnacle's web app")
    draftkings_sportsbook_base_url: SourceUrl = Field(
        "https://sportsbook-nash.draftkings.com", description="DraftKings' sportsbook (opt-in)"
    )
    fanduel_sportsbook_base_url: SourceUrl = Field(
        "https://sbapi.nj.sportsbook.fanduel.com", description="FanDuel's sportsbook of your state (opt-in)"
    )
    fanduel_sportsbook_key: SecretStr | None = Field(None, description="your key (_ak) of FanDuel's web app")
    action_network_base_url: SourceUrl = Field("https://api.actionnetwork.com", description="Action Network (opt-in)")
    underdog_base_url: SourceUrl = Field("https://api.underdogfantasy.com", description="Underdog's board (opt-in)")
    sleeper_base_url: SourceUrl = Field("https://api.sleeper.app", description="Sleeper's players and picks")
    prizepicks_base_url: SourceUrl = Field("https://api.prizepicks.com", description="PrizePicks' board (opt-in)")
    rss_urls: str = Field("", description="addresses of news feeds (RSS), comma-separated; their provider is opt-in")
    mlb_statsapi_base_url: SourceUrl = Field("https://statsapi.mlb.com", description="MLB's StatsAPI")
    nhl_api_base_url: SourceUrl = Field("https://api-web.nhle.com", description="the NHL's web API")
    nba_cdn_base_url: SourceUrl = Field("https://cdn.nba.com", description="the NBA's live data")
    sports: str = Field("", description="comma-separated sports that feeds read by themselves; all where empty")
    schedules: str = Field(
        "", description="when providers are read: name=CRON, name=CRON|CRON (near a lock) or name=off, separated by ;"
    )
    odds_months_kept: int = Field(0, ge=0, description="months of quotes kept; 0 keeps all")
    bodies_days_kept: int = Field(
        0, ge=0, description="days raw bodies are kept after they were last seen; 0: for good"
    )
    providers_enabled: str = Field("", description="comma-separated providers to switch on beyond the defaults")

    home: Path = Field(Path(".sdp"), description="the folder where `sdp up` keeps its database, logs and models")
    postgres_port: int | None = Field(
        None, ge=1, le=65535, description="port of the PostgreSQL that `sdp up` starts; a free one where unset"
    )
    api_host: str = Field("127.0.0.1", description="address the API listens on")
    api_port: int = Field(8000, ge=0, le=65535, description="port the API listens on")
    web_dir: Path | None = Field(None, description="the built web app, served by the API where set")
    session_hours: int = Field(24 * 14, ge=1, le=24 * 365, description="how long a browser stays signed in")
    secure_cookies: bool = Field(False, description="send the session cookie over HTTPS only")
    upload_max_bytes: int = Field(10 * 2**20, ge=1024, description="largest file a user may upload")
    upload_max_standings_bytes: int = Field(
        64 * 2**20, ge=1024, description="largest file of contest standings, which may be of hundreds of thousands"
    )
    trusted_origins: str = Field("", description="comma-separated origins that may call the API with cookies")

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("database_url", "redis_url")
    @classmethod
    def _right_scheme(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        allowed = {"database_url": ("postgresql", "postgres"), "redis_url": ("redis", "rediss", "unix")}
        schemes = allowed[str(info.field_name)]
        if value is not None and value.get_secret_value().split("://")[0].split("+")[0] not in schemes:
            raise ValueError(f"must begin with {schemes[0]}://")
        return value

    @field_validator("contact")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if not value.isascii() or not value.isprintable():
            raise ValueError("must be one line of plain ASCII: it is sent in a header")
        return value.strip()

    @model_validator(mode="after")
    def _time_enough(self) -> Self:
        if self.http_deadline_s < self.http_timeout_s:
            raise ValueError("SDP_HTTP_DEADLINE_S must not be shorter than SDP_HTTP_TIMEOUT_S")
        return self

    def require_database_url(self) -> str:
        """Return the database URL.

        Raises:
            Misconfigured: It is not set.
        """
        if self.database_url is None:
            raise Misconfigured("SDP_DATABASE_URL is not set: point it at a PostgreSQL server, or use `sdp up`")
        return self.database_url.get_secret_value()


@cache
def settings() -> Settings:
    """Return the settings of this process.

    Raises:
        Misconfigured: A variable cannot be read as what it should be.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = "; ".join(_say(fault) for fault in error.errors(include_url=False))
        raise Misconfigured(f"bad configuration: {faults}") from None  # the input may be a secret


def _say(fault: ErrorDetails) -> str:
    said = fault["msg"].removeprefix("Value error, ")
    return f"SDP_{str(fault['loc'][0]).upper()} {said}" if fault["loc"] else said
