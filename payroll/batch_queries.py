"""Every SELECT and conditional write about bank batches, their payees and their release."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Session, col, select

from core.enums import PayBatchState, PayRowState
from db.bulk import update_rows
from db.models import (
    Employer,
    PayBatch,
    PayBatchRow,
    PaySheet,
    Payslip,
    Person,
    Project,
    ProjectParty,
    ProjectWorker,
    Team,
)
from payroll.agreed_queries import is_agreed
from payroll.bank_order import Payer
from payroll.errors import PayBatchNotFoundError
from payroll.queries import AT_BANK, HELD

GENERAL_CONTRACTOR = "009"
UNDECIDED = (PayRowState.DRAFTED, PayRowState.SUBMITTED)
"""Lines that wait for their release, or for the bank's answer."""
SAID = ("id", "state", "settled_date", "rejection", "correct_by")
"""What a bank's answer changes of a line, and which it is."""


@dataclass(frozen=True, slots=True)
class WaitingBatch:
    """A file that somebody has to release, and where it belongs."""

    batch: PayBatch
    sheet: PaySheet
    project: Project
    team: Team
    author: Person

    @property
    def id(self) -> UUID:
        """The id pages are keyed by."""
        return self.batch.id


class SentRow(NamedTuple):
    """A line of a file that went to a bank, as `PayBatchRow` has it, and its worker's name."""

    id: UUID
    project_id: UUID
    batch_id: UUID
    payslip_id: UUID
    row_number: int
    account: str
    amount_fen: int
    state: PayRowState
    settled_date: date | None
    rejection: str | None
    correct_by: date | None
    worker_name: str


class Bounce(NamedTuple):
    """How a bank sent a payslip back last."""

    account: str
    rejection: str
    answered_at: datetime | None
    """When the first answer to that file was taken over."""


class DecidedRow(NamedTuple):
    """What a bank said of a line, and whose it is."""

    row_id: UUID
    project_id: UUID
    person_id: UUID
    month: str
    rejection: str | None
    """None where it was paid."""


def lock_pay_batch(session: Session, *, sheet_id: UUID, reference: str) -> PayBatch:
    """Return the sheet's batch with its row locked, or raise PayBatchNotFoundError."""
    statement = (
        select(PayBatch)
        .where(PayBatch.pay_sheet_id == sheet_id, PayBatch.reference == reference)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    batch = session.exec(statement).one_or_none()
    if batch is None:
        raise PayBatchNotFoundError
    return batch


def lock_workers(session: Session, project_worker_ids: Collection[UUID]) -> list[ProjectWorker]:
    """Return these places with their rows locked: no card changes until the caller is done."""
    statement = (
        select(ProjectWorker)
        .where(col(ProjectWorker.id).in_(project_worker_ids))
        .order_by(col(ProjectWorker.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(session.exec(statement))


def lock_own_worker(session: Session, *, project_id: UUID, person_id: UUID) -> ProjectWorker | None:
    """Return the person's place on the project with its row locked."""
    statement = (
        select(ProjectWorker)
        .where(ProjectWorker.project_id == project_id, ProjectWorker.person_id == person_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return session.exec(statement).one_or_none()


def list_card_sharers(session: Session, bank_card_index: bytes) -> Sequence[UUID]:
    """Return everybody who is paid to a card on any project."""
    statement = select(ProjectWorker.person_id).where(
        ProjectWorker.bank_card_index == bank_card_index
    )
    return session.exec(statement).all()


def list_open_references(session: Session, sheet_id: UUID) -> Sequence[str]:
    """Return the sheet's batches that hold lines nobody has decided."""
    undecided = select(PayBatchRow.id).where(
        PayBatchRow.batch_id == PayBatch.id,
        col(PayBatchRow.state).in_(UNDECIDED),
    )
    statement = (
        select(PayBatch.reference)
        .where(PayBatch.pay_sheet_id == sheet_id, undecided.exists())
        .order_by(col(PayBatch.id))
    )
    return session.exec(statement).all()


def count_rejections(session: Session, payslip_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how often a bank has sent each of these payslips back."""
    statement = (
        select(PayBatchRow.payslip_id, sa.func.count())
        .where(
            col(PayBatchRow.payslip_id).in_(payslip_ids),
            PayBatchRow.state == PayRowState.REJECTED,
        )
        .group_by(col(PayBatchRow.payslip_id))
    )
    return {row[0]: row[1] for row in session.exec(statement)}


def map_bounces(session: Session, sheet_id: UUID) -> dict[UUID, Bounce]:
    """Return how a bank sent payslips of the sheet back last, by payslip."""
    statement = (
        select(PayBatchRow, PayBatch.result_at)
        .join(PayBatch, col(PayBatch.id) == PayBatchRow.batch_id)
        .where(PayBatch.pay_sheet_id == sheet_id, PayBatchRow.state == PayRowState.REJECTED)
        .order_by(col(PayBatchRow.id))
    )
    return {
        row.payslip_id: Bounce(row.account, row.rejection or "", answered_at)
        for row, answered_at in session.exec(statement)
    }


def find_payer(session: Session, *, project_id: UUID) -> Payer:
    """Return the general contractor's wage account, blank where nothing is on record."""
    statement = (
        select(ProjectParty, Employer)
        .join(Employer, col(Employer.id) == ProjectParty.employer_id)
        .where(
            ProjectParty.project_id == project_id,
            ProjectParty.party_type == GENERAL_CONTRACTOR,
        )
        .order_by(col(ProjectParty.id))
        .limit(1)
    )
    found = session.exec(statement).one_or_none()
    if found is None:
        return Payer("", "", "")
    party, employer = found
    return Payer(employer.name, party.wage_account or "", party.wage_bank_name or "")


def is_general_contractor(
    session: Session, *, project_id: UUID, employer_id: UUID, on: date
) -> bool:
    """Tell whether the company is the project's general contractor that day."""
    statement = select(ProjectParty.id).where(
        ProjectParty.project_id == project_id,
        ProjectParty.employer_id == employer_id,
        ProjectParty.party_type == GENERAL_CONTRACTOR,
        sa.func.coalesce(ProjectParty.left_date, on) >= on,
    )
    return session.exec(statement.limit(1)).first() is not None


def list_waiting_batches(
    session: Session,
    *,
    project_id: UUID | None,
    employer_id: UUID | None,
    on: date,
    before: UUID | None,
    limit: int,
) -> list[WaitingBatch]:
    """Return the unreleased batches of a project, or of a general contractor's, newest first."""
    contracted = select(ProjectParty.project_id).where(
        ProjectParty.employer_id == employer_id,
        ProjectParty.party_type == GENERAL_CONTRACTOR,
        sa.func.coalesce(ProjectParty.left_date, on) >= on,
    )
    is_theirs = (
        col(PayBatch.project_id) == project_id
        if project_id is not None
        else col(PayBatch.project_id).in_(contracted)
    )
    statement = (
        sa.select(PayBatch, PaySheet, Project, Team, Person)
        .join(PaySheet, col(PaySheet.id) == PayBatch.pay_sheet_id)
        .join(Project, col(Project.id) == PayBatch.project_id)
        .join(Team, col(Team.id) == PaySheet.team_id)
        .join(Person, col(Person.id) == PayBatch.created_by)
        .where(col(PayBatch.state) == PayBatchState.DRAFTED, is_theirs)
        .order_by(col(PayBatch.id).desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(col(PayBatch.id) < before)
    return [WaitingBatch(*row) for row in session.execute(statement)]


def map_bank_rows(session: Session, payslip_ids: Collection[UUID]) -> dict[UUID, PayBatchRow]:
    """Return the latest line of each payslip that went to a bank; drafts are no news."""
    statement = (
        select(PayBatchRow)
        .where(col(PayBatchRow.payslip_id).in_(payslip_ids), col(PayBatchRow.state).in_(AT_BANK))
        .order_by(col(PayBatchRow.id))
    )
    return {row.payslip_id: row for row in session.exec(statement)}


def lock_payable(session: Session, sheet_id: UUID) -> list[Payslip]:
    """Return the confirmed and approved payslips with money in them that no bank has, locked."""
    at_bank = select(PayBatchRow.payslip_id).where(
        PayBatchRow.payslip_id == Payslip.id, col(PayBatchRow.state).in_(HELD)
    )
    statement = (
        select(Payslip)
        .where(
            Payslip.pay_sheet_id == sheet_id,
            col(Payslip.is_current),
            is_agreed(),
            col(Payslip.approved_at).is_not(None),
            Payslip.net_fen > 0,
            ~at_bank.exists(),
        )
        .order_by(col(Payslip.project_worker_id))
        .with_for_update(key_share=True)
    )
    return list(session.exec(statement))


def get_pay_batch(session: Session, *, sheet_id: UUID, reference: str) -> PayBatch:
    """Return the sheet's batch or raise PayBatchNotFoundError."""
    statement = select(PayBatch).where(
        PayBatch.pay_sheet_id == sheet_id, PayBatch.reference == reference
    )
    batch = session.exec(statement).one_or_none()
    if batch is None:
        raise PayBatchNotFoundError
    return batch


def list_batch_rows(session: Session, batch_id: UUID) -> list[tuple[PayBatchRow, Payslip]]:
    """Return the lines of a batch with their payslips, in file order."""
    statement = (
        select(PayBatchRow, Payslip)
        .join(Payslip, col(Payslip.id) == PayBatchRow.payslip_id)
        .where(PayBatchRow.batch_id == batch_id)
        .order_by(col(PayBatchRow.row_number))
    )
    return list(session.exec(statement))


def list_sent_rows(session: Session, batch_id: UUID) -> list[SentRow]:
    """Return the lines of a batch that went to a bank, in file order."""
    columns = [getattr(PayBatchRow, name) for name in SentRow._fields[:-1]]
    statement = (
        sa.select(*columns, sa.type_coerce(Payslip.content, JSONB)["worker_name"].astext)
        .join(Payslip, col(Payslip.id) == PayBatchRow.payslip_id)
        .where(col(PayBatchRow.batch_id) == batch_id)
        .order_by(col(PayBatchRow.row_number))
    )
    return [SentRow._make(row) for row in session.execute(statement)]


def list_decided(session: Session, batch_id: UUID) -> list[DecidedRow]:
    """Return the lines of a batch that the bank has decided, in file order."""
    statement = (
        sa.select(
            col(PayBatchRow.id),
            col(PayBatchRow.project_id),
            col(Payslip.person_id),
            col(Payslip.month),
            col(PayBatchRow.rejection),
        )
        .join(Payslip, col(Payslip.id) == PayBatchRow.payslip_id)
        .where(
            col(PayBatchRow.batch_id) == batch_id,
            col(PayBatchRow.state).in_((PayRowState.ACKNOWLEDGED, PayRowState.REJECTED)),
        )
        .order_by(col(PayBatchRow.row_number))
    )
    return [DecidedRow._make(row) for row in session.execute(statement)]


def has_unpaid(session: Session, sheet_id: UUID) -> bool:
    """Tell whether some current payslip of the sheet is not acknowledged by the bank."""
    paid = select(PayBatchRow.payslip_id).where(
        PayBatchRow.payslip_id == Payslip.id, PayBatchRow.state == PayRowState.ACKNOWLEDGED
    )
    statement = select(Payslip.id).where(
        Payslip.pay_sheet_id == sheet_id,
        col(Payslip.is_current),
        Payslip.net_fen > 0,
        ~paid.exists(),
    )
    return session.exec(statement.limit(1)).first() is not None


def has_open_line(session: Session, project_worker_id: UUID) -> bool:
    """Tell whether a line of the worker's waits for its release, or for the bank's answer."""
    statement = (
        select(PayBatchRow.id)
        .join(Payslip, col(Payslip.id) == PayBatchRow.payslip_id)
        .where(
            Payslip.project_worker_id == project_worker_id,
            col(PayBatchRow.state).in_(UNDECIDED),
        )
    )
    return session.exec(statement.limit(1)).first() is not None


def settle_rows(session: Session, rows: Sequence[SentRow]) -> None:
    """Write what a bank said of many lines, in one statement."""
    update_rows(session, PayBatchRow, [{name: getattr(row, name) for name in SAID} for row in rows])
