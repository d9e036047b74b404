"""Refusals around the desk: approvals, handlers, groups, bureaus, and looking at identities."""

from core.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    UnprocessableError,
)


class CaseRequestNotFoundError(NotFoundError):
    """No such open request for this case."""

    code = "cases.request-not-found"
    title = "没有找到这项请示"
    title_en = "No such open request"
    advice = "可能已经批过了，请刷新案件再看。"
    advice_en = "It may be decided already; reload the case."


class RequestPendingError(ConflictError):
    """The same step waits for a decision already."""

    code = "cases.request-pending"
    title = "同样的请示正在等批"
    title_en = "The same request is pending"
    advice = "请等负责人批复，不用重复提交。"
    advice_en = "Wait for the decision."


class OwnRequestError(ForbiddenError):
    """Nobody decides what they asked for themselves."""

    code = "cases.own-request"
    title = "不能批自己提的请示"
    title_en = "Nobody decides their own request"
    advice = "请由本单位负责人或者上级来批。"
    advice_en = "The head of the bureau or the superior decides."


class HeadRequiredError(ForbiddenError):
    """Only the head of the bureau or its superior may do this."""

    code = "cases.head-required"
    title = "这要由负责人或者上级来办"
    title_en = "Only the head or the superior may do this"
    advice = "请报请本单位负责人。"
    advice_en = "Ask the head of your bureau."


class ConflictOfInterestError(ConflictError):
    """The inspector has stepped back from this case, or is part of it (回避)."""

    code = "cases.conflict-of-interest"
    title = "这名监察员要回避"
    title_en = "The inspector has a conflict of interest"
    advice = "请换一名与案件没有关系的监察员。"
    advice_en = "Choose an inspector who has nothing to do with the case."


class NoInspectorHereError(UnprocessableError):
    """The person is no inspector of the case's county."""

    code = "cases.no-inspector-here"
    title = "这个人不是本县区的监察员"
    title_en = "The person is no inspector of this county"
    advice = "请从本单位的监察员里选。"
    advice_en = "Choose among the inspectors of your county."


class HandlerNotFoundError(NotFoundError):
    """The person does not handle this case."""

    code = "cases.handler-not-found"
    title = "这个人不是承办人"
    title_en = "The person does not handle this case"
    advice = "请核对承办人名单。"
    advice_en = "Check who handles the case."


class HandlerRequiredError(ForbiddenError):
    """Only those who handle the case may do this."""

    code = "cases.handler-required"
    title = "只有承办人才能这样做"
    title_en = "Only those who handle the case may do this"
    advice = "请先把自己加为承办人；每次查看都会留下记录。"
    advice_en = "Be assigned to the case first; every look is recorded."


class IdentityUnknownError(NotFoundError):
    """Nobody knows who filed this complaint."""

    code = "cases.identity-unknown"
    title = "这是匿名投诉，没有记录身份"
    title_en = "The complaint is anonymous"
    advice = "请通过案件编号联系：写在办理说明里，投诉人凭编号和密码能看到。"
    advice_en = "Write to them in a note; they read it by number and PIN."


class GroupNotFoundError(NotFoundError):
    """No such group of cases in the caller's division."""

    code = "cases.group-not-found"
    title = "没有找到这组案件"
    title_en = "No such group of cases"
    advice = "请核对，只能查看本辖区的。"
    advice_en = "Check the id; only groups of your own division can be opened."


class GroupDissolvedError(ConflictError):
    """The cases were said not to belong together; what came later never joined them."""

    code = "cases.group-dissolved"
    title = "这组案件已经拆开了"
    title_en = "The group was dissolved"
    advice = "拆开以后不能再并回来。新的投诉会重新成组，请到分组列表里看。"
    advice_en = "It cannot be joined again; new complaints form a new group."


class ReportTimeUnfitError(UnprocessableError):
    """The next report is due in the past, too far off, or after the event ended."""

    code = "cases.report-time-unfit"
    title = "下次报告的时间不对"
    title_en = "The next report cannot be due then"
    advice = "请填现在以后、{days} 天以内的时间；事情已经结束的，不用填。"
    advice_en = "Choose a moment within the next {days} days, and none once the event ended."


class TooManyRepresentativesError(ConflictError):
    """A group has at most five representatives."""

    code = "cases.too-many-representatives"
    title = "推选的代表最多五人"
    title_en = "At most five representatives"
    advice = "请先换下一名代表（浙江省劳动保障监察条例第二十条）。"
    advice_en = "Replace one of them first."


class AlertNotFoundError(NotFoundError):
    """This division was not called about this group."""

    code = "cases.alert-not-found"
    title = "这组案件没有向您的单位发过紧急通知"
    title_en = "Your division was not called about this group"
    advice = "请核对是不是这一组。"
    advice_en = "Check that it is the right group."


class BureauNotFoundError(NotFoundError):
    """No such division."""

    code = "cases.bureau-not-found"
    title = "没有这个地方"
    title_en = "No such division"
    advice = "请核对六位区划代码。"
    advice_en = "Check the six-digit division code."


class ContactNotFoundError(NotFoundError):
    """No such contact of this bureau."""

    code = "cases.contact-not-found"
    title = "没有这名联系人"
    title_en = "No such contact"
    advice = "请刷新联系人名单再看。"
    advice_en = "Reload the list of contacts."


class PromiseNotFoundError(NotFoundError):
    """No such promise of this division."""

    code = "cases.promise-not-found"
    title = "没有这项承诺"
    title_en = "No such promise"
    advice = "请刷新承诺清单再看。"
    advice_en = "Reload the list of promises."


class PromiseNotShorterError(UnprocessableError):
    """A promise may only leave the bureau fewer days than the law."""

    code = "cases.promise-not-shorter"
    title = "承诺的期限要比法定期限短"
    title_en = "A promise must be shorter than the law"
    advice = "这一期限法定为 {lawful} 天（0 表示不能承诺），请填更少的天数。"
    advice_en = "The law leaves {lawful} days (0: cannot be promised); promise fewer."


class SignNotFoundError(NotFoundError):
    """No such open sign of retaliation."""

    code = "cases.sign-not-found"
    title = "没有找到这条线索"
    title_en = "No such open sign"
    advice = "可能已经核实过了。"
    advice_en = "It may be settled already."


class PeriodReversedError(UnprocessableError):
    """The last day of a period lies before its first."""

    code = "cases.period-reversed"
    title = "结束日期早于开始日期"
    title_en = "The period ends before it begins"
    advice = "请把开始日期和结束日期对调。"
    advice_en = "Swap `since` and `until`."


class SlipNotFoundError(NotFoundError):
    """The half hour in which number and PIN can be seen again is over."""

    code = "cases.slip-not-found"
    title = "看不到了"
    title_en = "No longer available"
    advice = "投诉已经收到。登录后在“投诉”里看；密码丢了可以在那里换一个。"
    advice_en = "The complaint is filed. Sign in to see it and to renew the PIN."


class OrderUnexplainedError(UnprocessableError):
    """A case ends as no matter of ours while an order or an advance of it is open."""

    code = "cases.order-unexplained"
    title = "责令付的钱没付清，或者垫的钱没追回，要写明原因"
    title_en = "An order is not kept or an advance not recovered: say why"
    advice = "请先核对责令和垫付的记录。确实要这样结案的，请在“金额说明”里写清原因。"
    advice_en = "Check the order and the advance; to end the case so, say why in `amount_reason`."


class OrderStandsError(ConflictError):
    """After an order to pay a complaint is not withdrawn, whatever happened since."""

    code = "cases.order-stands"
    title = "已经责令对方付钱，不能撤回投诉了"
    title_en = "There is an order to pay: the complaint cannot be withdrawn"
    advice = "钱收到了，等办结时点“收到了”。有人逼你撤回，请打 12333，报上编号。"
    advice_en = (
        "Say that the money came once the case is closed. If pressed to withdraw, call 12333."
    )
