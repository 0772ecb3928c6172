"""The commands as a person types them: real processes, real exit codes."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sdp_cli.commands.ingest import read_seasons
from sdp_cli.commands.up import web_app
from sdp_cli.console import age
from sdp_cli.folder import Lock
from sdp_cli.home import open_home
from sdp_cli.main import COMMANDS
from sdp_cli.platform import check_alive
from sdp_cli.processes import MODULES, plan
from sdp_cli.state import ProcessState, State, load_state, save_state
from sdp_common.errors import BadInput, Conflict, Misconfigured, Retriable
from sdp_common.settings import Settings


@pytest.fixture
def home() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="sdp-test-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("SDP_")}
    return kept | {"SDP_HOME": str(home)} | more


def sdp(home: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "sdp_cli.main", *arguments]
    return subprocess.run(
        command, env=environment(home, **more), capture_output=True, text=True, check=False, cwd=home, timeout=120
    )


def explained(done: "subprocess.CompletedProcess[str]") -> str:
    """Return the one sentence of a command that failed in good order."""
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert lines[-1].startswith("sdp: "), lines
    return lines[-1].removeprefix("sdp: ")


def test_status_before_anything_was_started(home: Path) -> None:
    assert "nothing was started in" in explained(sdp(home, "status"))


def test_wrong_use_is_exit_code_2(home: Path) -> None:
    done = sdp(home, "lineups", "not-a-number")
    assert done.returncode == 2
    assert "valid integer" in done.stderr
    assert "Usage: sdp lineups" in done.stderr
    assert sdp(home, "no-such-command").returncode == 2


def test_every_command_is_listed_and_the_supervisor_stays_light(home: Path) -> None:
    shown = sdp(home, "--help").stdout
    assert [name for name in COMMANDS if f" {name} " not in shown] == []
    code = "import sys, sdp_cli.main as m; m.make_app('up'); print(sorted({'polars', 'sqlalchemy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_wrong_database_url_stops_at_start(home: Path) -> None:
    said = explained(sdp(home, "up", SDP_DATABASE_URL="mysql://localhost/x"))
    assert "SDP_DATABASE_URL" in said
    assert "postgresql://" in said
    assert not (home / "postgres").exists()


def test_a_database_that_does_not_answer_is_named_without_its_password(home: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    said = explained(sdp(home, "up", SDP_DATABASE_URL=f"postgresql://someone:hush-hush@127.0.0.1:{port}/x"))
    assert f"the database at 127.0.0.1:{port}/x cannot be reached" in said
    assert "hush-hush" not in said
    assert not (home / "postgres").exists()


def test_a_setting_that_cannot_be_read(home: Path) -> None:
    assert "SDP_API_PORT" in explained(sdp(home, "up", SDP_API_PORT="eighty"))


def test_a_port_asked_for_and_in_use(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert f"port {port} is in use" in explained(sdp(home, "up", SDP_API_PORT=port))
        assert f"port {port} is in use" in explained(sdp(home, "demo", "--once", "--port", port))


def test_a_port_not_asked_for_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        monkeypatch.setattr("sdp_cli.processes.API_PORT", taken)
        monkeypatch.setattr("sdp_cli.commands.up.API_PORT", taken)
        said: list[str] = []
        chosen = plan(None, Settings(_env_file=None))
        assert chosen.web is not None
        assert chosen.web.number != taken
        address = web_app(chosen, said.append)
        assert address() == f"http://127.0.0.1:{chosen.web.number}"
        with socket.socket() as quicker:  # takes the port between plan and start
            quicker.bind(("127.0.0.1", chosen.web.number))
            quicker.listen()
            assert chosen.web.settle() != quicker.getsockname()[1]
        assert [address(), address()] == [chosen.web.address] * 2
        assert len(said) == 2
        assert said[-1] == f"web app: {chosen.web.address} (port {taken} is in use)"
        with pytest.raises(Conflict):
            plan(None, Settings(_env_file=None), port=taken)


def test_a_plan_names_processes_that_exist() -> None:
    assert plan(["features"], Settings(_env_file=None)).web is None
    assert len(MODULES) == 11
    with pytest.raises(BadInput, match="there is no process nonsense"):
        plan(["nonsense"], Settings(_env_file=None))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_home_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Misconfigured, match="set SDP_HOME to another"):
        open_home(tmp_path / "file" / "home")


def test_up_status_and_a_second_up(home: Path) -> None:
    command = [sys.executable, "-m", "sdp_cli.main", "up", "--only", "ingest-odds"]
    with subprocess.Popen(command, env=environment(home), stdout=subprocess.PIPE, text=True, cwd=home) as up:
        try:
            deadline = time.monotonic() + 60
            while (state := load_state(home / "state.json")) is None or state.phase != "up":
                assert time.monotonic() < deadline
                assert up.poll() is None
                time.sleep(0.05)
            document = json.loads(sdp(home, "status", "--json").stdout)
            assert document["up"] is True
            assert [p["name"] for p in document["processes"]] == ["postgres", "migrate", "ingest-odds"]
            postgres, migrate, service = document["processes"]
            assert postgres["condition"] == "running"
            assert postgres["age_s"] >= 0
            assert postgres["restarts"] == 0
            assert migrate["condition"] == "done"
            while service["condition"] == "starting":  # until it has given a sign of life
                assert time.monotonic() < deadline
                time.sleep(0.1)
                service = json.loads(sdp(home, "status", "--json").stdout)["processes"][2]
            assert service["condition"] == "running"
            shown = sdp(home, "status")
            assert shown.returncode == 0
            assert "ingest-odds" in shown.stdout
            assert f"in use by process {up.pid}" in explained(sdp(home, "up"))
        finally:
            up.terminate()
        assert up.wait(60) == 0
    after = sdp(home, "status", "--json")
    assert after.returncode == 1
    assert json.loads(after.stdout)["phase"] == "stopped"
    assert "received fast shutdown request" in (home / "postgres" / "log").read_text()


def test_status_after_the_supervisor_was_killed(home: Path) -> None:
    row = ProcessState("features", "running", 2**22 + 1, 1.0, "2026-01-01T00:00:00+00:00", 2, None, "x.log")
    save_state(home / "state.json", State("up", 2**22 + 2, "http://127.0.0.1:1", None, [row]))
    done = sdp(home, "status", "--json")
    document = json.loads(done.stdout)
    assert done.returncode == 1
    assert document["phase"] == "killed"
    assert document["address"] is None
    assert document["processes"][0]["condition"] == "stopped"
    assert document["processes"][0]["restarts"] == 2


def test_waiting_for_a_service_that_dies_again_and_again_ends(tmp_path: Path) -> None:
    home = open_home(tmp_path / "home")
    log = tmp_path / "features.log"
    log.write_text("ModuleNotFoundError: No module named 'x'\n")
    row = ProcessState("features", "backing off", None, None, None, 3, 1, str(log))
    save_state(home.state, State("up", os.getpid(), None, None, [row]))
    with pytest.raises(Retriable, match="the platform has stopped"):
        check_alive(home, "features")
    with Lock(home.lock, "the platform"):
        check_alive(home, "training")
        with pytest.raises(Retriable, match="features does not stay up: ModuleNotFoundError: No module named 'x'"):
            check_alive(home, "features")


def test_the_state_file_may_be_rubbish(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    for text in ("", "[]", "{}", '{"phase": "up", "processes": [{}]}', '{"phase": '):
        path.write_text(text)
        assert load_state(path) is None


def test_backup_and_restore_bring_everything_back(home: Path) -> None:
    file = home / "all.sdp"
    (home / "not-a-backup").write_text("name,salary\n")
    assert "was not written by `sdp backup`" in explained(sdp(home, "restore", "--yes", str(home / "not-a-backup")))
    assert "cannot be read" in explained(sdp(home, "restore", "--yes", str(home / "missing")))
    from sdp_cli.postgres import EmbeddedPostgres

    def note(statement: str) -> object:
        import psycopg

        with EmbeddedPostgres(home / "postgres") as server, psycopg.connect(server.url) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchone() if cursor.description else None

    note("create table kept as select 42 as answer")
    done = sdp(home, "backup", str(file))
    assert done.returncode == 0, done.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    assert "exists already" in explained(sdp(home, "backup", str(file)))
    note("update kept set answer = 0")
    assert sdp(home, "restore", "--yes", str(file)).returncode == 0
    assert note("select answer from kept") == (42,)


@pytest.mark.parametrize("file", ["missing.csv", "empty.csv", "."])
def test_an_import_of_a_file_that_cannot_be_read(home: Path, file: str) -> None:
    (home / "empty.csv").write_text("\n")
    said = explained(sdp(home, "slate", "import", file))
    assert said.startswith(file)
    assert not (home / "postgres").exists()  # nothing was started for it


def test_an_import_of_a_file_that_is_too_large(home: Path) -> None:
    with (home / "large.csv").open("wb") as file:
        file.truncate(200 * 2**20)
    assert "209,715,200 bytes" in explained(sdp(home, "slate", "import", "large.csv"))


def test_seasons() -> None:
    assert read_seasons("2009-2011, 2019") == [2009, 2010, 2011, 2019]
    for wrong in ("", "09", "2011-2009", "2009-", "all"):
        with pytest.raises(BadInput, match="--seasons"):
            read_seasons(wrong)


def test_ages() -> None:
    assert [age(s) for s in (None, 5.9, 125, 7260, 200_000)] == ["-", "5 s", "2 min", "2 h 1 min", "2 d 7 h"]


def test_the_doctor_finds_what_is_wrong(home: Path) -> None:
    well = sdp(home, "doctor", "--json")
    assert well.returncode == 0, well
    assert {f["name"] for f in json.loads(well.stdout)["findings"]} >= {"Python", "database", "disk", "settings"}
    sick = sdp(home, "doctor", "--json", SDP_DATABASE_URL="postgresql://a:hush@127.0.0.1:1/x")
    assert sick.returncode == 1
    (database,) = [f for f in json.loads(sick.stdout)["findings"] if f["name"] == "database"]
    assert database["verdict"] == "wrong"
    assert "hush" not in sick.stdout


def test_contests_are_listed_with_how_sure_we_are(home: Path) -> None:
    done = sdp(home, "contests", "--sport", "nba", "--json")
    assert done.returncode == 0, done.stderr
    told = {row["code"]: row for row in json.loads(done.stdout)["contests"]}
    classic = told["dk_nba_classic"]
    assert (classic["id"], classic["sport"], classic["confidence"]) == ("nba:draftkings_classic", "nba", "high")
    assert classic["roster"] == ["PG", "SG", "SF", "PF", "C", "G", "F", "UTIL"]
    assert told["dk_nba_tiers"]["salary_cap_usd"] is None
    assert told["fd_nba_single_game_legacy"]["valid_until"] == "2025-03-31"
    assert "dk_lol_captain" in sdp(home, "contests").stdout
    refused = sdp(home, "contests", "--sport", "chess")
    assert "there is no sport 'chess'" in explained(refused)


SALARIES = (
    "Position,Name + ID,Name,ID,Roster Position,Salary,Game Info,TeamAbbrev,AvgPointsPerGame\n"
    "C,Al Big (7),Al Big,7,C/UTIL,9000,BOS@MIA 11/26/2024 07:30PM ET,BOS,40\n"
)


def test_import_reads_any_file_without_database_or_server(home: Path) -> None:
    (home / "x.csv").write_text(SALARIES, encoding="utf-8")
    done = sdp(home, "import", "x.csv", "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["kind"], told["site"], told["layout"]) == ("salaries", "draftkings", "DraftKings salaries")
    assert told["rows"][0]["game"]["starts_at"] == "2024-11-27 00:30:00+00:00"
    (home / "p.csv").write_text("Who,Base\nAl Big,31.5\n", encoding="utf-8")
    mapped = sdp(home, "import", "p.csv", "--dry-run", "--json", "--map", "name=Who", "--map", "points=Base")
    assert json.loads(mapped.stdout)["rows"][0]["points"] == 31.5
    assert "Al Big" in sdp(home, "import", "x.csv", "--dry-run").stdout
    assert not (home / "postgres").exists()


def test_import_says_what_is_wrong_and_what_to_do(home: Path) -> None:
    (home / "x.csv").write_text(SALARIES.replace("9000", "lots"), encoding="utf-8")
    done = sdp(home, "import", "x.csv", "--dry-run")
    assert done.returncode == 1
    assert "row 2, column Salary: 'lots' is not a whole number of dollars" in done.stderr
    (home / "p.csv").write_text("Name,Fpts\nAl Big,31.5\n", encoding="utf-8")
    assert "upload it to its slate" in explained(sdp(home, "import", "p.csv"))
    assert "cannot be read" in explained(sdp(home, "import", "nowhere.csv", "--dry-run"))
    assert "is not like points=Median" in explained(sdp(home, "import", "p.csv", "--dry-run", "--map", "points"))


def test_fill_puts_lineups_into_entries_and_leaves_the_rest(home: Path) -> None:
    slots = ["PG", "SG", "SF", "PF", "C", "G", "F", "UTIL"]
    locked = ["Al Big (1) (LOCKED)", *[f"Man {i} ({i})" for i in range(2, 9)]]
    rows = [
        ",".join(["Entry ID", "Contest Name", "Contest ID", "Entry Fee", *slots, "", "Instructions"]),
        ",".join(["900", "Cup", "7", "$4", *locked, "", "1. Column A"]),
        ",".join(["901", "Cup", "7", "$4", *[""] * 8, "", ""]),
    ]
    (home / "entries.csv").write_bytes("\r\n".join(rows).encode())
    players = [{"slot": slot, "id": str(10 + i), "name": f"New {i}"} for i, slot in enumerate(slots)]
    (home / "lineups.json").write_text(json.dumps({"lineups": [{"players": players[::-1]}]}), encoding="utf-8")
    done = sdp(home, "fill", "entries.csv", "lineups.json", "--reserved", "--out", "filled.csv")
    assert done.returncode == 0, done.stderr
    assert "1 of 2 entries filled from 1 lineups" in done.stdout
    after = (home / "filled.csv").read_text(encoding="utf-8").splitlines()
    assert after[:2] == rows[:2]
    assert after[2].split(",")[4:6] == ["New 0 (10)", "New 1 (11)"]
    refused = sdp(home, "fill", "entries.csv", "lineups.json", "--out", "other.csv")
    assert refused.returncode == 1
    assert "Al Big is locked and must stay" in refused.stderr
    assert not (home / "other.csv").exists()
    assert "no table of payouts" in sdp(home, "fill", "lineups.json", "lineups.json", "--out", "x.csv").stderr
    assert "and no lineups" in explained(sdp(home, "fill", "entries.csv", "entries.csv", "--out", "x.csv"))


def test_models_are_listed_by_mode_and_an_unknown_mode_is_said(home: Path) -> None:
    assert explained(sdp(home, "models", "list", "--mode", "psychic")) == (
        "there is no mode 'psychic'; there are independent and informed"
    )
    told = json.loads(sdp(home, "models", "list", "--mode", "informed", "--json").stdout)
    assert told == {"models": []}
