"""How often pairing codes may be tried."""

from limits import parse
from redis import Redis, RedisError

from db.throttle import count_try as count
from devices.errors import PairingThrottledError, PairingUnavailableError

PER_CALLER = parse("10/15 minutes")
OVERALL = parse("300/minute")
"""All callers together: 4,500 guesses in a code's life against 10⁸ codes."""
RETRY_AFTER_OUTAGE_SECONDS = 5
PURPOSE = "device-pairing"


def count_try(valkey: Redis, *, caller: str) -> None:
    """Count one try from a network address.

    Raises PairingThrottledError above a limit, PairingUnavailableError when Valkey is down:
    pairing happens once per gate, so it waits rather than goes uncounted.
    """
    try:
        wait = count(valkey, [PER_CALLER], PURPOSE, caller) or count(
            valkey, [OVERALL], PURPOSE, "all"
        )
    except RedisError as error:
        raise PairingUnavailableError(retry_after=RETRY_AFTER_OUTAGE_SECONDS) from error
    if wait:
        raise PairingThrottledError(retry_after=wait)
