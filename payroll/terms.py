"""Use cases of the labour manager: what a contract promises beside its price, from which day."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from core.clock import month_start, next_month
from core.enums import PayBasis
from db.base import new_id
from db.models import AgreedTerms, Contract
from identity import audit
from identity.principal import Principal
from payroll import term_queries
from payroll.errors import NoPayTermsError
from payroll.pay_rules import Allowance
from payroll.spans import build_spans
from payroll.term_errors import OvertimeNeedsTimeError, TermsExistError, TermsSettledError


@dataclass(frozen=True, slots=True)
class WorkerTerms:
    """A worker's contracts and what was agreed beside them, each oldest first."""

    contracts: list[Contract]
    agreed: list[AgreedTerms]


def get_pay_terms(session: Session, *, project_id: UUID, worker_id: UUID) -> WorkerTerms:
    """Return everything the worker's pay is worked out from; WorkerNotFoundError."""
    worker = term_queries.get_worker(session, project_id=project_id, worker_id=worker_id)
    return WorkerTerms(
        contracts=term_queries.map_contracts(session, [worker.id]).get(worker.id, []),
        agreed=term_queries.map_agreed_terms(session, [worker.id]).get(worker.id, []),
    )


def set_pay_terms(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    worker_id: UUID,
    from_date: date,
    pays_overtime: bool,
    allowances: Sequence[Allowance],
    note: str | None,
    at: datetime,
) -> AgreedTerms:
    """Write down overtime and allowances that hold from a day on, in place of earlier ones.

    They never reach back into a month whose payslip was shown. Raises WorkerNotFoundError,
    NoPayTermsError without a contract that day, OvertimeNeedsTimeError for piece work,
    TermsSettledError, TermsExistError.
    """
    worker = term_queries.get_worker(session, project_id=project_id, worker_id=worker_id)
    _check_unsettled(session, worker.id, from_date)
    _check_contract(session, worker.id, from_date, pays_overtime=pays_overtime)
    terms = AgreedTerms(
        id=new_id(),
        created_at=at,
        project_id=project_id,
        project_worker_id=worker.id,
        from_date=from_date,
        pays_overtime=pays_overtime,
        allowances=[asdict(each) for each in allowances],
        note=note,
        entered_by=principal.person_id,
    )
    inserted = session.execute(
        insert(AgreedTerms)
        .values(terms.model_dump())
        .on_conflict_do_nothing()
        .returning(col(AgreedTerms.id))
    )
    if inserted.first() is None:
        raise TermsExistError
    audit.record(
        session,
        actor=principal,
        action="payroll.terms-set",
        subject_kind="project_worker",
        subject_id=worker.id,
        reason=note or "合同约定",
        from_date=from_date.isoformat(),
    )
    return terms


def _check_unsettled(session: Session, worker_id: UUID, from_date: date) -> None:
    month = term_queries.find_last_published_month(session, worker_id)
    if month is None:
        return
    earliest = next_month(month_start(month))
    if from_date < earliest:
        raise TermsSettledError(month=month, earliest=earliest.isoformat())


def _check_contract(
    session: Session, worker_id: UUID, from_date: date, *, pays_overtime: bool
) -> None:
    contracts = term_queries.map_contracts(session, [worker_id]).get(worker_id, [])
    spans = build_spans(contracts, (), first=from_date, last=from_date)
    if not spans:
        raise NoPayTermsError(names=from_date.isoformat())
    if pays_overtime and spans[0].terms.basis is PayBasis.PIECE:
        raise OvertimeNeedsTimeError
