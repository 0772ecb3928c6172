"""Refusals: every error of the tree becomes one shape of answer."""

from typing import Any

import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sdp_common.errors import BadInput, Infeasible, NotAllowed, PlatformError, Retriable
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from sdp_api.schema import ErrorBody, Problem

log = structlog.get_logger(__name__)

_MEANINGS = {
    401: "Not signed in, or the session has expired (code `session_expired`).",
    403: "Signed in, but not allowed.",
    404: "There is no such thing, or it is not the caller's.",
    409: "The thing is not in a state that allows this.",
    413: "The body is larger than the limit.",
    422: "What was sent cannot be used; `problems` names every fault.",
    429: "Too many attempts: wait for as long as `Retry-After` says.",
    503: "Something this depends on cannot be reached; try again.",
}


class TooMany(PlatformError):
    """Too many attempts; the caller must wait `retry_after` seconds."""

    status = 429
    code = "too_many_attempts"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class SessionExpired(NotAllowed):
    """The cookie names a session that has ended."""

    code = "session_expired"


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Declare in the contract which refusals an endpoint may answer with."""
    return {status: {"model": ErrorBody, "description": _MEANINGS[status]} for status in statuses}


def file_answer(kind: str) -> dict[int | str, dict[str, Any]]:
    """Declare in the contract that an endpoint answers with text of this kind."""
    return {200: {"description": "The file.", "content": {kind: {"schema": {"type": "string"}}}}}


def body_of(error: PlatformError) -> ErrorBody:
    """Return what an error of the tree looks like from outside."""
    problems = error.problems if isinstance(error, BadInput) else ()
    rules = error.rules if isinstance(error, Infeasible) else ()
    return ErrorBody(
        code=error.code,
        message=error.message,
        problems=tuple(Problem.model_validate(problem) for problem in problems),
        rules=tuple(rules),
    )


def answer(error: PlatformError) -> JSONResponse:
    """Return the answer to an error of the tree; the text of an error of ours (500) stays in the log."""
    headers = {}
    wait = getattr(error, "retry_after", None)
    if wait is not None:
        headers["Retry-After"] = str(max(1, round(wait)))
    body = body_of(error)
    if error.status == 500:
        body = ErrorBody(code=error.code, message="something is wrong on our side; the log says what")
    return JSONResponse(body.model_dump(), status_code=error.status, headers=headers)


def _platform(request: Request, error: Exception) -> JSONResponse:
    """Answer an error of the tree."""
    assert isinstance(error, PlatformError)  # noqa: S101 - registered for this class alone
    if error.status >= 500:
        log.error("request.failed", path=request.url.path, code=error.code, error=str(error))
    if isinstance(error.__cause__, psycopg.OperationalError) and isinstance(error, Retriable):
        # where the database stands is the operator's business: the log has it
        return answer(Retriable("the database cannot be reached; try again in a moment", retry_after=2))
    return answer(error)


def _validation(_request: Request, error: Exception) -> JSONResponse:
    """Answer a request that does not fit its schema, naming every field."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class alone
    problems = tuple(
        Problem(message=fault["msg"], column=".".join(str(part) for part in fault["loc"][1:]) or None)
        for fault in error.errors()
    )
    body = ErrorBody(code="bad_input", message="the request does not fit: see problems", problems=problems)
    return JSONResponse(body.model_dump(), status_code=422)


def _http(_request: Request, error: Exception) -> JSONResponse:
    """Answer what the router itself refuses (no such path, wrong method)."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class alone
    codes = {404: "not_found", 405: "method_not_allowed"}
    body = ErrorBody(code=codes.get(error.status_code, "bad_input"), message=str(error.detail))
    return JSONResponse(body.model_dump(), status_code=error.status_code, headers=error.headers)


def _beyond(request: Request, error: Exception) -> JSONResponse:
    """Answer a value that no column holds: a number beyond 64 bits, or text with a NUL or half a character."""
    log.info("request.beyond", path=request.url.path, error=type(error).__name__)
    return answer(
        BadInput("a number or text of the request is beyond what can be kept, or holds characters that are none")
    )


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    """Answer a fault of ours without telling more than that; the database being away is told."""
    log.error("request.crashed", path=request.url.path, exc_info=error)
    return JSONResponse(
        ErrorBody(code="platform_error", message="something is wrong on our side; the log says what").model_dump(),
        status_code=500,
    )


def install(app: FastAPI) -> None:
    """Register every handler."""
    app.add_exception_handler(PlatformError, _platform)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DataError, _beyond)
    app.add_exception_handler(UnicodeEncodeError, _beyond)
    app.add_exception_handler(Exception, _unexpected)
