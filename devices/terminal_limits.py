"""How often somebody may call terminals that do not exist."""

from limits import parse
from redis import Redis, RedisError

from db.throttle import count_try
from devices.errors import TerminalThrottledError

PER_CALLER = parse("60/minute")
"""A secret has 256 bits, so this only spares the database; a mistyped gate polls slower."""
PURPOSE = "unknown-terminal"


def count_miss(valkey: Redis, *, caller: str) -> None:
    """Count a call to no terminal; TerminalThrottledError above the limit.

    Calls to terminals that exist are never counted: a whole site may share one address.
    """
    try:
        wait = count_try(valkey, [PER_CALLER], PURPOSE, caller)
    except RedisError:
        return  # the caller is refused either way
    if wait:
        raise TerminalThrottledError(retry_after=wait)
