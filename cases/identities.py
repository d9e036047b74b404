"""Learning who complained: by those who handle the case, with a reason, and never unnoticed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from cases import desk, desk_queries, divisions, list_queries, rules
from cases.desk_errors import IdentityUnknownError
from core.case_enums import Disclosure
from db.models import AuditEntry, Complaint
from identity import audit
from identity.principal import Principal
from identity.queries import get_person
from identity.rules import SeenField, check_reason
from identity.service import UNMASK

UNLOCK = "cases.identity-unlocked"
SEPARATOR = ","
IN_AGREEMENT = "调解协议书写明双方姓名"
BOTH = SEPARATOR.join((SeenField.NAME, SeenField.PHONE))


@dataclass(frozen=True, slots=True)
class Complainant:
    """Who complained, as far as they said."""

    name: str | None
    phone: str | None


def unlock_identity(
    session: Session, *, principal: Principal, number: str, reason: str
) -> Complainant:
    """Return who complained and record who looked and why, in one transaction.

    For those who handle the case. A complainant with an account can read of it under
    `/v1/me/accesses`. Raises ReasonTooShortError, CaseNotFoundError, HandlerRequiredError,
    IdentityUnknownError.
    """
    check_reason(reason)
    case, complaint = desk.lock_case(session, principal, number)
    desk.check_handles(session, case, principal)
    if complaint.disclosure is Disclosure.ANONYMOUS:
        raise IdentityUnknownError
    complainant = _find(session, complaint)
    record_look(session, principal, complaint, reason=reason, fields=_list_seen(complainant))
    return complainant


def list_unlocks(session: Session, *, principal: Principal, number: str) -> list[AuditEntry]:
    """Return who looked at the complainant's identity, newest first; CaseNotFoundError."""
    counties = divisions.list_scope(principal.county_code)
    row = list_queries.get_case(session, number, counties=counties)
    return desk_queries.list_unlocks(session, row.complaint.id, action=UNLOCK)


def list_fields(unlock: AuditEntry) -> list[SeenField]:
    """Return what one look showed; of a look from before it was written down, both that may."""
    return [SeenField(field) for field in unlock.detail.get("fields", BOTH).split(SEPARATOR)]


def find_name(session: Session, complaint: Complaint) -> str | None:
    """Return the real name as far as it is known; the caller answers for who reads it."""
    if complaint.person_id is not None:
        return get_person(session, complaint.person_id).name
    return rules.read_given_name(complaint.personal)


def _find(session: Session, complaint: Complaint) -> Complainant:
    name = find_name(session, complaint)
    if complaint.person_id is not None:
        person = get_person(session, complaint.person_id)
        return Complainant(name, person.phone or complaint.phone)
    if name is None and complaint.phone is None:
        raise IdentityUnknownError
    return Complainant(name, complaint.phone)


def _list_seen(complainant: Complainant) -> list[SeenField]:
    seen = {SeenField.NAME: complainant.name, SeenField.PHONE: complainant.phone}
    return [field for field, value in seen.items() if value]


def record_agreement_look(session: Session, principal: Principal, complaint: Complaint) -> None:
    """Write down that an official read the name in an agreement that writes it out."""
    record_look(session, principal, complaint, reason=IN_AGREEMENT, fields=[SeenField.NAME])


def record_look(
    session: Session,
    principal: Principal,
    complaint: Complaint,
    *,
    reason: str,
    fields: Sequence[SeenField],
) -> None:
    """Write down who learned of the complainant what, and why, where both sides can read it."""
    audit.record(
        session,
        actor=principal,
        action=UNLOCK,
        subject_kind="complaint",
        subject_id=complaint.id,
        reason=reason.strip(),
        fields=SEPARATOR.join(fields),
    )
    if complaint.person_id is None:
        return
    for field in fields:
        audit.record(
            session,
            actor=principal,
            action=UNMASK,
            subject_kind="person",
            subject_id=complaint.person_id,
            reason=reason.strip(),
            field=field.value,
        )
