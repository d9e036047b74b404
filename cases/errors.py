"""Refusals of complaints and cases."""

from core.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    ThrottledError,
    UnavailableError,
    UnprocessableError,
)


class CaseNotFoundError(NotFoundError):
    """No such case in the caller's county."""

    code = "cases.case-not-found"
    title = "没有找到这个案件"
    title_en = "No such case"
    advice = "只能查看本辖区的案件，请核对案件编号。"
    advice_en = "Only cases of your own county can be opened; check the number."


class ComplaintNotFoundError(NotFoundError):
    """No such complaint of the caller's own."""

    code = "cases.complaint-not-found"
    title = "没有找到这个投诉"
    title_en = "No such complaint"
    advice = "请核对编号。匿名投诉不记在您名下，要用编号和查询密码查询。"
    advice_en = "Check the number. Anonymous complaints are followed by number and PIN only."


class WrongNumberOrPinError(NotFoundError):
    """Number and PIN do not belong together; the answer never tells which of them is wrong."""

    code = "cases.wrong-number-or-pin"
    title = "编号或查询密码不对"
    title_en = "Wrong number or PIN"
    advice = "请对照投诉时给您的编号（AX 开头）和 6 位查询密码再输一次。"
    advice_en = "Compare with the number (AX…) and the 6-digit PIN you were given when filing."


class LookupThrottledError(ThrottledError):
    """Too many tries to open a complaint by number and PIN."""

    code = "cases.too-many-lookups"
    title = "查询次数太多了"
    title_en = "Too many look-ups"
    advice = "请过 {minutes} 分钟再查，案件不会因此受影响。着急可以打 12333。"
    advice_en = "Try again in {minutes} minutes; the case is not affected."


class LookupUnavailableError(UnavailableError):
    """Guesses cannot be counted right now, so none are allowed."""

    code = "cases.lookup-unavailable"
    title = "暂时不能查询"
    title_en = "Look-up is not possible right now"
    advice = "请过 {retry_after} 秒再试，您的投诉仍在正常办理。"
    advice_en = "Try again in {retry_after} seconds; the complaint is being handled meanwhile."


class FilingThrottledError(ThrottledError):
    """Too many complaints from one address in a short time."""

    code = "cases.too-many-complaints"
    title = "提交得太频繁了"
    title_en = "Too many complaints at once"
    advice = "请过 {retry_after} 秒再提交；着急可以直接拨打 12333。"
    advice_en = "Try again in {retry_after} seconds, or call 12333 if it is urgent."


class UnknownPlaceError(UnprocessableError):
    """It is not known which county is competent; guessing would lose the complaint."""

    code = "cases.unknown-place"
    title = "还不知道该由哪里受理"
    title_en = "The competent county is not known"
    advice = "请先选工地，或者拨打 12333，说明工地在哪个县（市、区）。"
    advice_en = "Choose the project first, or call 12333 and say which county the site is in."


class ActionNotAllowedError(ConflictError):
    """The case is not in a state from which this role may do this; `allowed` lists what it may."""

    code = "cases.action-not-allowed"
    title = "现在不能这样办理"
    title_en = "This action is not possible now"
    advice = "案件目前{state_name}，您现在可以：{allowed_names}。"
    advice_en = "The case is in state {state}; allowed now: {allowed}."


class AlreadyReopenedError(ConflictError):
    """A case is reopened at most once."""

    code = "cases.already-reopened"
    title = "这个案件已经重新办理过一次"
    title_en = "The case was already reopened once"
    advice = "如果钱还没到手，请重新投诉，或者拨打 12333 转劳动仲裁。"
    advice_en = "If the money is still missing, file a new complaint or call 12333."


class NoteRequiredError(UnprocessableError):
    """This step must tell the worker why (浙江省劳动保障监察条例 §22: refusal in writing)."""

    code = "cases.note-required"
    title = "请写明理由或结果"
    title_en = "A note is required"
    advice = "这一步要用一句话告诉工人原因或结果，请填写说明后再提交。"
    advice_en = "Tell the worker the reason or the result in `note`."


class WordsRequiredError(UnprocessableError):
    """A complainant adds or asks something without a word or a file."""

    code = "cases.words-required"
    title = "还没有写内容"
    title_en = "There is nothing in it yet"
    advice = "请写一句话，或者交一张照片、一段录音。都不方便的，可以打 12333 说，有人代你记。"
    advice_en = "Write something in `note`, or hand in a picture or a recording."


class PaidInFullError(UnprocessableError):
    """Whoever got all the money has nothing to reopen the case for."""

    code = "cases.paid-in-full"
    title = "钱都收到了，不用重新办理"
    title_en = "All the money came, so there is nothing to reopen"
    advice = "请点“钱收到了”。没收到或者只收到一部分，请选那一项，再重新办理。"
    advice_en = "Say `confirm_paid`, or `reopen` with `partly` or `nothing` received."


class MoneyMissingError(UnprocessableError):
    """That the money did not come, or not all of it, is an answer of its own: `reopen`."""

    code = "cases.money-missing"
    title = "没收到或者没收齐，不能按“钱收到了”办"
    title_en = "Money that is missing is not confirmed as paid"
    advice = "请改选“钱没收到”或者“钱只收到一部分”，重新办理。"
    advice_en = "Say `reopen` with `partly` or `nothing` received."


class SatisfactionNotYoursError(ForbiddenError):
    """How content a complainant is, nobody who works the case writes down."""

    code = "cases.satisfaction-not-yours"
    title = "满意不满意，不能由办案的人填"
    title_en = "Officials do not rate their own case"
    advice = "请去掉满意度再提交；投诉人自己用编号和密码填，或者打 12333 由接线员记。"
    advice_en = "Leave `satisfaction` out; the complainant gives it, or a phone operator."


class StepIncompleteError(UnprocessableError):
    """The step leaves out what it must say; `fields` and, for people, `missing` name it."""

    code = "cases.step-incomplete"
    title = "这一步还缺内容"
    title_en = "The step is incomplete"
    advice = "请把缺的内容填上再提交：{missing}。"
    advice_en = "Fill in what `fields` names."


class StepDoneError(ConflictError):
    """This is done at most once for a case."""

    code = "cases.step-already-done"
    title = "这一步只能做一次，已经做过了"
    title_en = "This was done before"
    advice = "请看办理过程，选别的办法继续。"
    advice_en = "See the steps so far and choose another way on."


class TwoInspectorsRequiredError(ConflictError):
    """Fewer than two inspectors are on the case, or the caller is none of them."""

    code = "cases.two-inspectors-required"
    title = "调查要两名以上监察员，您要是其中一名"
    title_en = "Two inspectors must be on the case, the caller among them"
    advice = "目前有 {handlers} 名承办人，请先把承办人加齐（劳动保障监察条例第十六条）。"
    advice_en = "{handlers} are on it now; assign them first."


class NotThatOldError(UnprocessableError):
    """The violation ended less than two years before the complaint, or its end was not named."""

    code = "cases.not-that-old"
    title = "还没有超过两年，不能以此不受理"
    title_en = "The violation is not older than two years"
    advice = "请填写违法行为终了的日期；早于 {limit_date} 才算超过两年，还在继续的不算。"
    advice_en = "Name the day the violation ended; only before {limit_date} is it too old."


class CountyUnfitError(UnprocessableError):
    """The case cannot go to this division."""

    code = "cases.county-unfit"
    title = "不能移交到这个地方"
    title_en = "The case cannot go to this division"
    advice = "请选另外一个县（市、区），上级指定时要在本辖区内。"
    advice_en = "Choose another county, inside your own division when you designate."


class TransferFirstError(ConflictError):
    """No other bureau has had the case, so there is nothing for a superior to decide."""

    code = "cases.transfer-first"
    title = "还没有移交过，不用报请指定管辖"
    title_en = "The case has not been transferred yet"
    advice = "请先移交给您认为有管辖权的县（市、区）。"
    advice_en = "Transfer it to the competent county first."


class ClockOverError(ConflictError):
    """The period is over, so it can no longer be extended."""

    code = "cases.clock-over"
    title = "调查期限已过，不能再延长"
    title_en = "The period is over and cannot be extended"
    advice = "请尽快办结；延长要在期限届满前批准。"
    advice_en = "Finish the case; an extension is granted before the end."


class DatePassedError(UnprocessableError):
    """The day by which must be paid has to lie ahead."""

    code = "cases.date-passed"
    title = "付款日期要在今天之后"
    title_en = "The date must be in the future"
    advice = "请重新填写付款的最后一天。"
    advice_en = "Choose a later last day."


class OrderNotDueError(ConflictError):
    """There is no order to pay whose last day has passed."""

    code = "cases.order-not-due"
    title = "还没到责令支付的期限，不能走这一步"
    title_en = "The order to pay is not overdue"
    advice = "付款的最后一天是 {pay_by}，过了再办。"
    advice_en = "The last day to pay is {pay_by}."


class CrimeRuledOutError(ConflictError):
    """What is owed lies below every amount the law knows."""

    code = "cases.crime-ruled-out"
    title = "欠薪数额达不到移送标准"
    title_en = "The arrears are below the criminal amount"
    advice = "请继续责令支付或者申请法院强制执行；同一单位还有别的投诉请先并案。"
    advice_en = "Go on with the order or the court; join other complaints first."


class AttachmentsMissingError(UnprocessableError):
    """The five attachments of 国务院令310 §6 are not complete; `missing` names the others."""

    code = "cases.attachments-missing"
    title = "移送材料不齐"
    title_en = "The papers for the police are incomplete"
    advice = "移送书、调查报告、物品清单、鉴定结论、其他材料都要有，还差 {count} 样：{missing}。"
    advice_en = "Missing: {missing}."


class AdvanceTooHighError(UnprocessableError):
    """More than may be advanced, or more than is left to recover."""

    code = "cases.advance-too-high"
    title = "金额超过了上限"
    title_en = "The amount is too high"
    advice = "最多还可以填 {most} 元，请改小金额再提交。"
    advice_en = "At most {most} yuan is left; choose a smaller amount."


class OutsideProvinceError(UnprocessableError):
    """The site lies in another province, where this installation has no bureau."""

    code = "cases.outside-province"
    title = "这个工地不在浙江"
    title_en = "The site is in another province"
    advice = "请打工地所在地的 12333，或者在“全国根治欠薪线索反映平台”反映，那里会转给当地。"
    advice_en = "Call 12333 of that place, or use the national platform for wage arrears."


class NoOpenQuestionError(ConflictError):
    """The complainant asked nothing that waits for an answer."""

    code = "cases.no-open-question"
    title = "投诉人没有等着答复的问题"
    title_en = "No question waits for an answer"
    advice = "问题已经答复过，或者没有提过；要告诉投诉人别的事，请用相应的办理步骤。"
    advice_en = "It was answered, or none was asked; use the step that fits what you want to tell."


class SignInRequiredError(ForbiddenError):
    """Number and PIN are not enough to give something up in the name of who has an account."""

    code = "cases.sign-in-required"
    title = "这一步要登录后本人办"
    title_en = "This takes signing in"
    advice = "请用投诉时的手机号登录再办；没有手机的，带上查询密码到窗口办，或者打 12333。"
    advice_en = "Sign in with the phone you filed from, or bring the PIN to the window or to 12333."


class PinRequiredError(UnprocessableError):
    """Nobody gives something up for somebody else without their PIN, at the window neither."""

    code = "cases.pin-required"
    title = "要报查询密码才能这样办"
    title_en = "This takes the PIN"
    advice = (
        "请对方报 6 位查询密码。密码丢了：有账号的登录自己办；没有账号的写在纸上签字，"
        "把照片用“补充情况”交进来。"
    )
    advice_en = (
        "Ask for the PIN. Who lost it signs in, or signs on paper: hand in a photo of that with "
        "`supplement`."
    )


class DateTooFarError(UnprocessableError):
    """The day by which must be paid lies further off than the law lets a whole inquiry take.

    No article names a period for an order to pay, so the longest of an investigation is the
    measure: 60 working days and 30 more (劳动保障监察条例 §17).
    """

    code = "cases.date-too-far"
    title = "付款日期太远了"
    title_en = "The date is too far off"
    advice = "最晚可以定到 {latest}，不能比整个案件的调查期限还长（劳动保障监察条例第十七条）。"
    advice_en = "The latest day is {latest}: no later than a whole investigation may take."


class ConclusionUnfitError(UnprocessableError):
    """The result says that nothing was paid, and an amount is named all the same."""

    code = "cases.conclusion-unfit"
    title = "办理结果和收回的金额对不上"
    title_en = "The conclusion does not fit the amount"
    advice = "收回了钱，请选“已支付”“部分支付”或者“已改正”；没有收回，请不要填金额。"
    advice_en = "Choose `paid`, `partly_paid` or `corrected`, or leave `amount` out."


class AmountUnexplainedError(UnprocessableError):
    """More came back than was claimed or ordered, or less though all was paid; nobody said why."""

    code = "cases.amount-unexplained"
    title = "收回的金额和该付的对不上，请写明原因"
    title_en = "Say why the amount differs from what was due"
    advice = "该付 {due} 元，一共收回 {recovered} 元。请核对；没写错的，请在“金额说明”里写原因。"
    advice_en = "Due: {due}, recovered: {recovered}. Correct it, or explain it in `amount_reason`."


class EmployerUnknownError(UnprocessableError):
    """An agreement needs to say who agrees to pay."""

    code = "cases.employer-unknown"
    title = "还不知道是哪家单位，不能提调解方案"
    title_en = "It is not known who would agree to pay"
    advice = "请查清付工资的单位，把营业执照上的名称填进“用人单位”再提交。"
    advice_en = "Find out who owes the wages and give the name in `employer_name`."


class ClaimExceededError(UnprocessableError):
    """Far more is ordered or proposed than was claimed, and nobody said why."""

    code = "cases.claim-exceeded"
    title = "金额比要求的多太多，请写明原因"
    title_en = "Say why the amount is far above the claim"
    advice = "投诉要求的是 {claimed} 元。请核对；没写错的，请在“金额说明”里写原因。"
    advice_en = "Claimed: {claimed}. Correct the amount, or explain it in `amount_reason`."


class MonthAheadError(UnprocessableError):
    """The complaint names a month whose wages nobody can owe yet."""

    code = "cases.month-ahead"
    title = "欠薪月份还没到"
    title_en = "A month lies in the future"
    advice = "请核对欠薪的月份，最晚只能填这个月。"
    advice_en = "Name this month or earlier ones."


class FormSentBeforeError(ConflictError):
    """The form was filed already and now says more than other words; `number` is the complaint."""

    code = "cases.form-sent-before"
    title = "这张表已经交过了"
    title_en = "The form was sent before"
    advice = "投诉 {number} 已经收到，没有改动。要改别的内容，请重新打开投诉页面再交一次。"
    advice_en = "Complaint {number} stands as it was sent; open a fresh form to change the rest."
