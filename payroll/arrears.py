"""Arrears: how old what is owed is, counted from the legal due date; pure.

Wages are on time up to the end of their due date, a payday on a rest day being the working day
before it (条例 §14). A part that arrived is paid, the rest goes on ageing (条例 §12: in full).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class Age(StrEnum):
    """How long something has been owed, in days after the due date."""

    DAYS_15 = "1-15"
    DAYS_30 = "16-30"
    DAYS_90 = "31-90"
    OLDER = "over-90"


LAST_DAYS = {15: Age.DAYS_15, 30: Age.DAYS_30, 90: Age.DAYS_90}


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that a bank says has arrived."""

    settled_date: date
    amount_fen: int


@dataclass(frozen=True, slots=True)
class OwedWage:
    """A month's wage of one worker; `owed_fen` is None where there is no payslip yet."""

    person_id: UUID
    worker_name: str
    project_id: UUID
    project_name: str
    employer_id: UUID
    employer_name: str
    month: str
    due_date: date
    owed_fen: int | None
    payments: tuple[Payment, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrear:
    """What is still owed of a wage past its due date."""

    wage: OwedWage
    open_fen: int | None
    """None: the month was worked in, and nobody has said what it pays."""
    days_late: int
    age: Age


@dataclass(frozen=True, slots=True)
class EmployerArrears:
    """All that one employer owes."""

    employer_id: UUID
    employer_name: str
    people: int
    open_fen: int
    unknown_count: int
    """Months of work without a payslip, which `open_fen` cannot hold."""
    oldest_due_date: date
    fen_by_age: dict[Age, int]


def compute_owed(*, net_fen: int, promised_fen: int | None, is_agreed: bool) -> int:
    """Return what is owed for a payslip: what it promised before, until less is agreed to."""
    return net_fen if is_agreed else max(net_fen, promised_fen or 0)


def judge_arrear(wage: OwedWage, *, on: date) -> Arrear | None:
    """Return what is late of a wage on a day; None when nothing is."""
    days_late = (on - wage.due_date).days
    open_fen = compute_open(wage, on=on)
    if days_late <= 0 or open_fen == 0:
        return None
    return Arrear(wage, open_fen, days_late, judge_age(days_late))


def compute_open(wage: OwedWage, *, on: date) -> int | None:
    """Return what has not arrived by the end of a day; None while the amount is not known."""
    if wage.owed_fen is None:
        return None
    paid = sum(paid.amount_fen for paid in wage.payments if paid.settled_date <= on)
    return max(wage.owed_fen - paid, 0)


def judge_age(days_late: int) -> Age:
    """Return which age so many days after the due date are."""
    return next((age for last, age in LAST_DAYS.items() if days_late <= last), Age.OLDER)


def list_arrears(wages: Iterable[OwedWage], *, on: date) -> list[Arrear]:
    """Return what is late, the oldest first."""
    judged = (judge_arrear(wage, on=on) for wage in wages)
    late = [arrear for arrear in judged if arrear is not None]
    return sorted(late, key=lambda arrear: (arrear.wage.due_date, arrear.wage.worker_name))


def sum_by_employer(arrears: Iterable[Arrear]) -> list[EmployerArrears]:
    """Return who owes how much to how many, the most first."""
    owed: dict[UUID, list[Arrear]] = defaultdict(list)
    for arrear in arrears:
        owed[arrear.wage.employer_id].append(arrear)
    return sorted(map(_sum, owed.values()), key=lambda one: (-one.open_fen, one.oldest_due_date))


def _sum(arrears: list[Arrear]) -> EmployerArrears:
    fen_by_age = dict.fromkeys(Age, 0)
    for arrear in arrears:
        fen_by_age[arrear.age] += arrear.open_fen or 0
    return EmployerArrears(
        employer_id=arrears[0].wage.employer_id,
        employer_name=arrears[0].wage.employer_name,
        people=len({arrear.wage.person_id for arrear in arrears}),
        open_fen=sum(fen_by_age.values()),
        unknown_count=sum(arrear.open_fen is None for arrear in arrears),
        oldest_due_date=min(arrear.wage.due_date for arrear in arrears),
        fen_by_age=fen_by_age,
    )
