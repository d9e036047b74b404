"""Reading mediation agreements that are proposed, and who has signed them."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import defer
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col, select

from core.case_enums import AgreementParty, CaseAction, CaseState
from db.base import Legible
from db.models import AgreementSignature, Case, CaseEvent, Complaint, Person

CHUNK_ROWS = 2_000
SIGNER_NAME = "agreement_signature.signer_name"
STANDING = (CaseState.MEDIATING, CaseState.AGREED)


def find_proposal(events: Sequence[CaseEvent]) -> CaseEvent | None:
    """Return the latest proposal among the steps of a case, oldest first."""
    proposals = [event for event in events if event.action is CaseAction.PROPOSE_AGREEMENT]
    return proposals[-1] if proposals else None


def find_agreed_by(events: Sequence[CaseEvent]) -> date | None:
    """Return the last day on which the employer pays by the latest proposal."""
    proposal = find_proposal(events)
    named = proposal and proposal.details.get("due_date")
    return date.fromisoformat(named) if named else None


def has_worker_signed(session: Session, events: Sequence[CaseEvent]) -> bool:
    """Tell whether the complainant signed what was proposed last."""
    proposal = find_proposal(events)
    if proposal is None:
        return False
    signed = list_signatures(session, proposal.id)
    return any(signature.party is AgreementParty.WORKER for signature, _ in signed)


Signed = tuple[AgreementSignature, Person | None]
"""A signature and whose it is; on paper somebody's without an account."""


def list_signatures(session: Session, event_id: UUID) -> list[Signed]:
    """Return who signed a proposal, first signature first."""
    statement = (
        select(AgreementSignature, Person)
        .outerjoin(Person, col(Person.id) == AgreementSignature.person_id)
        .where(AgreementSignature.event_id == event_id)
        .order_by(col(AgreementSignature.id))
    )
    return [(signature, person) for signature, person in session.exec(statement)]


def count_signatures(session: Session, event_ids: Collection[UUID]) -> Counter[UUID]:
    """Tell how many signed each of these proposals."""
    statement = select(AgreementSignature.event_id).where(
        col(AgreementSignature.event_id).in_(event_ids)
    )
    return Counter(session.exec(statement))


def iterate_signatures(session: Session) -> Iterator[AgreementSignature]:
    """Yield every signature by id; `signer_name` is None also where it cannot be opened."""
    name = col(AgreementSignature.signer_name)
    query = (
        sa.select(AgreementSignature, sa.type_coerce(name, Legible(SIGNER_NAME)))
        .options(defer(name))  # type: ignore[arg-type]  # a column is both
        .order_by(col(AgreementSignature.id))
        .execution_options(yield_per=CHUNK_ROWS)
    )
    for signature, opened in session.execute(query):
        set_committed_value(signature, "signer_name", opened)
        yield signature


def list_agreed(
    session: Session, *, after: UUID | None, limit: int
) -> list[tuple[Case, Complaint]]:
    """Return cases whose agreement waits for the money, by id."""
    statement = (
        select(Case, Complaint)
        .join(Complaint, col(Complaint.id) == Case.complaint_id)
        .where(Case.state == CaseState.AGREED)
    )
    if after is not None:
        statement = statement.where(col(Case.id) > after)
    return list(session.exec(statement.order_by(col(Case.id)).limit(limit)))


def list_of_project(session: Session, project_id: UUID) -> list[tuple[Case, Complaint]]:
    """Return the cases on a project whose agreement waits for signatures or holds."""
    statement = (
        select(Case, Complaint)
        .join(Complaint, col(Complaint.id) == Case.complaint_id)
        .where(Complaint.project_id == project_id, col(Case.state).in_(STANDING))
        .order_by(col(Case.id))
    )
    return list(session.exec(statement))


def lock_of_project(
    session: Session, project_id: UUID, number: str
) -> tuple[Case, Complaint] | None:
    """Return one of them with its case locked."""
    statement = (
        select(Case, Complaint)
        .join(Complaint, col(Complaint.id) == Case.complaint_id)
        .where(
            Complaint.project_id == project_id,
            Case.number == number,
            col(Case.state).in_(STANDING),
        )
        .with_for_update(of=Case)
    )
    return session.exec(statement).one_or_none()
