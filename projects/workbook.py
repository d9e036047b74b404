"""Reading .xlsx workbooks that strangers upload; the one door to `python_calamine`."""

import re
import struct
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import BytesIO
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook

from core.text import says_something
from projects.errors import (
    MissingColumnsError,
    RepeatedColumnsError,
    SheetEmptyError,
    SheetNotFoundError,
    TooManyRowsError,
    UncalculatedWorkbookError,
    UnreadableWorkbookError,
    WorkbookTooLargeError,
)

MEGABYTE = 1_000_000
MAX_BYTES = 10 * MEGABYTE
MAX_UNPACKED_BYTES = 64 * MEGABYTE
MAX_ROWS = 5_000
MAX_COLUMNS = 200
HEADER_ROWS = 2
"""A title row above the header is usual."""
CELL_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
HEADER_NOISE = re.compile(r"\(.*?\)|[\s*:]")
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ZIP_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)

Cell = int | float | str | bool | date | datetime | time | timedelta


@dataclass(frozen=True, slots=True)
class Column:
    """A column recognised by its header, wherever it stands."""

    header: str
    aliases: tuple[str, ...] = ()
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row that has any content in a recognised column."""

    number: int
    """As Excel counts, from 1."""
    cells: Mapping[str, Cell]
    """Column header → value; blank cells are absent."""


@dataclass(frozen=True, slots=True)
class MergedRange:
    """Cells that were made one; only the first holds the value. Rows and columns from 0."""

    first: tuple[int, int]
    last: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Workbook:
    """The cells of an uploaded file, already proved to be of bearable size."""

    sheets: Mapping[str, Sequence[Sequence[Cell]]]
    merged: Mapping[str, Sequence[MergedRange]] = field(default_factory=dict)

    def read_sheet(
        self, sheet: str, columns: Sequence[Column], *, header_rows: int = HEADER_ROWS
    ) -> list[SheetRow]:
        """Return the rows below the header, in any column order, unknown columns ignored.

        The header is the best of the first `header_rows`. Raises SheetNotFoundError,
        MissingColumnsError, RepeatedColumnsError, SheetEmptyError.
        """
        if sheet not in self.sheets:
            raise SheetNotFoundError(sheet=sheet)
        rows = self.sheets[sheet]
        header_number, places = _find_header(sheet, rows[:header_rows], columns)
        found = [
            SheetRow(number, cells)
            for number, row in enumerate(rows[header_number:], start=header_number + 1)
            if (
                cells := {
                    header: row[place] for header, place in places.items() if _has(row[place])
                }
            )
        ]
        if not found:
            raise SheetEmptyError(sheet=sheet)
        return found


def open_workbook(content: bytes, *, sheets: Sequence[str] | None) -> Workbook:
    """Read those of the named sheets that an .xlsx file has; of None the first it has.

    Raises WorkbookTooLargeError, TooManyRowsError, UncalculatedWorkbookError for formulas whose
    values nobody has worked out, or UnreadableWorkbookError for whatever is not a sound, unlocked
    .xlsx.
    """
    if len(content) > MAX_BYTES:
        raise WorkbookTooLargeError(limit_mb=MAX_BYTES // MEGABYTE)
    parts = _unpack(content)
    for part in parts.values():
        _check_reach(part)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(_repack(parts))) as book:
            names = book.sheet_names[:1] if sheets is None else sheets
            found = [name for name in names if name in book.sheet_names]
            return Workbook(
                {name: _read_cells(book, name) for name in found},
                {name: _read_merged(book, name) for name in found},
            )
    except CalamineError as error:
        raise UnreadableWorkbookError from error


def _read_cells(book: CalamineWorkbook, name: str) -> list[list[Cell]]:
    # From A1 on, so that places in the list are Excel's row and column numbers.
    return book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def _read_merged(book: CalamineWorkbook, name: str) -> list[MergedRange]:
    ranges = book.get_sheet_by_name(name).merged_cell_ranges or []
    return [MergedRange(first, last) for first, last in ranges]


def _unpack(content: bytes) -> dict[str, bytes]:
    """Return the XML parts of the package, never inflating more than the limit in total."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = [
                entry for entry in archive.infolist() if _is_spreadsheet_part(entry.filename)
            ]
            if any(entry.compress_type not in METHODS for entry in entries):
                raise UnreadableWorkbookError
            if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
                raise WorkbookTooLargeError(limit_mb=MAX_UNPACKED_BYTES // MEGABYTE)
            # A reader returns no more than the declared size, so a lying directory gains nothing.
            return {entry.filename: archive.read(entry) for entry in entries}
    except ZIP_FAULTS as error:
        raise UnreadableWorkbookError from error


def _is_spreadsheet_part(name: str) -> bool:
    """Pictures and macros stay behind, and so does what makes other formats of the same file."""
    is_wanted = name == "[Content_Types].xml" or name.startswith(("_rels/", "xl/"))
    return is_wanted and name.endswith((".xml", ".rels"))


def _repack(parts: Mapping[str, bytes]) -> bytes:
    """Return the counted parts uncompressed, so that the parser cannot inflate anything else."""
    if "xl/workbook.xml" not in parts:
        raise UnreadableWorkbookError
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


class _Reach:
    """How far the filled cells of a sheet go; formatted empty cells do not count."""

    def __init__(self) -> None:
        self.row = 0
        self.cell = (0, 0)
        self.awaits_value = False
        self.is_in_value = False
        self.is_text = False

    def open_element(self, name: str, attributes: dict[str, str]) -> None:
        """Follow rows and cells, which may leave out where they are; refuse a far-away value."""
        element = name.rpartition(":")[2]
        self.is_in_value = element == "v"
        match element:
            case "row":
                self.row = int(attributes.get("r", self.row + 1))
                self.cell = (self.row, 0)
            case "c":
                following = (self.row, self.cell[1] + 1)
                self.cell = _parse_reference(attributes["r"]) if "r" in attributes else following
                self.is_text = attributes.get("t") == "str"
                self.awaits_value = False
            case "v" | "is":
                self._check()
            case "f":
                self._check()
                self.awaits_value = not self.is_text

    def read_text(self, _text: str) -> None:
        """Note that the value of a formula is there."""
        if self.is_in_value:
            self.awaits_value = False

    def close_element(self, name: str) -> None:
        """Refuse a formula without its value, unless the value is an empty text."""
        self.is_in_value = False
        if name.rpartition(":")[2] == "c" and self.awaits_value:
            raise UncalculatedWorkbookError(row=self.cell[0])

    def _check(self) -> None:
        row, column = self.cell
        if max(row, self.row) > MAX_ROWS + HEADER_ROWS or column > MAX_COLUMNS:
            raise TooManyRowsError(max_rows=MAX_ROWS, max_columns=MAX_COLUMNS)


def _check_reach(part: bytes) -> None:
    """Refuse a far-away cell: the parser would allocate every cell up to it at once."""
    parser = expat.ParserCreate()
    reach = _Reach()
    parser.StartElementHandler = reach.open_element
    parser.EndElementHandler = reach.close_element
    parser.CharacterDataHandler = reach.read_text
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError) as error:
        raise UnreadableWorkbookError from error


def _parse_reference(reference: str) -> tuple[int, int]:
    """Return row and column, from 1, of a cell reference such as ``AB12``."""
    matched = CELL_REFERENCE.fullmatch(reference.upper())
    if matched is None:
        raise UnreadableWorkbookError
    return int(matched[2]), _column_number(matched[1])


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _find_header(
    sheet: str, rows: Sequence[Sequence[Cell]], columns: Sequence[Column]
) -> tuple[int, dict[str, int]]:
    """Return the header's row number and where each recognised column stands."""
    headers = {
        _normalize_header(name): column.header
        for column in columns
        for name in (column.header, *column.aliases)
    }
    candidates = [
        [
            (headers[text], place)
            for place, cell in enumerate(row)
            if (text := _normalize_header(cell)) in headers
        ]
        for row in rows
    ]
    found = max(candidates, key=len, default=[])
    counts = Counter(header for header, _ in found)
    if repeated := [header for header, count in counts.items() if count > 1]:
        raise RepeatedColumnsError(sheet=sheet, columns="、".join(repeated))
    missing = [c.header for c in columns if c.is_required and c.header not in counts]
    if missing:
        raise MissingColumnsError(sheet=sheet, columns="、".join(missing))
    return candidates.index(found) + 1, dict(found)


def _normalize_header(cell: Cell) -> str:
    return HEADER_NOISE.sub("", unicodedata.normalize("NFKC", str(cell)))


def _has(cell: Cell) -> bool:
    return not isinstance(cell, str) or says_something(cell)
