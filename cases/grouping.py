"""Finding the cases that belong together, and calling people when they are many."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from cases import alarms, desk_queries, divisions, group_rules, workflow
from cases import group_queries as queries
from core.case_enums import GroupState
from core.clock import local_date
from db.models import BureauContact, Case, CaseGroup, Complaint, GroupAlert
from notifications.service import notify_number
from notifications.templates import Template


def join_group(session: Session, case: Case, complaint: Complaint, *, at: datetime) -> None:
    """Put a fresh case to those of the same project, or employer, of the last 30 days.

    With ten people and more the emergency contacts are called at once.
    """
    if complaint.project_id is None and complaint.employer_name is None:
        return
    place = complaint.project_id or complaint.employer_name
    queries.lock_key(session, f"case_group:{case.county_code}:{place}")
    group = _find(session, case, complaint, at) or _found(session, case, complaint, at)
    if group is None:
        return
    case.group_id = group.id
    group.last_filed_at = at
    recount(session, group, at=at)


def recount(session: Session, group: CaseGroup, *, at: datetime) -> None:
    """Count the people of a group anew, and call for help when they have become many."""
    session.flush()
    group.people = queries.count_people(session, group.id)
    if group_rules.is_mass(group.people) and group.mass_since is None:
        group.mass_since = at
        session.flush()
        first, _ = queries.list_members(session, group.id)[0]
        alarms.check_emergency_contact(session, first, key=f"case_group:{group.id}", at=at)
        codes = (group.county_code, *divisions.superiors_of(group.county_code))
        call_first(session, group, codes, at=at)


def call_first(session: Session, group: CaseGroup, codes: Sequence[str], *, at: datetime) -> None:
    """Call the emergency contacts of the first of these divisions that has any, once each."""
    for code in codes:
        known = desk_queries.list_contacts(session, [code], on=local_date(at))
        contacts = [contact for contact in known if contact.is_emergency]
        for contact in contacts:
            _call(session, group, contact, at)
        if contacts:
            return


def call_late(session: Session, contact: BureauContact, *, at: datetime) -> None:
    """Call an emergency contact about mass events that began before there was one.

    The county's own as long as nobody there acknowledged; one above where nobody was called, or
    everybody in vain.
    """
    for group in _list_unheard(session, contact.division_code):
        _call(session, group, contact, at)


def has_unheard(session: Session, division_code: str) -> bool:
    """Tell whether a mass event waits for somebody of this division to be called."""
    return bool(_list_unheard(session, division_code))


def pass_on(session: Session, *, at: datetime) -> None:
    """Call the division above wherever nobody acknowledged within half an hour.

    Running again, or after having been killed, calls nobody twice.
    """
    for alert in queries.list_unanswered(session, until=at - group_rules.ANSWER_WITHIN):
        alert.is_passed_on = True
        group = session.get_one(CaseGroup, alert.group_id)
        call_first(session, group, _list_above(group, alert), at=at)


def _list_unheard(session: Session, division_code: str) -> list[CaseGroup]:
    counties = divisions.list_scope(division_code)
    groups = queries.list_open_mass_groups(session, counties, states=workflow.OPEN)
    alerts = [
        (group, [alert for alert, _ in queries.list_alerts(session, group.id)]) for group in groups
    ]
    return [
        group
        for group, called in alerts
        if group_rules.is_unheard(
            called, division_code=division_code, is_own=group.county_code == division_code
        )
    ]


def _find(session: Session, case: Case, complaint: Complaint, at: datetime) -> CaseGroup | None:
    return queries.find_group(
        session,
        county_code=case.county_code,
        project_id=complaint.project_id,
        employer_name=complaint.employer_name,
        since=at - group_rules.PERIOD,
    )


def _found(session: Session, case: Case, complaint: Complaint, at: datetime) -> CaseGroup | None:
    """Make a group of the cases that are in none, once they speak for enough people."""
    session.flush()
    loose = queries.list_loose_cases(
        session,
        county_code=case.county_code,
        project_id=complaint.project_id,
        employer_name=complaint.employer_name,
        since=at - group_rules.PERIOD,
        states=workflow.OPEN,
    )
    people: dict[UUID, int] = {}
    for _, other in loose:
        who = other.person_id or other.id
        people[who] = max(other.people, people.get(who, 0))
    if not group_rules.is_shown(sum(people.values())):
        return None
    group = CaseGroup(
        created_at=at,
        county_code=case.county_code,
        project_id=complaint.project_id,
        employer_name=None if complaint.project_id else complaint.employer_name,
        state=GroupState.SUGGESTED,
        last_filed_at=at,
        people=0,
    )
    session.add(group)
    session.flush()
    for other_case, _ in loose:
        other_case.group_id = group.id
    return group


def _call(session: Session, group: CaseGroup, contact: BureauContact, at: datetime) -> None:
    alert = GroupAlert(
        created_at=at,
        group_id=group.id,
        contact_id=contact.id,
        division_code=contact.division_code,
    )
    if queries.add_alert(session, alert):
        first, _ = queries.list_members(session, group.id)[0]
        notify_number(
            session,
            template=Template.GROUP_ALERT,
            phone=contact.phone,
            key=f"group_alert:{group.id}:{contact.id}",
            number=first.number,
            count=group_rules.say_count(group.people),
        )


def _list_above(group: CaseGroup, alert: GroupAlert) -> Sequence[str]:
    """Return the divisions above the one that was called in vain, nearest first."""
    ladder = (group.county_code, *divisions.superiors_of(group.county_code))
    return ladder[ladder.index(alert.division_code) + 1 :]
