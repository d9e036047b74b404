"""How often pairing codes may be tried."""

from limits import parse
from redis import Redis, RedisError

from db.throttle import count_try, find_wait
from devices.errors import PairingThrottledError, PairingUnavailableError

WRONG_PER_CALLER = parse("10/15 minutes")
"""Right codes are not counted: a site sets up its gates in an hour, behind one address."""
OVERALL = parse("300/minute")
"""All callers and tries together: 4,500 guesses in a code's life against 10⁸ codes."""
RETRY_AFTER_OUTAGE_SECONDS = 5
PURPOSE = "device-pairing"


def check_may_try(valkey: Redis, *, caller: str) -> None:
    """Let a network address try a code.

    Raises PairingThrottledError above a limit, PairingUnavailableError when Valkey is down:
    pairing happens once per gate, so it waits rather than goes uncounted.
    """
    try:
        wait = find_wait(valkey, [WRONG_PER_CALLER], PURPOSE, caller) or count_try(
            valkey, [OVERALL], PURPOSE, "all"
        )
    except RedisError as error:
        raise PairingUnavailableError(retry_after=RETRY_AFTER_OUTAGE_SECONDS) from error
    if wait:
        raise PairingThrottledError(retry_after=wait)


def count_wrong(valkey: Redis, *, caller: str) -> None:
    """Count a wrong code from a network address; raises as `check_may_try` does."""
    try:
        wait = count_try(valkey, [WRONG_PER_CALLER], PURPOSE, caller)
    except RedisError as error:
        raise PairingUnavailableError(retry_after=RETRY_AFTER_OUTAGE_SECONDS) from error
    if wait:
        raise PairingThrottledError(retry_after=wait)
