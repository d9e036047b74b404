"""What divisions promise to do in less time than the law leaves them: dated rows with a source."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from cases import bureaus, clocks, promise_queries
from core.case_enums import ClockKind
from core.clock import ONE_DAY, local_date
from db.models import LocalPromise


def add_promise(
    session: Session,
    *,
    code: str,
    kind: ClockKind,
    days: int,
    source: str,
    from_date: date,
    at: datetime,
) -> LocalPromise:
    """Hold a division, and every county below it, to fewer days for periods that begin from then.

    Periods that run already keep their end. Raises BureauNotFoundError, PromiseNotShorterError.
    """
    bureaus.check_division(code)
    clocks.check_promise(kind, days)
    promise = LocalPromise(
        created_at=at,
        division_code=code,
        kind=kind,
        days=days,
        source=source,
        from_date=from_date,
    )
    session.add(promise)
    session.flush()
    return promise


def end_promise(session: Session, *, code: str, promise_id: UUID, at: datetime) -> None:
    """Let a promise end with the day before; it is kept for the record. PromiseNotFoundError."""
    promise = promise_queries.get_promise(session, code, promise_id)
    promise.until_date = local_date(at) - ONE_DAY


def list_promises(session: Session, *, code: str, on: date) -> list[LocalPromise]:
    """Return what a division promises on that day; BureauNotFoundError."""
    bureaus.check_division(code)
    return promise_queries.list_promises(session, code, on=on)
