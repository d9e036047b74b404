"""Importing a pay sheet kept in Excel: row errors, sums, cards, and what the record says."""

from io import BytesIO

import pytest
from openpyxl import Workbook as ExcelWorkbook
from sqlmodel import Session

from core.pay_enums import PayEntryKind
from db.models import PaySheet, Payslip
from identity.queries import get_person
from payroll import pay_file, pay_import
from payroll.pay_import import PayImportReport
from payroll.term_errors import PaySheetNotDraftError
from projects.errors import MissingColumnsError, UncalculatedWorkbookError
from tests.factories.pay_terms import make_advance, make_entry
from tests.factories.payroll import (
    AT,
    Site,
    card_of,
    current_payslips,
    draw_up,
    make_attendance_lines,
    make_site,
    publish,
)

HEADERS = (
    pay_file.NAME,
    pay_file.ID_NUMBER,
    pay_file.DAYS,
    pay_file.PRICE,
    pay_file.BASE,
    pay_file.OVERTIME,
    pay_file.ALLOWANCE,
    pay_file.GROSS,
    pay_file.DEDUCTION,
    pay_file.ADVANCE,
    pay_file.NET,
    pay_file.BANK_CARD,
)
Cells = dict[str, object]


def id_number(session: Session, site: Site, index: int) -> str:
    return get_person(session, site.workers[index].person_id).id_number or ""


def make_row(session: Session, site: Site, index: int = 0, changes: Cells | None = None) -> Cells:
    """What the site office would type for a worker: 22.5 days at 350, and 200 of overtime."""
    names = {0: "王小明", 1: "李强"}
    row: Cells = {
        pay_file.NAME: names[index],
        pay_file.ID_NUMBER: id_number(session, site, index),
        pay_file.DAYS: 22.5,
        pay_file.PRICE: 350,
        pay_file.BASE: 7875,
        pay_file.OVERTIME: 200,
        pay_file.GROSS: 8075,
        pay_file.NET: 8075,
        pay_file.BANK_CARD: card_of(index),
    }
    return row | (changes or {})


def write(rows: list[Cells], *, merge: str | None = None) -> bytes:
    book = ExcelWorkbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = pay_file.SHEET
    sheet.append(list(HEADERS))
    for row in rows:
        sheet.append([row.get(header) for header in HEADERS])
    if merge:
        sheet.merge_cells(merge)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def load(
    session: Session, site: Site, sheet: PaySheet, content: bytes, *, dry_run: bool = False
) -> PayImportReport:
    return pay_import.import_pay_sheet(
        session,
        principal=site.manager,
        project_id=site.project.id,
        sheet_id=sheet.id,
        content=content,
        dry_run=dry_run,
        at=AT,
    )


def import_one(session: Session, changes: Cells | None = None) -> tuple[PayImportReport, Payslip]:
    """Import one row into a draft of one worker; return the report and the worker's line."""
    site = make_site(session, worker_count=1)
    sheet = draw_up(session, site)
    report = load(session, site, sheet, write([make_row(session, site, changes=changes)]))
    return report, current_payslips(session, sheet.id)[0]


def codes(report: PayImportReport) -> list[tuple[str, str]]:
    return [(found.column, found.code.value) for row in report.rows for found in row.findings]


def test_good_row_replaces_what_was_worked_out(session: Session) -> None:
    report, payslip = import_one(session)

    assert (report.imported, report.rejected, codes(report)) == (1, 0, [])
    assert payslip.net_fen == 807_500
    assert [line["name"] for line in payslip.content["items"]] == ["基本工资", "加班工资"]
    assert payslip.content["items"][0]["quantity"] == "22.50"


def test_dry_run_reports_the_same_and_changes_nothing(session: Session) -> None:
    site = make_site(session, worker_count=1)
    sheet = draw_up(session, site)
    content = write([make_row(session, site)])

    report = load(session, site, sheet, content, dry_run=True)

    assert (report.is_dry_run, report.rows[0].net_fen) == (True, 807_500)
    assert current_payslips(session, sheet.id)[0].net_fen == 787_500


def test_gross_alone_is_enough(session: Session) -> None:
    changes: Cells = {pay_file.PRICE: None, pay_file.BASE: None, pay_file.OVERTIME: None}
    report, payslip = import_one(session, changes)

    assert (codes(report), payslip.net_fen) == ([], 807_500)


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("column", [pay_file.OVERTIME, pay_file.ALLOWANCE])
def test_price_of_no_base_pay_takes_nothing_from_the_other_columns(
    session: Session, column: str, dry_run: bool
) -> None:
    site = make_site(session, worker_count=1)
    sheet = draw_up(session, site)
    paid: Cells = {pay_file.DAYS: 20.59, pay_file.PRICE: 0, pay_file.BASE: None}
    paid |= {pay_file.OVERTIME: None, column: 9000, pay_file.GROSS: 9000, pay_file.NET: 9000}
    content = write([make_row(session, site, changes=paid)])

    report = load(session, site, sheet, content, dry_run=dry_run)

    assert (report.imported, report.rows[0].net_fen) == (1, 900_000)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({pay_file.GROSS: 8075.005}, (pay_file.GROSS, "finer-than-fen")),
        ({pay_file.OVERTIME: "两百"}, (pay_file.OVERTIME, "not-an-amount")),
        ({pay_file.OVERTIME: -200}, (pay_file.OVERTIME, "not-an-amount")),
        ({pay_file.NET: -1}, (pay_file.NET, "negative-net")),
        ({pay_file.DAYS: 31.5}, (pay_file.DAYS, "days-beyond-month")),
        ({pay_file.BASE: 7874.99}, (pay_file.BASE, "price-differs")),
        ({pay_file.OVERTIME: 201}, (pay_file.GROSS, "gross-differs")),
        ({pay_file.NET: 8000}, (pay_file.NET, "net-differs")),
        ({pay_file.NET: None}, (pay_file.NET, "missing-value")),
        ({pay_file.ID_NUMBER: None}, (pay_file.ID_NUMBER, "missing-value")),
        ({pay_file.ID_NUMBER: 330106199001010}, (pay_file.ID_NUMBER, "numeric-cell")),
        ({pay_file.ID_NUMBER: "330106199001019999"}, (pay_file.ID_NUMBER, "unknown-worker")),
        ({pay_file.NAME: "王大明"}, (pay_file.NAME, "name-disagrees")),
        ({pay_file.BANK_CARD: 6.2170000000000000e18}, (pay_file.BANK_CARD, "numeric-cell")),
        (
            {pay_file.DEDUCTION: 75, pay_file.NET: 8000},
            (pay_file.DEDUCTION, "not-recorded"),
        ),
        ({pay_file.ADVANCE: 75, pay_file.NET: 8000}, (pay_file.ADVANCE, "not-recorded")),
    ],
)
def test_bad_row_is_kept_out_and_says_why(
    session: Session, changes: Cells, found: tuple[str, str]
) -> None:
    report, payslip = import_one(session, changes)

    assert report.rejected == 1
    assert found in codes(report)
    assert payslip.net_fen == 787_500


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        (
            {pay_file.DAYS: 23, pay_file.BASE: 8050, pay_file.GROSS: 8250, pay_file.NET: 8250},
            (pay_file.DAYS, "days-differ"),
        ),
        ({pay_file.BANK_CARD: "6217000000009999"}, (pay_file.BANK_CARD, "card-differs")),
        (
            {pay_file.DAYS: 20, pay_file.BASE: 7000, pay_file.GROSS: 7200, pay_file.NET: 7200},
            (pay_file.GROSS, "less-than-worked-out"),
        ),
    ],
)
def test_doubtful_row_is_imported_with_a_warning(
    session: Session, changes: Cells, found: tuple[str, str]
) -> None:
    report, payslip = import_one(session, changes)

    assert (report.rejected, found in codes(report)) == (0, True)
    assert payslip.content["payment_means"]["account"] == "**** **** **** 0000"


def test_worker_sees_that_less_came_than_was_worked_out(session: Session) -> None:
    _, payslip = import_one(
        session,
        {pay_file.DAYS: 20, pay_file.BASE: 7000, pay_file.GROSS: 7200, pay_file.NET: 7200},
    )

    assert "比按考勤和合同算出来的 7875.00 元少 675.00 元" in payslip.content["remarks"]


def test_somebody_without_attendance_is_not_paid_for_time(session: Session) -> None:
    site = make_site(session, worker_count=2)
    site.attendance.lines = make_attendance_lines(site.workers[:1])
    make_entry(session, site.workers[1], PayEntryKind.SUPPLEMENT, amount_fen=1_000)
    sheet = draw_up(session, site)

    report = load(session, site, sheet, write([make_row(session, site, 1)]))

    assert (pay_file.ID_NUMBER, "without-attendance") in codes(report)


def test_attendance_without_a_row_is_reported_and_stays_as_worked_out(session: Session) -> None:
    site = make_site(session, worker_count=2)
    sheet = draw_up(session, site)

    report = load(session, site, sheet, write([make_row(session, site)]))

    assert report.without_row == ("李*",)
    assert [slip.net_fen for slip in current_payslips(session, sheet.id)] == [807_500, 787_500]


def test_one_card_for_two_people_keeps_the_second_out(session: Session) -> None:
    site = make_site(session, worker_count=2)
    sheet = draw_up(session, site)
    rows = [
        make_row(session, site, 0),
        make_row(session, site, 1, {pay_file.BANK_CARD: card_of(0)}),
    ]

    report = load(session, site, sheet, write(rows))

    assert (report.imported, report.rejected) == (1, 1)
    assert codes(report) == [(pay_file.BANK_CARD, "shared-card")]


def test_card_of_somebody_else_on_record_is_an_error(session: Session) -> None:
    site = make_site(session, worker_count=2)
    sheet = draw_up(session, site)
    row = make_row(session, site, 0, {pay_file.BANK_CARD: card_of(1)})

    report = load(session, site, sheet, write([row]))

    assert codes(report) == [(pay_file.BANK_CARD, "shared-card")]


def test_person_on_two_rows_is_kept_out_of_both(session: Session) -> None:
    site = make_site(session, worker_count=1)
    sheet = draw_up(session, site)
    row = make_row(session, site)

    report = load(session, site, sheet, write([row, row]))

    assert (report.imported, report.rejected) == (0, 2)
    said = [finding.text.message for each in report.rows for finding in each.findings]
    assert "与第 3 行是同一个人" in said[0]
    assert "与第 2 行是同一个人" in said[1]


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("amount", [10_000_000, 1e25, 1e300, "1e999999", "9" * 400])
def test_absurd_amount_is_named_once_cell_by_cell(
    session: Session, amount: object, dry_run: bool
) -> None:
    site = make_site(session, worker_count=1)
    sheet = draw_up(session, site)
    absurd: Cells = {pay_file.GROSS: amount, pay_file.NET: amount}
    content = write([make_row(session, site, changes=absurd)])

    report = load(session, site, sheet, content, dry_run=dry_run)

    assert report.rejected == 1
    assert [column for column, _ in codes(report)] == [pay_file.GROSS, pay_file.NET]


def test_largest_amount_is_imported(session: Session) -> None:
    most: Cells = {pay_file.PRICE: None, pay_file.BASE: None, pay_file.OVERTIME: None}
    most |= {pay_file.GROSS: 9_999_999.99, pay_file.NET: 9_999_999.99}

    report, payslip = import_one(session, most)

    assert (codes(report), payslip.net_fen) == ([], pay_file.LARGEST_FEN)


def test_merged_row_is_refused_and_a_row_of_sums_is_left_out(session: Session) -> None:
    site = make_site(session, worker_count=1)
    sheet = draw_up(session, site)
    content = write([make_row(session, site), {pay_file.NAME: "合计"}], merge="E2:F2")

    report = load(session, site, sheet, content)

    assert len(report.rows) == 1
    assert (pay_file.NAME, "merged-cells") in codes(report)


def test_formula_without_its_value_is_refused(session: Session) -> None:
    site = make_site(session, worker_count=1)
    sheet = draw_up(session, site)
    row = make_row(session, site, changes={pay_file.GROSS: "=E2+F2"})

    with pytest.raises(UncalculatedWorkbookError):
        load(session, site, sheet, write([row]))


def test_file_without_net_pay_is_refused(session: Session) -> None:
    site = make_site(session, worker_count=1)
    sheet = draw_up(session, site)
    book = ExcelWorkbook()
    assert book.active is not None
    book.active.title = pay_file.SHEET
    book.active.append([pay_file.NAME, pay_file.ID_NUMBER, pay_file.GROSS])
    buffer = BytesIO()
    book.save(buffer)

    with pytest.raises(MissingColumnsError):
        load(session, site, sheet, buffer.getvalue())


def test_what_is_on_record_is_taken_off_and_must_be_in_the_file(session: Session) -> None:
    site = make_site(session, worker_count=1)
    make_advance(session, site.workers[0])
    make_entry(session, site.workers[0], agreed_at=AT)
    sheet = draw_up(session, site)
    taken: Cells = {pay_file.DEDUCTION: 60, pay_file.ADVANCE: 500, pay_file.NET: 7515}

    without = load(session, site, sheet, write([make_row(session, site)]))
    report = load(session, site, sheet, write([make_row(session, site, changes=taken)]))

    assert {code for _, code in codes(without)} == {"not-recorded"}
    assert (report.imported, report.rows[0].net_fen) == (1, 751_500)
    assert current_payslips(session, sheet.id)[0].deductions_fen == 56_000


def test_deduction_that_the_smaller_wage_cannot_bear_keeps_the_row_out(session: Session) -> None:
    site = make_site(session, worker_count=1)
    make_entry(session, site.workers[0], amount_fen=150_000, agreed_at=AT)
    sheet = draw_up(session, site)
    small: Cells = {
        pay_file.DAYS: 1,
        pay_file.BASE: 350,
        pay_file.OVERTIME: None,
        pay_file.GROSS: 350,
        pay_file.NET: 350,
    }

    report = load(session, site, sheet, write([make_row(session, site, changes=small)]))

    assert (pay_file.DEDUCTION, "not-lawful") in codes(report)


def test_published_sheet_is_not_imported_into(session: Session) -> None:
    site = make_site(session, worker_count=1)
    sheet = session.get_one(PaySheet, publish(session, site)[0].pay_sheet_id)

    with pytest.raises(PaySheetNotDraftError):
        load(session, site, sheet, write([make_row(session, site)]))
