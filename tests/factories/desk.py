"""People at a desk, signed in with a browser."""

from itertools import count

from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session

from core.enums import Role
from db.models import Person
from db.session import blind_index
from tests.browser import post, texted_code
from tests.factories.identity import make_grant, make_phone, make_worker_person
from tests.factories.payroll import Site
from tests.factories.projects import make_party

_numbers = count(77_000_001)


def make_desk_manager(session: Session, site: Site) -> Person:
    """Give the labour manager of the site a phone and the role."""
    person = session.get_one(Person, site.manager.person_id)
    person.phone = make_phone(next(_numbers))
    person.phone_index = blind_index(session, "person.phone", person.phone)
    make_grant(session, person, Role.LABOUR_MANAGER, project_id=site.project.id)
    return person


def make_builder(session: Session, site: Site) -> Person:
    """Write an administrator of the general contractor, whose wage account is on record."""
    party = make_party(session, site.project, party_type="009")
    party.wage_account, party.wage_bank_name = "19045101040012345", "中国农业银行杭州分行"
    person = make_worker_person(session, name="吴总包")
    make_grant(session, person, Role.EMPLOYER_ADMIN, employer_id=party.employer_id)
    return person


def sign_in_at_desk(client: TestClient, session: Session, person: Person) -> Response:
    """Sign somebody in at the desk."""
    phone = person.phone or ""
    post(client, "/desk/sign-in/code", phone=phone)
    return post(client, "/desk/sign-in", phone=phone, code=texted_code(session))
