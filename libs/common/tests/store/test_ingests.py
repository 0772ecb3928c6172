"""What each crawl cost and brought."""

from datetime import UTC, datetime, timedelta

from sdp_common.store import ingests
from sqlalchemy.orm import Session

MOMENT = datetime(2023, 11, 26, 18, tzinfo=UTC)


def test_the_last_crawl_of_each_provider_is_told(session: Session) -> None:
    def crawl(provider: str, minute: int, status: str) -> None:
        at = MOMENT + timedelta(minutes=minute)
        begun = ingests.begin(session, provider=provider, feed="odds", sport="nfl", run_id=None, started_at=at)
        error = {"code": "retriable", "message": "out"} if status == "failed" else None
        ingests.finish(session, begun, status, {"requests": minute, "rows_new": 5}, finished_at=at, error=error)

    crawl("a", 1, "succeeded")
    crawl("a", 2, "failed")
    crawl("b", 3, "succeeded")
    session.expire_all()
    told = [(row.provider, row.status, row.requests, row.rows_new, row.error) for row in ingests.latest(session)]
    assert told == [
        ("a", "failed", 2, 5, {"code": "retriable", "message": "out"}),
        ("b", "succeeded", 3, 5, None),
    ]
