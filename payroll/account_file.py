"""A bank's statement of a wage account: CSV, or the first sheet of an .xlsx; pure.

All of a statement counts or none of it: a gap, or a balance that does not follow from the one
before, would make every balance after it doubtful.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from core.money import parse_yuan
from core.wage_enums import AccountPurpose
from projects.cells import LARGEST_FEN, RowReader
from projects.findings import Finding, FindingCode
from projects.tables import open_table
from projects.workbook import Column

SHEET = "账户明细"
REFERENCE = "流水号"
BOOKED = "交易日期"
INFLOW = "收入"
OUTFLOW = "支出"
BALANCE = "余额"
REMARK = "摘要"
COLUMNS = (
    Column(REFERENCE, ("交易流水号", "凭证号"), is_required=True),
    Column(BOOKED, ("日期", "记账日期"), is_required=True),
    Column(INFLOW, ("贷方发生额", "收入金额")),
    Column(OUTFLOW, ("借方发生额", "支出金额")),
    Column(BALANCE, ("账户余额",), is_required=True),
    Column(REMARK, ("用途", "附言")),
)
HEADER_ROWS = 10
"""Banks put account, period and totals above the header."""
AMOUNT_LENGTH = 30
REFERENCE_LENGTH = 64
REMARK_LENGTH = 100
LABOUR_COST = re.compile("人工费|工资款|农民工工资")
WAGES = re.compile("工资|代发")


BREAKS = FindingCode.BALANCE_BREAKS


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement, in fen; exactly one of the two amounts is above zero."""

    number: int
    """Its row, as Excel counts."""
    reference: str
    booked_date: date
    inflow_fen: int
    outflow_fen: int
    balance_fen: int
    remark: str

    @property
    def purpose(self) -> AccountPurpose:
        """What it was for, by the words the bank passes on."""
        if self.inflow_fen and LABOUR_COST.search(self.remark):
            return AccountPurpose.LABOUR_COST
        if self.outflow_fen and WAGES.search(self.remark):
            return AccountPurpose.WAGES
        return AccountPurpose.OTHER

    @property
    def facts(self) -> tuple[date, int, int, int]:
        """What a bank never says otherwise of the same movement."""
        return self.booked_date, self.inflow_fen, self.outflow_fen, self.balance_fen


@dataclass(frozen=True, slots=True)
class Statement:
    """The lines oldest first, and what is wrong with them."""

    lines: list[StatementLine]
    findings: list[Finding]


def read_statement(content: bytes, *, today: date) -> Statement:
    """Read a statement that may run in either direction.

    Raises the refusals of `open_table` and `Workbook.read_sheet` for a file that is no table.
    """
    book = open_table(content, sheet=SHEET)
    sheet = next(iter(book.sheets), SHEET)
    readers = [RowReader(row) for row in book.read_sheet(sheet, COLUMNS, header_rows=HEADER_ROWS)]
    lines = [_read_line(reader, today) for reader in readers]
    _report_repeated(readers, lines)
    findings = [finding for reader in readers for finding in reader.found]
    if not any(reader.is_rejected for reader in readers):
        lines = order_lines(lines)
        findings += [Finding(line.number, BALANCE, BREAKS) for line in find_breaks(lines)]
    return Statement(lines, findings)


def order_lines(lines: Sequence[StatementLine]) -> list[StatementLine]:
    """Return the lines oldest first: as they stand, or turned round if only that adds up."""
    turned = list(reversed(lines))
    if len(find_breaks(turned)) < len(find_breaks(lines)):
        return sorted(turned, key=lambda line: line.booked_date)
    return sorted(lines, key=lambda line: line.booked_date)


def find_breaks(lines: Sequence[StatementLine]) -> list[StatementLine]:
    """Return the lines whose balance does not follow from the one before."""
    return [
        line
        for before, line in pairwise(lines)
        if before.balance_fen + line.inflow_fen - line.outflow_fen != line.balance_fen
    ]


def compare_known(
    lines: Sequence[StatementLine], known: Mapping[str, StatementLine]
) -> list[Finding]:
    """Return a finding for each line the bank has told otherwise before."""
    return [
        Finding(line.number, REFERENCE, FindingCode.ENTRY_DIFFERS)
        for line in lines
        if line.reference in known and known[line.reference].facts != line.facts
    ]


def compare_last(lines: Sequence[StatementLine], last: StatementLine | None) -> list[Finding]:
    """Return a finding if the first line goes on after the last one known, and not from it.

    `lines` are oldest first. What lies before the last known line is not judged by it.
    """
    first = next(iter(lines), None)
    if first is None or last is None or first.booked_date < last.booked_date:
        return []
    return [Finding(each.number, BALANCE, BREAKS) for each in find_breaks([last, first])]


def _read_line(reader: RowReader, today: date) -> StatementLine:
    inflow, outflow = _read_fen(reader, INFLOW), _read_fen(reader, OUTFLOW)
    if not reader.is_rejected and (inflow > 0) == (outflow > 0):
        reader.report(INFLOW, FindingCode.NOT_ONE_WAY)
    line = StatementLine(
        number=reader.number,
        reference=_read_reference(reader),
        booked_date=reader.required_day(BOOKED),
        inflow_fen=inflow,
        outflow_fen=outflow,
        balance_fen=_read_balance(reader),
        remark=reader.text(REMARK, limit=REMARK_LENGTH),
    )
    if line.booked_date > today:
        reader.report(BOOKED, FindingCode.BAD_DATE)
    return line


def _read_reference(reader: RowReader) -> str:
    reference = reader.required_text(REFERENCE, limit=REFERENCE_LENGTH)
    return reader.long_number(REFERENCE) if reference else ""


def _read_balance(reader: RowReader) -> int:
    reader.required_text(BALANCE, limit=AMOUNT_LENGTH)
    return _read_fen(reader, BALANCE)


def _read_fen(reader: RowReader, column: str) -> int:
    text = reader.text(column, limit=AMOUNT_LENGTH).replace(",", "") or "0"
    try:
        fen = parse_yuan(text)
    except ValueError:
        fen = -1
    if not 0 <= fen < LARGEST_FEN:
        reader.report(column, FindingCode.BAD_STATEMENT_AMOUNT)
        return 0
    return fen


def _report_repeated(readers: Sequence[RowReader], lines: Sequence[StatementLine]) -> None:
    first: dict[str, int] = {}
    for reader, line in zip(readers, lines, strict=True):
        if line.reference and first.setdefault(line.reference, line.number) != line.number:
            reader.report(REFERENCE, FindingCode.REPEATED_ROW, first_row=first[line.reference])
