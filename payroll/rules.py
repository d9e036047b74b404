"""Decisions about sheets and payslips: due dates, mandatory content, allowed steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from attendance.day_rules import format_units
from core.calendar import WorkingDays
from core.clock import ONE_DAY, month_start, next_month
from core.enums import PaySheetState, PayslipAnswerState, Role
from core.errors import DomainError
from core.money import parse_yuan, to_yuan
from identity.principal import Principal
from payroll.deductions import DeductionLine
from payroll.errors import (
    AgreementNeedsPhoneError,
    AnswerNotYoursError,
    PayslipAnsweredError,
    PayslipChangedError,
    SheetActionNotAllowedError,
)
from payroll.pay_rules import PayItem, WorkedTime
from payroll.words import SHEET_NAMES
from projects.counties import MinimumWage

ANSWERABLE = (
    PayslipAnswerState.AWAITING,
    PayslipAnswerState.NO_RESPONSE,
    PayslipAnswerState.UNREACHABLE,
)
"""A late answer of the worker's own still counts; silence never turned into one."""
NOT_AGREED = frozenset({*ANSWERABLE, PayslipAnswerState.DISPUTED})
"""The worker has not agreed to what the payslip says."""


REMINDER_DAYS = (1, 3, 5)
"""Days after a payslip was shown on which a worker who has not answered is reminded."""


class SheetAction(StrEnum):
    """A step in the life of a pay sheet."""

    DRAW_UP = "draw_up"
    PUBLISH = "publish"
    ADJUST = "adjust"
    APPROVE = "approve"
    INSTRUCT = "instruct"
    SETTLE = "settle"


ACTION_NAMES = {
    SheetAction.DRAW_UP: "重新生成",
    SheetAction.PUBLISH: "发给本人确认",
    SheetAction.ADJUST: "修改某个人的工资条",
    SheetAction.APPROVE: "审核",
    SheetAction.INSTRUCT: "生成银行文件",
    SheetAction.SETTLE: "导入银行结果",
}
TRANSITIONS: dict[tuple[PaySheetState, SheetAction], PaySheetState] = {
    (PaySheetState.DRAFT, SheetAction.DRAW_UP): PaySheetState.DRAFT,
    (PaySheetState.DRAFT, SheetAction.PUBLISH): PaySheetState.PUBLISHED,
    (PaySheetState.PUBLISHED, SheetAction.ADJUST): PaySheetState.PUBLISHED,
    (PaySheetState.PUBLISHED, SheetAction.APPROVE): PaySheetState.APPROVED,
    (PaySheetState.APPROVED, SheetAction.ADJUST): PaySheetState.APPROVED,
    (PaySheetState.APPROVED, SheetAction.APPROVE): PaySheetState.APPROVED,
    (PaySheetState.APPROVED, SheetAction.INSTRUCT): PaySheetState.INSTRUCTED,
    (PaySheetState.INSTRUCTED, SheetAction.ADJUST): PaySheetState.INSTRUCTED,
    (PaySheetState.INSTRUCTED, SheetAction.APPROVE): PaySheetState.INSTRUCTED,
    (PaySheetState.INSTRUCTED, SheetAction.INSTRUCT): PaySheetState.INSTRUCTED,
    (PaySheetState.INSTRUCTED, SheetAction.SETTLE): PaySheetState.SETTLED,
}


@dataclass(frozen=True, slots=True)
class PayslipFacts:
    """Everything a payslip shows (条例 §15); personal numbers arrive masked, None is missing."""

    employer_name: str
    project_name: str
    team_name: str
    month: str
    due_date: date
    worker_name: str
    id_number: str | None
    phone: str | None
    bank_name: str | None
    account: str | None
    worked: WorkedTime
    items: tuple[PayItem, ...]
    worked_out_fen: int | None = None
    """What would be paid had nobody replaced the lines worked out; None where it is the same."""
    deductions: tuple[DeductionLine, ...] = ()
    minimum_wage: MinimumWage | None = None
    remarks: tuple[str, ...] = ()
    """What worker and labour manager should know before they agree with it."""
    note: str | None = None
    """Why a later version differs from the one before."""

    @property
    def gross_fen(self) -> int:
        """The sum of the lines, each already rounded."""
        return sum(line.amount_fen for line in self.items)

    @property
    def deductions_fen(self) -> int:
        """What is taken off in all."""
        return sum(line.amount_fen for line in self.deductions)

    @property
    def net_fen(self) -> int:
        """What the bank is to pay."""
        return self.gross_fen - self.deductions_fen


MANDATORY = {
    "employer_name": "用人单位名称",
    "pay_period": "支付周期",
    "pay_date": "支付日期",
    "worker_name": "姓名",
    "id_number": "身份证号码",
    "contact": "联系方式",
    "work_time": "工作时间",
    "items": "应发工资项目",
    "gross": "应发数额",
    "deductions": "扣除项目和数额",
    "net": "实发工资数额",
    "payment_means": "银行卡",
}
"""条例 §15, by field of the content. An empty list of deductions is an answer, None is none."""


def next_state(state: PaySheetState, action: SheetAction) -> PaySheetState:
    """Return where the step leads, or raise SheetActionNotAllowedError."""
    try:
        return TRANSITIONS[state, action]
    except KeyError:
        allowed = [step for at, step in TRANSITIONS if at is state]
        raise SheetActionNotAllowedError(
            state=state.value,
            action=action.value,
            allowed="、".join(step.value for step in allowed) or "-",
            said=SHEET_NAMES[state],
            steps="、".join(ACTION_NAMES[step] for step in allowed) or "没有了",
        ) from None


def choose_reminder(days: int) -> int | None:
    """Return which reminder is due so many days after the payslip was shown.

    After an outage the last one that is due is sent, not all of them.
    """
    due = [day for day in REMINDER_DAYS if day <= days]
    return due[-1] if due and not is_silent(days) else None


def is_silent(days: int) -> bool:
    """Tell whether the reminders are over and somebody must go and see the worker."""
    return days > REMINDER_DAYS[-1]


def compute_due_date(month: str, payday: int, calendar: WorkingDays) -> date:
    """Return when wages of a ``YYYY-MM`` month are due: the payday of the next month.

    In a shorter month its last day; off a rest day it moves earlier (条例 §14).
    """
    first = next_month(month_start(month))
    last = next_month(first) - ONE_DAY
    return calendar.on_or_before(first.replace(day=min(payday, last.day)))


def compute_promised(
    *, shown_fen: int, promised_fen: int | None, is_agreed: bool, net_fen: int
) -> int | None:
    """Return what stays owed beside a new version over `net_fen`; None where it is no less.

    The earlier version showed `shown_fen` and may itself have kept an older promise. Only the
    worker's agreement lowers what is owed; a change by the payer does not.
    """
    owed = shown_fen if is_agreed else max(shown_fen, promised_fen or 0)
    return owed if owed > net_fen else None


def compute_binding(
    content: Mapping[str, Any], *, net_fen: int, version: int, is_agreed: bool
) -> int:
    """Return how much of a replaced version's net binds the payer.

    What was agreed to does, and what the sheet said when it was published. A later version nobody
    agreed to binds as far as attendance and terms bore it out: a slip of the keyboard that was
    put right in time is no debt.
    """
    worked_out = content.get("worked_out")
    if is_agreed or version == 1 or worked_out is None:
        return net_fen
    return min(net_fen, parse_yuan(worked_out))


def build_content(facts: PayslipFacts) -> dict[str, Any]:
    """Return the document the worker is shown and answers: text, whole numbers, no floats."""
    first = month_start(facts.month)
    last = next_month(first) - ONE_DAY
    return {
        "employer_name": facts.employer_name,
        "project_name": facts.project_name,
        "team_name": facts.team_name,
        "month": facts.month,
        "pay_period": {"from": first.isoformat(), "to": last.isoformat()},
        "pay_date": facts.due_date.isoformat(),
        "worker_name": facts.worker_name,
        "id_number": facts.id_number,
        # The ledger wants a way to reach the worker; without a phone it is the team (条例 §15).
        "contact": facts.phone or f"无手机，由{facts.team_name}转告",
        "work_time": describe_work_time(facts.worked),
        "items": [describe_item(line) for line in facts.items],
        "gross": to_yuan(facts.gross_fen),
        "deductions": [_deduction_content(line) for line in facts.deductions],
        "net": to_yuan(facts.net_fen),
        "worked_out": None if facts.worked_out_fen is None else to_yuan(facts.worked_out_fen),
        "payment_means": _payment_means(facts),
        "minimum_wage": _minimum_wage(facts.minimum_wage),
        "rounding": "每一行四舍五入到分",
        "remarks": list(facts.remarks),
        "note": facts.note,
    }


def describe_work_time(worked: WorkedTime) -> dict[str, Any]:
    """Return the days and hours as a payslip shows them."""
    return {
        "days": worked.days,
        "units": format_units(worked.units),
        "minutes": worked.minutes,
        "unclear_days": worked.unclear_days,
    }


def describe_item(line: PayItem) -> dict[str, Any]:
    """Return what a payslip says of a line."""
    return {
        "name": line.name,
        "quantity": line.quantity,
        "unit": line.unit,
        "unit_price": to_yuan(line.unit_price_fen),
        "price_per": line.price_per,
        "amount": to_yuan(line.amount_fen),
        # The days are part of what the worker agrees with, so none can be swapped later.
        "days": [day.day for day in line.days],
        "for_month": line.for_month,
        "entry_id": line.entry_id and str(line.entry_id),
        "covers": line.covers,
        "percent": line.percent,
        "most": None if line.most_fen is None else to_yuan(line.most_fen),
    }


def _deduction_content(line: DeductionLine) -> dict[str, Any]:
    source_id = line.entry_id or line.advance_id
    return {
        "name": line.name,
        "kind": line.kind,
        "amount": to_yuan(line.amount_fen),
        "reason": line.reason,
        "entry_id": str(source_id),
    }


def _minimum_wage(wage: MinimumWage | None) -> dict[str, str] | None:
    if wage is None:
        return None
    return {
        "monthly": to_yuan(wage.monthly_fen),
        "hourly": to_yuan(wage.hourly_fen),
        "in_force_from": wage.in_force_from.isoformat(),
        "source": wage.source,
    }


def _payment_means(facts: PayslipFacts) -> dict[str, str] | None:
    if not (facts.account and facts.bank_name):
        return None
    return {"kind": "银行代发", "bank_name": facts.bank_name, "account": facts.account}


def is_as_before(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> bool:
    """Tell whether two versions say the same, whatever the note on the change says."""
    return {**earlier, "note": None} == {**later, "note": None}


def list_missing(content: Mapping[str, Any]) -> list[str]:
    """Return the mandatory fields (条例 §15) the content lacks, in Chinese."""
    empty: tuple[object, ...] = (None, "")
    missing = [label for field, label in MANDATORY.items() if content.get(field) in empty]
    if content.get("items") == []:
        missing.append(MANDATORY["items"])
    return missing


def check_answered_in_person(principal: Principal, *, is_agreement: bool) -> None:
    """Refuse everybody but the worker (条例 §31: 农民工本人签字), and agreement at a kiosk.

    Whoever printed a card may know its PIN; to dispute, to complain or to say that no money came
    is open there all the same.
    """
    if principal.role is not Role.WORKER:
        raise AnswerNotYoursError
    if is_agreement and principal.is_assisted:
        raise AgreementNeedsPhoneError


def judge_refusal(*, is_as_shown: bool) -> DomainError:
    """Return why an answer was not taken: the payslip changed, or it was answered before."""
    return PayslipAnsweredError() if is_as_shown else PayslipChangedError()
