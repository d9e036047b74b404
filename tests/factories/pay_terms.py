"""Invented pay terms, entries, advances and folded days of the site's October."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import Session

from core.enums import WorkDayState
from core.pay_enums import DeductionKind, PayEntryKind
from db.models import AgreedTerms, PayEntry, ProjectWorker, WageAdvance, WorkDay
from tests.factories.identity import make_person
from tests.factories.payroll import AT, MONTH


def make_terms(
    session: Session, worker: ProjectWorker, *, from_date: date = date(2026, 9, 1), **fields: Any
) -> AgreedTerms:
    """Write overtime and no allowances, unless told otherwise."""
    given: dict[str, Any] = {"pays_overtime": True, "allowances": []}
    terms = AgreedTerms(
        project_id=worker.project_id,
        project_worker_id=worker.id,
        from_date=from_date,
        entered_by=make_person(session, name="赵主管").id,
        **given | fields,
    )
    session.add(terms)
    session.flush()
    return terms


def make_entry(
    session: Session,
    worker: ProjectWorker,
    kind: PayEntryKind = PayEntryKind.DEDUCTION,
    *,
    amount_fen: int = 6_000,
    **fields: Any,
) -> PayEntry:
    """Write an entry of October; unless told otherwise a deduction nobody has agreed to."""
    defaults: dict[PayEntryKind, dict[str, Any]] = {
        PayEntryKind.DEDUCTION: {"name": "宿舍电费", "deduction_kind": DeductionKind.AGREED},
        PayEntryKind.SUPPLEMENT: {"name": "补发2026-09", "for_month": "2026-09"},
        PayEntryKind.PIECE: {
            "name": "砌筑",
            "quantity": 100,
            "unit": "立方米",
            "unit_price_fen": amount_fen,
        },
    }
    given = {"month": MONTH, "note": "登记的说明", **defaults[kind]} | fields
    entry = PayEntry(
        created_at=AT,
        project_id=worker.project_id,
        project_worker_id=worker.id,
        kind=kind,
        amount_fen=amount_fen,
        entered_by=make_person(session, name="赵主管").id,
        **given,
    )
    session.add(entry)
    session.flush()
    return entry


def make_advance(
    session: Session,
    worker: ProjectWorker,
    amount_fen: int = 50_000,
    *,
    paid_date: date = date(2026, 10, 20),
) -> WageAdvance:
    """Write wages paid ahead."""
    advance = WageAdvance(
        created_at=AT,
        project_id=worker.project_id,
        project_worker_id=worker.id,
        paid_date=paid_date,
        amount_fen=amount_fen,
        note="现金预支",
        entered_by=make_person(session, name="赵主管").id,
    )
    session.add(advance)
    session.flush()
    return advance


def make_work_days(
    session: Session, worker: ProjectWorker, days: Iterable[tuple[date, int, int]]
) -> None:
    """Write folded days of (date, minutes, overtime minutes of them), each one full 工日."""
    for work_date, minutes, overtime in days:
        session.add(
            WorkDay(
                project_id=worker.project_id,
                project_worker_id=worker.id,
                work_date=work_date,
                minutes=minutes,
                units=100,
                overtime_minutes=overtime,
                state=WorkDayState.COMPLETE,
                rule_version=2,
            )
        )
    session.flush()


def make_line(worker_id: UUID, days: Iterable[tuple[date, int, int]]) -> dict[str, object]:
    """Return what a locked sheet says of a worker with these days."""
    listed = list(days)
    return {
        "project_worker_id": str(worker_id),
        "units": 100 * len(listed),
        "minutes": sum(minutes for _, minutes, _ in listed),
        "days": len(listed),
        "needs_confirmation": 0,
        "grades": {"A": 2 * len(listed)},
    }
