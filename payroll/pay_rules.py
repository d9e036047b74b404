"""What a month of work earns: terms and days in, priced lines out, each rounded to the fen."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from attendance.day_rules import FULL_DAY_UNITS, format_units
from core.calendar import WorkingDays
from core.clock import ONE_DAY, month_start, next_month
from core.enums import PayBasis
from core.money import round_half_up
from core.pay_enums import AllowancePer, DayKind
from core.statutory import STATUTORY_HOLIDAYS
from payroll.errors import NoPayTermsError, PieceQuantitiesMissingError

MINUTES_PER_HOUR = 60
MONTHLY_PAY_UNITS = 2175
"""月计薪天数 21.75, in hundredths (劳社部发〔2008〕3号)."""
LEGAL_DAY_MINUTES = 480
"""A monthly price is for days of eight hours (劳动法 §36)."""
PART_MONTH = "月薪（每工日按 1/21.75）"
OVERTIME_PERCENT = {DayKind.WORKING: 150, DayKind.REST: 200, DayKind.HOLIDAY: 300}
"""劳动法 §44."""
OVERTIME_NAMES = {
    DayKind.WORKING: "加班工资（工作日 150%）",
    DayKind.REST: "加班工资（休息日 200%）",
    DayKind.HOLIDAY: "加班工资（法定节假日 300%）",
}


@dataclass(frozen=True, slots=True)
class Allowance:
    """津贴: a sum in fen for each day attended, or once a month."""

    name: str
    per: AllowancePer
    amount_fen: int


@dataclass(frozen=True, slots=True)
class PayTerms:
    """What a contract promises: a price in fen for each unit of its basis, and a payday."""

    basis: PayBasis
    unit_price_fen: int
    payday: int
    pays_overtime: bool = False
    allowances: tuple[Allowance, ...] = ()

    @property
    def counts_overtime(self) -> bool:
        """Tell whether time is priced by the day it was worked on.

        Overtime of piece work is measured against a quota of pieces, which no gate knows.
        """
        return self.pays_overtime and self.basis is not PayBasis.PIECE


@dataclass(frozen=True, slots=True)
class TermsFrom:
    """Terms and the day from which they hold."""

    first: date
    terms: PayTerms


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
class WorkedDay:
    """One work day behind a month; `units` are hundredths of a 工日."""

    date: date
    units: int
    minutes: int
    overtime_minutes: int = 0
    """Of `minutes` beyond a full day, up to the project's cap."""
    is_unclear: bool = False


@dataclass(frozen=True, slots=True)
class PayItem:
    """One line of a payslip: `quantity` (decimal text) of `unit`, priced for each `price_per`."""

    name: str
    quantity: str
    unit: str
    unit_price_fen: int
    price_per: str
    amount_fen: int
    days: tuple[date, ...] = ()
    """The work days it pays for."""
    for_month: str | None = None
    """The earlier month that a supplement makes good."""
    entry_id: UUID | None = None
    """What somebody entered; None where it was worked out from attendance."""
    covers: str = "1"
    """How many of `unit` (decimal text) one price is for: 60 分钟 of an hour's."""
    percent: int = 100
    """Of the price, as overtime pays it."""
    most_fen: int | None = None
    """However much it is by quantity and price, no more."""


@dataclass(frozen=True, slots=True)
class PayMonth:
    """The calendar of a month and what its project counts as a full day."""

    month: str
    calendar: WorkingDays
    full_day_minutes: int
    """As on its last day; what an hour of a day's price is."""

    @property
    def first(self) -> date:
        """Its first day."""
        return month_start(self.month)

    @property
    def last(self) -> date:
        """Its last day."""
        return next_month(self.first) - ONE_DAY

    def kind_of(self, day: date) -> DayKind:
        """Return what a day is for overtime."""
        if day in STATUTORY_HOLIDAYS:
            return DayKind.HOLIDAY
        return DayKind.WORKING if self.calendar.is_working_day(day) else DayKind.REST

    def count_working_days(self, first: date, last: date) -> int:
        """Return how many working days lie between two days, both included."""
        length = (last - first).days + 1
        days = (first + timedelta(days=offset) for offset in range(length))
        return sum(self.calendar.is_working_day(day) for day in days)


@dataclass(frozen=True, slots=True)
class _Part:
    """The days of a month for which the same terms hold, and what was worked on them."""

    first: date
    last: date
    terms: PayTerms
    worked: WorkedTime
    days: tuple[WorkedDay, ...]

    def dates(self, is_paid: Callable[[WorkedDay], int]) -> tuple[date, ...]:
        """Return the days on which there is something to pay."""
        return tuple(day.date for day in self.days if is_paid(day))


def needs_days(spans: Sequence[TermsFrom]) -> bool:
    """Tell whether the month's sums do not suffice: terms that change, or overtime."""
    return len(spans) > 1 or any(span.terms.counts_overtime for span in spans)


def sum_days(days: Collection[WorkedDay]) -> WorkedTime:
    """Return the sums of these days as an attendance sheet has them."""
    return WorkedTime(
        units=sum(day.units for day in days),
        minutes=sum(day.minutes for day in days),
        days=len(days),
        unclear_days=sum(day.is_unclear for day in days),
    )


def compute_earned(
    spans: Sequence[TermsFrom],
    worked: WorkedTime,
    days: Sequence[WorkedDay],
    month: PayMonth,
) -> tuple[PayItem, ...]:
    """Return the lines that pay a worker's time: base, overtime, allowances.

    `spans` are the terms of the month, oldest first, the first of them from its first day on.
    `days` may be missing only where `needs_days` says so.
    """
    items: list[PayItem] = []
    for part in _split(spans, worked, days, month):
        ordinary = _take_ordinary(part, month)
        items += _base_items(ordinary, month)
        items += _overtime_items(part, month)
        items += _allowance_items(part)
    items += _monthly_allowances(spans, worked)
    return tuple(items)


def _split(
    spans: Sequence[TermsFrom], worked: WorkedTime, days: Sequence[WorkedDay], month: PayMonth
) -> list[_Part]:
    if not needs_days(spans):
        [span] = spans
        return [_Part(month.first, month.last, span.terms, worked, tuple(days))]
    ends = [span.first - ONE_DAY for span in spans[1:]] + [month.last]
    parts = []
    for span, last in zip(spans, ends, strict=True):
        theirs = tuple(day for day in days if span.first <= day.date <= last)
        parts.append(_Part(span.first, last, span.terms, sum_days(theirs), theirs))
    return parts


def _take_ordinary(part: _Part, month: PayMonth) -> _Part:
    """Leave out the time that overtime pays."""
    if not part.terms.counts_overtime:
        return part
    ordinary = tuple(
        WorkedDay(
            day.date, day.units, day.minutes - day.overtime_minutes, is_unclear=day.is_unclear
        )
        for day in part.days
        if month.kind_of(day.date) is DayKind.WORKING
    )
    return _Part(part.first, part.last, part.terms, sum_days(ordinary), ordinary)


def _base_items(part: _Part, month: PayMonth) -> list[PayItem]:
    if part.terms.basis is PayBasis.PIECE or part.worked.is_empty:
        return []
    return [compute_pay_item(part.terms, part.worked, part.days, _measure(part, month))]


def _measure(part: _Part, month: PayMonth) -> tuple[int, int]:
    """Return the working days of the part and of the whole month."""
    return (
        month.count_working_days(part.first, part.last),
        month.count_working_days(month.first, month.last),
    )


def compute_pay_item(
    terms: PayTerms,
    worked: WorkedTime,
    days: Sequence[WorkedDay],
    working_days: tuple[int, int],
) -> PayItem:
    """Return the line that pays ordinary time by the hour, the day or the month.

    A monthly price is paid in full for as many 工日 as there are working days; below that 1/21.75
    of it for each 工日, never more than the full price. `working_days` are those of the days the
    terms hold for, and of the month: terms for half of it promise half of the price.
    """
    price = terms.unit_price_fen
    dates = tuple(day.date for day in days if day.units or day.minutes)
    if terms.basis is PayBasis.HOUR:
        amount = round_half_up(worked.minutes * price, MINUTES_PER_HOUR)
        minutes, hour = str(worked.minutes), str(MINUTES_PER_HOUR)
        return PayItem("计时工资", minutes, "分钟", price, "小时", amount, dates, covers=hour)
    if terms.basis is PayBasis.DAY:
        amount = round_half_up(worked.units * price, FULL_DAY_UNITS)
        quantity = format_units(worked.units)
        return PayItem("计日工资", quantity, "工日", price, "工日", amount, dates)
    return _monthly_item(price, worked, dates, *working_days)


def _monthly_item(
    price: int, worked: WorkedTime, dates: tuple[date, ...], own_days: int, month_days: int
) -> PayItem:
    promised = round_half_up(price * own_days, month_days)
    if worked.units >= own_days * FULL_DAY_UNITS:
        if own_days == month_days:
            return PayItem("月薪", "1", "月", price, "月", price, dates)
        quantity = format_units(own_days * FULL_DAY_UNITS)
        name, days = "月薪（按当月工作日）", str(month_days)
        return PayItem(name, quantity, "工日", price, "月", promised, dates, covers=days)
    share = round_half_up(worked.units * price, MONTHLY_PAY_UNITS)
    return PayItem(
        PART_MONTH,
        format_units(worked.units),
        "工日",
        price,
        "月",
        min(share, promised),
        dates,
        covers=format_units(MONTHLY_PAY_UNITS),
        most_fen=promised,
    )


def _overtime_items(part: _Part, month: PayMonth) -> list[PayItem]:
    if not part.terms.counts_overtime:
        return []
    items = []
    for kind, name in OVERTIME_NAMES.items():
        extra = {
            day.date: minutes
            for day in part.days
            if month.kind_of(day.date) is kind and (minutes := _count_overtime(day, kind))
        }
        if extra:
            items.append(_price_overtime(part.terms, kind, extra, month.full_day_minutes, name))
    return items


def _count_overtime(day: WorkedDay, kind: DayKind) -> int:
    """Return the minutes that overtime pays: on a day off all of them."""
    return day.overtime_minutes if kind is DayKind.WORKING else day.minutes


def _price_overtime(
    terms: PayTerms, kind: DayKind, extra: dict[date, int], full_day_minutes: int, name: str
) -> PayItem:
    minutes = sum(extra.values())
    unit, minutes_per_price = {
        PayBasis.HOUR: ("小时", MINUTES_PER_HOUR),
        PayBasis.DAY: ("工日", full_day_minutes),
        PayBasis.MONTH: ("月", LEGAL_DAY_MINUTES * MONTHLY_PAY_UNITS // FULL_DAY_UNITS),
    }[terms.basis]
    amount = round_half_up(
        minutes * terms.unit_price_fen * OVERTIME_PERCENT[kind], minutes_per_price * 100
    )
    return PayItem(
        name,
        str(minutes),
        "分钟",
        terms.unit_price_fen,
        unit,
        amount,
        tuple(extra),
        covers=str(minutes_per_price),
        percent=OVERTIME_PERCENT[kind],
    )


def _allowance_items(part: _Part) -> list[PayItem]:
    """A day counts that was attended, however short: the way there was the same."""
    count = part.worked.days
    dates = part.dates(lambda _: True)
    return [
        PayItem(each.name, str(count), "天", each.amount_fen, "天", count * each.amount_fen, dates)
        for each in part.terms.allowances
        if each.per is AllowancePer.DAY and count
    ]


def _monthly_allowances(spans: Sequence[TermsFrom], worked: WorkedTime) -> list[PayItem]:
    """Those of the terms that held last, whole: a month with any work is a month."""
    if worked.is_empty:
        return []
    return [
        PayItem(each.name, "1", "月", each.amount_fen, "月", each.amount_fen)
        for each in spans[-1].terms.allowances
        if each.per is AllowancePer.MONTH
    ]


def price_item(name: str, *, quantity: int, unit: str, unit_price_fen: int) -> PayItem:
    """Return a line for a quantity in hundredths of a unit, rounded ROUND_HALF_UP to the fen."""
    amount = round_half_up(quantity * unit_price_fen, FULL_DAY_UNITS)
    return PayItem(name, format_units(quantity), unit, unit_price_fen, unit, amount)


def check_pay_terms(spans: Sequence[tuple[str, Sequence[TermsFrom]]]) -> None:
    """Refuse a team of which somebody has no contract in force, given (worker's name, terms).

    Raises NoPayTermsError with the names.
    """
    if names := [name for name, promised in spans if not promised]:
        raise NoPayTermsError(names="、".join(names))


def check_quantities(spans: Sequence[tuple[str, Sequence[TermsFrom], bool]]) -> None:
    """Refuse piece work without quantities, given (worker's name, terms, whether there are any).

    Raises PieceQuantitiesMissingError with the names.
    """
    names = [
        name
        for name, promised, has_quantities in spans
        if promised[-1].terms.basis is PayBasis.PIECE and not has_quantities
    ]
    if names:
        raise PieceQuantitiesMissingError(names="、".join(names))
