"""The ready account of a fresh installation."""

import json
import secrets
from dataclasses import dataclass

from sdp_common.errors import Conflict

from sdp_cli.client import Client
from sdp_cli.folder import write_private
from sdp_cli.home import Home

USERNAME = "admin"


@dataclass(frozen=True)
class Account:
    """How to sign in; `password` is None where the account was made elsewhere, so that we do not know it."""

    username: str | None
    password: str | None


def ensure_account(home: Home, client: Client) -> Account:
    """Return the ready account, created through the API's first-run door where there is none.

    The random password is kept in a file of mode 600; where a person has made the first account himself, or has
    changed the password since, ours is of no use: the file holds what was true when we made it.
    """
    if client.get("/api/setup")["needed"]:
        account = Account(USERNAME, secrets.token_urlsafe(12))
        # Kept before it is used: a crash in between leaves a password for no account, never the reverse.
        write_private(home.account, json.dumps({"username": account.username, "password": account.password}))
        try:
            client.post("/api/setup", {"username": account.username, "password": account.password})
        except Conflict:
            home.account.unlink(missing_ok=True)  # somebody in a browser was quicker
        else:
            return account
    return load_account(home)


def load_account(home: Home) -> Account:
    """Return the account we made; of None where we made none."""
    try:
        return Account(**json.loads(home.account.read_text()))
    except (OSError, ValueError, TypeError):
        return Account(None, None)
