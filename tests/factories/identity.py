"""Invented people, their roles and their access tokens."""

from itertools import count
from uuid import UUID

from sqlmodel import Session

from core.clock import now
from core.enums import Role
from core.keyring import Keyring
from db.base import new_id
from db.models import Person, RoleGrant
from db.session import blind_index
from identity.principal import Principal
from identity.tokens import issue_access_token

CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"

_numbers = count(1)


def make_id_number(serial: int, *, born: str = "19900101") -> str:
    """Return an invented, checksum-valid number (GB 11643) of somebody from 330106."""
    body = f"330106{born}{serial % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, CHECK_WEIGHTS, strict=True))
    return body + CHECK_CHARACTERS[total % 11]


def make_phone(serial: int) -> str:
    """Return an invented number from the demo range."""
    return f"+86191{serial % 10**8:08d}"


def make_person(
    session: Session,
    *,
    name: str = "王小明",
    phone: str | None = None,
    id_number: str | None = None,
) -> Person:
    """Write one person with both blind indexes."""
    person = Person(name=name, phone=phone, id_number=id_number)
    if phone is not None:
        person.phone_index = blind_index(session, "person.phone", phone)
    if id_number is not None:
        person.id_type = "01"
        person.id_number_index = blind_index(session, "person.id_number", id_number)
    session.add(person)
    session.flush()
    return person


def make_worker_person(session: Session, *, name: str = "王小明") -> Person:
    """Write a person with a phone and an identity number nobody else has."""
    serial = next(_numbers)
    return make_person(
        session, name=name, phone=make_phone(serial), id_number=make_id_number(serial)
    )


def make_grant(
    session: Session,
    person: Person,
    role: Role,
    *,
    project_id: UUID | None = None,
    employer_id: UUID | None = None,
    county_code: str | None = None,
) -> RoleGrant:
    """Write one role for one scope."""
    grant = RoleGrant(
        person_id=person.id,
        role=role,
        project_id=project_id,
        employer_id=employer_id,
        county_code=county_code,
    )
    session.add(grant)
    session.flush()
    return grant


def make_principal(
    person_id: UUID,
    role: Role = Role.WORKER,
    *,
    project_id: UUID | None = None,
    employer_id: UUID | None = None,
    county_code: str | None = None,
) -> Principal:
    """Return somebody signed in."""
    return Principal(person_id, role, new_id(), project_id, employer_id, county_code)


def bearer(keyring: Keyring, principal: Principal) -> dict[str, str]:
    """Return the header of a request by this principal."""
    return {"Authorization": f"Bearer {issue_access_token(keyring, principal, now())}"}
