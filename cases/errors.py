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
