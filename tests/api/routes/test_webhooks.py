"""Administrators take up, test, watch and end webhooks."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from core.enums import Role, WebhookState
from core.keyring import Keyring
from db.models import WebhookDelivery
from tests.factories.identity import bearer, make_person, make_principal
from tests.factories.webhooks import make_delivery, make_webhook

WEBHOOKS = "/v1/webhooks"
GIVEN = {
    "name": "某市平台",
    "url": "https://hooks.example.com/axm",
    "kinds": ["payslip.paid", "case.accepted"],
    "county_code": "330106",
}


@pytest.fixture
def headers(session: Session, keyring: Keyring) -> dict[str, str]:
    return bearer(keyring, make_principal(make_person(session).id, Role.ADMIN))


def create(client: TestClient, headers: dict[str, str], **changes: Any) -> Any:
    return client.post(WEBHOOKS, headers=headers, json=GIVEN | changes)


def test_secret_is_shown_once(client: TestClient, headers: dict[str, str]) -> None:
    created = create(client, headers)

    listed = client.get(WEBHOOKS, headers=headers)

    assert created.status_code == 201
    secret = created.json()["secret"]
    assert secret.startswith("whsec_")
    assert secret not in listed.text
    assert listed.json()["items"][0]["id"] == created.json()["id"]


def test_renewed_secret_is_shown_once_and_is_another(
    client: TestClient, headers: dict[str, str]
) -> None:
    created = create(client, headers).json()
    path = f"{WEBHOOKS}/{created['id']}/secret"

    renewed = client.post(path, headers=headers).json()["secret"]

    assert renewed not in {"", created["secret"]}
    assert renewed not in client.get(WEBHOOKS, headers=headers).text


def test_ended_webhook_gets_no_new_secret(client: TestClient, headers: dict[str, str]) -> None:
    path = f"{WEBHOOKS}/{create(client, headers).json()['id']}"
    client.delete(path, headers=headers)

    answer = client.post(f"{path}/secret", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (409, "notifications.webhook-ended")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"url": "http://hooks.example.com/"}, "notifications.webhook-url"),
        ({"url": "https://127.0.0.1/"}, "notifications.webhook-url"),
        ({"url": "https://-bad-.example/"}, "notifications.webhook-url"),
        ({"url": "https://a..b/"}, "notifications.webhook-url"),
        ({"name": "   "}, "api.invalid-request"),
        ({"project_id": str(uuid4())}, "notifications.webhook-scope"),
        ({"county_code": "330199"}, "api.invalid-request"),
        ({"county_code": "330100"}, "api.invalid-request"),
    ],
)
def test_unfit_webhooks_are_refused(
    client: TestClient, headers: dict[str, str], changes: dict[str, Any], code: str
) -> None:
    answer = create(client, headers, **changes)

    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_scope_has_an_address_once_until_it_is_ended(
    client: TestClient, headers: dict[str, str]
) -> None:
    webhook = create(client, headers).json()
    again = create(client, headers, url="https://HOOKS.example.com:443/axm")
    elsewhere = create(client, headers, county_code="330105")
    client.delete(f"{WEBHOOKS}/{webhook['id']}", headers=headers)

    after = create(client, headers)

    assert (again.status_code, again.json()["code"]) == (409, "notifications.webhook-known")
    assert (elsewhere.status_code, after.status_code) == (201, 201)


def test_test_events_may_be_named_among_the_kinds(
    client: TestClient, headers: dict[str, str]
) -> None:
    assert create(client, headers, kinds=["payslip.paid", "webhook.test"]).status_code == 201


def test_unknown_webhook_has_no_deliveries(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.get(f"{WEBHOOKS}/{uuid4()}/deliveries", headers=headers)

    assert answer.json()["code"] == "notifications.webhook-not-found"


def test_test_event_shows_up_in_the_list(client: TestClient, headers: dict[str, str]) -> None:
    path = f"{WEBHOOKS}/{create(client, headers).json()['id']}"

    sent = client.post(f"{path}/test", headers=headers)

    listed = client.get(f"{path}/deliveries", headers=headers).json()["items"]
    assert sent.status_code == 202
    assert [(one["id"], one["kind"], one["state"]) for one in listed] == [
        (sent.json()["id"], "webhook.test", "pending")
    ]


def test_what_was_given_up_is_listed_and_tried_again(
    client: TestClient, session: Session, headers: dict[str, str]
) -> None:
    webhook = make_webhook(session)
    make_delivery(session, webhook, state=WebhookState.DELIVERED)
    dead = make_delivery(session, webhook, state=WebhookState.DEAD)
    path = f"{WEBHOOKS}/{webhook.id}/deliveries"

    (listed,) = client.get(f"{path}?state=dead", headers=headers).json()["items"]
    again = client.post(f"{path}/{listed['id']}/retry", headers=headers)

    assert again.status_code == 202
    found = session.get(WebhookDelivery, dead.id)
    assert found is not None
    assert found.state is WebhookState.PENDING


def test_ended_webhook_is_sent_nothing(client: TestClient, headers: dict[str, str]) -> None:
    path = f"{WEBHOOKS}/{create(client, headers).json()['id']}"

    first = client.delete(path, headers=headers)
    again = client.delete(path, headers=headers)
    refused = client.post(f"{path}/test", headers=headers)

    assert (first.status_code, again.status_code) == (204, 204)
    assert refused.json()["code"] == "notifications.webhook-ended"
    assert client.get(WEBHOOKS, headers=headers).json()["items"][0]["ended_at"] is not None
