"""How often complaints may be filed, and how often number and PIN may be guessed."""

import math
from collections.abc import Callable
from enum import StrEnum

import structlog
from limits import RateLimitItemPerHour
from redis import Redis, RedisError

from cases.document_errors import UploadsThrottledError
from cases.errors import FilingThrottledError, LookupThrottledError, LookupUnavailableError
from db.throttle import count_try, find_wait


class Door(StrEnum):
    """Where number and PIN are given; what is guessed at one shuts none of the others."""

    PUBLIC = "public"
    HOTLINE = "hotline"
    """An operator or telephone computer that is signed in, counted by person."""
    DESK = "desk"
    """A signed-in official, counted by person."""


LOOKUPS_PER_NUMBER = RateLimitItemPerHour(10)
"""Wrong ones, at each door; thirty guesses an hour leave a 6-digit PIN safe for years."""
LOOKUPS_PER_ADDRESS = RateLimitItemPerHour(60)
LOOKUPS_PER_DESK = RateLimitItemPerHour(600)
FILINGS_PER_ADDRESS = RateLimitItemPerHour(60)
"""A whole dormitory shares one address, and 60 people may have the same grievance."""
UPLOADS_PER_ADDRESS = RateLimitItemPerHour(300)
RETRY_SECONDS = 30
MINUTE = 60

log = structlog.stdlib.get_logger(__name__)


def check_lookup(valkey: Redis, *, number: str, address: str, door: Door = Door.PUBLIC) -> None:
    """Refuse to compare a PIN after too many wrong ones for this number or from this address.

    Raises LookupThrottledError, and LookupUnavailableError when the count cannot be read: nobody
    may guess uncounted.
    """
    _limit_lookups(find_wait, valkey, number, address, door)


def count_wrong(valkey: Redis, *, number: str, address: str, door: Door = Door.PUBLIC) -> None:
    """Count a wrong number or PIN; the right ones cost nothing. Raises as `check_lookup` does."""
    _limit_lookups(count_try, valkey, number, address, door)


def _limit_lookups(
    limit: Callable[..., int], valkey: Redis, number: str, address: str, door: Door
) -> None:
    per_address = LOOKUPS_PER_ADDRESS if door is Door.PUBLIC else LOOKUPS_PER_DESK
    try:
        wait = max(
            limit(valkey, [LOOKUPS_PER_NUMBER], "cases", "lookup-number", door, number),
            limit(valkey, [per_address], "cases", "lookup-address", door, address),
        )
    except RedisError as error:
        raise LookupUnavailableError(retry_after=RETRY_SECONDS) from error
    if wait:
        raise LookupThrottledError(retry_after=wait, minutes=math.ceil(wait / MINUTE))


def count_filing(valkey: Redis, *, address: str) -> None:
    """Refuse a flood of complaints from one address; without Valkey let everybody complain."""
    try:
        wait = count_try(valkey, [FILINGS_PER_ADDRESS], "cases", "filing-address", address)
    except RedisError:
        log.warning("complaints are not counted, valkey is away")
        return
    if wait:
        raise FilingThrottledError(retry_after=wait)


def count_upload(valkey: Redis, *, address: str) -> None:
    """Refuse a flood of files from one address; without Valkey let everybody hand in files."""
    try:
        wait = count_try(valkey, [UPLOADS_PER_ADDRESS], "cases", "upload-address", address)
    except RedisError:
        log.warning("uploads are not counted, valkey is away")
        return
    if wait:
        raise UploadsThrottledError(retry_after=wait)
