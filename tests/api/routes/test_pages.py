"""The phone page as a browser meets it: forms, redirects, the cookie and plain sentences."""

import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from redis import Redis
from sqlmodel import Session, col, select

from core.enums import Disclosure, PayslipAnswerState, Role, WorkDayState
from db.models import (
    Case,
    Complaint,
    Notification,
    Payslip,
    Person,
    SignIn,
    WorkDay,
    WorkDayObjection,
)
from identity.errors import WrongCodeError
from payroll.errors import PayslipNotFoundError
from tests.factories.cases import make_complaint
from tests.factories.identity import make_grant, make_person
from tests.factories.payroll import Site, make_site, publish

OWN = {"Origin": "http://testserver"}


class Page(HTMLParser):
    """The visible words of a page, its links, and how its forms would be sent."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.hidden: dict[str, str] = {}
        self.inline_code: list[str] = []
        self.feed(response.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a":
            self.links.append(found.get("href") or "")
        if found.get("type") == "hidden":
            self.hidden[found["name"] or ""] = found["value"] or ""
        if "style" in found or any(name.startswith("on") for name in found):
            self.inline_code.append(tag)
        if (tag == "script" and "src" not in found) or tag == "style":
            self.inline_code.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())

    @property
    def text(self) -> str:
        return " ".join(word for word in self.words if word)


@pytest.fixture
def site(session: Session) -> Site:
    return make_site(session)


@pytest.fixture
def person(session: Session, site: Site) -> Person:
    """The protagonist: first worker of the site."""
    found = session.get(Person, site.worker.person_id)
    assert found is not None
    return found


def texted_code(session: Session) -> str:
    message = session.exec(
        select(Notification)
        .where(Notification.template == "sign_in_code")
        .order_by(col(Notification.id).desc())
    ).first()
    assert message is not None
    found = re.search(r"验证码(\d{6})", message.body)
    assert found is not None
    return found[1]


def post(client: TestClient, path: str, **fields: str) -> Response:
    return client.post(path, data=fields, headers=OWN, follow_redirects=False)


def sign_in(client: TestClient, session: Session, phone: str | None) -> Response:
    assert phone is not None
    post(client, "/sign-in/code", phone=phone)
    return post(client, "/sign-in", phone=phone, code=texted_code(session))


@pytest.fixture
def browser(client: TestClient, session: Session, person: Person) -> TestClient:
    """A browser the protagonist is signed in with."""
    assert sign_in(client, session, person.phone).status_code == 303
    return client


def test_stranger_is_sent_to_sign_in(client: TestClient) -> None:
    answer = client.get("/", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_code_signs_in_with_a_cookie_scripts_cannot_read(
    client: TestClient, session: Session, person: Person
) -> None:
    answer = sign_in(client, session, person.phone)

    cookie = answer.headers["set-cookie"].lower()
    assert answer.headers["location"] == "/"
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_wrong_code_is_explained_on_the_same_page(client: TestClient, person: Person) -> None:
    post(client, "/sign-in/code", phone=person.phone or "")

    answer = post(client, "/sign-in", phone=person.phone or "", code="000000")

    page = Page(answer)
    assert answer.status_code == 401
    assert WrongCodeError.title in page.text
    assert page.hidden["phone"] == person.phone


def test_people_who_share_a_phone_choose_who_they_are(client: TestClient, session: Session) -> None:
    site = make_site(session)
    first, second = (session.get(Person, worker.person_id) for worker in site.workers)
    assert first
    assert second
    second.phone, second.phone_index = first.phone, first.phone_index
    session.flush()

    choosing = sign_in(client, session, first.phone)
    chosen = post(client, "/sign-in", **Page(choosing).hidden)
    home = Page(client.get("/"))

    assert "王*明" in Page(choosing).text
    assert chosen.status_code == 303
    assert second.name in home.text


def test_number_of_staff_only_is_turned_away_in_words(client: TestClient, session: Session) -> None:
    inspector = make_person(session, name="李监察", phone="+8619100000902")
    make_grant(session, inspector, Role.INSPECTOR, county_code="330106")

    answer = sign_in(client, session, inspector.phone)

    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")


def test_cookie_with_an_inspectors_token_opens_nothing(
    client: TestClient, session: Session
) -> None:
    inspector = make_person(session, name="李监察", phone="+8619100000902")
    make_grant(session, inspector, Role.INSPECTOR, county_code="330106")
    client.post("/v1/auth/codes", json={"phone": inspector.phone})
    grant = {"grant_type": "sms_code", "phone": inspector.phone, "code": texted_code(session)}
    tokens = client.post("/v1/auth/tokens", json=grant).json()
    client.cookies.set("sign_in", tokens["refresh_token"])

    answer = client.get("/", follow_redirects=False)

    assert answer.headers["location"] == "/sign-in"


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
    filed = post(browser, "/complaints", **form.hidden, statement="没拿到钱", disclosure="shielded")
    complaint = session.exec(select(Complaint)).one()
    listed = Page(browser.get("/complaints"))
    story = Page(browser.get(f"/complaints/{complaint.number}"))

    assert "7875.00 元没有拿到" in form.text
    assert (filed.status_code, complaint.amount_fen) == (201, 787_500)
    assert complaint.number in Page(filed).text
    assert "等待受理" in listed.text
    assert "收到你的投诉" in story.text


def test_anonymous_complaint_is_followed_by_number_and_pin_only(
    browser: TestClient, redis: Redis
) -> None:
    filed = Page(post(browser, "/complaints", statement="没发工资", disclosure="anonymous"))
    found = re.search(r"(AX\d{14}).*?只显示这一次） (\d{6})", filed.text)
    assert found is not None

    listed = Page(browser.get("/complaints"))
    story = Page(post(browser, "/track", number=found[1], pin=found[2]))

    assert found[1] not in listed.text
    assert "等待受理" in story.text


def test_wrong_pin_is_explained(client: TestClient, session: Session) -> None:
    filed = make_complaint(session, disclosure=Disclosure.ANONYMOUS)

    answer = post(client, "/track", number=filed.number, pin="nope")

    assert answer.status_code == 404
    assert "编号或查询密码不对" in Page(answer).text


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


def test_signing_out_ends_the_sign_in(browser: TestClient, session: Session) -> None:
    answer = post(browser, "/sign-out")

    assert answer.headers["location"] == "/sign-in"
    assert browser.get("/", follow_redirects=False).status_code == 303
    assert all(row.revoked_at for row in session.exec(select(SignIn)))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_form_of_another_site_is_refused(
    browser: TestClient, session: Session, person: Person, headers: dict[str, str]
) -> None:
    filed = make_complaint(session, person_id=person.id)

    answer = browser.post(f"/complaints/{filed.number}/withdraw", headers=headers)

    assert answer.status_code == 403
    assert session.exec(select(Case.state)).one() == "received"


def test_form_sent_by_a_modern_browser_is_taken(browser: TestClient) -> None:
    answer = browser.post(
        "/sign-out", headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False
    )

    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/sign-in/code", {"phone": "12345"}),
        ("/sign-in", {"phone": "19100000001", "code": "abc"}),
        ("/days/objections", {"work_date": "never", "note": "x"}),
        ("/complaints", {"statement": " "}),
    ],
)
def test_unfit_form_is_explained_in_words(
    browser: TestClient, path: str, fields: dict[str, str]
) -> None:
    answer = post(browser, path, **fields)

    assert answer.status_code == 422
    assert "没填对" in Page(answer).text


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/payslips?x=1", "/payslips?x=1"),
        ("https://evil.example/x", "/"),
        ("http://testserver//evil.example", "/"),
    ],
)
def test_way_back_never_leads_off_the_site(browser: TestClient, referer: str, back: str) -> None:
    answer = browser.get("/complaints/AX20010100000114", headers={"Referer": referer})

    _, way_back, _ = Page(answer).links
    assert way_back == back


def test_unexpected_error_is_a_page_with_a_number_to_quote(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("api.routes.pages.get_wage_status", fail)

    answer = browser.get("/")

    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.text
    assert "secret detail" not in answer.text


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
