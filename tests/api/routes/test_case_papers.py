"""Files and papers over HTTP, from the upload to the check of a printed code."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from core.case_enums import CaseAction
from core.keyring import Keyring
from evidence.bundles import check_bundle
from identity.principal import Principal
from tests.cases.desk_work import accept, act
from tests.factories.cases import make_complaint, make_inspector
from tests.factories.identity import bearer
from tests.factories.payroll import Site
from tests.identity.test_portraits import photograph


@pytest.fixture
def inspector(session: Session, site: Site) -> Principal:
    site.project.county_code = "330106"
    return make_inspector(session)


def upload(client: TestClient, content: bytes) -> Any:
    return client.post("/v1/complaint-files", files={"file": ("evil.html", content)})


@pytest.fixture
def number(client: TestClient, keyring: Keyring, site: Site, inspector: Principal) -> str:
    """A complaint with two photos, which an inspector has accepted."""
    tokens = [upload(client, photograph((320, height))).json()["token"] for height in (200, 240)]
    body = {
        "statement": "没发工资",
        "project_id": str(site.project.id),
        "attachments": tokens,
    }
    filed = client.post("/v1/me/complaints", json=body, headers=bearer(keyring, site.worker))
    assert filed.status_code == 201, filed.text
    number: str = filed.json()["number"]
    accepted = client.post(
        f"/v1/cases/{number}/actions/accept", json={}, headers=bearer(keyring, inspector)
    )
    assert accepted.status_code == 200
    return number


def test_the_whole_bundle_tells_what_was_known(
    client: TestClient, keyring: Keyring, inspector: Principal, number: str
) -> None:
    response = client.post(
        f"/v1/cases/{number}/bundle",
        json={"reason": "作出处理决定前核对证据"},
        headers=bearer(keyring, inspector),
    )

    with ZipFile(BytesIO(response.content)) as bundle:
        names = set(bundle.namelist())
    assert {"person.json", "days.json", "contracts.json", "payslips.json"} <= names
    assert {"payments.json", "arrears.json", "liability.json", "duties.json"} <= names
    assert {"files/01.jpg", "files/02.jpg"} <= names
    assert check_bundle(response.content, client.get("/.well-known/jwks.json").json())


def test_a_reason_sent_as_a_form_gets_no_bundle_instead_of_half_of_one(
    client: TestClient, keyring: Keyring, inspector: Principal, number: str
) -> None:
    response = client.post(
        f"/v1/cases/{number}/bundle",
        data={"reason": "作出处理决定前核对证据"},
        headers=bearer(keyring, inspector),
    )

    assert response.status_code == 422


def test_the_complainant_reads_their_own_words_and_that_the_files_arrived(
    client: TestClient, keyring: Keyring, site: Site, number: str
) -> None:
    story = client.get(f"/v1/me/complaints/{number}", headers=bearer(keyring, site.worker)).json()

    first, accepted = story["steps"]
    assert (first["note"], first["files"]) == ("没发工资", 2)
    assert (accepted["note"], accepted["files"]) == (None, 0)


def test_files_are_downloads_whatever_they_are_called(
    client: TestClient, keyring: Keyring, inspector: Principal, number: str
) -> None:
    headers = bearer(keyring, inspector)
    listed = client.get(f"/v1/cases/{number}/files", headers=headers).json()["items"]

    response = client.get(f"/v1/cases/{number}/files/{listed[0]['sha256']}", headers=headers)

    assert len(listed) == 2
    assert response.headers["content-disposition"] == "attachment"
    assert response.headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize(
    ("content", "status", "problem"),
    [
        (b"<html><script>1</script></html>", 422, "evidence.unknown-attachment"),
        (b"\xff\xd8\xff<html>", 422, "evidence.picture-unreadable"),
        (b"#!AMR\n" + bytes(5_000_001), 413, "evidence.upload-too-large"),
        (b"", 422, "evidence.unknown-attachment"),
    ],
)
def test_bad_uploads_are_refused(
    client: TestClient, content: bytes, status: int, problem: str
) -> None:
    response = upload(client, content)
    assert (response.status_code, response.json()["code"]) == (status, problem)


def test_a_complaint_with_a_lost_upload_is_not_half_filed(
    client: TestClient, keyring: Keyring, site: Site, inspector: Principal
) -> None:
    headers = bearer(keyring, site.worker)
    body = {"statement": "没发工资", "project_id": str(site.project.id), "attachments": ["x" * 32]}

    refused = client.post("/v1/me/complaints", json=body, headers=headers)

    assert refused.json()["code"] == "cases.file-not-found"
    assert client.get("/v1/me/complaints", headers=headers).json()["items"] == []


def test_the_window_and_the_phone_hand_files_in_too(
    client: TestClient, keyring: Keyring, inspector: Principal
) -> None:
    headers = bearer(keyring, inspector)
    token = upload(client, photograph((320, 200))).json()["token"]
    body = {"statement": "没发工资", "county_code": "330106", "attachments": [token]}

    filed = client.post("/v1/cases", json=body, headers=headers).json()

    files = client.get(f"/v1/cases/{filed['number']}/files", headers=headers).json()["items"]
    assert [file["media_type"] for file in files] == ["image/jpeg"]


def test_an_agreement_goes_from_the_proposal_to_two_signatures(
    client: TestClient, session: Session, keyring: Keyring, site: Site, inspector: Principal
) -> None:
    number = make_complaint(
        session,
        person_id=site.worker.person_id,
        project_id=site.project.id,
        county_code=inspector.county_code,
    ).number
    accept(session, number, inspector, make_inspector(session, name="周监察"))
    act(session, inspector, number, CaseAction.PROPOSE_AGREEMENT)
    own, manager = bearer(keyring, site.worker), bearer(keyring, site.manager)
    of_project = f"/v1/projects/{site.project.id}/agreements"

    shown = client.get(f"/v1/me/complaints/{number}/agreement", headers=own).json()
    (proposed,) = client.get(of_project, headers=manager).json()["items"]
    body = {"content_hash": shown["content_hash"]}
    client.post(f"/v1/me/complaints/{number}/agreement/sign", json=body, headers=own)
    signed = client.post(f"{of_project}/{number}/sign", json=body, headers=manager).json()

    assert proposed["content_hash"] == shown["content_hash"]
    assert [one["party"] for one in signed["signatures"]] == ["worker", "employer"]


def test_a_paper_goes_from_the_step_to_the_complainant_and_is_checked_by_anybody(
    client: TestClient, keyring: Keyring, site: Site, inspector: Principal, number: str
) -> None:
    headers, own = bearer(keyring, inspector), bearer(keyring, site.worker)
    (due,) = client.get(f"/v1/cases/{number}/papers", headers=headers).json()["due"]

    drawn = client.post(
        f"/v1/cases/{number}/papers", json={"event_id": due["event_id"]}, headers=headers
    ).json()
    served = client.post(
        f"/v1/cases/{number}/papers/{drawn['id']}/services",
        data={
            "method": "in_person",
            "recipient": "complainant",
            "served_at": drawn["drawn_at"],
        },
        headers=headers,
    )
    (listed,) = client.get(f"/v1/me/complaints/{number}/papers", headers=own).json()["items"]
    pdf = client.get(f"/v1/me/complaints/{number}/papers/{listed['id']}", headers=own)
    checked = client.get(f"/v1/papers/{drawn['check_code']}").json()
    page = client.get(f"/d/{drawn['check_code'].replace('-', '')}")

    assert served.status_code == 201, served.text
    assert pdf.content.startswith(b"%PDF")
    assert checked["sha256"] == drawn["sha256"]
    assert drawn["number"] in page.text
    assert client.get("/d/AAAABBBBCCCC").status_code == 404
