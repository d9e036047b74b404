"""How often something may be tried, in rolling windows in Valkey: no rollback forgets a try."""

import math
from collections.abc import Callable, Sequence

from limits import RateLimitItem
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis import Redis

from core.clock import now


def count_try(valkey: Redis, limits: Sequence[RateLimitItem], *key: str) -> int:
    """Count one try against every limit; return 0, or the seconds to wait if one is reached.

    A refused try is not counted: asking again does not lengthen the wait. Raises RedisError when
    the count cannot be kept; the caller knows whether that shuts the door or leaves it open.
    """
    limiter = _make_limiter(valkey)
    return _find_wait(limiter, limiter.test, limits, key) or _find_wait(
        limiter, limiter.hit, limits, key
    )


def find_wait(valkey: Redis, limits: Sequence[RateLimitItem], *key: str) -> int:
    """Return 0 or the seconds to wait as `count_try` does, and count nothing."""
    limiter = _make_limiter(valkey)
    return _find_wait(limiter, limiter.test, limits, key)


def _make_limiter(valkey: Redis) -> MovingWindowRateLimiter:
    # The client brings its own connections; the URI only names the protocol.
    return MovingWindowRateLimiter(RedisStorage("redis://", connection_pool=valkey.connection_pool))


def _find_wait(
    limiter: MovingWindowRateLimiter,
    is_allowed: Callable[..., bool],
    limits: Sequence[RateLimitItem],
    key: tuple[str, ...],
) -> int:
    for limit in limits:
        if not is_allowed(limit, *key):
            reset_at = limiter.get_window_stats(limit, *key).reset_time
            return max(1, math.ceil(reset_at - now().timestamp()))
    return 0
