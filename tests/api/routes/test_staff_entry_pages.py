"""The desk's entries of a month: advances, piece work, supplements, deductions, taken back."""

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlmodel import Session, select

from core.clock import local_date, now
from core.pay_enums import DeductionKind, PayEntryKind
from db.models import Notification, PayEntry, WageAdvance
from notifications.templates import Template
from payroll.term_errors import DeductionNeedsSourceError
from projects.errors import TeamNotFoundError
from tests.browser import Page, post
from tests.factories.pay_terms import make_advance, make_entry
from tests.factories.payroll import MONTH, Site, make_site


@pytest.fixture
def entries(base: str) -> str:
    return f"{base}/entries"


def enter(desk: TestClient, site: Site, address: str, **fields: str) -> Response:
    given = {
        "month": MONTH,
        "team_id": str(site.team.id),
        "worker_id": str(site.workers[0].id),
        "note": "和班组长一起核对过",
    }
    return post(desk, address, **given | fields)


def open_month(desk: TestClient, site: Site, entries: str) -> Page:
    return Page(desk.get(entries, params={"month": MONTH, "team_id": str(site.team.id)}))


def test_month_shows_what_was_entered_and_what_waits_for_the_worker(
    desk: TestClient, session: Session, site: Site, entries: str
) -> None:
    make_advance(session, site.workers[0])
    make_entry(session, site.workers[1])

    text = open_month(desk, site, entries).text

    assert "2026年10月20日 500.00" in text
    assert "扣款：宿舍电费" in text
    assert "等本人同意 没同意以前不会扣" in text


def test_advance_is_written_down_and_the_worker_told(
    desk: TestClient, session: Session, site: Site, entries: str
) -> None:
    paid = local_date(now()).isoformat()

    answer = enter(desk, site, f"{entries}/advances", paid_date=paid, amount="500.00")

    told = session.exec(select(Notification.template)).all()
    assert answer.headers["location"].startswith(f"{entries}?month={paid[:7]}")
    assert session.exec(select(WageAdvance.amount_fen)).one() == 50_000
    assert Template.ADVANCE_RECORDED in told


def test_piece_work_is_quantity_times_price(
    desk: TestClient, session: Session, site: Site, entries: str
) -> None:
    piece = {"name": "砌筑", "quantity": "36.5", "unit": "立方米", "unit_price": "180"}

    answer = enter(desk, site, f"{entries}/piece-work", **piece)

    shown = Page(desk.get(answer.headers["location"])).text
    assert session.exec(select(PayEntry.amount_fen)).one() == 657_000
    assert "36.50 立方米 × 180.00 元" in shown


def test_supplement_names_the_month_it_makes_good(
    desk: TestClient, session: Session, site: Site, entries: str
) -> None:
    answer = enter(desk, site, f"{entries}/supplements", for_month="2026-09", amount="350")

    assert session.exec(select(PayEntry.for_month)).one() == "2026-09"
    assert "补发 2026年9月的工资" in Page(desk.get(answer.headers["location"])).text


def test_agreed_deduction_only_asks_the_worker(
    desk: TestClient, session: Session, site: Site, entries: str
) -> None:
    enter(
        desk, site, f"{entries}/deductions", kind="agreed", name="宿舍电费", amount="60", source=""
    )

    entry = session.exec(select(PayEntry)).one()
    assert (entry.deduction_kind, entry.agreed_at) == (DeductionKind.AGREED, None)


def test_tax_without_its_paper_is_refused_in_words(
    desk: TestClient, session: Session, site: Site, entries: str
) -> None:
    tax = {"kind": "income_tax", "name": "个税", "amount": "60"}

    answer = enter(desk, site, f"{entries}/deductions", **tax)

    assert answer.status_code == 422
    assert DeductionNeedsSourceError.title in Page(answer).text
    assert session.exec(select(PayEntry)).first() is None


def test_refused_form_stands_there_as_it_was_typed(
    desk: TestClient, site: Site, entries: str
) -> None:
    tax = {"kind": "income_tax", "name": "个税", "amount": "60"}

    page = Page(enter(desk, site, f"{entries}/deductions", **tax))

    assert {"个税", "60"} <= {*page.typed["name"], *page.typed["amount"]}
    assert "和班组长一起核对过" in page.text
    assert page.chosen == {site.team.name, "王小明", "个人所得税"}


def test_what_does_not_fit_is_named_and_the_rest_kept(
    desk: TestClient, session: Session, site: Site, entries: str
) -> None:
    piece = {"name": "砌筑", "quantity": "1e3", "unit": "立方米", "unit_price": "180"}

    page = Page(enter(desk, site, f"{entries}/piece-work", **piece))

    assert "请检查：数量。" in page.text
    assert page.typed["unit"] == ["立方米"]
    assert session.exec(select(PayEntry)).first() is None


def test_only_deductions_that_stand_on_a_paper_ask_for_it(
    desk: TestClient, site: Site, entries: str
) -> None:
    page = open_month(desk, site, entries)

    assert len(page.typed["source"]) == 1


@pytest.mark.parametrize("team_id", [None, "none"])
def test_entry_for_a_team_that_is_none_of_the_projects_is_refused(
    desk: TestClient, session: Session, site: Site, entries: str, team_id: str | None
) -> None:
    given = team_id or str(make_site(session).team.id)
    paid = local_date(now()).isoformat()

    answer = enter(desk, site, f"{entries}/advances", paid_date=paid, amount="5", team_id=given)

    assert answer.status_code == (422 if team_id else 404)
    assert session.exec(select(WageAdvance)).first() is None


def test_withdrawal_from_the_page_of_a_foreign_team_is_refused(
    desk: TestClient, session: Session, site: Site, entries: str
) -> None:
    entry = make_entry(session, site.workers[0], PayEntryKind.SUPPLEMENT)
    team_id = str(make_site(session).team.id)

    answer = post(
        desk, f"{entries}/{entry.id}/withdraw", month=MONTH, team_id=team_id, reason="重复"
    )

    assert answer.status_code == 404


@pytest.mark.parametrize("amount", ["0", "-5", "1.234", "abc", "99999999", "1e3", "1_000"])
def test_amount_that_is_none_is_refused_on_a_page(
    desk: TestClient, session: Session, site: Site, entries: str, amount: str
) -> None:
    answer = enter(desk, site, f"{entries}/advances", paid_date="2026-10-20", amount=amount)

    assert answer.status_code == 422
    assert session.exec(select(WageAdvance)).first() is None


def test_withdrawn_entry_stays_on_the_page_with_its_reason(
    desk: TestClient, session: Session, site: Site, entries: str
) -> None:
    entry = make_entry(session, site.workers[0], PayEntryKind.SUPPLEMENT)
    fields = {"month": MONTH, "team_id": str(site.team.id), "reason": "登记重复了"}

    post(desk, f"{entries}/{entry.id}/withdraw", **fields)

    assert "已撤回 登记重复了" in open_month(desk, site, entries).text


def test_withdrawn_advance_stays_on_the_page_with_its_reason(
    desk: TestClient, session: Session, site: Site, entries: str
) -> None:
    advance = make_advance(session, site.workers[0])
    fields = {"month": MONTH, "team_id": str(site.team.id), "reason": "没有付成"}

    post(desk, f"{entries}/advances/{advance.id}/withdraw", **fields)

    assert "已撤回 没有付成" in open_month(desk, site, entries).text


def test_team_of_another_project_does_not_exist(
    desk: TestClient, session: Session, entries: str
) -> None:
    other = make_site(session)

    answer = desk.get(entries, params={"team_id": str(other.team.id)})

    assert answer.status_code == 404
    assert TeamNotFoundError.title in Page(answer).text
