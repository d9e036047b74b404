"""The alarm about a bureau that has a case, or a mass event, and nobody who could be told."""

from datetime import datetime

from sqlmodel import Session

from cases import desk_queries, divisions
from core.clock import local_date
from db.models import BureauAlarm, Case
from identity.queries import list_administrators
from notifications.service import Telling, notify_many, notify_number
from notifications.templates import Template


def check_reachable(session: Session, case: Case, *, at: datetime) -> None:
    """Raise an alarm with the divisions above when a bureau that has a case has nobody to take it.

    An inspector of the county with an account is somebody, though no contact is entered.
    """
    counties = [case.county_code]
    if desk_queries.list_contacts(session, counties, on=local_date(at)):
        return
    if desk_queries.list_inspectors(session, counties):
        return
    if desk_queries.find_open_alarm(session, case.county_code) is None:
        key = f"bureau_alarm:{_raise(session, case, at).id}"
        _tell_above(session, case, key, at=at)


def check_emergency_contact(session: Session, case: Case, *, key: str, at: datetime) -> None:
    """Raise one as well when nobody of the county can be called at any hour; told once a `key`."""
    contacts = desk_queries.list_contacts(session, [case.county_code], on=local_date(at))
    if any(contact.is_emergency for contact in contacts):
        return
    if desk_queries.find_open_alarm(session, case.county_code) is None:
        _raise(session, case, at)
    _tell_above(session, case, key, at=at)


def _raise(session: Session, case: Case, at: datetime) -> BureauAlarm:
    alarm = BureauAlarm(created_at=at, division_code=case.county_code, case_id=case.id)
    session.add(alarm)
    return alarm


def _tell_above(session: Session, case: Case, key: str, *, at: datetime) -> None:
    """Tell the contacts above, else the inspectors there, else who runs the installation."""
    above = divisions.superiors_of(case.county_code)
    contacts = desk_queries.list_contacts(session, above, on=local_date(at))
    for contact in contacts:
        notify_number(
            session,
            template=Template.BUREAU_SILENT,
            phone=contact.phone,
            key=f"{key}:{contact.id}",
            number=case.number,
        )
    if contacts:
        return
    inspectors = [person.id for person in desk_queries.list_inspectors(session, above)]
    tellings = [
        Telling(one, key, {"number": case.number})
        for one in inspectors or list_administrators(session)
    ]
    notify_many(session, template=Template.BUREAU_SILENT, tellings=tellings)
