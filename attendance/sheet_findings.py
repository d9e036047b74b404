"""What can be said about one cell of a foreign attendance sheet: a closed list, with words."""

from enum import StrEnum

from projects.findings import CellFinding, FindingText


class SheetFindingCode(StrEnum):
    """Closed, because programs sort by it."""

    MISSING_VALUE = "missing-value"
    NUMERIC_CELL = "numeric-cell"
    MERGED_CELLS = "merged-cells"
    NOT_A_WORKER = "not-a-worker"
    UNKNOWN_WORKER = "unknown-worker"
    AMBIGUOUS_NAME = "ambiguous-name"
    NAME_DISAGREES = "name-disagrees"
    REPEATED_ROW = "repeated-row"
    UNKNOWN_SIGN = "unknown-sign"
    DAY_NOT_IN_MONTH = "day-not-in-month"
    DAY_TO_COME = "day-to-come"
    NOT_ON_SITE = "not-on-site"
    SHEET_LOCKED = "sheet-locked"
    DAY_ON_RECORD = "day-on-record"


WARNINGS = frozenset({SheetFindingCode.NOT_A_WORKER, SheetFindingCode.DAY_ON_RECORD})


TEXTS: dict[SheetFindingCode, FindingText] = {
    SheetFindingCode.MISSING_VALUE: FindingText(
        "姓名没有填", "The name is missing", "请补上姓名。", "Fill it in."
    ),
    SheetFindingCode.NUMERIC_CELL: FindingText(
        "号码被存成了数字，后几位已经丢失",
        "The number was stored as a numeric cell and has lost its last digits",
        "把这一列设为文本格式再填，按证件原件重新输入。",
        "Format the column as text and type the number again from the original.",
    ),
    SheetFindingCode.MERGED_CELLS: FindingText(
        "这一行有合并的格子，看不出每天各是多少",
        "Cells of this row are merged, so single days cannot be told",
        "请取消合并，每人一行、每天一格填写。",
        "Unmerge them: one row a worker, one cell a day.",
    ),
    SheetFindingCode.NOT_A_WORKER: FindingText(
        "这一行没有姓名和证件编号，没有导入",
        "This row names nobody and was left out",
        "合计、星期、说明这些行不用管；是工人的请补上姓名。",
        "Nothing to do for totals and notes; a worker's row needs the name.",
    ),
    SheetFindingCode.UNKNOWN_WORKER: FindingText(
        "这个项目的花名册里没有这个人",
        "Nobody on this project's roster",
        "请核对姓名和证件编号；没有登记的，请先导入花名册。",
        "Compare name and number, or import the roster first.",
    ),
    SheetFindingCode.AMBIGUOUS_NAME: FindingText(
        "花名册里有不止一个人叫这个名字",
        "Several people of this name",
        "请填上证件编号。",
        "Give the document number.",
    ),
    SheetFindingCode.NAME_DISAGREES: FindingText(
        "这个证件编号登记的是另一个姓名",
        "This document number is on record with another name",
        "请按证件原件核对姓名和号码。",
        "Compare name and number with the original.",
    ),
    SheetFindingCode.REPEATED_ROW: FindingText(
        "与第 {first_row} 行是同一个人",
        "The same person as in row {first_row}",
        "请核对两行，只留一行。",
        "Compare the two rows and keep one.",
    ),
    SheetFindingCode.UNKNOWN_SIGN: FindingText(
        "这个记号看不懂",
        "A sign nobody defined",
        "全天填 √ 或 1，半天填 0.5 或 半，没来留空；也可以填工日数，最多 2。",
        "Use √ or 1, 0.5 or 半, a number of 工日 up to 2, or leave it blank.",
    ),
    SheetFindingCode.DAY_NOT_IN_MONTH: FindingText(
        "这个月没有 {day} 号",
        "The month has no day {day}",
        "请核对月份，或清空这一格。",
        "Check the month, or clear the cell.",
    ),
    SheetFindingCode.DAY_TO_COME: FindingText(
        "这一天还没有到", "The day has not come yet", "请清空这一格。", "Clear the cell."
    ),
    SheetFindingCode.NOT_ON_SITE: FindingText(
        "这一天不在进场和退场之间",
        "Outside the worker's stay on the site",
        "请核对进场、退场日期，或清空这一格。",
        "Check the dates of the stay, or clear the cell.",
    ),
    SheetFindingCode.SHEET_LOCKED: FindingText(
        "班组这个月的考勤表已经锁定",
        "The team's sheet of this month is locked",
        "要改请先打开考勤表（填写原因），再导入。",
        "Reopen the sheet, with a reason, then import.",
    ),
    SheetFindingCode.DAY_ON_RECORD: FindingText(
        "这一天已经有记录，没有改动",
        "The day is on record already and was left alone",
        "可以导入；记录不对的，请用补记或由工人提出异议。",
        "The rest is imported; correct a wrong day by an entry or an objection.",
    ),
}


class SheetFinding(CellFinding[SheetFindingCode]):
    """What a foreign attendance sheet is found to say."""

    __slots__ = ()
    texts = TEXTS
    warnings = WARNINGS
