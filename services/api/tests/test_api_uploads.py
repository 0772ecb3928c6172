"""Files that users bring: understood whole or refused whole, with every fault named."""

import codecs
import socket
import time
from urllib.parse import urlsplit

import httpx
import pytest
from sdp_common.db.models.projections import Projection, ProjectionSet
from sdp_common.db.models.runs import Run
from sdp_common.db.models.uploads import Upload
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session


def send(client: httpx.Client, world, body: bytes | str, name: str = "mine.csv", **fields: str) -> httpx.Response:
    content = body.encode() if isinstance(body, str) else body
    path = f"/api/slates/{world.slate_id}/projections"
    return client.post(path, files={"file": (name, content, "text/csv")}, data=fields)


def counts(engine: Engine) -> tuple[int, ...]:
    with Session(engine) as session:
        return tuple(
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (ProjectionSet, Projection, Upload)
        )


def test_a_plain_file_becomes_a_set(ann: httpx.Client, world) -> None:
    answer = send(ann, world, "name,points,comment\nQuinn Passer,21.5,likes snow\nEagles,7\n", name="week12.csv")
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert (found["rows"], found["unprojected"], found["ignored_columns"]) == (2, 10, ["comment"])
    assert found["header"] == {"points": "points", "name": "name"}
    kept = found["projection_set"]
    assert (kept["kind"], kept["name"], kept["players"], kept["is_mine"]) == ("uploaded", "week12.csv", 2, True)
    pool = ann.get(f"/api/slates/{world.slate_id}/players", params={"set_id": kept["id"]}).json()
    means = {p["name"]: p["mean"] for p in pool["players"] if p["mean"] is not None}
    assert means == {"Quinn Passer": 21.5, "Eagles ": 7.0}
    assert all(p["p50"] is None for p in pool["players"])


def test_spreads_and_quantiles_are_kept_and_simulated_around(ann: httpx.Client, bob: httpx.Client, world) -> None:
    text = "Name,Proj,SD,P10,P50,P90,Notes\nQuinn Passer,20,6,,,,x\nRay Runner,12,,4,11,22,y\n"
    found = send(ann, world, text).json()
    assert (found["with_sd"], found["with_quantiles"], found["ignored_columns"]) == (1, 1, ["Notes"])
    mine = found["projection_set"]
    assert (mine["worlds"], mine["is_mine"]) == (None, True)
    pool = ann.get(f"/api/slates/{world.slate_id}/players", params={"set_id": mine["id"]}).json()["players"]
    assert {p["name"]: p["p50"] for p in pool if p["p50"] is not None} == {"Ray Runner": pytest.approx(11)}
    asked = {"slate_id": world.slate_id, "projection_set_id": mine["id"]}
    made = ann.post("/api/runs/simulate", json=asked)
    assert (made.status_code, made.json()["job"]) == (202, "simulate_around")
    assert bob.post("/api/runs/simulate", json=asked).status_code == 404
    ours = ann.post("/api/runs/simulate", json={"slate_id": world.slate_id, "projection_set_id": world.set_id})
    assert (ours.status_code, ours.json()["message"]) == (422, "choose projections that you uploaded")


@pytest.mark.parametrize(
    ("row", "message"),
    [("Quinn Passer,20,-1,,", "never is"), ("Quinn Passer,20,6,14,9", "the quantiles fall: 14 at 10%, 9 at 90%")],
)
def test_a_spread_that_cannot_be_is_refused(ann: httpx.Client, world, row: str, message: str) -> None:
    answer = send(ann, world, f"Name,Proj,SD,P10,P90\n{row}\n")
    assert answer.status_code == 422
    assert message in answer.text


@pytest.mark.parametrize(
    "body",
    [
        "Player;FPTS\nQuinn Passer;20\n",
        "ID\tProj\n31000000\t20\n",
        '"Name + ID","Projected Points"\n"Quinn Passer (31000000)","20"\n',
        '\ufeffPlayer Name,DK Points,Salary\r\nQuinn Passer,20.0,"$7,000"\r\n\r\n',
        "Nickname,FPPG,Fantasy Points\nquinn PASSER Jr.,1,2e1\n",
    ],
)
def test_what_files_call_the_columns(ann: httpx.Client, world, body: str) -> None:
    answer = send(ann, world, body)
    assert answer.status_code == 201, answer.text
    kept = answer.json()["projection_set"]
    pool = ann.get(f"/api/slates/{world.slate_id}/players", params={"set_id": kept["id"]}).json()
    assert {p["name"]: p["mean"] for p in pool["players"] if p["mean"] is not None} == {"Quinn Passer": 20.0}


def test_columns_of_ones_own_batting_orders_and_lines_are_kept(ann: httpx.Client, world) -> None:
    players = ann.get(f"/api/slates/{world.slate_id}/players").json()["players"][:3]
    lines = ["Name,Proj,Leverage,Note,Order,Line,salary_usd"]
    lines += [f"{p['name']},{n},{n / 2}%,a note,{n},L{n},{n}" for n, p in enumerate(players, 1)]
    found = send(ann, world, "\n".join(lines) + "\n").json()
    assert found["projection_set"]["columns"] == ["Leverage"]
    assert {"batting_order", "line"} <= set(found["projection_set"]["stats"])
    assert found["ignored_columns"] == ["Note", "salary_usd"]


def test_a_mapping_is_obeyed_and_remembered_for_the_same_user(ann: httpx.Client, bob: httpx.Client, world) -> None:
    body = "Who,Base,Fpts\nQuinn Passer,19.5,1\n"
    assert send(ann, world, body).status_code == 422
    mapping = '{"name": "Who", "points": "Base"}'
    answer = send(ann, world, body, mapping=mapping)
    assert answer.status_code == 201, answer.text
    assert answer.json()["header"] == {"points": "Base", "name": "Who"}
    again = send(ann, world, body.replace("19.5", "20.5"))
    assert again.json()["header"] == {"points": "Base", "name": "Who"}
    assert send(bob, world, body).status_code == 422, "another user's mapping is not taken"
    renamed = send(ann, world, body.replace("Who,", "Player,").replace("Base", "base"))
    assert renamed.json()["header"] == {"points": "base", "name": "Player"}
    assert renamed.json()["notes"] == [
        "there is no column 'Who', by which name was last read: 'Player' was read instead"
    ]
    other = send(ann, world, "name,points\nQuinn Passer,3\n").json()
    assert other["header"] == {"points": "points", "name": "name"}
    assert "there is no column 'Base', by which points was last read: 'points' was read instead" in other["notes"]


@pytest.mark.parametrize(
    ("mapping", "part"),
    [("points", "no JSON object"), ("[1]", "no JSON object"), ('{"points": 3}', "no JSON object"), ("{}", "no JSON")],
)
def test_a_mapping_that_is_none_is_refused(ann: httpx.Client, world, mapping: str, part: str) -> None:
    answer = send(ann, world, "name,points\nQuinn Passer,3\n", mapping=mapping)
    assert answer.status_code == 422
    assert part in answer.json()["message"]


def test_a_mapping_to_a_column_that_is_not_there_is_refused(ann: httpx.Client, world) -> None:
    answer = send(ann, world, "name,points\nQuinn Passer,3\n", mapping='{"points": "Median"}')
    assert answer.status_code == 422
    assert "no such column" in answer.json()["problems"][0]["message"]


def test_two_players_of_one_name_are_told_apart_by_team(ann: httpx.Client, world) -> None:
    body = "name,team,points\nSam Same,PHI,4\nSam Same,BUF,6\n"
    kept = send(ann, world, body).json()["projection_set"]
    pool = ann.get(f"/api/slates/{world.slate_id}/players", params={"set_id": kept["id"]}).json()
    assert {p["team"]: p["mean"] for p in pool["players"] if p["mean"] is not None} == {"PHI": 4.0, "BUF": 6.0}
    vague = send(ann, world, "name,points\nSam Same,4\nQuinn Passer,20\n").json()
    assert (vague["unmatched"], vague["projection_set"]["players"]) == ([{"row": 2, "name": "Sam Same"}], 1)


def test_rows_that_name_nobody_are_left_out_and_told_of(ann: httpx.Client, world) -> None:
    body = "name,id,points\nQuinn Passer,90210,20\nWho Ever,,5\n,90211,4\n"
    found = send(ann, world, body)
    assert found.status_code == 201, found.text
    assert found.json()["unmatched"] == [{"row": 3, "name": "Who Ever"}, {"row": 4, "name": "90211"}]
    assert (found.json()["rows"], found.json()["projection_set"]["players"]) == (3, 1), "another tool's id is no name"


def test_a_file_that_names_nobody_of_the_slate_is_refused(ann: httpx.Client, world, engine: Engine) -> None:
    before = counts(engine)
    answer = send(ann, world, "name,points\nWho Ever,5\nNobody Either,4\n")
    assert answer.status_code == 422
    assert answer.json()["message"] == "nothing was saved: the file names nobody of this slate"
    assert [(p["row"], p["column"]) for p in answer.json()["problems"]] == [(2, "name"), (3, "name")]
    assert counts(engine) == before


def test_every_fault_is_named_and_nothing_is_kept(ann: httpx.Client, world, engine: Engine) -> None:
    before = counts(engine)
    body = (
        "name,points,salary\n"
        "Quinn Passer,20,7000\n"  # right
        "Ray Runner,-3,6000\n"  # a bad day is expected of him
        "Rob Rusher,N.N,5500\n"
        "Walt Wideout,lots,8000\n"
        "Wes Widely,inf,7500\n"
        "Quinn Passer,21,7000\n"
        "Who Ever,5,4000\n"
        "Ted Tightend,8,-4000\n"
        "Al Flexible,9,9999\n"
        ",4,100\n"
        "Will Slot\n"
        'Eagles,"7,5",3000\n'
    )
    answer = send(ann, world, body)
    assert answer.status_code == 422
    found = [(p["row"], p["column"], p["message"]) for p in answer.json()["problems"]]
    expected = [
        (4, "points", "not a number"),
        (5, "points", "'lots' is not a number"),
        (6, "points", "not a number"),
        (7, "name", "told of twice, in rows 2 and 7"),
        (9, "salary", "negative"),
        (10, "salary", "9999 is not Al Flexible's salary of 3500"),
        (11, "name", "names no player"),
        (12, None, "has 1 cells"),
        (13, "points", "write decimals with a point"),
    ]
    assert [(row, column) for row, column, _ in found] == [(row, column) for row, column, _ in expected]
    for (_, _, message), (_, _, part) in zip(found, expected, strict=True):
        assert part in message
    assert counts(engine) == before


@pytest.mark.parametrize(
    ("body", "part", "column"),
    [
        ("name,salary\nQuinn Passer,7000\n", "no column of points", "points"),
        ("points,salary\n20,7000\n", "no column of players", "name"),
        ("name,points,points\nQuinn Passer,7,8\n", "twice", "points"),
        ("name,points\n", "no row gives", "points"),
        ("name,points\nQuinn Passer,\n", "no row gives", "points"),
    ],
)
def test_a_header_or_file_that_lacks_what_is_needed(
    ann: httpx.Client, world, body: str, part: str, column: str
) -> None:
    answer = send(ann, world, body)
    assert answer.status_code == 422
    problem = answer.json()["problems"][0]
    assert part in problem["message"]
    assert problem["column"] == column


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b"", "empty"),
        (b"  \r\n\n", "empty"),
        (b"PK\x03\x04rest of a spreadsheet", "spreadsheet"),
        (b"name,points\n\x00\x01\x02\n", "not a text file"),
        ("name,points\nJosé,4\n".encode("latin-1"), "UTF-8"),
        (codecs.BOM_UTF16_LE + "name,points\n".encode("utf-16-le"), "UTF-16"),
        (b'name,points\n"Quinn Passer,4\n', "not CSV"),
    ],
)
def test_what_is_no_csv_file(ann: httpx.Client, world, body: bytes, part: str, engine: Engine) -> None:
    before = counts(engine)
    answer = send(ann, world, body)
    assert answer.status_code == 422
    assert part in answer.json()["message"]
    assert counts(engine) == before


def test_the_row_of_a_wrong_letter_is_named(ann: httpx.Client, world) -> None:
    answer = send(ann, world, "name,points\nQuinn Passer,4\nJosé,4\n".encode("latin-1"))
    assert answer.json()["problems"][0]["row"] == 3


def test_the_template_comes_back_as_it_went(ann: httpx.Client, world) -> None:
    template = ann.get(f"/api/slates/{world.slate_id}/projections/template.csv")
    assert template.headers["content-type"].startswith("text/csv")
    assert "modelled" in template.headers["content-disposition"]
    assert "modelled" in template.text
    assert len(template.text.splitlines()) == 13
    back = send(ann, world, template.content)
    assert back.status_code == 201, back.text
    assert back.json()["rows"] == 12


def test_a_file_over_the_limit_is_413(ann: httpx.Client, world, engine: Engine) -> None:
    before = counts(engine)
    answer = send(ann, world, b"name,points\n" + b"x" * (256 * 1024))
    assert (answer.status_code, answer.json()["code"]) == (413, "bad_input")
    answer = send(ann, world, b"name,points\n" + b"x" * (2 * 1024 * 1024))
    assert answer.status_code == 413
    assert counts(engine) == before


def test_200_mb_are_refused_while_they_stream(ann: httpx.Client, world) -> None:
    sent = 0

    def stream():
        nonlocal sent
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\n'
        for _ in range(200):
            sent += 1
            yield b"x" * 2**20

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    began = time.perf_counter()
    answer = ann.post(f"/api/slates/{world.slate_id}/projections", content=stream(), headers=headers)
    assert answer.status_code == 413
    assert "0.25 MB" in answer.json()["message"]
    assert time.perf_counter() - began < 20


def test_an_announced_200_mb_is_answered_before_it_is_sent(ann: httpx.Client, api, world) -> None:
    address = urlsplit(api.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as raw:
        raw.sendall(
            f"POST /api/slates/{world.slate_id}/projections HTTP/1.1\r\nHost: {address.netloc}\r\n"
            f"Cookie: sdp_session={ann.cookies['sdp_session']}\r\n"
            f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {200 * 2**20}\r\n\r\n".encode()
        )
        assert raw.recv(4096).startswith(b"HTTP/1.1 413")


def test_json_has_a_limit_of_its_own(ann: httpx.Client) -> None:
    answer = ann.post("/api/tokens", json={"name": "x" * (2 * 2**20)})
    assert answer.status_code == 413


def test_a_salary_file_becomes_an_upload_and_a_run(ann: httpx.Client, bob: httpx.Client, engine: Engine) -> None:
    body = b"Position,Name + ID,Name,ID,Roster Position,Salary,Game Info,TeamAbbrev,AvgPointsPerGame\n"
    name = "..\\..\\etc/DK Salaries\x00.csv"
    answer = ann.post("/api/slates/import", files={"file": (name, body, "text/csv")})
    assert answer.status_code == 202, answer.text
    with Session(engine) as session:
        upload = session.get_one(Upload, answer.json()["upload_id"])
        run = session.get_one(Run, answer.json()["run_id"])
        assert (upload.kind, upload.status, upload.body) == ("salaries", "received", body)
        assert "/" not in upload.filename
        assert (run.service, run.job, run.params) == ("ingest-dfs", "import_slate", {"upload_id": upload.id})
    assert ann.get(f"/api/runs/{run.id}").status_code == 200
    assert bob.get(f"/api/runs/{run.id}").status_code == 404


@pytest.mark.parametrize("body", [b"", b"\x00\x01", b"PK\x03\x04"])
def test_a_salary_file_that_is_none_starts_nothing(ann: httpx.Client, engine: Engine, body: bytes) -> None:
    with Session(engine) as session:
        before = session.scalar(select(func.count()).select_from(Run))
    assert ann.post("/api/slates/import", files={"file": ("x.csv", body)}).status_code == 422
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Run)) == before


def test_a_form_without_a_file_names_the_field(ann: httpx.Client, world) -> None:
    answer = ann.post(f"/api/slates/{world.slate_id}/projections", data={"name": "x"})
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["column"] == "file"
