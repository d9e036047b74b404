"""The sheet 工资表: its columns, one row read as a line, and whether its sums add up; pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, DecimalException

from attendance.day_rules import FULL_DAY_UNITS
from core.clock import month_start, next_month
from core.identifiers import normalize_code
from core.masking import mask_name
from core.money import FEN_PER_YUAN, round_half_up, to_yuan
from payroll.pay_findings import PayFinding, PayFindingCode
from projects.cells import RowReader
from projects.findings import Finding, FindingCode, Severity
from projects.workbook import Column, SheetRow, Workbook

SHEET = "工资表"
NAME = "姓名"
ID_NUMBER = "证件编号"
DAYS = "出勤天数"
PRICE = "单价"
BASE = "基本工资"
OVERTIME = "加班工资"
ALLOWANCE = "津贴补贴"
SUPPLEMENT = "补发"
GROSS = "应发工资"
DEDUCTION = "扣款"
ADVANCE = "预支"
NET = "实发工资"
BANK_CARD = "工资银行卡号"

COLUMNS = (
    Column(NAME, ("工人姓名",), is_required=True),
    Column(ID_NUMBER, ("证件号码", "身份证号", "身份证号码"), is_required=True),
    Column(DAYS, ("工日", "出勤工日", "出勤")),
    Column(PRICE, ("日工资", "工日单价")),
    Column(BASE, ("计日工资", "计时工资", "计件工资")),
    Column(OVERTIME, ("加班费",)),
    Column(ALLOWANCE, ("津贴", "补贴")),
    Column(SUPPLEMENT, ("补发工资",)),
    Column(GROSS, ("应发", "应发合计", "应发金额"), is_required=True),
    Column(DEDUCTION, ("扣款合计", "代扣")),
    Column(ADVANCE, ("借支", "预支工资")),
    Column(NET, ("实发", "实发金额"), is_required=True),
    Column(BANK_CARD, ("银行卡号",)),
)
LONGEST_NUMBER = 320
"""More characters than Excel's largest number has digits."""
LARGEST_FEN = 10**9 - 1
"""9,999,999.99 yuan, as much as any amount that is typed in (`api.schemas.payroll.Amount`)."""
TOTALS = frozenset({"合计", "总计", "小计", "本页合计"})
EARNED = (BASE, OVERTIME, ALLOWANCE)


@dataclass(slots=True)
class PayRow:
    """One worker's pay as the file says, with everything found in the row so far."""

    number: int
    """As Excel counts, from 1."""
    name: str
    id_number: str
    bank_card: str | None
    units: int | None
    """工日 in hundredths; None when blank, as all amounts are."""
    amounts: dict[str, int]
    """Fen by column; blank ones are left out."""
    found: list[Finding | PayFinding] = field(default_factory=list)

    @property
    def masked_name(self) -> str:
        """Who the row is about, as reports show it."""
        return mask_name(self.name) if self.name else ""

    @property
    def is_rejected(self) -> bool:
        """Whether any finding keeps the row out."""
        return any(finding.severity is Severity.ERROR for finding in self.found)

    def fen(self, column: str) -> int:
        """Return an amount, 0 when blank."""
        return self.amounts.get(column, 0)

    def report(self, column: str, code: PayFindingCode, **facts: object) -> None:
        """Remember a finding about a column of this row; the same is said of a cell once."""
        if not any((known.column, known.code) == (column, code) for known in self.found):
            self.found.append(PayFinding(self.number, column, code, facts))

    def report_shared_card(self, whose: str, whose_en: str) -> None:
        """Remember that the card is that of another row, or of somebody on record."""
        self.report(BANK_CARD, PayFindingCode.SHARED_CARD, whose=whose, whose_en=whose_en)


def read_rows(workbook: Workbook, *, month: str) -> list[PayRow]:
    """Return the rows of the sheet with what is wrong in each by itself.

    Raises the refusals of `Workbook.read_sheet`.
    """
    merged = {
        number
        for each in workbook.merged.get(SHEET, ())
        for number in range(each.first[0] + 1, each.last[0] + 2)
    }
    rows = [_read_row(row) for row in workbook.read_sheet(SHEET, COLUMNS) if not _is_total(row)]
    first = month_start(month)
    days_of_month = (next_month(first) - first).days
    for row in rows:
        if row.number in merged:
            row.report(NAME, PayFindingCode.MERGED_CELLS)
        _check_days(row, days_of_month)
        _check_sums(row)
    _check_repeats(rows)
    return rows


def _is_total(row: SheetRow) -> bool:
    """Tell a row of sums or remarks from a worker's."""
    name = str(row.cells.get(NAME, "")).replace(" ", "")
    return ID_NUMBER not in row.cells and (not name or name in TOTALS)


def _read_row(sheet_row: SheetRow) -> PayRow:
    reader = RowReader(sheet_row)
    row = PayRow(
        number=sheet_row.number,
        name=reader.required_text(NAME, limit=50).replace(" ", ""),
        id_number=normalize_code(reader.long_number(ID_NUMBER)),
        bank_card=_read_card(reader),
        units=None,
        amounts={},
    )
    row.units = _read_hundredths(reader, row, DAYS)
    for column in (PRICE, *EARNED, SUPPLEMENT, GROSS, DEDUCTION, ADVANCE, NET):
        amount = _read_hundredths(reader, row, column)
        if amount is not None:
            row.amounts[column] = amount
    if not reader.has(ID_NUMBER):
        reader.report(ID_NUMBER, FindingCode.MISSING_VALUE)
    for column in (GROSS, NET):
        if not reader.has(column):
            reader.report(column, FindingCode.MISSING_VALUE)
    row.found += reader.found
    return row


def _read_card(reader: RowReader) -> str | None:
    if not reader.has(BANK_CARD):
        return None
    return normalize_code(reader.long_number(BANK_CARD)).replace("-", "") or None


def _read_hundredths(reader: RowReader, row: PayRow, column: str) -> int | None:
    """Return an amount in fen, or days in hundredths; None when blank or reported."""
    if not reader.has(column):
        return None
    text = reader.text(column, limit=LONGEST_NUMBER).replace(",", "").strip("¥￥元 ")
    if not text and any(finding.column == column for finding in reader.found):
        return None
    try:
        hundredths = Decimal(text) * FEN_PER_YUAN
    except DecimalException:
        row.report(column, PayFindingCode.NOT_AN_AMOUNT)
        return None
    code = _judge_number(hundredths, column)
    if code is not None:
        row.report(column, code)
        return None
    return int(hundredths)


def _judge_number(hundredths: Decimal, column: str) -> PayFindingCode | None:
    if not hundredths.is_finite():
        return PayFindingCode.NOT_AN_AMOUNT
    if hundredths > LARGEST_FEN:
        return PayFindingCode.TOO_LARGE
    if hundredths != hundredths.to_integral_value():
        return PayFindingCode.FINER_THAN_FEN
    if hundredths < 0:
        return PayFindingCode.NEGATIVE_NET if column == NET else PayFindingCode.NOT_AN_AMOUNT
    return None


def _check_days(row: PayRow, days_of_month: int) -> None:
    if row.units is not None and row.units > days_of_month * FULL_DAY_UNITS:
        row.report(DAYS, PayFindingCode.DAYS_BEYOND_MONTH, days=days_of_month)


def _check_sums(row: PayRow) -> None:
    if row.is_rejected:
        return
    _fill_base(row)
    if row.units is not None and PRICE in row.amounts:
        expected = round_half_up(row.units * row.amounts[PRICE], FULL_DAY_UNITS)
        _compare(row, BASE, expected, row.fen(BASE), PayFindingCode.PRICE_DIFFERS)
    gross = sum(row.fen(column) for column in (*EARNED, SUPPLEMENT))
    _compare(row, GROSS, gross, row.fen(GROSS), PayFindingCode.GROSS_DIFFERS)
    net = row.fen(GROSS) - row.fen(DEDUCTION) - row.fen(ADVANCE)
    _compare(row, NET, net, row.fen(NET), PayFindingCode.NET_DIFFERS)


def _fill_base(row: PayRow) -> None:
    """A sheet may give nothing but the gross pay."""
    if not any(column in row.amounts for column in EARNED):
        row.amounts[BASE] = max(0, row.fen(GROSS) - row.fen(SUPPLEMENT))


def _compare(row: PayRow, column: str, expected: int, found: int, code: PayFindingCode) -> None:
    if expected != found:
        row.report(column, code, expected=to_yuan(expected))


def _check_repeats(rows: Sequence[PayRow]) -> None:
    """Keep out every row of a person who has several: nobody can tell which of them counts."""
    people: dict[str, list[PayRow]] = defaultdict(list)
    cards: dict[str, PayRow] = {}
    for row in rows:
        if row.id_number:
            people[row.id_number].append(row)
        if row.bank_card:
            first = cards.setdefault(row.bank_card, row)
            if first.id_number != row.id_number:
                row.report_shared_card(f"第 {first.number} 行", f"row {first.number}")
    for same in people.values():
        for row in same if len(same) > 1 else ():
            others = [str(other.number) for other in same if other is not row]
            row.report(ID_NUMBER, PayFindingCode.REPEATED_ROW, other_rows="、".join(others))
