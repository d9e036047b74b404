"""Writing .xlsx workbooks whose columns keep typed numbers as text; the door to the Rust writer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import IO, Any, BinaryIO, cast

from rustpy_xlsxwriter import Format, write_worksheet, write_worksheets

TEXT_FORMAT = "@"
COLUMN_WIDTH = 18.0
A3, A4 = 8, 9
"""As Excel numbers paper."""

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


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A sheet meant for paper: lines above the header, a header on every page, one page wide.

    Text is always written as text: what begins with an equals sign is no formula.
    """

    name: str
    lines: Sequence[str]
    """Above the header, the first of them large."""
    columns: Mapping[str, float]
    """Header → width in characters."""
    rows: Iterable[Sequence[WrittenCell]]
    text_columns: frozenset[str]
    """Long numbers that Excel must not turn into figures."""
    marked_columns: Sequence[str]
    marks: Mapping[str, str]
    """In the marked columns: a sign and the colour (`#RRGGBB`) of cells that hold it."""
    is_a3: bool
    frozen_columns: int


def write_printed_table(table: PrintedTable, target: IO[bytes]) -> None:
    """Write the .xlsx file row by row; memory does not grow with their number."""
    headers = list(table.columns)
    write_worksheet(
        (dict(zip(headers, row, strict=True)) for row in table.rows),
        cast(BinaryIO, target),
        sheet_name=table.name,
        freeze_row=len(table.lines) + 1,
        freeze_col=table.frozen_columns,
        column_widths=dict(table.columns),
        column_formats={name: Format().set_num_format(TEXT_FORMAT) for name in table.text_columns},
        header_format=Format().set_bold().set_align("center").set_text_wrap().set_border("thin"),
        header_row=len(table.lines),
        merge_ranges=[
            (number, 0, number, len(headers) - 1, line, _line_format(is_first=number == 0))
            for number, line in enumerate(table.lines)
        ],
        page_setup=_page_setup(table),
        conditional_formats=_mark_rules(table),
        ignore_errors=sorted(table.text_columns),
    )


def _line_format(*, is_first: bool) -> Format:
    if is_first:
        return Format().set_bold().set_font_size(16).set_align("center")
    return Format().set_align("left")


def _page_setup(table: PrintedTable) -> dict[str, Any]:
    return {
        "landscape": True,
        "paper_size": A3 if table.is_a3 else A4,
        "fit_to_pages": (1, 0),
        "repeat_rows": (0, len(table.lines)),
        "margins": {"left": 0.3, "right": 0.3, "top": 0.4, "bottom": 0.5},
        "footer": "&C第 &P 页，共 &N 页",
        "print_gridlines": True,
    }


def _mark_rules(table: PrintedTable) -> dict[str, dict[str, Any] | list[dict[str, Any]]]:
    rules: list[dict[str, Any]] = [
        {
            "type": "text",
            "criteria": "contains",
            "value": sign,
            "format": Format().set_background_color(colour),
        }
        for sign, colour in table.marks.items()
    ]
    return dict.fromkeys(table.marked_columns, rules)


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
