"""Every text we send: what it says, its version, how urgent it is, how long it is worth sending.

A change of wording, in any language, raises the version. Placeholders are the names in
`rules.VARIABLES`. No link (+86 carriers refuse them), no ID number, never an amount together with
an employer's name. `docs/messages.md` shows them all with samples.
"""

from datetime import timedelta
from enum import StrEnum

from core.enums import Language, Urgency
from notifications.complaint_texts import COMPLAINT_TEXTS
from notifications.day_texts import DAY_TEXTS
from notifications.wording import TemplateText

SIGNATURE = "【安薪码】"


class Template(StrEnum):
    """What is told."""

    SIGN_IN_CODE = "sign_in_code"
    RELEASE_CODE = "release_code"
    BANK_CARD_CODE = "bank_card_code"
    DIGEST = "digest"
    CHECK_IN_ENTERED = "check_in_entered"
    CHECK_INS_ENTERED = "check_ins_entered"
    CHECK_IN_WITHDRAWN = "check_in_withdrawn"
    CHECK_INS_WITHDRAWN = "check_ins_withdrawn"
    DAY_UNSURE = "day_unsure"
    DAY_OBJECTED = "day_objected"
    OBJECTION_ACCEPTED = "objection_accepted"
    OBJECTION_REJECTED = "objection_rejected"
    SHEET_CHANGED = "sheet_changed"
    SHEET_SENT_BACK = "sheet_sent_back"
    SHEET_WAITS = "sheet_waits"
    SHEET_AT_COMPANY = "sheet_at_company"
    SHEET_READY = "sheet_ready"
    ADVANCE_RECORDED = "advance_recorded"
    DEDUCTION_PROPOSED = "deduction_proposed"
    PAYSLIP_PUBLISHED = "payslip_published"
    PAYSLIP_CHANGED = "payslip_changed"
    PAYSLIP_REPLACED = "payslip_replaced"
    PAYSLIP_CONFIRMED = "payslip_confirmed"
    PAYSLIP_DISPUTED = "payslip_disputed"
    PAYSLIP_REMINDER = "payslip_reminder"
    DISPUTE_REJECTED = "dispute_rejected"
    DISPUTE_OVERDUE = "dispute_overdue"
    DISPUTE_RAISED = "dispute_raised"
    VISIT_DUE = "visit_due"
    MONEY_MISSING = "money_missing"
    CONFIRMATION_TAKEN_BACK = "confirmation_taken_back"
    CONFIRMATION_DENIED = "confirmation_denied"
    WAGE_ACCOUNT_LOW = "wage_account_low"
    WAGE_ACCOUNT_CLOSING = "wage_account_closing"
    WAGE_PAID = "wage_paid"
    WAGE_REJECTED = "wage_rejected"
    BANK_CARD_CHANGED = "bank_card_changed"
    PHONE_CHANGED = "phone_changed"
    PHOTO_KEPT = "photo_kept"
    CONFLICT_FOUND = "conflict_found"
    CONFLICT_RESOLVED = "conflict_resolved"
    REFUSAL_FOUND = "refusal_found"
    REFUSAL_RESOLVED = "refusal_resolved"
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
    CASE_DETAILS_ASKED = "case_details_asked"
    CASE_DETAILS_ADDED = "case_details_added"
    CASE_TRANSFERRED = "case_transferred"
    CASE_REFERRED = "case_referred"
    CASE_EXTENDED = "case_extended"
    CASE_SUSPENDED = "case_suspended"
    CASE_RESUMED = "case_resumed"
    CASE_AGREEMENT_PROPOSED = "case_agreement_proposed"
    CASE_AGREED = "case_agreed"
    CASE_AGREEMENT_ENDED = "case_agreement_ended"
    CASE_IN_COURT = "case_in_court"
    CASE_TO_POLICE = "case_to_police"
    CASE_WITH_POLICE = "case_with_police"
    CASE_POLICE_FILED = "case_police_filed"
    CASE_POLICE_DECLINED = "case_police_declined"
    CASE_ADVANCED = "case_advanced"
    CASE_FOLLOW_UP = "case_follow_up"
    CASE_QUESTION_ANSWERED = "case_question_answered"
    CASE_SAID_FOR_YOU = "case_said_for_you"
    CASE_AGREEMENT_DUE = "case_agreement_due"
    QUESTION_ASKED = "question_asked"
    AGREEMENT_DUE = "agreement_due"
    PAID_SAID = "paid_said"
    REOPENED_SAID = "reopened_said"
    AGREEMENT_PROPOSED = "agreement_proposed"
    CASES_DUE = "cases_due"
    CASES_OVERDUE = "cases_overdue"
    CASES_SUPERVISED = "cases_supervised"
    DECISION_ASKED = "decision_asked"
    RETALIATION_SEEN = "retaliation_seen"
    GROUP_ALERT = "group_alert"
    BUREAU_SILENT = "bureau_silent"


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
    Template.ADVANCE_RECORDED: TemplateText(
        1, "工地登记你{work_date}预支过工资，发工资时会扣。没拿到请打12333。", "预支"
    ),
    Template.DEDUCTION_PROPOSED: TemplateText(
        1, "工地想扣你{month}的工资，你同意才能扣。请打开安薪码看；不答复不算同意。", "扣款"
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
    Template.PAYSLIP_REPLACED: TemplateText(
        1,
        "你{month}的工资条改过了，还等你核对。请打开安薪码看新的，没错点“确认”，不对点“有问题”。",
        "工资条改动",
        others={
            Language.SICHUANESE: (
                "你{month}的工资条改过了。打开安薪码看新的，对头就点“确认”，不对就点“有问题”。"
            )
        },
    ),
    Template.PAYSLIP_CONFIRMED: TemplateText(
        1,
        "你已确认{month}的工资条，凭证已保存。不是你本人点的，请马上打12333。",
        "工资条确认",
    ),
    Template.PAYSLIP_DISPUTED: TemplateText(
        2,
        "你对{month}工资条的疑问已记下，工地要给你答复。你没点确认之前，不算你同意。不想收这类短信，回T退订。",
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
    Template.CONFIRMATION_TAKEN_BACK: TemplateText(
        1,
        "你说{month}的工资条不是你确认的，那次确认已经作废。请打开安薪码重新核对。"
        "有人拿了你的卡，请马上挂失。",
        "工资条确认作废",
        Urgency.URGENT,
    ),
    Template.CONFIRMATION_DENIED: TemplateText(
        1,
        "有工人说{month}的工资条不是本人在自助机上确认的，可能有人代签。请打开工作台核实。",
        "疑似代签",
        Urgency.URGENT,
    ),
    Template.WAGE_ACCOUNT_LOW: TemplateText(
        1,
        "工地工资专户的钱不够发{month}的工资，最晚{last_date}要发。请马上核实，催人工费到账。",
        "工资专户不足",
    ),
    Template.WAGE_ACCOUNT_CLOSING: TemplateText(
        1,
        "工地完工，工资专户要注销，公示到{last_date}。还有工资没拿到，请马上打开安薪码投诉，或打12333。",
        "工资专户注销",
    ),
    Template.WAGE_PAID: TemplateText(
        2,
        "银行回复：你{month}的工资已打到你的卡上。没收到请打开安薪码点没收到。不想收这类短信，回T退订。",
        "工资到账",
        is_optional=True,
        others={
            Language.SICHUANESE: (
                "银行回复：你{month}的工资打到你卡上咯。没收到就打开安薪码点没收到。"
                "不想收这种短信，回T退订。"
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
    Template.CASES_DUE: TemplateText(
        1,
        "你有{count}件案件快到期或今天到期，请打开工作台按期办理。",
        "案件期限",
        is_confidential=True,
    ),
    Template.CASES_OVERDUE: TemplateText(
        1,
        "本单位有{count}件案件已超期，请督促承办人马上办理。",
        "案件期限",
        is_confidential=True,
    ),
    Template.CASES_SUPERVISED: TemplateText(
        1,
        "下级有{count}件案件超期未办，列入督办，请打开工作台查看。",
        "案件督办",
        is_confidential=True,
    ),
    Template.DECISION_ASKED: TemplateText(
        1,
        "案件{number}有一项请示等你批，请打开工作台。",
        "案件请示",
        is_confidential=True,
    ),
    Template.AGREEMENT_PROPOSED: TemplateText(
        1,
        "有一份工资调解协议（编号{number}）等用人单位看清楚再签字，请打开安薪码工作台。",
        "调解协议签字",
    ),
    Template.RETALIATION_SEEN: TemplateText(
        1,
        "案件{number}的投诉人可能受到报复，请尽快核实。",
        "疑似报复",
        is_confidential=True,
    ),
    Template.GROUP_ALERT: TemplateText(
        1,
        "群体性欠薪：投诉{number}等，已有{count}人。请马上到场，并打开工作台确认收到。",
        "群体性事件",
        Urgency.URGENT,
        is_confidential=True,
    ),
    Template.BUREAU_SILENT: TemplateText(
        1,
        "投诉{number}所在的县区没有人接收，请马上安排人办理。",
        "无人接收",
        Urgency.URGENT,
        is_confidential=True,
    ),
}
TEXTS |= {Template(name): text for name, text in DAY_TEXTS.items()}
TEXTS |= {
    Template(name): TemplateText(version, text, "投诉", is_confidential=True)
    for name, (version, text) in COMPLAINT_TEXTS.items()
}

CONFIDENTIAL = frozenset(template for template, text in TEXTS.items() if text.is_confidential)
"""What the labour manager of a site never sees, not even that it was sent."""

CODES = frozenset({Template.SIGN_IN_CODE, Template.RELEASE_CODE, Template.BANK_CARD_CODE})
"""Worth nothing after minutes, so nobody is to pass them on."""
