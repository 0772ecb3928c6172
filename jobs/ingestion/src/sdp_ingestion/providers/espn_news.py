"""ESPN's headlines, read by the classifier: facts and a confidence are kept, never the text."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sdp_ingestion.documents import Document, each, guarded, items, moment, read
from sdp_ingestion.espn import PATHS, QUALITY
from sdp_ingestion.headlines import classify
from sdp_ingestion.provider import Ask, Payload, Provider, Request
from sdp_ingestion.rows import InjuryRow, Rejected, Row, SourceId


def start(ask: Ask) -> Iterable[Request]:
    """Ask for the latest headlines."""
    yield Request(f"{ask.base('espn')}/apis/site/v2/sports/{PATHS[ask.sport]}/news?limit=50", tag="news")


def parse(payload: Payload) -> Iterator[Row | Rejected | Request]:
    """Yield a report a player whose state a headline tells.

    Raises:
        DriftedSource: The answer is not a list of articles.
    """
    articles = items(read(payload, "articles"), "articles", payload.request.url)
    yield from each(articles, lambda article: _facts(article), "an article")


def _facts(article: Document) -> Iterator[InjuryRow]:
    named = {
        str(one["description"]): str(one["athleteId"])
        for one in article.get("categories") or ()
        if one and one.get("type") == "athlete" and one.get("athleteId") and one.get("description")
    }
    told_at = moment(article.get("lastModified") or article["published"])
    for fact in classify(article["headline"], named):
        player = SourceId("espn", named.get(fact.name) or f"name:{fact.name}")
        yield InjuryRow(player, told_at, fact.status, fact.name, body_part=fact.body_part, confidence=fact.confidence)


PROVIDER = Provider(
    name="espn_news",
    feed="injury",
    sports=tuple(PATHS),
    cron="*/20 * * * *",
    near="*/5 * * * *",
    start=start,
    parse=guarded(parse),
    quality=replace(QUALITY, replayable=False, why_not_kept="the body carries articles that are licensed text"),
)
