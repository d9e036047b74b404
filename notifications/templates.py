"""Every text we send: what it says, its version, how urgent it is, how long it is worth sending.

A change of wording raises the version. Placeholders are the names in `rules.VARIABLES`. No link
(+86 carriers refuse them), no ID number, never an amount together with an employer's name.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from core.enums import Urgency

SIGNATURE = "【安薪码】"


class Template(StrEnum):
    """What is told."""

    SIGN_IN_CODE = "sign_in_code"
    CHECK_IN_ENTERED = "check_in_entered"
    PAYSLIP_PUBLISHED = "payslip_published"
    PAYSLIP_CHANGED = "payslip_changed"
    PAYSLIP_CONFIRMED = "payslip_confirmed"
    PAYSLIP_DISPUTED = "payslip_disputed"
    WAGE_PAID = "wage_paid"
    WAGE_REJECTED = "wage_rejected"
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
    urgency: Urgency = Urgency.NORMAL
    expires_after: timedelta | None = None
    """After this time the message helps nobody any more and is not sent."""


TEXTS: dict[Template, TemplateText] = {
    Template.SIGN_IN_CODE: TemplateText(
        1,
        "验证码{code}，5分钟内有效。不要告诉任何人，工作人员也不会问你要。",
        Urgency.URGENT,
        timedelta(minutes=5),
    ),
    Template.CHECK_IN_ENTERED: TemplateText(
        1, "工地给你补记了{work_date}的考勤。请打开安薪码看看对不对，不对可以提出。"
    ),
    Template.PAYSLIP_PUBLISHED: TemplateText(
        1, "你{month}的工资条出来了。请打开安薪码核对，没错点“确认”，不对点“有问题”。"
    ),
    Template.PAYSLIP_CHANGED: TemplateText(
        1, "你{month}的工资条改过了，之前的答复作废。请打开安薪码重新核对。"
    ),
    Template.PAYSLIP_CONFIRMED: TemplateText(
        1, "你已确认{month}的工资条，凭证已保存。不是你本人点的，请马上打12333。"
    ),
    Template.PAYSLIP_DISPUTED: TemplateText(
        1, "你对{month}工资条的疑问已记下，工地要给你答复。你没点确认之前，不算你同意。"
    ),
    Template.WAGE_PAID: TemplateText(
        1, "银行回复：你{month}的工资已打到你的卡上。没收到请打开安薪码点没收到。"
    ),
    Template.WAGE_REJECTED: TemplateText(
        1,
        "你{month}的工资银行没有打成功，原因：{reason}。请找工地劳资员核对你的银行卡。",
        Urgency.URGENT,
    ),
    Template.COMPLAINT_FILED: TemplateText(
        1, "你的投诉已收到，编号{number}。办到哪一步我们都会发短信告诉你。"
    ),
    Template.CASE_ACCEPTED: TemplateText(1, "你的投诉{number}已受理，劳动监察开始调查。"),
    Template.CASE_REFUSED: TemplateText(
        1, "你的投诉{number}没有受理。原因和下一步怎么办，请打开安薪码看，也可以打12333问。"
    ),
    Template.CASE_ORDERED_TO_PAY: TemplateText(
        1, "你的投诉{number}有进展：劳动监察已责令对方支付工资。"
    ),
    Template.CASE_CLOSED: TemplateText(
        1, "你的投诉{number}已办结。钱收到了吗？没收到请打开安薪码说一声，可以重新办理。"
    ),
    Template.CASE_REOPENED: TemplateText(1, "你的投诉{number}已重新办理，我们接着跟。"),
    Template.CASE_WITHDRAWN: TemplateText(
        1, "你的投诉{number}已撤回。不是你本人撤的，请马上打12333。"
    ),
}
