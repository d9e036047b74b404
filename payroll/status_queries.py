"""Every SELECT and conditional write behind the wage status."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.case_enums import CaseState
from core.enums import PayRowState, PaySheetState, PayslipAnswerState, WorkDayState
from db.models import (
    Case,
    Complaint,
    Contract,
    PayBatchRow,
    PaySheet,
    Payslip,
    PayslipReceived,
    Person,
    Project,
    ProjectWorker,
    StoredWageStatus,
    WageStatusMark,
    WorkDay,
)
from payroll.queries import AT_BANK

LOCK_CLASS = 0x5741
"""First key of the advisory locks under which somebody's status is worked out."""


# Asked at every look at a code: built once.
STANDING = sa.select(col(StoredWageStatus.severity), col(StoredWageStatus.reasons)).where(
    col(StoredWageStatus.person_id) == sa.bindparam("person_id"),
    col(StoredWageStatus.computed_at) <= sa.bindparam("at"),
    col(StoredWageStatus.valid_until) > sa.bindparam("at"),
    ~sa.exists().where(col(WageStatusMark.person_id) == sa.bindparam("person_id")),
)


STANDING_OF_MANY = """
SELECT person_id, severity, reasons FROM wage_status AS stored
WHERE person_id = ANY ($1) AND computed_at <= $2 AND valid_until > $2
  AND NOT EXISTS (SELECT FROM wage_status_mark AS mark WHERE mark.person_id = stored.person_id)
"""
"""The same for `payroll.status_reader`: people, instant."""


@dataclass(frozen=True, slots=True)
class PublishedWage:
    """A published payslip and what bank and worker said about its money."""

    person_id: UUID
    month: str
    due_date: date
    net_fen: int
    answer: PayslipAnswerState
    arrears_after_days: int
    bank_state: PayRowState | None
    """What the bank said last of this version."""
    paid_fen: int
    """What the bank acknowledged, of any version."""
    received: bool | None


@dataclass(frozen=True, slots=True)
class UnpaidWork:
    """A month somebody worked in without a published payslip."""

    person_id: UUID
    project_worker_id: UUID
    month: str
    arrears_after_days: int
    payday: int | None
    """None without a contract."""


def lock_statuses(session: Session, person_ids: Collection[UUID]) -> None:
    """Let nobody else work out the status of these people until this transaction ends."""
    key = sa.func.hashtext(sa.cast(sa.column("id"), sa.Text))
    people = sa.func.unnest(sa.literal(sorted(person_ids), sa.ARRAY(sa.Uuid))).alias("id")
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK_CLASS, key)).select_from(people))


def take_marks(session: Session, person_ids: Collection[UUID]) -> set[UUID]:
    """Remove the marks of these people; return who had one."""
    marked = sa.delete(WageStatusMark).where(col(WageStatusMark.person_id).in_(person_ids))
    return set(session.scalars(marked.returning(col(WageStatusMark.person_id))))


def list_marked(session: Session, *, limit: int) -> Sequence[UUID]:
    """Return people whose facts have changed since their status was worked out."""
    statement = sa.select(col(WageStatusMark.person_id)).distinct().limit(limit)
    return session.scalars(statement).all()


def list_people(session: Session, *, after: UUID | None, limit: int) -> Sequence[UUID]:
    """Return everybody who has ever been on a project or complained, by id."""
    on_project = sa.exists().where(col(ProjectWorker.person_id) == Person.id)
    complained = sa.exists().where(col(Complaint.person_id) == Person.id)
    statement = sa.select(col(Person.id)).where(on_project | complained)
    if after is not None:
        statement = statement.where(col(Person.id) > after)
    return session.scalars(statement.order_by(col(Person.id)).limit(limit)).all()


def find_status(
    session: Session, person_id: UUID, *, at: datetime
) -> tuple[int | None, list[dict[str, Any]]] | None:
    """Return severity and reasons as they are stored, unless a fact or the time changed them."""
    found = session.execute(STANDING, {"person_id": person_id, "at": at}).one_or_none()
    return None if found is None else (found[0], found[1])


def map_valid(
    session: Session, person_ids: Collection[UUID], *, at: datetime
) -> dict[UUID, tuple[int | None, list[dict[str, Any]]]]:
    """Return the stored statuses of these people that no time has ended."""
    statement = sa.select(
        col(StoredWageStatus.person_id),
        col(StoredWageStatus.severity),
        col(StoredWageStatus.reasons),
    ).where(
        col(StoredWageStatus.person_id).in_(person_ids),
        col(StoredWageStatus.computed_at) <= at,
        col(StoredWageStatus.valid_until) > at,
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(statement)}


def store(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write statuses over those from before."""
    fresh = insert(StoredWageStatus)
    changed = {
        name: fresh.excluded[name] for name in ("severity", "reasons", "computed_at", "valid_until")
    }
    session.execute(
        fresh.on_conflict_do_update(index_elements=["person_id"], set_=changed), list(rows)
    )


def list_published_wages(session: Session, person_ids: Collection[UUID]) -> list[PublishedWage]:
    """Return these people's current published payslips, the oldest month first."""
    bank_state = (
        sa.select(col(PayBatchRow.state))
        .where(col(PayBatchRow.payslip_id) == Payslip.id, col(PayBatchRow.state).in_(AT_BANK))
        .order_by(col(PayBatchRow.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    received = (
        sa.select(col(PayslipReceived.received))
        .where(col(PayslipReceived.payslip_id) == Payslip.id)
        .order_by(col(PayslipReceived.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        sa.select(
            col(Payslip.person_id),
            col(Payslip.month),
            col(Payslip.due_date),
            owed_fen(),
            col(Payslip.answer_state),
            col(Project.arrears_after_days),
            bank_state,
            paid_fen(),
            received,
        )
        .join(PaySheet, col(PaySheet.id) == Payslip.pay_sheet_id)
        .join(Project, col(Project.id) == Payslip.project_id)
        .where(
            col(Payslip.person_id).in_(person_ids),
            col(Payslip.is_current),
            col(PaySheet.state) != PaySheetState.DRAFT,
        )
        .order_by(col(Payslip.month), col(Payslip.id))
    )
    return [PublishedWage(*row) for row in session.execute(statement)]


def owed_fen() -> sa.ColumnElement[int]:
    """Return what the payslip says, or what an earlier version promised until less is agreed to."""
    promised = sa.func.greatest(Payslip.net_fen, sa.func.coalesce(Payslip.promised_fen, 0))
    is_agreed = col(Payslip.answer_state) == PayslipAnswerState.CONFIRMED
    return sa.case((is_agreed, col(Payslip.net_fen)), else_=promised)


def paid_fen() -> sa.ScalarSelect[int]:
    """Return what banks acknowledged of a payslip's line, whichever version they were sent."""
    version = aliased(Payslip)
    return (
        sa.select(sa.cast(sa.func.coalesce(sa.func.sum(PayBatchRow.amount_fen), 0), sa.BigInteger))
        .join(version, col(version.id) == PayBatchRow.payslip_id)
        .where(
            col(version.project_worker_id) == Payslip.project_worker_id,
            col(version.pay_sheet_id) == Payslip.pay_sheet_id,
            col(PayBatchRow.state) == PayRowState.ACKNOWLEDGED,
        )
        .correlate(Payslip)
        .scalar_subquery()
    )


def is_owed() -> sa.ColumnElement[bool]:
    """Tell whether a payslip counts, was shown, and no bank has paid all that it owes.

    Arrears and the wage account both ask this, so that they never differ.
    """
    published = (
        sa.select(col(PaySheet.id))
        .where(col(PaySheet.id) == Payslip.pay_sheet_id, col(PaySheet.state) != PaySheetState.DRAFT)
        .correlate(Payslip)
    )
    return sa.and_(col(Payslip.is_current), published.exists(), owed_fen() > paid_fen())


def list_work_without_payslip(
    session: Session, whose: sa.ColumnElement[bool], *, before: date
) -> list[UnpaidWork]:
    """Return the months that ended before a day, were worked in, and have no published payslip.

    `whose` is a condition on ProjectWorker.
    """
    worked = _worked_months(whose, before=before)
    payslip = (
        sa.select(col(Payslip.id))
        .join(PaySheet, col(PaySheet.id) == Payslip.pay_sheet_id)
        .where(
            col(Payslip.project_worker_id) == worked.c.project_worker_id,
            col(Payslip.month) == worked.c.month,
            col(Payslip.is_current),
            col(PaySheet.state) != PaySheetState.DRAFT,
        )
    )
    payday = (
        sa.select(col(Contract.payday))
        .where(
            col(Contract.project_worker_id) == worked.c.project_worker_id,
            col(Contract.start_date) <= worked.c.last_day,
        )
        .order_by(col(Contract.start_date).desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        sa.select(
            worked.c.person_id,
            worked.c.project_worker_id,
            worked.c.month,
            col(Project.arrears_after_days),
            payday,
        )
        .join(Project, col(Project.id) == worked.c.project_id)
        .where(~payslip.exists())
        .order_by(worked.c.month, worked.c.project_worker_id)
    )
    return [UnpaidWork(*row) for row in session.execute(statement)]


def _worked_months(whose: sa.ColumnElement[bool], *, before: date) -> sa.Subquery:
    month = sa.func.to_char(WorkDay.work_date, "YYYY-MM").label("month")
    return (
        sa.select(
            col(ProjectWorker.person_id),
            col(WorkDay.project_worker_id),
            col(WorkDay.project_id),
            month,
            sa.func.max(WorkDay.work_date).label("last_day"),
        )
        .join(ProjectWorker, col(ProjectWorker.id) == WorkDay.project_worker_id)
        .where(
            whose,
            col(WorkDay.work_date) < before,
            sa.or_(col(WorkDay.units) > 0, col(WorkDay.state) == WorkDayState.NEEDS_CONFIRMATION),
        )
        .group_by(
            col(ProjectWorker.person_id),
            col(WorkDay.project_worker_id),
            col(WorkDay.project_id),
            sa.text("month"),
        )
        .subquery()
    )


def list_case_states(
    session: Session, person_ids: Collection[UUID]
) -> Sequence[tuple[UUID, CaseState]]:
    """Return how the cases made of these people's complaints stand."""
    statement = (
        sa.select(col(Complaint.person_id), col(Case.state))
        .join(Case, col(Case.complaint_id) == Complaint.id)
        .where(col(Complaint.person_id).in_(person_ids))
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def list_places(
    session: Session, person_ids: Collection[UUID]
) -> Sequence[tuple[UUID, date, date | None]]:
    """Return from when to when these people are on projects."""
    statement = sa.select(
        col(ProjectWorker.person_id),
        col(ProjectWorker.entered_date),
        col(ProjectWorker.left_date),
    ).where(col(ProjectWorker.person_id).in_(person_ids))
    return [(row[0], row[1], row[2]) for row in session.execute(statement)]
