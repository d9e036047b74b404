"""The stored wage status: read in one statement, and worked out again when a fact changed.

Whoever changes a fact leaves a mark in the same transaction: the triggers `…_mark_wage_status` of
migration 0019 do, one for each table that `status_queries` reads. A marked or outdated status is
never shown. The next reader, or the job of the minute, takes the mark away and only then reads
the facts, one at a time for each person; a fact that commits meanwhile has a mark that stays.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import structlog
from sqlmodel import Session

from core.enums import WageSeverity
from identity import audit
from payroll import status_queries as queries
from payroll.severity import Reason, ReasonCode, WageStatus, make_reason
from payroll.status_facts import Standing, compute_standings

PEOPLE_AT_ONCE = 300
DISAGREED = "payroll.wage-status-disagreed"

log = structlog.stdlib.get_logger(__name__)


def find_stored_status(session: Session, person_id: UUID, *, at: datetime) -> WageStatus | None:
    """Return the status as it is stored; None when it has to be worked out again."""
    stored = queries.find_status(session, person_id, at=at)
    return None if stored is None else read_status(*stored)


def read_status(severity: int | None, reasons: list[dict[str, Any]]) -> WageStatus:
    """Return a status out of its columns."""
    known = None if severity is None else WageSeverity(severity)
    return WageStatus(known, tuple(_read_reason(reason) for reason in reasons))


def refresh_statuses(
    session: Session, person_ids: Collection[UUID], *, at: datetime
) -> dict[UUID, WageStatus]:
    """Work out the status of these people from the facts and store it."""
    queries.lock_statuses(session, person_ids)
    queries.take_marks(session, person_ids)
    standings = compute_standings(session, person_ids, at=at)
    _store(session, standings, at=at)
    return {person_id: standing.status for person_id, standing in standings.items()}


def refresh_marked_chunk(session: Session, *, at: datetime) -> bool:
    """Refresh some of those whose facts have changed; tell whether there were any."""
    marked = queries.list_marked(session, limit=PEOPLE_AT_ONCE)
    if marked:
        refresh_statuses(session, marked, at=at)
    return bool(marked)


def recheck_chunk(session: Session, *, after: UUID | None, at: datetime) -> UUID | None:
    """Work out a chunk of all statuses anew, and raise the alarm where events led elsewhere.

    Returns where the next chunk begins; None at the end.
    """
    person_ids = queries.list_people(session, after=after, limit=PEOPLE_AT_ONCE)
    if not person_ids:
        return None
    queries.lock_statuses(session, person_ids)
    marked = queries.take_marks(session, person_ids)
    stored = queries.map_valid(session, person_ids, at=at)
    standings = compute_standings(session, person_ids, at=at)
    for person_id in stored.keys() - marked:
        _compare(session, person_id, read_status(*stored[person_id]), standings[person_id].status)
    _store(session, standings, at=at)
    return person_ids[-1]


def _compare(session: Session, person_id: UUID, stored: WageStatus, found: WageStatus) -> None:
    if stored == found:
        return
    log.error("wage_status_disagreed", person_id=str(person_id))
    audit.record(
        session,
        actor=None,
        action=DISAGREED,
        subject_kind="person",
        subject_id=person_id,
        reason="夜间重算的工资状态与平时记录的不一致，已按重算的更正",
        stored=_describe(stored),
        found=_describe(found),
    )


def _describe(status: WageStatus) -> str:
    reasons = "、".join(f"{reason.month or ''}{reason.code.value}" for reason in status.reasons)
    return f"{status.label}：{reasons}" if reasons else status.label


def _store(session: Session, standings: Mapping[UUID, Standing], *, at: datetime) -> None:
    queries.store(
        session,
        [
            {
                "person_id": person_id,
                "severity": standing.status.severity,
                "reasons": [_write_reason(reason) for reason in standing.status.reasons],
                "computed_at": at,
                "valid_until": standing.valid_until,
            }
            for person_id, standing in standings.items()
        ],
    )


def _write_reason(reason: Reason) -> dict[str, Any]:
    return {
        "code": reason.code.value,
        "month": reason.month,
        "due_date": reason.due_date and reason.due_date.isoformat(),
        "amount_fen": reason.amount_fen,
        "is_part": reason.is_part,
    }


def _read_reason(written: Mapping[str, Any]) -> Reason:
    due_date = written["due_date"]
    return make_reason(
        ReasonCode(written["code"]),
        month=written["month"],
        due_date=None if due_date is None else date.fromisoformat(due_date),
        amount_fen=written["amount_fen"],
        is_part=written["is_part"],
    )
