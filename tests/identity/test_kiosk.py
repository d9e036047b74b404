"""Signing in at a kiosk: workers only, for a while, and to be ended."""

import pytest
from sqlmodel import Session, select

from core.clock import now
from core.enums import Role
from core.keyring import Keyring
from db.models import Person, SignIn
from identity import service
from identity.errors import UnknownChoiceError
from tests.factories.cards import make_kiosk
from tests.factories.identity import make_grant, make_person, make_worker_person
from tests.factories.projects import make_project, make_project_worker, make_team


@pytest.fixture
def worker(session: Session) -> Person:
    person = make_worker_person(session)
    make_project_worker(session, make_team(session, make_project(session)), person)
    return person


def test_kiosk_signs_in_the_worker_and_nobody_else(
    session: Session, keyring: Keyring, worker: Person
) -> None:
    kiosk_id = make_kiosk(session, make_project(session)).device_id
    staff = make_person(session, name="赵主管")
    make_grant(session, staff, Role.ADMIN)

    signed_in = service.sign_in_at_kiosk(
        session, keyring, person_id=worker.id, kiosk_id=kiosk_id, at=now()
    )

    assert (signed_in.principal.role, signed_in.principal.kiosk_id) == (Role.WORKER, kiosk_id)
    with pytest.raises(UnknownChoiceError):
        service.sign_in_at_kiosk(session, keyring, person_id=staff.id, kiosk_id=kiosk_id, at=now())


def test_sign_in_at_a_kiosk_can_be_ended(
    session: Session, keyring: Keyring, worker: Person
) -> None:
    kiosk_id = make_kiosk(session, make_project(session)).device_id
    signed_in = service.sign_in_at_kiosk(
        session, keyring, person_id=worker.id, kiosk_id=kiosk_id, at=now()
    )
    session.flush()

    service.sign_out(session, family_id=signed_in.principal.sign_in_family_id, at=now())

    row = session.exec(select(SignIn).where(SignIn.kiosk_id == kiosk_id)).one()
    assert row.revoked_at is not None
