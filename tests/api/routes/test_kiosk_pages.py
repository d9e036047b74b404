"""The kiosk's screen: paired, card and PIN, the payslip, an answer, and nobody stays signed in."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from redis import Redis
from sqlmodel import Session, select

from core.case_enums import CaseAction
from core.clock import now
from core.enums import DeviceProfile, PayslipAnswerState
from core.pins import hash_pin
from db.models import (
    AgreementSignature,
    Device,
    Payslip,
    PayslipAnswer,
    SignIn,
    WitnessRequest,
    WorkerCard,
)
from devices import service as devices
from payroll import assisted
from payroll.assisted_errors import WitnessMissingError
from qr.errors import WrongCardPinError
from tests.browser import Page, post
from tests.cases.desk_work import accept, act
from tests.factories.assisted import make_witness
from tests.factories.cards import make_card
from tests.factories.cases import make_complaint, make_inspector
from tests.factories.payroll import Site, make_site

PIN = "481592"


def pair(client: TestClient, session: Session, site: Site, profile: DeviceProfile) -> int:
    offer = devices.create_device(
        session, project_id=site.project.id, name="食堂自助机", profile=profile
    )
    session.flush()
    return post(client, "/kiosk/pair", pairing_code=offer.pairing_code).status_code


@pytest.fixture
def kiosk(client: TestClient, session: Session, redis: Redis, site: Site) -> TestClient:
    """A browser paired as a kiosk of the site."""
    assert pair(client, session, site, DeviceProfile.KIOSK) == 303
    return client


@pytest.fixture
def card(session: Session, site: Site) -> str:
    """The first worker's, with a PIN of their own."""
    issued = make_card(session, site.workers[0])
    row = session.get_one(WorkerCard, issued.card.id)
    row.pin_hash, row.pin_chosen_at = hash_pin(PIN), now()
    session.flush()
    return issued.code


@pytest.fixture
def screen(kiosk: TestClient, card: str, payslip: Payslip) -> str:
    """Where the worker who has just signed in reads the payslip."""
    answer = post(kiosk, "/kiosk/sign-in", card=card, pin=PIN)
    assert answer.status_code == 303
    return answer.headers["location"]


@pytest.fixture
def witnessed(
    kiosk: TestClient, session: Session, redis: Redis, *, site: Site, screen: str, payslip: Payslip
) -> Page:
    """The screen that asked for a witness; a mate has said on their phone that they are there."""
    shown = Page(post(kiosk, f"{screen}/witness", content_hash=payslip.content_hash))
    assisted.state_presence(
        session,
        redis,
        principal=make_witness(session, site),
        request_id=session.exec(select(WitnessRequest.id)).one(),
        code=shown.hidden["code"],
        at=now(),
    )
    return shown


def answer_of(session: Session, payslip: Payslip) -> PayslipAnswerState:
    return session.get_one(Payslip, payslip.id, populate_existing=True).answer_state


def test_unpaired_browser_asks_for_a_pairing_code_only(client: TestClient) -> None:
    assert "配对码" in Page(client.get("/kiosk")).text
    assert post(client, "/kiosk/sign-in", card="X", pin=PIN).headers["location"] == "/kiosk"


def test_a_gates_pairing_code_makes_no_kiosk(
    client: TestClient, session: Session, redis: Redis, site: Site
) -> None:
    assert pair(client, session, site, DeviceProfile.GATE) == 403
    assert session.exec(select(Device.paired_at)).one() is None


def test_card_and_pin_open_the_newest_payslip_in_large_letters(
    kiosk: TestClient, screen: str, payslip: Payslip
) -> None:
    shown = kiosk.get(screen)

    assert screen == f"/kiosk/payslips/{payslip.id}"
    assert "7875.00" in Page(shown).text
    assert "/static/kiosk.css" in shown.text
    assert 'data-idle="60"' in shown.text
    assert Page(shown).inline_code == []


def test_wrong_pin_is_counted_and_explained(kiosk: TestClient, session: Session, card: str) -> None:
    answer = post(kiosk, "/kiosk/sign-in", card=card, pin="000001")

    assert answer.status_code == 401
    assert WrongCardPinError.title in Page(answer).text
    assert session.exec(select(WorkerCard.pin_failures)).one() == 1


def test_letters_pin_is_replaced_before_anything_is_shown(
    kiosk: TestClient, session: Session, card: str
) -> None:
    row = session.exec(select(WorkerCard)).one()
    row.pin_chosen_at = None
    session.flush()

    asked = Page(post(kiosk, "/kiosk/sign-in", card=card, pin=PIN))
    signed_in = post(kiosk, "/kiosk/sign-in", **asked.hidden, pin=PIN, new_pin="739164")

    assert "自己的新密码" in asked.text
    assert signed_in.headers["location"] == "/kiosk/payslips"
    assert "还没有工资条" in Page(kiosk.get("/kiosk/payslips")).text


def test_confirming_needs_somebody_beside_the_worker(
    kiosk: TestClient, session: Session, screen: str, payslip: Payslip
) -> None:
    shown = Page(post(kiosk, f"{screen}/witness", content_hash=payslip.content_hash))

    alone = post(kiosk, f"{screen}/confirm", **shown.hidden)

    assert alone.status_code == 403
    assert shown.hidden["code"] in Page(alone).text
    assert answer_of(session, payslip) is PayslipAnswerState.AWAITING


def test_worker_confirms_with_a_witness(
    kiosk: TestClient, session: Session, witnessed: Page, screen: str, payslip: Payslip
) -> None:

    answer = post(kiosk, f"{screen}/confirm", **witnessed.hidden)

    kept = session.exec(select(PayslipAnswer)).one()
    assert payslip.content_hash[:8] in witnessed.text
    assert answer.headers["location"] == screen
    assert "确认了这张工资条" in Page(kiosk.get(screen)).text
    assert kept.kiosk_id is not None
    assert kept.statement_id is not None


@pytest.mark.usefixtures("witnessed")
def test_witness_still_counts_when_the_worker_comes_back_to_the_screen(
    kiosk: TestClient, session: Session, screen: str, payslip: Payslip
) -> None:
    kiosk.get("/kiosk/payslips")

    again = Page(kiosk.get(screen))
    post(kiosk, f"{screen}/confirm", **again.hidden)

    assert "作见证的人已经在手机上填好了" in again.text
    assert answer_of(session, payslip) is PayslipAnswerState.CONFIRMED


def test_confirming_where_nobody_stands_by_is_refused_in_words(
    kiosk: TestClient, session: Session, screen: str, payslip: Payslip
) -> None:
    answer = post(kiosk, f"{screen}/confirm", content_hash=payslip.content_hash)

    assert answer.status_code == 403
    assert WitnessMissingError.title in Page(answer).text
    assert answer_of(session, payslip) is PayslipAnswerState.AWAITING


def test_dispute_by_touch_needs_no_words(
    kiosk: TestClient, session: Session, screen: str, payslip: Payslip
) -> None:
    empty = post(kiosk, f"{screen}/dispute")
    post(kiosk, f"{screen}/dispute", fields="work_time")

    kept = session.exec(select(PayslipAnswer)).one()
    assert empty.status_code == 422
    assert (kept.fields, kept.reason) == (["work_time"], "在自助机上点了：工时或天数")
    assert answer_of(session, payslip) is PayslipAnswerState.DISPUTED


def test_start_page_ends_the_sign_in(kiosk: TestClient, session: Session, screen: str) -> None:
    kiosk.get("/kiosk")

    assert kiosk.get(screen, follow_redirects=False).headers["location"] == "/kiosk"
    assert session.exec(select(SignIn)).one().revoked_at is not None


def test_copied_cookie_ends_with_the_sign_in(
    kiosk: TestClient, session: Session, screen: str
) -> None:
    copied = kiosk.cookies["kiosk_sign_in"]
    post(kiosk, "/kiosk/sign-out")
    kiosk.cookies.set("kiosk_sign_in", copied)

    assert kiosk.get(screen, follow_redirects=False).status_code == 303


def test_sign_in_of_another_kiosk_opens_nothing(
    kiosk: TestClient, session: Session, site: Site, screen: str
) -> None:
    signed_in = kiosk.cookies["kiosk_sign_in"]
    other = make_site(session)
    pair(kiosk, session, other, DeviceProfile.KIOSK)
    kiosk.cookies.set("kiosk_sign_in", signed_in)

    assert kiosk.get(screen, follow_redirects=False).headers["location"] == "/kiosk"


def test_colleagues_payslip_does_not_exist(
    kiosk: TestClient, session: Session, screen: str, payslip: Payslip
) -> None:
    other = session.exec(select(Payslip.id).where(Payslip.id != payslip.id)).one()

    assert kiosk.get(f"/kiosk/payslips/{other}").status_code == 404


def test_start_page_exchanges_an_old_device_token(
    kiosk: TestClient, session: Session, site: Site
) -> None:
    device = session.exec(select(Device)).one()
    device.token_issued_at = now() - timedelta(days=91)
    session.flush()
    before = kiosk.cookies["kiosk"]

    kiosk.get("/kiosk")
    again = kiosk.get("/kiosk")

    assert kiosk.cookies["kiosk"] != before
    assert "刷卡看工资条" in Page(again).text


def test_an_agreement_is_read_at_the_kiosk_and_signed_elsewhere(
    kiosk: TestClient, screen: str, session: Session, site: Site
) -> None:
    filed = make_complaint(session, person_id=site.workers[0].person_id, project_id=site.project.id)
    first, second = make_inspector(session), make_inspector(session, name="周监察")
    accept(session, filed.number, first, second)
    act(session, first, filed.number, CaseAction.PROPOSE_AGREEMENT)

    shown = Page(kiosk.get("/kiosk/agreements"))
    signed = post(kiosk, f"/kiosk/agreements/{filed.number}", content_hash="0" * 64)

    assert "5280.00 元" in shown.text
    assert "请到窗口当面签，或者在自己的手机上签" in shown.text
    assert (shown.hidden, signed.status_code) == ({}, 404)
    assert session.exec(select(AgreementSignature)).all() == []
    assert "/kiosk/agreements" in Page(kiosk.get("/kiosk/payslips")).links
