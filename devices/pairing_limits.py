"""How often pairing codes may be tried; counted in Valkey, which no rollback undoes."""

import time

from limits import RateLimitItem, parse
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis import Redis, RedisError

from devices.errors import PairingThrottledError, PairingUnavailableError

PER_CALLER = parse("10/15 minutes")
OVERALL = parse("300/minute")
"""All callers together: 4,500 guesses in a code's life against 10⁸ codes."""
RETRY_AFTER_OUTAGE_S = 5


def count_try(valkey: Redis, *, caller: str) -> None:
    """Count one try from a network address.

    Raises PairingThrottledError above a limit, PairingUnavailableError when Valkey is down:
    pairing happens once per gate, so it waits rather than goes uncounted.
    """
    try:
        # The client brings its own connections; the URI only names the protocol.
        storage = RedisStorage("redis://", connection_pool=valkey.connection_pool)
        limiter = MovingWindowRateLimiter(storage)
        _hit(limiter, PER_CALLER, caller)
        _hit(limiter, OVERALL, "all")
    except RedisError as error:
        raise PairingUnavailableError(retry_after=RETRY_AFTER_OUTAGE_S) from error


def _hit(limiter: MovingWindowRateLimiter, limit: RateLimitItem, key: str) -> None:
    if not limiter.hit(limit, "device-pairing", key):
        reset_at = limiter.get_window_stats(limit, "device-pairing", key).reset_time
        raise PairingThrottledError(retry_after=max(1, round(reset_at - time.time() + 0.5)))
