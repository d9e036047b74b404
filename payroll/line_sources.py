"""What stands behind a line of a payslip: its days and their check-ins, or what was entered."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from attendance.folding import FoldedDay, fold
from attendance.queries import get_day_rules, list_crossings
from attendance.work_days import reach
from core.clock import month_start
from db.models import CheckIn, PayEntry, Payslip
from payroll import queries, source_queries
from payroll.errors import PayslipNotFoundError
from payroll.term_errors import LineNotFoundError


@dataclass(frozen=True, slots=True)
class SourceCheckIn:
    """A check-in behind a line and the gate it was made at, where there was one."""

    check_in: CheckIn
    gate_name: str | None


@dataclass(frozen=True, slots=True)
class SourceDay:
    """A day behind a line as its check-ins fold now; without any it is not known any more."""

    date: date
    folded: FoldedDay | None
    check_ins: list[SourceCheckIn]


@dataclass(frozen=True, slots=True)
class LineSources:
    """A line as it was shown, and everything it was worked out from."""

    line: dict[str, Any]
    days: list[SourceDay]
    entry: PayEntry | None
    """What somebody entered, where the line is not from attendance."""


def list_line_check_ins(
    session: Session, *, project_id: UUID, payslip_id: UUID, number: int
) -> LineSources:
    """Return what stands behind a line for the labour manager, drafts too.

    Lines count from 1. Raises PayslipNotFoundError, LineNotFoundError.
    """
    payslip = session.get(Payslip, payslip_id)
    if payslip is None or payslip.project_id != project_id:
        raise PayslipNotFoundError
    return _find_sources(session, payslip, number)


def list_my_line_check_ins(
    session: Session, *, person_id: UUID, payslip_id: UUID, number: int
) -> LineSources:
    """Return the same of a worker's own published payslip."""
    payslip = queries.get_own_payslip(session, payslip_id=payslip_id, person_id=person_id)
    return _find_sources(session, payslip, number)


def _find_sources(session: Session, payslip: Payslip, number: int) -> LineSources:
    lines: list[dict[str, Any]] = payslip.content["items"]
    if not 1 <= number <= len(lines):
        raise LineNotFoundError
    line = lines[number - 1]
    first = month_start(payslip.month)
    # Payslips shown before lines named their days have none to list.
    dates = [first + timedelta(days=day - 1) for day in line.get("days", [])]
    entry_id = line.get("entry_id")
    return LineSources(
        line=line,
        days=_list_days(session, payslip, dates) if dates else [],
        entry=session.get(PayEntry, UUID(entry_id)) if entry_id else None,
    )


def _list_days(session: Session, payslip: Payslip, dates: list[date]) -> list[SourceDay]:
    folded = _fold(session, payslip, dates)
    wanted = [each for day in dates if day in folded for each in folded[day].crossing_ids]
    found = source_queries.map_check_ins(
        session, project_id=payslip.project_id, check_in_ids=wanted
    )
    days = []
    for day in dates:
        known = folded.get(day)
        pairs = [found[each] for each in known.crossing_ids] if known else []
        pairs.sort(key=lambda pair: pair[0].occurred_at)
        days.append(SourceDay(day, known, [SourceCheckIn(*pair) for pair in pairs]))
    return days


def _fold(session: Session, payslip: Payslip, dates: list[date]) -> dict[date, FoldedDay]:
    """Fold the worker's days again, as attendance does, so that none is taken on trust."""
    book = get_day_rules(session, payslip.project_id)
    begin, end = reach(min(dates), max(dates), book)
    records = list_crossings(
        session,
        project_id=payslip.project_id,
        worker_ids=[payslip.project_worker_id],
        since=begin,
        until=end,
    )
    days = fold([record.crossing for record in records], book)
    return {day.work_date: day for day in days}
