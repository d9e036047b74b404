"""Templates, and how dates, money and states read on a page."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from api.pages.calls import link_numbers
from attendance.day_rules import format_units
from attendance.phone_rules import PLACE_WORDS
from cases import workflow
from core.case_enums import CaseAction
from core.clock import SHANGHAI, month_start
from core.enums import (
    Grade,
    PayRowState,
    PayslipAnswerState,
    Role,
    WageSeverity,
)
from core.masking import mask_card, mask_name
from core.money import to_yuan
from core.pay_enums import DeductionKind
from payroll.bank_profiles import PROFILE_NAMES
from payroll.line_words import describe_line
from payroll.rejections import RejectionOwner, explain_rejection
from payroll.words import BATCH_NAMES, SHEET_NAMES

WEEKDAYS = "一二三四五六日"
MINUTES_PER_HOUR = 60

GRADE_NAMES = {
    Grade.A: "入场码",
    Grade.B: "刷脸或刷卡",
    Grade.C: "手机打卡",
    Grade.D: "工地补记",
    Grade.E: "后来导入",
}
ANSWER_NAMES = {
    PayslipAnswerState.AWAITING: "等你答复",
    PayslipAnswerState.CONFIRMED: "你已确认",
    PayslipAnswerState.DISPUTED: "你说有问题",
    PayslipAnswerState.NO_RESPONSE: "还没答复",
    PayslipAnswerState.UNREACHABLE: "还没答复",
}
BANK_NAMES = {
    PayRowState.SUBMITTED: "已送银行，等银行回复",
    PayRowState.ACKNOWLEDGED: "银行回复：已打到卡上",
    PayRowState.REJECTED: "银行退回，没有打成",
}
DESK_ANSWER_NAMES = {
    PayslipAnswerState.AWAITING: "等本人答复",
    PayslipAnswerState.CONFIRMED: "本人已确认",
    PayslipAnswerState.DISPUTED: "本人说有问题",
    PayslipAnswerState.NO_RESPONSE: "提醒过，没答复",
    PayslipAnswerState.UNREACHABLE: "联系不上",
}
"""The same as the people who make the pay read it; silence is no answer."""
ROW_NAMES = {
    PayRowState.DRAFTED: "等放行",
    PayRowState.WITHDRAWN: "没有送出",
    PayRowState.SUBMITTED: "等银行回复",
    PayRowState.ACKNOWLEDGED: "已到账",
    PayRowState.REJECTED: "银行退回",
}
OWNER_NAMES = {
    RejectionOwner.WORKER: "工人本人（换卡只能本人办）",
    RejectionOwner.LABOUR_MANAGER: "劳资专管员（问银行）",
}
DEDUCTION_NAMES = {
    DeductionKind.AGREED: "本人同意扣的（如宿舍电费）",
    DeductionKind.DAMAGE: "赔偿本人造成的损失",
    DeductionKind.INCOME_TAX: "个人所得税",
    DeductionKind.SOCIAL_INSURANCE: "社会保险个人部分",
    DeductionKind.COURT_ORDER: "法院判决、裁定要扣的",
}
ROLE_NAMES = {Role.LABOUR_MANAGER: "劳资专管员", Role.EMPLOYER_ADMIN: "单位管理员"}
FIELD_NAMES = {
    "work_time": "工时或天数",
    "items": "单价或项目",
    "deductions": "扣款",
    "net": "实发金额",
    "payment_means": "银行卡",
    "other": "别的",
}
STATUS_TITLES = {
    WageSeverity.SAFE: "工资都已到账",
    WageSeverity.ATTENTION: "有事等处理",
    WageSeverity.WARNING: "工资过期未到账",
    WageSeverity.ARREARS: "工资被拖欠",
}
OWN_ACTIONS = {
    CaseAction.WITHDRAW: "撤回投诉",
    CaseAction.REOPEN: "钱没收到，重新办理",
    CaseAction.CONFIRM_PAID: "钱收到了",
    CaseAction.AGREE: "同意调解方案",
    CaseAction.DECLINE_AGREEMENT: "不同意调解方案",
    CaseAction.ADD_DETAILS: "补充缺的情况",
    CaseAction.SUPPLEMENT: "补充说明",
    CaseAction.ASK_QUESTION: "问一句",
}


def say_day(day: date) -> str:
    """Return e.g. ``2026年11月2日``."""
    return f"{day.year}年{day.month}月{day.day}日"


def say_short_day(day: date) -> str:
    """Return e.g. ``2日 周一``."""
    return f"{day.day}日 周{WEEKDAYS[day.weekday()]}"


def say_month(month: str) -> str:
    """Return ``2026年10月`` for ``2026-10``."""
    first = month_start(month)
    return f"{first.year}年{first.month}月"


def say_moment(instant: datetime) -> str:
    """Return day and time in Shanghai."""
    local = instant.astimezone(SHANGHAI)
    return f"{say_day(local.date())} {local:%H:%M}"


def say_clock(instant: datetime | None) -> str:
    """Return the time of day in Shanghai, or a dash."""
    return f"{instant.astimezone(SHANGHAI):%H:%M}" if instant else "—"


def say_duration(minutes: int) -> str:
    """Return e.g. ``8小时30分``."""
    hours, rest = divmod(minutes, MINUTES_PER_HOUR)
    return f"{hours}小时{rest}分" if rest else f"{hours}小时"


templates = Jinja2Templates(directory=Path(__file__).parents[2] / "web" / "templates")
templates.env.filters.update(
    day=say_day,
    short_day=say_short_day,
    month=say_month,
    moment=say_moment,
    clock=say_clock,
    duration=say_duration,
    units=format_units,
    yuan=to_yuan,
    how=describe_line,
    rejection=lambda reason: explain_rejection(reason).say,
    calls=link_numbers,
    masked=mask_name,
    masked_card=mask_card,
    rejection_owner=lambda reason: OWNER_NAMES[explain_rejection(reason).owner],
)
templates.env.globals.update(
    grade_names=GRADE_NAMES,
    answer_names=ANSWER_NAMES,
    desk_answer_names=DESK_ANSWER_NAMES,
    sheet_names=SHEET_NAMES,
    batch_names=BATCH_NAMES,
    row_names=ROW_NAMES,
    profile_names=PROFILE_NAMES,
    role_names=ROLE_NAMES,
    deduction_names=DEDUCTION_NAMES,
    bank_names=BANK_NAMES,
    field_names=FIELD_NAMES,
    status_titles=STATUS_TITLES,
    own_actions=OWN_ACTIONS,
    wordy_actions=workflow.WORDY,
    place_names=PLACE_WORDS,
)


def render(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a page; every value is escaped, and no browser or proxy keeps it.

    A phone is lent to the next worker: after signing out "back" must show nothing.
    """
    headers: Mapping[str, str] = {"Cache-Control": "no-store"}
    return templates.TemplateResponse(
        request, template, context, status_code=status, headers=headers
    )
