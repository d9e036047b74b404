"""A table somebody uploads as it comes: the first sheet of an .xlsx, or CSV in either encoding."""

import csv
import io

from projects.errors import TooManyRowsError, UnreadableWorkbookError, WorkbookTooLargeError
from projects.workbook import (
    MAX_BYTES,
    MAX_COLUMNS,
    MAX_ROWS,
    MEGABYTE,
    Workbook,
    open_workbook,
)

ENCODINGS = ("utf-8-sig", "gb18030")
"""Excel on a Chinese Windows saves CSV in the second."""
ZIP_START = b"PK\x03\x04"


def open_table(content: bytes, *, sheet: str) -> Workbook:
    """Return a workbook of one sheet; of a CSV it is called `sheet`.

    Raises the refusals of `open_workbook` for a file that is no table.
    """
    if content.startswith(ZIP_START):
        return open_workbook(content, sheets=None)
    return _read_csv(content, sheet)


def _read_csv(content: bytes, sheet: str) -> Workbook:
    if len(content) > MAX_BYTES:
        raise WorkbookTooLargeError(limit_mb=MAX_BYTES // MEGABYTE)
    try:
        rows = list(csv.reader(io.StringIO(_decode(content), newline=""), strict=True))
    except csv.Error as error:
        raise UnreadableWorkbookError from error
    width = max(map(len, rows), default=0)
    if len(rows) > MAX_ROWS or width > MAX_COLUMNS:
        raise TooManyRowsError(max_rows=MAX_ROWS, max_columns=MAX_COLUMNS)
    return Workbook({sheet: [row + [""] * (width - len(row)) for row in rows]})


def _decode(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableWorkbookError
