"""Who gets in, who does not, and for how long."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from psycopg import sql
from pydantic import SecretStr
from sdp_common.db.migrate import migrate
from sdp_common.db.models.accounts import ApiToken, User, UserSession
from sdp_common.db.session import make_engine
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

pytestmark = pytest.mark.usefixtures("admin")


@pytest.fixture
def fresh_url(database_url: str, server_url: str) -> Iterator[str]:
    """A migrated database beside the module's, in which nobody has an account."""
    source = urlsplit(database_url)
    name = f"{source.path[1:]}_fresh"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        url = source._replace(path=f"/{name}").geturl()
        engine = make_engine(url)
        migrate(engine)
        engine.dispose()
        yield url
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_the_first_administrator_is_created_once_even_by_many_at_once(
    start: Any, settings_of: Any, fresh_url: str, password: str
) -> None:
    settings = settings_of().model_copy(update={"database_url": SecretStr(fresh_url)})
    with start(settings) as other:

        def create(number: int) -> int:
            body = {"username": f"admin{number}", "password": password}
            return httpx.post(f"{other.url}/api/setup", json=body, timeout=30).status_code

        assert httpx.get(f"{other.url}/api/setup").json() == {"needed": True}
        with ThreadPoolExecutor(6) as pool:
            statuses = sorted(pool.map(create, range(6)))
        assert statuses == [201, 409, 409, 409, 409, 409]
        assert httpx.get(f"{other.url}/api/setup").json() == {"needed": False}
        administrator = create(9)
        assert administrator == 409


def test_sign_in_sets_a_cookie_that_scripts_of_the_page_cannot_read(anonymous: httpx.Client, password: str) -> None:
    answer = anonymous.post("/api/session", json={"username": " ADMIN ", "password": password})
    assert answer.status_code == 201
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert password not in answer.text
    assert anonymous.get("/api/session").json()["user"]["username"] == "admin"


def test_only_hashes_are_stored(engine: Engine, admin: httpx.Client, password: str) -> None:
    secret = admin.cookies["sdp_session"]
    with Session(engine) as session:
        user = session.scalars(select(User).where(User.username == "admin")).one()
        assert user.password_hash.startswith("$argon2id$")
        assert password not in user.password_hash
        hashes = session.scalars(select(UserSession.token_hash)).all()
    assert all(secret.encode() not in stored and len(stored) == 32 for stored in hashes)


@pytest.mark.parametrize("username", ["admin", "nobody-at-all"])
def test_a_wrong_password_and_a_wrong_name_get_the_same_answer(anonymous: httpx.Client, username: str) -> None:
    answer = anonymous.post("/api/session", json={"username": username, "password": "wrong"})
    assert answer.status_code == 401
    assert answer.json() == {
        "code": "not_allowed",
        "message": "wrong user name or password",
        "problems": [],
        "rules": [],
    }
    assert "set-cookie" not in answer.headers


def test_a_wrong_name_takes_as_long_as_a_wrong_password(
    admin: httpx.Client, anonymous: httpx.Client, password: str
) -> None:
    for number in range(3):
        admin.post("/api/users", json={"username": f"timed{number}", "password": password})

    def seconds(username: str) -> float:
        began = perf_counter()
        assert anonymous.post("/api/session", json={"username": username, "password": "wrong"}).status_code == 401
        return perf_counter() - began

    known = median(seconds(f"timed{number}") for number in range(3))
    unknown = median(seconds(f"untimed{number}") for number in range(3))
    # a missing hash check would answer ten times as fast
    assert unknown > known / 4


def test_guessing_is_stopped_and_the_right_password_does_not_help_then(
    admin: httpx.Client, anonymous: httpx.Client, password: str
) -> None:
    admin.post("/api/users", json={"username": "guessed", "password": password})

    def guess(word: str) -> httpx.Response:
        return anonymous.post("/api/session", json={"username": "guessed", "password": word})

    assert [guess(f"wrong {n}").status_code for n in range(6)] == [401] * 5 + [429]
    stopped = guess(password)
    assert stopped.status_code == 429
    assert stopped.json()["code"] == "too_many_attempts"
    assert 0 < int(stopped.headers["retry-after"]) <= 900
    other = anonymous.post("/api/session", json={"username": "admin", "password": password})
    assert other.status_code == 201, "another account is not held back"


def test_parallel_guesses_do_not_slip_through(admin: httpx.Client, api, password: str) -> None:
    admin.post("/api/users", json={"username": "hammered", "password": password})

    def guess(number: int) -> int:
        body = {"username": "hammered", "password": f"wrong {number}"}
        return httpx.post(f"{api.url}/api/session", json=body, timeout=30).status_code

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(guess, range(15)))
    assert sorted(statuses) == [401] * 5 + [429] * 10


def test_an_expired_session_says_so(engine: Engine, anonymous: httpx.Client, password: str) -> None:
    anonymous.post("/api/session", json={"username": "admin", "password": password})
    mine = sha256(anonymous.cookies["sdp_session"].encode()).digest()
    with Session(engine) as session, session.begin():
        past = datetime.now(UTC) - timedelta(seconds=1)
        session.execute(update(UserSession).where(UserSession.token_hash == mine).values(expires_at=past))
    answer = anonymous.get("/api/session")
    assert answer.status_code == 401
    assert answer.json()["code"] == "session_expired"
    assert "sign in again" in answer.json()["message"]


def test_no_cookie_is_not_an_expired_session(anonymous: httpx.Client) -> None:
    answer = anonymous.get("/api/session")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_allowed")


def test_signing_out_ends_the_session_for_whoever_holds_the_cookie(anonymous: httpx.Client, password: str) -> None:
    anonymous.post("/api/session", json={"username": "admin", "password": password})
    secret = anonymous.cookies["sdp_session"]
    assert anonymous.delete("/api/session").status_code == 204
    assert "sdp_session" not in anonymous.cookies
    again = anonymous.get("/api/session", headers={"Cookie": f"sdp_session={secret}"})
    assert again.json()["code"] == "session_expired"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://proxied.example"}, 422),
        ({"Origin": "SELF"}, 422),
        ({}, 422),
    ],
)
def test_another_site_cannot_write_with_our_cookie(admin: httpx.Client, api, headers: dict, status: int) -> None:
    own = {name: api.url if value == "SELF" else value for name, value in headers.items()}
    answer = admin.post("/api/tokens", json={"name": ""}, headers=own)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "cross_site"
        assert admin.get("/api/session", headers=own).status_code == 200, "reading is harmless"


def test_a_token_lets_a_script_in_until_it_is_revoked(
    ann: httpx.Client, anonymous: httpx.Client, engine: Engine
) -> None:
    made = ann.post("/api/tokens", json={"name": "nightly"}).json()
    headers = {"Authorization": f"Bearer {made['secret']}"}
    assert anonymous.get("/api/session", headers=headers).json()["user"]["username"] == "ann"
    listed = ann.get("/api/tokens").json()
    assert [token["name"] for token in listed] == ["nightly"]
    assert listed[0]["last_used_at"] is not None
    assert "secret" not in listed[0]
    with Session(engine) as session:
        assert made["secret"].encode() not in session.scalars(select(ApiToken.token_hash)).one()
    assert ann.delete(f"/api/tokens/{made['id']}").status_code == 204
    assert anonymous.get("/api/session", headers=headers).status_code == 401


def test_an_expired_token_is_refused_and_cannot_be_made(
    ann: httpx.Client, anonymous: httpx.Client, engine: Engine
) -> None:
    past = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    refused = ann.post("/api/tokens", json={"name": "old", "expires_at": past})
    assert refused.status_code == 422
    assert refused.json()["problems"][0]["column"] == "expires_at"
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    made = ann.post("/api/tokens", json={"name": "short", "expires_at": soon}).json()
    with Session(engine) as session, session.begin():
        session.execute(update(ApiToken).where(ApiToken.id == made["id"]).values(expires_at=datetime.now(UTC)))
    headers = {"Authorization": f"Bearer {made['secret']}"}
    assert anonymous.get("/api/session", headers=headers).status_code == 401


def test_nobody_revokes_anothers_token(ann: httpx.Client, bob: httpx.Client) -> None:
    made = ann.post("/api/tokens", json={"name": "mine"}).json()
    assert bob.delete(f"/api/tokens/{made['id']}").status_code == 404
    assert made["id"] not in [token["id"] for token in bob.get("/api/tokens").json()]
    assert made["id"] in [token["id"] for token in ann.get("/api/tokens").json()]


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/users"), ("POST", "/api/users"), ("PATCH", "/api/users/1")])
def test_users_are_an_administrators_business(ann: httpx.Client, method: str, path: str) -> None:
    body = {"username": "x", "password": "long enough"} if method == "POST" else {}
    answer = ann.request(method, path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_a_taken_name_is_refused_in_any_case(admin: httpx.Client, password: str) -> None:
    answer = admin.post("/api/users", json={"username": "ADMIN", "password": password})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_a_deactivated_user_is_out_at_once(admin: httpx.Client, api, password: str) -> None:
    user = admin.post("/api/users", json={"username": "leaver", "password": password}).json()
    with httpx.Client(base_url=api.url) as client:
        client.post("/api/session", json={"username": "leaver", "password": password})
        assert client.get("/api/session").status_code == 200
        assert admin.patch(f"/api/users/{user['id']}", json={"is_active": False}).json()["is_active"] is False
        assert client.get("/api/session").json()["code"] == "session_expired"
        again = client.post("/api/session", json={"username": "leaver", "password": password})
        assert again.json()["message"] == "wrong user name or password"


def test_the_last_administrator_stays(admin: httpx.Client) -> None:
    own = admin.get("/api/session").json()["user"]["id"]
    for change in ({"is_active": False}, {"is_admin": False}):
        assert admin.patch(f"/api/users/{own}", json=change).status_code == 409


def test_a_new_password_ends_the_other_sessions_and_the_tokens(admin: httpx.Client, api, password: str) -> None:
    admin.post("/api/users", json={"username": "changer", "password": password})
    with httpx.Client(base_url=api.url) as here, httpx.Client(base_url=api.url) as there:
        for client in (here, there):
            client.post("/api/session", json={"username": "changer", "password": password})
        secret = here.post("/api/tokens", json={"name": "script"}).json()["secret"]
        wrong = here.put("/api/password", json={"current_password": "wrong", "new_password": "a new long word"})
        assert (wrong.status_code, wrong.json()["problems"][0]["column"]) == (422, "current_password")
        short = here.put("/api/password", json={"current_password": password, "new_password": "short"})
        assert short.json()["problems"][0]["column"] == "new_password"
        changed = here.put("/api/password", json={"current_password": password, "new_password": "a new long word"})
        assert changed.status_code == 204
        assert here.get("/api/session").status_code == 200
        assert there.get("/api/session").json()["code"] == "session_expired"
        bearer = {"Authorization": f"Bearer {secret}"}
        assert httpx.get(f"{api.url}/api/session", headers=bearer).status_code == 401
        assert there.post("/api/session", json={"username": "changer", "password": password}).status_code == 401
        fresh = there.post("/api/session", json={"username": "changer", "password": "a new long word"})
        assert fresh.status_code == 201


def test_a_misspelt_field_is_named_not_ignored(admin: httpx.Client) -> None:
    answer = admin.post("/api/users", json={"username": "x", "password": "long enough", "admin": True})
    assert answer.status_code == 422
    assert {"admin"} == {problem["column"] for problem in answer.json()["problems"]}


def test_a_password_is_never_echoed(anonymous: httpx.Client) -> None:
    answer = anonymous.post("/api/setup", json={"username": "x", "password": "hunter2"})
    assert answer.status_code == 422
    assert "hunter2" not in answer.text


def test_guessing_is_stopped_also_while_redis_is_away(
    start: Any, settings_of: Any, admin: httpx.Client, password: str
) -> None:
    admin.post("/api/users", json={"username": "lonely", "password": password})
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        redis = SecretStr(f"redis://127.0.0.1:{nobody.getsockname()[1]}/0")
        with start(settings_of(redis_url=redis)) as other, httpx.Client(base_url=other.url, timeout=30) as client:

            def guess(word: str) -> int:
                return client.post("/api/session", json={"username": "lonely", "password": word}).status_code

            assert guess(password) == 201
            assert [guess(f"wrong {n}") for n in range(6)] == [401] * 5 + [429]
