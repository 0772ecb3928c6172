"""`sdp reparse`: rebuild a provider's rows from the bodies that were kept, without a request."""

from datetime import datetime
from typing import Annotated, Any

import typer
from sdp_common.db.session import session_scope
from sdp_common.errors import BadInput
from sdp_common.store import ingests

from sdp_cli.commands.ingest import FEEDS, show_crawl
from sdp_cli.console import out
from sdp_cli.work import perform
from sdp_cli.workplace import workplace


def reparse(
    provider: Annotated[str, typer.Argument(help="Name of a provider, e.g. espn_odds.")],
    since: Annotated[str, typer.Option(help="From when on, e.g. 2026-09-01 or 2026-09-01T12:00 (UTC).")],
    sport: Annotated[str | None, typer.Option(help="Code of one sport; all where left out.")] = None,
) -> None:
    """Rebuild a provider's rows from the bodies that were kept."""
    params: dict[str, Any] = {"provider": provider, "since": read_moment(since)}
    params |= {"sport": sport} if sport else {}
    with workplace([f"ingest-{feed}" for feed in FEEDS]) as place:
        with session_scope(place.engine) as session:
            feed = ingests.feed_of(session, provider)
        if feed is None:
            raise BadInput(f"{provider} was never crawled here, so that no body of it is kept")
        service = f"ingest-{feed}"
        result = perform(
            place.engine,
            service,
            "reparse",
            progress=lambda share, message: place.reporter.progress(service, share, message),
            watch=place.watch,
            **params,
        )
        place.reporter.clear()
    out.print(f"{result['bodies']:,} kept bodies parsed again", highlight=False)
    show_crawl(result)


def read_moment(text: str) -> str:
    """Return a day or a moment in ISO form.

    Raises:
        BadInput: It cannot be read.
    """
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        raise BadInput(f"--since {text!r} cannot be read: write 2026-09-01 or 2026-09-01T12:00") from None
