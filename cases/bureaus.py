"""Bureaus: who decides in them, and whom they can be reached through."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from cases import desk_queries, divisions, grouping
from cases.desk_errors import BureauNotFoundError
from core.clock import ONE_DAY, local_date
from db.models import BureauAlarm, BureauContact, BureauHead, Case
from identity import audit
from identity.principal import Principal
from identity.queries import get_person


@dataclass(frozen=True, slots=True)
class Bureau:
    """A bureau with who is there today."""

    code: str
    name: str
    heads: list[BureauHead]
    contacts: list[BureauContact]
    alarm: BureauAlarm | None


def get_bureau(session: Session, *, code: str, on: date) -> Bureau:
    """Return the bureau of a division; BureauNotFoundError."""
    check_division(code)
    return Bureau(
        code=code,
        name=divisions.full_name(code),
        heads=desk_queries.list_heads(session, code, on=on),
        contacts=desk_queries.list_contacts(session, [code], on=on),
        alarm=desk_queries.find_open_alarm(session, code),
    )


def add_contact(
    session: Session, *, code: str, name: str, phone: str, is_emergency: bool, at: datetime
) -> BureauContact:
    """Add somebody the bureau can be reached through (phone in E.164).

    An emergency contact is called at once about mass events that nobody has answered for. It
    clears the bureau's alarm; another contact does where no such event waits.
    """
    check_division(code)
    contact = BureauContact(
        created_at=at,
        division_code=code,
        name=name,
        phone=phone,
        is_emergency=is_emergency,
        from_date=local_date(at),
    )
    session.add(contact)
    session.flush()
    is_wanted = not is_emergency and grouping.has_unheard(session, code)
    alarm = desk_queries.find_open_alarm(session, code)
    if alarm is not None and not is_wanted:
        alarm.cleared_at = at
    if is_emergency:
        grouping.call_late(session, contact, at=at)
    return contact


def end_contact(session: Session, *, code: str, contact_id: UUID, at: datetime) -> None:
    """Let a contact end with the day before; ContactNotFoundError."""
    contact = desk_queries.get_contact(session, code, contact_id)
    contact.until_date = local_date(at) - ONE_DAY


def appoint_head(
    session: Session, *, principal: Principal, code: str, person_id: UUID, at: datetime
) -> BureauHead:
    """Let somebody decide in a bureau from today on; PersonNotFoundError."""
    check_division(code)
    get_person(session, person_id)
    head = BureauHead(
        created_at=at, division_code=code, person_id=person_id, from_date=local_date(at)
    )
    session.add(head)
    _record(session, principal, "cases.head-appointed", person_id, code)
    return head


def dismiss_head(
    session: Session, *, principal: Principal, code: str, person_id: UUID, at: datetime
) -> None:
    """Let somebody decide no longer, from today on."""
    today = local_date(at)
    for head in desk_queries.list_heads(session, code, on=today):
        if head.person_id == person_id:
            head.until_date = today - ONE_DAY
    _record(session, principal, "cases.head-dismissed", person_id, code)


def list_alarms(session: Session) -> list[tuple[BureauAlarm, Case]]:
    """Return the bureaus that have a case and nobody who could be told."""
    return desk_queries.list_open_alarms(session)


def check_division(code: str) -> None:
    """Raise BureauNotFoundError for what is no county, city or province of ours."""
    if not divisions.is_division(code):
        raise BureauNotFoundError


def _record(
    session: Session, principal: Principal, action: str, person_id: UUID, code: str
) -> None:
    audit.record(
        session,
        actor=principal,
        action=action,
        subject_kind="person",
        subject_id=person_id,
        reason="appointment",
        division=code,
    )
