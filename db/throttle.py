"""How often something may be tried, in rolling windows in Valkey: no rollback forgets a try."""

import math
from collections.abc import Sequence

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
    # The client brings its own connections; the URI only names the protocol.
    storage = RedisStorage("redis://", connection_pool=valkey.connection_pool)
    limiter = MovingWindowRateLimiter(storage)
    for count in (limiter.test, limiter.hit):
        for limit in limits:
            if not count(limit, *key):
                reset_at = limiter.get_window_stats(limit, *key).reset_time
                return max(1, math.ceil(reset_at - now().timestamp()))
    return 0
