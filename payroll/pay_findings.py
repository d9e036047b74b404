"""What can be said about one cell of an imported pay sheet: a closed list, with words."""

from enum import StrEnum

from projects.findings import CellFinding, FindingText


class PayFindingCode(StrEnum):
    """Closed, because programs sort by it."""

    MERGED_CELLS = "merged-cells"
    NOT_AN_AMOUNT = "not-an-amount"
    TOO_LARGE = "too-large"
    FINER_THAN_FEN = "finer-than-fen"
    NEGATIVE_NET = "negative-net"
    DAYS_BEYOND_MONTH = "days-beyond-month"
    DAYS_DIFFER = "days-differ"
    PRICE_DIFFERS = "price-differs"
    GROSS_DIFFERS = "gross-differs"
    NET_DIFFERS = "net-differs"
    UNKNOWN_WORKER = "unknown-worker"
    NAME_DISAGREES = "name-disagrees"
    REPEATED_ROW = "repeated-row"
    WITHOUT_ATTENDANCE = "without-attendance"
    SHARED_CARD = "shared-card"
    CARD_DIFFERS = "card-differs"
    NOT_RECORDED = "not-recorded"
    NOT_LAWFUL = "not-lawful"
    LESS_THAN_WORKED_OUT = "less-than-worked-out"


WARNINGS = frozenset(
    {
        PayFindingCode.DAYS_DIFFER,
        PayFindingCode.CARD_DIFFERS,
        PayFindingCode.LESS_THAN_WORKED_OUT,
    }
)


TEXTS: dict[PayFindingCode, FindingText] = {
    PayFindingCode.MERGED_CELLS: FindingText(
        "这一行有合并的格子，看不出是谁的钱",
        "Cells of this row are merged, so it cannot be told whose money it is",
        "请取消合并，每人一行填写。",
        "Unmerge them: one row a worker.",
    ),
    PayFindingCode.NOT_AN_AMOUNT: FindingText(
        "金额或天数不对",
        "Not an amount or a number of days",
        "请填 0 或大于 0 的数，例如 7875 或 22.5。",
        "Use 0 or more, such as 7875 or 22.5.",
    ),
    PayFindingCode.TOO_LARGE: FindingText(
        "数太大",
        "Too large a number",
        "一个月的工资最多填到 9999999.99 元，请核对是不是多打了几位。",
        "At most 9999999.99 yuan a month; check for extra digits.",
    ),
    PayFindingCode.FINER_THAN_FEN: FindingText(
        "小数超过两位",
        "More than two decimals",
        "金额最多到分，请用 ROUND 公式四舍五入后再导入。",
        "Round it to two decimals; no amount is rounded for you.",
    ),
    PayFindingCode.NEGATIVE_NET: FindingText(
        "实发工资小于 0",
        "Net pay below zero",
        "请核对扣款和预支；扣不完的放到以后的月份。",
        "Check deductions and advances; the rest waits for later months.",
    ),
    PayFindingCode.DAYS_BEYOND_MONTH: FindingText(
        "出勤天数超过这个月的 {days} 天",
        "More days than the {days} of the month",
        "请核对月份和天数。",
        "Check the month and the days.",
    ),
    PayFindingCode.DAYS_DIFFER: FindingText(
        "和锁定的考勤不一样，考勤是 {units} 工日",
        "Not what the locked attendance says, which is {units}",
        "可以导入；工资条上按锁定的考勤写，请核对。",
        "Imported; the payslip shows the locked attendance, so check it.",
    ),
    PayFindingCode.PRICE_DIFFERS: FindingText(
        "出勤天数乘单价是 {expected} 元，和这一格对不上",
        "Days times price make {expected}, not this",
        "请核对天数、单价和金额。",
        "Check days, price and amount.",
    ),
    PayFindingCode.GROSS_DIFFERS: FindingText(
        "各项加起来是 {expected} 元，和应发工资对不上",
        "The parts make {expected}, not this",
        "请核对各项和应发工资。",
        "Check the parts and the gross pay.",
    ),
    PayFindingCode.NET_DIFFERS: FindingText(
        "应发减去扣款和预支是 {expected} 元，和实发工资对不上",
        "Gross less deductions and advances makes {expected}, not this",
        "请核对应发、扣款、预支和实发工资。",
        "Check gross pay, deductions, advances and net pay.",
    ),
    PayFindingCode.UNKNOWN_WORKER: FindingText(
        "这个班组本月没有这个人",
        "Nobody in this team this month",
        "请核对证件编号和班组；没有登记的，请先导入花名册。",
        "Compare the number and the team, or import the roster first.",
    ),
    PayFindingCode.NAME_DISAGREES: FindingText(
        "这个证件编号登记的是另一个姓名",
        "This document number is on record with another name",
        "请按证件原件核对姓名和号码。",
        "Compare name and number with the original.",
    ),
    PayFindingCode.REPEATED_ROW: FindingText(
        "与第 {other_rows} 行是同一个人，都没有导入",
        "The same person as in row {other_rows}; none of them was imported",
        "请核对这几行，只留一行。",
        "Compare the rows and keep one.",
    ),
    PayFindingCode.WITHOUT_ATTENDANCE: FindingText(
        "锁定的考勤里这个人没有出勤",
        "The locked attendance shows no work",
        "没有出勤不能算工资；确实来过的，请先补记考勤再锁定。",
        "Enter the attendance first, or remove the row.",
    ),
    PayFindingCode.SHARED_CARD: FindingText(
        "这张银行卡也是{whose}的",
        "The card is also that of {whose_en}",
        "工资只能发到本人的卡，请核对。",
        "Wages go to the worker's own card; check it.",
    ),
    PayFindingCode.CARD_DIFFERS: FindingText(
        "和登记的工资卡不一样，没有换",
        "Not the wage card on record, which was kept",
        "可以导入；换卡要由工人本人办理。",
        "Imported; only the worker changes the card.",
    ),
    PayFindingCode.NOT_RECORDED: FindingText(
        "和登记的对不上，登记的是 {recorded} 元",
        "Not what is on record, which is {recorded}",
        "补发、扣款和预支要先登记：扣款要有依据或本人同意，预支本人会收到通知。",
        "Enter supplements, deductions and advances first; then they can be imported.",
    ),
    PayFindingCode.NOT_LAWFUL: FindingText(
        "这样扣不合法：{why}",
        "Not lawful: {why_en}",
        "请撤回一部分扣款。",
        "Withdraw a part of the deductions.",
    ),
    PayFindingCode.LESS_THAN_WORKED_OUT: FindingText(
        "比按考勤和合同算出来的 {expected} 元少",
        "Less than the {expected} that attendance and contract make",
        "可以导入；工人在工资条上看得到少了多少，请写清原因。",
        "Imported; the worker is shown the difference.",
    ),
}


class PayFinding(CellFinding[PayFindingCode]):
    """What an imported pay sheet is found to say."""

    __slots__ = ()
    texts = TEXTS
    warnings = WARNINGS
