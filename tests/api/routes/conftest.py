"""A site's labour manager and worker: their headers, and a browser at the desk."""

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from core.keyring import Keyring
from tests.factories.desk import make_desk_manager, sign_in_at_desk
from tests.factories.identity import bearer
from tests.factories.payroll import Site


@pytest.fixture
def manager(keyring: Keyring, site: Site) -> dict[str, str]:
    """Headers of the site's labour manager."""
    return bearer(keyring, site.manager)


@pytest.fixture
def worker(keyring: Keyring, site: Site) -> dict[str, str]:
    """Headers of the protagonist."""
    return bearer(keyring, site.worker)


@pytest.fixture
def desk(client: TestClient, session: Session, site: Site) -> TestClient:
    """A browser whose desk the site's labour manager is signed in at."""
    assert sign_in_at_desk(client, session, make_desk_manager(session, site)).status_code == 303
    return client


@pytest.fixture
def base(site: Site) -> str:
    """Where the desk's pages of the site begin."""
    return f"/desk/projects/{site.project.id}"
