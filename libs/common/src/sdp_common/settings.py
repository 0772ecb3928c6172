"""Configuration: environment variables that begin with `SDP_`, nothing else."""

from functools import cache
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from sdp_common.errors import Misconfigured


class Settings(BaseSettings):
    """What an operator may set; every field is `SDP_<NAME>` in the environment or the `.env` file."""

    model_config = SettingsConfigDict(env_prefix="SDP_", env_file=".env", extra="ignore", frozen=True)

    database_url: SecretStr | None = Field(None, description="PostgreSQL, postgresql://user:password@host:port/name")
    redis_url: SecretStr | None = Field(None, description="Redis for the API's cache; in-process where unset")
    artifacts_dir: Path = Field(Path("services/training/artifacts"), description="where trained models are written")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")
    metrics_port: int | None = Field(None, description="serve Prometheus metrics and /health on this port")
    contact: str = Field("", description="an address for the User-Agent header, so that a source can reach you")

    http_timeout_s: float = Field(30.0, description="read timeout of outgoing requests")
    http_connect_timeout_s: float = Field(5.0, description="connect timeout of outgoing requests")
    http_max_bytes: int = Field(64 * 2**20, description="largest response accepted, decoded")
    http_attempts: int = Field(4, description="tries of one outgoing request")
    http_rate_per_s: float = Field(1.0, description="requests a second to one host, unless the provider says less")

    nflverse_base_url: str = Field(
        "https://github.com/nflverse/nflverse-data",
        description="the release server, or a mirror laid out like it",
    )
    dynastyprocess_base_url: str = Field(
        "https://raw.githubusercontent.com/dynastyprocess/data/master/files",
        description="player id crosswalk",
    )
    draftkings_base_url: str = Field("https://api.draftkings.com", description="DraftKings' public API")
    espn_base_url: str = Field("https://site.api.espn.com", description="ESPN's public API")
    open_meteo_base_url: str = Field("https://api.open-meteo.com", description="Open-Meteo forecasts")
    providers_enabled: str = Field("", description="comma-separated providers to switch on beyond the defaults")

    api_host: str = Field("127.0.0.1", description="address the API listens on")
    api_port: int = Field(8000, description="port the API listens on")
    web_dir: Path | None = Field(None, description="the built web app, served by the API where set")
    session_hours: int = Field(24 * 14, description="how long a browser stays signed in")
    secure_cookies: bool = Field(False, description="send the session cookie over HTTPS only")
    upload_max_bytes: int = Field(10 * 2**20, description="largest file a user may upload")
    trusted_origins: str = Field("", description="comma-separated origins that may call the API with cookies")

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
        faults = "; ".join(f"SDP_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        raise Misconfigured(f"bad configuration: {faults}") from error
