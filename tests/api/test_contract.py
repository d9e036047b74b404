"""Generated requests over the whole description: no server error, no undocumented answer."""

from collections.abc import Callable, Generator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from redis import Redis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema
from sqlalchemy import Connection
from sqlmodel import Session

from core.enums import Role
from core.keyring import Keyring
from core.settings import Settings
from db.outbox import WORKER_ALIVE_KEY
from db.session import Database
from evidence.blobs import FolderBlobs
from tests.api.access import CALLERS, Side, make_side
from tests.factories.files import FILE
from tests.factories.identity import bearer

pytestmark = pytest.mark.no_cover  # slow, and what it runs is covered by quicker tests

GENERATED = {"date", "action"}
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def description(app: FastAPI) -> OpenApiSchema:
    return schemathesis.openapi.from_dict(app.openapi())


@pytest.fixture(scope="module")
def world(database: Database, keyring: Keyring) -> Generator[tuple[Connection, Side]]:
    """The site, written once: making it takes longer than asking about it."""
    with database.engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            side = make_side(session, keyring, county_code="330106")
            session.commit()
        yield connection, side
        outer.rollback()


@pytest.fixture
def session(world: tuple[Connection, Side]) -> Generator[Session]:
    """A session whose work disappears after the test, the site stays."""
    connection, _ = world
    savepoint = connection.begin_nested()
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        yield session
    savepoint.rollback()


@pytest.fixture
def own(world: tuple[Connection, Side], redis: Redis, settings: Settings, keyring: Keyring) -> Side:
    redis.set(WORKER_ALIVE_KEY, "1")
    FolderBlobs(settings.blobs_dir, keyring.fields).put(FILE)
    return world[1]


@pytest.fixture
def send(client: TestClient, keyring: Keyring, own: Side) -> Callable[[Any, Role | None], Any]:
    """Send a generated request for own things instead of random ids: nothing else gets far."""

    def call(case: Any, role: Role | None) -> Any:
        values = own.path_values(case.path)
        case.path_parameters.update(
            {name: values[name] for name in case.path_parameters if name not in GENERATED}
        )
        headers = bearer(keyring, own.principals[role]) if role else {}
        request = case.as_transport_kwargs(headers=headers)
        return client.request(**_for_test_client(request))

    return call


def _for_test_client(request: dict[str, Any]) -> dict[str, Any]:
    """Return what schemathesis made for `requests` in the words of the test client."""
    words = {name: value for name, value in request.items() if name != "cookies"}
    if isinstance(words.get("data"), bytes | str):
        words["content"] = words.pop("data")
    if "files" in words:
        words["files"] = [(name, ("file", str(part).encode())) for name, part in words["files"]]
    return words


@pytest.mark.parametrize("name", CALLERS)
@hypothesis_settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_generated_requests_get_documented_answers(
    data: st.DataObject,
    description: OpenApiSchema,
    send: Callable[[Any, Role | None], Any],
    name: str,
) -> None:
    case = data.draw(description.find_operation_by_id(name).as_strategy())
    callers = sorted(role for role in Role if role in CALLERS[name])
    role = data.draw(st.sampled_from(callers)) if callers else None

    response = send(case, role)

    case.validate_response(response, checks=CHECKS)
