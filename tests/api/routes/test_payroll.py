from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from core.keyring import Keyring
from tests.factories.identity import bearer
from tests.factories.payroll import (
    MONTH,
    Site,
    card_of,
    confirm,
    confirm_all,
    make_result,
    make_site,
    publish,
    release_batch,
    send_to_bank,
)


@dataclass(frozen=True)
class Sent:
    """A sheet whose confirmed lines are in a bank file."""

    path: str
    reference: str


@pytest.fixture
def sent(session: Session, keyring: Keyring, site: Site) -> Sent:
    sheet_id = confirm_all(session, keyring, site)[0].pay_sheet_id
    reference = send_to_bank(session, site, sheet_id).batch.reference
    session.flush()
    path = f"/v1/projects/{site.project.id}/pay-sheets/{sheet_id}/batches/{reference}"
    return Sent(path, reference)


def call(client: TestClient, headers: dict[str, str], site: Site, path: str, **body: object) -> Any:
    return client.post(f"/v1/projects/{site.project.id}/{path}", json=body, headers=headers)


def upload(client: TestClient, headers: dict[str, str], path: str, content: bytes) -> Any:
    return client.post(f"{path}/result", files={"file": ("result.csv", content)}, headers=headers)


def test_month_is_paid_from_draft_to_settled(
    client: TestClient, session: Session, keyring: Keyring, site: Site, manager: dict[str, str]
) -> None:
    made = call(client, manager, site, "pay-sheets", month=MONTH, team_id=str(site.team.id))
    assert (made.status_code, made.json()["state"]) == (201, "draft")
    sheet = f"pay-sheets/{made.json()['id']}"
    published = call(client, manager, site, f"{sheet}/publish").json()
    assert (published["state"], published["payslip_count"]) == ("published", 2)
    for index in range(2):
        agree(client, bearer(keyring, site.principal(index)))
    assert call(client, manager, site, f"{sheet}/approve").json()["state"] == "approved"

    batch = call(client, manager, site, f"{sheet}/batches").json()
    release_batch(session, site, batch["reference"])
    rows = [(number + 1, card_of(number), "7875.00", "成功", "") for number in range(2)]
    path = f"/v1/projects/{site.project.id}/{sheet}/batches/{batch['reference']}"
    result = upload(client, manager, path, make_result(batch["reference"], rows))

    assert (batch["row_count"], batch["total"]) == (2, "15750.00")
    assert (result.status_code, result.json()["acknowledged"]) == (200, 2)
    overview = client.get(f"/v1/projects/{site.project.id}/{sheet}", headers=manager).json()
    assert (overview["state"], overview["net"]) == ("settled", "15750.00")
    assert {line["payment"]["state"] for line in overview["lines"]} == {"acknowledged"}


def agree(client: TestClient, headers: dict[str, str]) -> None:
    [listed] = client.get("/v1/me/payslips", headers=headers).json()["items"]
    path = f"/v1/me/payslips/{listed['payslip_id']}"
    shown = client.get(path, headers=headers).json()
    answered = client.post(
        f"{path}/confirm", json={"content_hash": shown["content_hash"]}, headers=headers
    )
    assert answered.status_code == 200


@pytest.mark.parametrize("month", ["2026-13", "202610", "", "2026-10-01"])
def test_malformed_month_is_refused(
    client: TestClient, site: Site, manager: dict[str, str], month: str
) -> None:
    response = call(client, manager, site, "pay-sheets", month=month, team_id=str(site.team.id))

    assert response.status_code == 422


def test_incomplete_payslips_are_named(
    client: TestClient, site: Site, manager: dict[str, str]
) -> None:
    site.workers[0].bank_name = None
    made = call(client, manager, site, "pay-sheets", month=MONTH, team_id=str(site.team.id))

    response = call(client, manager, site, f"pay-sheets/{made.json()['id']}/publish")

    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "payroll.payslip-incomplete")
    assert problem["missing"] == [{"worker_name": "王小明", "fields": ["银行卡"]}]
    assert "王小明：银行卡" in problem["detail"]


def test_manager_sees_the_dispute_and_answers_it_with_a_new_version(
    client: TestClient, session: Session, keyring: Keyring, site: Site, manager: dict[str, str]
) -> None:
    payslip = publish(session, site)[0]
    sheet_id, payslip_id = payslip.pay_sheet_id, payslip.id
    client.post(
        f"/v1/me/payslips/{payslip_id}/dispute",
        json={"reason": "少算了半天", "fields": ["work_time"]},
        headers=bearer(keyring, site.worker),
    )
    path = f"/v1/projects/{site.project.id}/pay-sheets/{sheet_id}"
    line = client.get(path, headers=manager).json()["lines"][0]
    assert line["dispute"]["reason"] == "少算了半天"

    item = {"name": "计日工资", "quantity": "23", "unit": "工日", "unit_price": "350.00"}
    response = call(
        client, manager, site, f"payslips/{payslip_id}/adjust", items=[item], note="补半天"
    )

    adjusted = response.json()
    assert (response.status_code, adjusted["version"]) == (201, 2)
    assert (adjusted["net"], adjusted["answer_state"]) == ("8050.00", "awaiting")


@pytest.mark.parametrize(
    "item",
    [
        {"quantity": "-1"},
        {"quantity": "1.001"},
        {"unit_price": "1e9"},
        {"unit_price": "NaN"},
        {"unit_price": "0.001"},
        {"name": ""},
        {"name": "a\0"},
        {"amount": "9999.00"},
    ],
)
def test_unusable_line_is_refused(
    client: TestClient, session: Session, site: Site, manager: dict[str, str], item: dict[str, str]
) -> None:
    payslip_id = publish(session, site)[0].id
    good = {"name": "计日工资", "quantity": "1", "unit": "工日", "unit_price": "1"}

    response = call(
        client, manager, site, f"payslips/{payslip_id}/adjust", items=[{**good, **item}], note="x"
    )

    assert response.status_code == 422


def test_field_beside_the_lines_that_nobody_knows_is_refused(
    client: TestClient, session: Session, site: Site, manager: dict[str, str]
) -> None:
    payslip_id = publish(session, site)[0].id

    response = call(client, manager, site, f"payslips/{payslip_id}/adjust", net="1.00", note="x")

    assert (response.status_code, response.json()["errors"][0]["location"]) == (
        422,
        ["body", "net"],
    )


def test_field_with_two_values_is_refused_in_words(
    client: TestClient, session: Session, site: Site, manager: dict[str, str]
) -> None:
    payslip_id = publish(session, site)[0].id
    line = '{"name": "日工", "quantity": "1", "quantity": "2", "unit": "日", "unit_price": "1"}'

    response = client.post(
        f"/v1/projects/{site.project.id}/payslips/{payslip_id}/adjust",
        content=f'{{"items": [{line}], "note": "x"}}',
        headers=manager | {"Content-Type": "application/json"},
    )

    assert (response.status_code, response.json()["code"]) == (422, "api.repeated-field")
    assert "“quantity”" in response.json()["detail"]


def test_rejection_is_shown_to_the_worker_in_everyday_words(
    client: TestClient, keyring: Keyring, site: Site, manager: dict[str, str], sent: Sent
) -> None:
    row = (1, card_of(0), "7875.00", "失败", "账户状态为冻结")
    headers = bearer(keyring, site.worker)

    upload(client, manager, sent.path, make_result(sent.reference, [row]))

    [listed] = client.get("/v1/me/payslips", headers=headers).json()["items"]
    assert listed["payment"]["state"] == "rejected"
    assert listed["payment"]["rejection"] == "卡被冻结或挂失"


@pytest.mark.parametrize("content", [b",x", b"\xff,AX00000000000000000000", b""])
def test_file_that_is_no_result_is_a_clear_refusal(
    client: TestClient, manager: dict[str, str], sent: Sent, content: bytes
) -> None:
    response = upload(client, manager, sent.path, content)

    assert response.status_code == 422
    assert response.json()["code"] == "payroll.result-unreadable"


def test_unconfirmed_lines_leave_nothing_to_pay(
    client: TestClient, session: Session, site: Site, manager: dict[str, str]
) -> None:
    sheet = f"pay-sheets/{publish(session, site)[0].pay_sheet_id}"
    call(client, manager, site, f"{sheet}/approve")

    response = call(client, manager, site, f"{sheet}/batches")

    assert (response.status_code, response.json()["code"]) == (409, "payroll.nothing-to-pay")


def test_manager_of_another_project_finds_nothing(
    client: TestClient, session: Session, keyring: Keyring, site: Site
) -> None:
    sheet_id = publish(session, site)[0].pay_sheet_id
    stranger = bearer(keyring, make_site(session).manager)

    response = client.get(f"/v1/projects/{site.project.id}/pay-sheets/{sheet_id}", headers=stranger)

    assert response.status_code == 404


def test_line_confirmed_by_its_worker_can_still_be_corrected(
    client: TestClient, session: Session, keyring: Keyring, site: Site, manager: dict[str, str]
) -> None:
    payslip = publish(session, site)[0]
    confirm(session, keyring, payslip)

    item = {"name": "计日工资", "quantity": "23", "unit": "工日", "unit_price": "350.00"}
    response = call(
        client, manager, site, f"payslips/{payslip.id}/adjust", items=[item], note="核对后更正"
    )

    assert response.json()["answer_state"] == "awaiting"
