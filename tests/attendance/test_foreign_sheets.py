"""Reading a sheet somebody else drew up: signs, headers of two rows, merged cells."""

from datetime import time
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook as WrittenWorkbook

from attendance.day_rules import DayRules, compute_units, compute_worked
from attendance.foreign_sheets import ForeignRow, check_title, compute_presence, read_rows
from attendance.sheet_errors import NoDayColumnsError, OtherMonthError
from attendance.sheet_findings import SheetFindingCode
from projects.errors import UncalculatedWorkbookError
from projects.workbook import open_workbook

HEADER = ["序号", "姓名", "身份证号", *range(1, 32), "合计"]


def make_file(*rows: list[Any], merge: tuple[str, ...] = ()) -> bytes:
    book = WrittenWorkbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for cells in merge:
        sheet.merge_cells(cells)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def read(*rows: list[Any], merge: tuple[str, ...] = ()) -> list[ForeignRow]:
    return read_rows(open_workbook(make_file(*rows, merge=merge), sheets=None))


def codes(row: ForeignRow) -> list[tuple[str, SheetFindingCode]]:
    return [(finding.column, finding.code) for finding in row.found]


def test_signs_and_numbers_become_hundredths() -> None:
    (row,) = read(HEADER, [1, "王小明", "33010619900101123X", "√", "半", 0.75, 1.5, "休", "×", "1"])
    assert row.days == {1: 100, 2: 50, 3: 75, 4: 150, 7: 100}
    assert (row.id_number, row.found) == ("33010619900101123X", [])


def test_the_marks_of_our_own_export_are_read_past() -> None:
    (row,) = read(HEADER, [1, "王小明", None, "√补", "半?", "0.75导", "√议", "旷工"])
    assert row.days == {1: 100, 2: 50, 3: 75, 4: 100}
    assert row.found == []


@pytest.mark.parametrize("sign", ["8", "8小时", "√√", -1, 0.333, "2.5", "nan", "inf", "1e1"])
def test_what_nobody_defined_is_reported_and_not_guessed(sign: object) -> None:
    (row,) = read(HEADER, [1, "王小明", None, sign])
    assert codes(row) == [("1", SheetFindingCode.UNKNOWN_SIGN)]


def test_a_header_of_two_rows_below_a_title_is_found() -> None:
    (row,) = read(
        ["某项目 2026年10月考勤表"],
        ["序号", "姓名", "身份证号", "日期"],
        [None, None, None, *range(1, 32)],
        [1, "王 小 明", None, "√"],
        merge=("A1:AI1", "A2:A3", "B2:B3", "C2:C3", "D2:AH2"),
    )
    assert (row.name, row.days, row.found) == ("王小明", {1: 100}, [])


@pytest.mark.parametrize("title", ["工地 2026年9月考勤表", "２０２６ 年 09 月", "2025年10月"])
def test_a_title_of_another_month_is_no_sheet_of_this_one(title: str) -> None:
    made = make_file([title], [], HEADER, [1, "王小明", None, "√"])

    with pytest.raises(OtherMonthError) as refusal:
        check_title(open_workbook(made, sheets=None), month="2026-10")

    assert refusal.value.facts["month"] == "2026-10"


@pytest.mark.parametrize(
    "title",
    ["某工地考勤表", "2026 年 10 月考勤表", "2026年9月26日至10月25日", "2026年9月、2026年10月"],
)
def test_a_title_that_does_not_contradict_the_month_is_fine(title: str) -> None:
    made = make_file([title], HEADER, [1, "王小明", None, "√", "2026年3月"])

    check_title(open_workbook(made, sheets=None), month="2026-10")


def test_merged_days_cannot_be_told_apart() -> None:
    rows = read(HEADER, [1, "王小明", None, "√"], [2, "李四", None, "√"], merge=("D2:F2",))
    assert [codes(row) for row in rows] == [[("姓名", SheetFindingCode.MERGED_CELLS)], []]


def test_a_number_cell_is_no_identity_number() -> None:
    (row,) = read(HEADER, [1, "王小明", 330106199001011234, "√"])
    assert codes(row) == [("证件编号", SheetFindingCode.NUMERIC_CELL)]


def test_totals_are_left_out_and_said_to_be() -> None:
    rows = read(HEADER, [1, "王小明", None, "√"], ["合计", None, None, 1])
    assert codes(rows[1]) == [("姓名", SheetFindingCode.NOT_A_WORKER)]
    assert not rows[1].is_rejected


def test_a_row_with_a_number_and_no_name_is_rejected() -> None:
    (row,) = read(HEADER, [1, None, "330106199001011234", "√"])
    assert codes(row) == [("姓名", SheetFindingCode.MISSING_VALUE)]


def test_a_sheet_without_days_is_none() -> None:
    with pytest.raises(NoDayColumnsError):
        read(["姓名", "身份证号"], ["王小明", "x"])


def test_a_formula_nobody_worked_out_is_not_read_as_absence() -> None:
    with pytest.raises(UncalculatedWorkbookError) as refused:
        read(HEADER, [1, "王小明", None, "=1"])
    assert refused.value.facts == {"row": 2}


@given(st.integers(1, 200), st.integers(0, 120), st.integers(360, 600))
def test_the_presence_written_for_a_day_makes_that_day(units: int, rest: int, full: int) -> None:
    rules = DayRules(time(4), full, full // 2, break_minutes=rest)
    presence = compute_presence(units, rules)
    made = compute_units(compute_worked(presence, 0, rules), rules)
    assert made == min(units, 100) or (units < 50 <= made and presence >= full // 2)
