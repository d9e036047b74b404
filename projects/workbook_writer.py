"""Writing .xlsx workbooks whose columns keep typed numbers as text; the door to the Rust writer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from rustpy_xlsxwriter import Format, write_worksheets

TEXT_FORMAT = "@"
COLUMN_WIDTH = 18.0

WrittenCell = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class SheetDraft:
    """A sheet to write: an optional title row, the header row, the rows."""

    name: str
    headers: Sequence[str]
    rows: Sequence[Sequence[WrittenCell]]
    title: str | None = None
    native: frozenset[str] = frozenset()
    """Headers of columns holding real dates or numbers; all other columns are text, also where
    still empty, so that an identity number typed there keeps its last digits."""


def write_workbook(sheets: Sequence[SheetDraft]) -> bytes:
    """Return the .xlsx file."""
    buffer = BytesIO()
    write_worksheets(
        [(sheet.name, _records(sheet)) for sheet in sheets],
        buffer,
        datetime_format="yyyy-mm-dd",
        header_format={sheet.name: Format().set_bold() for sheet in sheets},
        header_row={sheet.name: 1 for sheet in sheets if sheet.title},
        merge_ranges={
            sheet.name: [(0, 0, 0, len(sheet.headers) - 1, sheet.title)]
            for sheet in sheets
            if sheet.title
        },
        column_width={"general": COLUMN_WIDTH},
        column_formats={sheet.name: _text_formats(sheet) for sheet in sheets},
    )
    return buffer.getvalue()


def _records(sheet: SheetDraft) -> list[Mapping[str, WrittenCell]]:
    # A header is only written with a row; a row of blanks writes no cell of its own.
    rows = sheet.rows or [[None] * len(sheet.headers)]
    return [dict(zip(sheet.headers, row, strict=True)) for row in rows]


def _text_formats(sheet: SheetDraft) -> dict[str, Format]:
    text = Format().set_num_format(TEXT_FORMAT)
    return {header: text for header in sheet.headers if header not in sheet.native}
