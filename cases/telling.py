"""Telling the complainant of a step, or writing down why not, and other systems with them."""

from datetime import datetime

from sqlmodel import Session

from cases import desk_queries, queries
from core.case_enums import Disclosure, Silence
from db.models import Case, CaseEvent, Complaint
from identity.queries import list_managers
from notifications.service import Telling, notify, notify_many, notify_number
from notifications.templates import Template
from notifications.webhooks.events import case_kind
from notifications.webhooks.service import announce


def find_silence(complaint: Complaint, tells: Template | Silence) -> Silence | None:
    """Return why the complainant will not be told, or None if they will."""
    if isinstance(tells, Silence):
        return tells
    if complaint.person_id is not None or complaint.phone is not None:
        return None
    is_anonymous = complaint.disclosure is Disclosure.ANONYMOUS
    return Silence.ANONYMOUS if is_anonymous else Silence.NO_NUMBER


def tell_complainant(
    session: Session,
    case: Case,
    complaint: Complaint,
    tells: Template | Silence,
    event: CaseEvent,
) -> None:
    """Tell the complainant of a step once; who left no way follows by number and PIN."""
    if isinstance(tells, Template):
        key = f"case_event:{event.id}"
        tell_by_key(session, complaint, tells, county_code=case.county_code, key=key)


def tell_by_key(
    session: Session, complaint: Complaint, template: Template, *, county_code: str, key: str
) -> None:
    """Tell the complainant something once per `key`, if they left any way.

    `county_code` names whose inspectors look after what does not arrive.
    """
    if complaint.person_id is not None:
        notify(
            session,
            template=template,
            person_id=complaint.person_id,
            key=key,
            project_id=complaint.project_id,
            county_code=county_code,
            number=complaint.number,
        )
    elif complaint.phone is not None:
        notify_number(
            session,
            template=template,
            phone=complaint.phone,
            key=key,
            project_id=complaint.project_id,
            county_code=county_code,
            number=complaint.number,
        )


def tell_desk(session: Session, case: Case, template: Template, event: CaseEvent) -> None:
    """Tell those who handle the case of a step; while nobody does, the whole bureau."""
    person_ids = queries.list_handler_ids(session, case.id) or [
        person.id for person in desk_queries.list_inspectors(session, [case.county_code])
    ]
    key = f"case_event:{event.id}"
    tellings = [Telling(one, key, {"number": case.number}) for one in person_ids]
    notify_many(session, template=template, tellings=tellings)


def tell_employer(
    session: Session, complaint: Complaint, template: Template, event: CaseEvent
) -> None:
    """Tell the labour managers of the project what they are asked to; nothing of who complains."""
    if complaint.project_id is None:
        return
    key = f"case_event:{event.id}"
    tellings = [
        Telling(one, key, {"number": complaint.number})
        for one in list_managers(session, complaint.project_id)
    ]
    notify_many(session, template=template, tellings=tellings, project_id=complaint.project_id)


def tell_systems(session: Session, case: Case, *, at: datetime) -> None:
    """Tell systems of the authority, by county alone: no employer's system learns of a case."""
    announce(
        session,
        case_kind(case.state),
        subject_ids=[case.id],
        at=at,
        county_code=case.county_code,
    )
