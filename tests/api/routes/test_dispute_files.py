"""Photos of a dispute, over HTTP: in by the worker, out as a download."""

import pytest
from fastapi.testclient import TestClient

from core.keyring import Keyring
from db.models import Payslip
from tests.factories.identity import bearer
from tests.factories.payroll import Site
from tests.identity.test_portraits import photograph


def test_a_disputed_payslip_takes_a_photo_and_becomes_a_complaint(
    client: TestClient,
    keyring: Keyring,
    site: Site,
    payslip: Payslip,
    worker: dict[str, str],
) -> None:
    address = f"/v1/me/payslips/{payslip.id}"
    said = {"reason": "少算了两天", "expected": {"work_time": "24 天"}}
    client.post(f"{address}/dispute", json=said, headers=worker)
    added = client.post(
        f"{address}/dispute/files", files={"file": ("a.jpg", photograph())}, headers=worker
    ).json()
    shown = client.get(address, headers=worker).json()["dispute"]
    file = client.get(
        f"/v1/projects/{site.project.id}/payslips/{payslip.id}/dispute/files/{added['file_id']}",
        headers=bearer(keyring, site.manager),
    )

    filed = client.post(f"{address}/dispute/complaint", headers=worker)

    assert (shown["expected"], shown["fields"]) == ({"work_time": "24 天"}, ["work_time"])
    assert [each["file_id"] for each in shown["files"]] == [added["file_id"]]
    assert file.headers["content-disposition"] == "attachment"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.content.startswith(b"\xff\xd8\xff")
    assert filed.status_code == 201


@pytest.mark.parametrize(
    "expected", [{"salary": "8000"}, {"net": ""}, {"net": "x" * 101}, {"net": "a\0"}]
)
def test_unusable_expectations_are_refused(
    client: TestClient, payslip: Payslip, worker: dict[str, str], expected: dict[str, str]
) -> None:
    answer = client.post(
        f"/v1/me/payslips/{payslip.id}/dispute",
        json={"reason": "不对", "expected": expected},
        headers=worker,
    )

    assert answer.status_code == 422


def test_a_program_is_refused(client: TestClient, payslip: Payslip, worker: dict[str, str]) -> None:
    address = f"/v1/me/payslips/{payslip.id}/dispute"
    client.post(address, json={"reason": "不对"}, headers=worker)

    refusal = client.post(f"{address}/files", files={"file": ("a.jpg", b"MZ")}, headers=worker)

    assert (refusal.status_code, refusal.json()["code"]) == (422, "evidence.unknown-attachment")
