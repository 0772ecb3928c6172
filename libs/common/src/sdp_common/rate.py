"""Rates: so many requests a second to one host, whoever in this process asks."""

import time
from collections.abc import Callable
from threading import Lock


class TokenBucket:
    """Lets `rate` requests a second through; a pause saves up at most one second's worth.

    Threads that come together are told to wait one after another, so that they leave at the rate.
    """

    def __init__(self, rate_per_s: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        if rate_per_s <= 0:
            raise ValueError(f"a rate must be positive, not {rate_per_s}")
        self.rate_per_s = rate_per_s
        self._capacity = max(1.0, rate_per_s)
        self._tokens = self._capacity
        self._clock = clock
        self._filled_at = clock()
        self._lock = Lock()

    def reserve(self) -> float:
        """Take one token and return how many seconds to wait before using it."""
        with self._lock:
            moment = self._clock()
            self._tokens = min(self._capacity, self._tokens + (moment - self._filled_at) * self.rate_per_s)
            self._filled_at = moment
            self._tokens -= 1.0
            return max(0.0, -self._tokens / self.rate_per_s)
