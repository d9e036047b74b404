import logging
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from requests import ConnectionError as BrokenConnectionError
from requests import ConnectTimeout, ReadTimeout
from requests.exceptions import SSLError
from twilio.rest import Client

from core.logging import configure_logging
from core.settings import AliyunSettings, SmsSettings, TwilioSettings
from notifications.gateways.aliyun import AliyunGateway
from notifications.gateways.base import (
    GatewayError,
    PermanentGatewayError,
    RefusedHereError,
    Sms,
    TemporaryGatewayError,
    UnknownOutcomeError,
)
from notifications.gateways.choice import open_gateways
from notifications.gateways.console import ConsoleGateway
from notifications.gateways.twilio import TwilioGateway, open_client
from tests.notifications.gateways.twilio_peer import Fault, TwilioPeer, failure, page, refusal

ACCOUNT = "AC" + "0" * 32
CALLBACK = "https://axm.example/v1/notifications/callbacks/twilio"
AT = datetime(2026, 11, 2, 3, 0, 0, 700_000, tzinfo=UTC)
SMS = Sms("r1", "+8619100000001", "【安薪码】你好", AT)


@pytest.fixture
def peer() -> TwilioPeer:
    return TwilioPeer(clock=AT)


def open_at(peer: TwilioPeer, sender: str = "+15005550006") -> TwilioGateway:
    client = Client(ACCOUNT, "token", http_client=peer)  # type: ignore[no-untyped-call]
    return TwilioGateway(client, sender=sender, callback_url=CALLBACK)


def test_accepted_message_has_a_reference(peer: TwilioPeer) -> None:
    assert open_at(peer).send(SMS) == peer.messages[0]["sid"]


def test_number_sends_in_its_own_name(peer: TwilioPeer) -> None:
    open_at(peer).send(SMS)

    (request,) = peer.requests
    assert request["From"] == "+15005550006"
    assert (request["To"], request["Body"]) == (SMS.phone, SMS.body)
    assert request["auth"] == (ACCOUNT, "token")
    assert f"/Accounts/{ACCOUNT}/Messages.json" in str(request["uri"])


def test_messaging_service_sends_in_the_name_it_chooses(peer: TwilioPeer) -> None:
    open_at(peer, sender="MG" + "1" * 32).send(SMS)

    (request,) = peer.requests
    assert request["MessagingServiceSid"] == "MG" + "1" * 32
    assert "From" not in request


@pytest.mark.parametrize(
    ("fault", "error", "reason"),
    [
        (refusal(400, 21211), PermanentGatewayError, "twilio-21211 malformed_number"),
        (refusal(400, 21610), PermanentGatewayError, "twilio-21610 unsubscribed"),
        (refusal(400, 21614), PermanentGatewayError, "twilio-21614 not_a_mobile"),
        (refusal(429, 20429), TemporaryGatewayError, "twilio-20429 too_many_requests"),
        (refusal(401, 20003), TemporaryGatewayError, "twilio-20003 login_refused"),
        (refusal(400, 21408), TemporaryGatewayError, "twilio-21408 region_not_enabled"),
        (refusal(400, 21617), RefusedHereError, "twilio-21617 text_too_long"),
        (refusal(400, 99999), TemporaryGatewayError, "twilio-99999 unknown_code"),
        (page(404, "<html>"), TemporaryGatewayError, "twilio-404 unknown_code"),
        (refusal(500, 20500), UnknownOutcomeError, "twilio-20500"),
        (page(502, "<html>"), UnknownOutcomeError, "twilio-502"),
        (page(201, "<html>"), UnknownOutcomeError, "JSONDecodeError"),
        (failure(ConnectTimeout()), TemporaryGatewayError, "no_connection"),
        (failure(SSLError()), TemporaryGatewayError, "certificate"),
        (failure(ReadTimeout()), UnknownOutcomeError, "ReadTimeout"),
        (failure(BrokenConnectionError()), UnknownOutcomeError, "ConnectionError"),
    ],
)
def test_trouble_is_told_by_its_consequence(
    peer: TwilioPeer, fault: Fault, error: type[GatewayError], reason: str
) -> None:
    peer.faults = [fault]

    with pytest.raises(error) as raised:
        open_at(peer).send(SMS)

    assert type(raised.value) is error
    assert raised.value.reason == reason


def test_problem_details_answer_is_understood(peer: TwilioPeer) -> None:
    problem = '{"type": "t", "title": "no", "status": 400, "code": 21614}'
    peer.faults = [page(400, problem)]

    with pytest.raises(PermanentGatewayError, match="21614"):
        open_at(peer).send(SMS)


def test_message_accepted_without_an_answer_is_found(peer: TwilioPeer) -> None:
    peer.forgets_to_answer = True
    gateway = open_at(peer)
    with pytest.raises(UnknownOutcomeError):
        gateway.send(SMS)

    assert gateway.find(SMS) == [peer.messages[0]["sid"]]


def test_words_a_trial_account_adds_do_not_hide_the_message(peer: TwilioPeer) -> None:
    peer.text_before = "Sent from your Twilio trial account - "
    gateway = open_at(peer)
    sid = gateway.send(SMS)

    assert gateway.find(SMS) == [sid]


def test_same_text_of_an_earlier_day_is_not_mistaken_for_it(peer: TwilioPeer) -> None:
    peer.clock = AT - timedelta(days=1)
    gateway = open_at(peer)
    gateway.send(SMS)

    assert gateway.find(SMS) == []


def test_other_text_and_other_number_are_not_found(peer: TwilioPeer) -> None:
    gateway = open_at(peer)
    gateway.send(Sms("r2", SMS.phone, "【安薪码】再见", AT))
    gateway.send(Sms("r3", "+8619100000002", SMS.body, AT))

    assert gateway.find(SMS) == []


@pytest.mark.parametrize(
    "fault", [refusal(429, 20429), page(500, ""), page(200, "<html>"), failure(ReadTimeout())]
)
def test_failed_look_up_says_so(peer: TwilioPeer, fault: Fault) -> None:
    peer.faults = [fault]

    with pytest.raises(UnknownOutcomeError):
        open_at(peer).find(SMS)


SETTINGS = TwilioSettings(account_sid=ACCOUNT, auth_token=SecretStr("token"), sender="+15005550006")


def test_every_call_ends_in_time() -> None:
    assert open_client(SETTINGS, timeout_seconds=7).http_client.timeout == 7


def test_report_is_asked_for_under_our_own_id(peer: TwilioPeer) -> None:
    open_at(peer).send(SMS)

    assert peer.requests[0]["StatusCallback"] == f"{CALLBACK}?message=r1"


def test_settings_choose_the_gateways_and_their_order() -> None:
    aliyun = AliyunSettings(
        access_key_id="id",
        access_key_secret=SecretStr("secret"),
        sign_name="安薪码",
        callback_secret=SecretStr("x" * 24),
    )
    sms = SmsSettings(gateway="aliyun,twilio,console", twilio=SETTINGS, aliyun=aliyun)

    opened = open_gateways(sms, public_base_url="https://axm.example/")

    assert [type(gateway) for gateway in opened] == [AliyunGateway, TwilioGateway, ConsoleGateway]


def test_log_of_the_sdk_names_no_number(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    configure_logging(as_json=True)
    try:
        # What the SDK does before it asks for the messages to a number.
        open_client(SETTINGS, timeout_seconds=7).http_client.log_request(
            {"method": "GET", "url": "/Messages.json", "params": {"To": SMS.phone}, "headers": {}}
        )
    finally:
        root.handlers = handlers
        root.setLevel(level)

    assert SMS.phone not in capsys.readouterr().err
