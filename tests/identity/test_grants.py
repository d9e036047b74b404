"""Appointing who acts for a company, so that a bank file has a second person."""

from datetime import UTC, datetime

import pytest
from sqlmodel import Session, col, select

from core.enums import Role
from db.models import AuditEntry, Person
from identity import grants
from identity.errors import EmployerNotFoundError, GrantNotFoundError
from identity.grant_queries import Appointment
from identity.principal import Principal
from identity.queries import list_person_identities
from tests.factories.identity import make_person, make_principal
from tests.factories.projects import make_employer

AT = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
PHONE = "+8619100099123"


@pytest.fixture
def uscc(session: Session) -> str:
    return make_employer(session).uscc


@pytest.fixture
def admin(session: Session) -> Principal:
    return make_principal(make_person(session, name="管理员").id, Role.ADMIN)


def appoint(session: Session, admin: Principal, uscc: str, *, name: str = "孙经理") -> Appointment:
    return grants.appoint_employer_admin(
        session, principal=admin, uscc=uscc, name=name, phone=PHONE, at=AT
    )


def dismiss(session: Session, admin: Principal, uscc: str, appointed: Appointment) -> None:
    grants.dismiss_employer_admin(
        session, principal=admin, uscc=uscc, grant_id=appointed.grant.id, reason="离职", at=AT
    )


def test_the_appointed_may_sign_in_for_the_company(
    session: Session, admin: Principal, uscc: str
) -> None:
    appointed = appoint(session, admin, uscc)

    [identity] = list_person_identities(session, appointed.person.id)
    assert identity.role is Role.EMPLOYER_ADMIN
    assert identity.employer_id == appointed.grant.employer_id


def test_appointing_twice_is_one_appointment(session: Session, admin: Principal, uscc: str) -> None:
    first = appoint(session, admin, uscc)

    assert appoint(session, admin, uscc).grant.id == first.grant.id
    assert len(grants.list_employer_admins(session, uscc=uscc)) == 1


def test_two_people_on_one_phone_stay_two(session: Session, admin: Principal, uscc: str) -> None:
    appoint(session, admin, uscc)
    appoint(session, admin, uscc, name="周经理")

    names = [each.person.name for each in grants.list_employer_admins(session, uscc=uscc)]
    assert names == ["孙经理", "周经理"]


def test_whoever_is_known_is_not_written_twice(
    session: Session, admin: Principal, uscc: str
) -> None:
    known = make_person(session, name="孙经理", phone=PHONE)

    appoint(session, admin, uscc)

    people = session.exec(select(Person).where(Person.phone_index == known.phone_index)).all()
    assert [each.id for each in people] == [known.id]


def test_the_dismissed_can_no_longer_act(session: Session, admin: Principal, uscc: str) -> None:
    appointed = appoint(session, admin, uscc)

    dismiss(session, admin, uscc, appointed)

    assert list_person_identities(session, appointed.person.id) == []
    assert grants.list_employer_admins(session, uscc=uscc) == []
    with pytest.raises(GrantNotFoundError):
        dismiss(session, admin, uscc, appointed)


def test_both_acts_are_on_record(session: Session, admin: Principal, uscc: str) -> None:
    appointed = appoint(session, admin, uscc)
    dismiss(session, admin, uscc, appointed)

    entries = session.exec(
        select(AuditEntry)
        .where(AuditEntry.subject_id == appointed.person.id)
        .order_by(col(AuditEntry.id))
    ).all()
    assert [each.action for each in entries] == ["identity.role-granted", "identity.role-ended"]
    assert {each.actor_id for each in entries} == {admin.person_id}


def test_an_unknown_company_has_nobody(session: Session, admin: Principal) -> None:
    with pytest.raises(EmployerNotFoundError):
        appoint(session, admin, "91330106MA2AXM0010")


def test_an_appointment_of_another_company_is_not_found(
    session: Session, admin: Principal, uscc: str
) -> None:
    appointed = appoint(session, admin, make_employer(session).uscc)

    with pytest.raises(GrantNotFoundError):
        dismiss(session, admin, uscc, appointed)
