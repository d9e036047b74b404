"""A site with a published payslip, and its worker at a browser."""

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from db.models import Payslip, Person
from tests.browser import sign_in
from tests.factories.payroll import Site, make_site, publish


@pytest.fixture
def site(session: Session) -> Site:
    return make_site(session)


@pytest.fixture
def payslip(session: Session, site: Site) -> Payslip:
    """Of the protagonist, who has not answered it."""
    return publish(session, site)[0]


@pytest.fixture
def person(session: Session, site: Site) -> Person:
    """The protagonist: first worker of the site."""
    found = session.get(Person, site.worker.person_id)
    assert found is not None
    return found


@pytest.fixture
def browser(client: TestClient, session: Session, person: Person) -> TestClient:
    """A browser the protagonist is signed in with."""
    assert sign_in(client, session, person.phone).status_code == 303
    return client
