"""What a person reads while he waits."""

import pytest
from sdp_cli import console


def test_a_log_is_told_of_long_work_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(console, "EVERY_S", 0.0)
    reporter = console.Reporter()
    for share, message in ((0.1, "season 2009"), (0.2, "season 2009"), (0.4, "attempt 1 of 5 failed")):
        reporter.progress("load", share, message)
    assert capsys.readouterr().err.splitlines() == ["load: 10% season 2009", "load: 40% attempt 1 of 5 failed"]


def test_a_log_is_not_flooded(capsys: pytest.CaptureFixture[str]) -> None:
    reporter = console.Reporter()
    for done in range(100):
        reporter.progress("load", done / 100, f"{done} of 100 files")
    assert capsys.readouterr().err == ""
