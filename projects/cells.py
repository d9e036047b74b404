"""Reading the cells of one row: what was meant, or a finding that says what is wrong."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from core.money import parse_yuan
from core.phone import PhoneError, parse_mobile
from projects.dictionaries import Dictionary
from projects.findings import FindingCode, RowFindings
from projects.workbook import Cell, SheetRow

WRITTEN_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?")
COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
SCIENTIFIC = re.compile(r"[0-9.]+E\+?[0-9]+", re.IGNORECASE)
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
NO_DATE = date.min
LARGEST_FEN = 10**15
"""Ten trillion yuan; keeps absurd numbers out of a 64-bit column."""
EXCEL_PRECISION = ".15g"
"""Digits Excel shows; what a formula leaves beyond them is noise."""
SHOWN_CHOICES = 12
HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs"})
"""Control and format characters: copied along unseen, or refused by PostgreSQL."""

Choice = TypeVar("Choice")


class RowReader(RowFindings):
    """Takes values out of a row and remembers every finding.

    A reader that reports an error returns a neutral value, so that one pass finds all mistakes of
    a row; whoever uses the values asks `is_rejected` first.
    """

    def __init__(self, row: SheetRow) -> None:
        super().__init__(row.number)
        self._cells = row.cells

    def has(self, column: str) -> bool:
        """Tell whether the cell is filled."""
        return column in self._cells

    def text(self, column: str, *, limit: int) -> str:
        """Return the cell as trimmed text, empty when blank."""
        text = _as_text(self._cells.get(column, ""))
        if len(text) > limit:
            self.report(column, FindingCode.TOO_LONG, limit=limit)
            return ""
        return text

    def required_text(self, column: str, *, limit: int) -> str:
        """Return the cell as text; a blank is an error."""
        if not self._require(column):
            return ""
        return self.text(column, limit=limit)

    def long_number(self, column: str) -> str:
        """Return a number too long for a numeric cell, which Excel would have rounded."""
        cell = self._cells.get(column, "")
        if not isinstance(cell, str) or SCIENTIFIC.fullmatch(cell.strip()):
            self.report(column, FindingCode.NUMERIC_CELL)
            return ""
        return cell.strip()

    def phone(self, column: str) -> str | None:
        """Return the mobile number as E.164, or None when blank."""
        if not self.has(column):
            return None
        try:
            return parse_mobile(_as_text(self._cells[column]))
        except PhoneError:
            self.report(column, FindingCode.BAD_PHONE)
            return None

    def day(self, column: str) -> date | None:
        """Return the date, or None when blank."""
        if not self.has(column):
            return None
        day = _parse_date(self._cells[column])
        if day is None:
            self.report(column, FindingCode.BAD_DATE)
        return day

    def required_day(self, column: str) -> date:
        """Return the date; a blank is an error."""
        self._require(column)
        return self.day(column) or NO_DATE

    def amount(self, column: str, *, yuan_per_unit: int = 1) -> int:
        """Return a positive amount, exact to the fen, in fen; a blank is an error."""
        if not self._require(column):
            return 0
        text = _as_text(self._cells[column]).replace(",", "")
        try:
            fen = parse_yuan(str(Decimal(text) * yuan_per_unit))
        except (ArithmeticError, ValueError):
            fen = 0
        if not 0 < fen < LARGEST_FEN:
            self.report(column, FindingCode.BAD_AMOUNT)
        return fen

    def code(
        self, column: str, dictionary: Dictionary, *, unknown: FindingCode, default: str = ""
    ) -> str:
        """Return the national code of a cell that names it or gives it."""
        if not self.has(column) and default:
            return default
        if not self._require(column):
            return ""
        code = dictionary.find_code(_as_text(self._cells[column]))
        if code is None:
            choices = "、".join(list(dictionary.codes)[:SHOWN_CHOICES])
            self.report(column, unknown, choices=choices)
        return code or ""

    def choice(
        self, column: str, choices: Mapping[str, Choice], *, default: Choice, unknown: FindingCode
    ) -> Choice:
        """Return what the cell's text stands for; `default` when blank."""
        if not self.has(column):
            return default
        text = _as_text(self._cells[column])
        if text not in choices:
            self.report(column, unknown, choices="、".join(choices))
        return choices.get(text, default)

    def check_order(self, first: str, start: date, second: str, end: date | None) -> None:
        """Report an end before its start."""
        if end is not None and end < start:
            self.report(second, FindingCode.DATES_REVERSED, other=first)

    def _require(self, column: str) -> bool:
        if not self.has(column):
            self.report(column, FindingCode.MISSING_VALUE)
        return self.has(column)


def _as_text(cell: Cell) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(cell, EXCEL_PRECISION)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    words = unicodedata.normalize("NFKC", str(cell)).split()
    return " ".join("".join(filter(_is_visible, word)) for word in words)


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) not in HIDDEN_CATEGORIES


def _parse_date(cell: Cell) -> date | None:
    if isinstance(cell, date):
        return cell.date() if isinstance(cell, datetime) else cell
    text = _as_text(cell)
    matched = WRITTEN_DATE.fullmatch(text) or COMPACT_DATE.fullmatch(text)
    if matched is None:
        return None
    try:
        day = date(*map(int, matched.groups()))
    except ValueError:
        return None
    return day if EARLIEST_YEAR <= day.year <= LATEST_YEAR else None
