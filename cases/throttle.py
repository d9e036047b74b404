"""How often complaints may be filed and looked up, counted in Valkey: no rollback forgets it."""

import math

import structlog
from limits import RateLimitItem, RateLimitItemPerHour
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis import Redis, RedisError

from cases.errors import FilingThrottledError, LookupThrottledError, LookupUnavailableError
from core.clock import now

LOOKUPS_PER_NUMBER = RateLimitItemPerHour(10)
"""Ten guesses an hour leave a 6-digit PIN safe for years."""
LOOKUPS_PER_ADDRESS = RateLimitItemPerHour(60)
FILINGS_PER_ADDRESS = RateLimitItemPerHour(60)
"""A whole dormitory shares one address, and 60 people may have the same grievance."""
RETRY_SECONDS = 30

log = structlog.stdlib.get_logger(__name__)


def count_lookup(valkey: Redis, *, number: str, address: str) -> None:
    """Refuse a look-up when this number or this address was tried too often.

    Raises LookupUnavailableError when the count cannot be kept: nobody may guess uncounted.
    """
    try:
        wait = max(
            _count(valkey, LOOKUPS_PER_NUMBER, "lookup-number", number),
            _count(valkey, LOOKUPS_PER_ADDRESS, "lookup-address", address),
        )
    except RedisError as error:
        raise LookupUnavailableError(retry_after=RETRY_SECONDS) from error
    if wait:
        raise LookupThrottledError(retry_after=wait)


def count_filing(valkey: Redis, *, address: str) -> None:
    """Refuse a flood of complaints from one address; without Valkey let everybody complain."""
    try:
        wait = _count(valkey, FILINGS_PER_ADDRESS, "filing-address", address)
    except RedisError:
        log.warning("complaints are not counted, valkey is away")
        return
    if wait:
        raise FilingThrottledError(retry_after=wait)


def _count(valkey: Redis, limit: RateLimitItem, what: str, who: str) -> int:
    """Count one try; return 0 if it is within the limit, else the seconds to wait."""
    # The client brings its own connections; the URI only names the protocol.
    storage = RedisStorage("redis://", connection_pool=valkey.connection_pool)
    limiter = MovingWindowRateLimiter(storage)
    if limiter.hit(limit, "cases", what, who):
        return 0
    reset_at = limiter.get_window_stats(limit, "cases", what, who).reset_time
    return max(1, math.ceil(reset_at - now().timestamp()))
