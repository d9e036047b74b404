"""Role by endpoint by own or another's: a new endpoint without a line in `access.py` fails."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session

from core.enums import DeviceProfile, Role
from core.keyring import Keyring
from tests.api.access import ANYONE, CALLERS, DEVICE, PROFILES, Side, make_side
from tests.factories.attendance import make_gate
from tests.factories.identity import bearer, make_principal
from tests.factories.projects import make_project

pytestmark = pytest.mark.no_cover  # slow, and what it runs is covered by quicker tests

METHODS = {"get", "post", "put", "patch", "delete"}
PARAMETER = re.compile(r"\{(\w+)\}")
NOT_OBJECTS = {"action", "date", "gateway", "template", "year"}
SEES_ALL = {Role.ADMIN}
"""To an administrator no project is another's."""
NOT_SERVED = {401, 403, 404, 500}

Operations = dict[str, tuple[str, str]]


@pytest.fixture(scope="module")
def operations(app: FastAPI) -> Operations:
    """Return method and path of every operation."""
    return {
        operation["operationId"]: (method, path)
        for path, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }


@pytest.fixture
def own(session: Session, keyring: Keyring) -> Side:
    return make_side(session, keyring, county_code="330106")


@pytest.fixture
def other(session: Session, keyring: Keyring) -> Side:
    return make_side(session, keyring, county_code="330105")


@pytest.fixture
def status_of(client: TestClient, session: Session, operations: Operations) -> Callable[..., int]:
    """Call an operation with everything given, undo it, and return the status."""

    def call(name: str, values: dict[str, str], headers: dict[str, str], **body: Any) -> int:
        method, path = operations[name]
        url = path.format_map(defaultdict(lambda: str(uuid4()), values))
        with session.begin_nested() as savepoint:
            status = client.request(method, url, headers=headers, **body).status_code
            savepoint.rollback()
        return status

    return call


def objects_in(path: str) -> set[str]:
    """Return the path parameters that name something which belongs to somebody."""
    return set(PARAMETER.findall(path)) - NOT_OBJECTS


def addressed(operations: Operations) -> Iterator[tuple[str, str, Role]]:
    """Yield name, path and each role of the operations on things that belong to somebody."""
    for name, (_, path) in operations.items():
        if objects_in(path) and CALLERS[name] != ANYONE:
            people = CALLERS[name] - {"nobody", "device"}
            yield from ((name, path, Role(role)) for role in people)


def test_every_operation_has_its_line(operations: Operations) -> None:
    assert operations.keys() == CALLERS.keys()


@pytest.mark.parametrize("name", [name for name, callers in CALLERS.items() if callers != ANYONE])
def test_stranger_and_wrong_roles_are_refused(
    keyring: Keyring, status_of: Callable[..., int], name: str
) -> None:
    as_role = {role: bearer(keyring, make_principal(uuid4(), role)) for role in Role}

    strangers = [
        status_of(name, {}, {}),
        status_of(name, {}, {"Authorization": "Bearer unknown"}),
    ]
    wrong_roles = {
        role: status_of(name, {}, as_role[role]) for role in Role if role not in CALLERS[name]
    }

    assert strangers == [401, 401]
    refused = 401 if CALLERS[name] == DEVICE else 403
    assert wrong_roles == dict.fromkeys(wrong_roles, refused)


@pytest.mark.parametrize("profile", DeviceProfile)
def test_a_device_does_what_it_is_paired_for_and_nothing_else(
    session: Session, status_of: Callable[..., int], profile: DeviceProfile
) -> None:
    assert PROFILES.keys() == {name for name, callers in CALLERS.items() if callers == DEVICE}

    statuses = {}
    for name in PROFILES:
        gate = make_gate(session, make_project(session))
        gate.device.profile = profile
        statuses[name] = status_of(name, {}, gate.headers, json={})

    refused = {name for name, status in statuses.items() if status == 403}
    assert refused == {name for name, profiles in PROFILES.items() if profile not in profiles}
    assert 401 not in statuses.values()


def test_own_things_are_served(
    keyring: Keyring, operations: Operations, status_of: Callable[..., int], own: Side
) -> None:
    statuses = {
        (name, role.value): status_of(
            name,
            own.path_values(path),
            bearer(keyring, own.principals[role]),
            **own.bodies.get(name, {}),
        )
        for name, path, role in addressed(operations)
    }

    refused = {place: status for place, status in statuses.items() if status in NOT_SERVED}
    assert refused == {}


def test_things_of_others_do_not_exist(
    keyring: Keyring,
    operations: Operations,
    status_of: Callable[..., int],
    own: Side,
    other: Side,
) -> None:
    statuses = {
        (name, role.value): status_of(
            name,
            other.path_values(path),
            bearer(keyring, own.principals[role]),
            **other.bodies.get(name, {}),
        )
        for name, path, role in addressed(operations)
        if role not in SEES_ALL
    }

    assert {place: status for place, status in statuses.items() if status != 404} == {}


def test_things_of_others_do_not_exist_under_an_own_address_either(
    keyring: Keyring,
    operations: Operations,
    status_of: Callable[..., int],
    own: Side,
    other: Side,
) -> None:
    own_project = {"project_id": own.address["project_id"]}
    statuses = {
        (name, role.value): status_of(
            name,
            other.path_values(path) | own_project,
            bearer(keyring, own.principals[role]),
            **other.bodies.get(name, {}),
        )
        for name, path, role in addressed(operations)
        if objects_in(path) > {"project_id"}
    }

    assert statuses
    assert {place: status for place, status in statuses.items() if status != 404} == {}
