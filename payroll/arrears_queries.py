"""Every SELECT behind arrears, the year of a worker, and prints of payslips."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.enums import PayRowState, PaySheetState, PayslipAnswerState
from db.models import (
    Employer,
    PayBatchRow,
    PaySheet,
    Payslip,
    Person,
    Project,
    ProjectParty,
    ProjectWorker,
    Team,
)
from payroll.arrears import OwedWage, Payment, compute_owed
from payroll.status_queries import is_owed, owed_fen

Line = tuple[UUID, UUID]
"""(pay sheet, project worker): all versions of one payslip."""


@dataclass(frozen=True, slots=True)
class Post:
    """Somebody's place on a project, with the names that go with it."""

    person_id: UUID
    worker_name: str
    project_id: UUID
    project_name: str
    employer_id: UUID
    employer_name: str


@dataclass(frozen=True, slots=True)
class PaidSlip:
    """A current published payslip and what arrived for it."""

    payslip: Payslip
    payments: tuple[Payment, ...]

    @property
    def owed_fen(self) -> int:
        """What it pays, see `compute_owed`."""
        return compute_owed(
            net_fen=self.payslip.net_fen,
            promised_fen=self.payslip.promised_fen,
            is_agreed=self.payslip.answer_state is PayslipAnswerState.CONFIRMED,
        )

    @property
    def open_fen(self) -> int:
        """What has not arrived of it."""
        return max(self.owed_fen - sum(one.amount_fen for one in self.payments), 0)


def list_late_wages(
    session: Session, whose: sa.ColumnElement[bool], *, before: date
) -> list[OwedWage]:
    """Return the published wages due before a day that no bank has paid in full.

    `whose` is a condition on Payslip or Project.
    """
    statement = (
        sa.select(
            col(Payslip.person_id),
            col(Person.name),
            col(Project.id),
            col(Project.name),
            col(Employer.id),
            col(Employer.name),
            col(Payslip.month),
            col(Payslip.due_date),
            owed_fen(),
            col(Payslip.pay_sheet_id),
            col(Payslip.project_worker_id),
        )
        .join(PaySheet, col(PaySheet.id) == Payslip.pay_sheet_id)
        .join(Team, col(Team.id) == PaySheet.team_id)
        .join(ProjectParty, col(ProjectParty.id) == Team.party_id)
        .join(Employer, col(Employer.id) == ProjectParty.employer_id)
        .join(Project, col(Project.id) == Payslip.project_id)
        .join(Person, col(Person.id) == Payslip.person_id)
        .where(whose, is_owed(), col(Payslip.due_date) < before)
    )
    rows = session.execute(statement).all()
    payments = map_payments(session, [(row[9], row[10]) for row in rows])
    return [_read_owed(row[:9], payments[row[9], row[10]]) for row in rows]


def _read_owed(facts: Sequence[Any], payments: tuple[Payment, ...]) -> OwedWage:
    return replace(OwedWage(*facts), payments=payments)


def map_payments(
    session: Session, lines: Collection[Line]
) -> defaultdict[Line, tuple[Payment, ...]]:
    """Return what banks acknowledged of these lines, whichever version they were sent."""
    found: defaultdict[Line, tuple[Payment, ...]] = defaultdict(tuple)
    version = aliased(Payslip)
    statement = (
        sa.select(
            col(version.pay_sheet_id),
            col(version.project_worker_id),
            col(PayBatchRow.settled_date),
            col(PayBatchRow.amount_fen),
        )
        .join(version, col(version.id) == PayBatchRow.payslip_id)
        .where(
            col(version.pay_sheet_id).in_({sheet_id for sheet_id, _ in lines}),
            col(version.project_worker_id).in_({worker_id for _, worker_id in lines}),
            col(PayBatchRow.state) == PayRowState.ACKNOWLEDGED,
        )
        .order_by(col(PayBatchRow.id))
    )
    for sheet_id, worker_id, settled_date, amount_fen in session.execute(statement):
        found[sheet_id, worker_id] += (Payment(settled_date, amount_fen),)
    return found


def map_posts(session: Session, project_worker_ids: Collection[UUID]) -> dict[UUID, Post]:
    """Return who these project workers are, and who employs them now."""
    statement = (
        sa.select(
            col(ProjectWorker.id),
            col(Person.id),
            col(Person.name),
            col(Project.id),
            col(Project.name),
            col(Employer.id),
            col(Employer.name),
        )
        .join(Person, col(Person.id) == ProjectWorker.person_id)
        .join(Project, col(Project.id) == ProjectWorker.project_id)
        .join(Team, col(Team.id) == ProjectWorker.team_id)
        .join(ProjectParty, col(ProjectParty.id) == Team.party_id)
        .join(Employer, col(Employer.id) == ProjectParty.employer_id)
        .where(col(ProjectWorker.id).in_(project_worker_ids))
    )
    return {row[0]: Post(*row[1:]) for row in session.execute(statement)}


def list_year(session: Session, person_id: UUID, *, year: int) -> Sequence[PaidSlip]:
    """Return the person's current published payslips of a year, by month."""
    statement = (
        sa.select(Payslip)
        .join(PaySheet, col(PaySheet.id) == Payslip.pay_sheet_id)
        .where(
            col(Payslip.person_id) == person_id,
            col(Payslip.is_current),
            col(PaySheet.state) != PaySheetState.DRAFT,
            col(Payslip.month).between(f"{year:04d}-01", f"{year:04d}-12"),
        )
        .order_by(col(Payslip.month), col(Payslip.id))
    )
    payslips = session.scalars(statement).all()
    payments = map_payments(session, [line_of(slip) for slip in payslips])
    return [PaidSlip(slip, payments[line_of(slip)]) for slip in payslips]


def line_of(payslip: Payslip) -> Line:
    """Return what all versions of a payslip have in common."""
    return payslip.pay_sheet_id, payslip.project_worker_id


def find_published_payslip(session: Session, payslip_id: UUID) -> Payslip | None:
    """Return a payslip that its worker was shown, whoever that is."""
    statement = (
        sa.select(Payslip)
        .join(PaySheet, col(PaySheet.id) == Payslip.pay_sheet_id)
        .where(col(Payslip.id) == payslip_id, col(PaySheet.state) != PaySheetState.DRAFT)
    )
    return session.scalars(statement).one_or_none()
