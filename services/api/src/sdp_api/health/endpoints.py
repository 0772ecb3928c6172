"""Health: liveness, readiness, metrics, and the state of every source and service."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from sdp_api.deps import Caller, Database
from sdp_api.errors import refusals
from sdp_api.health import service
from sdp_api.health.schemas import DataHealthRead, HealthRead, ReadyRead
from sdp_api.runs import events

router = APIRouter(tags=["health"])


@router.get("/api/health")
def read_health() -> HealthRead:
    """Say that this process answers."""
    return HealthRead(status="ok", version=service.version())


@router.get("/api/ready", responses=refusals(503))
def read_ready(database: Database) -> ReadyRead:
    """Say that this process reaches the database."""
    service.touch(database)
    return ReadyRead(status="ok", database="ok")


@router.get("/api/data-health", responses=refusals(401))
def read_data_health(_: Caller, database: Database) -> DataHealthRead:
    """Say of every source when it last succeeded and of every service whether it lives."""
    return service.data_health(database)


@router.get(
    "/api/feeds/events",
    response_class=StreamingResponse,
    responses=refusals(401)
    | {
        200: {
            "description": "Server-sent events: `feed` when a source brought something new (provider, feed, sport, "
            "rows_new, rows_changed), `late_change` when a player's status changed shortly before his game, `missed` "
            "where some may not have been heard.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
)
async def stream_feeds(request: Request, _: Caller) -> StreamingResponse:
    """Follow what the sources bring, as it is stored."""
    return await events.feed_stream(request)


@router.get("/metrics", include_in_schema=False)
def read_metrics() -> Response:
    """Serve this process's metrics to Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
