"""The monthly partitions of `check_in`."""

from collections.abc import Collection
from datetime import date

import structlog
from psycopg.errors import CheckViolation, LockNotAvailable
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session

from attendance.errors import StorageUnavailableError
from attendance.queries import (
    is_in_default_partition,
    list_partitions,
    lock_partitions,
    set_lock_timeout,
)
from core.clock import day_start, next_month

LOCK_TIMEOUT = "500ms"
"""Shorter than PostgreSQL's `deadlock_timeout` of 1 s, after which anybody may be the victim."""
RETRY_AFTER_SECONDS = 5
MONTHS_AHEAD = 3
MONTHS_BACK = 24
"""Older punches than this come from wrong clocks; the default partition takes them."""

log = structlog.get_logger(__name__)


def ensure_partitions(session: Session, *, today: date) -> None:
    """Create this month's partition and the next three; repeating changes nothing."""
    months = [today.replace(day=1)]
    for _ in range(MONTHS_AHEAD):
        months.append(next_month(months[-1]))
    ensure_months(session, months)


def ensure_partitions_for(session: Session, days: Collection[date], *, today: date) -> None:
    """Create what an import of these days needs; days that cannot be true need nothing."""
    first = today.replace(day=1)
    months = {day.replace(day=1) for day in days}
    ensure_months(
        session,
        [
            month
            for month in months
            if -MONTHS_BACK <= _months_between(first, month) <= MONTHS_AHEAD
        ],
    )


def ensure_months(session: Session, months: Collection[date]) -> None:
    """Create the partitions of these months (given by their first days) that are missing.

    A new partition wants tables for itself that scans are being written to. It gives way before
    PostgreSQL would see a deadlock, so that it never costs a scan: StorageUnavailableError.
    """
    missing = _list_missing(session, months)
    if not missing:
        return
    lock_partitions(session)  # two importers of the same old month take turns
    usual = set_lock_timeout(session, LOCK_TIMEOUT)
    try:
        for month in _list_missing(session, missing):
            _create(session, month)
    except OperationalError as error:
        if not isinstance(error.orig, LockNotAvailable):
            raise
        raise StorageUnavailableError(retry_after=RETRY_AFTER_SECONDS) from error
    set_lock_timeout(session, usual)


def _list_missing(session: Session, months: Collection[date]) -> list[date]:
    """Return the months that need a partition and may have one.

    A month of which the default partition holds a row stays there; trying again would lock that
    partition and read it whole at every upload.
    """
    present = list_partitions(session)
    missing = [month for month in sorted(months) if partition_name(month) not in present]
    return [
        month
        for month in missing
        if not is_in_default_partition(
            session, since=day_start(month), until=day_start(next_month(month))
        )
    ]


def partition_name(month: date) -> str:
    """Return the table of the month that begins on this day."""
    return f"check_in_{month:%Y_%m}"


def _create(session: Session, month: date) -> None:
    """Create a table and attach it; punches go on meanwhile, as `CREATE … PARTITION OF` forbids.

    Rows of the month that already lie in the default partition keep it from being attached.
    They are append-only and just as good where they are, so that month stays there.
    """
    name = partition_name(month)
    since, until = (day_start(day).isoformat() for day in (month, next_month(month)))
    bounds = f"FROM ('{since}') TO ('{until}')"
    try:
        with session.begin_nested():
            session.execute(text(f"CREATE TABLE {name} (LIKE check_in INCLUDING ALL)"))
            session.execute(
                text(f"ALTER TABLE check_in ATTACH PARTITION {name} FOR VALUES {bounds}")
            )
    except IntegrityError as error:
        if not isinstance(error.orig, CheckViolation):
            raise
        log.warning("month_stays_in_default_partition", month=f"{month:%Y-%m}")


def _months_between(first: date, month: date) -> int:
    return (month.year - first.year) * 12 + month.month - first.month
