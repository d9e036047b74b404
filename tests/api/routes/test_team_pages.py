"""The team leader's phone pages: whose days lack something, signing the month, sending it back."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlmodel import Session, col

from attendance.errors import SheetNotFoundError
from attendance.sheet_errors import SheetChangedError
from attendance.sheets import draw_up_sheet
from core.clock import day_start, local_date, now
from core.enums import Direction
from core.sheet_enums import SheetAct, SheetStep
from db.models import AttendanceSheetAct
from tests.browser import Page, post, sign_in
from tests.factories.attendance import GateSite, make_check_in, make_gate_site, make_objection
from tests.factories.identity import make_worker_person
from tests.factories.projects import make_project_worker

DAY = (local_date(now()) - timedelta(days=31)).replace(day=15)
MONTH = f"{DAY:%Y-%m}"


@pytest.fixture
def site(session: Session) -> GateSite:
    """A team whose leader came in the morning of the 15th, and was not seen leaving."""
    site = make_gate_site(session)
    site.worker.is_team_leader = True
    make_check_in(session, site.worker, Direction.IN, day_start(DAY) + timedelta(hours=7))
    return site


@pytest.fixture
def phone(client: TestClient, session: Session, site: GateSite) -> TestClient:
    """The leader's phone."""
    assert sign_in(client, session, site.person.phone).status_code == 303
    return client


def draw_up(session: Session, site: GateSite) -> str:
    """Draw the sheet up; return where its page is."""
    sheet = draw_up_sheet(
        session, project_id=site.project_id, team_id=site.team_id, month=MONTH, at=now()
    )
    return f"/team-sheets/{site.project_id}/{sheet.id}"


def list_acts(session: Session) -> list[tuple[SheetStep, SheetAct, str | None]]:
    acts = session.scalars(select(AttendanceSheetAct).order_by(col(AttendanceSheetAct.id)))
    return [(act.step, act.act, act.reason) for act in acts]


def test_a_leader_finds_the_month_from_the_first_page(
    phone: TestClient, session: Session, site: GateSite
) -> None:
    address = draw_up(session, site)

    assert "/team-sheets" in Page(phone.get("/")).links
    page = Page(phone.get("/team-sheets"))
    assert address in page.links
    assert "等你核对" in page.text


def test_whoever_leads_no_team_sees_no_way_there(
    client: TestClient, session: Session, site: GateSite
) -> None:
    mate = make_worker_person(session)
    make_project_worker(session, site.team, mate)
    address = draw_up(session, site)
    sign_in(client, session, mate.phone)

    assert "/team-sheets" not in Page(client.get("/")).links
    assert address not in Page(client.get("/team-sheets")).links
    assert SheetNotFoundError.title in client.get(address).text
    assert client.get(f"{address}/workers/{site.worker_id}").status_code == 404


def test_the_sheet_shows_whose_days_lack_something_and_the_day_itself(
    phone: TestClient, session: Session, site: GateSite
) -> None:
    make_objection(session, site.worker, DAY)
    address = draw_up(session, site)

    shown = Page(phone.get(address))
    days = Page(phone.get(f"{address}/workers/{site.worker_id}"))

    assert "1 天缺进场或出场" in shown.text
    assert "1 个异议还没有答复" in shown.text
    assert "班组长：还没有核对" in shown.text
    assert "缺进场或出场，要核对" in days.text
    assert (shown.inline_code, days.inline_code) == ([], [])


def test_one_button_signs_the_month_as_it_was_shown(
    phone: TestClient, session: Session, site: GateSite
) -> None:
    address = draw_up(session, site)

    answer = post(phone, f"{address}/approve", **Page(phone.get(address)).hidden)

    assert answer.headers["location"] == address
    assert "班组长：已核对现在这张表" in Page(phone.get(address)).text
    assert "你已核对，等着锁定" in Page(phone.get("/team-sheets")).text
    assert list_acts(session) == [(SheetStep.TEAM_LEADER, SheetAct.APPROVED, None)]


def test_a_sheet_that_has_changed_meanwhile_is_not_signed(
    phone: TestClient, session: Session, site: GateSite
) -> None:
    read = Page(phone.get(draw_up(session, site))).hidden
    make_check_in(session, site.worker, Direction.OUT, day_start(DAY) + timedelta(hours=17))
    address = draw_up(session, site)

    answer = post(phone, f"{address}/approve", **read)

    assert SheetChangedError.title in answer.text
    assert list_acts(session) == []


def test_a_sheet_that_is_out_of_date_says_so_and_offers_no_signature(
    phone: TestClient, session: Session, site: GateSite
) -> None:
    address = draw_up(session, site)
    make_check_in(session, site.worker, Direction.OUT, day_start(DAY) + timedelta(hours=17))
    day_page = Page(phone.get(f"{address}/workers/{site.worker_id}"))

    page = Page(phone.get(address))

    assert "这张表画好以后考勤又有变动" in page.text
    assert "content_hash" not in page.hidden
    assert "上面是画表时的数" in day_page.text


def test_what_is_wrong_goes_back_with_the_reason(
    phone: TestClient, session: Session, site: GateSite
) -> None:
    address = draw_up(session, site)

    post(phone, f"{address}/send-back", reason="王师傅 16 号也在")

    assert list_acts(session) == [(SheetStep.TEAM_LEADER, SheetAct.SENT_BACK, "王师傅 16 号也在")]
    assert "退回，原因：王师傅 16 号也在" in Page(phone.get(address)).text
