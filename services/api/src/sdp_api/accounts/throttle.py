"""The brake on password guessing: failures are counted by account and address, in Redis where there is one."""

import hashlib
import warnings
from dataclasses import dataclass

import structlog
from anyio import from_thread
from cashews import Cache

from sdp_api.errors import TooMany

log = structlog.get_logger(__name__)
WINDOW_S = 15 * 60
PER_PAIR = 5
"""Failures of one account from one address."""
PER_ADDRESS = 50
"""Failures from one address, whichever the account."""
PER_ACCOUNT = 100
"""Failures of one account from anywhere: high, so that nobody can lock another out cheaply."""


@dataclass(frozen=True)
class Attempt:
    """The keys under which a sign-in was counted."""

    keys: tuple[str, ...]


class Throttle:
    """Counts attempts before they are checked, so that many at once cannot slip through, and forgives successes.

    Args:
        redis_url: Shared counters for several API processes; in this process alone where None, and where Redis
            cannot be reached.
        window_s: How long a failure counts, in seconds.
    """

    def __init__(self, redis_url: str | None, window_s: int = WINDOW_S) -> None:
        self._window_s = window_s
        self._local = _cache("mem://?size=100000")
        self._shared = _cache(redis_url) if redis_url else None

    def begin(self, username: str, address: str) -> Attempt:
        """Count an attempt; call it from a worker thread.

        Raises:
            TooMany: The account or the address has failed too often.
        """
        pair = hashlib.sha256(f"{username}\0{address}".encode()).hexdigest()
        name = hashlib.sha256(username.encode()).hexdigest()
        limits = {f"pair:{pair}": PER_PAIR, f"address:{address}": PER_ADDRESS, f"account:{name}": PER_ACCOUNT}
        for key, most in limits.items():
            if from_thread.run(self._count, key) > most:
                wait = from_thread.run(self._wait, key)
                raise TooMany("too many failed sign-ins: wait a while and try again", wait)
        return Attempt(tuple(limits))

    def forgive(self, attempt: Attempt) -> None:
        """Take back a successful attempt; the account starts afresh from this address."""
        from_thread.run(self._forgive, attempt)

    async def close(self) -> None:
        """Let go of the connections."""
        with warnings.catch_warnings():
            # cashews 7 closes Redis by the name that redis 5 deprecated
            warnings.filterwarnings("ignore", "Call to deprecated close", DeprecationWarning)
            for cache in filter(None, (self._local, self._shared)):
                await cache.close()

    async def _count(self, key: str) -> int:
        for cache in filter(None, (self._shared, self._local)):
            count = await cache.incr(f"sign-in:{key}", expire=self._window_s)
            if count:
                return count
        return 0

    async def _wait(self, key: str) -> int:
        for cache in filter(None, (self._shared, self._local)):
            left = await cache.get_expire(f"sign-in:{key}")
            if left and left > 0:
                return left
        return self._window_s

    async def _forgive(self, attempt: Attempt) -> None:
        for cache in filter(None, (self._shared, self._local)):
            for key in attempt.keys:
                if key.startswith("pair:"):
                    await cache.delete(f"sign-in:{key}")
                elif await cache.get(f"sign-in:{key}"):
                    await cache.incr(f"sign-in:{key}", value=-1)


def _cache(url: str) -> Cache:
    """Return a cache of its own; a Redis that is away counts nothing instead of refusing everybody."""
    cache = Cache()
    if url.startswith("mem"):
        cache.setup(url)
    else:
        cache.setup(url, client_side=False, suppress=True, socket_connect_timeout=0.5, socket_timeout=0.5)
    return cache
