"""Refusals of the package, and the one mistake in a message that only a programmer can make."""

from core.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    ThrottledError,
    UnprocessableError,
)


class TemplateError(ValueError):
    """The values do not fit the template, or the text breaks a rule for messages."""


class ForeignReportError(ForbiddenError):
    """A delivery report that the provider did not sign, or on a path it was not told."""

    code = "notifications.foreign-report"
    title = "无法确认这份回执来自短信通道"
    title_en = "This report is not from the provider"
    advice = "请核对通道后台登记的回调地址和签名密钥是否与本系统一致。"
    advice_en = "Check that the callback address and signing key match this installation's."


class UnreadableReportError(UnprocessableError):
    """A genuine delivery report without the fields that say what it is about."""

    code = "notifications.unreadable-report"
    title = "回执里没有短信编号"
    title_en = "The report names no message"
    advice = "请核对通道的回执格式。"
    advice_en = "Check the format of the provider's reports."


class NotificationNotFoundError(NotFoundError):
    """There is no such message that waits for somebody to tell it, here."""

    code = "notifications.not-found"
    title = "没有这条待转告的通知"
    title_en = "No such message to pass on"
    advice = "请刷新待转告名单再试。"
    advice_en = "Reload the list of people to be told and try again."


class WebhookNotFoundError(NotFoundError):
    """There is no such webhook."""

    code = "notifications.webhook-not-found"
    title = "没有这个推送地址"
    title_en = "No such webhook"
    advice = "请刷新推送地址列表。"
    advice_en = "Reload the list of webhooks."


class WebhookEndedError(ConflictError):
    """Nothing is sent to this webhook any more."""

    code = "notifications.webhook-ended"
    title = "这个推送地址已经停用"
    title_en = "The webhook was ended"
    advice = "需要继续推送，请重新登记一个。"
    advice_en = "Create another one to go on."


class WebhookDeliveryNotFoundError(NotFoundError):
    """The webhook has no such event that was given up."""

    code = "notifications.webhook-delivery-not-found"
    title = "没有这条推送失败的事件"
    title_en = "No such event that was given up"
    advice = "请刷新失败列表，它可能已经送达或正在重试。"
    advice_en = "Reload the list; it may have been delivered or be under way."


class WebhookUrlError(UnprocessableError):
    """An address that events must not be sent to."""

    code = "notifications.webhook-url"
    title = "这个推送地址不能用"
    title_en = "Events cannot be sent to this address"
    advice = "请填 https 开头的公网域名地址，不要带用户名、密码、# 或内网地址。"
    advice_en = "Give an https URL with a public host name, no user, password or fragment."


class WebhookKnownError(ConflictError):
    """The same address twice for one scope would be told of everything twice."""

    code = "notifications.webhook-known"
    title = "这个范围已经登记过这个地址"
    title_en = "This scope has this address already"
    advice = "不用再登记。要换事件种类，请先停用原来的，再重新登记。"
    advice_en = "End the other webhook first to change what it is told."


class WebhookScopeError(UnprocessableError):
    """Kinds of events that this scope may not hear of, or two scopes at once."""

    code = "notifications.webhook-scope"
    title = "这个范围不能订阅这些事件"
    title_en = "This scope may not hear of these events"
    advice = "项目和区县只能填一个；投诉案件的事件只推送给主管部门，不推送给项目。"
    advice_en = "Name a project or a county; cases are not told to projects."


class MessageNotFoundError(NotFoundError):
    """The reader has no such message."""

    code = "notifications.message-not-found"
    title = "没有这条消息"
    title_en = "You have no such message"
    advice = "请刷新消息列表再看。"
    advice_en = "Reload the list of messages."


class TooManyListenersError(ThrottledError):
    """The reader, or everybody together, follows news on as many connections as there may be."""

    code = "notifications.too-many-listeners"
    title = "同时打开的页面太多了"
    title_en = "Too many open connections for news"
    advice = "消息不会丢。请过一会儿刷新消息列表。"
    advice_en = "Nothing is lost: ask for the list every minute instead."


class TeamNotFoundError(NotFoundError):
    """The project has no such team."""

    code = "notifications.team-not-found"
    title = "项目里没有这个班组"
    title_en = "The project has no such team"
    advice = "请从项目的班组列表里选。"
    advice_en = "Choose a team of this project."


class AlreadyToldError(ConflictError):
    """Somebody has told the person before."""

    code = "notifications.already-told"
    title = "这条通知已有人转告过"
    title_en = "Somebody has passed this message on already"
    advice = "不用重复登记，请刷新名单。"
    advice_en = "Nothing is left to do; reload the list."


class ApprovalCodeMissingError(UnprocessableError):
    """An approved text of a gateway that knows texts only by its own code for them."""

    code = "notifications.approval-code-missing"
    title = "审核通过的模板要填通道给的模板编号"
    title_en = "An approved text needs the gateway's code for it"
    advice = "请从通道后台抄下模板编号（如 SMS_123456789）再提交。"
    advice_en = "Copy the code, e.g. SMS_123456789, from the gateway's console."


class UnknownTextError(UnprocessableError):
    """A text is not written in the language somebody approved it in."""

    code = "notifications.unknown-text"
    title = "这条短信没有这种语言的写法"
    title_en = "There is no such text in that language"
    advice = "请在短信模板一览里核对有哪些语言。"
    advice_en = "See the list of texts for the languages of each."


class OutboxMessageNotFoundError(NotFoundError):
    """There is no such unfinished job."""

    code = "notifications.job-not-found"
    title = "没有这个未完成的任务"
    title_en = "No such unfinished job"
    advice = "它可能已经完成，请刷新列表。"
    advice_en = "It may have been finished; reload the list."
