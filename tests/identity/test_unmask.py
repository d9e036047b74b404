"""Looking at a full value: who may, what it leaves behind, who can read that."""

import pytest
from sqlmodel import Session, select

from core.enums import Role
from db.base import new_id
from db.models import AuditEntry, Person
from identity import service
from identity.errors import FieldNotRecordedError, PersonNotFoundError, ReasonTooShortError
from identity.principal import Principal
from identity.rules import PersonalField
from tests.factories.identity import make_person, make_principal, make_worker_person
from tests.factories.projects import make_project, make_project_worker, make_team

PHONE = "+8619155500001"
ID_NUMBER = "330106199001010012"
CARD = "6222020000000000017"
REASON = "核对身份证号码"


@pytest.fixture
def worker(session: Session) -> Person:
    """Somebody on a site in county 330106."""
    person = make_person(session, phone=PHONE, id_number=ID_NUMBER)
    team = make_team(session, make_project(session))
    make_project_worker(session, team, person, bank_card=CARD)
    return person


@pytest.fixture
def inspector(session: Session) -> Principal:
    person = make_person(session, name="检查员")
    return make_principal(person.id, Role.INSPECTOR, county_code="330106")


def look(
    session: Session,
    principal: Principal,
    person: Person,
    field: PersonalField = PersonalField.PHONE,
    *,
    reason: str = REASON,
) -> str:
    return service.unmask(
        session, principal=principal, person_id=person.id, field=field, reason=reason
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (PersonalField.ID_NUMBER, ID_NUMBER),
        (PersonalField.PHONE, PHONE),
        (PersonalField.BANK_CARD, CARD),
    ],
)
def test_every_unmasking_leaves_one_row(
    session: Session, worker: Person, inspector: Principal, field: PersonalField, value: str
) -> None:
    shown = look(session, inspector, worker, field)

    (entry,) = session.exec(select(AuditEntry)).all()
    assert shown == value
    assert (entry.actor_id, entry.actor_role) == (inspector.person_id, Role.INSPECTOR)
    assert (entry.subject_id, entry.reason) == (worker.id, REASON)
    assert entry.detail == {"field": field.value}


def test_refused_unmasking_leaves_no_row(
    session: Session, worker: Person, inspector: Principal
) -> None:
    with pytest.raises(ReasonTooShortError):
        look(session, inspector, worker, reason="看看")

    assert session.exec(select(AuditEntry)).all() == []


@pytest.mark.parametrize(
    "principal",
    [
        make_principal(new_id(), Role.INSPECTOR, county_code="330105"),
        make_principal(new_id(), Role.LABOUR_MANAGER, project_id=new_id()),
        make_principal(new_id(), Role.ADMIN),
    ],
    ids=lambda principal: principal.role.value,
)
def test_whoever_is_not_in_charge_finds_nobody(
    session: Session, worker: Person, principal: Principal
) -> None:
    with pytest.raises(PersonNotFoundError):
        look(session, principal, worker)


def test_manager_sees_the_card_of_the_own_project(session: Session, worker: Person) -> None:
    own = make_project(session)
    own_card = "6228480000000000018"
    make_project_worker(session, make_team(session, own), worker, bank_card=own_card)
    manager = make_person(session, name="赵经理")
    principal = make_principal(manager.id, Role.LABOUR_MANAGER, project_id=own.id)

    assert look(session, principal, worker, PersonalField.BANK_CARD) == own_card


def test_value_that_was_never_recorded_is_refused(session: Session, inspector: Principal) -> None:
    person = make_person(session)
    make_project_worker(session, make_team(session, make_project(session)), person)

    with pytest.raises(FieldNotRecordedError):
        look(session, inspector, person)


def test_worker_reads_who_looked_newest_first(
    session: Session, worker: Person, inspector: Principal
) -> None:
    look(session, inspector, worker, PersonalField.PHONE)
    look(session, inspector, worker, PersonalField.ID_NUMBER)

    entries = service.list_accesses(session, person_id=worker.id, before=None, limit=50)

    assert [entry.detail["field"] for entry in entries] == ["id_number", "phone"]


def test_colleague_does_not_read_my_accesses(
    session: Session, worker: Person, inspector: Principal
) -> None:
    look(session, inspector, worker)
    colleague = make_worker_person(session)

    assert not service.list_accesses(session, person_id=colleague.id, before=None, limit=50)
