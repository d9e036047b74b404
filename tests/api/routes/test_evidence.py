from fastapi.testclient import TestClient

from core.keyring import Keyring
from evidence.receipts import issue_receipt, verify_receipt


def test_published_keys_verify_our_receipts(client: TestClient, keyring: Keyring) -> None:
    response = client.get("/.well-known/jwks.json")

    receipt = issue_receipt(keyring, {"sub": "x", "iat": 1})
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert verify_receipt(receipt, response.json())["sub"] == "x"
