"""What payroll refuses about pay terms, entries, advances, deductions and imported sheets."""

from core.errors import ConflictError, NotFoundError, UnprocessableError


class WorkerNotFoundError(NotFoundError):
    """The worker is not, and never was, on this project."""

    code = "payroll.worker-not-found"
    title = "本项目没有这名工人"
    title_en = "No such worker on this project"
    advice = "请从花名册里选人。"
    advice_en = "Choose somebody from the roster."


class TermsSettledError(ConflictError):
    """Payslips that cover the day were published; what was agreed for it stays."""

    code = "payroll.terms-settled"
    title = "这段时间的工资条已经公布"
    title_en = "Already published"
    advice = "{month} 的工资条已经公布，新的约定请从 {earliest} 起。以前少发的，请登记补发。"
    advice_en = "{month} is published; begin on {earliest} or later, and enter what was short."


class TermsExistError(ConflictError):
    """Terms of this worker already begin on this day."""

    code = "payroll.terms-exist"
    title = "这一天开始的约定已经有了"
    title_en = "Terms begin on that day already"
    advice = "约定不能覆盖。请用后面的日期再登记一次。"
    advice_en = "Terms are never overwritten; enter them again from a later day."


class OvertimeNeedsTimeError(UnprocessableError):
    """Overtime of piece work is measured in pieces beyond a quota, which gates do not see."""

    code = "payroll.overtime-needs-time"
    title = "计件工资不能按打卡算加班"
    title_en = "No overtime for piece work"
    advice = "请把超定额部分按更高单价登记工作量；或者先把合同改成按小时、按天、按月。"
    advice_en = "Enter the pieces beyond the quota at their higher price, or change the contract."


class MonthOrderError(UnprocessableError):
    """A supplement makes good an earlier month, in a later one."""

    code = "payroll.month-order"
    title = "补发的月份不对"
    title_en = "Months in the wrong order"
    advice = "补发要写清补的是哪个月，而且必须早于发放的月份 {month}。"
    advice_en = "The month made good must lie before {month}, in which it is paid."


class EntryMonthAheadError(UnprocessableError):
    """What is entered is paid with this month's wages or the next's, not years ahead."""

    code = "payroll.entry-month-ahead"
    title = "登记的月份还太早"
    title_en = "Too far ahead"
    advice = "现在最晚登记到 {latest}。以后的月份，到时候再登记。"
    advice_en = "The latest month is {latest} for now; enter later months when they come."


class EntryOutsideEngagementError(UnprocessableError):
    """A month of which the project owes the worker nothing: not there yet, or gone."""

    code = "payroll.entry-outside-engagement"
    title = "这个月他不在工地"
    title_en = "Not within the engagement"
    advice = "这个人 {entered} 进场{left}，{month} 没有他的工资。请核对月份。"
    advice_en = "The worker entered on {entered}{left_en}; check the month {month}."


class MonthShownError(ConflictError):
    """The month's pay sheet was shown to the workers; nothing entered now would reach it."""

    code = "payroll.month-shown"
    title = "这个月的工资表已经发给本人"
    title_en = "The month is published"
    advice = (
        "{month} 的工资表已经公布，现在登记不会算进去。少发的，请在 {open_month} 登记补发，"
        "写明补的是 {month}；别的登记到 {open_month}。还没发钱的，也可以直接修改他的工资条。"
    )
    advice_en = (
        "{month} is published. Enter what it lacks as a supplement of {open_month}, and the rest"
        " for {open_month}; a payslip that is not paid yet can be adjusted instead."
    )


class DeductionNeedsSourceError(UnprocessableError):
    """Taxes, insurance and court orders stand on a paper (工资支付暂行规定 §15)."""

    code = "payroll.deduction-needs-source"
    title = "这种扣款要写依据"
    title_en = "Name what it stands on"
    advice = "请写明法律条文、税单、社保单或法院文书号。没有依据的，要工人本人同意。"
    advice_en = "Name the law, the assessment or the court's paper; otherwise the worker agrees."


class AmountTooSmallError(UnprocessableError):
    """Quantity times price is less than half a fen."""

    code = "payroll.amount-too-small"
    title = "算下来不到一分钱"
    title_en = "Less than a fen"
    advice = "请核对数量和单价。"
    advice_en = "Check the quantity and the price."


class EntryNotFoundError(NotFoundError):
    """There is no such entry, or it is somebody else's."""

    code = "payroll.entry-not-found"
    title = "没有找到这条登记"
    title_en = "No such entry"
    advice = "请刷新列表后再试。"
    advice_en = "Reload the list and try again."


class EntryWithdrawnError(ConflictError):
    """The entry was taken back."""

    code = "payroll.entry-withdrawn"
    title = "这条登记已经撤回"
    title_en = "Already withdrawn"
    advice = "请刷新列表；需要的话重新登记一条。"
    advice_en = "Reload the list; make a new entry if one is needed."


class ConsentNotNeededError(ConflictError):
    """Only a deduction that stands on nothing but the worker's word is agreed to."""

    code = "payroll.consent-not-needed"
    title = "这一条不需要您同意"
    title_en = "Nothing to agree to"
    advice = "觉得不对，请在工资条上点“有问题”，或者打 12333。"
    advice_en = "If it is wrong, dispute the payslip or call 12333."


class PaySheetStaleError(ConflictError):
    """What the draft is worked out from has changed since it was drawn up."""

    code = "payroll.pay-sheet-stale"
    title = "工资表要重新生成"
    title_en = "Draw the sheet up again"
    advice = (
        "生成以后又有变化：{newer}。请重新生成（页面上点“重新算一遍”），核对以后再发给本人；"
        "从 Excel 导入过的，要再导入一次。"
    )
    advice_en = (
        "Since it was drawn up: {newer_en}. Draw it up again, import the Excel file again if there"
        " was one, look it over, then publish."
    )


class AdvanceInFutureError(UnprocessableError):
    """An advance is written down when it has been paid."""

    code = "payroll.advance-in-future"
    title = "预支的日期还没到"
    title_en = "The day has not come"
    advice = "钱付了以后再登记，日期写付钱的那一天。"
    advice_en = "Enter it once it was paid, with the day of the payment."


class AdvanceOutsideEngagementError(UnprocessableError):
    """An advance is wages of the project: it is paid between entering and leaving it."""

    code = "payroll.advance-outside-engagement"
    title = "预支的日期不在这个人在工地的时间里"
    title_en = "Not within the engagement"
    advice = "这个人 {entered} 进场{left}，请写真正付钱的那一天；别的时候付的钱不能扣。"
    advice_en = "The worker entered on {entered}{left_en}; write the day of the payment."


class DeductionTooLargeError(UnprocessableError):
    """More than may be taken off a month's wage (工资支付暂行规定 §16); `bound` names which."""

    code = "payroll.deduction-too-large"
    title = "扣款超过法律允许的数"
    title_en = "More than may be deducted"
    advice = "{name} 本月最多能扣 {limit} 元（{bound}），登记了 {asked} 元。请撤回一部分。"
    advice_en = "{name}: at most {limit} yuan this month ({bound_en}), {asked} entered."


class NegativeNetError(UnprocessableError):
    """A wage cannot be less than nothing."""

    code = "payroll.net-negative"
    title = "扣款比应发工资还多"
    title_en = "Net pay below zero"
    advice = "{name} 应发 {gross} 元，扣款 {deductions} 元。请核对扣款，超出的部分以后月份再处理。"
    advice_en = "{name}: {gross} yuan earned, {deductions} deducted. Check the deductions."


class AttendanceMovedError(ConflictError):
    """The days are no longer what the locked sheet sums; overtime cannot be told from the sums."""

    code = "payroll.attendance-moved"
    title = "考勤锁定以后又变了"
    title_en = "Attendance changed after locking"
    advice = "这些人的每日考勤和锁定的合计对不上，请先重新核对考勤表：{names}。"
    advice_en = "Days and locked sums of these workers differ; draw the sheet up again: {names}."


class PaySheetNotDraftError(ConflictError):
    """Lines are imported into a draft; what workers were shown is adjusted one by one."""

    code = "payroll.pay-sheet-not-draft"
    title = "工资表已经公布，不能再导入"
    title_en = "Not a draft any more"
    advice = "请在工资表里逐个修改工资条，写明原因，工人会收到新的。"
    advice_en = "Adjust payslips one by one, with a reason."


class LineNotFoundError(NotFoundError):
    """The payslip has no line of this number."""

    code = "payroll.line-not-found"
    title = "工资条没有这一行"
    title_en = "No such line"
    advice = "行号从 1 开始，按工资条上的顺序数。"
    advice_en = "Lines are numbered from 1 in the order of the payslip."


class LineOnRecordError(UnprocessableError):
    """Measured work and supplements come from what was entered, never from a typed line."""

    code = "payroll.line-on-record"
    title = "这一行是登记来的，会自动加上"
    title_en = "The line is on record"
    advice = "“{name}”不用再填，登记过的会自动加上。登记错了，请到“预支、工作量和扣款”里改。"
    advice_en = "Leave out {name}: what was entered is added anyway. Mend the entry instead."


class LineSumError(UnprocessableError):
    """The amount said of a line is not what its quantity and price make."""

    code = "payroll.line-sum"
    title = "有一行的金额和数量、单价对不上"
    title_en = "A line does not add up"
    advice = "“{name}”：{sum}，是 {expected} 元，不是 {given} 元。请改正数量、单价或金额。"
    advice_en = "{name} comes to {expected}, not {given}. Mend quantity, price or amount."


class LineUnclearError(UnprocessableError):
    """Nothing tells what the price of a line is for."""

    code = "payroll.line-unclear"
    title = "有一行看不出单价按什么算"
    title_en = "What a line's price is for is unclear"
    advice = "“{name}”：请写明是工资条上的第几行；新加的一行请用小时、工日这样的单位。"
    advice_en = "{name}: say which line of the payslip it is; give a new one in hours or days."
