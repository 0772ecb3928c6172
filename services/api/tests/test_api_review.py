"""The review queue: names that wait, and one decision that heals the past."""

from datetime import UTC, datetime

import httpx
import pytest
from sdp_common.db.models.accounts import User
from sdp_common.db.models.reference import Player, PlayerId
from sdp_common.db.models.runs import IngestRun, Run
from sdp_common.store import payloads, reference, review
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

SEEN = datetime(2025, 1, 2, tzinfo=UTC)


@pytest.fixture
def waiting(engine: Engine, ann: httpx.Client) -> tuple[int, int]:
    """An item of the queue and the player who is meant; Ann is an administrator."""
    with Session(engine) as session, session.begin():
        player = Player(sport="nfl", name="Robert Runner", normalised_name="robert runner", position="RB")
        session.add(player)
        session.flush()
        candidate = {"target": str(player.id), "name": "robert runner", "team": None, "position": "RB", "score": 0.4}
        told = {
            "sport": "nfl",
            "source": "underdog",
            "kind": "player",
            "external_id": f"u{player.id}",
            "name": "Bo Runner",
        }
        row = {**told, "team": "nfl:BUF", "position": "RB", "candidates": [candidate]}
        review.save(session, [row], SEEN)
        review.save(session, [row], SEEN)
        item = review.page(session)[0][0]
        session.add(IngestRun(provider="underdog", feed="odds", sport="nfl", status="succeeded", started_at=SEEN))
        kept = {"url": "https://underdog.example.org", "status": 200, "content": b"{}", "fetched_at": SEEN}
        payloads.save_payload(session, provider="underdog", sport="nfl", tag="lines", **kept)
        session.execute(update(User).values(is_admin=True))
        return item.id, player.id


def test_a_decision_links_the_name_and_asks_for_the_past(
    ann: httpx.Client, engine: Engine, waiting: tuple[int, int]
) -> None:
    item_id, player_id = waiting
    (item,) = [row for row in ann.get("/api/review").json()["items"] if row["id"] == item_id]
    assert (item["seen"], item["candidates"][0]["target"]) == (2, str(player_id))
    answer = ann.post(f"/api/review/{item_id}", json={"target": str(player_id)})
    assert answer.status_code == 200
    assert answer.json()["item"]["status"] == "decided"
    with Session(engine) as session:
        assert (
            session.scalar(select(PlayerId.player_id).where(PlayerId.external_id == item["external_id"])) == player_id
        )
        run = session.get(Run, answer.json()["run_id"])
        assert run is not None
        assert (run.service, run.job, run.params["provider"]) == ("ingest-odds", "reparse", "underdog")
    again = ann.post(f"/api/review/{item_id}", json={"target": str(player_id)})
    assert again.status_code == 409


def test_what_is_nobody_of_ours_is_dismissed(ann: httpx.Client, waiting: tuple[int, int]) -> None:
    answer = ann.post(f"/api/review/{waiting[0]}", json={"target": None}).json()
    assert (answer["item"]["status"], answer["run_id"]) == ("dismissed", None)


def test_a_wrong_decision_is_refused(ann: httpx.Client, waiting: tuple[int, int]) -> None:
    assert ann.post(f"/api/review/{waiting[0]}", json={"target": str(10**12)}).status_code == 404
    assert ann.post("/api/review/999999", json={"target": None}).status_code == 404


def test_players_are_found_by_a_part_of_their_name(ann: httpx.Client, waiting: tuple[int, int]) -> None:
    found = ann.get("/api/review/choices", params={"sport": "nfl", "kind": "player", "text": "Runn"}).json()
    assert str(waiting[1]) in [row["target"] for row in found]


def test_a_team_is_decided_as_a_player_is(ann: httpx.Client, engine: Engine, waiting: tuple[int, int]) -> None:
    with Session(engine) as session, session.begin():
        reference.save_teams(session, "nfl")
        candidate = {"target": "nfl:BUF", "name": "Buffalo Bills", "team": "nfl:BUF", "score": 0.5}
        told = {"sport": "nfl", "source": "underdog", "kind": "team", "external_id": "Bisons", "name": "Bisons"}
        review.save(session, [{**told, "team": None, "position": None, "candidates": [candidate]}], SEEN)
    (item,) = ann.get("/api/review", params={"kind": "team"}).json()["items"]
    assert (item["kind"], item["candidates"][0]["target"]) == ("team", "nfl:BUF")
    assert ann.post(f"/api/review/{item['id']}", json={"target": "nfl:NOBODY"}).status_code == 404
    teams = ann.get("/api/review/choices", params={"sport": "nfl", "kind": "team", "text": "buff"}).json()
    assert ann.post(f"/api/review/{item['id']}", json={"target": teams[0]["target"]}).json()["run_id"] is not None
    with Session(engine) as session:
        assert review.decided(session, "nfl", "underdog")["team"] == {"Bisons": "nfl:BUF"}
