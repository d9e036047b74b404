"""Every SELECT and conditional write of payroll, and the shapes they return."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CursorResult, delete, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.elements import BindParameter
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core.enums import PayRowState, PaySheetState, PayslipAnswerState, SheetState
from db.bulk import is_any
from db.models import (
    AttendanceSheet,
    DisputeReply,
    Employer,
    PayBatchRow,
    PaySheet,
    Payslip,
    PayslipAnswer,
    PayslipReceived,
    Person,
    ProjectParty,
    ProjectWorker,
    Team,
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


class Line(NamedTuple):
    """A current payslip of a sheet as publishing needs it; ten thousand objects cost more."""

    id: UUID
    project_id: UUID
    pay_sheet_id: UUID
    project_worker_id: UUID
    person_id: UUID
    version: int
    month: str
    due_date: date
    gross_fen: int
    deductions_fen: int
    net_fen: int
    content: dict[str, Any]
    content_hash: str
    has_phone: bool


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


def delete_draft_payslips(
    session: Session, sheet: PaySheet, worker_ids: Collection[UUID] | None = None
) -> None:
    """Forget the lines of a draft, or those of some workers; nobody has been shown them."""
    assert sheet.state is PaySheetState.DRAFT
    statement = delete(Payslip).where(col(Payslip.pay_sheet_id) == sheet.id)
    if worker_ids is not None:
        statement = statement.where(col(Payslip.project_worker_id).in_(worker_ids))
    session.exec(statement)


def list_current_payslips(session: Session, sheet_id: UUID) -> list[tuple[Payslip, bool]]:
    """Return the sheet's current payslips, each with whether the worker has a phone."""
    statement = (
        select(Payslip, col(Person.phone_index).is_not(None))
        .join(Person, col(Person.id) == Payslip.person_id)
        .where(Payslip.pay_sheet_id == sheet_id, col(Payslip.is_current))
        .order_by(col(Payslip.project_worker_id))
    )
    return list(session.exec(statement))


def list_lines(session: Session, sheet_id: UUID) -> list[Line]:
    """Return the sheet's current payslips, in the order of `list_current_payslips`."""
    columns = [getattr(Payslip, name) for name in Line._fields[:-1]]
    statement = (
        sa.select(*columns, col(Person.phone_index).is_not(None))
        .join(Person, col(Person.id) == Payslip.person_id)
        .where(col(Payslip.pay_sheet_id) == sheet_id, col(Payslip.is_current))
        .order_by(col(Payslip.project_worker_id))
    )
    return [Line._make(row) for row in session.execute(statement)]


def lock_payslip(session: Session, payslip_id: UUID) -> Payslip:
    """Return a payslip, which must exist, with its row locked: no answer comes in between."""
    statement = (
        select(Payslip)
        .where(Payslip.id == payslip_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return session.exec(statement).one()


def get_current_payslip(session: Session, sheet_id: UUID, project_worker_id: UUID) -> Payslip:
    """Return the version that counts of a worker's line, which must exist."""
    statement = select(Payslip).where(
        Payslip.pay_sheet_id == sheet_id,
        Payslip.project_worker_id == project_worker_id,
        col(Payslip.is_current),
    )
    return session.exec(statement).one()


def list_versions(session: Session, payslip: Payslip) -> list[Payslip]:
    """Return all versions of a worker's line on a sheet, newest first."""
    statement = (
        select(Payslip)
        .where(
            Payslip.pay_sheet_id == payslip.pay_sheet_id,
            Payslip.project_worker_id == payslip.project_worker_id,
        )
        .order_by(col(Payslip.version).desc())
    )
    return list(session.exec(statement))


def approve_payslips(session: Session, sheet_id: UUID, *, approved_by: UUID, at: datetime) -> int:
    """Approve the sheet's current payslips that are not; return how many."""
    statement = (
        update(Payslip)
        .where(
            col(Payslip.pay_sheet_id) == sheet_id,
            col(Payslip.is_current),
            col(Payslip.approved_at).is_(None),
        )
        .values(approved_at=at, approved_by=approved_by)
    )
    approved: CursorResult[tuple[()]] = session.exec(statement)
    return approved.rowcount


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


def _own_payslips(person_id: UUID | BindParameter[UUID]) -> SelectOfScalar[Payslip]:
    return (
        select(Payslip)
        .join(PaySheet, col(PaySheet.id) == Payslip.pay_sheet_id)
        .where(col(Payslip.person_id) == person_id, PaySheet.state != PaySheetState.DRAFT)
    )


# The two statements behind every answer are built once.
OWN_PAYSLIP = (
    _own_payslips(sa.bindparam("person_id", type_=sa.Uuid()))
    .where(col(Payslip.id) == sa.bindparam("payslip_id"))
    .execution_options(populate_existing=True)
)
ANSWER = (
    sa.update(Payslip)
    .where(
        col(Payslip.id) == sa.bindparam("payslip_id"),
        col(Payslip.is_current),
        col(Payslip.content_hash) == sa.bindparam("shown_hash"),
        is_any(col(Payslip.answer_state), "answerable"),
    )
    .values(answer_state=sa.bindparam("given"))
)


def get_own_payslip(session: Session, *, payslip_id: UUID, person_id: UUID) -> Payslip:
    """Return the worker's own published payslip, current or earlier; PayslipNotFoundError."""
    asked = {"payslip_id": payslip_id, "person_id": person_id}
    payslip = session.scalars(OWN_PAYSLIP, asked).one_or_none()
    if payslip is None:
        raise PayslipNotFoundError
    return payslip


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
    given = {
        "payslip_id": payslip.id,
        "shown_hash": content_hash,
        "answerable": list(answerable),
        "given": state,
    }
    is_answered = session.connection().execute(ANSWER, given).rowcount == 1
    if is_answered:
        set_committed_value(payslip, "answer_state", state)
    return is_answered


def list_own_projects(session: Session, person_id: UUID) -> list[UUID]:
    """Return the projects the person is or was on."""
    statement = select(ProjectWorker.project_id).where(ProjectWorker.person_id == person_id)
    return list(session.exec(statement))
