"""Following runs: one LISTEN a process, fanned out to every open stream of server-sent events."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator

import psycopg
import structlog
from anyio import to_thread
from fastapi import Request
from fastapi.responses import StreamingResponse
from psycopg import sql
from sdp_common.db.session import libpq_url, session_scope
from sdp_common.errors import NotFound, Retriable
from sdp_common.store.runs import EVENTS, OPEN
from sqlalchemy import Engine

from sdp_api.runs import service
from sdp_api.runs.schemas import RunRead

log = structlog.get_logger(__name__)
HEARTBEAT_S = 15.0
"""A comment is sent this often, so that proxies keep the stream open and a client that is gone is noticed."""
_LONGEST_WAIT_S = 10.0
_MOST_UNREAD = 256
FEED_KINDS = frozenset({"feed", "late_change"})
"""The kinds of event that are for everybody."""


class Hub:
    """Hears what runs tell and wakes the streams that follow them.

    Args:
        url: The database.
    """

    def __init__(self, url: str) -> None:
        self._url = libpq_url(url)
        self._followers: dict[int, set[asyncio.Event]] = defaultdict(set)
        self._watchers: set[asyncio.Queue[str | None]] = set()
        self._closing = False
        self.listening = asyncio.Event()

    @property
    def is_closing(self) -> bool:
        """Whether the process is stopping, so that streams must end."""
        return self._closing

    async def listen(self) -> None:
        """Listen until cancelled; connects again, after a growing wait, whenever the database was away."""
        wait = 0.1
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True, connect_timeout=10)
                async with connection:
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(EVENTS)))
                    wait = 0.1
                    self.listening.set()
                    self._wake_all()  # something may have been told while nobody listened
                    async for notice in connection.notifies():
                        self._wake(notice.payload)
            except psycopg.Error as error:
                log.warning("events.lost", error=str(error).splitlines()[:1], again_in_s=wait)
            self.listening.clear()
            await asyncio.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT_S)

    def follow(self, run_id: int) -> asyncio.Event:
        """Return an event that is set whenever the run changed; give it back with `leave`."""
        event = asyncio.Event()
        self._followers[run_id].add(event)
        return event

    def leave(self, run_id: int, event: asyncio.Event) -> None:
        """Stop following."""
        followers = self._followers.get(run_id, set())
        followers.discard(event)
        if not followers:
            self._followers.pop(run_id, None)

    def watch(self) -> "asyncio.Queue[str | None]":
        """Return a queue of what the feeds tell, as JSON, None where something may have been missed; give it back."""
        queue: asyncio.Queue[str | None] = asyncio.Queue(_MOST_UNREAD)
        self._watchers.add(queue)
        return queue

    def unwatch(self, queue: "asyncio.Queue[str | None]") -> None:
        """Stop watching."""
        self._watchers.discard(queue)

    def close(self) -> None:
        """End every stream: the process is stopping."""
        self._closing = True
        self._wake_all()

    def _spread(self, payload: str | None) -> None:
        for queue in self._watchers:
            if queue.full():  # one who reads too slowly is told that he missed something
                queue.get_nowait()
                payload = None
            queue.put_nowait(payload)

    def _wake(self, payload: str) -> None:
        try:
            told = json.loads(payload)
            run_id = told.get("run_id")
        except (ValueError, AttributeError):
            log.warning("events.unreadable", payload=payload[:200])
            return
        if told.get("kind") in FEED_KINDS:
            self._spread(payload)
        for event in self._followers.get(run_id, ()):
            event.set()

    def _wake_all(self) -> None:
        self._spread(None)
        for followers in self._followers.values():
            for event in followers:
                event.set()


async def stream(request: Request, user_id: int, run_id: int) -> StreamingResponse:
    """Return a stream of a user's run.

    Raises:
        NotFound: There is no such run, or it is another user's.
    """
    hub: Hub = request.app.state.hub
    engine: Engine = request.app.state.engine
    event = hub.follow(run_id)
    try:
        first = await to_thread.run_sync(_read, engine, user_id, run_id)
    except BaseException:
        hub.leave(run_id, event)
        raise
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(
        _events(hub, engine, user_id, first, event), media_type="text/event-stream", headers=headers
    )


async def _events(hub: Hub, engine: Engine, user_id: int, first: RunRead, event: asyncio.Event) -> AsyncIterator[str]:
    """Yield the run at once and whenever it changed, until it ends or the process stops."""
    told: RunRead | None = None
    current: RunRead | None = first
    try:
        while True:
            if current is not None and current != told:
                yield f"event: run\ndata: {current.model_dump_json()}\n\n"
                told = current
            if hub.is_closing or (told is not None and told.status not in OPEN):
                return
            try:
                await asyncio.wait_for(event.wait(), HEARTBEAT_S)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            event.clear()
            if hub.is_closing:
                return
            try:
                current = await to_thread.run_sync(_read, engine, user_id, first.id)
            except NotFound:
                return
            except Retriable:
                current = None  # the hub wakes everybody when the database is back
    finally:
        hub.leave(first.id, event)


def _read(engine: Engine, user_id: int, run_id: int) -> RunRead:
    with session_scope(engine) as session:
        return service.run(session, user_id, run_id)


async def feed_stream(request: Request) -> StreamingResponse:
    """Return a stream of what the feeds bring, for everybody who is signed in."""
    hub: Hub = request.app.state.hub
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_feed_events(hub, hub.watch()), media_type="text/event-stream", headers=headers)


async def _feed_events(hub: Hub, queue: "asyncio.Queue[str | None]") -> AsyncIterator[str]:
    """Yield `feed` and `late_change` events as they come, and `missed` where some may have been."""
    try:
        yield ": listening\n\n"
        while not hub.is_closing:
            try:
                payload = await asyncio.wait_for(queue.get(), HEARTBEAT_S)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if hub.is_closing:
                return
            kind = "missed" if payload is None else json.loads(payload)["kind"]
            yield f"event: {kind}\ndata: {payload or '{}'}\n\n"
    finally:
        hub.unwatch(queue)
