"""Every SELECT and conditional write of payroll, and the shapes they return."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import CursorResult, delete, func, or_, text, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core.enums import PayRowState, PaySheetState, PayslipAnswerState, SheetState, WorkDayState
from db.models import (
    AttendanceSheet,
    Contract,
    DisputeReply,
    Employer,
    PayBatchRow,
    PaySheet,
    Payslip,
    PayslipAnswer,
    PayslipReceived,
    Person,
    Project,
    ProjectParty,
    ProjectWorker,
    Team,
    WorkDay,
)
from payroll.errors import PaySheetNotFoundError, PayslipNotFoundError

AboutPayslip = TypeVar("AboutPayslip", DisputeReply, PayslipAnswer, PayslipReceived)

HELD = (PayRowState.DRAFTED, PayRowState.SUBMITTED, PayRowState.ACKNOWLEDGED)
"""A line in one of these states is in no second file."""
AT_BANK = (PayRowState.SUBMITTED, PayRowState.ACKNOWLEDGED, PayRowState.REJECTED)
"""What a bank has, or had; the rest is of no file that went out."""


@dataclass(frozen=True, slots=True)
class Payee:
    """A worker with everything about them that a payslip or a bank line names."""

    worker: ProjectWorker
    person: Person
    team: Team
    employer: Employer


@dataclass(frozen=True, slots=True)
class PublishedWage:
    """A published payslip and what bank and worker said last about its money."""

    payslip: Payslip
    arrears_after_days: int
    bank_state: PayRowState | None
    received: bool | None


@dataclass(frozen=True, slots=True)
class UnpaidWork:
    """A month somebody worked in without a published payslip."""

    month: str
    arrears_after_days: int
    payday: int | None
    """None without a contract."""


def find_locked_attendance(
    session: Session, *, project_id: UUID, team_id: UUID, month: str
) -> AttendanceSheet | None:
    """Return the team's locked attendance sheet of the month."""
    statement = select(AttendanceSheet).where(
        AttendanceSheet.project_id == project_id,
        AttendanceSheet.team_id == team_id,
        AttendanceSheet.month == month,
        AttendanceSheet.state == SheetState.LOCKED,
    )
    return session.exec(statement).one_or_none()


def lock_or_add_pay_sheet(
    session: Session, *, attendance: AttendanceSheet, at: datetime
) -> PaySheet:
    """Return the team's sheet of the month, locked; two callers at once get the same one."""
    fresh = PaySheet(
        created_at=at,
        project_id=attendance.project_id,
        team_id=attendance.team_id,
        attendance_sheet_id=attendance.id,
        month=attendance.month,
        state=PaySheetState.DRAFT,
    )
    session.exec(insert(PaySheet).values(fresh.model_dump()).on_conflict_do_nothing())
    statement = select(PaySheet).where(
        PaySheet.project_id == attendance.project_id,
        PaySheet.team_id == attendance.team_id,
        PaySheet.month == attendance.month,
    )
    return session.exec(statement.with_for_update(key_share=True)).one()


def get_pay_sheet(session: Session, *, project_id: UUID, sheet_id: UUID) -> PaySheet:
    """Return the project's pay sheet or raise PaySheetNotFoundError."""
    sheet = session.get(PaySheet, sheet_id)
    if sheet is None or sheet.project_id != project_id:
        raise PaySheetNotFoundError
    return sheet


def lock_pay_sheet(session: Session, *, project_id: UUID, sheet_id: UUID) -> PaySheet:
    """Return the sheet with its row locked: one manager step on it at a time."""
    statement = (
        select(PaySheet)
        .where(PaySheet.id == sheet_id, PaySheet.project_id == project_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    sheet = session.exec(statement).one_or_none()
    if sheet is None:
        raise PaySheetNotFoundError
    return sheet


def list_payees(
    session: Session, project_worker_ids: Collection[UUID], *, team_id: UUID
) -> list[Payee]:
    """Return these workers as members of the team they worked in, wherever they are now."""
    statement = (
        select(ProjectWorker, Person, Team, Employer)
        .join(Person, col(Person.id) == ProjectWorker.person_id)
        .join(Team, col(Team.id) == team_id)
        .join(ProjectParty, col(ProjectParty.id) == Team.party_id)
        .join(Employer, col(Employer.id) == ProjectParty.employer_id)
        .where(col(ProjectWorker.id).in_(project_worker_ids))
        .order_by(col(ProjectWorker.id))
    )
    return [Payee(*row) for row in session.exec(statement)]


def list_contracts(session: Session, project_worker_ids: Collection[UUID]) -> list[Contract]:
    """Return all contracts of these workers, oldest first."""
    statement = (
        select(Contract)
        .where(col(Contract.project_worker_id).in_(project_worker_ids))
        .order_by(col(Contract.start_date))
    )
    return list(session.exec(statement))


def delete_draft_payslips(session: Session, sheet: PaySheet) -> None:
    """Forget the lines of a draft, which nobody has been shown."""
    assert sheet.state is PaySheetState.DRAFT
    session.exec(delete(Payslip).where(col(Payslip.pay_sheet_id) == sheet.id))


def list_current_payslips(session: Session, sheet_id: UUID) -> list[tuple[Payslip, bool]]:
    """Return the sheet's current payslips, each with whether the worker has a phone."""
    statement = (
        select(Payslip, col(Person.phone_index).is_not(None))
        .join(Person, col(Person.id) == Payslip.person_id)
        .where(Payslip.pay_sheet_id == sheet_id, col(Payslip.is_current))
        .order_by(col(Payslip.project_worker_id))
    )
    return list(session.exec(statement))


def find_payslip_sheet_id(session: Session, *, project_id: UUID, payslip_id: UUID) -> UUID:
    """Return which sheet of the project a payslip is on; PayslipNotFoundError if on none."""
    statement = select(Payslip.pay_sheet_id).where(
        Payslip.id == payslip_id, Payslip.project_id == project_id
    )
    sheet_id = session.exec(statement).one_or_none()
    if sheet_id is None:
        raise PayslipNotFoundError
    return sheet_id


def is_at_bank(session: Session, payslip_id: UUID) -> bool:
    """Tell whether the payslip is in a bank file that goes, or went, to a bank."""
    statement = select(PayBatchRow.id).where(
        PayBatchRow.payslip_id == payslip_id, col(PayBatchRow.state).in_(HELD)
    )
    return session.exec(statement).first() is not None


def map_latest(
    session: Session, table: type[AboutPayslip], payslip_ids: Collection[UUID]
) -> dict[UUID, AboutPayslip]:
    """Return the latest answer, reply or word on the money of each of these payslips."""
    statement = (
        select(table)
        .where(col(table.payslip_id).in_(payslip_ids))
        .order_by(col(table.payslip_id), col(table.id).desc())
        .ext(distinct_on(col(table.payslip_id)))
    )
    return {row.payslip_id: row for row in session.exec(statement)}


def list_own_payslips(
    session: Session, person_id: UUID, *, before: UUID | None, limit: int
) -> list[Payslip]:
    """Return a page of the worker's current published payslips, newest first."""
    statement = _own_payslips(person_id).where(col(Payslip.is_current))
    if before is not None:
        statement = statement.where(col(Payslip.id) < before)
    return list(session.exec(statement.order_by(col(Payslip.id).desc()).limit(limit)))


def get_own_payslip(session: Session, *, payslip_id: UUID, person_id: UUID) -> Payslip:
    """Return the worker's own published payslip, current or earlier; PayslipNotFoundError."""
    statement = _own_payslips(person_id).where(Payslip.id == payslip_id)
    payslip = session.exec(statement.execution_options(populate_existing=True)).one_or_none()
    if payslip is None:
        raise PayslipNotFoundError
    return payslip


def _own_payslips(person_id: UUID) -> SelectOfScalar[Payslip]:
    return (
        select(Payslip)
        .join(PaySheet, col(PaySheet.id) == Payslip.pay_sheet_id)
        .where(Payslip.person_id == person_id, PaySheet.state != PaySheetState.DRAFT)
    )


def answer_once(
    session: Session,
    payslip: Payslip,
    *,
    content_hash: str,
    state: PayslipAnswerState,
    answerable: Collection[PayslipAnswerState],
) -> bool:
    """Set the answer if the version is current, answerable and reads as it was shown.

    Of two answers at once, or an answer and a change, one gets False.
    """
    statement = (
        update(Payslip)
        .where(
            col(Payslip.id) == payslip.id,
            col(Payslip.is_current),
            col(Payslip.content_hash) == content_hash,
            col(Payslip.answer_state).in_(answerable),
        )
        .values(answer_state=state)
    )
    answered: CursorResult[tuple[()]] = session.exec(statement)
    return answered.rowcount == 1


def list_published_wages(session: Session, person_id: UUID) -> list[PublishedWage]:
    """Return the person's current published payslips, without their content."""
    bank_state = (
        select(PayBatchRow.state)
        .where(PayBatchRow.payslip_id == Payslip.id, col(PayBatchRow.state).in_(AT_BANK))
        .order_by(col(PayBatchRow.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    received = (
        select(PayslipReceived.received)
        .where(PayslipReceived.payslip_id == Payslip.id)
        .order_by(col(PayslipReceived.id).desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        select(Payslip, Project.arrears_after_days, bank_state, received)
        .join(PaySheet, col(PaySheet.id) == Payslip.pay_sheet_id)
        .join(Project, col(Project.id) == Payslip.project_id)
        .where(
            Payslip.person_id == person_id,
            col(Payslip.is_current),
            PaySheet.state != PaySheetState.DRAFT,
        )
        .options(defer(col(Payslip.content)))  # type: ignore[arg-type]  # a column is both
        .order_by(col(Payslip.month), col(Payslip.id))
    )
    return [PublishedWage(*row) for row in session.exec(statement)]


def list_work_without_payslip(
    session: Session, person_id: UUID, *, before: date
) -> list[UnpaidWork]:
    """Return the months that ended before a day, were worked in, and have no published payslip."""
    worked = (
        select(
            WorkDay.project_worker_id,
            WorkDay.project_id,
            func.to_char(WorkDay.work_date, "YYYY-MM").label("month"),
            func.max(WorkDay.work_date).label("last_day"),
        )
        .join(ProjectWorker, col(ProjectWorker.id) == WorkDay.project_worker_id)
        .where(
            ProjectWorker.person_id == person_id,
            WorkDay.work_date < before,
            or_(col(WorkDay.units) > 0, col(WorkDay.state) == WorkDayState.NEEDS_CONFIRMATION),
        )
        .group_by(col(WorkDay.project_worker_id), col(WorkDay.project_id), text("month"))
        .subquery()
    )
    payslip = (
        select(Payslip.id)
        .join(PaySheet, col(PaySheet.id) == Payslip.pay_sheet_id)
        .where(
            Payslip.project_worker_id == worked.c.project_worker_id,
            Payslip.month == worked.c.month,
            col(Payslip.is_current),
            PaySheet.state != PaySheetState.DRAFT,
        )
    )
    payday = (
        select(Contract.payday)
        .where(
            Contract.project_worker_id == worked.c.project_worker_id,
            Contract.start_date <= worked.c.last_day,
        )
        .order_by(col(Contract.start_date).desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        select(worked.c.month, Project.arrears_after_days, payday)
        .join(Project, col(Project.id) == worked.c.project_id)
        .where(~payslip.exists())
        .order_by(worked.c.month)
    )
    return [UnpaidWork(*row) for row in session.exec(statement)]


def list_own_projects(session: Session, person_id: UUID) -> list[UUID]:
    """Return the projects the person is or was on."""
    statement = select(ProjectWorker.project_id).where(ProjectWorker.person_id == person_id)
    return list(session.exec(statement))
