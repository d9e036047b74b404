"""How terminals write instants: wall clock without a zone, read as Shanghai; pure."""

import re
from datetime import datetime

from core.clock import SHANGHAI

YEARS = range(1970, 2200)
TIME_FORMAT = "%Y-%m-%d %H:%M:%S"
PACKED_EPOCH = 2000
DAY_SECONDS = 86_400
MONTH_DAYS = 31
YEAR_DAYS = 12 * MONTH_DAYS
PACKED = re.compile(r"[0-9]{1,11}")


def read_clock(text: str) -> datetime | None:
    """Return the instant of ``2026-01-05 07:02:04``, or None if it is none."""
    try:
        at = datetime.strptime(text, TIME_FORMAT).replace(tzinfo=SHANGHAI)
    except ValueError:
        return None
    return at if at.year in YEARS else None


def read_packed(text: str) -> datetime | None:
    """Return the instant of a packed number, in which every month has 31 days; None if none."""
    if not PACKED.fullmatch(text):
        return None
    days, seconds = divmod(int(text), DAY_SECONDS)
    minutes, second = divmod(seconds, 60)
    year, rest = divmod(days, YEAR_DAYS)
    month, day = divmod(rest, MONTH_DAYS)
    if PACKED_EPOCH + year not in YEARS:
        return None
    try:
        return datetime(
            PACKED_EPOCH + year,
            month + 1,
            day + 1,
            *divmod(minutes, 60),
            second,
            tzinfo=SHANGHAI,
        )
    except ValueError:
        return None
