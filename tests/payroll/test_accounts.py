"""The wage account: statements once, cover for what is due, and a notice before it closes."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from core.enums import Role
from core.keyring import Keyring
from core.wage_enums import AccountPurpose
from db.models import Notification, WageAccountEntry
from notifications.templates import Template
from payroll import account_file, account_import, accounts
from payroll.account_errors import (
    StatementNotLastError,
)
from payroll.account_file import StatementLine, find_breaks, order_lines, read_statement
from payroll.account_import import StatementReport
from projects.errors import MissingColumnsError, UnreadableWorkbookError
from projects.findings import FindingCode
from tests.factories.identity import make_grant, make_person
from tests.factories.payroll import (
    AT,
    Site,
    card_of,
    confirm_all,
    import_result,
    publish,
    send_to_bank,
)

TODAY = date(2026, 11, 3)
HEADER = "流水号,交易日期,收入,支出,余额,摘要\n"
PAID_IN = "T1,2026-11-01,20000.00,,20000.00,10月人工费"
PAID_OUT = "T2,2026-11-02,,5000.00,15000.00,代发工资"


def make_csv(*rows: str) -> bytes:
    return (HEADER + "\n".join(rows)).encode()


def take_over(
    session: Session, site: Site, content: bytes, *, dry_run: bool = False
) -> StatementReport:
    return account_import.import_wage_account(
        session,
        principal=site.manager,
        project_id=site.project.id,
        content=content,
        dry_run=dry_run,
        at=AT,
    )


def stored(session: Session, site: Site) -> list[str]:
    query = select(WageAccountEntry).where(WageAccountEntry.project_id == site.project.id)
    return [entry.reference for entry in session.exec(query.order_by(col(WageAccountEntry.id)))]


def codes(report: StatementReport) -> list[FindingCode]:
    return [finding.code for finding in report.findings]


def told(session: Session, template: Template) -> set[str]:
    query = select(Notification).where(Notification.template == template)
    return {str(each.person_id) for each in session.exec(query)}


def test_a_statement_is_taken_over_once(session: Session, site: Site) -> None:
    first = take_over(session, site, make_csv(PAID_IN, PAID_OUT))

    again = take_over(session, site, make_csv(PAID_IN, PAID_OUT))

    assert (first.imported, first.known) == (2, 0)
    assert (again.imported, again.known, again.findings) == (0, 2, [])
    assert stored(session, site) == ["T1", "T2"]


def test_a_dry_run_changes_nothing(session: Session, site: Site) -> None:
    report = take_over(session, site, make_csv(PAID_IN), dry_run=True)

    assert (report.imported, stored(session, site)) == (1, [])


def test_balance_and_inflows_come_from_the_statement(session: Session, site: Site) -> None:
    take_over(session, site, make_csv(PAID_IN, PAID_OUT))

    account = accounts.get_wage_account(session, project_id=site.project.id, at=AT)

    assert account.latest is not None
    assert account.latest.balance_fen == 1_500_000
    assert account.labour_costs_fen == 2_000_000
    assert account.latest.purpose is AccountPurpose.WAGES


def test_a_statement_that_runs_backwards_gives_the_same_balance(
    session: Session, site: Site
) -> None:
    same_day = PAID_OUT.replace("11-02", "11-01")

    take_over(session, site, make_csv(same_day, PAID_IN))

    account = accounts.get_wage_account(session, project_id=site.project.id, at=AT)
    assert account.latest is not None
    assert account.latest.reference == "T2"


def test_one_bad_line_keeps_the_whole_statement_out(session: Session, site: Site) -> None:
    report = take_over(
        session, site, make_csv(PAID_IN, PAID_OUT.replace(",5000.00,", ",5000.001,"))
    )

    assert report.is_refused
    assert [(each.row, each.code) for each in report.findings] == [
        (3, FindingCode.BAD_STATEMENT_AMOUNT)
    ]
    assert stored(session, site) == []


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("T1,2026-11-01,,,20000.00,", FindingCode.NOT_ONE_WAY),
        ("T1,2026-11-01,1.00,1.00,20000.00,", FindingCode.NOT_ONE_WAY),
        ("T1,2026-11-01,-1.00,,20000.00,", FindingCode.BAD_STATEMENT_AMOUNT),
        ("T1,2026-11-01,1.00,,,", FindingCode.MISSING_VALUE),
        (",2026-11-01,1.00,,1.00,", FindingCode.MISSING_VALUE),
        ("T1,2026-02-30,1.00,,1.00,", FindingCode.BAD_DATE),
        ("T1,2026-11-04,1.00,,1.00,", FindingCode.BAD_DATE),
        ("6.2E+18,2026-11-01,1.00,,1.00,", FindingCode.NUMERIC_CELL),
    ],
)
def test_each_mistake_is_named(row: str, code: FindingCode) -> None:
    statement = read_statement(make_csv(row), today=TODAY)

    assert [finding.code for finding in statement.findings] == [code]


def test_the_same_number_twice_in_a_file_is_named(session: Session, site: Site) -> None:
    report = take_over(session, site, make_csv(PAID_IN, PAID_IN))
    assert codes(report) == [FindingCode.REPEATED_ROW]


def test_the_bank_never_says_otherwise_of_the_same_movement(session: Session, site: Site) -> None:
    take_over(session, site, make_csv(PAID_IN))

    report = take_over(session, site, make_csv(PAID_IN.replace("20000", "30000")))

    assert (codes(report), report.is_refused) == ([FindingCode.ENTRY_DIFFERS], True)


def test_a_balance_that_does_not_follow_keeps_the_statement_out(
    session: Session, site: Site
) -> None:
    report = take_over(session, site, make_csv(PAID_IN, PAID_OUT.replace("15000.00", "14999.99")))

    assert [(each.row, each.code) for each in report.findings] == [(3, FindingCode.BALANCE_BREAKS)]
    assert (report.is_refused, stored(session, site)) == (True, [])


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (PAID_OUT, []),
        (PAID_OUT.replace("15000.00", "15000.01"), [FindingCode.BALANCE_BREAKS]),
        ("T0,2026-10-30,1.00,,1.00,利息", []),
    ],
    ids=["goes-on", "goes-on-from-elsewhere", "lies-before"],
)
def test_a_statement_goes_on_from_the_last_balance(
    session: Session, site: Site, row: str, found: list[FindingCode]
) -> None:
    take_over(session, site, make_csv(PAID_IN))

    assert codes(take_over(session, site, make_csv(row))) == found


def test_a_withdrawn_statement_makes_room_for_the_true_one(session: Session, site: Site) -> None:
    take_over(session, site, make_csv(PAID_IN.replace("20000", "30000")))

    take_back(session, site)

    assert take_over(session, site, make_csv(PAID_IN, PAID_OUT)).imported == 2
    account = accounts.get_wage_account(session, project_id=site.project.id, at=AT)
    assert account.latest is not None
    assert (account.latest.balance_fen, account.labour_costs_fen) == (1_500_000, 2_000_000)
    assert stored(session, site) == ["T1", "T1", "T2"]


def test_a_statement_is_withdrawn_once(session: Session, site: Site) -> None:
    take_over(session, site, make_csv(PAID_IN))
    take_back(session, site)

    with pytest.raises(StatementNotLastError):
        take_back(session, site)


def take_back(session: Session, site: Site) -> None:
    account_import.withdraw_statement(
        session,
        principal=site.manager,
        project_id=site.project.id,
        imported_at=AT,
        reason="余额抄错了",
        at=AT + timedelta(hours=1),
    )


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"\xff\xff\x00\x80", UnreadableWorkbookError),
        (b"a,b\n1,2", MissingColumnsError),
        (b"PK\x03\x04 no workbook", UnreadableWorkbookError),
    ],
)
def test_what_is_no_statement_is_refused(content: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        read_statement(content, today=TODAY)


def test_banks_in_gb18030_are_read() -> None:
    content = make_csv(PAID_IN).decode().encode("gb18030")

    assert len(read_statement(content, today=TODAY).lines) == 1


def test_what_the_bank_said_stays(session: Session, site: Site) -> None:
    take_over(session, site, make_csv(PAID_IN))
    entry = session.exec(select(WageAccountEntry)).one()
    entry.balance_fen = 0
    session.add(entry)

    with pytest.raises(DBAPIError, match="wage_account_entry"):
        session.flush()


@given(st.lists(st.integers(-10_000, 10_000).filter(bool), min_size=1, max_size=20), st.booleans())
def test_any_honest_statement_adds_up_in_either_direction(
    moves: list[int], is_turned: bool
) -> None:
    balance, lines = 1_000_000, []
    for number, move in enumerate(moves):
        balance += move
        lines.append(
            StatementLine(number, f"T{number}", TODAY, max(move, 0), max(-move, 0), balance, "")
        )
    given_lines = lines[::-1] if is_turned else lines

    ordered = order_lines(given_lines)

    assert find_breaks(ordered) == []
    assert ordered[-1].balance_fen == balance or find_breaks(given_lines) == []


def test_cover_counts_what_the_bank_has_not_paid(
    session: Session, keyring: Keyring, site: Site
) -> None:
    payslips = confirm_all(session, keyring, site)
    take_over(session, site, make_csv(PAID_IN))
    batch = send_to_bank(session, site, payslips[0].pay_sheet_id).batch

    def missing() -> tuple[int, int | None]:
        account = accounts.get_wage_account(session, project_id=site.project.id, at=AT)
        return account.unpaid_fen, account.missing_fen

    before = missing()
    import_result(session, site, batch, (1, card_of(0), "7875.00", "成功", ""))

    assert before == (1_575_000, 0)
    assert missing() == (787_500, 0)


def test_an_account_nobody_told_us_of_is_not_empty(session: Session, site: Site) -> None:
    publish(session, site)

    account = accounts.get_wage_account(session, project_id=site.project.id, at=AT)
    accounts.watch_wage_accounts(session, at=AT + timedelta(days=30))

    assert account.missing_fen is None
    assert told(session, Template.WAGE_ACCOUNT_LOW) == set()


def watch(session: Session, at: datetime) -> None:
    accounts.watch_wage_accounts(session, at=at)
    session.flush()


def test_low_cover_is_told_to_manager_and_inspector_once(session: Session, site: Site) -> None:
    manager = make_person(session, name="赵主管")
    make_grant(session, manager, Role.LABOUR_MANAGER, project_id=site.project.id)
    inspector = make_person(session, name="监察员")
    make_grant(session, inspector, Role.INSPECTOR, county_code=site.project.county_code)
    publish(session, site)
    take_over(session, site, make_csv(PAID_IN.replace("20000.00", "9000.00")))

    for days in (4, 8, 9):
        watch(session, AT + timedelta(days=days))

    assert {str(manager.id), str(inspector.id)} <= told(session, Template.WAGE_ACCOUNT_LOW)
    rows = select(Notification).where(
        Notification.template == Template.WAGE_ACCOUNT_LOW,
        Notification.person_id == manager.id,
    )
    assert len(session.exec(rows).all()) == 1


def test_enough_money_or_time_is_no_news(session: Session, site: Site) -> None:
    publish(session, site)
    take_over(session, site, make_csv(PAID_IN.replace("20000.00", "9000.00")))
    watch(session, AT)  # due on the 13th, ten days from now
    take_over(session, site, make_csv("T9,2026-11-03,9000.00,,18000.00,人工费"))
    watch(session, AT + timedelta(days=8))

    assert told(session, Template.WAGE_ACCOUNT_LOW) == set()


def test_the_columns_of_several_banks_are_known() -> None:
    content = (
        "账户明细\n凭证号,记账日期,贷方发生额,借方发生额,账户余额,用途\nA1,20261101,5,,5,人工费"
    )

    [line] = read_statement(content.encode(), today=TODAY).lines

    assert (line.inflow_fen, line.purpose) == (500, AccountPurpose.LABOUR_COST)
    assert account_file.find_breaks([line]) == []
