"""SELECTs and conditional writes about witnesses of kiosk answers and about call-backs."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from core.enums import PayslipAnswerState, Role
from core.wage_enums import CallBackOutcome
from db.models import (
    CallBack,
    PaySheet,
    Payslip,
    PayslipAnswer,
    Person,
    Project,
    ProjectParty,
    ProjectWorker,
    RoleGrant,
    WitnessRequest,
    WitnessStatement,
)
from payroll.assisted_errors import CallBackNotFoundError, WitnessCodeWrongError


@dataclass(frozen=True, slots=True)
class AskedWitness:
    """A request whose code somebody typed, and what it is about."""

    request: WitnessRequest
    payslip: Payslip
    worker: Person
    project: Project


@dataclass(frozen=True, slots=True)
class OpenCall:
    """Whom to ask again about which month, and who said they stood beside them."""

    call: CallBack
    answer: PayslipAnswer
    payslip: Payslip
    worker: Person
    project: Project
    witness: Person

    @property
    def id(self) -> UUID:
        """The id pages are keyed by."""
        return self.call.id


def is_code_open(session: Session, code_index: bytes, *, at: datetime) -> bool:
    """Tell whether a kiosk shows this code right now."""
    statement = select(WitnessRequest.id).where(
        WitnessRequest.code_index == code_index, col(WitnessRequest.expires_at) > at
    )
    return session.exec(statement).first() is not None


def get_open_request(session: Session, code_index: bytes, *, at: datetime) -> AskedWitness:
    """Return the request a code on a kiosk's screen stands for; WitnessCodeWrongError."""
    statement = (
        select(WitnessRequest, Payslip, Person, Project)
        .join(Payslip, col(Payslip.id) == WitnessRequest.payslip_id)
        .join(Person, col(Person.id) == WitnessRequest.person_id)
        .join(Project, col(Project.id) == WitnessRequest.project_id)
        .where(WitnessRequest.code_index == code_index, col(WitnessRequest.expires_at) > at)
    )
    found = session.exec(statement).first()
    if found is None:
        raise WitnessCodeWrongError
    return AskedWitness(*found)


def add_statement(session: Session, statement: WitnessStatement) -> bool:
    """Insert the statement unless the request has one; tell whether it was new."""
    inserted = session.execute(
        insert(WitnessStatement)
        .values(statement.model_dump())
        .on_conflict_do_nothing()
        .returning(col(WitnessStatement.id))
    )
    return inserted.first() is not None


def find_statement(
    session: Session, *, payslip_id: UUID, family_id: UUID, content_hash: str, at: datetime
) -> WitnessStatement | None:
    """Return the latest statement made for this content within this sign-in at a kiosk."""
    statement = (
        select(WitnessStatement)
        .join(WitnessRequest, col(WitnessRequest.id) == WitnessStatement.request_id)
        .where(
            WitnessRequest.payslip_id == payslip_id,
            WitnessRequest.sign_in_family_id == family_id,
            WitnessRequest.content_hash == content_hash,
            col(WitnessRequest.expires_at) > at,
        )
        .order_by(col(WitnessStatement.id).desc())
    )
    return session.exec(statement).first()


def pays_or_paid(session: Session, person_id: UUID, project_id: UUID) -> bool:
    """Tell whether somebody is or was one of those who pay on a project, or could name them."""
    is_payer = select(RoleGrant.id).where(RoleGrant.person_id == person_id, _pays(project_id))
    approved = select(PaySheet.id).where(
        PaySheet.project_id == project_id, PaySheet.approved_by == person_id
    )
    return any(session.exec(query.limit(1)).first() for query in (is_payer, approved))


def shares_number(session: Session, person_id: UUID, project_id: UUID, worker_id: UUID) -> bool:
    """Tell whether somebody's phone is also that of the worker or of one who pays."""
    payers = select(RoleGrant.person_id).where(_pays(project_id))
    number = select(Person.phone_index).where(Person.id == person_id).scalar_subquery()
    statement = select(Person.id).where(
        Person.id != person_id,
        col(Person.phone_index) == number,
        sa.or_(col(Person.id) == worker_id, col(Person.id).in_(payers)),
    )
    return session.exec(statement.limit(1)).first() is not None


def list_places(
    session: Session, project_id: UUID, person_ids: Collection[UUID]
) -> dict[UUID, ProjectWorker]:
    """Return where these people work or worked on a project, by person."""
    statement = select(ProjectWorker).where(
        ProjectWorker.project_id == project_id, col(ProjectWorker.person_id).in_(person_ids)
    )
    return {place.person_id: place for place in session.exec(statement)}


def count_statements(session: Session, witness_id: UUID, *, since: datetime) -> int:
    """Return how often somebody has been a witness since then."""
    statement = (
        select(sa.func.count())
        .select_from(WitnessStatement)
        .where(WitnessStatement.witness_id == witness_id, col(WitnessStatement.created_at) >= since)
    )
    return session.exec(statement).one()


def list_open_calls(
    session: Session, *, county_code: str, before: UUID | None, limit: int
) -> list[OpenCall]:
    """Return the call-backs of a county that nobody has made, newest first."""
    statement = _calls().where(
        col(CallBack.outcome).is_(None), col(Project.county_code) == county_code
    )
    if before is not None:
        statement = statement.where(col(CallBack.id) < before)
    rows = session.execute(statement.order_by(col(CallBack.id).desc()).limit(limit))
    return [OpenCall(*row) for row in rows]


def lock_open_call(session: Session, *, county_code: str, call_id: UUID) -> OpenCall:
    """Return an open call-back of the county with its row locked; CallBackNotFoundError."""
    statement = (
        _calls()
        .where(
            col(CallBack.id) == call_id,
            col(CallBack.outcome).is_(None),
            col(Project.county_code) == county_code,
        )
        .with_for_update(of=CallBack)
    )
    found = session.execute(statement).one_or_none()
    if found is None:
        raise CallBackNotFoundError
    return OpenCall(*found)


def take_back(session: Session, answer: PayslipAnswer) -> bool:
    """Let a payslip wait again whose confirmation was none; False if it says something else now."""
    later = select(PayslipAnswer.id).where(
        PayslipAnswer.payslip_id == answer.payslip_id, col(PayslipAnswer.id) > answer.id
    )
    statement = (
        sa.update(Payslip)
        .where(
            col(Payslip.id) == answer.payslip_id,
            col(Payslip.is_current),
            col(Payslip.content_hash) == answer.content_hash,
            ~later.exists(),
        )
        .values(answer_state=PayslipAnswerState.AWAITING)
        .returning(col(Payslip.id))
    )
    return session.execute(statement).first() is not None


def was_denied(session: Session, answer_id: UUID) -> bool:
    """Tell whether the worker said afterwards that this was not their answer."""
    statement = select(CallBack.id).where(
        CallBack.answer_id == answer_id, CallBack.outcome == CallBackOutcome.DENIED
    )
    return session.exec(statement).first() is not None


def _pays(project_id: UUID) -> sa.ColumnElement[bool]:
    parties = select(ProjectParty.employer_id).where(ProjectParty.project_id == project_id)
    return sa.or_(
        sa.and_(
            col(RoleGrant.role) == Role.LABOUR_MANAGER, col(RoleGrant.project_id) == project_id
        ),
        sa.and_(
            col(RoleGrant.role) == Role.EMPLOYER_ADMIN, col(RoleGrant.employer_id).in_(parties)
        ),
        col(RoleGrant.role) == Role.ADMIN,
    )


def _calls() -> sa.Select[CallBack, PayslipAnswer, Payslip, Person, Project, Person]:
    witness = sa.orm.aliased(Person)
    return (
        sa.select(CallBack, PayslipAnswer, Payslip, Person, Project, witness)
        .join(PayslipAnswer, col(PayslipAnswer.id) == CallBack.answer_id)
        .join(Payslip, col(Payslip.id) == PayslipAnswer.payslip_id)
        .join(Person, col(Person.id) == PayslipAnswer.person_id)
        .join(Project, col(Project.id) == CallBack.project_id)
        .join(WitnessStatement, col(WitnessStatement.id) == PayslipAnswer.statement_id)
        .join(witness, col(witness.id) == WitnessStatement.witness_id)
    )
