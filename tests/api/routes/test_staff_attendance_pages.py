"""The desk's attendance: drawn up, corrected, sent back, locked, in and out of Excel."""

from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlmodel import Session, col

from attendance.errors import CorrectionUnfitError, SheetNotFoundError
from attendance.sheet_errors import (
    DaysUnsettledError,
    MonthBeforeProjectError,
    MonthNotBegunError,
    SheetStaleError,
)
from core.clock import day_start, local_date, now
from core.enums import Direction, Grade, Role, SheetState
from core.sheet_enums import SheetAct
from db.models import AttendanceSheet, AttendanceSheetAct, CheckIn
from tests.attendance.test_foreign_sheets import HEADER, make_file
from tests.browser import OWN, Page, post
from tests.factories.attendance import GateSite, make_check_in, make_gate_site, make_objection
from tests.factories.desk import sign_in_at_desk
from tests.factories.identity import make_grant, make_worker_person
from tests.factories.projects import make_party

DAY = (local_date(now()) - timedelta(days=31)).replace(day=15)
MONTH = f"{DAY:%Y-%m}"
MISSING = {"work_date": str(DAY), "out_time": "17:30", "reason": "监控看到五点半出场"}
STALE = "这张表画好以后考勤又有变动"
LOCK = {"unsettled_reason": "已当面核对", "skipped_reason": "已在纸上签字"}


@pytest.fixture
def site(session: Session) -> GateSite:
    """A site whose worker came in the morning of the 15th, and was not seen leaving."""
    site = make_gate_site(session)
    make_check_in(session, site.worker, Direction.IN, day_start(DAY) + timedelta(hours=7))
    return site


@pytest.fixture
def desk(client: TestClient, session: Session, site: GateSite) -> TestClient:
    """A browser whose desk the site's labour manager is signed in at."""
    manager = make_worker_person(session, name="赵主管")
    make_grant(session, manager, Role.LABOUR_MANAGER, project_id=site.project_id)
    assert sign_in_at_desk(client, session, manager).status_code == 303
    return client


@pytest.fixture
def base(site: GateSite) -> str:
    return f"/desk/projects/{site.project_id}/attendance"


def draw_up(desk: TestClient, site: GateSite, base: str) -> str:
    """Draw the sheet up and return where its page is."""
    answer = post(desk, base, month=MONTH, team_id=str(site.team_id))
    return answer.headers["location"]


def month_before() -> date:
    """Return the first day of the month before the one somebody worked in."""
    return (DAY.replace(day=1) - timedelta(days=1)).replace(day=1)


def page_of_worker(desk: TestClient, site: GateSite, base: str) -> str:
    return f"{draw_up(desk, site, base)}/workers/{site.worker_id}"


def state_of(session: Session) -> SheetState:
    return session.scalars(select(col(AttendanceSheet.state))).one()


def list_acts(session: Session) -> list[tuple[SheetAct, str | None]]:
    acts = session.scalars(select(AttendanceSheetAct).order_by(col(AttendanceSheetAct.id)))
    return [(act.act, act.reason) for act in acts]


def test_a_month_offers_a_sheet_for_each_team(desk: TestClient, site: GateSite, base: str) -> None:
    page = Page(desk.get(f"{base}?month={MONTH}"))

    assert site.team.name in page.text
    assert page.hidden["team_id"] == str(site.team_id)
    assert page.inline_code == []


def test_a_month_that_has_not_begun_offers_none_and_refuses_in_words(
    desk: TestClient, session: Session, site: GateSite, base: str
) -> None:
    coming = f"{(local_date(now()).replace(day=28) + timedelta(days=4)):%Y-%m}"
    page = Page(desk.get(f"{base}?month={coming}"))

    answer = post(desk, base, month=coming, team_id=str(site.team_id))

    assert "team_id" not in page.hidden
    assert "这个月还没有开始" in page.text
    assert MonthNotBegunError.title in answer.text
    assert session.scalars(select(AttendanceSheet)).all() == []


def test_a_month_before_the_project_is_not_offered_and_refused_in_words(
    desk: TestClient, session: Session, site: GateSite, base: str
) -> None:
    session.merge(site.worker).entered_date = DAY
    session.flush()
    before = f"{month_before():%Y-%m}"
    first, page = Page(desk.get(f"{base}?month={MONTH}")), Page(desk.get(f"{base}?month={before}"))

    answer = post(desk, base, month=before, team_id=str(site.team_id))

    assert f"{base}?month={before}" not in first.links
    assert "team_id" not in page.hidden
    assert MonthBeforeProjectError.title in page.text
    assert MonthBeforeProjectError.title in answer.text


def test_a_sheet_that_is_out_of_date_says_so_and_is_not_downloaded(
    desk: TestClient, session: Session, site: GateSite, base: str
) -> None:
    address = draw_up(desk, site, base)
    make_check_in(session, site.worker, Direction.OUT, day_start(DAY) + timedelta(hours=17))
    day_page = Page(desk.get(f"{address}/workers/{site.worker_id}"))

    page, refused = Page(desk.get(address)), desk.get(f"{address}/export.xlsx")

    assert STALE in page.text
    assert f"{address}/export.xlsx" not in page.links
    assert "加起来和上面不一样" in day_page.text
    assert SheetStaleError.title in refused.text
    assert STALE not in Page(desk.get(draw_up(desk, site, base))).text


def test_a_month_nobody_worked_in_asks_whether_it_is_the_right_one(
    desk: TestClient, session: Session, site: GateSite, base: str
) -> None:
    site.worker.entered_date = month_before()
    answer = post(desk, base, month=f"{month_before():%Y-%m}", team_id=str(site.team_id))
    empty = Page(desk.get(answer.headers["location"])).text

    assert "这个月没有一个人有出勤记录" in empty
    assert "这个月没有一个人有出勤记录" not in Page(desk.get(draw_up(desk, site, base))).text


def test_the_sheet_shows_what_is_unsure_and_who_has_not_looked(
    desk: TestClient, site: GateSite, base: str
) -> None:
    page = Page(desk.get(draw_up(desk, site, base)))

    assert "1 天缺记录" in page.text
    assert "班组长：还没有核对" in page.text
    assert page.inline_code == []


def test_a_correction_stands_beside_what_gates_recorded(
    desk: TestClient, site: GateSite, base: str
) -> None:
    address = page_of_worker(desk, site, base)

    answer = post(desk, f"{address}/entries", **MISSING)

    shown = Page(desk.get(address)).text
    assert answer.headers["location"] == address
    assert "1.00 工（原来 0.50 工）" in shown
    assert "工地补记：监控看到五点半出场" in shown
    draw_up(desk, site, base)
    assert "原来 0.50 工，1 天" in Page(desk.get(address.split("/workers")[0])).text


def test_times_that_cannot_be_are_refused_with_advice(
    desk: TestClient, session: Session, site: GateSite, base: str
) -> None:
    address = page_of_worker(desk, site, base)

    answer = post(desk, f"{address}/entries", **MISSING | {"out_time": "06:00"})

    assert answer.status_code == 422
    assert CorrectionUnfitError.title in Page(answer).text
    assert session.scalars(select(CheckIn).where(col(CheckIn.grade) == Grade.D)).all() == []


def test_a_night_shifts_exit_is_entered_for_the_morning_after(
    desk: TestClient, session: Session, site: GateSite, base: str
) -> None:
    address = page_of_worker(desk, site, base)
    times = {"in_time": "19:00", "out_time": "05:30", "is_next_day": "true"}
    day = str(DAY + timedelta(days=2))

    post(desk, f"{address}/entries", work_date=day, reason="夜班点名", **times)

    entered = session.scalars(
        select(CheckIn).where(col(CheckIn.grade) == Grade.D).order_by(col(CheckIn.occurred_at))
    ).all()
    assert entered[1].occurred_at - entered[0].occurred_at == timedelta(hours=10, minutes=30)


@pytest.mark.parametrize(
    ("outcome", "shown"), [("accepted", "工地认了，已经补记"), ("rejected", "工地答复不改")]
)
def test_an_objection_is_answered_and_both_stay(
    desk: TestClient, session: Session, site: GateSite, base: str, *, outcome: str, shown: str
) -> None:
    said = make_objection(session, site.worker, DAY, note="干到五点半才走")
    address = page_of_worker(desk, site, base)

    post(desk, f"{address}/objections/{said.id}", outcome=outcome, **MISSING)

    page = Page(desk.get(address)).text
    assert "工人说：干到五点半才走" in page
    assert f"{shown}：{MISSING['reason']}" in page


def test_a_day_without_work_is_listed_where_the_worker_objects(
    desk: TestClient, session: Session, site: GateSite, base: str
) -> None:
    make_objection(session, site.worker, DAY + timedelta(days=1), note="那天也在")

    page = Page(desk.get(page_of_worker(desk, site, base))).text

    assert "没有打卡记录 工人说：那天也在" in page


def test_open_days_are_locked_only_with_a_reason(
    desk: TestClient, session: Session, site: GateSite, base: str
) -> None:
    address = draw_up(desk, site, base)

    refused = post(desk, f"{address}/lock", unsettled_reason="", skipped_reason="已在纸上签字")

    assert DaysUnsettledError.title in Page(refused).text
    assert state_of(session) is SheetState.DRAFT


def test_a_sheet_is_sent_back_locked_and_opened_again(
    desk: TestClient, session: Session, site: GateSite, base: str
) -> None:
    address = draw_up(desk, site, base)

    post(desk, f"{address}/send-back", reason="李师傅少一天")
    post(desk, f"{address}/lock", **LOCK)
    locked = Page(desk.get(address)).text
    post(desk, f"{address}/reopen", reason="补记漏了")

    assert "已经锁定，可以算工资了" in locked
    assert "退回，原因：李师傅少一天" in locked
    assert (SheetAct.REOPENED, "补记漏了") in list_acts(session)
    assert state_of(session) is SheetState.DRAFT


def test_a_locked_sheet_takes_no_corrections_by_page(
    desk: TestClient, site: GateSite, base: str
) -> None:
    address = page_of_worker(desk, site, base)
    post(desk, f"{address.split('/workers')[0]}/lock", **LOCK)

    page = desk.get(address)

    assert "考勤表已经锁定" in page.text
    assert f"{address}/entries" not in page.text
    assert post(desk, f"{address}/entries", **MISSING).status_code == 422


def test_the_builders_administrator_approves_what_was_shown(
    desk: TestClient, session: Session, site: GateSite, base: str
) -> None:
    address = draw_up(desk, site, base)
    builder = make_worker_person(session, name="吴总包")
    party = make_party(session, site.project, party_type="009")
    make_grant(session, builder, Role.EMPLOYER_ADMIN, employer_id=party.employer_id)
    sign_in_at_desk(desk, session, builder)
    page = Page(desk.get(address))

    post(desk, f"{address}/approve", content_hash=page.hidden["content_hash"])

    assert "施工总承包单位：已核对现在这张表" in Page(desk.get(address)).text
    assert post(desk, f"{address}/lock", **LOCK).status_code == 403


def test_excel_is_masked_unless_there_is_a_reason(
    desk: TestClient, site: GateSite, base: str
) -> None:
    address = draw_up(desk, site, base)

    names = [
        load_workbook(BytesIO(desk.get(f"{address}/export.xlsx{asked}").content)).active["B4"].value  # type: ignore[index]
        for asked in ("", "?reason=打印签字")
    ]

    assert names == ["王*明", "王小明"]


def test_somebody_elses_sheet_is_tried_then_imported(
    desk: TestClient, session: Session, site: GateSite, base: str
) -> None:
    days = [1 if number == DAY.day + 5 else None for number in range(1, 32)]
    row = [1, site.person.name, site.person.id_number, *days]
    nobody = [2, "没有人", None, *days]

    tried, taken = (
        Page(
            desk.post(
                f"{base}/import",
                data={"month": MONTH, "dry_run": dry_run},
                files={"file": ("考勤.xlsx", make_file(HEADER, row, nobody))},
                headers=OWN,
            )
        ).text
        for dry_run in ("true", "false")
    )

    assert "试了一下，什么都没改" in tried
    assert "能导入 1 天。有错的 1 行不会导入" in tried
    assert "导入了 1 天" in taken
    assert len(session.scalars(select(CheckIn).where(col(CheckIn.grade) == Grade.E)).all()) == 2


def test_anothers_sheet_and_worker_do_not_exist(
    desk: TestClient, site: GateSite, base: str
) -> None:
    address = draw_up(desk, site, base)

    answers = [desk.get(f"{base}/{uuid4()}"), desk.get(f"{address}/workers/{uuid4()}")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert SheetNotFoundError.title in answers[1].text


def test_a_stranger_is_sent_to_sign_in(client: TestClient, base: str) -> None:
    answer = client.get(base, follow_redirects=False)

    assert answer.headers["location"] == "/desk/sign-in"
