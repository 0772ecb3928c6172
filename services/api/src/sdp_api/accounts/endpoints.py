"""Accounts: first run, sign-in, own password and tokens, and an administrator's view of the users."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response, status
from sdp_common.errors import NotFound
from sdp_common.settings import Settings
from sdp_common.store import accounts

from sdp_api.accounts import service
from sdp_api.accounts.schemas import (
    PasswordChange,
    SessionCreate,
    SessionRead,
    SetupCreate,
    SetupRead,
    TokenCreate,
    TokenCreated,
    TokenRead,
    UserCreate,
    UserRead,
    UserUpdate,
)
from sdp_api.deps import COOKIE, Admin, Caller, Database, SettingsDep, digest
from sdp_api.errors import refusals

router = APIRouter(prefix="/api", tags=["accounts"])


@router.get("/setup")
def read_setup(database: Database) -> SetupRead:
    """Say whether the first administrator is still to be created."""
    return SetupRead(needed=not accounts.any_user(database))


@router.post("/setup", status_code=status.HTTP_201_CREATED, responses=refusals(409, 422))
def create_first_admin(body: SetupCreate, database: Database, response: Response, settings: SettingsDep) -> SessionRead:
    """Create the first administrator and sign in; refused as soon as there is any user."""
    user = accounts.create_first_admin(database, body.username, service.hash_password(body.password))
    return _sign_in(database, response, settings, user.id)


@router.post("/session", status_code=status.HTTP_201_CREATED, responses=refusals(401, 422, 429))
def create_session(
    body: SessionCreate, request: Request, response: Response, database: Database, settings: SettingsDep
) -> SessionRead:
    """Sign in: the answer sets an HttpOnly cookie. After too many failures the account or address must wait."""
    user_id = service.sign_in(request, database, body.username, body.password)
    return _sign_in(database, response, settings, user_id)


@router.get("/session", responses=refusals(401))
def read_session(caller: Caller) -> SessionRead:
    """Say who is signed in."""
    return SessionRead(user=UserRead.model_validate(caller.user), expires_at=caller.expires_at)


@router.delete("/session", status_code=status.HTTP_204_NO_CONTENT, responses=refusals(401))
def delete_session(caller: Caller, database: Database, response: Response) -> None:
    """Sign out: the session ends and the cookie is cleared."""
    if caller.session_hash is not None:
        accounts.delete_session(database, caller.session_hash)
    response.delete_cookie(COOKIE, path="/")


@router.put("/password", status_code=status.HTTP_204_NO_CONTENT, responses=refusals(401, 422, 429))
def change_password(body: PasswordChange, request: Request, caller: Caller, database: Database) -> None:
    """Change one's own password; every other session of the account ends, and so do its tokens."""
    service.change_password(request, database, caller, body.current_password, body.new_password)


@router.get("/tokens", responses=refusals(401))
def list_tokens(caller: Caller, database: Database) -> list[TokenRead]:
    """List one's own tokens for scripts."""
    return [TokenRead.model_validate(token) for token in accounts.tokens(database, caller.user.id)]


@router.post("/tokens", status_code=status.HTTP_201_CREATED, responses=refusals(401, 422))
def create_token(body: TokenCreate, caller: Caller, database: Database) -> TokenCreated:
    """Make a token for a script, sent as `Authorization: Bearer`; its secret is shown this once."""
    service.check_future(body.expires_at, datetime.now(UTC))
    secret = service.new_secret()
    token = accounts.create_token(database, caller.user.id, body.name, digest(secret), expires_at=body.expires_at)
    return TokenCreated(**TokenRead.model_validate(token).model_dump(), secret=secret)


@router.delete("/tokens/{token_id}", status_code=status.HTTP_204_NO_CONTENT, responses=refusals(401, 404, 422))
def delete_token(token_id: int, caller: Caller, database: Database) -> None:
    """Revoke one of one's own tokens."""
    if not accounts.delete_token(database, caller.user.id, token_id):
        raise NotFound(f"there is no token {token_id}")


@router.get("/users", responses=refusals(401, 403))
def list_users(_: Admin, database: Database) -> list[UserRead]:
    """List every account (administrators)."""
    return [UserRead.model_validate(user) for user in accounts.users(database)]


@router.post("/users", status_code=status.HTTP_201_CREATED, responses=refusals(401, 403, 409, 422))
def create_user(body: UserCreate, _: Admin, database: Database) -> UserRead:
    """Create an account (administrators)."""
    hashed = service.hash_password(body.password)
    return UserRead.model_validate(accounts.create_user(database, body.username, hashed, is_admin=body.is_admin))


@router.patch("/users/{user_id}", responses=refusals(401, 403, 404, 409, 422))
def update_user(user_id: int, body: UserUpdate, _: Admin, database: Database) -> UserRead:
    """Deactivate or reactivate an account, change its role or set its password (administrators).

    The last active administrator stays one. Deactivation and a new password end the account's sessions and tokens.
    """
    hashed = service.hash_password(body.password) if body.password is not None else None
    user = accounts.update_user(
        database, user_id, is_active=body.is_active, is_admin=body.is_admin, password_hash=hashed
    )
    return UserRead.model_validate(user)


def _sign_in(database: Database, response: Response, settings: Settings, user_id: int) -> SessionRead:
    """Open a session for a user and set its cookie."""
    user, secret, expires_at = service.open_session(database, user_id, settings.session_hours)
    response.set_cookie(
        COOKIE,
        secret,
        max_age=settings.session_hours * 3600,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.secure_cookies,
    )
    return SessionRead(user=UserRead.model_validate(user), expires_at=expires_at)
