"""The worker's own code over HTTP."""

import base64
from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

import zxingcpp
from fastapi.testclient import TestClient
from PIL import Image
from sqlmodel import Session

from core.clock import now
from core.enums import Role
from core.keyring import Keyring
from db.models import SignIn
from qr import code as ax1
from tests.factories.attendance import make_gate_site
from tests.factories.identity import bearer, make_principal, make_worker_person
from tests.qr.reading import draw_svg


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_phone_makes_the_servers_code_from_its_kit(
    client: TestClient, session: Session, keyring: Keyring
) -> None:
    site = make_gate_site(session)

    response = client.get(
        "/v1/me/code-kit", headers=bearer(keyring, make_principal(site.person_id))
    )

    assert response.headers["Cache-Control"] == "no-store"
    kit = response.json()
    at = datetime.fromisoformat(kit["server_time"])
    made = ax1.make_code(
        worker_ref=unb64(kit["worker_ref"]),
        step=ax1.step_at(at),
        gate_key=unb64(kit["gate_keys"][0]["key"]),
        holder_key=unb64(kit["holder_key"]),
    )
    assert ax1.encode(made) == site.live_code(session, keyring, at=at)
    assert len(kit["gate_keys"]) == 8
    assert kit["gate_keys"][0]["project_id"] == str(site.project_id)


def test_the_picture_is_the_code_of_the_moment(
    client: TestClient, session: Session, keyring: Keyring
) -> None:
    site = make_gate_site(session)

    response = client.get(
        "/v1/me/code.png", headers=bearer(keyring, make_principal(site.person_id))
    )

    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Cache-Control"] == "no-store"
    (barcode,) = zxingcpp.read_barcodes(Image.open(BytesIO(response.content)))
    assert abs(ax1.decode(barcode.text).step - ax1.step_at(now())) <= 1


def test_without_a_project_there_is_advice_instead_of_a_picture(
    client: TestClient, session: Session, keyring: Keyring
) -> None:
    headers = bearer(keyring, make_principal(make_worker_person(session).id))
    response = client.get("/v1/me/code.png", headers=headers)
    assert (response.status_code, response.json()["code"]) == (404, "qr.no-project")
    assert client.get("/v1/me/code-kit", headers=headers).json()["gate_keys"] == []


def test_the_drawing_is_the_code_of_the_moment(
    client: TestClient, session: Session, keyring: Keyring
) -> None:
    site = make_gate_site(session)

    response = client.get(
        "/v1/me/code.svg", headers=bearer(keyring, make_principal(site.person_id))
    )

    assert response.headers["Content-Type"] == "image/svg+xml"
    assert response.headers["Cache-Control"] == "no-store"
    (barcode,) = zxingcpp.read_barcodes(draw_svg(response.text, pixels=330))
    assert abs(ax1.decode(barcode.text).step - ax1.step_at(now())) <= 1


def test_a_second_phone_is_asked_before_it_ends_the_first(
    client: TestClient, session: Session, keyring: Keyring
) -> None:
    site = make_gate_site(session)
    first, second = (sign_in_phone(session, keyring, site.person_id) for _ in range(2))
    client.get("/v1/me/code-kit", headers=first)

    asked = client.get("/v1/me/code-kit", headers=second)
    picture = client.get("/v1/me/code.png", headers=second)
    moved = client.post("/v1/me/code-kit", headers={**second, "Idempotency-Key": "k"})
    refused = client.get("/v1/me/code-kit", headers=first)

    assert (asked.status_code, asked.json()["code"]) == (409, "qr.another-phone")
    assert datetime.fromisoformat(asked.json()["taken_at"]) <= now()
    assert picture.status_code == 200
    assert (moved.status_code, moved.json()["key_generation"]) == (200, 2)
    assert moved.headers["Cache-Control"] == "no-store"
    assert refused.status_code == 409
    assert (
        client.get("/v1/me/code-kit", headers=second).json()["holder_key"]
        == (moved.json()["holder_key"])
    )


def sign_in_phone(session: Session, keyring: Keyring, person_id: UUID) -> dict[str, str]:
    """Sign the worker in on one more phone."""
    principal = make_principal(person_id)
    session.add(
        SignIn(
            family_id=principal.sign_in_family_id,
            person_id=person_id,
            role=Role.WORKER,
            token_hash=principal.sign_in_family_id.bytes * 2,
            expires_at=now() + timedelta(days=30),
        )
    )
    session.flush()
    return bearer(keyring, principal)
