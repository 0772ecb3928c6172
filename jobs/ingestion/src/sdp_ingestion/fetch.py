"""Fetches requests from the network, from files and from installed packages; counts them and keeps the bodies."""

from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from sdp_common.errors import NotFound, Unavailable
from sdp_common.http import Answer, public_url
from sdp_common.http import Fetcher as Client
from sdp_common.service import Job
from sdp_common.store import payloads, review
from sqlalchemy.orm import Session

from sdp_ingestion import packaged
from sdp_ingestion.provider import Payload, Provider, Request
from sdp_ingestion.tally import Tally


class Fetcher:
    """Fetches for one crawl of one provider; a `with` block closes its connections.

    A body is kept, once a content, before anyone parses it. What we hold already is asked for conditionally, and
    where the source says that nothing changed (304) the copy we hold is the answer, so that a parser mended since
    reads it again.
    """

    def __init__(self, job: Job, provider: Provider, sport: str, tally: Tally) -> None:
        self._job = job
        self._provider = provider
        self._sport = sport
        self._tally = tally
        self._client = Client(job.settings)
        with job.session() as session:
            self._markets = review.decided(session, sport, provider.name)["market"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def __call__(self, request: Request) -> Payload | None:
        """Return the answer, None where an optional thing is not there or packaged data was read before.

        Raises:
            Retriable: The source is out.
            Unavailable: It refuses us.
            NotFound: Something that must be there is not.
            DriftedSource: What came is no answer.
        """
        self._tally.requests += 1
        if _is_packaged(request):
            return self._unpack(request)
        try:
            return self._read(request)
        except NotFound:
            if not request.optional:
                raise
            self._tally.missing.append(public_url(request.url))
            return None

    def saved(self, session: Session, payload: Payload) -> None:
        """Note, in the session that saved its rows, that packaged data need not be read again."""
        request = payload.request
        if _is_packaged(request):
            stamp = packaged.stamp(request.url)
            payloads.save_payload(
                session,
                provider=self._provider.name,
                sport=self._sport,
                tag=request.tag,
                url=request.url,
                status=payload.status,
                content=f"{self._provider.quality.why_not_kept}: {stamp}".encode(),
                fetched_at=payload.fetched_at,
                etag=stamp,
            )

    def _unpack(self, request: Request) -> Payload | None:
        with self._job.session() as session:
            held = payloads.validators(session, request.url)
        if held is not None and held.etag == packaged.stamp(request.url):
            self._tally.unchanged.append(request.url)
            return None
        content = packaged.read(request.url)
        self._tally.bytes += len(content)
        return Payload(request, content, datetime.now(UTC), sport=self._sport, markets=self._markets)

    def _read(self, request: Request) -> Payload:
        url = public_url(request.url)
        with self._job.session() as session:
            held = payloads.validators(session, url)
        self._afford(request)
        place, value = self._secret(request)
        answer = self._client.get(
            request.url,
            etag=held.etag if held else None,
            last_modified=held.last_modified if held else None,
            secrets=value if place == "query" else None,
            headers=value if place == "header" else None,
            rate_per_s=self._provider.quality.rate_per_s,
            is_streamed=request.is_streamed,
        )
        self._tally.charge(answer.credits_used, answer.credits_left)
        self._tally.bytes += len(answer.content)
        content = answer.content
        if answer.is_unchanged:
            with self._job.session() as session:
                payloads.mark_seen(session, url, answer.fetched_at)
                content = payloads.newest(session, url) or b""
        elif self._provider.quality.replayable:
            self._keep(request, answer)
        return Payload(request, content, answer.fetched_at, answer.status, self._sport, self._markets)

    def _afford(self, request: Request) -> None:
        """See that a request leaves as many credits as are to be kept.

        Raises:
            Unavailable: It would not.
        """
        left, floor = self._tally.credits_left, self._job.settings.credits_floor
        if request.credits and left is not None and left - request.credits < floor:
            raise Unavailable(
                f"{self._provider.name}: {left:g} credits are left and this would cost {request.credits}; "
                f"{floor} are to be kept (SDP_CREDITS_FLOOR)"
            )

    def _secret(self, request: Request) -> tuple[str, dict[str, str]]:
        """Return where the request's secret goes, and the secret by its name there.

        Raises:
            Unavailable: It is not set.
        """
        if request.secret is None:
            return "", {}
        setting, where = request.secret
        held = getattr(self._job.settings, setting)
        if held is None or not held.get_secret_value():
            raise Unavailable(f"{self._provider.name} needs a key: set SDP_{setting.upper()}")
        place, _, name = where.partition(":")
        return place, {name: held.get_secret_value()}

    def _keep(self, request: Request, answer: Answer) -> None:
        with self._job.session() as session:
            payloads.save_payload(
                session,
                provider=self._provider.name,
                sport=self._sport,
                tag=request.tag,
                url=public_url(answer.url),
                status=answer.status,
                content=answer.content,
                fetched_at=answer.fetched_at,
                etag=answer.etag,
                last_modified=answer.last_modified,
                about=request.about,
            )


def _is_packaged(request: Request) -> bool:
    return request.url.startswith("package:")
