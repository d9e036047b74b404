"""Refusals of complaints and cases."""

from core.errors import (
    ConflictError,
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
    advice = "请过 {retry_after} 秒再查，案件不会因此受影响。"
    advice_en = "Try again in {retry_after} seconds; the case is not affected."


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


class AccountRequiredError(ConflictError):
    """The complainant has no account to agree with."""

    code = "cases.account-required"
    title = "投诉人没有实名登录，不能在线调解"
    title_en = "The complainant has no account"
    advice = "请联系投诉人到窗口当面办理，或者继续调查。"
    advice_en = "Meet the complainant in person, or go on investigating."


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
    advice = "请改小金额再提交。"
    advice_en = "Choose a smaller amount."


class OutsideProvinceError(UnprocessableError):
    """The site lies in another province, where this installation has no bureau."""

    code = "cases.outside-province"
    title = "这个工地不在浙江"
    title_en = "The site is in another province"
    advice = "请打工地所在地的 12333，或者在“全国根治欠薪线索反映平台”反映，那里会转给当地。"
    advice_en = "Call 12333 of that place, or use the national platform for wage arrears."
