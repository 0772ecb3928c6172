"""Settings say what is wrong with them, and the example lists them all."""

from pathlib import Path

import pytest
from sdp_common.environment import example
from sdp_common.errors import Misconfigured
from sdp_common.settings import Settings, settings

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)  # away from a developer's .env
    settings.cache_clear()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATABASE_URL", "mysql://u:hush@h/d", "SDP_DATABASE_URL must begin with postgresql://"),
        ("REDIS_URL", "http://h", "SDP_REDIS_URL must begin with redis://"),
        ("LOG_LEVEL", "LOUD", "SDP_LOG_LEVEL Input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
        ("METRICS_PORT", "99999", "SDP_METRICS_PORT Input should be less than or equal to 65535"),
        ("HTTP_ATTEMPTS", "0", "SDP_HTTP_ATTEMPTS"),
        ("HTTP_RATE_PER_S", "-1", "SDP_HTTP_RATE_PER_S"),
        ("HTTP_DEADLINE_S", "1", "SDP_HTTP_DEADLINE_S must not be shorter than SDP_HTTP_TIMEOUT_S"),
        ("ESPN_BASE_URL", "espn.com", "SDP_ESPN_BASE_URL must be an http:, https: or file: URL"),
        ("ESPN_BASE_URL", "https://espn.com/?a=b", "must not have a query"),
        ("CONTACT", "a\nb", "SDP_CONTACT must be one line"),
    ],
)
def test_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(f"SDP_{name}", value)
    with pytest.raises(Misconfigured) as caught:
        settings()
    assert said in caught.value.message
    assert "hush" not in repr(caught.value)


def test_every_fault_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDP_API_PORT", "x")
    monkeypatch.setenv("SDP_SESSION_HOURS", "0")
    with pytest.raises(Misconfigured, match=r"SDP_API_PORT .*; SDP_SESSION_HOURS"):
        settings()


def test_empty_is_unset_and_spelling_is_forgiven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDP_METRICS_PORT", "")
    monkeypatch.setenv("SDP_LOG_LEVEL", "debug")
    monkeypatch.setenv("SDP_NFLVERSE_BASE_URL", "file:///mirror/nflverse/")
    made = settings()
    assert (made.metrics_port, made.log_level, made.nflverse_base_url) == (None, "DEBUG", "file:///mirror/nflverse")
    with pytest.raises(Misconfigured, match="SDP_DATABASE_URL is not set"):
        made.require_database_url()


def test_secrets_do_not_print() -> None:
    made = Settings(database_url="postgresql://u:hush@h/d")  # type: ignore[arg-type]
    assert "hush" not in f"{made} {made!r}"
    assert made.require_database_url() == "postgresql://u:hush@h/d"


def test_example_is_that_of_the_settings() -> None:
    committed = (ROOT / ".env.example").read_text()
    assert committed == example(), "write it anew: python -m sdp_common.environment > .env.example"


def test_example_can_be_used_as_it_is(tmp_path: Path) -> None:
    text = example()
    (tmp_path / "as_is").write_text(text)
    (tmp_path / "all").write_text(text.replace("# SDP_", "SDP_"))
    for name in ("as_is", "all"):
        assert Settings(_env_file=tmp_path / name) == Settings(_env_file=None)  # type: ignore[call-arg]
