"""The page of a month's days: what stands behind each, and what the worker says about it."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlmodel import Session, select

from attendance.manual import DayEntry, enter_days
from attendance.withdrawals import withdraw_entries
from attendance.work_days import fold_days
from core.clock import day_start, local_date, now
from core.enums import Direction, WorkDayState
from db.models import ObjectionPhoto, WorkDay
from tests.browser import OWN, Page, post
from tests.factories.attendance import make_check_in
from tests.factories.days import make_objection
from tests.factories.identity import make_person, make_principal
from tests.factories.payroll import Site

DAY = date(2026, 10, 8)


@pytest.fixture
def unsure(session: Session, site: Site) -> None:
    worker = site.workers[0]
    make_check_in(session, worker, Direction.IN, day_start(DAY) + timedelta(hours=7))
    fold_days(session, project_id=site.project.id, worker_ids=[worker.id], since=DAY, until=DAY)


@pytest.mark.usefixtures("unsure")
def test_an_uncertain_day_is_accepted_with_one_button(
    browser: TestClient, session: Session
) -> None:
    shown = Page(browser.get("/days?month=2026-10"))
    answer = post(browser, "/days/confirm", **shown.hidden)
    after = Page(browser.get(answer.headers["location"])).text

    assert "你不点，不算你同意" in shown.text
    assert "你已确认" in after
    assert "你不点，不算你同意" not in after
    assert session.exec(select(WorkDay.state)).one() == WorkDayState.CONFIRMED


@pytest.mark.usefixtures("unsure")
def test_each_crossing_is_shown(browser: TestClient) -> None:
    assert "进 2026年10月8日 07:00" in Page(browser.get("/days?month=2026-10")).text


def test_a_photo_goes_with_an_objection_and_is_shown_to_whoever_added_it(
    browser: TestClient, session: Session, site: Site
) -> None:
    objection = make_objection(session, site.workers[0], DAY)
    file = BytesIO()
    Image.new("RGB", (60, 40), "red").save(file, "PNG")

    answer = browser.post(
        f"/days/objections/{objection.id}/photos",
        data={"month": "2026-10"},
        files={"photo": ("x.png", file.getvalue(), "image/png")},
        headers=OWN,
        follow_redirects=False,
    )

    photo_id = session.exec(select(ObjectionPhoto.id)).one()
    where = f"/days/objections/{objection.id}/photos/{photo_id}"
    assert answer.status_code == 303
    assert where in browser.get("/days?month=2026-10").text
    assert browser.get(where).headers["content-type"] == "image/jpeg"


def test_what_the_site_took_back_is_struck_out_and_says_why(
    browser: TestClient, session: Session, site: Site
) -> None:
    worker = site.workers[0]
    manager = make_principal(make_person(session).id, project_id=site.project.id)
    where: dict[str, Any] = {"principal": manager, "project_id": site.project.id, "at": now()}
    yesterday = local_date(now()) - timedelta(days=1)
    came = day_start(yesterday) + timedelta(hours=7)
    (result,) = enter_days(
        session,
        entries=[DayEntry(worker.id, came, came + timedelta(hours=9))],
        reason="闸机停电",
        dry_run=False,
        **where,
    )

    withdraw_entries(
        session,
        check_in_ids=[check_in.id for check_in in result.check_ins],
        reason="补错了人",
        **where,
    )

    shown = Page(browser.get(f"/days?month={yesterday:%Y-%m}"))
    assert f"进 {yesterday.year}年{yesterday.month}月{yesterday.day}日 07:00" in shown.text
    assert "工地补记：闸机停电" in shown.text
    assert "撤回，不算出勤了：补错了人" in shown.text
    assert shown.inline_code == []
