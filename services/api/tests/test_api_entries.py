"""Entries files: kept, told who is locked, asked to be swapped, downloaded."""

import httpx
import pytest
from sdp_sports.spec import load

SLOTS = [slot.name for slot in load("nfl").contests["draftkings_classic"].expanded_slots]


def entries_file(client: httpx.Client, world) -> bytes:
    one = client.get(f"/api/slates/{world.slate_id}/players").json()["players"][0]
    cells = [f"{one['name'].strip()} ({one['external_id']}) (LOCKED)", *[""] * (len(SLOTS) - 1)]
    lines = [
        ",".join(["Entry ID", "Contest Name", "Contest ID", "Entry Fee", *SLOTS, "", "Instructions"]),
        ",".join(["4001", "Millions", "77", "$5", *cells, "", ""]),
        ",".join(["4002", "Millions", "77", "$5", "Nobody (1)", *[""] * (len(SLOTS) - 1), "", ""]),
    ]
    return ("\r\n".join(lines) + "\r\n").encode()


def send(client: httpx.Client, world, body: bytes) -> httpx.Response:
    return client.post(f"/api/slates/{world.slate_id}/entries", files={"file": ("mine.csv", body, "text/csv")})


def test_an_entries_file_says_who_is_locked_and_comes_back_as_it_was(
    ann: httpx.Client, bob: httpx.Client, world
) -> None:
    body = entries_file(ann, world)
    answer = send(ann, world, body)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert [e["entry_id"] for e in told["entries"]] == ["4001", "4002"]
    first, second = told["entries"]
    assert first["places"][0]["is_locked"]
    assert first["places"][0]["draftable_id"] is not None
    assert (first["is_known"], second["is_known"], told["unknown"]) == (True, False, 1)
    path = f"/api/entries/{told['upload_id']}/entries.csv"
    back = ann.get(path)
    assert back.content == body
    assert 'filename="mine.csv"' in back.headers["content-disposition"]
    assert bob.get(path).status_code == 404


def test_entries_of_another_slate_are_refused(ann: httpx.Client, world) -> None:
    lines = entries_file(ann, world).decode().splitlines()
    answer = send(ann, world, "\r\n".join([lines[0], lines[2]]).encode())
    assert answer.status_code == 422
    assert "is it another slate's file?" in answer.json()["message"]


@pytest.mark.parametrize(
    ("body", "words"),
    [(b"name,points\nAnn,3\n", "not an entries file"), (b"", "empty")],
)
def test_what_is_no_entries_file_is_refused(ann: httpx.Client, world, body: bytes, words: str) -> None:
    answer = send(ann, world, body)
    assert answer.status_code == 422
    assert words in answer.text


def test_a_late_swap_is_asked_for_ones_own_file_alone(ann: httpx.Client, bob: httpx.Client, world) -> None:
    upload = send(ann, world, entries_file(ann, world)).json()["upload_id"]
    sets = ann.get(f"/api/slates/{world.slate_id}/projection-sets").json()
    asked = {"slate_id": world.slate_id, "upload_id": upload, "projection_set_id": sets[0]["id"]}
    made = ann.post("/api/runs/late-swap", json=asked)
    assert made.status_code == 202, made.text
    assert (made.json()["service"], made.json()["job"]) == ("optimizer", "late_swap")
    assert bob.post("/api/runs/late-swap", json=asked).status_code == 404


def test_entries_are_filled_of_ones_own_file_and_rules_left_out_stay_so(
    ann: httpx.Client, bob: httpx.Client, world
) -> None:
    upload = send(ann, world, entries_file(ann, world)).json()["upload_id"]
    sets = ann.get(f"/api/slates/{world.slate_id}/projection-sets").json()
    contest = {"contest": "77", "objective": "0.9", "rules": {"min_unique": 3}}
    entering = {"rules": {"max_exposure": 0.4}, "contests": [contest]}
    asked = {"slate_id": world.slate_id, "upload_id": upload, "projection_set_id": sets[0]["id"], "entering": entering}
    made = ann.post("/api/runs/enter", json=asked)
    assert made.status_code == 202, made.text
    assert (made.json()["service"], made.json()["job"]) == ("optimizer", "enter")
    assert made.json()["params"]["entering"] == entering
    assert bob.post("/api/runs/enter", json=asked).status_code == 404
    wrong = ann.post("/api/runs/enter", json=asked | {"entering": {"contests": [{"contest": "", "rules": {"x": 1}}]}})
    assert wrong.status_code == 422
    stacked = {"contests": [contest | {"rules": {"stack": "nothing"}}]}
    answer = ann.post("/api/runs/enter", json=asked | {"entering": stacked})
    assert answer.status_code == 422
    assert "entering.contests.0.rules.stack" in answer.text
