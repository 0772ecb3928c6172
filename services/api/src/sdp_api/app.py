"""The application: every room's endpoints behind the same doors."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime

from anyio import to_thread
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sdp_common.db.session import make_engine, session_scope
from sdp_common.errors import PlatformError
from sdp_common.settings import Settings
from sdp_common.store.runs import beat, leave
from sqlalchemy import Engine
from starlette.middleware.gzip import GZipMiddleware

from sdp_api import errors
from sdp_api.accounts import endpoints as accounts
from sdp_api.accounts.throttle import Throttle
from sdp_api.contests import endpoints as contests
from sdp_api.doors import BodyLimit, Outward, SameSite
from sdp_api.entries import endpoints as entries
from sdp_api.health import endpoints as health
from sdp_api.lineups import endpoints as lineups
from sdp_api.models import endpoints as models
from sdp_api.projections import endpoints as projections
from sdp_api.review import endpoints as review
from sdp_api.runs import endpoints as runs
from sdp_api.runs.events import Hub
from sdp_api.slates import endpoints as slates
from sdp_api.sports import endpoints as sports
from sdp_api.web import WebApp

SERVICE = "backend-api"
BEAT_S = 10.0


def _operation_id(route: APIRoute) -> str:
    """Name an operation after its function, so that generated clients read well."""
    return route.name


def create_app(settings: Settings) -> FastAPI:
    """Return the application for these settings; it opens nothing until it is started.

    Raises:
        Misconfigured: `SDP_WEB_DIR` holds no built web app.
    """
    app = FastAPI(
        title="Sports Data Platform",
        version="0.1.0",
        summary="Slates, projections, lineups and the work behind them.",
        generate_unique_id_function=_operation_id,
        lifespan=_lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,  # they load scripts from elsewhere, which our content policy forbids
        redoc_url=None,
    )
    app.state.settings = settings
    errors.install(app)
    for room in (accounts, sports, slates, projections, runs, lineups, entries, contests, health, review, models):
        app.include_router(room.router)
    if settings.web_dir is not None:
        app.mount("/", WebApp(settings.web_dir), name="web")
    trusted = frozenset(origin.strip().rstrip("/") for origin in settings.trusted_origins.split(",") if origin.strip())
    # the last one added is the first one passed
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=6)
    wider = {"standings": settings.upload_max_standings_bytes}
    app.add_middleware(BodyLimit, upload_max_bytes=settings.upload_max_bytes, wider=wider)
    app.add_middleware(SameSite, trusted=trusted)
    app.add_middleware(Outward, secure=settings.secure_cookies)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open what the endpoints need; close it when the process stops."""
    settings: Settings = app.state.settings
    url = settings.require_database_url()
    engine = make_engine(url, pool_size=10, application="sdp backend-api")
    redis = settings.redis_url.get_secret_value() if settings.redis_url else None
    app.state.engine, app.state.hub, app.state.throttle = engine, Hub(url), Throttle(redis)
    stopping = asyncio.Event()
    listening = asyncio.create_task(app.state.hub.listen())
    beating = asyncio.create_task(_beat(engine, stopping))
    async with AsyncExitStack() as closing:  # one step that fails must not keep the next from being done
        closing.callback(engine.dispose)
        closing.push_async_callback(app.state.throttle.close)
        try:
            yield
        finally:
            app.state.hub.close()
            stopping.set()
            listening.cancel()
            await asyncio.gather(listening, beating, return_exceptions=True)


async def _beat(engine: Engine, stopping: asyncio.Event) -> None:
    """Give a sign of life now and then, while the database is there to take it, until the process stops.

    It is asked to end rather than cancelled: a cancelled thread would still hold its connection.
    """
    instance, started_at = f"{socket.gethostname()}:{os.getpid()}", datetime.now(UTC)

    def tell() -> None:
        with suppress(PlatformError), session_scope(engine) as session:
            beat(session, SERVICE, instance, started_at)

    def go() -> None:
        with suppress(PlatformError), session_scope(engine) as session:
            leave(session, SERVICE, instance)

    while not stopping.is_set():
        await to_thread.run_sync(tell)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), BEAT_S)
    await to_thread.run_sync(go)
