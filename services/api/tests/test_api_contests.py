"""Contests: payout tables read, offers listed, a simulation asked for."""

import json
from datetime import UTC, datetime

import httpx
import pytest
from sdp_common.store import contests
from sdp_sports.spec import load
from sqlalchemy import Engine
from sqlalchemy.orm import Session

OFFER = {"name": "Small", "fee_usd": 5, "entries": 100, "prizes": [{"first": 1, "last": 10, "cash_usd": 40}]}


def sent(client: httpx.Client, name: str, text: str) -> httpx.Response:
    return client.post("/api/contests/payouts", files={"file": (name, text.encode())})


def test_a_payout_table_is_read_from_csv_and_json(ann: httpx.Client) -> None:
    table = sent(ann, "p.csv", "Place,Payout,Field Size,Entry Fee\n1,50,100,5\n2-10,10,,\n").json()
    assert (table["fee_usd"], table["entries"], table["prize_pool_usd"]) == (5, 100, 140)
    assert table["prizes"][1] == {"first": 2, "last": 10, "cash_usd": 10, "ticket_usd": 0}
    told = {"name": "X", "entry_fee": 1, "total_entries": 9, "payouts": [{"start": 1, "end": 2, "amount": 4}]}
    assert sent(ann, "p.json", json.dumps(told)).json()["prize_pool_usd"] == 8


def test_draftkings_own_contest_detail_is_read_with_its_tickets(ann: httpx.Client) -> None:
    lines = [
        {"minPosition": 1, "maxPosition": 1, "payoutDescriptions": [{"value": 120.0}],
         "tierPayoutDescriptions": {"Cash": "$100.00", "Ticket": "a $20 ticket"}},
        {"minPosition": 2, "maxPosition": 3, "payoutDescriptions": [{"value": 10.0}],
         "tierPayoutDescriptions": {"Cash": "$10.00"}},
        {"minPosition": 4, "maxPosition": 4, "payoutDescriptions": [{"value": 5.0}],
         "tierPayoutDescriptions": {"Ticket": "a $5 ticket"}},
    ]  # fmt: skip
    detail = {"name": "Big", "entryFee": 3, "maximumEntries": 50, "maximumEntriesPerUser": 2, "payoutSummary": lines}
    read = sent(ann, "c.json", json.dumps({"contestDetail": detail})).json()
    assert [(p["cash_usd"], p["ticket_usd"]) for p in read["prizes"]] == [(100, 20), (10, 0), (0, 5)]
    assert (read["entries"], read["entries_max_per_user"], read["fee_usd"]) == (50, 2, 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "no file that we know"),
        ("{}", "no table of payouts"),
        ("Player,Projection\nBo,3\n", "bring a table"),
    ],
)
def test_other_files_are_refused_with_what_to_bring(ann: httpx.Client, text: str, message: str) -> None:
    answer = sent(ann, "x.csv", text)
    assert answer.status_code == 422
    assert message in answer.json()["message"]


def test_the_contests_of_a_slate_are_those_that_say_what_they_pay(
    ann: httpx.Client, world, engine: Engine, anonymous: httpx.Client
) -> None:
    common = {
        "slate_id": world.slate_id, "source": "test", "entry_fee_usd": 5.0, "entries": 10, "entries_max": 100,
        "entries_max_per_user": 3, "known_at": datetime(2020, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    paid = [{"from_rank": 1, "to_rank": 2, "amount_usd": 40.0}]
    with Session(engine) as session:
        contests.save(
            session,
            [
                common | {"external_id": "a", "name": "Told", "prize_pool_usd": 80.0, "payouts": paid},
                common | {"external_id": "b", "name": "Untold", "prize_pool_usd": 90.0, "payouts": []},
            ],
        )
        session.commit()
    found = ann.get(f"/api/slates/{world.slate_id}/contests").json()
    assert [(o["name"], o["entries"], o["prizes"][0]["cash_usd"]) for o in found] == [("Told", 100, 40)]
    assert ann.get("/api/slates/999999/contests").status_code == 404
    assert anonymous.get(f"/api/slates/{world.slate_id}/contests").status_code == 401


def test_a_contest_is_asked_for_with_ones_own_lineups_alone(ann: httpx.Client, bob: httpx.Client, world) -> None:
    body = {"lineup_set_id": world.lineup_set_id, "offer": OFFER, "worlds": 500}
    run = ann.post("/api/runs/simulate-contest", json=body)
    assert run.status_code == 202, run.text
    told = run.json()
    assert (told["service"], told["job"], told["params"]["offer"]["entries"]) == ("sim-engine", "simulate_contest", 100)
    ann.delete(f"/api/runs/{told['id']}")
    assert bob.post("/api/runs/simulate-contest", json=body).status_code == 404
    twice = body | {"offer": OFFER | {"prizes": OFFER["prizes"] * 2}}
    refused = ann.post("/api/runs/simulate-contest", json=twice)
    assert refused.status_code == 422
    assert "paid twice" in refused.text


SLOTS = [slot.name for slot in load("nfl").contests["draftkings_classic"].expanded_slots]
HEADER = "Rank,EntryId,EntryName,TimeRemaining,Points,Lineup,,Player,Roster Position,%Drafted,FPTS"


def standings(slots: list[str] = SLOTS) -> str:
    lineup = " ".join(f"{slot} Man {chr(65 + n)}x" for n, slot in enumerate(slots))
    lines = [HEADER]
    for n, slot in enumerate(slots):
        lines.append(f"{n + 1},{n},ann ({n + 1}/9),0,{100 - n},{lineup},,Man {chr(65 + n)}x,{slot},100.00%,{n}")
    return "\n".join(lines) + "\n"


def brought(client: httpx.Client, world, text: str) -> httpx.Response:
    files = {"file": ("../../contest-standings-7.csv", text.encode(), "text/csv")}
    return client.post(f"/api/slates/{world.slate_id}/standings", files=files)


def test_standings_are_kept_and_graded_for_their_owner_alone(ann: httpx.Client, bob: httpx.Client, world) -> None:
    answer = brought(ann, world, standings())
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["entries"], told["users"], told["players"], told["is_final"]) == (9, 1, 9, True)
    assert told["filename"] == "contest-standings-7.csv"
    asked = {"slate_id": world.slate_id, "upload_id": told["upload_id"], "projection_set_id": world.set_id}
    made = ann.post("/api/runs/grade", json=asked | {"user": "ann", "offer": OFFER})
    assert made.status_code == 202, made.text
    assert (made.json()["service"], made.json()["job"]) == ("sim-engine", "grade_contest")
    assert bob.post("/api/runs/grade", json=asked).status_code == 404
    assert ann.post("/api/runs/grade", json=asked | {"lineup_set_id": 10**6}).status_code == 404
    assert ann.post("/api/runs/grade", json=asked | {"user": " "}).status_code == 422


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Player,Projection\nBo,3\n", "bring the contest's standings"),
        (standings(["PG", "SG", "C"]), "choose the contest's slate"),
        (HEADER + "\n1,5,ann,0,3,,,Man Ax,QB,100.00%,3\n", "show no lineup"),
        (standings().replace("1,0,ann", "first,0,ann"), "wrong"),
        (standings().replace("FPTS", "Score"), "export them again"),
        ("\x00\x01\x02", ""),
        ("", "empty"),
    ],
)
def test_what_is_no_standings_of_the_slate_is_refused(ann: httpx.Client, world, text: str, message: str) -> None:
    answer = brought(ann, world, text)
    assert answer.status_code == 422, answer.text
    assert message in answer.text


def test_standings_of_a_large_contest_may_be_larger_than_other_files(ann: httpx.Client, world) -> None:
    lineup = standings().splitlines()[1].split(",")[5]
    more = "".join(f"{n},{n},user{n % 900} (1/20),0,{2500 - n / 10},{lineup},,,,,\n" for n in range(10, 6000))
    text = standings() + more
    assert 256 * 1024 < len(text) < 2**20
    answer = brought(ann, world, text)
    assert answer.status_code == 201, answer.text
    assert answer.json()["entries"] == 5999


def test_standings_larger_than_standings_may_be_are_refused(ann: httpx.Client, world) -> None:
    answer = brought(ann, world, standings() + "x," * 600_000)
    assert answer.status_code == 413
    assert "1 MB" in answer.json()["message"]
