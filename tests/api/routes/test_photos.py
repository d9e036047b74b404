"""Photos over HTTP: a worker's own, a manager's with consent, and what gates are given."""

from io import BytesIO
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlmodel import Session

from core.enums import Role
from core.keyring import Keyring
from identity.photos import NOTICE_VERSION
from qr.service import issue_worker_code
from tests.factories.attendance import GateSite, make_gate_site
from tests.factories.identity import bearer, make_principal
from tests.identity.test_photos import photograph

OWN = "/v1/me/photo"


@pytest.fixture
def site(session: Session) -> GateSite:
    site = make_gate_site(session)
    issue_worker_code(session, person_id=site.person_id)
    return site


@pytest.fixture
def worker(keyring: Keyring, site: GateSite) -> dict[str, str]:
    return bearer(keyring, make_principal(site.person_id))


@pytest.fixture
def manager(keyring: Keyring, site: GateSite) -> dict[str, str]:
    return bearer(
        keyring, make_principal(site.person_id, Role.LABOUR_MANAGER, project_id=site.project_id)
    )


def put(
    client: TestClient, path: str, headers: dict[str, str], content: bytes, **form: str
) -> tuple[int, str]:
    answer = client.put(
        path,
        headers=headers,
        files={"file": ("photo.jpg", content)},
        data={"notice_version": NOTICE_VERSION, **form},
    )
    return answer.status_code, answer.json().get("code", "")


def test_a_worker_gives_sees_and_deletes_a_photo(
    client: TestClient, worker: dict[str, str]
) -> None:
    notice = client.get("/v1/photo-notice").json()
    given = put(client, OWN, worker, photograph(), notice_version=notice["version"])
    seen = client.get(OWN, headers=worker)
    deleted = client.delete(OWN, headers=worker)
    gone = client.get(OWN, headers=worker)

    assert given == (200, "")
    assert Image.open(BytesIO(seen.content)).size == (120, 160)
    assert seen.headers["Cache-Control"] == "no-store"
    assert "不做人脸识别" in notice["text"]
    assert (deleted.status_code, gone.status_code) == (204, 404)


@pytest.mark.parametrize(
    ("content", "form", "refusal"),
    [
        (b"no picture", {}, (422, "evidence.picture-unreadable")),
        (photograph(), {"notice_version": "old"}, (422, "identity.photo-notice-changed")),
        (b"\xff" * 10_000_001, {}, (413, "evidence.upload-too-large")),
    ],
    ids=["no picture", "another notice", "too large"],
)
def test_what_is_wrong_with_an_upload_is_said(
    client: TestClient,
    worker: dict[str, str],
    content: bytes,
    form: dict[str, str],
    refusal: tuple[int, str],
) -> None:
    assert put(client, OWN, worker, content, **form) == refusal


def test_a_managers_photo_reaches_the_gate_once_the_project_wants_it(
    client: TestClient, site: GateSite, manager: dict[str, str]
) -> None:
    where = f"/v1/projects/{site.project_id}"
    before = client.get("/v1/gate/faces", headers=site.gate.headers).json()

    kept = put(client, photo_of(where, site.person_id), manager, photograph(), consent="签了同意书")
    wanted = client.put(f"{where}/faces-at-gates", json={"enabled": True}, headers=manager)
    shown = client.get("/v1/gate/faces", headers=site.gate.headers).json()

    assert (kept, wanted.status_code) == ((200, ""), 204)
    assert (before["allowed"], before["faces"]) == (False, [])
    (face,) = shown["faces"]
    assert (face["masked_name"], face["photo"] is not None) == ("王*明", True)
    assert site.person.name not in str(shown)


def test_without_consent_the_manager_keeps_no_photo(
    client: TestClient, site: GateSite, manager: dict[str, str]
) -> None:
    where = photo_of(f"/v1/projects/{site.project_id}", site.person_id)
    assert put(client, where, manager, photograph(), consent=" ") == (
        422,
        "identity.consent-missing",
    )


def photo_of(project: str, person_id: UUID) -> str:
    return f"{project}/workers/{person_id}/photo"
