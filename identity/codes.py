"""Sign-in codes and their limits, kept in Valkey: they survive no rollback and no restart."""

import hmac
import secrets
from collections.abc import Generator
from contextlib import contextmanager

from limits import parse_many
from redis import Redis, RedisError

from db.throttle import count_try
from identity.errors import CodeThrottledError, SignInUnavailableError, WrongCodeError

CODE_LIFETIME_SECONDS = 300
CODE_PAUSE_SECONDS = 60
CODE_DIGITS = 6
PURPOSE = "sign-in-code"
MAX_TRIES = 5
CODE_LIMITS = parse_many("1/minute; 5/hour; 10/day")
"""Per number and rolling, as the mainland carriers count (`design.md` §9)."""
RETRY_AFTER_OUTAGE_SECONDS = 5

# One script, so that parallel guesses cannot read the digest before they are counted.
COUNT_TRY = """
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
if redis.call('HINCRBY', KEYS[1], 'tries', 1) > tonumber(ARGV[1]) then
  redis.call('DEL', KEYS[1])
  return false
end
return redis.call('HGET', KEYS[1], 'digest')
"""


def new_code() -> str:
    """Return a fresh code of six digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def check_limits(valkey: Redis, *, number_index: bytes) -> None:
    """Count one request for a code; CodeThrottledError when the number had too many.

    `number_index` is the number's blind index, so that Valkey never holds a phone number.
    """
    with _store_answers():
        wait = count_try(valkey, CODE_LIMITS, PURPOSE, number_index.hex())
    if wait:
        raise CodeThrottledError(retry_after=wait)


def remember(valkey: Redis, *, number_index: bytes, digest: bytes) -> None:
    """Keep the keyed digest of the number's newest code for five minutes; older ones end."""
    key = _key(number_index)
    with _store_answers(), valkey.pipeline(transaction=True) as pipe:
        pipe.hset(key, mapping={"digest": digest, "tries": 0})
        pipe.expire(key, CODE_LIFETIME_SECONDS)
        pipe.execute()


def check_code(valkey: Redis, *, number_index: bytes, digest: bytes) -> None:
    """Count a try and refuse it unless it is the number's code; the code stays usable.

    Raises WrongCodeError. The sixth try finds the code gone.
    """
    key = _key(number_index)
    with _store_answers():
        expected = valkey.eval(COUNT_TRY, 1, key, str(MAX_TRIES))
        # Compared against zeros when there is no code, so the answer takes equally long.
        is_right = hmac.compare_digest(expected or bytes(len(digest)), digest)
        if not expected or not is_right:
            raise WrongCodeError
        valkey.hset(key, "tries", 0)


def use_up(valkey: Redis, *, number_index: bytes) -> None:
    """End the code; WrongCodeError if a parallel sign-in ended it first."""
    with _store_answers():
        if valkey.delete(_key(number_index)) != 1:
            raise WrongCodeError


def _key(number_index: bytes) -> str:
    return f"identity:code:{number_index.hex()}"


@contextmanager
def _store_answers() -> Generator[None]:
    try:
        yield
    except RedisError as error:
        raise SignInUnavailableError(retry_after=RETRY_AFTER_OUTAGE_SECONDS) from error
