"""Bank files over HTTP: released by somebody else, then downloaded in the bank's format."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, col, select

from core.enums import Role
from core.keyring import Keyring
from db.models import Notification
from tests.factories.identity import bearer, make_principal, make_worker_person
from tests.factories.payroll import Site, card_of, confirm_all, draw_up_batch
from tests.factories.projects import make_party
from tests.payroll.test_own_card import make_card_number

Headers = dict[str, str]


@dataclass(frozen=True)
class Drafted:
    """A sheet whose confirmed lines are in a file that waits."""

    path: str
    reference: str


@pytest.fixture
def manager(keyring: Keyring, site: Site) -> Headers:
    return bearer(keyring, site.manager)


@pytest.fixture
def builder(session: Session, keyring: Keyring, site: Site) -> Headers:
    """An administrator of the general contractor."""
    party = make_party(session, site.project, party_type="009")
    party.wage_account, party.wage_bank_name = "19045101040012345", "中国农业银行杭州分行"
    person = make_worker_person(session, name="吴总包")
    principal = make_principal(person.id, Role.EMPLOYER_ADMIN, employer_id=party.employer_id)
    return bearer(keyring, principal)


@pytest.fixture
def drafted(session: Session, keyring: Keyring, site: Site, builder: Headers) -> Drafted:
    assert builder
    sheet_id = confirm_all(session, keyring, site)[0].pay_sheet_id
    reference = draw_up_batch(session, site, sheet_id).batch.reference
    session.flush()
    path = f"/v1/projects/{site.project.id}/pay-sheets/{sheet_id}/batches/{reference}"
    return Drafted(path, reference)


def texted(session: Session, template: str) -> str:
    query = select(Notification.body).where(Notification.template == template)
    body = session.exec(query.order_by(col(Notification.id).desc())).first()
    return str(re.findall(r"验证码(\d{6})", body or "")[0])


def let_out(client: TestClient, session: Session, headers: Headers, path: str) -> Any:
    assert client.post(f"{path}/release-code", headers=headers).status_code == 202
    code = {"code": texted(session, "release_code")}
    return client.post(f"{path}/release", json=code, headers=headers)


def test_general_contractor_releases_what_the_manager_drew_up(
    client: TestClient, session: Session, manager: Headers, builder: Headers, drafted: Drafted
) -> None:
    early = client.get(f"{drafted.path}/file", headers=manager)
    [waiting] = client.get("/v1/pay-batches", headers=builder).json()["items"]
    lines = client.get(drafted.path, headers=builder).json()["lines"]

    released = let_out(client, session, builder, drafted.path)

    assert (early.status_code, early.json()["code"]) == (409, "payroll.batch-not-released")
    assert (waiting["reference"], waiting["total"]) == (drafted.reference, "15750.00")
    assert waiting["drawn_up_by"] == "赵主管"
    assert card_of(0) not in str(lines)
    assert (released.status_code, released.json()["state"]) == (200, "released")
    assert client.get("/v1/pay-batches", headers=builder).json()["items"] == []


def test_general_contractor_gets_no_more_than_the_release(
    client: TestClient, session: Session, builder: Headers, drafted: Drafted
) -> None:
    let_out(client, session, builder, drafted.path)

    assert client.get(f"{drafted.path}/file", headers=builder).status_code == 403
    response = client.post(f"{drafted.path}/withdraw", json={"reason": "x"}, headers=builder)
    assert response.status_code == 403


def test_author_is_refused_with_words_that_help(
    client: TestClient, manager: Headers, drafted: Drafted
) -> None:
    response = client.post(f"{drafted.path}/release-code", headers=manager)

    assert response.status_code == 403
    assert response.json()["code"] == "payroll.second-person-required"


def test_wrong_code_does_not_end_the_sign_in(
    client: TestClient, builder: Headers, drafted: Drafted
) -> None:
    body = {"code": "000000"}

    response = client.post(f"{drafted.path}/release", json=body, headers=builder)

    assert response.status_code == 422
    assert response.json()["code"] == "identity.step-up-code-wrong"


@pytest.mark.parametrize("action", ["refuse", "withdraw"])
def test_file_that_does_not_go_says_why(
    client: TestClient, manager: Headers, builder: Headers, drafted: Drafted, action: str
) -> None:
    headers = builder if action == "refuse" else manager
    body = {"reason": "少了一个人"}

    response = client.post(f"{drafted.path}/{action}", json=body, headers=headers)

    assert response.status_code == 200
    assert response.json()["reason"] == "少了一个人"


@pytest.mark.parametrize(
    ("profile", "media_type", "extension", "start"),
    [
        ("generic", "text/csv; charset=utf-8", "csv", b"\xef\xbb\xbf"),
        ("generic-gb18030", "text/csv; charset=gb18030", "csv", b"\xc5\xfa"),
        ("icbc", "text/plain; charset=gb18030", "txt", b"\xd7\xdc"),
        ("pain.001", "application/xml; charset=utf-8", "xml", b"<?xml"),
    ],
)
def test_file_is_downloaded_in_the_banks_format(
    *,
    client: TestClient,
    session: Session,
    manager: Headers,
    builder: Headers,
    drafted: Drafted,
    profile: str,
    media_type: str,
    extension: str,
    start: bytes,
) -> None:
    let_out(client, session, builder, drafted.path)

    response = client.get(f"{drafted.path}/file?profile={profile}", headers=manager)

    assert response.status_code == 200
    assert response.content.startswith(start)
    assert card_of(0).encode() in response.content
    assert response.headers["Content-Type"] == media_type
    assert f'"{drafted.reference}.{extension}"' in response.headers["Content-Disposition"]


def test_format_that_takes_five_rows_is_refused_for_two(
    client: TestClient, session: Session, manager: Headers, builder: Headers, drafted: Drafted
) -> None:
    let_out(client, session, builder, drafted.path)

    response = client.get(f"{drafted.path}/file?profile=pipe", headers=manager)

    assert (response.status_code, response.json()["code"]) == (409, "payroll.profile-row-count")


def test_worker_changes_the_own_card(
    client: TestClient, session: Session, keyring: Keyring, site: Site
) -> None:
    headers = bearer(keyring, site.worker)
    body = {"project_id": str(site.project.id), "bank_card": make_card_number()}
    asked = client.post("/v1/me/bank-card/code", json=body, headers=headers)
    code = texted(session, "bank_card_code")

    changed = client.post(
        "/v1/me/bank-card",
        json=body | {"holder_name": "王小明", "bank_name": "中国银行", "code": code},
        headers=headers,
    )

    assert (asked.status_code, changed.status_code) == (202, 200)
    assert changed.json()["masked_bank_card"].endswith(body["bank_card"][-4:])
    assert changed.json()["is_old_card_in_use"] is False


@pytest.mark.parametrize("bank_name", ["=HYPERLINK()", "中国|银行", "a\0", ""])
def test_bank_name_no_bank_takes_is_refused(
    client: TestClient, keyring: Keyring, site: Site, bank_name: str
) -> None:
    body = {
        "project_id": str(site.project.id),
        "bank_card": make_card_number(),
        "holder_name": "王小明",
        "bank_name": bank_name,
        "code": "000000",
    }

    response = client.post("/v1/me/bank-card", json=body, headers=bearer(keyring, site.worker))

    assert response.status_code == 422
    assert response.json()["code"] != "identity.step-up-code-wrong"
