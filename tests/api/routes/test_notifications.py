"""Callbacks of providers, the register of texts, wishes, stuck jobs, the hotline."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr
from redis import Redis
from sqlmodel import Session, select

from api.app import create_app
from cases.throttle import LOOKUPS_PER_NUMBER, count_wrong
from core.clock import local_date, now
from core.enums import NotificationState, Role
from core.keyring import Keyring
from core.settings import AliyunSettings, Settings, TwilioSettings
from db.models import DeliveryReport, Notification, NumberStatus, OutboxMessage, SmsSpending
from notifications.templates import TEXTS, Template
from tests.factories.cases import make_complaint, make_inspector
from tests.factories.identity import bearer, make_person, make_principal
from tests.factories.notifications import make_stuck_job, make_unreached
from tests.factories.payroll import Site
from tests.live import SharedTransaction
from tests.notifications.peers.aliyun import reply, report
from tests.notifications.peers.twilio import sign

SECRET = "a-secret-part-of-a-path-0123"
PUBLIC = "https://axm.example"
PATH = "/v1/notifications/callbacks/twilio"
SID = "SM" + "0" * 32
TWILIO = TwilioSettings(account_sid="AC1", auth_token=SecretStr("token"), sender="+15005550006")
ALIYUN = AliyunSettings(
    access_key_id="id",
    access_key_secret=SecretStr("secret"),
    sign_name="安薪码",
    callback_secret=SecretStr(SECRET),
)


def make_app(settings: Settings, twilio: TwilioSettings = TWILIO) -> FastAPI:
    """Return an installation with both providers."""
    sms = settings.sms.model_copy(
        update={"gateway": "aliyun,twilio", "twilio": twilio, "aliyun": ALIYUN}
    )
    return create_app(settings.model_copy(update={"sms": sms, "public_base_url": f"{PUBLIC}/"}))


@pytest.fixture(scope="module")
def provider_app(settings: Settings) -> FastAPI:
    return make_app(settings)


@contextmanager
def serve(app: FastAPI, session: Session) -> Generator[TestClient]:
    """Answer requests within the test's transaction."""
    app.state.database = SharedTransaction()
    with app.state.database.joining(session):
        yield TestClient(app)


@pytest.fixture
def provider_client(provider_app: FastAPI, session: Session, redis: Redis) -> Generator[TestClient]:
    with serve(provider_app, session) as client:
        yield client


@pytest.fixture
def sent(session: Session, site: Site) -> Notification:
    return make_unreached(
        session,
        site,
        state=NotificationState.SENT,
        error=None,
        gateway="twilio",
        provider_reference=SID,
        claimed_at=now(),
    )


def post_report(
    client: TestClient,
    fields: dict[str, str],
    *,
    message: str = "",
    signature: str | None = None,
) -> int:
    """Send a Twilio form, signed for our public address unless told otherwise."""
    query = f"?message={message}" if message else ""
    headers = {"X-Twilio-Signature": signature or sign(f"{PUBLIC}{PATH}{query}", fields)}
    return client.post(f"{PATH}{query}", data=fields, headers=headers).status_code


def delivered(sid: str = SID) -> dict[str, str]:
    return {"MessageSid": sid, "MessageStatus": "delivered", "To": "+8619100000001"}


def state_of(session: Session, notification: Notification) -> NotificationState:
    session.expire_all()
    return session.get_one(Notification, notification.id).state


def test_signed_report_of_twilio_moves_the_message(
    provider_client: TestClient, session: Session, sent: Notification
) -> None:
    status = post_report(provider_client, delivered(), message=str(sent.id))

    assert status == 204
    assert state_of(session, sent) is NotificationState.DELIVERED


def test_undelivered_report_is_understood(
    provider_client: TestClient, session: Session, sent: Notification
) -> None:
    fields = {"MessageSid": SID, "MessageStatus": "undelivered", "ErrorCode": "30005"}

    assert post_report(provider_client, fields, message=str(sent.id)) == 204
    assert state_of(session, sent) is NotificationState.FAILED


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "AAAA",
        sign(f"{PUBLIC}{PATH}", delivered("SM1")),
        sign(f"http://testserver{PATH}", delivered()),
        sign(f"{PUBLIC}{PATH}", delivered(), secret="other"),
        sign(f"{PUBLIC}{PATH}", delivered(), digest="sha256"),
    ],
    ids=["none", "noise", "other-fields", "other-address", "other-token", "other-digest"],
)
def test_report_with_a_wrong_signature_is_refused(
    provider_client: TestClient, session: Session, sent: Notification, signature: str
) -> None:
    answer = provider_client.post(PATH, data=delivered(), headers={"X-Twilio-Signature": signature})

    assert answer.status_code == 403
    assert answer.json()["code"] == "notifications.foreign-report"
    assert state_of(session, sent) is NotificationState.SENT


@pytest.mark.parametrize("claimed", [None, "key=k,algorithm=HMAC_SHA1"])
def test_stronger_signature_is_never_given_up_for_a_weaker(
    settings: Settings, session: Session, redis: Redis, claimed: str | None
) -> None:
    strict = TWILIO.model_copy(update={"signing_key": SecretStr("shared")})
    headers = {"X-Twilio-Signature": sign(f"{PUBLIC}{PATH}", delivered())}
    if claimed:
        headers["X-Twilio-Webhooks-Signature-Settings"] = claimed

    with serve(make_app(settings, strict), session) as client:
        weak = client.post(PATH, data=delivered(), headers=headers).status_code
        signature = sign(f"{PUBLIC}{PATH}", delivered(), secret="shared", digest="sha256")
        strong = post_report(client, delivered(), signature=signature)

    assert (weak, strong) == (403, 204)


def test_unknown_sid_is_kept_and_asks_for_no_repetition(
    provider_client: TestClient, session: Session
) -> None:
    assert post_report(provider_client, delivered("SM" + "9" * 32)) == 204

    (kept,) = session.exec(select(DeliveryReport)).all()
    assert kept.notification_id is None


def test_genuine_form_without_a_message_is_refused(provider_client: TestClient) -> None:
    assert post_report(provider_client, {"Foo": "bar"}) == 422


def test_installation_without_twilio_takes_no_reports(client: TestClient) -> None:
    assert post_report(client, delivered()) == 403


def push(client: TestClient, *elements: object, secret: str = SECRET) -> int:
    path = f"/v1/notifications/callbacks/aliyun/{secret}"
    headers = {"Content-Type": "application/json"}
    return client.post(path, content=json.dumps(elements), headers=headers).status_code


def test_push_of_aliyun_on_the_secret_path_is_taken(
    provider_client: TestClient, session: Session, sent: Notification
) -> None:
    sent.gateway, sent.provider_reference = "aliyun", "9000^0"

    answer = provider_client.post(
        f"/v1/notifications/callbacks/aliyun/{SECRET}",
        json=[report(str(sent.id), "9000^0"), reply("退订")],
    )

    assert answer.json() == {"code": 0, "msg": "接收成功"}
    assert state_of(session, sent) is NotificationState.DELIVERED
    assert session.exec(select(NumberStatus)).one().opted_out_at is not None


@pytest.mark.parametrize("secret", ["x", SECRET[:-1], SECRET + "x", "密"])
def test_push_on_another_path_is_refused(
    provider_client: TestClient, session: Session, secret: str
) -> None:
    assert push(provider_client, report(str(uuid4()), "9000^0"), secret=secret) == 403
    assert session.exec(select(DeliveryReport)).all() == []


def test_what_aliyun_says_beyond_our_understanding_is_passed_over(
    provider_client: TestClient, session: Session
) -> None:
    odd: list[object] = [
        {},
        {"biz_id": 7, "success": True},
        {"biz_id": "1", "success": "true"},
        {"biz_id": "a\0b", "success": True},
        ["x"],
        1,
        reply("TD", phone="0571-87654321"),
    ]

    assert push(provider_client, *odd) == 200
    assert session.exec(select(DeliveryReport)).all() == []
    assert session.exec(select(NumberStatus)).all() == []


def test_unreadable_code_does_not_keep_the_other_reports_out(
    provider_client: TestClient, session: Session, sent: Notification
) -> None:
    sent.gateway, sent.provider_reference = "aliyun", "9000^0"
    odd = report(str(uuid4()), "9001^0") | {"success": False, "err_code": "\ud800x"}

    assert push(provider_client, odd, report(str(sent.id), "9000^0")) == 200
    assert state_of(session, sent) is NotificationState.DELIVERED


@pytest.mark.parametrize("body", [{}, "x", [report("a", "b")] * 1001])
def test_push_in_another_shape_is_refused(provider_client: TestClient, body: object) -> None:
    answer = provider_client.post(f"/v1/notifications/callbacks/aliyun/{SECRET}", json=body)

    assert answer.status_code == 422


@pytest.fixture
def admin(keyring: Keyring, session: Session) -> dict[str, str]:
    return bearer(keyring, make_principal(make_person(session, name="管理员").id, Role.ADMIN))


def test_approval_stands_beside_its_text(client: TestClient, admin: dict[str, str]) -> None:
    version = TEXTS[Template.WAGE_PAID].version
    approval = {"version": version, "state": "approved", "provider_code": "SMS_1"}
    path = "/v1/notifications/templates/wage_paid/approvals/aliyun"

    for state in ("submitted", "approved"):
        assert client.put(path, json={**approval, "state": state}, headers=admin).is_success

    listed = client.get("/v1/notifications/templates", headers=admin).json()
    wage_paid = next(
        one for one in listed if (one["template"], one["language"]) == ("wage_paid", "zh-CN")
    )
    (recorded,) = wage_paid["approvals"]
    assert (recorded["state"], recorded["provider_code"]) == ("approved", "SMS_1")
    assert wage_paid["segments"] == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "notifications.approval-code-missing"),
        ({"provider_code": "   "}, "api.invalid-request"),
        ({"provider_code": "HX\nevil"}, "api.invalid-request"),
        ({"provider_code": "HX1", "language": "cmn-x-sichuan"}, "notifications.unknown-text"),
    ],
)
def test_approval_that_would_break_sending_is_refused(
    client: TestClient, admin: dict[str, str], changes: dict[str, str], code: str
) -> None:
    answer = client.put(
        "/v1/notifications/templates/case_advanced/approvals/aliyun",
        json={"version": 1, "state": "approved"} | changes,
        headers=admin,
    )

    assert answer.json()["code"] == code


def test_spending_of_today_is_listed(
    client: TestClient, session: Session, site: Site, admin: dict[str, str]
) -> None:
    session.add(SmsSpending(project_id=site.project.id, date=local_date(now()), segments=7))

    (spending,) = client.get("/v1/notifications/spending", headers=admin).json()

    assert (spending["project_id"], spending["segments"]) == (str(site.project.id), 7)


def test_worker_says_how_to_be_told(client: TestClient, keyring: Keyring, site: Site) -> None:
    worker = bearer(keyring, site.worker)
    wish = {"language": "cmn-x-sichuan", "wants_optional": False}

    before = client.get("/v1/me/message-preferences", headers=worker).json()
    client.put("/v1/me/message-preferences", json=wish, headers=worker)

    assert before == {"language": "zh-CN", "wants_optional": True}
    assert client.get("/v1/me/message-preferences", headers=worker).json() == wish


def test_a_wish_is_whole(client: TestClient, keyring: Keyring, site: Site) -> None:
    answer = client.put(
        "/v1/me/message-preferences",
        json={"language": "cmn-x-sichuan"},
        headers=bearer(keyring, site.worker),
    )

    assert answer.status_code == 422


def test_stuck_job_is_shown_and_tried_again(
    client: TestClient, session: Session, admin: dict[str, str]
) -> None:
    stuck = make_stuck_job(session)
    (shown,) = client.get("/v1/stuck-jobs", headers=admin).json()["items"]

    answer = client.post(f"/v1/stuck-jobs/{stuck.id}/retry", headers=admin)

    assert answer.status_code == 204
    assert (shown["id"], shown["attempts"]) == (str(stuck.id), 8)
    session.expire_all()
    assert session.get_one(OutboxMessage, stuck.id).attempts == 0


def test_finished_job_cannot_be_tried_again(
    client: TestClient, session: Session, admin: dict[str, str]
) -> None:
    done = make_stuck_job(session)
    done.done_at = now()

    assert client.post(f"/v1/stuck-jobs/{done.id}/retry", headers=admin).status_code == 404


def test_hotline_hears_where_a_complaint_stands(
    client: TestClient, keyring: Keyring, site: Site
) -> None:
    filed = client.post(
        "/v1/me/complaints",
        json={"statement": "十月的工资到现在没发", "project_id": str(site.project.id)},
        headers=bearer(keyring, site.worker),
    ).json()

    answer = client.post(
        "/v1/hotline/complaints", json={"number": filed["number"], "pin": filed["pin"]}
    )

    say = answer.json()["say"]
    assert f"尾号 {' '.join(filed['number'][-4:])} 的投诉" in say
    assert "接下来" in say
    assert filed["number"] not in say
    assert "你的工资现在是：" in say


def test_a_signed_in_operator_is_counted_apart_from_strangers(
    client: TestClient, session: Session, keyring: Keyring, redis: Redis
) -> None:
    filed = make_complaint(session)
    body = {"number": filed.number, "pin": filed.pin}
    for _ in range(LOOKUPS_PER_NUMBER.amount):
        count_wrong(redis, number=filed.number, address="10.0.0.1")

    stranger = client.post("/v1/hotline/complaints", json=body)
    worker = client.post(
        "/v1/hotline/complaints",
        json=body,
        headers=bearer(keyring, make_principal(make_person(session).id)),
    )
    operator = client.post(
        "/v1/hotline/complaints", json=body, headers=bearer(keyring, make_inspector(session))
    )

    assert [stranger.status_code, worker.status_code, operator.status_code] == [429, 429, 200]


def test_hotline_says_nothing_to_a_wrong_pin(client: TestClient) -> None:
    answer = client.post(
        "/v1/hotline/complaints", json={"number": "AX26112304271962", "pin": "000000"}
    )

    assert answer.status_code in {401, 403, 404, 422}
    assert "say" not in answer.json()
