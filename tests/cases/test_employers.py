"""Whom an agreement is with: told that it waits, filled in from what is known, or asked for."""

from dataclasses import replace

import pytest
from sqlmodel import Session, select

from cases import agreements
from cases.errors import EmployerUnknownError
from core.case_enums import CaseAction, Disclosure
from core.enums import Role
from db.models import Employer, Notification, Person, ProjectParty
from identity.principal import Principal
from notifications.templates import Template
from tests.cases.desk_work import accept, act
from tests.factories.cases import make_complaint, make_form
from tests.factories.identity import make_grant, make_person
from tests.factories.payroll import make_site
from tests.factories.projects import make_party, make_project


def test_the_labour_managers_are_told_what_waits_for_them_and_nobodys_name(
    session: Session, worker: Person, first: Principal, second: Principal
) -> None:
    project = make_project(session)
    manager = make_person(session, name="钱专管")
    make_grant(session, manager, Role.LABOUR_MANAGER, project_id=project.id)
    filed = make_complaint(session, person_id=worker.id, project_id=project.id)
    accept(session, filed.number, first, second)

    act(session, first, filed.number, CaseAction.PROPOSE_AGREEMENT)

    told = session.exec(
        select(Notification).where(Notification.template == Template.AGREEMENT_PROPOSED)
    ).one()
    assert (told.person_id, filed.number in told.body) == (manager.id, True)
    assert worker.name not in told.body


@pytest.mark.parametrize("disclosure", [Disclosure.NAMED, Disclosure.SHIELDED])
def test_the_employer_is_filled_in_from_the_roster_or_the_general_contractor(
    session: Session, first: Principal, second: Principal, disclosure: Disclosure
) -> None:
    site = make_site(session)
    own = session.get_one(ProjectParty, site.team.party_id)
    contractor = make_party(session, site.project, party_type="009")
    session.get_one(Employer, own.employer_id).name = "某某劳务分包公司"
    names = {
        Disclosure.NAMED: session.get_one(Employer, own.employer_id).name,
        Disclosure.SHIELDED: session.get_one(Employer, contractor.employer_id).name,
    }
    filed = make_complaint(
        session,
        person_id=site.workers[0].person_id,
        project_id=site.project.id,
        disclosure=disclosure,
    )
    accept(session, filed.number, first, second)
    form = replace(make_form(CaseAction.PROPOSE_AGREEMENT), employer_name=None)

    act(session, first, filed.number, CaseAction.PROPOSE_AGREEMENT, form)

    shown = agreements.get_case_agreement(session, principal=first, number=filed.number)
    assert dict(shown.rows)["用人单位"] == names[disclosure]


def test_nobody_agrees_to_pay_where_no_employer_is_known(
    session: Session, worker: Person, first: Principal, second: Principal
) -> None:
    number = make_complaint(session, person_id=worker.id).number
    accept(session, number, first, second)
    form = replace(make_form(CaseAction.PROPOSE_AGREEMENT), employer_name=None)

    with pytest.raises(EmployerUnknownError):
        act(session, first, number, CaseAction.PROPOSE_AGREEMENT, form)
