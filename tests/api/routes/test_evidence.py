"""What anybody can fetch to check a receipt, without signing in."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from core.keyring import Keyring
from db.models import EvidenceEntry
from evidence import log, merkle
from evidence.proofs import check_receipt
from evidence.receipts import issue_receipt, verify_receipt
from tests.factories.identity import bearer
from tests.factories.payroll import AT, make_site, publish


@pytest.fixture
def receipt(client: TestClient, session: Session, keyring: Keyring) -> Any:
    """A worker's receipt, taken after the night; three days are sealed."""
    site = make_site(session)
    payslip, *_ = publish(session, site)
    worker = bearer(keyring, site.worker)
    path = f"/v1/me/payslips/{payslip.id}"
    said = client.post(
        f"{path}/confirm", json={"content_hash": payslip.content_hash}, headers=worker
    )
    assert said.status_code == 200
    for day in range(3):
        log.seal(session, keyring, at=AT + timedelta(days=day))
    return client.get(f"{path}/receipt", headers=worker).json()


def test_published_keys_verify_our_receipts(client: TestClient, keyring: Keyring) -> None:
    response = client.get("/.well-known/jwks.json")

    receipt = issue_receipt(keyring, {"sub": "x", "iat": 1})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert verify_receipt(receipt, response.json())["sub"] == "x"


def test_a_receipt_is_checked_with_the_published_keys_alone(
    client: TestClient, receipt: Any
) -> None:
    keys = client.get("/.well-known/jwks.json").json()

    assert len(check_receipt(receipt, keys)) == 3


def test_seals_are_listed_newest_first(client: TestClient, receipt: Any) -> None:
    first = client.get("/v1/evidence/seals", params={"limit": 2}).json()
    rest = client.get("/v1/evidence/seals", params={"cursor": first["next"]}).json()

    days = [seal["sealed_date"] for seal in first["items"] + rest["items"]]
    assert days == ["2026-11-05", "2026-11-04", "2026-11-03"]
    assert rest["next"] is None
    assert receipt["inclusion"]["seal"] == first["items"][0]["statement"]


def test_anybody_who_knows_a_leaf_gets_its_proof(
    client: TestClient, session: Session, receipt: Any
) -> None:
    leaf_hash = session.exec(
        select(EvidenceEntry.leaf_hash).where(EvidenceEntry.position == 0)
    ).one()

    proof = client.get("/v1/evidence/inclusion", params={"leaf_hash": leaf_hash.hex()}).json()

    assert merkle.verify_inclusion(
        leaf_hash,
        position=proof["position"],
        size=proof["tree_size"],
        proof=[bytes.fromhex(sibling) for sibling in proof["hashes"]],
        root=bytes.fromhex(proof["root"]),
    )


def test_anybody_gets_the_proof_that_the_log_only_grew(client: TestClient, receipt: Any) -> None:
    [later, *_] = client.get("/v1/evidence/seals").json()["items"]

    proof = client.get("/v1/evidence/consistency", params={"earlier": 1}).json()

    assert (proof["root"], proof["tree_size"]) == (later["root"], later["tree_size"])
    assert len(proof["hashes"]) > 0


def test_an_unknown_leaf_is_not_found(client: TestClient, receipt: Any) -> None:
    unknown = merkle.hash_leaf(b"unknown").hex()

    response = client.get("/v1/evidence/inclusion", params={"leaf_hash": unknown})

    assert response.status_code == 404
    assert response.json()["code"] == "evidence.leaf-not-found"


def test_a_size_the_log_never_had_is_refused(client: TestClient, receipt: Any) -> None:
    response = client.get("/v1/evidence/consistency", params={"earlier": 10_000})

    assert response.status_code == 422
    assert response.json()["code"] == "evidence.no-such-tree"
