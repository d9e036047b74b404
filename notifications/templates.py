"""Every text we send: what it says, its version, how urgent it is, how long it is worth sending.

A change of wording, in any language, raises the version. Placeholders are the names in
`rules.VARIABLES`. No link (+86 carriers refuse them), no ID number, never an amount together with
an employer's name. `docs/messages.md` shows them all with samples.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from core.enums import Language, Urgency

SIGNATURE = "【安薪码】"
WORTH_SENDING = timedelta(days=3)


class Template(StrEnum):
    """What is told."""

    SIGN_IN_CODE = "sign_in_code"
    RELEASE_CODE = "release_code"
    BANK_CARD_CODE = "bank_card_code"
    DIGEST = "digest"
    CHECK_IN_ENTERED = "check_in_entered"
    PAYSLIP_PUBLISHED = "payslip_published"
    PAYSLIP_CHANGED = "payslip_changed"
    PAYSLIP_CONFIRMED = "payslip_confirmed"
    PAYSLIP_DISPUTED = "payslip_disputed"
    PAYSLIP_REMINDER = "payslip_reminder"
    DISPUTE_REJECTED = "dispute_rejected"
    DISPUTE_OVERDUE = "dispute_overdue"
    DISPUTE_RAISED = "dispute_raised"
    VISIT_DUE = "visit_due"
    MONEY_MISSING = "money_missing"
    WAGE_PAID = "wage_paid"
    WAGE_REJECTED = "wage_rejected"
    BANK_CARD_CHANGED = "bank_card_changed"
    PHONE_CHANGED = "phone_changed"
    PHOTO_KEPT = "photo_kept"
    CONFLICT_FOUND = "conflict_found"
    CONFLICT_RESOLVED = "conflict_resolved"
    DEVICE_TROUBLE = "device_trouble"
    CARD_ISSUED = "card_issued"
    CARD_REVOKED = "card_revoked"
    CARD_PIN_RENEWED = "card_pin_renewed"
    CARD_PIN_CHOSEN = "card_pin_chosen"
    COMPLAINT_FILED = "complaint_filed"
    CASE_ACCEPTED = "case_accepted"
    CASE_REFUSED = "case_refused"
    CASE_ORDERED_TO_PAY = "case_ordered_to_pay"
    CASE_CLOSED = "case_closed"
    CASE_REOPENED = "case_reopened"
    CASE_WITHDRAWN = "case_withdrawn"


@dataclass(frozen=True, slots=True)
class TemplateText:
    """One text without its signature."""

    version: int
    text: str
    topic: str
    """What it is about, in a word or two."""
    urgency: Urgency = Urgency.NORMAL
    expires_after: timedelta = WORTH_SENDING
    """After this time the message helps nobody any more and is not sent."""
    is_optional: bool = False
    """No law asks for it and nobody loses a right without it, so people may do without."""
    is_confidential: bool = False
    """About a complaint: nobody on the site may learn of it, the labour manager least of all."""
    others: Mapping[Language, str] = field(default_factory=dict)
    """The same in other languages; where there is none, Chinese is sent."""

    def in_language(self, language: Language) -> tuple[Language, str]:
        """Return the text in the language, or in Chinese, and which of them it is."""
        if language in self.others:
            return language, self.others[language]
        return Language.CHINESE, self.text


TEXTS: dict[Template, TemplateText] = {
    Template.SIGN_IN_CODE: TemplateText(
        1,
        "验证码{code}，5分钟内有效。不要告诉任何人，工作人员也不会问你要。",
        "验证码",
        Urgency.URGENT,
        timedelta(minutes=5),
    ),
    Template.RELEASE_CODE: TemplateText(
        1,
        "放行{rows}笔工资共{total}元，验证码{code}，5分钟内有效。没核对过不要用，不要告诉任何人。",
        "验证码",
        Urgency.URGENT,
        timedelta(minutes=5),
    ),
    Template.BANK_CARD_CODE: TemplateText(
        1,
        "把工资卡换成尾号{tail}，验证码{code}，5分钟内有效。不是你本人在换，不要告诉任何人。",
        "验证码",
        Urgency.URGENT,
        timedelta(minutes=5),
    ),
    Template.DIGEST: TemplateText(
        1, "你有{count}条新消息：{topics}。请打开安薪码看，看不了可以打12333问。", "几条消息"
    ),
    Template.CHECK_IN_ENTERED: TemplateText(
        1,
        "工地给你补记了{work_date}的考勤。请打开安薪码看看对不对，不对可以提出。",
        "补记考勤",
        others={
            Language.SICHUANESE: (
                "工地给你补记了{work_date}的考勤。打开安薪码看哈对不对，不对就提出来。"
            )
        },
    ),
    Template.PAYSLIP_PUBLISHED: TemplateText(
        1,
        "你{month}的工资条出来了。请打开安薪码核对，没错点“确认”，不对点“有问题”。",
        "工资条",
        others={
            Language.SICHUANESE: (
                "你{month}的工资条出来咯。打开安薪码对一哈，对头就点“确认”，不对就点“有问题”。"
            )
        },
    ),
    Template.PAYSLIP_CHANGED: TemplateText(
        1,
        "你{month}的工资条改过了，之前的答复作废。请打开安薪码重新核对。",
        "工资条改动",
        others={
            Language.SICHUANESE: "你{month}的工资条改过了，前头的答复不算了。打开安薪码重新对一哈。"
        },
    ),
    Template.PAYSLIP_CONFIRMED: TemplateText(
        1,
        "你已确认{month}的工资条，凭证已保存。不是你本人点的，请马上打12333。",
        "工资条确认",
    ),
    Template.PAYSLIP_DISPUTED: TemplateText(
        1,
        "你对{month}工资条的疑问已记下，工地要给你答复。你没点确认之前，不算你同意。",
        "工资条疑问",
        is_optional=True,
    ),
    Template.PAYSLIP_REMINDER: TemplateText(
        1,
        "你{month}的工资条还在等你核对。没错点“确认”，不对点“有问题”。你不答复，不算你同意。",
        "工资条提醒",
    ),
    Template.DISPUTE_REJECTED: TemplateText(
        1,
        "你对{month}工资条的疑问，工地答复不改，理由请打开安薪码看。同意就确认，不同意可以投诉。",
        "工资条答复",
    ),
    Template.DISPUTE_OVERDUE: TemplateText(
        1,
        "你对{month}工资条的疑问，工地没有按时答复。请打开安薪码，可以一键投诉。",
        "工资条答复",
    ),
    Template.DISPUTE_RAISED: TemplateText(
        1,
        "有工人说{month}的工资条有问题。请在三个工作日内改好或者答复，过期没答复，工人会收到通知。",
        "工资条疑问",
    ),
    Template.VISIT_DUE: TemplateText(
        1,
        "有工人一直没答复{month}的工资条。没答复不算同意，请按名单当面去问，再把结果记下来。",
        "当面问工资条",
    ),
    Template.MONEY_MISSING: TemplateText(
        1, "有工人说{month}的工资没收到。请马上和银行核对，再告诉本人。", "工资没收到"
    ),
    Template.WAGE_PAID: TemplateText(
        1,
        "银行回复：你{month}的工资已打到你的卡上。没收到请打开安薪码点没收到。",
        "工资到账",
        is_optional=True,
        others={
            Language.SICHUANESE: (
                "银行回复：你{month}的工资打到你卡上咯。没收到就打开安薪码点没收到。"
            )
        },
    ),
    Template.WAGE_REJECTED: TemplateText(
        2,
        "你{month}的工资银行没打成，原因：{reason}。请打开安薪码换卡，或问劳资员。",
        "工资没打成",
        Urgency.URGENT,
    ),
    Template.BANK_CARD_CHANGED: TemplateText(
        1,
        "你的工资卡换成了尾号{tail}，没打成的工资下一批打到这张卡。不是你本人换的，请马上打12333。",
        "换工资卡",
        Urgency.URGENT,
    ),
    Template.PHONE_CHANGED: TemplateText(
        1,
        "你的入场码{moment}换到了另一部手机，原来那部的码已停用。不是你换的，请用原手机登录换回来。",
        "换手机",
        Urgency.URGENT,
    ),
    Template.PHOTO_KEPT: TemplateText(
        1,
        "工地给你放了一张小照片，给门卫核对用。你没同意或者不想放，请打开安薪码删掉，不影响进场。",
        "照片",
    ),
    Template.CONFLICT_FOUND: TemplateText(
        1,
        "你{work_date}有一次进出记录对不上，工地劳资员会核对。你有话说，请打开安薪码提出异议。",
        "进出核对",
    ),
    Template.CONFLICT_RESOLVED: TemplateText(
        1,
        "你{work_date}那次对不上的进出，工地核对完了，考勤没有改动。不同意请打开安薪码提出异议。",
        "进出核对",
    ),
    Template.DEVICE_TROUBLE: TemplateText(
        1, "工地设备“{gate}”{trouble}，请去现场看看。好了之前不再提醒。", "设备"
    ),
    Template.CARD_ISSUED: TemplateText(
        1,
        "工地给你做了一张安薪码卡。卡和密码信要你本人收着，信封拆过就别收。没收到请打12333。",
        "安薪码卡",
    ),
    Template.CARD_REVOKED: TemplateText(
        1,
        "你的一张安薪码卡停用了，刷不开门了。不是你本人要停的，请问工地劳资员，或打12333。",
        "安薪码卡停用",
    ),
    Template.CARD_PIN_RENEWED: TemplateText(
        1,
        "工地给你的安薪码卡重发了密码信，旧密码不能用了。不是你本人要的，请打12333。",
        "安薪码卡密码",
        Urgency.URGENT,
    ),
    Template.CARD_PIN_CHOSEN: TemplateText(
        1,
        "你的安薪码卡换了新密码。不是你本人换的，请马上挂失这张卡，或打12333。",
        "安薪码卡密码",
        Urgency.URGENT,
    ),
    Template.COMPLAINT_FILED: TemplateText(
        1,
        "你的投诉已收到，编号{number}。办到哪一步我们都会发短信告诉你。",
        "投诉",
        is_confidential=True,
    ),
    Template.CASE_ACCEPTED: TemplateText(
        1, "你的投诉{number}已受理，劳动监察开始调查。", "投诉", is_confidential=True
    ),
    Template.CASE_REFUSED: TemplateText(
        1,
        "你的投诉{number}没有受理。原因和下一步怎么办，请打开安薪码看，也可以打12333问。",
        "投诉",
        is_confidential=True,
    ),
    Template.CASE_ORDERED_TO_PAY: TemplateText(
        1,
        "你的投诉{number}有进展：劳动监察已责令对方支付工资。",
        "投诉",
        is_confidential=True,
    ),
    Template.CASE_CLOSED: TemplateText(
        1,
        "你的投诉{number}已办结。钱收到了吗？没收到请打开安薪码说一声，可以重新办理。",
        "投诉",
        is_confidential=True,
    ),
    Template.CASE_REOPENED: TemplateText(
        1, "你的投诉{number}已重新办理，我们接着跟。", "投诉", is_confidential=True
    ),
    Template.CASE_WITHDRAWN: TemplateText(
        1,
        "你的投诉{number}已撤回。不是你本人撤的，请马上打12333。",
        "投诉",
        is_confidential=True,
    ),
}

CONFIDENTIAL = frozenset(template for template, text in TEXTS.items() if text.is_confidential)
"""What the labour manager of a site never sees, not even that it was sent."""

CODES = frozenset({Template.SIGN_IN_CODE, Template.RELEASE_CODE, Template.BANK_CARD_CODE})
"""Worth nothing after minutes, so nobody is to pass them on."""
