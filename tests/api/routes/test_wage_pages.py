"""Disputing with a photo, changing one's card, witnessing: as a phone's browser meets them."""

import re

from fastapi.testclient import TestClient
from redis import Redis
from sqlmodel import Session, select

from core.clock import now
from core.enums import PayslipAnswerState, Role
from db.models import Complaint, DisputeFile, Payslip, ProjectWorker, WitnessStatement
from payroll import assisted
from tests.browser import OWN, Page, post
from tests.factories.assisted import sign_in_at_kiosk
from tests.factories.payroll import Site, make_site, publish
from tests.identity.test_portraits import photograph
from tests.payroll.test_own_card import make_card_number
from tests.payroll.test_release import texted


def dispute(browser: TestClient, payslip: Payslip, content: bytes) -> int:
    return browser.post(
        f"/payslips/{payslip.id}/dispute",
        data={"reason": "少算两天", "fields": ["work_time", "net"], "expected": "24 天"},
        files={"files": ("a.jpg", content)},
        headers=OWN,
        follow_redirects=False,
    ).status_code


def test_a_dispute_takes_a_photo_along(
    browser: TestClient, session: Session, payslip: Payslip
) -> None:
    form = browser.get(f"/payslips/{payslip.id}/dispute")

    status = dispute(browser, payslip, photograph())

    shown = browser.get(f"/payslips/{payslip.id}")
    file = session.exec(select(DisputeFile)).one()
    saved = browser.get(f"/payslips/{payslip.id}/dispute/files/{file.id}")
    assert 'enctype="multipart/form-data"' in form.text
    assert status == 303
    assert "你说应该是：24 天" in Page(shown).text
    assert f"/files/{file.id}" in shown.text
    assert saved.content.startswith(b"\xff\xd8\xff")
    assert saved.headers["content-disposition"] == "attachment"


def test_a_browser_that_chose_no_file_disputes_with_words(
    browser: TestClient, session: Session, payslip: Payslip
) -> None:
    body = (
        '--b\r\nContent-Disposition: form-data; name="reason"\r\n\r\n少算两天\r\n'
        '--b\r\nContent-Disposition: form-data; name="expected"\r\n\r\n\r\n'
        '--b\r\nContent-Disposition: form-data; name="files"; filename=""\r\n'
        "Content-Type: application/octet-stream\r\n\r\n\r\n--b--\r\n"
    )

    answer = browser.post(
        f"/payslips/{payslip.id}/dispute",
        content=body.encode(),
        headers=OWN | {"Content-Type": "multipart/form-data; boundary=b"},
        follow_redirects=False,
    )

    assert answer.status_code == 303
    assert session.exec(select(DisputeFile)).all() == []


def test_a_bad_file_leaves_no_half_dispute(
    browser: TestClient, session: Session, payslip: Payslip
) -> None:
    assert dispute(browser, payslip, b"MZ program") == 422

    waiting = session.get_one(Payslip, payslip.id, populate_existing=True)
    assert waiting.answer_state is PayslipAnswerState.AWAITING


def test_one_tap_turns_the_dispute_into_a_complaint(
    browser: TestClient, session: Session, payslip: Payslip
) -> None:
    dispute(browser, payslip, photograph())

    filed = post(browser, f"/payslips/{payslip.id}/dispute/complaint")

    assert filed.status_code == 303
    assert filed.headers["location"].startswith("/complaints/filed/")
    assert "应该是：24 天" in session.exec(select(Complaint)).one().statement


def test_the_card_is_changed_in_two_steps(
    browser: TestClient, session: Session, site: Site
) -> None:
    number = make_card_number(77)
    first = Page(browser.get("/bank-card"))
    second = Page(post(browser, "/bank-card/code", **first.hidden, bank_card=number))
    code = texted(session, site.worker)
    told = {"holder_name": "王小明", "bank_name": "中国银行杭州分行"}
    wrong = "0" * 6 if code != "0" * 6 else "1" * 6

    refused = post(browser, "/bank-card", **second.hidden, **told, code=wrong)
    done = post(browser, "/bank-card", **Page(refused).hidden, **told, code=code)

    assert refused.status_code == 422
    assert "中国银行杭州分行" in refused.text
    assert f"尾号 {number[-4:]}" in Page(done).text
    worker = session.get_one(ProjectWorker, site.workers[0].id, populate_existing=True)
    assert worker.bank_card == number


def test_a_witness_states_presence_on_their_own_phone(
    browser: TestClient, session: Session, redis: Redis
) -> None:
    other = make_site(session)  # the one who browses works elsewhere
    payslip = publish(session, other)[0]
    shown = assisted.request_witness(
        session,
        principal=sign_in_at_kiosk(session, other),
        payslip_id=payslip.id,
        content_hash=payslip.content_hash,
        at=now(),
    )
    session.flush()

    asked = browser.post("/witness/look", data={"code": shown.code}, headers=OWN)
    stated = post(browser, "/witness", **Page(asked).hidden)

    page = Page(asked).text
    assert "王*明" in page
    assert payslip.content_hash[:8] in page
    assert not re.search(r"\d+\.\d\d", page)
    assert stated.status_code == 200
    statement = session.exec(select(WitnessStatement)).one()
    assert statement.witness_role is Role.WORKER
