"""Events: what happened, told on the one channel of LISTEN to whoever follows."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

CHANNEL = "sdp_events"
"""Every event is a JSON object with its `kind`; it is told when the session commits."""


def tell(session: Session, kind: str, about: Mapping[str, Any]) -> None:
    """Tell of something once the session commits."""
    session.execute(select(func.pg_notify(CHANNEL, json.dumps({"kind": kind, **about}, default=str))))
