"""Load packaged seasons, price a slate, train and predict, asking over the queue; runs inside a container of the stack.

Argument: for which user. The last line printed is JSON: `{"slate_id": N}`.
"""

import json
import sys
import time
from typing import Any

from sdp_common.db.session import make_engine, session_scope
from sdp_common.service import request
from sdp_common.settings import settings
from sdp_common.store import runs, slates
from sqlalchemy import Engine

SPORT = "nfl"
SEASONS = [2018, 2019]
SLATE = {"season": 2019, "week": 12, "contest": "draftkings_classic"}
LONGEST_S = 300.0


def do(engine: Engine, user_id: int, service: str, job: str, **params: Any) -> dict[str, Any]:
    """Ask a service for a job, wait for its end and return its result."""
    began = time.monotonic()
    run_id = request(engine, service, job, user_id=user_id, **params)
    while time.monotonic() - began < LONGEST_S:
        with session_scope(engine) as session:
            run = runs.run(session, run_id)
        if run.status == "succeeded":
            print(f"{service} {job}: {run.result} in {time.monotonic() - began:.1f} s")
            return run.result or {}
        if run.status not in runs.OPEN:
            sys.exit(f"{service} {job} {run.status}: {run.error}")
        time.sleep(0.2)
    sys.exit(f"{service} {job} is still {run.status} after {LONGEST_S:.0f} s: {run.message}")


def main() -> None:
    """Do the stages in order."""
    user_id = int(sys.argv[1])
    engine = make_engine(settings().require_database_url(), application="sdp ci")
    do(engine, user_id, "ingest-stats", "crawl", provider="nflgame", sport=SPORT, seasons=SEASONS)
    slate_id = do(engine, user_id, "features", "price_slate", sport=SPORT, **SLATE)["slate_id"]
    with session_scope(engine) as session:
        until = slates.slate(session, slate_id).starts_at.isoformat()
    do(engine, user_id, "features", "build", sport=SPORT, until=until)
    do(engine, user_id, "training", "train", sport=SPORT, until=until)
    do(engine, user_id, "features", "build_slate", slate_id=slate_id)
    do(engine, user_id, "inference", "predict", slate_id=slate_id)
    print(json.dumps({"slate_id": slate_id}))


main()
