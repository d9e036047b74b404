"""How the lines of an attendance sheet are drawn from work days, and what gates alone had said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session

from attendance import sheet_queries
from attendance.facts import Line
from attendance.folding import RECORDED_GRADES
from attendance.odd_days import Asked
from attendance.plain_days import sum_days
from core.clock import ONE_DAY
from core.enums import Grade

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
    lines = sheet_queries.list_lines(
        session,
        project_id=project_id,
        worker_ids=worker_ids,
        first=period.first,
        until=period.until,
    )
    _add_originals(session, project_id, lines, period)
    return [lines.get(worker_id) or _empty(worker_id) for worker_id in map(str, worker_ids)]


def draw_lines_anew(
    session: Session, *, project_id: UUID, worker_ids: Sequence[UUID], period: Period
) -> list[Line]:
    """Return the same from check-ins alone, whatever days are stored; stores none itself."""
    lines = sum_days(session, Asked(project_id, worker_ids, period.first, period.until - ONE_DAY))
    _add_originals(session, project_id, lines, period)
    return [lines.get(worker_id) or _empty(worker_id) for worker_id in map(str, worker_ids)]


def freeze_cells(session: Session, lines: Sequence[Line], *, period: Period) -> list[Line]:
    """Return the lines with the days behind their sums, so that they stay what they were."""
    worker_ids = [UUID(line["project_worker_id"]) for line in lines]
    cells = sheet_queries.list_written_cells(
        session, worker_ids=worker_ids, first=period.first, until=period.until
    )
    return [{**line, "cells": cells.get(line["project_worker_id"], [])} for line in lines]


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


def _empty(worker_id: str) -> Line:
    return {
        "project_worker_id": worker_id,
        "units": 0,
        "minutes": 0,
        "days": 0,
        "needs_confirmation": 0,
        "grades": {},
    }


def _add_originals(
    session: Session, project_id: UUID, lines: Mapping[str, Line], period: Period
) -> None:
    """Say of the corrected among these what their month was before anybody corrected it."""
    corrected = [
        UUID(worker_id)
        for worker_id, line in lines.items()
        if not CORRECTIONS.isdisjoint(line["grades"])
    ]
    if not corrected:
        return
    originals = sum_days(
        session,
        Asked(project_id, corrected, period.first, period.until - ONE_DAY, is_original=True),
    )
    for worker_id in map(str, corrected):
        original = originals.get(worker_id) or _empty(worker_id)
        lines[worker_id]["original"] = {key: original[key] for key in ("units", "minutes", "days")}
