"""Uploaded workbooks: what is read, and what is refused before it can hurt."""

import random
import struct
import zipfile
from datetime import date, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook as ExcelWorkbook

from core.errors import DomainError
from projects.errors import (
    MissingColumnsError,
    RepeatedColumnsError,
    SheetEmptyError,
    SheetNotFoundError,
    TooManyRowsError,
    UnreadableWorkbookError,
    WorkbookTooLargeError,
)
from projects.workbook import MAX_BYTES, MAX_ROWS, Column, SheetRow, open_workbook

COLUMNS = (Column("姓名", is_required=True), Column("证件编号", ("身份证号",)))
SHEET = "花名册"


def make_sheet(*rows: list[object], far: str | None = None) -> bytes:
    workbook = ExcelWorkbook()
    sheet = workbook.create_sheet(SHEET, 0)
    for row in rows:
        sheet.append(row)
    if far is not None:
        sheet[far] = "x"
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


GOOD = make_sheet(["姓名", "证件编号"], ["王明", "1"])


def read(content: bytes) -> list[SheetRow]:
    return open_workbook(content, sheets=[SHEET]).read_sheet(SHEET, COLUMNS)


def replace_part(content: bytes, name: str, text: bytes) -> bytes:
    """Return the same package with one part replaced."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.namelist():
            new.writestr(entry, text if entry == name else old.read(entry))
    return buffer.getvalue()


def make_sheet_xml(cells: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'
    return replace_part(GOOD, "xl/worksheets/sheet1.xml", xml.encode())


@pytest.mark.parametrize("title", [[], [["某项目花名册"]]])
def test_the_header_may_stand_below_a_title(title: list[list[object]]) -> None:
    rows = read(make_sheet(*title, ["姓名", "证件编号"], ["王明", "1"]))

    assert rows == [SheetRow(2 + len(title), {"姓名": "王明", "证件编号": "1"})]


def test_columns_come_in_any_order_with_others_between() -> None:
    rows = read(make_sheet(["身份证号（必填）", "籍贯", "姓 名*"], ["1", "浙江", "王明"]))

    assert rows == [SheetRow(2, {"姓名": "王明", "证件编号": "1"})]


def test_blank_rows_and_cells_are_left_out_and_numbers_stay() -> None:
    rows = read(
        make_sheet(["姓名", "证件编号"], ["王明", " \u200b\u3164"], [None, None], ["李明", None])
    )

    assert rows == [SheetRow(2, {"姓名": "王明"}), SheetRow(4, {"姓名": "李明"})]


def test_values_keep_their_types() -> None:
    rows = read(
        make_sheet(
            ["姓名", "证件编号"],
            [1.23e17, date(2026, 10, 1)],
            [True, datetime(2026, 10, 1, 8)],  # noqa: DTZ001
        )
    )

    assert rows[0].cells == {"姓名": 1.23e17, "证件编号": date(2026, 10, 1)}
    assert rows[1].cells == {"姓名": True, "证件编号": datetime(2026, 10, 1, 8)}  # noqa: DTZ001


def test_a_missing_required_column_is_named() -> None:
    with pytest.raises(MissingColumnsError) as caught:
        read(make_sheet(["证件编号"], ["1"]))

    assert caught.value.facts["columns"] == "姓名"


def test_two_columns_with_one_meaning_are_refused() -> None:
    with pytest.raises(RepeatedColumnsError) as caught:
        read(make_sheet(["姓名", "证件编号", "身份证号"], ["王明", "1", "2"]))

    assert caught.value.facts["columns"] == "证件编号"


def test_a_header_alone_is_an_empty_sheet() -> None:
    with pytest.raises(SheetEmptyError):
        read(make_sheet(["姓名", "证件编号"]))


def test_another_sheet_name_is_refused() -> None:
    with pytest.raises(SheetNotFoundError):
        open_workbook(GOOD, sheets=["班组"]).read_sheet("班组", COLUMNS)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"name,id\n",
        b"PK\x03\x04" + b"\0" * 100,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        GOOD[: len(GOOD) // 2],
        replace_part(GOOD, "xl/worksheets/sheet1.xml", b"<worksheet><sheetData>"),
        replace_part(GOOD, "xl/workbook.xml", b"<workbook/>")[:-30],
        replace_part(GOOD, "xl/_rels/workbook.xml.rels", b"<Relationships/>"),
        make_sheet_xml('<row r="x"><c r="A1"><v>1</v></c></row>'),
        make_sheet_xml('<row r="1"><c r="1A"><v>1</v></c></row>'),
    ],
    ids=[
        "empty",
        "csv",
        "torn zip",
        "old xls",
        "half",
        "torn xml",
        "no end",
        "no parts",
        "row",
        "cell",
    ],
)
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableWorkbookError):
        read(content)


def test_another_kind_of_zip_is_refused() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("content.xml", "<office/>")

    with pytest.raises(UnreadableWorkbookError):
        read(buffer.getvalue())


def test_an_encrypted_package_is_refused() -> None:
    locked = bytearray(GOOD)
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := locked.find(signature, start + 1)) >= 0:
            locked[start + place] |= 1

    with pytest.raises(UnreadableWorkbookError):
        read(bytes(locked))


def test_an_unusual_compression_is_refused() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")

    with pytest.raises(UnreadableWorkbookError):
        read(buffer.getvalue())


def test_a_file_above_the_limit_is_refused_unread() -> None:
    with pytest.raises(WorkbookTooLargeError):
        read(b"\0" * (MAX_BYTES + 1))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 70_000_000)

    with pytest.raises(WorkbookTooLargeError):
        read(buffer.getvalue())


def test_a_zip_bomb_that_lies_about_its_size_is_refused() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 70_000_000)
    lie = buffer.getvalue().replace(struct.pack("<I", 70_000_000), struct.pack("<I", 100))

    with pytest.raises(UnreadableWorkbookError):
        read(lie)


@pytest.mark.parametrize("far", [f"A{MAX_ROWS + 3}", "XFD1", "XFD1048576", "A1048576"])
def test_a_far_away_cell_is_refused(far: str) -> None:
    with pytest.raises(TooManyRowsError):
        read(make_sheet(["姓名"], ["王明"], far=far))


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1048576"><c><v>1</v></c></row>',
        "<row>" + "<c><v>1</v></c>" * 201 + "</row>",
        "<row/>" * 5002 + "<row><c><v>1</v></c></row>",
        '<row><c r="a1048576"><v>1</v></c></row>',
    ],
    ids=["row number", "unnumbered cells", "unnumbered rows", "lower case"],
)
def test_a_far_away_cell_is_found_however_it_is_written(cells: str) -> None:
    with pytest.raises(TooManyRowsError):
        read(make_sheet_xml(cells))


def test_far_away_formatting_does_not_matter() -> None:
    sheet = make_sheet_xml(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>王明</t></is></c></row>'
        '<row r="1048576"><c r="A1048576" s="1"/></row>'
    )

    assert read(sheet) == [SheetRow(2, {"姓名": "王明"})]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32))
def test_a_damaged_file_is_read_or_refused(seed: int) -> None:
    damage = random.Random(seed)
    content = bytearray(GOOD)
    for _ in range(damage.randint(1, 8)):
        content[damage.randrange(len(content))] = damage.randrange(256)

    try:
        read(bytes(content))
    except DomainError as error:
        assert error.code.startswith("projects.")  # noqa: PT017
