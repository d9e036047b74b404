"""Working payslips out: attendance, contracts and entries of a month become facts to show."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from sqlmodel import Session

from attendance.day_rules import FULL_DAY_UNITS, format_units
from attendance.due_folds import fold_due_workers
from attendance.queries import get_day_rules
from core.calendar import WORKING_DAYS
from core.clock import ONE_DAY, month_start, next_month
from core.masking import mask_card, mask_id_number, mask_phone
from core.money import to_yuan
from core.pay_enums import PayEntryKind
from core.statutory import KNOWN_YEARS
from db.models import AdvanceRecovery, AttendanceSheet, PayEntry, PaySheet
from payroll import pay_rules, queries, rules, term_queries
from payroll.deductions import (
    Deduction,
    DeductionLine,
    OpenAdvance,
    Wage,
    compute_deductions,
)
from payroll.errors import NobodyWorkedError
from payroll.minimum_wages import find_minimum_wage
from payroll.pay_rules import PayItem, PayMonth, TermsFrom, WorkedDay, WorkedTime
from payroll.queries import Payee
from payroll.rules import PayslipFacts
from payroll.spans import build_spans
from payroll.term_errors import AttendanceMovedError
from projects.counties import MinimumWage
from projects.queries import get_project

NO_WORK = WorkedTime(units=0, minutes=0, days=0, unclear_days=0)
MINIMUM_UNKNOWN = "当地最低工资标准还没有登记，这张工资条没有和它核对"
HOLIDAYS_UNKNOWN = "{year} 年的法定节假日还没有登记，加班没有按节假日算"
DUE_DATE_UNSURE = "{year} 年的放假安排还没有公布，发薪日可能还会提前"
NOT_AGREED = "扣款“{name}”要你本人同意才能扣，这次没有扣"
MOVED = "考勤表锁定以后考勤又有变化，这里按锁定的合计算"
SUSPICIOUS_TIMES = 3
FAR_MORE_THAN_WORKED_OUT = "是按考勤和合同算出来的 {earned} 元的 {times} 倍多，请核对"
LESS_THAN_WORKED_OUT = "比按考勤和合同算出来的 {earned} 元少 {short} 元"
BELOW_MINIMUM = "整月出勤，应发低于当地最低工资 {minimum} 元"


@dataclass(frozen=True, slots=True)
class TeamMonth:
    """Everything the payslips of a team's month are worked out from, by project worker."""

    month: PayMonth
    project_name: str
    minimum: MinimumWage | None
    payees: list[Payee]
    worked: Mapping[UUID, WorkedTime]
    days: Mapping[UUID, list[WorkedDay]]
    spans: Mapping[UUID, tuple[TermsFrom, ...]]
    entries: Mapping[UUID, list[PayEntry]]
    advances: Mapping[UUID, list[OpenAdvance]]

    def worked_of(self, worker_id: UUID) -> WorkedTime:
        """Return what the locked sheet says of a worker."""
        return self.worked.get(worker_id, NO_WORK)

    def days_of(self, worker_id: UUID) -> list[WorkedDay]:
        """Return the days behind the sheet's sums; none where they are not those any more."""
        days = self.days.get(worker_id, [])
        return days if pay_rules.sum_days(days) == self.worked_of(worker_id) else []

    def has_moved(self, worker_id: UUID) -> bool:
        """Tell whether the days are no longer what the locked sheet sums."""
        return bool(self.days.get(worker_id)) and not self.days_of(worker_id)

    def entries_of(self, worker_id: UUID, kind: PayEntryKind) -> list[PayEntry]:
        """Return what was entered of a kind, oldest first."""
        return [each for each in self.entries.get(worker_id, []) if each.kind is kind]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One payslip as it will be shown, and what it uses up."""

    payee: Payee
    facts: PayslipFacts
    entry_ids: tuple[UUID, ...] = field(default=())

    @property
    def advances(self) -> list[tuple[UUID, int]]:
        """What is taken off which advance, in fen."""
        lines = self.facts.deductions
        return [(line.advance_id, line.amount_fen) for line in lines if line.advance_id]


def load_team_month(
    session: Session,
    sheet: PaySheet,
    *,
    only: UUID | None = None,
    county_facts: Path | None = None,
) -> TeamMonth:
    """Return what the sheet's payslips are worked out from, or that of only one project worker.

    Locks the entries and advances until the transaction ends. Raises NobodyWorkedError, and
    NoPayTermsError, PieceQuantitiesMissingError or AttendanceMovedError with the workers' names.
    """
    project = get_project(session, sheet.project_id)
    month = _open_month(session, sheet)
    attendance = session.get_one(AttendanceSheet, sheet.attendance_sheet_id)
    worked = {
        worker_id: worked
        for worker_id, worked in read_worked(attendance).items()
        if only in {None, worker_id}
    }
    ids = _add_entered(session, sheet, worked, only)
    fold_due_workers(session, ids)
    entries = term_queries.lock_entries(session, ids, month=sheet.month, sheet_id=sheet.id)
    team = TeamMonth(
        month=month,
        project_name=project.name,
        minimum=find_minimum_wage(county_facts, county_code=project.county_code, on=month.last),
        payees=queries.list_payees(session, ids, team_id=sheet.team_id),
        worked=worked,
        days=term_queries.map_work_days(session, ids, first=month.first, last=month.last),
        spans=_find_spans(session, ids, month),
        entries=entries,
        advances=term_queries.lock_open_advances(session, ids, until=month.last, sheet_id=sheet.id),
    )
    _check_computable(team)
    return team


def draw(
    team: TeamMonth,
    payee: Payee,
    earned: tuple[PayItem, ...] | None = None,
    note: str | None = None,
) -> Drawn:
    """Return a worker's payslip; `earned` replaces the lines worked out from attendance.

    Supplements, deductions and advances on record are added either way.
    """
    worker_id = payee.worker.id
    computed = compute_earned(team, worker_id)
    lines = computed if earned is None else earned
    supplements = _price_entries(team.entries_of(worker_id, PayEntryKind.SUPPLEMENT))
    deductions = [_to_deduction(e) for e in team.entries_of(worker_id, PayEntryKind.DEDUCTION)]
    wage = Wage(
        worker_name=payee.person.name,
        earned_fen=_sum(lines),
        gross_fen=_sum(lines) + _sum(supplements),
        minimum_fen=None if team.minimum is None else team.minimum.monthly_fen,
    )
    taken = compute_deductions(wage, deductions, team.advances.get(worker_id, []))
    facts = _make_facts(
        team,
        payee,
        items=(*lines, *supplements),
        note=note,
        deductions=taken,
        remarks=_remark(team, worker_id, wage, computed, deductions),
        replaced_fen=_sum(computed) - wage.earned_fen,
    )
    used = [item.entry_id for item in facts.items] + [line.entry_id for line in taken]
    return Drawn(payee, facts, tuple(entry_id for entry_id in used if entry_id))


def add_piece_work(
    team: TeamMonth, payee: Payee, items: tuple[PayItem, ...]
) -> tuple[PayItem, ...]:
    """Return typed lines and the measured work on record, which no typing replaces."""
    return (*items, *_price_entries(team.entries_of(payee.worker.id, PayEntryKind.PIECE)))


def settle(session: Session, sheet: PaySheet, drawn: Collection[Drawn], *, at: datetime) -> None:
    """Write down which entries and how much of which advances these payslips use up."""
    term_queries.claim_entries(
        session, [used for each in drawn for used in each.entry_ids], sheet_id=sheet.id
    )
    session.add_all(
        AdvanceRecovery(
            created_at=at,
            project_id=sheet.project_id,
            advance_id=advance_id,
            pay_sheet_id=sheet.id,
            amount_fen=amount_fen,
        )
        for each in drawn
        for advance_id, amount_fen in each.advances
    )


def _open_month(session: Session, sheet: PaySheet) -> PayMonth:
    last = next_month(month_start(sheet.month)) - ONE_DAY
    rules_of_day = get_day_rules(session, sheet.project_id).on(last)
    return PayMonth(sheet.month, WORKING_DAYS, rules_of_day.full_day_minutes)


def read_worked(attendance: AttendanceSheet) -> dict[UUID, WorkedTime]:
    """Return what the sheet says of everybody who was there."""
    lines = {
        UUID(line["project_worker_id"]): WorkedTime(
            units=line["units"],
            minutes=line["minutes"],
            days=line["days"],
            unclear_days=line["needs_confirmation"],
        )
        for line in attendance.lines
    }
    return {worker_id: worked for worker_id, worked in lines.items() if not worked.is_empty}


def _add_entered(
    session: Session, sheet: PaySheet, worked: Mapping[UUID, WorkedTime], only: UUID | None
) -> list[UUID]:
    """Return who is paid: whoever worked, and whoever something was entered for."""
    if only is not None:
        return [only]
    entered = term_queries.list_entered_workers(session, team_id=sheet.team_id, month=sheet.month)
    if not (worked or entered):
        raise NobodyWorkedError(month=sheet.month)
    return sorted({*worked, *entered})


def _find_spans(
    session: Session, worker_ids: Collection[UUID], month: PayMonth
) -> dict[UUID, tuple[TermsFrom, ...]]:
    contracts = term_queries.map_contracts(session, worker_ids)
    agreed = term_queries.map_agreed_terms(session, worker_ids)
    return {
        worker_id: build_spans(
            contracts.get(worker_id, ()),
            agreed.get(worker_id, ()),
            first=month.first,
            last=month.last,
        )
        for worker_id in worker_ids
    }


def _check_computable(team: TeamMonth) -> None:
    people = [(payee.person.name, payee.worker.id) for payee in team.payees]
    pay_rules.check_pay_terms([(name, team.spans[worker_id]) for name, worker_id in people])
    pay_rules.check_quantities(
        [
            (name, team.spans[worker_id], bool(team.entries_of(worker_id, PayEntryKind.PIECE)))
            for name, worker_id in people
            if not team.worked_of(worker_id).is_empty
        ]
    )
    moved = [
        name
        for name, worker_id in people
        if pay_rules.needs_days(team.spans[worker_id])
        and not team.days_of(worker_id)
        and not team.worked_of(worker_id).is_empty
    ]
    if moved:
        raise AttendanceMovedError(names="、".join(moved))


def compute_earned(team: TeamMonth, worker_id: UUID) -> tuple[PayItem, ...]:
    """Return what attendance, terms and measured quantities make."""
    timed = pay_rules.compute_earned(
        team.spans[worker_id], team.worked_of(worker_id), team.days_of(worker_id), team.month
    )
    return (*timed, *_price_entries(team.entries_of(worker_id, PayEntryKind.PIECE)))


def _price_entries(entries: Collection[PayEntry]) -> tuple[PayItem, ...]:
    return tuple(_price_entry(entry) for entry in entries)


def _price_entry(entry: PayEntry) -> PayItem:
    if entry.quantity is None or entry.unit is None or entry.unit_price_fen is None:
        amount = entry.amount_fen
        return PayItem(entry.name, "1", "项", amount, "项", amount, (), entry.for_month, entry.id)
    quantity = format_units(entry.quantity)
    return PayItem(
        entry.name,
        quantity,
        entry.unit,
        entry.unit_price_fen,
        entry.unit,
        entry.amount_fen,
        entry_id=entry.id,
    )


def _to_deduction(entry: PayEntry) -> Deduction:
    assert entry.deduction_kind is not None  # the database wants one of every deduction
    return Deduction(
        entry_id=entry.id,
        kind=entry.deduction_kind,
        name=entry.name,
        amount_fen=entry.amount_fen,
        note=entry.note,
        source=entry.source,
        agreed_at=entry.agreed_at,
    )


def _sum(items: Collection[PayItem]) -> int:
    return sum(item.amount_fen for item in items)


def _remark(
    team: TeamMonth,
    worker_id: UUID,
    wage: Wage,
    computed: Collection[PayItem],
    deductions: Collection[Deduction],
) -> tuple[str, ...]:
    remarks = [NOT_AGREED.format(name=each.name) for each in deductions if not each.may_be_taken]
    remarks += _compare_worked_out(_sum(computed), wage.earned_fen)
    if team.has_moved(worker_id):
        remarks.append(MOVED)
    pays_overtime = any(span.terms.counts_overtime for span in team.spans[worker_id])
    if pays_overtime and team.month.first.year not in KNOWN_YEARS:
        remarks.append(HOLIDAYS_UNKNOWN.format(year=team.month.first.year))
    due_date = _find_due_date(team, worker_id)
    if not WORKING_DAYS.is_published(due_date):
        remarks.append(DUE_DATE_UNSURE.format(year=due_date.year))
    return (*remarks, *_compare_minimum(team, worker_id, wage))


def _compare_worked_out(computed_fen: int, earned_fen: int) -> list[str]:
    earned = to_yuan(computed_fen)
    if short := max(0, computed_fen - earned_fen):
        return [LESS_THAN_WORKED_OUT.format(earned=earned, short=to_yuan(short))]
    if computed_fen and earned_fen > SUSPICIOUS_TIMES * computed_fen:
        times = earned_fen // computed_fen
        return [FAR_MORE_THAN_WORKED_OUT.format(earned=earned, times=times)]
    return []


def _compare_minimum(team: TeamMonth, worker_id: UUID, wage: Wage) -> list[str]:
    if team.minimum is None:
        return [MINIMUM_UNKNOWN]
    month = team.month
    full_units = month.count_working_days(month.first, month.last) * FULL_DAY_UNITS
    is_full = team.worked_of(worker_id).units >= full_units
    if is_full and wage.earned_fen < team.minimum.monthly_fen:
        return [BELOW_MINIMUM.format(minimum=to_yuan(team.minimum.monthly_fen))]
    return []


def _make_facts(
    team: TeamMonth,
    payee: Payee,
    *,
    items: tuple[PayItem, ...],
    deductions: tuple[DeductionLine, ...],
    remarks: tuple[str, ...],
    note: str | None,
    replaced_fen: int,
) -> PayslipFacts:
    person, worker = payee.person, payee.worker
    facts = PayslipFacts(
        employer_name=payee.employer.name,
        project_name=team.project_name,
        team_name=payee.team.name,
        month=team.month.month,
        due_date=_find_due_date(team, worker.id),
        worker_name=person.name,
        id_number=person.id_number and mask_id_number(person.id_number),
        phone=person.phone and mask_phone(person.phone),
        bank_name=worker.bank_name,
        account=worker.bank_card and mask_card(worker.bank_card),
        worked=team.worked_of(worker.id),
        items=items,
        deductions=deductions,
        minimum_wage=team.minimum,
        remarks=remarks,
        note=note,
    )
    if not replaced_fen:
        return facts
    return replace(facts, worked_out_fen=facts.net_fen + replaced_fen)


def _find_due_date(team: TeamMonth, worker_id: UUID) -> date:
    payday = team.spans[worker_id][-1].terms.payday
    return rules.compute_due_date(team.month.month, payday, WORKING_DAYS)
