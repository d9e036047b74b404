"""What payroll refuses."""

from core.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    ThrottledError,
    UnprocessableError,
)


class PaySheetNotFoundError(NotFoundError):
    """The pay sheet does not exist on this project."""

    code = "payroll.pay-sheet-not-found"
    title = "没有找到这张工资表"
    title_en = "Pay sheet not found"
    advice = "请检查项目和工资表是否选对。"
    advice_en = "Check the project and the pay sheet."


class PayslipNotFoundError(NotFoundError):
    """The payslip does not exist, is not published, or is somebody else's."""

    code = "payroll.payslip-not-found"
    title = "没有找到这张工资条"
    title_en = "Payslip not found"
    advice = "请回到工资条列表重新打开；只能看到自己的、已经公布的工资条。"
    advice_en = "Open it from the list again; only published payslips of your own are shown."


class PayBatchNotFoundError(NotFoundError):
    """The pay sheet has no batch with this reference."""

    code = "payroll.pay-batch-not-found"
    title = "没有找到这个代发批次"
    title_en = "Pay batch not found"
    advice = "请核对批次号，它写在银行文件的第一行。"
    advice_en = "Check the reference; it stands in the first line of the bank file."


class AttendanceNotLockedError(ConflictError):
    """Pay is worked out from a locked attendance sheet only (条例 §31)."""

    code = "payroll.attendance-not-locked"
    title = "考勤表还没有锁定"
    title_en = "Attendance sheet not locked"
    advice = "请先生成并锁定 {month} 的考勤表，再做工资表。"
    advice_en = "Draw up and lock the attendance sheet of {month} first."


class NobodyWorkedError(UnprocessableError):
    """The locked attendance sheet has no line with work on it."""

    code = "payroll.nobody-worked"
    title = "这个班组当月没有出勤"
    title_en = "Nobody worked"
    advice = "{month} 的考勤表里没有人出勤，请核对班组和月份。"
    advice_en = "The attendance sheet of {month} shows no work; check team and month."


class NoPayTermsError(UnprocessableError):
    """Somebody worked without a contract in force, so no price can be applied (条例 §6, §28)."""

    code = "payroll.no-pay-terms"
    title = "有人没有生效的合同，算不出工资"
    title_en = "No pay terms"
    advice = "请先补录合同和工资标准：{names}。"
    advice_en = "Enter contract and pay terms first for: {names}."


class PieceQuantitiesMissingError(UnprocessableError):
    """Piece work is paid by measured quantities, which gate records do not hold."""

    code = "payroll.piece-quantities-missing"
    title = "计件工资还没有工作量"
    title_en = "Piece quantities missing"
    advice = "这些人按计件结算，请先登记工作量，或改为按天、按小时结算：{names}。"
    advice_en = "Paid by the piece; give quantities or another pay basis for: {names}."


class SheetActionNotAllowedError(ConflictError):
    """The pay sheet's state does not allow this step."""

    code = "payroll.sheet-action-not-allowed"
    title = "工资表现在不能做这一步"
    title_en = "Not possible in this state"
    advice = "这张工资表现在是“{said}”，可以做的是：{steps}。"
    advice_en = "The pay sheet is {state}; possible now: {allowed}."


class NothingToApproveError(ConflictError):
    """Every current line of the sheet is approved."""

    code = "payroll.nothing-to-approve"
    title = "这张工资表已经全部审核过"
    title_en = "Everything is approved"
    advice = "改过的工资条才需要再审核，现在没有。"
    advice_en = "Only payslips changed since need another approval; there are none."


class PayslipIncompleteError(UnprocessableError):
    """A payslip lacks a field the wage ledger must hold (条例 §15); `missing` lists them."""

    code = "payroll.payslip-incomplete"
    title = "工资条缺少法定内容"
    title_en = "Payslip incomplete"
    advice = "请补齐后重新生成工资表再公布：{summary}。"
    advice_en = "Complete these, draw the sheet up again and publish: {summary}."


class PayslipChangedError(ConflictError):
    """What the worker saw is not what counts now; a newer version exists."""

    code = "payroll.payslip-changed"
    title = "工资条已经改过了"
    title_en = "Payslip has changed"
    advice = "您看到的不是最新的。请重新打开工资条，看清楚新的数字再回答。"
    advice_en = "What you saw is not current. Open the payslip again and read it first."


class PayslipUnchangedError(ConflictError):
    """A new version that says the same would only take the worker's word away."""

    code = "payroll.payslip-unchanged"
    title = "和原来的工资条一模一样"
    title_en = "Nothing has changed"
    advice = "没有改动，就不用出新的。工人提出过疑问、您认为没有错的，请在“答复”里写明理由。"
    advice_en = (
        "Nothing is replaced by the same; to keep to a disputed payslip, reply with a reason."
    )


class AttendanceChangedError(ConflictError):
    """Published payslips show days that the locked attendance sheet does not say any more."""

    code = "payroll.attendance-changed"
    title = "公布以后考勤改过"
    title_en = "Attendance changed after publishing"
    advice = (
        "这些人的出勤和工资条上的不一样：{names}。请先修改他们的工资条，本人会收到新的；"
        "已经做进银行文件的，先撤回那个文件。"
    )
    advice_en = (
        "The days of these workers are not those of their payslips: {names}. Adjust the payslips"
        " first, and withdraw a bank file they are in."
    )


class PayslipAnsweredError(ConflictError):
    """The worker has already answered this version."""

    code = "payroll.payslip-answered"
    title = "这张工资条您已经回答过了"
    title_en = "Already answered"
    advice = "如果又发现不对，请联系劳资专管员，或者点“我要投诉”。"
    advice_en = "If something is wrong after all, ask the labour manager or file a complaint."


class AnswerNotYoursError(ForbiddenError):
    """Only the worker's own session answers a payslip (条例 §31); nobody may do it for them."""

    code = "payroll.answer-not-yours"
    title = "只有工人本人能回答工资条"
    title_en = "Only the worker answers"
    advice = "请由工人本人用自己的账号登录后确认或提出问题。"
    advice_en = "The worker must sign in and answer in person."


class AgreementNeedsPhoneError(ForbiddenError):
    """A payslip is not agreed with at a kiosk: a card and its PIN can be in another's hands."""

    code = "payroll.agreement-needs-phone"
    title = "确认工资要用您自己的手机"
    title_en = "Agree on your own phone"
    advice = "在这里可以说“有问题”、“没收到”或者投诉；确认请用自己的手机登录，没有手机请打 12333。"
    advice_en = "Here you can dispute, report missing money or complain; agree on your own phone."


class PayslipAtBankError(ConflictError):
    """The payslip is in a bank file, or paid; changing it now could pay twice."""

    code = "payroll.payslip-at-bank"
    title = "这笔工资已经交给银行"
    title_en = "Already at the bank"
    advice = "请等银行结果；退回后才能修改，已到账的差额请在下个月补发。"
    advice_en = "Wait for the bank's result; change it after a rejection, or pay the rest later."


class NothingToPayError(ConflictError):
    """No confirmed payslip is waiting for payment."""

    code = "payroll.nothing-to-pay"
    title = "现在没有可以代发的工资"
    title_en = "Nothing to pay"
    advice = "只有本人已确认、审核过、还没交给银行的工资才能代发。请看工资表里谁还没有确认或审核。"
    advice_en = "Only confirmed and approved payslips not yet at the bank are paid; see the sheet."


class ResultUnreadableError(UnprocessableError):
    """The bank result file is not in the agreed form; nothing of it was taken over."""

    code = "payroll.result-unreadable"
    title = "银行结果文件读不懂"
    title_en = "Unreadable bank result"
    advice = "第 {line} 行：{problem}。请改正后重新上传，文件没有导入。"
    advice_en = "Line {line}: {problem_en}. Nothing was imported; correct it and upload again."


class ResultWrongBatchError(UnprocessableError):
    """The file names another batch than the one it was uploaded to."""

    code = "payroll.result-wrong-batch"
    title = "结果文件不是这个批次的"
    title_en = "Result of another batch"
    advice = "文件里的批次号是 {found}，这里是 {expected}。请换成正确的文件。"
    advice_en = "The file is for {found}, not for {expected}."


class ResultWrongTotalError(UnprocessableError):
    """The control totals do not agree with the rows of the same file."""

    code = "payroll.result-wrong-total"
    title = "结果文件的合计对不上"
    title_en = "Control totals do not agree"
    advice = "文件写的是 {stated}，逐行加起来是 {counted}。请向银行重新要文件。"
    advice_en = "The file states {stated}, its rows make {counted}; ask the bank for it again."


class ResultRowNeverSentError(UnprocessableError):
    """The file reports on a row that is not in the batch as it was sent."""

    code = "payroll.result-row-never-sent"
    title = "结果里有没有发出过的记录"
    title_en = "Row never sent"
    advice = "第 {lines} 行的序号、账号或金额和发出去的不一样，文件没有导入。请向银行核实。"
    advice_en = "Number, account or amount in lines {lines} was never sent; nothing was imported."


class ResultContradictsError(ConflictError):
    """The bank said something else about the same row before."""

    code = "payroll.result-contradicts"
    title = "和上次的银行结果不一致"
    title_en = "Contradicts an earlier result"
    advice = "第 {lines} 行和以前导入的结果相反，文件没有导入。请向银行核实。"
    advice_en = "Lines {lines} contradict an earlier result; nothing was imported."


class ProjectUnclearError(UnprocessableError):
    """It cannot be told which project the complaint is about; we ask, we never guess."""

    code = "payroll.project-unclear"
    title = "请说明是哪个工地"
    title_en = "Which project?"
    advice = "请选择要投诉的工地或工资条后再提交。"
    advice_en = "Choose the project or the payslip the complaint is about."


class NotConfirmedError(ConflictError):
    """Only a confirmed payslip has a receipt."""

    code = "payroll.not-confirmed"
    title = "这张工资条还没有确认"
    title_en = "Not confirmed"
    advice = "确认工资条以后就能取回执。"
    advice_en = "Confirm the payslip first; then it has a receipt."


class NotDisputedError(ConflictError):
    """The payslip is not disputed now."""

    code = "payroll.not-disputed"
    title = "这张工资条没有待答复的疑问"
    title_en = "Not disputed"
    advice = "请刷新列表；工人可能已经确认，或者工资条已经改过。"
    advice_en = "Reload the list; the worker may have confirmed, or the payslip has changed."


class DisputeRepliedError(ConflictError):
    """A dispute is replied to once; the other reply is a new version."""

    code = "payroll.dispute-replied"
    title = "这条疑问已经答复过了"
    title_en = "Already replied"
    advice = "如果发现确实有误，请直接修改工资条，工人会收到新的。"
    advice_en = "If it is wrong after all, adjust the payslip; the worker gets the new one."


class DisputeFileNotFoundError(NotFoundError):
    """No such file belongs to this dispute."""

    code = "payroll.dispute-file-not-found"
    title = "没有找到这个文件"
    title_en = "File not found"
    advice = "请回到工资条重新打开。"
    advice_en = "Open the payslip again."


class TooManyDisputeFilesError(ConflictError):
    """A dispute takes a few photos and recordings, not an archive."""

    code = "payroll.too-many-dispute-files"
    title = "照片和录音太多了"
    title_en = "Too many files"
    advice = "一张工资条最多交 {most} 个文件；还有别的证据，可以在投诉里交。"
    advice_en = "At most {most} files; more can be handed in with a complaint."


class VisitNotFoundError(NotFoundError):
    """There is no open visit of this id on the project."""

    code = "payroll.visit-not-found"
    title = "没有这条待走访"
    title_en = "No such open visit"
    advice = "请刷新列表；可能已经有人登记过结果。"
    advice_en = "Reload the list; somebody may have reported it already."


class CodeNotProvedError(UnprocessableError):
    """The code shown does not prove who shows it; `reason` is the gate's word for it."""

    code = "payroll.code-not-proved"
    title = "这个码证明不了是谁"
    title_en = "The code proves nobody"
    advice = "{say}。"
    advice_en = "Have the code refreshed and scan it again: {reason}."


class NotInCountyError(NotFoundError):
    """The worker is on no project of the inspector's county now."""

    code = "payroll.not-in-county"
    title = "这名工人现在不在本辖区的工地"
    title_en = "On no project of your county"
    advice = "码是有效的。需要时请与工人所在工地的辖区联系。"
    advice_en = "The code is valid; ask the bureau of the county where the project is."


class LooksThrottledError(ThrottledError):
    """Too many codes were looked at from one network address."""

    code = "payroll.too-many-looks"
    title = "扫得太频繁了"
    title_en = "Too many looks"
    advice = "请等 {retry_after} 秒再扫。"
    advice_en = "Wait {retry_after} seconds."


class LedgerPeriodError(UnprocessableError):
    """A ledger is exported for one to twelve months at a time."""

    code = "payroll.ledger-period"
    title = "台账的月份选得不对"
    title_en = "The ledger's months do not fit"
    advice = "请从早的月份选到晚的月份，一次最多 {most} 个月。"
    advice_en = "Choose from an earlier to a later month, at most {most} at a time."


class PrintNotGenuineError(NotFoundError):
    """A print's code names no payslip with that content."""

    code = "payroll.print-not-genuine"
    title = "这张纸和平台上的记录对不上"
    title_en = "The print is not what is on record"
    advice = "上面的内容可能被改过。请让工人打开手机里的工资条看，或打 12333。"
    advice_en = "It may have been altered. Look at the worker's own payslip, or call 12333."


class ExportThrottledError(ThrottledError):
    """One person's data is exported a few times a day."""

    code = "payroll.export-throttled"
    title = "今天导出的次数太多了"
    title_en = "Too many exports today"
    advice = "请明天再试。"
    advice_en = "Try again tomorrow."
