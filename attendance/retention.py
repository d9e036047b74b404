"""Letting go of check-ins that nobody must keep any more: month by month, detached, never deleted.

The ledger of who worked where is kept until a project is completed and all its wages are settled,
and three years from then (条例 §28). A month is one table for all projects, so it stays as long as
any project that has crossings in it needs it.
"""

from datetime import date

from sqlalchemy import text
from sqlmodel import Session

from attendance import retention_queries
from attendance.partitions import LOCK_TIMEOUT
from attendance.queries import list_partitions, set_lock_timeout
from core.clock import next_month
from db.base import new_id
from identity import audit

YEARS_KEPT = 3
MONTH_DIGITS = len("2026_10")


def detach_expired_months(session: Session, *, today: date) -> list[str]:
    """Detach the months that the law lets go of, and record each; return their tables' names.

    A detached table refuses changes as before, and waits for whoever archives it. Raises
    OperationalError when somebody is using the check-ins for longer than a moment.
    """
    before = today.replace(year=today.year - YEARS_KEPT, day=1)
    expired = [
        name
        for name in sorted(list_partitions(session))
        if _is_over(name, before) and not retention_queries.is_needed(session, name, before=before)
    ]
    if expired:
        set_lock_timeout(session, LOCK_TIMEOUT)
    for name in expired:
        _detach(session, name)
    return expired


def _is_over(name: str, before: date) -> bool:
    year, _, month = name[-MONTH_DIGITS:].partition("_")
    if not (year.isdigit() and month.isdigit()):
        return False  # the default partition, of clocks that were wrong
    return next_month(date(int(year), int(month), 1)) <= before


def _detach(session: Session, name: str) -> None:
    session.execute(text(f"ALTER TABLE check_in DETACH PARTITION {name}"))
    # Triggers that came from the parent went with it.
    session.execute(
        text(
            f"CREATE TRIGGER check_in_append_only BEFORE UPDATE OR DELETE ON {name}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    )
    audit.record(
        session,
        actor=None,
        action="attendance.detach-month",
        subject_kind="check_in_month",
        subject_id=new_id(),
        reason="工程完工且工资全部结清已满三年（条例第二十八条）",
        table=name,
    )
