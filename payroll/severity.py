"""How a worker's wages stand: severity and reasons out of dated facts, each with its way out.

The colour is a regional mapping and is not decided here (`core.enums.WageSeverity`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.case_enums import CaseState
from core.clock import ONE_DAY, next_month
from core.enums import PayRowState, PayslipAnswerState, WageSeverity

LABELS = {
    WageSeverity.SAFE: "安",
    WageSeverity.ATTENTION: "关注",
    WageSeverity.WARNING: "预警",
    WageSeverity.ARREARS: "欠薪",
}
NO_ENGAGEMENT = "none"


class ReasonCode(StrEnum):
    """Why a status is not 安."""

    PAYSLIP_UNANSWERED = "payslip_unanswered"
    PAYSLIP_DISPUTED = "payslip_disputed"
    PAYSLIP_MISSING = "payslip_missing"
    PAYMENT_REJECTED = "payment_rejected"
    SAID_NOT_RECEIVED = "said_not_received"
    WAGE_OVERDUE = "wage_overdue"
    WAGE_IN_ARREARS = "wage_in_arrears"
    COMPLAINT_WAITING = "complaint_waiting"
    CASE_ACCEPTED = "case_accepted"


@dataclass(frozen=True, slots=True)
class ReasonText:
    """What a reason says and what happens next, with `{month}` and `{due_date}`."""

    severity: WageSeverity
    say: str
    next: str
    say_of_part: str = ""
    """Instead of `say`, once a part of the money has arrived."""


TEXTS = {
    ReasonCode.PAYSLIP_UNANSWERED: ReasonText(
        WageSeverity.ATTENTION,
        "{month}的工资条在等你答复",
        "打开工资条看一看：对的点“确认”，不对点“有问题”。你不答复，不算你同意。",
    ),
    ReasonCode.PAYSLIP_DISPUTED: ReasonText(
        WageSeverity.ATTENTION,
        "{month}的工资条你说有问题，工地还没改好",
        "工地核对后会重新发给你。一直不改，可以投诉。",
    ),
    ReasonCode.PAYSLIP_MISSING: ReasonText(
        WageSeverity.ATTENTION,
        "{month}你出了工，还没有工资条",
        "最晚 {due_date} 要发工资。可以先问工地劳资员。",
    ),
    ReasonCode.PAYMENT_REJECTED: ReasonText(
        WageSeverity.ATTENTION,
        "{month}的工资被银行退回了",
        "请打开安薪码换一张自己的卡，或找工地劳资员问银行，之后会重新打款。",
    ),
    ReasonCode.SAID_NOT_RECEIVED: ReasonText(
        WageSeverity.ATTENTION,
        "{month}的工资银行说打了，你说没收到",
        "请到银行查一下流水；确实没有，可以投诉。",
    ),
    ReasonCode.WAGE_OVERDUE: ReasonText(
        WageSeverity.WARNING,
        "{month}的工资 {due_date} 就该发，到现在没有到账记录",
        "可以催工地，也可以现在就投诉。",
        say_of_part="{month}的工资 {due_date} 就该发完，还差一部分没到账",
    ),
    ReasonCode.WAGE_IN_ARREARS: ReasonText(
        WageSeverity.ARREARS,
        "{month}的工资拖欠了，{due_date} 就该发",
        "点“我要投诉”，劳动监察会来查，不花钱。",
        say_of_part="{month}的工资只发了一部分，{due_date} 就该发完，剩下的拖欠了",
    ),
    ReasonCode.COMPLAINT_WAITING: ReasonText(
        WageSeverity.ATTENTION,
        "你的投诉在等劳动监察受理",
        "5 个工作日内会答复你，进展会发短信。",
    ),
    ReasonCode.CASE_ACCEPTED: ReasonText(
        WageSeverity.ARREARS,
        "你的欠薪案件正在办理",
        "劳动监察正在处理，进展会发短信。",
    ),
}
ANSWER_REASONS = {
    PayslipAnswerState.AWAITING: ReasonCode.PAYSLIP_UNANSWERED,
    PayslipAnswerState.NO_RESPONSE: ReasonCode.PAYSLIP_UNANSWERED,
    PayslipAnswerState.UNREACHABLE: ReasonCode.PAYSLIP_UNANSWERED,
    PayslipAnswerState.DISPUTED: ReasonCode.PAYSLIP_DISPUTED,
}
CASE_REASONS = {
    CaseState.RECEIVED: ReasonCode.COMPLAINT_WAITING,
    CaseState.AWAITING_DETAILS: ReasonCode.COMPLAINT_WAITING,
    CaseState.AWAITING_DESIGNATION: ReasonCode.COMPLAINT_WAITING,
    CaseState.ACCEPTED: ReasonCode.CASE_ACCEPTED,
    CaseState.SUSPENDED: ReasonCode.CASE_ACCEPTED,
    CaseState.MEDIATING: ReasonCode.CASE_ACCEPTED,
    CaseState.AGREED: ReasonCode.CASE_ACCEPTED,
    CaseState.ORDERED_TO_PAY: ReasonCode.CASE_ACCEPTED,
    CaseState.IN_COURT: ReasonCode.CASE_ACCEPTED,
    CaseState.POLICE_APPROVED: ReasonCode.CASE_ACCEPTED,
    CaseState.WITH_POLICE: ReasonCode.CASE_ACCEPTED,
    CaseState.POLICE_DECLINED: ReasonCode.CASE_ACCEPTED,
    CaseState.POLICE_FILED: ReasonCode.CASE_ACCEPTED,
}


@dataclass(frozen=True, slots=True)
class DueWage:
    """One month's wage on one project; without a payslip its amount is not known."""

    month: str
    due_date: date
    arrears_after: timedelta
    """How long after the due date it counts as 欠薪 (a setting of the project)."""
    amount_fen: int | None
    answer: PayslipAnswerState | None
    """None without a payslip."""
    bank_state: PayRowState | None
    """What the bank said last; None when no file was sent."""
    received: bool | None
    """The worker's own last word."""
    paid_fen: int = 0
    """What the bank says has arrived, for this version of the payslip or an earlier one."""

    @property
    def open_fen(self) -> int | None:
        """What is still owed; None while nobody has said how much the wage is."""
        return None if self.amount_fen is None else max(self.amount_fen - self.paid_fen, 0)

    @property
    def is_paid(self) -> bool:
        """Tell whether the bank said so; a payslip over nothing needs no bank."""
        return self.open_fen == 0


@dataclass(frozen=True, slots=True)
class Place:
    """From when to when somebody is on a project."""

    entered_date: date
    left_date: date | None

    def covers(self, day: date) -> bool:
        """Tell whether they are on it that day."""
        return self.entered_date <= day and (self.left_date is None or day <= self.left_date)


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `month` and `amount_fen` are None where it is about no single wage."""

    code: ReasonCode
    severity: WageSeverity
    month: str | None
    due_date: date | None
    amount_fen: int | None
    """Of a late wage what is still owed."""
    is_part: bool
    """Some of it has arrived."""
    say: str
    next: str


@dataclass(frozen=True, slots=True)
class WageStatus:
    """Severity None means that the worker is on no project."""

    severity: WageSeverity | None
    reasons: tuple[Reason, ...]

    @property
    def label(self) -> str:
        """The one word for it."""
        return NO_ENGAGEMENT if self.severity is None else LABELS[self.severity]


def judge_wage_status(
    wages: Sequence[DueWage],
    cases: Iterable[CaseState],
    places: Iterable[Place],
    *,
    today: date,
) -> WageStatus:
    """Return the status on a Shanghai day: the gravest reason decides, the gravest comes first."""
    reasons = [reason for wage in wages for reason in _judge_wage(wage, today)]
    reasons += [
        make_reason(code)
        for code in sorted({CASE_REASONS[at] for at in cases if at in CASE_REASONS})
    ]
    if not (reasons or any(place.covers(today) for place in places)):
        return WageStatus(None, ())
    reasons.sort(key=lambda reason: -reason.severity)
    severity = reasons[0].severity if reasons else WageSeverity.SAFE
    return WageStatus(severity, tuple(reasons))


def compute_next_change(wages: Iterable[DueWage], places: Iterable[Place], *, today: date) -> date:
    """Return the first day after `today` on which the same facts may give another status."""
    days = [next_month(today.replace(day=1))]
    for wage in wages:
        if not wage.is_paid:
            days += [wage.due_date + ONE_DAY, wage.due_date + wage.arrears_after + ONE_DAY]
    for place in places:
        days.append(place.entered_date)
        if place.left_date is not None:
            days.append(place.left_date + ONE_DAY)
    return min(day for day in days if day > today)


def make_reason(
    code: ReasonCode,
    *,
    month: str | None = None,
    due_date: date | None = None,
    amount_fen: int | None = None,
    is_part: bool = False,
) -> Reason:
    """Put a reason into words; `month` and `due_date` are given where it is about a wage."""
    text = TEXTS[code]
    words = _describe_wage(month, due_date)
    say = text.say_of_part if is_part and text.say_of_part else text.say
    return Reason(
        code=code,
        severity=text.severity,
        month=month,
        due_date=due_date,
        amount_fen=amount_fen,
        is_part=is_part,
        say=say.format_map(words),
        next=text.next.format_map(words),
    )


def _describe_wage(month: str | None, due_date: date | None) -> dict[str, str]:
    words = {}
    if month is not None:
        year, number = month.split("-")
        words["month"] = f"{year}年{int(number)}月"
    if due_date is not None:
        words["due_date"] = f"{due_date.month}月{due_date.day}日"
    return words


def _judge_wage(wage: DueWage, today: date) -> Iterator[Reason]:
    if late := _judge_lateness(wage, today):
        yield _of_wage(late, wage, wage.open_fen)
    for code in (_judge_answer(wage), _judge_bank(wage)):
        if code is not None:
            yield _of_wage(code, wage, wage.amount_fen)


def _judge_lateness(wage: DueWage, today: date) -> ReasonCode | None:
    """A wage is on time up to the end of its due date, and in arrears after the grace period."""
    if wage.is_paid or today <= wage.due_date:
        return None
    if today > wage.due_date + wage.arrears_after:
        return ReasonCode.WAGE_IN_ARREARS
    return ReasonCode.WAGE_OVERDUE


def _judge_answer(wage: DueWage) -> ReasonCode | None:
    if wage.answer is None:
        return ReasonCode.PAYSLIP_MISSING
    return ANSWER_REASONS.get(wage.answer)


def _judge_bank(wage: DueWage) -> ReasonCode | None:
    if wage.bank_state is PayRowState.REJECTED:
        return ReasonCode.PAYMENT_REJECTED
    if wage.bank_state is PayRowState.ACKNOWLEDGED and wage.received is False:
        return ReasonCode.SAID_NOT_RECEIVED
    return None


def _of_wage(code: ReasonCode, wage: DueWage, amount_fen: int | None) -> Reason:
    return make_reason(
        code,
        month=wage.month,
        due_date=wage.due_date,
        amount_fen=amount_fen,
        is_part=wage.paid_fen > 0,
    )
