"""The CSV in which a bank answers.

It opens with a control line ``批次号,<reference>,总笔数,<rows>,总金额,<yuan>``, then a header.
One row for each instruction the bank has decided, so it may come in parts.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import lru_cache

from core.clock import SHANGHAI
from core.money import parse_yuan, to_yuan
from payroll.bank_order import MAX_ROWS
from payroll.errors import ResultUnreadableError, ResultWrongTotalError

RESULT_COLUMNS = ("序号", "账号", "金额", "状态", "原因", "日期")
CONTROL = ("批次号", "总笔数", "总金额")
FIRST_ROW_LINE = 3
ROW_NUMBER = re.compile(r"[0-9]{1,6}")
AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
DATE_FORMATS = ("%Y-%m-%d", "%Y%m%d")


class Problem(Enum):
    """Why a result file cannot be read, in Chinese and English."""

    ENCODING = ("不是 UTF-8 或 GB18030 编码的文本", "not text in UTF-8 or GB18030")
    FORMAT = ("不是 CSV 表格", "not a CSV table")
    CONTROL = (
        "第一行应是：批次号,编号,总笔数,笔数,总金额,金额",
        "the first line must be 批次号,<reference>,总笔数,<rows>,总金额,<yuan>",
    )
    HEADER = (f"缺少列，应有：{'、'.join(RESULT_COLUMNS)}", "a column is missing")
    TOO_LONG = (f"超过 {MAX_ROWS} 行", f"more than {MAX_ROWS} rows")
    ROW_NUMBER = ("序号不是数字，或者重复", "the row number is no number, or repeated")
    AMOUNT = ("金额应是元，最多两位小数", "the amount must be yuan with at most two decimals")
    STATUS = ("状态应是“成功”或“失败”", "the status must be 成功 or 失败")
    DATE = ("日期应写成 2026-11-13", "the date must read like 2026-11-13")
    FUTURE = ("日期还没有到，银行不会提前说到账", "the date lies in the future")
    TOO_EARLY = ("日期在文件放行以前，那时银行还没有收到文件", "the date lies before the release")


@dataclass(frozen=True, slots=True)
class ResultRow:
    """What the bank says about one instruction; `line` is where in the file."""

    line: int
    row_number: int
    account: str
    amount_fen: int
    is_paid: bool
    reason: str
    settled_date: date | None


@dataclass(frozen=True, slots=True)
class BankResult:
    """A result file whose control totals agree with its rows."""

    reference: str
    rows: tuple[ResultRow, ...]


def read_result(content: bytes) -> BankResult:
    """Read a result file in UTF-8 or GB18030.

    Raises ResultUnreadableError naming line and problem, ResultWrongTotalError when the control
    line and the rows disagree.
    """
    lines = _read_lines(_decode(content))
    reference, stated = _read_control(lines)
    columns = _read_header(lines)
    if len(lines) > MAX_ROWS + FIRST_ROW_LINE - 1:
        raise _unreadable(MAX_ROWS + FIRST_ROW_LINE, Problem.TOO_LONG)
    rows = [
        _read_row(line, dict(zip(columns, cells, strict=False)))
        for line, cells in lines[FIRST_ROW_LINE - 1 :]
    ]
    _check_row_numbers(rows)
    counted = (len(rows), sum(row.amount_fen for row in rows))
    if counted != stated:
        raise ResultWrongTotalError(stated=_format_totals(stated), counted=_format_totals(counted))
    return BankResult(reference, tuple(rows))


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:  # PostgreSQL keeps no NUL in text
            break
        return text
    raise _unreadable(1, Problem.ENCODING)


def _read_lines(text: str) -> list[tuple[int, list[str]]]:
    """Return (line number, trimmed cells) of every line that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines = []
    try:
        for cells in reader:
            trimmed = [cell.strip() for cell in cells]
            if any(trimmed):
                lines.append((reader.line_num, trimmed))
    except csv.Error as error:
        raise _unreadable(reader.line_num, Problem.FORMAT) from error
    return lines


def _read_control(lines: Sequence[tuple[int, list[str]]]) -> tuple[str, tuple[int, int]]:
    cells = lines[0][1] if lines else []
    stated = dict(zip(cells[::2], cells[1::2], strict=False))
    reference, count, total = (stated.get(name, "") for name in CONTROL)
    if not (reference and ROW_NUMBER.fullmatch(count) and AMOUNT.fullmatch(total)):
        raise _unreadable(1, Problem.CONTROL)
    return reference, (int(count), parse_yuan(total))


def _read_header(lines: Sequence[tuple[int, list[str]]]) -> list[str]:
    line, columns = lines[1] if len(lines) > 1 else (2, [])
    if not set(RESULT_COLUMNS) <= set(columns):
        raise _unreadable(line, Problem.HEADER)
    return columns


def _read_row(line: int, cells: dict[str, str]) -> ResultRow:
    row_number, account, amount, status, reason, day = (
        cells.get(column, "") for column in RESULT_COLUMNS
    )
    if not ROW_NUMBER.fullmatch(row_number):
        raise _unreadable(line, Problem.ROW_NUMBER)
    if not AMOUNT.fullmatch(amount):
        raise _unreadable(line, Problem.AMOUNT)
    if status not in {"成功", "失败"}:
        raise _unreadable(line, Problem.STATUS)
    is_paid = status == "成功"
    settled_date = _parse_date(line, day) if is_paid else None
    return ResultRow(
        line, int(row_number), account, parse_yuan(amount), is_paid, reason, settled_date
    )


def check_dates(rows: Iterable[ResultRow], *, released: date, today: date) -> None:
    """Refuse money that arrived before it was sent, or on a day to come; ResultUnreadableError."""
    for row in rows:
        if row.settled_date is None:
            continue
        if row.settled_date > today:
            raise _unreadable(row.line, Problem.FUTURE)
        if row.settled_date < released:
            raise _unreadable(row.line, Problem.TOO_EARLY)


def _parse_date(line: int, text: str) -> date:
    day = _find_date(text)
    if day is None:
        raise _unreadable(line, Problem.DATE)
    return day


# A thousand lines name one day or two.
@lru_cache
def _find_date(text: str) -> date | None:
    for form in DATE_FORMATS:
        with suppress(ValueError):
            return datetime.strptime(text, form).replace(tzinfo=SHANGHAI).date()
    return None


def _check_row_numbers(rows: Iterable[ResultRow]) -> None:
    seen: set[int] = set()
    for row in rows:
        if row.row_number in seen:
            raise _unreadable(row.line, Problem.ROW_NUMBER)
        seen.add(row.row_number)


def _format_totals(totals: tuple[int, int]) -> str:
    count, amount_fen = totals
    return f"{count} / {to_yuan(amount_fen)}"


def _unreadable(line: int, problem: Problem) -> ResultUnreadableError:
    chinese, english = problem.value
    return ResultUnreadableError(line=line, problem=chinese, problem_en=english)
