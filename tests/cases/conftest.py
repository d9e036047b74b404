"""People around a case in 330106, a complaint, and the tools papers are drawn up with."""

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session

from cases.documents import Desk
from core.case_enums import CaseAction
from core.enums import Role
from core.keyring import Keyring
from db.models import (
    BureauHead,
    Person,
    Project,
)
from evidence.blobs import FolderBlobs
from evidence.pdf_signing import sign_locally
from identity.principal import Principal
from tests.cases.desk_work import accept, act
from tests.factories.cases import make_complaint, make_inspector
from tests.factories.identity import make_person, make_principal, make_worker_person
from tests.factories.projects import make_project


@pytest.fixture
def worker(session: Session) -> Person:
    return make_worker_person(session)


@pytest.fixture
def first(session: Session) -> Principal:
    return make_inspector(session)


@pytest.fixture
def second(session: Session) -> Principal:
    return make_inspector(session, name="周监察")


@pytest.fixture
def head(session: Session) -> Principal:
    chief = make_inspector(session, name="陈局长")
    session.add(
        BureauHead(division_code="330106", person_id=chief.person_id, from_date=date(2026, 1, 1))
    )
    session.flush()
    return chief


@pytest.fixture
def city(session: Session) -> Principal:
    return make_inspector(session, name="市局", county_code="330100")


@pytest.fixture
def number(session: Session, worker: Person) -> str:
    return make_complaint(session, person_id=worker.id).number


@pytest.fixture
def project(session: Session) -> Project:
    return make_project(session)


@pytest.fixture
def manager(session: Session, project: Project) -> Principal:
    person = make_person(session, name="钱专管")
    return make_principal(person.id, Role.LABOUR_MANAGER, project_id=project.id)


@pytest.fixture
def mediated(
    session: Session, worker: Person, project: Project, first: Principal, second: Principal
) -> str:
    """A case on a project in which an agreement is proposed."""
    filed = make_complaint(session, person_id=worker.id, project_id=project.id)
    accept(session, filed.number, first, second)
    act(session, first, filed.number, CaseAction.PROPOSE_AGREEMENT)
    return filed.number


@pytest.fixture
def tools(keyring: Keyring, tmp_path: Path) -> Desk:
    blobs = FolderBlobs(tmp_path, keyring.fields)
    return Desk(blobs, sign_locally(keyring), "https://axm.example/")
