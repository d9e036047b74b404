"""Days that lack an exit or an entry: the shift is ended by the system, and the worker is asked."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from attendance import fold_queries, queries
from attendance.folding import Crossing, list_forgotten
from attendance.partitions import ensure_partitions_for
from attendance.work_days import reach
from core.clock import ONE_DAY, local_date
from core.enums import CheckInMethod, Direction, Grade, ScanReason
from db.models import CheckIn, WorkDay
from db.models.attendance import REPORT_KEY
from notifications.service import Telling, notify_many
from notifications.templates import Template

ASKED_FOR = timedelta(days=7)
"""A gate may bring its scans days later; what is older is seen on the payslip."""
DAYS_AT_ONCE = 500


def ask_chunk(
    session: Session, *, after: tuple[date, UUID] | None, at: datetime
) -> tuple[date, UUID] | None:
    """End the forgotten shifts among some days that need confirmation, and ask their workers.

    Each day is asked about once, on the evening after it. Returns where the next chunk begins;
    None at the end.
    """
    today = local_date(at)
    unsure = fold_queries.list_unsure_days(
        session,
        since=today - ASKED_FOR,
        until=today - ONE_DAY,
        after=after,
        limit=DAYS_AT_ONCE,
    )
    by_project: dict[UUID, list[tuple[WorkDay, UUID]]] = defaultdict(list)
    for day, person_id in unsure:
        by_project[day.project_id].append((day, person_id))
    for project_id, days in by_project.items():
        end_forgotten_shifts(session, project_id=project_id, days=[d for d, _ in days], at=at)
        _ask(session, project_id, days)
    return (unsure[-1][0].work_date, unsure[-1][0].id) if unsure else None


def end_forgotten_shifts(
    session: Session, *, project_id: UUID, days: Sequence[WorkDay], at: datetime
) -> int:
    """Record an 异常清退 for every entry of these days that no exit can follow any more.

    It says that nobody is on the site any more; the day stays uncertain, and a real exit that
    arrives later counts. Running twice records each once. Returns how many there were.
    """
    book = queries.get_day_rules(session, project_id)
    begin, end = reach(min(day.work_date for day in days), max(day.work_date for day in days), book)
    crossings: dict[UUID, list[Crossing]] = defaultdict(list)
    for record in queries.list_crossings(
        session,
        project_id=project_id,
        worker_ids={day.project_worker_id for day in days},
        since=begin,
        until=end,
    ):
        crossings[record.project_worker_id].append(record.crossing)
    forced = [
        _make_exit(project_id, worker_id, entry_id, ended_at, at)
        for worker_id, theirs in crossings.items()
        for entry_id, ended_at in list_forgotten(theirs, book, at=at)
    ]
    if forced:
        ended = {local_date(check_in.occurred_at) for check_in in forced}
        ensure_partitions_for(session, ended, today=local_date(at))
        session.execute(
            insert(CheckIn).on_conflict_do_nothing(index_elements=REPORT_KEY),
            [check_in.model_dump() for check_in in forced],
        )
    return len(forced)


def _make_exit(
    project_id: UUID, worker_id: UUID, entry_id: UUID, ended_at: datetime, at: datetime
) -> CheckIn:
    return CheckIn(
        project_id=project_id,
        source_id=project_id,
        nonce=f"forced:{entry_id}",
        project_worker_id=worker_id,
        direction=Direction.OUT,
        method=CheckInMethod.FORCED_EXIT,
        grade=Grade.E,
        occurred_at=ended_at,
        received_at=at,
        admitted=False,
        valid=True,
        reason=ScanReason.OK,
    )


def _ask(session: Session, project_id: UUID, days: Sequence[tuple[WorkDay, UUID]]) -> None:
    notify_many(
        session,
        template=Template.DAY_UNSURE,
        tellings=[
            Telling(person_id, f"{project_id}:{day.work_date}", {"work_date": str(day.work_date)})
            for day, person_id in days
        ],
        project_id=project_id,
    )
