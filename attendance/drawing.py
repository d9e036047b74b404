"""How the lines of an attendance sheet are drawn from work days, and what gates alone had said."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session

from attendance import queries, sheet_queries, work_days
from attendance.facts import MonthTotal
from attendance.folding import Crossing, fold
from attendance.plain_days import sum_plain_days
from attendance.work_days import reach
from core.clock import ONE_DAY
from core.enums import Grade

Line = dict[str, Any]
"""One worker's month: `project_worker_id`, `units`, `minutes`, `days`, `needs_confirmation`,
`grades`; `original` where somebody has corrected it; `cells` once it is locked."""
RECORDED_GRADES = frozenset({Grade.A, Grade.B, Grade.C})
"""What gates and phones recorded; the rest was entered or imported afterwards."""
CORRECTIONS = {grade.value for grade in Grade if grade not in RECORDED_GRADES}


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to before `until`."""

    first: date
    until: date


def draw_lines(
    session: Session, *, project_id: UUID, worker_ids: Sequence[UUID], period: Period
) -> list[Line]:
    """Return a line for each worker, in their order, from their work days as they are stored."""
    totals, grades = sheet_queries.list_month_sums(
        session, worker_ids=worker_ids, first=period.first, until=period.until
    )
    originals = _list_originals(session, project_id, grades, period)
    return _make_lines(worker_ids, totals, grades, originals)


def draw_lines_anew(
    session: Session, *, project_id: UUID, worker_ids: Sequence[UUID], period: Period
) -> list[Line]:
    """Return the same from check-ins alone, whatever days are stored; cheap for a large team.

    Only the days of workers who are not plain are stored on the way.
    """
    days = {"since": period.first, "until": period.until - ONE_DAY}
    sums = sum_plain_days(session, project_id=project_id, worker_ids=worker_ids, **days)
    work_days.fold_days(session, project_id=project_id, worker_ids=sums.odd, **days)
    totals, grades = sheet_queries.list_month_sums(
        session, worker_ids=sums.odd, first=period.first, until=period.until
    )
    originals = _list_originals(session, project_id, grades, period)
    return _make_lines(worker_ids, sums.totals | totals, sums.grades | grades, originals)


def freeze_cells(session: Session, lines: Sequence[Line], *, period: Period) -> list[Line]:
    """Return the lines with the days behind their sums, so that they stay what they were."""
    worker_ids = [UUID(line["project_worker_id"]) for line in lines]
    cells = sheet_queries.list_cells(
        session, worker_ids=worker_ids, first=period.first, until=period.until
    )
    return [
        {**line, "cells": [list(cell) for cell in cells.get(worker_id, [])]}
        for worker_id, line in zip(worker_ids, lines, strict=True)
    ]


def read_cells(
    session: Session, lines: Sequence[Mapping[str, Any]], *, period: Period
) -> dict[UUID, list[sheet_queries.Cell]]:
    """Return each worker's days: the frozen ones of a locked sheet, else as they are now."""
    drafts = [UUID(line["project_worker_id"]) for line in lines if "cells" not in line]
    cells = sheet_queries.list_cells(
        session, worker_ids=drafts, first=period.first, until=period.until
    )
    for line in lines:
        if "cells" in line:
            frozen = [(day, units, marks) for day, units, marks in line["cells"]]
            cells[UUID(line["project_worker_id"])] = frozen
    return cells


def _make_lines(
    worker_ids: Sequence[UUID],
    totals: Mapping[UUID, MonthTotal],
    grades: Mapping[UUID, dict[str, int]],
    originals: Mapping[UUID, dict[str, int]],
) -> list[Line]:
    lines = []
    for worker_id in worker_ids:
        total = totals.get(worker_id, MonthTotal(worker_id, 0, 0, 0, 0))
        line: Line = {
            "project_worker_id": str(worker_id),
            "units": total.units,
            "minutes": total.minutes,
            "days": total.days,
            "needs_confirmation": total.needs_confirmation,
            "grades": grades.get(worker_id, {}),
        }
        if worker_id in originals:
            line["original"] = originals[worker_id]
        lines.append(line)
    return lines


def _list_originals(
    session: Session, project_id: UUID, grades: Mapping[UUID, Mapping[str, int]], period: Period
) -> dict[UUID, dict[str, int]]:
    """Return what the month of the corrected among these was before anybody corrected it."""
    corrected = [worker_id for worker_id, counts in grades.items() if counts.keys() & CORRECTIONS]
    if not corrected:
        return {}
    rules = queries.get_day_rules(session, project_id)
    begin, end = reach(period.first, period.until - ONE_DAY, rules)
    crossings: dict[UUID, list[Crossing]] = defaultdict(list)
    for record in queries.list_crossings(
        session, project_id=project_id, worker_ids=corrected, since=begin, until=end
    ):
        if record.crossing.grade in RECORDED_GRADES:
            crossings[record.project_worker_id].append(record.crossing)
    originals = {}
    for worker_id in corrected:
        folded = fold(crossings[worker_id], rules)
        days = [day for day in folded if period.first <= day.work_date < period.until]
        originals[worker_id] = {
            "units": sum(day.units for day in days),
            "minutes": sum(day.minutes for day in days),
            "days": len(days),
        }
    return originals
