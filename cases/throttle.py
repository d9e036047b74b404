"""How often complaints may be filed and looked up."""

from enum import StrEnum

import structlog
from limits import RateLimitItemPerHour
from redis import Redis, RedisError

from cases.document_errors import UploadsThrottledError
from cases.errors import FilingThrottledError, LookupThrottledError, LookupUnavailableError
from db.throttle import count_try


class Door(StrEnum):
    """Where number and PIN are given; what is guessed at one shuts none of the others."""

    PUBLIC = "public"
    HOTLINE = "hotline"
    """A hotline's operator or telephone computer, whose many callers share an address."""
    DESK = "desk"
    """A signed-in official, counted by person."""


LOOKUPS_PER_NUMBER = RateLimitItemPerHour(10)
"""At each door; thirty guesses an hour leave a 6-digit PIN safe for years."""
LOOKUPS_PER_ADDRESS = RateLimitItemPerHour(60)
LOOKUPS_PER_DESK = RateLimitItemPerHour(600)
FILINGS_PER_ADDRESS = RateLimitItemPerHour(60)
"""A whole dormitory shares one address, and 60 people may have the same grievance."""
UPLOADS_PER_ADDRESS = RateLimitItemPerHour(300)
RETRY_SECONDS = 30

log = structlog.stdlib.get_logger(__name__)


def count_lookup(valkey: Redis, *, number: str, address: str, door: Door = Door.PUBLIC) -> None:
    """Refuse a look-up when this number or this address was tried too often at this door.

    Raises LookupUnavailableError when the count cannot be kept: nobody may guess uncounted.
    """
    per_address = LOOKUPS_PER_ADDRESS if door is Door.PUBLIC else LOOKUPS_PER_DESK
    try:
        wait = max(
            count_try(valkey, [LOOKUPS_PER_NUMBER], "cases", "lookup-number", door, number),
            count_try(valkey, [per_address], "cases", "lookup-address", door, address),
        )
    except RedisError as error:
        raise LookupUnavailableError(retry_after=RETRY_SECONDS) from error
    if wait:
        raise LookupThrottledError(retry_after=wait)


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
