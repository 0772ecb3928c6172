"""`sdp ingest`: fetch a feed now, through its own process."""

import re
from typing import Annotated, Any

import typer
from sdp_common.errors import BadInput, Retriable

from sdp_cli.console import out
from sdp_cli.work import perform
from sdp_cli.workplace import workplace

FEEDS = {
    "stats": "nflverse",
    "odds": "espn_odds",
    "weather": "open_meteo",
    "injury": "espn_injuries",
    "dfs": "draftkings",
}
"""Every feed and the provider asked where none is named."""


def ingest(
    feed: Annotated[str, typer.Argument(help=f"One of {', '.join(FEEDS)}.")],
    provider: Annotated[
        str | None, typer.Option(help="Name of a provider of the feed; its default where left out.")
    ] = None,
    sport: Annotated[str, typer.Option(help="Code of a sport.")] = "nfl",
    seasons: Annotated[str | None, typer.Option(help="Seasons, e.g. 2009-2024 or 2019,2021.")] = None,
) -> None:
    """Fetch a feed now."""
    if feed not in FEEDS:
        raise BadInput(f"there is no feed {feed!r}; there are {', '.join(FEEDS)}")
    params: dict[str, Any] = {"sport": sport, "provider": provider or FEEDS[feed]}
    params |= {"seasons": read_seasons(seasons)} if seasons else {}
    service = f"ingest-{feed}"
    with workplace([service]) as place:
        result = perform(
            place.engine,
            service,
            "crawl",
            progress=lambda share, message: place.reporter.progress(service, share, message),
            watch=place.watch,
            **params,
        )
        place.reporter.clear()
    check_crawl(result)
    show_crawl(result)


def check_crawl(result: dict[str, Any]) -> None:
    """Check that a crawl that came to its end has read its source.

    Raises:
        Retriable: The source was out.
    """
    if result["status"] != "succeeded":
        raise Retriable(f"{result['provider']} could not be read: {result.get('message') or result['status']}")


def show_crawl(result: dict[str, Any]) -> None:
    """Print what a crawl brought, and everything it could not use."""
    counts = ", ".join(f"{result[f'rows_{kind}']:,} {kind}" for kind in ("new", "changed", "unchanged", "rejected"))
    cost = f"{result['requests']:,} requests, {result['bytes']:,} bytes"
    out.print(f"{result['provider']}: {result['rows']:,} rows ({counts}); {cost}", highlight=False)
    for reason, count in result["rejected"].items():
        out.print(f"  rejected, {reason}: {count}", highlight=False, markup=False)
    for missing in result["missing"]:
        out.print(f"  not there: {missing}", highlight=False, markup=False)


def read_seasons(text: str) -> list[int]:
    """Return the seasons of `2009-2011,2019`.

    >>> read_seasons("2009-2011,2019")
    [2009, 2010, 2011, 2019]

    Raises:
        BadInput: It cannot be read.
    """
    seasons: set[int] = set()
    for part in text.split(","):
        found = re.fullmatch(r"\s*(\d{4})\s*(?:-\s*(\d{4})\s*)?", part)
        if found is None or int(found[2] or found[1]) < int(found[1]):
            raise BadInput(f"--seasons {text!r} cannot be read: write 2009-2024 or 2019,2021")
        seasons |= set(range(int(found[1]), int(found[2] or found[1]) + 1))
    return sorted(seasons)
