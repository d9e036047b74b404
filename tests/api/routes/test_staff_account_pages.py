"""The desk's wage account and ledger: what is missing, the statement, the closing, the workbook."""

import io
from datetime import date

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlmodel import Session, select

from db.models import Project, WageAccountEntry
from payroll.account_errors import AccountNotClosableError
from payroll.errors import LedgerPeriodError
from tests.browser import OWN, Page, post
from tests.factories.payroll import MONTH, Site, publish

STATEMENT = """流水号,交易日期,收入,支出,余额,摘要
T1,2026-11-01,20000.00,,20000.00,10月人工费
T2,2026-11-02,,15000.00,5000.00,代发工资
"""
BROKEN = STATEMENT.replace("T2,2026-11-02", "T2,2026-13-02")


@pytest.fixture
def account(base: str) -> str:
    return f"{base}/wage-account"


def upload(desk: TestClient, account: str, statement: str, *, dry_run: bool) -> str:
    answer = desk.post(
        f"{account}/import",
        data={"dry_run": str(dry_run).lower()},
        files={"file": ("流水.csv", statement.encode())},
        headers=OWN,
    )
    assert answer.status_code == 200
    return Page(answer).text


def test_account_without_a_statement_says_that_nobody_knows(
    desk: TestClient, session: Session, site: Site, account: str
) -> None:
    publish(session, site)

    text = Page(desk.get(account)).text

    assert "不知道余额够不够" in text
    assert "15750.00 元没发" in text


def test_imported_statement_shows_what_the_account_lacks(
    desk: TestClient, session: Session, site: Site, account: str
) -> None:
    publish(session, site)

    imported = upload(desk, account, STATEMENT, dry_run=False)

    assert "导入了 2 笔" in imported
    shown = Page(desk.get(account)).text
    assert "专户还差 10750.00 元" in shown
    assert "2026年10月" in shown


def test_trial_of_a_statement_changes_nothing(
    desk: TestClient, session: Session, account: str
) -> None:
    tried = upload(desk, account, STATEMENT, dry_run=True)

    assert "能导入 2 笔" in tried
    assert session.exec(select(WageAccountEntry)).first() is None


def test_statement_with_a_wrong_line_is_refused_whole_and_says_where(
    desk: TestClient, session: Session, account: str
) -> None:
    text = upload(desk, account, BROKEN, dry_run=False)

    assert "整个文件没有导入" in text
    assert "3 交易日期" in text
    assert session.exec(select(WageAccountEntry)).first() is None


def test_account_that_is_still_needed_is_not_announced_to_close(
    desk: TestClient, account: str
) -> None:
    answer = post(desk, f"{account}/closing-notice")

    assert answer.status_code == 409
    assert AccountNotClosableError.title in Page(answer).text


def test_closing_is_announced_and_taken_back(
    desk: TestClient, session: Session, site: Site, account: str
) -> None:
    session.get_one(Project, site.project.id).complete_date = date(2026, 10, 31)
    session.flush()

    post(desk, f"{account}/closing-notice")
    announced = Page(desk.get(account)).text
    post(desk, f"{account}/closing-notice/withdraw", reason="还有一个班组没有结清")

    assert "公示中" in announced
    assert "公示中" not in Page(desk.get(account)).text


def test_ledger_comes_as_a_workbook(
    desk: TestClient, session: Session, site: Site, account: str
) -> None:
    publish(session, site)

    answer = post(
        desk,
        f"{account}/ledger",
        first_month=MONTH,
        last_month=MONTH,
        part="open",
        unmask_reason="",
    )

    sheet = load_workbook(io.BytesIO(answer.content))["工资支付台账"]
    cells = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
    assert "王小明" in cells
    assert answer.headers["cache-control"] == "no-store"


def test_ledger_can_be_downloaded_more_than_once(desk: TestClient, account: str) -> None:
    assert f'action="{account}/ledger" data-download' in desk.get(account).text


def test_ledger_of_too_many_months_is_refused_on_a_page(desk: TestClient, account: str) -> None:
    answer = post(desk, f"{account}/ledger", first_month="2025-01", last_month=MONTH)

    assert answer.status_code == 422
    assert LedgerPeriodError.title in Page(answer).text


def test_statement_is_withdrawn_with_a_reason(
    desk: TestClient, session: Session, account: str
) -> None:
    upload(desk, account, STATEMENT, dry_run=False)
    imported_at = session.exec(select(WageAccountEntry.created_at)).first()
    assert imported_at is not None

    shown = Page(desk.get(account)).text
    post(desk, f"{account}/import/withdraw", imported_at=imported_at.isoformat(), reason="抄错了")

    assert "撤回上次导入的流水" in shown
    assert "不知道余额够不够" in Page(desk.get(account)).text
