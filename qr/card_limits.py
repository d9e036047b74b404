"""How often a card and PIN may be tried."""

from limits import parse
from redis import Redis, RedisError

from db.throttle import count_try as count
from identity.errors import SignInUnavailableError
from qr.errors import CardPinThrottledError

PER_CARD = parse("5/15 minutes")
PER_KIOSK = parse("120/hour")
"""A crew queues at one kiosk on payday; each try costs an Argon2 hash."""
RETRY_AFTER_OUTAGE_SECONDS = 5
PURPOSE = "card-pin"


def count_try(valkey: Redis, *, digest: bytes, kiosk: str) -> None:
    """Count one try with a card at a kiosk.

    Raises CardPinThrottledError above a limit, SignInUnavailableError when Valkey is down: six
    digits must not be guessed uncounted.
    """
    try:
        wait = count(valkey, [PER_KIOSK], PURPOSE, "kiosk", kiosk) or count(
            valkey, [PER_CARD], PURPOSE, "card", digest.hex()
        )
    except RedisError as error:
        raise SignInUnavailableError(retry_after=RETRY_AFTER_OUTAGE_SECONDS) from error
    if wait:
        raise CardPinThrottledError(retry_after=wait)
