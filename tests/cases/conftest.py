"""People around a case in 330106, and a complaint."""

from datetime import date

import pytest
from sqlmodel import Session

from db.models import (
    BureauHead,
    Person,
)
from identity.principal import Principal
from tests.factories.cases import make_complaint, make_inspector
from tests.factories.identity import make_worker_person


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
