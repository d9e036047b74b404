"""What attendance refuses about sheets."""

from core.errors import ConflictError, UnprocessableError


class MonthNotBegunError(UnprocessableError):
    """Not one day of the month has come."""

    code = "attendance.month-not-begun"
    title = "这个月还没有开始"
    title_en = "The month has not begun"
    advice = "{month} 还没有到，没有考勤可以汇总。请选本月或者以前的月份。"
    advice_en = "Nobody can have worked in {month} yet. Choose this month or an earlier one."


class MonthBeforeProjectError(UnprocessableError):
    """Neither had the project begun, nor was anybody on it."""

    code = "attendance.month-before-project"
    title = "这个月项目还没有开始"
    title_en = "The project had not begun that month"
    advice = "这个项目从 {first_month} 开始，{month} 没有考勤可以汇总。请核对月份。"
    advice_en = "Nobody was on the project before {first_month}; {month} is earlier. Check it."


class MonthNotOverError(UnprocessableError):
    """Days of the month are still to come."""

    code = "attendance.month-not-over"
    title = "这个月还没有过完"
    title_en = "The month is not over"
    advice = "请等 {month} 过完再审核、锁定；现在可以先生成草稿核对。"
    advice_en = "A sheet is approved and locked after {month}; draw up a draft meanwhile."


class SheetStaleError(ConflictError):
    """Check-ins or corrections have come in since the sheet was drawn up."""

    code = "attendance.sheet-stale"
    title = "考勤又有变动，这张表不是最新的"
    title_en = "The sheet is not up to date"
    advice = "请劳资专管员重新生成考勤表，大家按新的表再核对。"
    advice_en = "The labour manager draws it up again; then it is looked over as it is now."


class SheetChangedError(ConflictError):
    """The lines are not those the caller read."""

    code = "attendance.sheet-changed"
    title = "您看过以后考勤表变了"
    title_en = "The sheet has changed since you read it"
    advice = "请重新打开考勤表，核对以后再点通过。"
    advice_en = "Read the sheet again and approve what it says now: content_hash."


class DaysUnsettledError(ConflictError):
    """Days lack an entry or an exit, and nobody has said why the sheet is locked all the same."""

    code = "attendance.days-unsettled"
    title = "还有 缺进场或出场 的日子没有核对"
    title_en = "Days still need confirmation"
    advice = "有 {count} 天要先和工人核对清楚；核对不了的，请填写原因，这些日子会列在表上。"
    advice_en = "Settle {count} days first, or say why not: unsettled_reason; they stay listed."


class StepsMissingError(ConflictError):
    """Somebody who should look the sheet over has not."""

    code = "attendance.steps-missing"
    title = "考勤表还没有核对完"
    title_en = "The sheet has not been looked over by everybody"
    advice = "还差：{who}。请他们先核对；确实不能在网上核对的，请填写原因，会写在表上。"
    advice_en = "Missing: {steps}. Let them approve, or say why not: skipped_reason."


class SheetStepOutOfTurnError(ConflictError):
    """Somebody has to look at the sheet first."""

    code = "attendance.sheet-step-out-of-turn"
    title = "还没有轮到您核对"
    title_en = "Not your turn yet"
    advice = "请等 {who} 先核对。"
    advice_en = "It is the turn of {step}."


class SheetNotLockedError(ConflictError):
    """Only a locked sheet can be reopened."""

    code = "attendance.sheet-not-locked"
    title = "考勤表没有锁定"
    title_en = "The sheet is not locked"
    advice = "没有锁定的考勤表可以直接重新生成。"
    advice_en = "Draw it up again; nothing has to be reopened."


class SheetPaidError(ConflictError):
    """Wages made of this sheet have gone to the bank."""

    code = "attendance.sheet-paid"
    title = "按这张表算的工资已经交给银行"
    title_en = "Wages of this sheet are with the bank"
    advice = "不能再打开。少算的请在工资条上补发。"
    advice_en = "It stays locked; make good what was missed on the payslip."


class NoDayColumnsError(UnprocessableError):
    """No column of the workbook is a day, or no day of anybody is filled."""

    code = "attendance.no-day-columns"
    title = "这个表格里没有每天的考勤"
    title_en = "No days on this sheet"
    advice = "表头要有 姓名 和 1 到 31 的日期列，放在前 {rows} 行，每人一行、每天一格。"
    advice_en = "The header, in the first {rows} rows, has a column of names and days 1 to 31."


class OtherMonthError(UnprocessableError):
    """The title of the workbook names another month than the one it is imported for."""

    code = "attendance.other-month"
    title = "表格上写的是另一个月"
    title_en = "The sheet is of another month"
    advice = "表头上写的是 {named}，选的是 {month}。请换成那个月再导入；标题写错了的，请先改标题。"
    advice_en = (
        "Its title says {named}, you chose {month}. Import it for that month, or correct it."
    )
