"""Reading mediation agreements that are proposed, and who has signed them."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from core.case_enums import AgreementParty, CaseAction, CaseState
from db.models import AgreementSignature, Case, CaseEvent, Complaint, Person

CHUNK_ROWS = 2_000
STANDING = (CaseState.MEDIATING, CaseState.AGREED)


def find_proposal(events: Sequence[CaseEvent]) -> CaseEvent | None:
    """Return the latest proposal among the steps of a case, oldest first."""
    proposals = [event for event in events if event.action is CaseAction.PROPOSE_AGREEMENT]
    return proposals[-1] if proposals else None


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


def iterate_signatures(session: Session) -> Iterator[AgreementSignature]:
    """Yield every signature by id, a chunk in memory at a time."""
    query = select(AgreementSignature).order_by(col(AgreementSignature.id))
    yield from session.exec(query.execution_options(yield_per=CHUNK_ROWS))


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
