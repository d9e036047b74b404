"""The current instant and the site calendar's time zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""All sites, days and legal clocks; China has had one zone and no daylight saving since 1991."""
ONE_DAY = timedelta(days=1)


def now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return datetime.now(UTC)


def local_date(instant: datetime) -> date:
    """Return the calendar day of an aware instant in Shanghai."""
    return instant.astimezone(SHANGHAI).date()


def day_start(day: date, *, at: time = time()) -> datetime:
    """Return the instant (UTC) at which a Shanghai day reaches the wall-clock time `at`."""
    return datetime.combine(day, at, SHANGHAI).astimezone(UTC)


def month_start(month: str) -> date:
    """Return the first day of a ``YYYY-MM`` month; ValueError if it is not one."""
    return datetime.strptime(month, "%Y-%m").replace(tzinfo=SHANGHAI).date()


def next_month(first: date) -> date:
    """Return the first day of the month after the one that begins on `first`."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)
