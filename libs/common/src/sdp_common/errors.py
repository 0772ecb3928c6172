"""Every error that crosses a room's door, sorted by who must act.

PlatformError
├── Retriable       the world failed: the runner tries again
├── BadInput        the user sent something that cannot be used: it says what and where
├── NotAllowed      the caller is not signed in, or may not do this
├── NotFound        there is no such thing
├── Conflict        the thing is not in a state that allows this
├── Infeasible      no answer satisfies the rules: it names those that clash
├── DriftedSource   a provider changed its shape: keep the body, alert, do not retry
├── Unavailable     a source refuses us (key, block, challenge): do not retry, a person must act
├── Misconfigured   the installation is wrong: stop at start
└── Cancelled       the user asked for the run to stop
"""

from collections.abc import Sequence
from dataclasses import dataclass


class PlatformError(Exception):
    """Something went wrong that a person can be told about; `status` is its HTTP status.

    `exit_code` is what a command ends with: 1, but 2 for wrong use, 75 (EX_TEMPFAIL) where trying again may help
    and 78 (EX_CONFIG) where the configuration must change first.
    """

    status = 500
    code = "platform_error"
    exit_code = 1

    @property
    def message(self) -> str:
        """What to tell the person."""
        return str(self)


class Retriable(PlatformError):
    """The world outside failed; the same request may succeed later."""

    status = 503
    code = "retriable"
    exit_code = 75

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True)
class Problem:
    """One fault in something a user sent.

    Attributes:
        message: What is wrong and what to do.
        row: 1-based line of the file, header included; None where the fault is the whole file's.
        column: Name of the column or field.
    """

    message: str
    row: int | None = None
    column: str | None = None


class BadInput(PlatformError):
    """What the user sent cannot be used; `problems` lists every fault found."""

    status = 422
    code = "bad_input"
    exit_code = 2

    def __init__(self, message: str, problems: Sequence[Problem] = (), *, status: int | None = None) -> None:
        super().__init__(message)
        self.problems = tuple(problems)
        if status is not None:
            self.status = status


class NotAllowed(PlatformError):
    """The caller is not signed in (401) or may not do this (403)."""

    status = 401
    code = "not_allowed"

    def __init__(self, message: str, *, status: int = 401) -> None:
        super().__init__(message)
        self.status = status


class NotFound(PlatformError):
    """There is no such thing, or it is not the caller's."""

    status = 404
    code = "not_found"


class Conflict(PlatformError):
    """The thing exists but is not in a state that allows this."""

    status = 409
    code = "conflict"


class Infeasible(PlatformError):
    """No answer satisfies the request; `rules` names those that clash, in words."""

    status = 422
    code = "infeasible"

    def __init__(self, message: str, rules: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.rules = tuple(rules)


class DriftedSource(PlatformError):
    """A provider answered in a shape we do not understand; the raw body is kept."""

    status = 502
    code = "drifted_source"


class Unavailable(PlatformError):
    """A source refuses to serve us (401, 403, a challenge page): asking again would make it worse."""

    status = 502
    code = "unavailable"


class Misconfigured(PlatformError):
    """The installation cannot work as configured; says which setting to change."""

    status = 500
    code = "misconfigured"
    exit_code = 78


class Cancelled(PlatformError):
    """The user asked for the run to stop."""

    status = 409
    code = "cancelled"
