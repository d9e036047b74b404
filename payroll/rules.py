"""Decisions about sheets and payslips: amounts, due dates, mandatory content, allowed steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from attendance.folding import FULL_DAY_UNITS, format_units
from core.calendar import WorkingDays
from core.clock import ONE_DAY, month_start, next_month
from core.enums import PayBasis, PaySheetState, PayslipAnswerState, Role
from core.errors import DomainError
from core.money import round_half_up, to_yuan
from identity.principal import Principal
from payroll.errors import (
    AgreementNeedsPhoneError,
    AnswerNotYoursError,
    NoPayTermsError,
    PayslipAnsweredError,
    PayslipChangedError,
    PieceQuantitiesMissingError,
    SheetActionNotAllowedError,
)

MINUTES_PER_HOUR = 60
MONTHLY_PAY_UNITS = 2175
"""月计薪天数 21.75, in hundredths (劳社部发〔2008〕3号)."""
PART_MONTH = "月薪（每工日按 1/21.75）"

ANSWERABLE = (
    PayslipAnswerState.AWAITING,
    PayslipAnswerState.NO_RESPONSE,
    PayslipAnswerState.UNREACHABLE,
)
"""A late answer of the worker's own still counts; silence never turned into one."""


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


TRANSITIONS: dict[tuple[PaySheetState, SheetAction], PaySheetState] = {
    (PaySheetState.DRAFT, SheetAction.DRAW_UP): PaySheetState.DRAFT,
    (PaySheetState.DRAFT, SheetAction.PUBLISH): PaySheetState.PUBLISHED,
    (PaySheetState.PUBLISHED, SheetAction.ADJUST): PaySheetState.PUBLISHED,
    (PaySheetState.PUBLISHED, SheetAction.APPROVE): PaySheetState.APPROVED,
    (PaySheetState.APPROVED, SheetAction.ADJUST): PaySheetState.APPROVED,
    (PaySheetState.APPROVED, SheetAction.INSTRUCT): PaySheetState.INSTRUCTED,
    (PaySheetState.INSTRUCTED, SheetAction.ADJUST): PaySheetState.INSTRUCTED,
    (PaySheetState.INSTRUCTED, SheetAction.INSTRUCT): PaySheetState.INSTRUCTED,
    (PaySheetState.INSTRUCTED, SheetAction.SETTLE): PaySheetState.SETTLED,
}


@dataclass(frozen=True, slots=True)
class PayTerms:
    """What a contract promises: a price in fen for each unit of its basis, and a payday."""

    basis: PayBasis
    unit_price_fen: int
    payday: int


@dataclass(frozen=True, slots=True)
class WorkedTime:
    """A month of one worker as the attendance sheet sums it; `units` are hundredths of a 工日."""

    units: int
    minutes: int
    days: int
    unclear_days: int
    """Days with a missing exit, which the worker may dispute."""

    @property
    def is_empty(self) -> bool:
        """Tell whether the worker was not there at all."""
        return not (self.units or self.minutes or self.days or self.unclear_days)


@dataclass(frozen=True, slots=True)
class PayItem:
    """One line of a payslip: `quantity` (decimal text) of `unit`, priced for each `price_per`."""

    name: str
    quantity: str
    unit: str
    unit_price_fen: int
    price_per: str
    amount_fen: int


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
    note: str | None = None
    """Why a later version differs from the one before."""

    @property
    def gross_fen(self) -> int:
        """The sum of the lines, each already rounded."""
        return sum(line.amount_fen for line in self.items)


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
        allowed = [step.value for at, step in TRANSITIONS if at is state]
        raise SheetActionNotAllowedError(
            state=state.value, action=action.value, allowed="、".join(allowed) or "-"
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


def check_pay_terms(terms: Sequence[tuple[str, PayTerms | None]]) -> None:
    """Refuse a team of which somebody's work cannot be priced, given (worker's name, terms).

    Raises NoPayTermsError or PieceQuantitiesMissingError with the names.
    """
    if names := [name for name, promised in terms if promised is None]:
        raise NoPayTermsError(names="、".join(names))
    if names := [name for name, promised in terms if _is_piece_work(promised)]:
        raise PieceQuantitiesMissingError(names="、".join(names))


def _is_piece_work(terms: PayTerms | None) -> bool:
    return terms is not None and terms.basis is PayBasis.PIECE


def compute_pay_item(terms: PayTerms, worked: WorkedTime, *, working_days: int) -> PayItem:
    """Return the line that pays the worked time, rounded ROUND_HALF_UP to the fen.

    A monthly price is paid in full for as many 工日 as the month has working days
    (`working_days`); below that, 1/21.75 of it for each 工日, never more than the full price.
    Piece work is not priced by time: `check_pay_terms` comes first.
    """
    price = terms.unit_price_fen
    if terms.basis is PayBasis.HOUR:
        amount = round_half_up(worked.minutes * price, MINUTES_PER_HOUR)
        return PayItem("计时工资", str(worked.minutes), "分钟", price, "小时", amount)
    if terms.basis is PayBasis.DAY:
        amount = round_half_up(worked.units * price, FULL_DAY_UNITS)
        return PayItem("计日工资", format_units(worked.units), "工日", price, "工日", amount)
    if worked.units >= working_days * FULL_DAY_UNITS:
        return PayItem("月薪", "1", "月", price, "月", price)
    share = min(round_half_up(worked.units * price, MONTHLY_PAY_UNITS), price)
    return PayItem(PART_MONTH, format_units(worked.units), "工日", price, "月", share)


def price_item(name: str, *, quantity: int, unit: str, unit_price_fen: int) -> PayItem:
    """Return a line for a quantity in hundredths of a unit, rounded ROUND_HALF_UP to the fen."""
    amount = round_half_up(quantity * unit_price_fen, FULL_DAY_UNITS)
    return PayItem(name, format_units(quantity), unit, unit_price_fen, unit, amount)


def compute_due_date(month: str, payday: int, calendar: WorkingDays) -> date:
    """Return when wages of a ``YYYY-MM`` month are due: the payday of the next month.

    In a shorter month its last day; off a rest day it moves earlier (条例 §14).
    """
    first = next_month(month_start(month))
    last = next_month(first) - ONE_DAY
    return calendar.on_or_before(first.replace(day=min(payday, last.day)))


def count_working_days(month: str, calendar: WorkingDays) -> int:
    """Return how many working days the month has."""
    first = month_start(month)
    length = (next_month(first) - first).days
    return sum(calendar.is_working_day(first + timedelta(days=offset)) for offset in range(length))


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
        "work_time": _work_time(facts.worked),
        "items": [_item_content(line) for line in facts.items],
        "gross": to_yuan(facts.gross_fen),
        "deductions": [],
        "net": to_yuan(facts.gross_fen),
        "payment_means": _payment_means(facts),
        "rounding": "每一行四舍五入到分",
        "note": facts.note,
    }


def _work_time(worked: WorkedTime) -> dict[str, Any]:
    return {
        "days": worked.days,
        "units": format_units(worked.units),
        "minutes": worked.minutes,
        "unclear_days": worked.unclear_days,
    }


def _item_content(line: PayItem) -> dict[str, str]:
    return {
        "name": line.name,
        "quantity": line.quantity,
        "unit": line.unit,
        "unit_price": to_yuan(line.unit_price_fen),
        "price_per": line.price_per,
        "amount": to_yuan(line.amount_fen),
    }


def _payment_means(facts: PayslipFacts) -> dict[str, str] | None:
    if not (facts.account and facts.bank_name):
        return None
    return {"kind": "银行代发", "bank_name": facts.bank_name, "account": facts.account}


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
