"""Logs: one JSON object a line on stderr, with service, job and run, and without secrets."""

import logging
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from sdp_common.document import document

_SECRET_NAME = re.compile(
    r"(?i)^(?:x[-_])?(?:api[-_]?key|app[-_]?key|apikey|key|token|access[-_]?token|auth|authorization|password|passwd|pwd|"
    r"secret|client[-_]?secret|signature|sig|cookie|set-cookie)$"
)
_USER_INFO = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)(?P<user>[^/\s:@]*):(?P<password>[^/\s@]+)@")
_PARAMETER = re.compile(
    r"(?i)(?P<name>\b(?:x[-_])?(?:api[-_]?key|app[-_]?key|access[-_]?token|token|auth|password|passwd|pwd|secret|"
    r"client[-_]?secret|signature|sig|key))=(?P<value>[^&\s\"'#;,]+)"
)
MASK = "***"
_QUIET = {
    "procrastinate": logging.WARNING,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "alembic": logging.WARNING,
}


def mask(value: str) -> str:
    """Return the text with passwords and keys in URLs and `name=value` pairs replaced by `***`.

    >>> mask("https://api.example.com/v4/odds?apiKey=abc123&regions=us")
    'https://api.example.com/v4/odds?apiKey=***&regions=us'
    >>> mask("postgresql://sdp:hunter2@db:5432/sdp")
    'postgresql://sdp:***@db:5432/sdp'
    """
    value = _USER_INFO.sub(rf"\g<scheme>\g<user>:{MASK}@", value)
    return _PARAMETER.sub(rf"\g<name>={MASK}", value)


def is_secret(name: str) -> bool:
    """Tell whether a parameter or header of this name holds a secret."""
    return _SECRET_NAME.match(name) is not None


def _mask_any(value: Any, name: str = "") -> Any:
    if name and is_secret(name) and value is not None:
        return MASK
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, MutableMapping):
        return {key: _mask_any(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mask_any(item) for item in value]
    return value


def mask_event(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Mask every value of a log line: the last step before it is written."""
    return {key: _mask_any(value, key) for key, value in event.items()}


def _write(event: EventDict, **_options: Any) -> str:
    return document(event, default=str) or "{}"


def _name(service: str) -> Processor:
    def add(_logger: Any, _method: str, event: EventDict) -> EventDict:
        event.setdefault("service", service)
        return event

    return add


def configure_logs(service: str, *, level: str = "INFO") -> None:
    """Send every log line of this process, the libraries' too, to stderr as JSON.

    Args:
        service: Stands in every line as `service`, whatever thread wrote it.
        level: DEBUG, INFO, WARNING or ERROR.
    """
    shared: list[Processor] = [
        _name(service),
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.dict_tracebacks,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                mask_event,
                structlog.processors.JSONRenderer(serializer=_write),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(max(quiet, logging.getLevelNamesMapping()[level]))
    logging.captureWarnings(capture=True)


@contextmanager
def bound(**values: Any) -> Iterator[None]:
    """Bind values (`job`, `run_id`) to every line logged inside, also by libraries, in this thread or task."""
    with structlog.contextvars.bound_contextvars(**values):
        yield
