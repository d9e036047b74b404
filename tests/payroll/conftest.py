"""A site with a month of work, and a payslip of it."""

import pytest
from sqlmodel import Session

from db.models import Payslip
from tests.factories.payroll import Site, make_site, publish


@pytest.fixture
def site(session: Session) -> Site:
    return make_site(session)


@pytest.fixture
def payslip(session: Session, site: Site) -> Payslip:
    """A published payslip that its worker has not answered."""
    return publish(session, site)[0]
