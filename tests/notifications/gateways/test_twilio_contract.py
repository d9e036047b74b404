"""Our requests against Twilio's published OpenAPI, when `TWILIO_OPENAPI` names the file."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from twilio.rest import Client

from notifications.gateways.base import Sms
from notifications.gateways.twilio import TwilioGateway
from tests.notifications.gateways.twilio_peer import TwilioPeer

PUBLISHED = os.environ.get("TWILIO_OPENAPI", "")
PATH = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
ACCOUNT = "AC" + "0" * 32
SMS = Sms("r1", "+8619100000001", "【安薪码】你好", datetime(2026, 11, 2, 3, tzinfo=UTC))

pytestmark = pytest.mark.skipif(
    not PUBLISHED, reason="TWILIO_OPENAPI names no twilio_api_v2010.json"
)


@pytest.fixture(scope="module")
def operations() -> dict[str, Any]:
    published: dict[str, Any] = json.loads(Path(PUBLISHED).read_text(encoding="utf-8"))
    paths: dict[str, Any] = published["paths"][PATH]
    return paths


@pytest.mark.parametrize("sender", ["+15005550006", "MG" + "1" * 32])
def test_message_is_created_as_twilio_publishes(operations: dict[str, Any], sender: str) -> None:
    peer = TwilioPeer(clock=SMS.created_at)
    client = Client(ACCOUNT, "token", http_client=peer)  # type: ignore[no-untyped-call]
    callback = "https://axm.example/v1/notifications/callbacks/twilio"

    TwilioGateway(client, sender=sender, callback_url=callback).send(SMS)

    (request,) = peer.requests
    form = {name: value for name, value in request.items() if name[0].isupper()}
    body = operations["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
    schema = {**body["schema"], "additionalProperties": False}
    Draft202012Validator(schema).validate(form)


def test_messages_are_listed_as_twilio_publishes(operations: dict[str, Any]) -> None:
    peer = TwilioPeer(clock=SMS.created_at)
    client = Client(ACCOUNT, "token", http_client=peer)  # type: ignore[no-untyped-call]

    TwilioGateway(client, sender="+15005550006", callback_url="https://axm.example").find(SMS)

    known = {parameter["name"] for parameter in operations["get"]["parameters"]}
    (request,) = peer.requests
    assert f"/Accounts/{ACCOUNT}/Messages.json" in str(request["uri"])
    assert {"To", "PageSize"} <= known
