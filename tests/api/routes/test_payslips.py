from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from db.models import Payslip
from evidence.canonical import content_hash
from tests.factories.payroll import Site, publish


@pytest.fixture
def payslips(session: Session, site: Site) -> list[Payslip]:
    return publish(session, site)


def post(client: TestClient, headers: dict[str, str], path: str, **body: object) -> Any:
    return client.post(f"/v1/me/payslips/{path}", json=body, headers=headers)


def test_worker_reads_and_confirms_exactly_what_was_shown(
    client: TestClient, worker: dict[str, str], payslips: list[Payslip]
) -> None:
    [listed] = client.get("/v1/me/payslips", headers=worker).json()["items"]
    shown = client.get(f"/v1/me/payslips/{listed['payslip_id']}", headers=worker).json()
    assert content_hash(shown["content"]) == shown["content_hash"]

    response = post(
        client, worker, f"{shown['payslip_id']}/confirm", content_hash=shown["content_hash"]
    )

    confirmation = response.json()
    assert response.status_code == 200
    assert (confirmation["answer_state"], shown["net"]) == ("confirmed", "7875.00")
    again = client.get(f"/v1/me/payslips/{shown['payslip_id']}", headers=worker).json()
    assert again["receipt"] == confirmation["receipt"]


def test_tapping_twice_gives_the_first_receipt(
    client: TestClient, worker: dict[str, str], payslips: list[Payslip]
) -> None:
    path, shown = f"{payslips[0].id}/confirm", payslips[0].content_hash
    first = post(client, worker, path, content_hash=shown)

    second = post(client, worker, path, content_hash=shown)

    assert second.status_code == 200
    assert second.json() == first.json()


def test_other_hash_is_a_conflict(
    client: TestClient, worker: dict[str, str], payslips: list[Payslip]
) -> None:
    response = post(client, worker, f"{payslips[0].id}/confirm", content_hash="0" * 64)

    assert response.status_code == 409
    assert response.json()["code"] == "payroll.payslip-changed"


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("confirm", {"content_hash": "0" * 64}),
        ("dispute", {"reason": "x"}),
        ("received", {"received": True}),
    ],
)
def test_colleagues_payslip_does_not_exist(
    client: TestClient,
    worker: dict[str, str],
    payslips: list[Payslip],
    action: str,
    body: dict[str, object],
) -> None:
    response = post(client, worker, f"{payslips[1].id}/{action}", **body)

    assert response.status_code == 404


def test_unknown_payslip_is_not_found(client: TestClient, worker: dict[str, str]) -> None:
    assert client.get(f"/v1/me/payslips/{uuid4()}", headers=worker).status_code == 404


def test_dispute_is_shown_back(
    client: TestClient, worker: dict[str, str], payslips: list[Payslip]
) -> None:
    payslip_id = payslips[0].id

    post(client, worker, f"{payslip_id}/dispute", reason="少算了两天", fields=["work_time"])

    shown = client.get(f"/v1/me/payslips/{payslip_id}", headers=worker).json()
    assert shown["answer_state"] == "disputed"
    assert shown["dispute"]["reason"] == "少算了两天"
    assert shown["dispute"]["fields"] == ["work_time"]


@pytest.mark.parametrize(
    "body", [{"reason": ""}, {"reason": "x\0"}, {"reason": "x", "fields": ["salary"]}, {}]
)
def test_unusable_dispute_is_refused(
    client: TestClient, worker: dict[str, str], payslips: list[Payslip], body: dict[str, object]
) -> None:
    assert post(client, worker, f"{payslips[0].id}/dispute", **body).status_code == 422


def test_workers_word_on_the_money_is_recorded(
    client: TestClient, worker: dict[str, str], payslips: list[Payslip]
) -> None:
    response = post(client, worker, f"{payslips[0].id}/received", received=False)

    assert response.status_code == 201
    [listed] = client.get("/v1/me/payslips", headers=worker).json()["items"]
    assert (listed["received"], listed["payment"]) == (False, None)


def test_status_names_month_amount_and_next_step(
    client: TestClient, worker: dict[str, str], payslips: list[Payslip]
) -> None:
    status = client.get("/v1/me/status", headers=worker).json()

    unanswered = [reason for reason in status["reasons"] if reason["code"] == "payslip_unanswered"]
    assert [(reason["month"], reason["amount"]) for reason in unanswered] == [
        ("2026-10", "7875.00")
    ]
    assert status["label"] in {"关注", "预警", "欠薪"}


def test_list_goes_on_page_by_page(
    client: TestClient, worker: dict[str, str], payslips: list[Payslip]
) -> None:
    page = client.get("/v1/me/payslips?limit=1", headers=worker).json()

    assert len(page["items"]) == 1
    assert page["next"] is None
