"""SELECTs and conditional writes about payslips that wait for somebody."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import CursorResult, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from core.enums import PayslipAnswerState, VisitOutcome
from db.models import DisputeFile, DisputeReply, PaySheet, Payslip, PayslipAnswer, PayslipVisit
from payroll.errors import NotDisputedError, VisitNotFoundError

CHUNK_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """A payslip nobody answered, and since when its worker could."""

    payslip_id: UUID
    project_id: UUID
    person_id: UUID
    month: str
    shown_at: datetime


@dataclass(frozen=True, slots=True)
class OpenDispute:
    """What a worker says is wrong, and what was said to it."""

    payslip: Payslip
    answer: PayslipAnswer
    reply: DisputeReply | None
    files: tuple[DisputeFile, ...] = ()

    @property
    def id(self) -> UUID:
        """The id pages are keyed by."""
        return self.answer.id


@dataclass(frozen=True, slots=True)
class Visit:
    """Whom to see about which month."""

    visit: PayslipVisit
    payslip: Payslip

    @property
    def id(self) -> UUID:
        """The id pages are keyed by."""
        return self.visit.id


def list_waiting(session: Session, *, after: UUID | None) -> list[Waiting]:
    """Return a chunk of the payslips that wait for their workers, by id."""
    shown_at = func.greatest(PaySheet.published_at, Payslip.created_at)
    query = (
        select(Payslip, shown_at)
        .options(defer(col(Payslip.content)))  # type: ignore[arg-type]  # a column is both
        .join(PaySheet, col(PaySheet.id) == col(Payslip.pay_sheet_id))
        .where(
            col(Payslip.is_current),
            Payslip.answer_state == PayslipAnswerState.AWAITING,
            col(PaySheet.published_at).is_not(None),
        )
        .order_by(col(Payslip.id))
        .limit(CHUNK_ROWS)
    )
    if after is not None:
        query = query.where(col(Payslip.id) > after)
    return [
        Waiting(payslip.id, payslip.project_id, payslip.person_id, payslip.month, at)
        for payslip, at in session.exec(query)
    ]


def set_unanswered(session: Session, payslip_ids: list[UUID], state: PayslipAnswerState) -> None:
    """Note a silence; an answer that came meanwhile stands."""
    silent = (PayslipAnswerState.AWAITING, PayslipAnswerState.NO_RESPONSE)
    session.execute(
        update(Payslip)
        .where(col(Payslip.id).in_(payslip_ids), col(Payslip.answer_state).in_(silent))
        .values(answer_state=state)
    )


def add_visits(session: Session, visits: list[PayslipVisit]) -> None:
    """Ask for visits, once for each payslip."""
    if visits:
        rows = [visit.model_dump() for visit in visits]
        session.execute(insert(PayslipVisit).values(rows).on_conflict_do_nothing())


def list_open_visits(
    session: Session, *, project_id: UUID, before: UUID | None, limit: int
) -> list[Visit]:
    """Return whom to see, newest first; whoever has answered by now needs no visit."""
    silent = (PayslipAnswerState.NO_RESPONSE, PayslipAnswerState.UNREACHABLE)
    query = (
        select(PayslipVisit, Payslip)
        .join(Payslip, col(Payslip.id) == col(PayslipVisit.payslip_id))
        .where(
            PayslipVisit.project_id == project_id,
            col(PayslipVisit.outcome).is_(None),
            col(Payslip.is_current),
            col(Payslip.answer_state).in_(silent),
        )
        .order_by(col(PayslipVisit.id).desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(col(PayslipVisit.id) < before)
    return [Visit(*row) for row in session.exec(query)]


def settle_visit(
    session: Session,
    *,
    project_id: UUID,
    visit_id: UUID,
    outcome: VisitOutcome,
    note: str,
    by: UUID,
    at: datetime,
) -> Visit:
    """Note what came of a visit; VisitNotFoundError if there is none open."""
    statement = (
        update(PayslipVisit)
        .where(
            col(PayslipVisit.id) == visit_id,
            col(PayslipVisit.project_id) == project_id,
            col(PayslipVisit.outcome).is_(None),
        )
        .values(outcome=outcome, note=note, visited_by=by, visited_at=at)
    )
    settled: CursorResult[tuple[()]] = session.exec(statement)
    if settled.rowcount == 0:
        raise VisitNotFoundError
    visit = session.get_one(PayslipVisit, visit_id, populate_existing=True)
    return Visit(visit, session.get_one(Payslip, visit.payslip_id))


def list_disputes(
    session: Session, *, project_id: UUID, before: UUID | None, limit: int
) -> list[OpenDispute]:
    """Return the disputes of current payslips, newest first."""
    query = (
        select(Payslip, PayslipAnswer, DisputeReply)
        .join(PayslipAnswer, col(PayslipAnswer.payslip_id) == col(Payslip.id))
        .outerjoin(DisputeReply, col(DisputeReply.answer_id) == col(PayslipAnswer.id))
        .where(
            Payslip.project_id == project_id,
            col(Payslip.is_current),
            Payslip.answer_state == PayslipAnswerState.DISPUTED,
            PayslipAnswer.state == PayslipAnswerState.DISPUTED,
        )
        .order_by(col(PayslipAnswer.id).desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(col(PayslipAnswer.id) < before)
    rows = session.exec(query).all()
    files = list_dispute_files(session, [answer.id for _, answer, _ in rows])
    return [
        OpenDispute(
            payslip, answer, reply, tuple(file for file in files if file.answer_id == answer.id)
        )
        for payslip, answer, reply in rows
    ]


def list_unreplied(session: Session, *, after: UUID | None) -> list[OpenDispute]:
    """Return a chunk of the disputes without a reply, by the answer's id."""
    query = (
        select(Payslip, PayslipAnswer)
        .join(PayslipAnswer, col(PayslipAnswer.payslip_id) == col(Payslip.id))
        .outerjoin(DisputeReply, col(DisputeReply.answer_id) == col(PayslipAnswer.id))
        .where(
            col(Payslip.is_current),
            Payslip.answer_state == PayslipAnswerState.DISPUTED,
            PayslipAnswer.state == PayslipAnswerState.DISPUTED,
            col(DisputeReply.id).is_(None),
        )
        .order_by(col(PayslipAnswer.id))
        .limit(CHUNK_ROWS)
    )
    if after is not None:
        query = query.where(col(PayslipAnswer.id) > after)
    return [OpenDispute(payslip, answer, None) for payslip, answer in session.exec(query)]


def get_dispute(session: Session, payslip: Payslip) -> OpenDispute:
    """Return the open dispute of a payslip; NotDisputedError without one."""
    query = (
        select(PayslipAnswer, DisputeReply)
        .outerjoin(DisputeReply, col(DisputeReply.answer_id) == col(PayslipAnswer.id))
        .where(
            PayslipAnswer.payslip_id == payslip.id,
            PayslipAnswer.state == PayslipAnswerState.DISPUTED,
        )
    )
    found = session.exec(query).one_or_none()
    if found is None or payslip.answer_state is not PayslipAnswerState.DISPUTED:
        raise NotDisputedError
    return OpenDispute(payslip, *found)


def find_reply(session: Session, payslip_id: UUID) -> DisputeReply | None:
    """Return what the labour manager replied to the dispute of a payslip."""
    query = select(DisputeReply).where(DisputeReply.payslip_id == payslip_id)
    return session.exec(query).one_or_none()


def list_dispute_files(session: Session, answer_ids: Collection[UUID]) -> list[DisputeFile]:
    """Return what workers handed in with these disputes, in the order of arrival."""
    query = select(DisputeFile).where(col(DisputeFile.answer_id).in_(answer_ids))
    return list(session.exec(query.order_by(col(DisputeFile.id))))


def find_dispute_file(session: Session, project_id: UUID, file_id: UUID) -> DisputeFile | None:
    """Return a file of a dispute on the project."""
    query = select(DisputeFile).where(
        DisputeFile.id == file_id, DisputeFile.project_id == project_id
    )
    return session.exec(query).one_or_none()
