"""What accounts look like from outside; a secret is only ever shown once, when it is made."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from sdp_api.schema import Answer, Request

Username = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=r"^[^\s/\\]+$")]
GivenPassword = Annotated[str, Field(min_length=1, max_length=200)]
NewPassword = Annotated[str, Field(min_length=10, max_length=200, description="at least 10 characters")]


class SetupRead(Answer):
    """Whether the installation still waits for its first administrator."""

    needed: bool


class SetupCreate(Request):
    """The first administrator."""

    username: Username
    password: NewPassword


class UserRead(Answer):
    """A person with an account."""

    id: int
    username: str
    is_admin: bool
    is_active: bool
    created_at: datetime


class UserCreate(Request):
    """A new account."""

    username: Username
    password: NewPassword
    is_admin: bool = False


class UserUpdate(Request):
    """What an administrator may change of an account; a null changes nothing."""

    is_active: bool | None = None
    is_admin: bool | None = None
    password: NewPassword | None = None


class SessionCreate(Request):
    """A sign-in."""

    username: Annotated[str, Field(max_length=64)]
    password: GivenPassword


class SessionRead(Answer):
    """Who is signed in, and until when; `expires_at` is null for a script's token that never expires."""

    user: UserRead
    expires_at: datetime | None


class PasswordChange(Request):
    """A change of one's own password; every other session of the account ends."""

    current_password: GivenPassword
    new_password: NewPassword


class TokenCreate(Request):
    """A token for a script."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    expires_at: AwareDatetime | None = None


class TokenRead(Answer):
    """A token, without its secret."""

    id: int
    name: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class TokenCreated(TokenRead):
    """A token just made; `secret` is shown this once."""

    secret: str
