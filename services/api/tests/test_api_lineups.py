"""Lineups: shown, summed, downloaded, deleted, by their owner."""

import csv
import io

import httpx
from sqlalchemy import Engine
from sqlalchemy.orm import Session


def test_a_set_is_summed_up(ann: httpx.Client, world) -> None:
    found = ann.get(f"/api/slates/{world.slate_id}/lineup-sets").json()
    assert [s["id"] for s in found] == [world.lineup_set_id]
    assert (found[0]["lineups"], found[0]["projected_best"], found[0]["projected_mean"]) == (2, 122.0, 121.5)
    assert (found[0]["realised_best"], found[0]["realised_mean"]) == (100.0, 100.0)
    assert (found[0]["salary_source"], found[0]["projection_set_name"]) == ("modelled", "A set")


def test_a_lineup_is_shown_slot_by_slot_with_exposures(ann: httpx.Client, world) -> None:
    found = ann.get(f"/api/lineup-sets/{world.lineup_set_id}").json()
    first = found["lineup_list"][0]
    slots = [player["slot"] for player in first["players"]]
    assert slots == ["QB", "RB", "RB", "WR", "WR", "WR", "TE", "FLEX", "DST"]
    assert first["players"][0]["name"] == "Quinn Passer"
    assert first["players"][0]["projected_points"] == 17.5
    assert first["players"][0]["realised_points"] == 23.0
    assert {e["share"] for e in found["player_exposures"]} == {1.0}
    assert len(found["player_exposures"]) == 9
    assert {e["team"]: e["players_mean"] for e in found["team_exposures"]} == {"PHI": 5.0, "BUF": 4.0}
    assert (found["salary_cap_usd"], found["upload_files"]) == (50_000, 1)


def test_the_plain_file_has_a_column_of_its_own_for_each_place(ann: httpx.Client, world) -> None:
    answer = ann.get(f"/api/lineup-sets/{world.lineup_set_id}/lineups.csv")
    assert answer.status_code == 200
    first, second = csv.DictReader(io.StringIO(answer.text))
    assert (first["lineup"], first["QB"], first["QB_id"], first["RB2_id"] != "") == (
        "1",
        "Quinn Passer",
        "31000000",
        True,
    )
    assert {float(first["points"]), float(second["points"])} == {121.0, 122.0}
    assert len(set(first)) == 3 + 18 + 1
    assert "modelled" in second["note"]


def test_the_upload_file_says_modelled_in_name_and_content(ann: httpx.Client, world) -> None:
    answer = ann.get(f"/api/lineup-sets/{world.lineup_set_id}/upload.csv")
    assert answer.status_code == 200
    assert 'filename="draftkings-week-12-main-lineups-modelled-salaries.csv"' in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0][:9] == ["QB", "RB", "RB", "WR", "WR", "WR", "TE", "FLEX", "DST"]
    assert rows[1][0] == "Quinn Passer (31000000)"
    assert rows[1][8] == "Eagles (31000008)"
    assert "modelled" in rows[1][10]
    assert len(rows) == 3


def test_a_set_larger_than_a_file_comes_in_parts(ann: httpx.Client, world, writers, engine: Engine) -> None:
    ann_id = ann.get("/api/session").json()["user"]["id"]
    with Session(engine) as session, session.begin():
        slate_id = writers.slate(session, external_id="site", salary_source="site")
        set_id = writers.projection_set(session, slate_id)
        large = writers.lineups(session, slate_id, set_id, ann_id, count=501)
    whole = ann.get(f"/api/lineup-sets/{large}/upload.csv")
    assert whole.status_code == 409
    assert "500 lineups a file" in whole.json()["message"]
    assert ann.get(f"/api/lineup-sets/{large}").json()["upload_files"] == 2
    first, second = (ann.get(f"/api/lineup-sets/{large}/upload.csv", params={"part": n}) for n in (1, 2))
    assert [len(part.text.splitlines()) for part in (first, second)] == [501, 2]
    assert "modelled" not in first.headers["content-disposition"] + first.text
    assert ann.get(f"/api/lineup-sets/{large}/upload.csv", params={"part": 3}).status_code == 404


def test_lineups_are_their_owners_alone(ann: httpx.Client, bob: httpx.Client, world) -> None:
    assert bob.get(f"/api/slates/{world.slate_id}/lineup-sets").json() == []
    path = f"/api/lineup-sets/{world.lineup_set_id}"
    for answer in (bob.get(path), bob.get(f"{path}/upload.csv"), bob.get(f"{path}/lineups.csv"), bob.delete(path)):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert ann.get(path).status_code == 200


def test_a_set_is_deleted(ann: httpx.Client, world, writers, engine: Engine) -> None:
    ann_id = ann.get("/api/session").json()["user"]["id"]
    with Session(engine) as session, session.begin():
        gone = writers.lineups(session, world.slate_id, world.set_id, ann_id)
    assert ann.delete(f"/api/lineup-sets/{gone}").status_code == 204
    assert ann.get(f"/api/lineup-sets/{gone}").status_code == 404
    assert ann.delete(f"/api/lineup-sets/{gone}").status_code == 404
