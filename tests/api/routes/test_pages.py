"""The phone page as a browser meets it: forms, redirects, the cookie and plain sentences."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from redis import Redis
from sqlmodel import Session, select

from cases.workflow import WORDY
from core.case_enums import CaseAction, Disclosure
from core.clock import now
from core.enums import PayslipAnswerState, Role, WorkDayState
from core.keyring import Keyring
from db.models import (
    Case,
    CaseEvent,
    Complaint,
    ComplaintFile,
    Payslip,
    Person,
    SignIn,
    WorkDay,
    WorkDayObjection,
)
from evidence.errors import UnknownAttachmentError
from payroll.errors import PayslipNotFoundError
from qr import phones
from qr.errors import AnotherPhoneError
from tests.browser import Page, post, send_files
from tests.cases.desk_work import accept, act
from tests.factories.cases import make_complaint, make_inspector
from tests.factories.identity import make_principal
from tests.factories.payroll import Site, publish
from tests.identity.test_portraits import photograph


def test_home_shows_name_place_code_and_wages(browser: TestClient, person: Person) -> None:
    answer = browser.get("/")

    page = Page(answer)
    assert person.name in page.text
    assert "钢筋一班" in page.text
    assert "/code.png?project_id=" in answer.text
    assert 'http-equiv="refresh"' in answer.text


def test_code_picture_is_fresh_and_never_stored(browser: TestClient) -> None:
    picture = browser.get("/code.png")

    assert picture.content.startswith(b"\x89PNG")
    assert picture.headers["cache-control"] == "no-store"


def test_worker_on_no_site_reads_why_there_is_no_code(
    browser: TestClient, session: Session, site: Site
) -> None:
    site.workers[0].left_date = site.workers[0].entered_date
    session.add(site.workers[0])

    page = Page(browser.get("/"))

    assert "没有在场的工地" in page.text


def test_payslip_is_read_and_confirmed(browser: TestClient, session: Session, site: Site) -> None:
    payslip = publish(session, site)[0]

    shown = Page(browser.get(f"/payslips/{payslip.id}"))
    answer = post(browser, f"/payslips/{payslip.id}/confirm", **shown.hidden)
    after = Page(browser.get(f"/payslips/{payslip.id}"))

    assert "7875.00" in shown.text
    assert answer.status_code == 303
    assert "确认了这张工资条" in after.text
    assert (
        session.exec(select(Payslip.answer_state).where(Payslip.id == payslip.id)).one()
        == PayslipAnswerState.CONFIRMED
    )


def test_payslip_is_disputed_with_words(browser: TestClient, session: Session, site: Site) -> None:
    payslip = publish(session, site)[0]

    form = Page(browser.get(f"/payslips/{payslip.id}/dispute"))
    post(browser, f"/payslips/{payslip.id}/dispute", reason="少算两天", fields="work_time")
    after = Page(browser.get(f"/payslips/{payslip.id}"))

    assert "哪里不对" in form.text
    assert "少算两天" in after.text
    assert "工时或天数" in after.text


def test_what_people_write_is_escaped(browser: TestClient, session: Session, site: Site) -> None:
    payslip = publish(session, site)[0]
    attack = "<script>alert(1)</script>"

    post(browser, f"/payslips/{payslip.id}/dispute", reason=attack)
    answer = browser.get(f"/payslips/{payslip.id}")

    assert attack not in answer.text
    assert attack in Page(answer).text


def test_second_answer_is_refused_in_words(
    browser: TestClient, session: Session, site: Site
) -> None:
    payslip = publish(session, site)[0]
    post(browser, f"/payslips/{payslip.id}/dispute", reason="少算两天")

    answer = post(browser, f"/payslips/{payslip.id}/confirm", content_hash=payslip.content_hash)

    assert answer.status_code == 409
    assert answer.headers["content-type"].startswith("text/html")


def test_word_on_the_money_is_kept(browser: TestClient, session: Session, site: Site) -> None:
    payslip = publish(session, site)[0]

    answer = post(browser, f"/payslips/{payslip.id}/received", received="false")

    assert answer.status_code == 303


def test_colleagues_payslip_does_not_exist(
    browser: TestClient, session: Session, site: Site
) -> None:
    colleagues = publish(session, site)[1]

    answer = browser.get(f"/payslips/{colleagues.id}")

    assert answer.status_code == 404
    assert PayslipNotFoundError.title in Page(answer).text


def test_complaint_from_a_payslip_is_filled_in_and_followed(
    browser: TestClient, session: Session, site: Site
) -> None:
    payslip = publish(session, site)[0]

    form = Page(browser.get(f"/complaints/new?payslip_id={payslip.id}"))
    sent = {**form.hidden, "statement": "没拿到钱", "disclosure": "shielded"}
    filed = post(browser, "/complaints", **sent)
    again = post(browser, "/complaints", **sent)
    shown = Page(browser.get(filed.headers["location"]))
    complaint = session.exec(select(Complaint)).one()
    listed = Page(browser.get("/complaints"))
    story = Page(browser.get(f"/complaints/{complaint.number}"))

    assert "7875.00 元没有拿到" in form.text
    assert (filed.status_code, complaint.amount_fen) == (303, 787_500)
    assert again.headers["location"] == filed.headers["location"]
    assert complaint.number in shown.text
    assert "等待受理" in listed.text
    assert "收到你的投诉" in story.text


def test_a_complaint_takes_photos_recordings_and_papers_along(
    browser: TestClient, session: Session, site: Site
) -> None:
    payslip = publish(session, site)[0]
    form = Page(browser.get(f"/complaints/new?payslip_id={payslip.id}"))
    chosen = [("a.jpg", photograph((320, 200))), ("b.amr", b"#!AMR\n" + bytes(50)), ("", b"")]
    said = {**form.hidden, "statement": "没拿到钱", "disclosure": "shielded"}

    filed = send_files(browser, "/complaints", chosen, **said)
    again = send_files(browser, "/complaints", chosen, **said)

    assert again.headers["location"] == filed.headers["location"]
    kept = session.exec(select(ComplaintFile.media_type)).all()
    assert set(kept) == {"audio/amr", "image/jpeg"}


def test_three_photos_of_a_phone_fit_into_one_form(
    browser: TestClient, session: Session, site: Site
) -> None:
    photo = photograph((320, 200))
    chosen = [(f"{one}.jpg", photo + bytes(6_000_000 + one)) for one in range(3)]

    filed = send_files(browser, "/complaints", chosen, statement="没拿到钱", disclosure="named")

    assert filed.status_code == 303
    assert session.exec(select(ComplaintFile)).one().size < 100_000


def test_a_bad_file_is_explained_and_nothing_is_filed(
    browser: TestClient, session: Session, site: Site
) -> None:
    said = {"statement": "没拿到钱", "disclosure": "shielded"}

    answer = send_files(browser, "/complaints", [("a.jpg", b"<html>")], **said)

    assert answer.status_code == 422
    assert UnknownAttachmentError.title in Page(answer).text
    assert session.exec(select(Complaint)).all() == []


def test_an_agreement_is_read_and_signed(
    browser: TestClient, session: Session, site: Site, person: Person
) -> None:
    filed = make_complaint(session, person_id=person.id, project_id=site.project.id)
    first, second = make_inspector(session), make_inspector(session, name="周监察")
    accept(session, filed.number, first, second)
    act(session, first, filed.number, CaseAction.PROPOSE_AGREEMENT)

    story = Page(browser.get(f"/complaints/{filed.number}"))
    shown = Page(browser.get(f"/complaints/{filed.number}/agreement"))
    stale = post(browser, f"/complaints/{filed.number}/agreement", content_hash="0" * 64)
    answers = [post(browser, f"/complaints/{filed.number}/agreement", **shown.hidden) for _ in "ab"]
    after = Page(browser.get(f"/complaints/{filed.number}/agreement"))

    assert f"/complaints/{filed.number}/agreement" in story.links
    assert "5280.00 元" in shown.text
    assert stale.status_code == 409
    assert [answer.status_code for answer in answers] == [303, 303]
    assert "你已签字" in after.text


def test_anonymous_complaint_is_followed_by_number_and_pin_only(
    browser: TestClient, redis: Redis
) -> None:
    filed = post(browser, "/complaints", statement="没发工资", disclosure="anonymous")
    shown = Page(browser.get(filed.headers["location"]))
    found = re.search(r"(AX\d{14}).*?看不到了） (\d{6})", shown.text)
    assert found is not None

    listed = Page(browser.get("/complaints"))
    story = Page(post(browser, "/track", number=found[1], pin=found[2]))

    assert found[1] not in listed.text
    assert "等待受理" in story.text


def test_a_box_says_that_it_may_stay_empty_only_where_it_may(
    browser: TestClient, session: Session, person: Person
) -> None:
    filed = make_complaint(session, person_id=person.id)

    page = browser.get(f"/complaints/{filed.number}").text

    forms = dict(re.findall(r'<form[^>]*action="[^"]*/(\w+)"(.*?)</form>', page, re.S))
    own = {action: body for action, body in forms.items() if action in set(CaseAction)}
    assert {CaseAction.WITHDRAW, CaseAction.SUPPLEMENT} <= own.keys()
    for action, body in own.items():
        says_optional, takes_files = "可以不填" in body, 'type="file"' in body
        assert (says_optional, takes_files) == (action not in WORDY, action in WORDY)


def test_wrong_pin_is_explained(client: TestClient, session: Session) -> None:
    filed = make_complaint(session, disclosure=Disclosure.ANONYMOUS)

    answer = post(client, "/track", number=filed.number, pin="nope")

    assert answer.status_code == 404
    assert "编号或查询密码不对" in Page(answer).text


def test_somebody_without_an_account_answers_asks_and_adds_a_photo_by_number_and_pin(
    client: TestClient, session: Session, redis: Redis
) -> None:
    filed = make_complaint(session, phone="+8619100000001")
    found = {"number": filed.number, "pin": filed.pin}
    first, second = make_inspector(session), make_inspector(session, name="周监察")
    accept(session, filed.number, first, second)

    added = send_files(
        client, "/track/supplement", [("a.jpg", photograph((320, 200)))], note="欠条在这里", **found
    )
    act(session, first, filed.number, CaseAction.CLOSE)
    asked = Page(post(client, "/track", **found))
    answered = Page(post(client, "/track/confirm_paid", **found))

    file = session.exec(select(ComplaintFile)).one()
    last = session.exec(select(CaseEvent).where(CaseEvent.action == CaseAction.SUPPLEMENT)).one()
    assert (added.status_code, last.details["files"]) == (200, [file.digest])
    assert "你交来的 1 个文件已收到" in asked.words
    assert "十月的工资到现在没发" in asked.words
    assert {"钱没收到", "钱只收到一部分", "钱收到了", "问一句"} <= set(asked.words)
    assert {"number": filed.number, "pin": filed.pin, "received": "nothing"} == asked.hidden
    assert "这件事办完了" in answered.text
    assert filed.pin not in str(client.get("/track").text)


def test_the_worker_signed_in_adds_a_photo_on_the_page(
    browser: TestClient, session: Session, person: Person, redis: Redis
) -> None:
    filed = make_complaint(session, person_id=person.id)
    path = f"/complaints/{filed.number}/supplement"

    refused = send_files(browser, path, [("a.jpg", b"no picture")], note="欠条在这里")
    added = send_files(browser, path, [("a.jpg", photograph((320, 200)))])

    file = session.exec(select(ComplaintFile)).one()
    last = session.exec(select(CaseEvent).where(CaseEvent.action == CaseAction.SUPPLEMENT)).one()
    assert "欠条在这里</textarea>" in refused.text
    assert added.status_code == 303
    assert (last.note, last.details["files"]) == (None, [file.digest])


def test_complaint_is_withdrawn_from_its_page(
    browser: TestClient, session: Session, person: Person
) -> None:
    filed = make_complaint(session, person_id=person.id)

    answer = post(browser, f"/complaints/{filed.number}/withdraw", note="已拿到钱")

    assert answer.headers["location"] == f"/complaints/{filed.number}"
    assert "已撤回" in Page(browser.get(answer.headers["location"])).text
    assert session.exec(select(Case.state)).one() == "withdrawn"


def test_day_shows_times_pay_units_and_what_is_missing(
    browser: TestClient, session: Session, site: Site
) -> None:
    session.add(
        WorkDay(
            project_id=site.project.id,
            project_worker_id=site.workers[0].id,
            work_date=date(2026, 10, 8),
            first_in_at=datetime(2026, 10, 7, 22, 55, tzinfo=UTC),
            minutes=240,
            units=50,
            state=WorkDayState.NEEDS_CONFIRMATION,
            grades={"A": 1},
            rule_version=1,
        )
    )

    shown = Page(browser.get("/days?month=2026-10")).text

    assert "8日 周四 06:55–— 0.50 工" in shown
    assert "缺出场记录" in shown
    assert "入场码" in shown


def test_days_are_objected_to(browser: TestClient, session: Session) -> None:
    shown = Page(browser.get("/days?month=2026-10"))
    answer = post(browser, "/days/objections", work_date="2026-10-08", note="这天我上了班")
    after = Page(browser.get(answer.headers["location"]))

    assert "2026年10月出勤" in shown.text
    assert "这天我上了班" in after.text
    assert session.exec(select(WorkDayObjection.note)).one() == "这天我上了班"


@pytest.mark.parametrize(
    "path", ["/", "/days", "/payslips", "/complaints", "/complaints/new", "/sign-in", "/track"]
)
def test_page_keeps_to_the_content_security_policy(browser: TestClient, path: str) -> None:
    answer = browser.get(path)

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert Page(answer).inline_code == []


def test_pages_are_no_part_of_the_api_description(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]

    assert not [path for path in paths if path in {"/", "/sign-in", "/code.png", "/days"}]


def test_a_worker_whose_other_phone_is_lost_ends_its_codes(
    browser: TestClient, session: Session, keyring: Keyring, person: Person
) -> None:
    lost = make_principal(person.id)
    session.add(
        SignIn(
            family_id=lost.sign_in_family_id,
            person_id=person.id,
            role=Role.WORKER,
            token_hash=lost.sign_in_family_id.bytes * 2,
            expires_at=now() + timedelta(days=30),
        )
    )
    session.flush()
    assert "另一部手机" not in Page(browser.get("/")).text
    phones.take_code_kit(session, keyring, principal=lost, at=now())

    warned = Page(browser.get("/"))
    answer = post(browser, "/this-phone")
    after = Page(browser.get("/"))

    assert "另一部手机也能出你的码" in warned.text
    assert answer.status_code == 303
    assert "另一部手机" not in after.text
    with pytest.raises(AnotherPhoneError):
        phones.take_code_kit(session, keyring, principal=lost, at=now())
