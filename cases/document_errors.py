"""Refusals around papers of cases and files that go with complaints."""

from core.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    ThrottledError,
    UnprocessableError,
)


class DocumentNotFoundError(NotFoundError):
    """No such paper, step or file, or none that the caller may see."""

    code = "cases.document-not-found"
    title = "没有找到这份文书"
    title_en = "No such paper"
    advice = "请核对编号或者核对码；核对码查不到的文书不是本平台出具的。"
    advice_en = "Check the number or code; a paper with an unknown code was not issued here."


class NoPaperNeededError(UnprocessableError):
    """The step has no paper."""

    code = "cases.no-paper-needed"
    title = "这一步不需要文书"
    title_en = "This step has no paper"
    advice = "请从“待出文书”里选。"
    advice_en = "Choose one of those listed as due."


class ServiceProofMissingError(UnprocessableError):
    """A paper that was posted needs a photo of it, electronic service the consent."""

    code = "cases.service-proof-missing"
    title = "送达缺少证明"
    title_en = "The service lacks its proof"
    advice = "张贴送达要附照片；电子送达要写明受送达人书面同意的情况。"
    advice_en = "Attach a photo of what was posted; note the written consent to electronic service."


class ServiceDateError(UnprocessableError):
    """Nothing is served before it exists or in the future."""

    code = "cases.service-date"
    title = "送达时间不对"
    title_en = "The time of service is impossible"
    advice = "送达时间要在文书出具之后、现在之前。"
    advice_en = "It lies between the paper's issue and now."


class AgreementNotFoundError(NotFoundError):
    """No agreement is proposed in this case, or none that the caller is part of."""

    code = "cases.agreement-not-found"
    title = "没有等待签字的调解协议"
    title_en = "No agreement waits for a signature"
    advice = "监察员提出调解方案以后再来签；方案撤回了的不用签。"
    advice_en = "Come back when the inspector has proposed one."


class AgreementChangedError(ConflictError):
    """What was shown is not what is proposed now; nobody signs what they did not read."""

    code = "cases.agreement-changed"
    title = "协议内容变了"
    title_en = "The agreement has changed"
    advice = "请重新打开协议，看清楚金额和日期再签字。"
    advice_en = "Read the agreement again and sign what it says now."


class AgreementUnsignedError(ConflictError):
    """An agreement holds, and is printed, when those have signed who must."""

    code = "cases.agreement-unsigned"
    title = "协议还没有签字"
    title_en = "The agreement is not signed"
    advice = "请先打开协议，看清楚内容，由本人和用人单位分别签字。"
    advice_en = "Both parties read and sign the agreement first."


class StagedFileNotFoundError(UnprocessableError):
    """A file to be handed in with a complaint is not there any more."""

    code = "cases.file-not-found"
    title = "有一个附件找不到了"
    title_en = "A file is not there any more"
    advice = "附件上传后一天内有效，请重新上传再提交。"
    advice_en = "Uploads last a day; upload it again."


class UploadsThrottledError(ThrottledError):
    """Too many files from one place."""

    code = "cases.uploads-throttled"
    title = "上传得太频繁了"
    title_en = "Too many uploads"
    advice = "请 {retry_after} 秒后再传；不附文件也可以先投诉，之后再补。"
    advice_en = "Wait {retry_after} seconds, or file first and add files later."


class SignOnPhoneOrPaperError(ForbiddenError):
    """Card and PIN sign no agreement: the employer makes both, and may be holding them."""

    code = "cases.sign-on-phone-or-paper"
    title = "刷卡不能签调解协议"
    title_en = "A card does not sign an agreement"
    advice = "请到劳动监察的窗口当面签，或者在自己的手机上登录以后签。"
    advice_en = "Sign at the bureau's window, or signed in on your own phone."


class AgreementNotDueError(ConflictError):
    """The day by which the employer agreed to pay is not over."""

    code = "cases.agreement-not-due"
    title = "约定付款的日子还没过"
    title_en = "The agreed day is not over"
    advice = "协议写的是{agreed_by}前付清。过了这一天没收到，再点“钱没收到”。"
    advice_en = "The agreement gives until {agreed_by}; say so once that day has passed."
