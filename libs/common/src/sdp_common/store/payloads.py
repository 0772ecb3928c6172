"""Payloads: bodies as they came, compressed, once a content, to be replayed by a mended parser."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import zstandard
from sqlalchemy import Select, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from sdp_common.db.models.runs import RawPayload, RawSighting
from sdp_common.errors import Misconfigured
from sdp_common.spool import STEP, Content, Spool

_LEVEL = 6


@dataclass(frozen=True)
class Body:
    """One stored body, unpacked, as it came at `fetched_at`; `about` is what its parser was told beside it."""

    id: int
    provider: str
    sport: str
    tag: str
    url: str
    status: int
    content: Content
    fetched_at: datetime
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Validators:
    """What a source said of the newest copy we hold, for a conditional request."""

    etag: str | None
    last_modified: str | None


def save_payload(
    session: Session,
    *,
    provider: str,
    sport: str,
    tag: str,
    url: str,
    status: int,
    content: Content,
    fetched_at: datetime,
    etag: str | None = None,
    last_modified: str | None = None,
    about: Mapping[str, str] | None = None,
) -> bool:
    """Keep a body and return whether it is new; one we hold already is only marked as seen again.

    A body that comes back after another is noted as a sighting, so that a replay tells the whole story.

    Args:
        session: Open session.
        provider: Who answered.
        sport: For which sport.
        tag: What the answer is, for the parser.
        url: Without secrets (`sdp_common.http.public_url`).
        status: HTTP status.
        content: Decoded body.
        fetched_at: When.
        etag: Validator of the source.
        last_modified: Likewise.
        about: What the parser must know beside the body.
    """
    digest = hashlib.sha256(content).hexdigest()
    seen = {"etag": etag, "last_modified": last_modified, "last_seen_at": fetched_at}
    before = session.scalar(_newest(url).with_only_columns(RawPayload.id))
    known = session.scalar(
        update(RawPayload)
        .where(RawPayload.url == url, RawPayload.sha256 == digest)
        .values(seen)
        .returning(RawPayload.id)
    )
    if known is not None:
        if known != before:
            _sight(session, known, fetched_at)
        return False
    statement = insert(RawPayload).values(
        provider=provider,
        sport=sport,
        tag=tag,
        url=url,
        about=dict(about or {}),
        status=status,
        sha256=digest,
        body=_pack(content),
        fetched_at=fetched_at,
        **seen,
    )
    # Another process may have kept the same body since we looked.
    added = session.scalar(statement.on_conflict_do_nothing(index_elements=["url", "sha256"]).returning(RawPayload.id))
    if added is not None:
        _sight(session, added, fetched_at)
    return added is not None


def _sight(session: Session, payload_id: int, seen_at: datetime) -> None:
    session.execute(insert(RawSighting).values(payload_id=payload_id, fetched_at=seen_at).on_conflict_do_nothing())


def mark_seen(session: Session, url: str, seen_at: datetime) -> None:
    """Note that the source says (304) our newest copy is still the newest."""
    newest = _newest(url).with_only_columns(RawPayload.id).scalar_subquery()
    session.execute(update(RawPayload).where(RawPayload.id == newest).values(last_seen_at=seen_at))


def validators(session: Session, url: str) -> Validators | None:
    """Return the validators of the newest copy of a URL, None where we hold none or the source gave none."""
    row = session.execute(_newest(url)).first()
    if row is None or (row.etag is None and row.last_modified is None):
        return None
    return Validators(row.etag, row.last_modified)


def newest(session: Session, url: str) -> Content | None:
    """Return the newest copy of a URL, unpacked; None where we hold none.

    Raises:
        Misconfigured: The stored body is damaged.
    """
    identifier = session.scalar(_newest(url).with_only_columns(RawPayload.id))
    row = session.get(RawPayload, identifier) if identifier is not None else None
    return _unpack(row) if row is not None else None


def _newest(url: str) -> Select[str | None, str | None]:
    return (
        select(RawPayload.etag, RawPayload.last_modified)
        .where(RawPayload.url == url)
        .order_by(RawPayload.last_seen_at.desc(), RawPayload.id.desc())
        .limit(1)
    )


def replay(
    session: Session,
    provider: str,
    *,
    sport: str | None = None,
    tag: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[Body]:
    """Yield a provider's bodies in the order in which they came, one in memory at a time.

    A body that came back after another is yielded each time it did.

    Args:
        session: Open session; keep it open while iterating.
        provider: Who answered.
        sport: Only this sport's.
        tag: Only such answers.
        since: Seen at this moment or later.
        until: Seen before this moment.

    Raises:
        Misconfigured: A stored body is damaged.
    """
    query = (
        select(RawSighting.payload_id, RawSighting.fetched_at)
        .join(RawPayload, RawPayload.id == RawSighting.payload_id)
        .where(RawPayload.provider == provider)
    )
    if sport is not None:
        query = query.where(RawPayload.sport == sport)
    if tag is not None:
        query = query.where(RawPayload.tag == tag)
    if since is not None:
        query = query.where(RawSighting.fetched_at >= since)
    if until is not None:
        query = query.where(RawSighting.fetched_at < until)
    for identifier, seen_at in session.execute(query.order_by(RawSighting.fetched_at, RawPayload.id)).all():
        row = session.get(RawPayload, identifier)
        if row is not None:
            named = (row.provider, row.sport, row.tag, row.url, row.status)
            body = Body(row.id, *named, _unpack(row), seen_at, dict(row.about))
            session.expunge(row)
            yield body


def _pack(content: Content) -> bytes:
    """Compress a step at a time: at once it would take as much memory as the body again."""
    view, packing = memoryview(content), zstandard.ZstdCompressor(level=_LEVEL).compressobj(size=len(content))
    parts = [packing.compress(view[start : start + STEP]) for start in range(0, len(view), STEP)]
    return b"".join([*parts, packing.flush()])


def _unpack(row: RawPayload) -> Content:
    spool, digest = Spool(), hashlib.sha256()
    try:
        for part in zstandard.ZstdDecompressor().read_to_iter(row.body):
            spool.write(part)
            digest.update(part)
    except zstandard.ZstdError as error:
        spool.close()
        raise Misconfigured(f"the stored body {row.id} of {row.url} is damaged: {error}") from error
    content = spool.finish()
    if digest.hexdigest() != row.sha256:
        raise Misconfigured(f"the stored body {row.id} of {row.url} is damaged: it is not what came")
    return content
