from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.routing import BaseRoute

from api import openapi
from api.problems import MEDIA_TYPE
from api.routes import PUBLIC_ROUTERS, V1_ROUTERS

PUBLIC = {
    "DELETE": set[str](),
    "GET": {
        "/healthz",
        "/readyz",
        "/.well-known/jwks.json",
        "/v1/evidence/consistency",
        "/v1/evidence/inclusion",
        "/v1/evidence/seals",
        "/v1/location-notice",
        "/v1/papers/{check_code}",
        "/v1/photo-notice",
    },
    "POST": {
        "/v1/auth/codes",
        "/v1/auth/tokens",
        "/v1/codes/look",
        "/v1/complaint-files",
        "/v1/complaints",
        "/v1/complaints/actions/{action}",
        "/v1/complaints/agreement",
        "/v1/complaints/lookup",
        "/v1/complaints/papers/{paper_id}",
        "/v1/devices/pair",
        "/v1/hotline/complaints",
        "/v1/notifications/callbacks/aliyun/{secret}",
        "/v1/notifications/callbacks/twilio",
    },
}
"""What anybody may call; a new endpoint without a principal must be added here on purpose."""
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]


def test_committed_description_is_up_to_date() -> None:
    assert openapi.find_outdated(openapi.ROOT / "openapi") == []


@pytest.mark.no_cover  # slow
def test_outdated_description_is_found_and_rewritten(tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_text("{}")
    outdated = openapi.find_outdated(tmp_path)

    openapi.write(tmp_path)

    assert [path.name for path in outdated] == ["openapi.json", "problems.md"]
    assert openapi.find_outdated(tmp_path) == []


def test_check_command_says_nothing_when_up_to_date() -> None:
    assert openapi.main(["--check"]) == 0


@pytest.mark.no_cover  # slow
def test_description_does_not_depend_on_the_installation(document: dict[str, Any]) -> None:
    assert openapi.render_specification() == openapi.render_specification()
    assert "servers" not in document


def test_application_serves_its_description(client: TestClient) -> None:
    assert "Problem" in client.get("/openapi.json").json()["components"]["schemas"]


def test_operation_ids_are_unique(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]

    assert sorted(ids) == sorted(set(ids))


def test_every_operation_is_described_in_a_short_first_line(document: dict[str, Any]) -> None:
    offenders = [
        operation["operationId"]
        for _, _, operation in operations(document)
        if not 0 < len(operation.get("description", "").split("\n")[0]) <= 60
    ]

    assert offenders == []


def test_every_refusal_is_a_problem_document(document: dict[str, Any]) -> None:
    offenders = [
        (operation["operationId"], status)
        for _, _, operation in operations(document)
        for status, response in operation["responses"].items()
        if not status.startswith(("2", "3")) and list(response["content"]) != [MEDIA_TYPE]
    ]

    assert offenders == []


def test_every_operation_has_the_default_refusal(document: dict[str, Any]) -> None:
    assert all("default" in operation["responses"] for *_, operation in operations(document))


def test_public_endpoints_are_exactly_these(document: dict[str, Any]) -> None:
    public: dict[str, set[str]] = {method: set() for method in PUBLIC}
    for method, path, operation in operations(document):
        if {} in operation.get("security", [{}]):
            public.setdefault(method, set()).add(path)

    assert public == PUBLIC


def test_keyed_posts_document_their_header_once(document: dict[str, Any]) -> None:
    headers = {
        operation["operationId"]: [
            parameter["name"]
            for parameter in operation.get("parameters", [])
            if parameter["in"] == "header"
        ]
        for _, _, operation in operations(document)
    }

    assert headers["unmask"] == ["Idempotency-Key"]
    assert headers["issue_tokens"] == []


def list_routes(router: APIRouter) -> Iterator[BaseRoute]:
    for route in router.routes:
        if (nested := getattr(route, "original_router", None)) is not None:
            yield from list_routes(nested)
        else:
            yield route


def is_hidden(route: BaseRoute) -> bool:
    return not isinstance(route, APIRoute) or not route.include_in_schema


def test_undocumented_routes_are_pages_only() -> None:
    of_v1 = [route for router in V1_ROUTERS for route in list_routes(router)]
    others = [route for router in PUBLIC_ROUTERS for route in list_routes(router)]
    hidden = [route.path for route in others if isinstance(route, APIRoute) and is_hidden(route)]

    assert len(of_v1) > len(hidden) > 0
    assert [route for route in of_v1 if is_hidden(route)] == []
    assert [path for path in hidden if path.startswith("/v1")] == []
