"""Reading an attendance sheet somebody else drew up: one row a worker, one column a day; pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import takewhile

from attendance.day_rules import FULL_DAY_UNITS, DayRules, compute_units, compute_worked
from attendance.sheet_errors import NoDayColumnsError, OtherMonthError
from attendance.sheet_findings import SheetFinding, SheetFindingCode
from core.identifiers import normalize_code
from projects.cells import RowReader
from projects.workbook import Cell, Column, MergedRange, SheetRow, Workbook

HEADER_ROWS = 8
"""Foreign sheets begin with a title, the project, the month, sometimes two rows of header."""
LAST_DAY = 31
MAX_DAYS = Decimal(2)
"""工日 somebody can have worked on one day: as long as one shift can be."""
NAME = "姓名"
ID_NUMBER = "证件编号"
MARKS = re.compile(r"[?？补导议]+$")
"""What our own export adds to a sign."""
FULL_SIGNS = frozenset("√✓✔全") | {"出勤", "全勤", "全天"}
HALF_SIGNS = frozenset("半◐") | {"半天", "1⁄2"}
ABSENT_SIGNS = frozenset("×X○-—/休假病事旷缺议") | {"休息", "请假", "缺勤", "事假", "病假", "旷工"}
TITLE_MONTH = re.compile(r"(20\d\d)年(1[0-2]|0?[1-9])月(?!\d{1,2}[日号])")
"""A month in a title; what goes on with a day is when somebody printed or signed it."""

NAME_COLUMN = Column(NAME, ("工人姓名",), is_required=True)
COLUMNS = (
    NAME_COLUMN,
    Column(ID_NUMBER, ("证件号码", "身份证号", "身份证号码", "身份证")),
    *(
        Column(str(day), (f"{day}日", f"{day}号", f"{day:02d}", f"{day}.0"))
        for day in range(1, LAST_DAY + 1)
    ),
)


@dataclass(slots=True)
class ForeignRow:
    """One worker's month as the file says, with everything found in the row so far."""

    number: int
    """As Excel counts, from 1."""
    name: str
    id_number: str | None
    days: dict[int, int]
    """Day of the month → 工日 in hundredths; days of absence are left out."""
    found: list[SheetFinding] = field(default_factory=list)

    @property
    def is_rejected(self) -> bool:
        """Whether any finding keeps the row out."""
        return any(finding.severity == "error" for finding in self.found)

    def report(self, column: str, code: SheetFindingCode, **facts: object) -> None:
        """Remember a finding about a column of this row."""
        self.found.append(SheetFinding(self.number, column, code, facts))


def read_rows(workbook: Workbook) -> list[ForeignRow]:
    """Return the rows of the workbook's first sheet, in its order.

    Raises NoDayColumnsError when no day is filled, and the refusals of `Workbook.read_sheet`.
    """
    [(sheet, rows)] = workbook.sheets.items()
    merged = workbook.merged.get(sheet, ())
    opened = Workbook({sheet: _spread_header(rows, merged)})
    found = opened.read_sheet(sheet, COLUMNS, header_rows=HEADER_ROWS)
    if not any(column.isdigit() for row in found for column in row.cells):
        raise NoDayColumnsError(rows=HEADER_ROWS)
    lying = {number for each in merged for number in range(each.first[0] + 1, each.last[0] + 2)}
    return [_read_row(row, is_merged=row.number in lying) for row in found]


def check_title(workbook: Workbook, *, month: str) -> None:
    """Raise OtherMonthError when all months (``YYYY-MM``) named above the header are others."""
    [rows] = workbook.sheets.values()
    above = takewhile(lambda row: not _is_header(row), rows[:HEADER_ROWS])
    text = " ".join(normalize_code(str(cell)) for row in above for cell in row if cell is not None)
    named = {f"{year}-{number:0>2}" for year, number in TITLE_MONTH.findall(text)}
    if named and month not in named:
        raise OtherMonthError(named="、".join(sorted(named)), month=month)


def compute_presence(units: int, rules: DayRules) -> int:
    """Return how many minutes between entry and exit make so many 工日 (in hundredths)."""
    presence = -(-units * rules.full_day_minutes // FULL_DAY_UNITS)
    wanted = min(units, FULL_DAY_UNITS)
    while compute_units(compute_worked(presence, 0, rules), rules) < wanted:
        presence += 1
    return presence


def _is_header(row: Sequence[Cell]) -> bool:
    return any(normalize_code(str(cell)) in (NAME, *NAME_COLUMN.aliases) for cell in row)


def _spread_header(
    rows: Sequence[Sequence[Cell]], merged: Sequence[MergedRange]
) -> list[list[Cell]]:
    """Repeat what stands in cells merged downwards, so that a header of two rows reads as one."""
    spread = [list(row) for row in rows]
    for each in merged:
        (top, left), (bottom, _) = each.first, each.last
        if bottom < HEADER_ROWS and bottom < len(spread):
            for number in range(top + 1, bottom + 1):
                spread[number][left] = spread[top][left]
    return spread


def _read_row(row: SheetRow, *, is_merged: bool) -> ForeignRow:
    reader = RowReader(row)
    name = reader.text(NAME, limit=50)
    read = ForeignRow(
        row.number,
        name if name.isascii() else name.replace(" ", ""),
        _read_id_number(reader),
        {},
    )
    read.found += [
        SheetFinding(finding.row, finding.column, SheetFindingCode.NUMERIC_CELL)
        for finding in reader.found
    ]
    if not (read.name or read.id_number):
        read.report(NAME, SheetFindingCode.NOT_A_WORKER)
    elif not read.name:
        read.report(NAME, SheetFindingCode.MISSING_VALUE)
    elif is_merged:
        read.report(NAME, SheetFindingCode.MERGED_CELLS)
    else:
        _read_days(read, row.cells)
    return read


def _read_id_number(reader: RowReader) -> str | None:
    return normalize_code(reader.long_number(ID_NUMBER)) or None if reader.has(ID_NUMBER) else None


def _read_days(row: ForeignRow, cells: Mapping[str, Cell]) -> None:
    for column, cell in cells.items():
        if not column.isdigit():
            continue
        units = _read_sign(cell)
        if units is None:
            row.report(column, SheetFindingCode.UNKNOWN_SIGN)
        elif units:
            row.days[int(column)] = units


def _read_sign(cell: Cell) -> int | None:
    """Return 工日 in hundredths, 0 for absence, None for what nobody defined."""
    text = normalize_code(str(cell))
    sign = MARKS.sub("", text) or text
    if sign in FULL_SIGNS:
        return FULL_DAY_UNITS
    if sign in HALF_SIGNS:
        return FULL_DAY_UNITS // 2
    if sign in ABSENT_SIGNS:
        return 0
    return _read_number(sign)


def _read_number(text: str) -> int | None:
    try:
        units = Decimal(text) * FULL_DAY_UNITS
        is_fit = 0 <= units <= MAX_DAYS * FULL_DAY_UNITS and units == int(units)
    except (InvalidOperation, ValueError):
        return None
    return int(units) if is_fit else None
