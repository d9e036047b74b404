"""Every SELECT on check-ins, work days and attendance sheets."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    literal_column,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import defer
from sqlmodel import Session, col

from attendance.day_rules import DayRules, RuleBook
from attendance.errors import SheetNotFoundError
from attendance.facts import CardHolder, ObjectionView, RecordedCrossing, WorkerCard
from attendance.folding import Crossing
from attendance.rules import CLOCK_TRUST_MS, LONGEST_WAIT, Span, choose_instant
from attendance.scan_queries import GRADE, HAS_WAITED, IS_STANDING
from core.enums import CheckInMethod
from db.bulk import is_any
from db.models import (
    AttendanceSheet,
    CheckIn,
    Contract,
    DayRule,
    ObjectionPhoto,
    ObjectionReply,
    Person,
    Project,
    ProjectWorker,
    Team,
    WorkDay,
    WorkDayObjection,
)

CROSSING: tuple[Any, ...] = (
    col(CheckIn.id),
    col(CheckIn.project_worker_id),
    col(CheckIn.code_step),
    col(CheckIn.direction),
    col(CheckIn.method),
    GRADE,
    col(CheckIn.occurred_at),
    col(CheckIn.received_at),
    col(CheckIn.clock_bound_ms),
    HAS_WAITED,
)
"""What `read_crossing` reads."""
_WORKERS_TO_LOCK = (
    select(col(ProjectWorker.id))
    .where(is_any(col(ProjectWorker.id), "project_worker_ids"))
    .order_by(col(ProjectWorker.id))
    .with_for_update(key_share=True)
)


def find_check_in(
    session: Session, *, project_id: UUID, source_id: UUID, nonce: str
) -> CheckIn | None:
    """Return what a source reported first under a nonce."""
    statement = (
        select(CheckIn)
        .where(
            col(CheckIn.project_id) == project_id,
            col(CheckIn.source_id) == source_id,
            col(CheckIn.nonce) == nonce,
        )
        .order_by(col(CheckIn.received_at))
        .limit(1)
    )
    return session.scalars(statement).one_or_none()


def find_worker_card(session: Session, project_worker_id: UUID) -> WorkerCard | None:
    """Return what a guard may see of the worker."""
    statement = (
        select(col(Person.name), col(ProjectWorker.work_type), col(Team.name))
        .join(ProjectWorker, col(ProjectWorker.person_id) == Person.id)
        .join(Team, col(Team.id) == ProjectWorker.team_id)
        .where(col(ProjectWorker.id) == project_worker_id)
    )
    row = session.execute(statement).one_or_none()
    return None if row is None else WorkerCard(*row)


def list_card_holders(
    session: Session, *, project_id: UUID, card_numbers: Collection[str]
) -> dict[str, CardHolder]:
    """Return the project's workers by 门禁卡号, with their stays and contracts."""
    statement = (
        select(col(ProjectWorker.card_number), col(ProjectWorker.id))
        .add_columns(col(ProjectWorker.entered_date), col(ProjectWorker.left_date))
        .add_columns(col(Contract.start_date), col(Contract.end_date))
        .outerjoin(Contract, col(Contract.project_worker_id) == ProjectWorker.id)
        .where(
            col(ProjectWorker.project_id) == project_id,
            is_any(col(ProjectWorker.card_number), "card_numbers"),
        )
    )
    holders: dict[str, CardHolder] = {}
    found = session.execute(statement, {"card_numbers": card_numbers})
    for card_number, worker_id, entered, left, start, end in found:
        known = holders.get(card_number)
        contracts = known.contracts if known else ()
        if start is not None:
            contracts = (*contracts, Span(start, end))
        holders[card_number] = CardHolder(worker_id, Span(entered, left), contracts)
    return holders


def lock_workers(session: Session, project_worker_ids: Collection[UUID]) -> None:
    """Let one transaction at a time judge and fold these workers; always in the same order."""
    session.execute(_WORKERS_TO_LOCK, {"project_worker_ids": project_worker_ids})


def get_day_rules(session: Session, project_id: UUID) -> RuleBook:
    """Return what the project counts as a day, from which date on."""
    project = session.get_one(Project, project_id)
    return RuleBook(
        DayRules(project.day_starts_at, project.full_day_minutes, project.half_day_minutes),
        tuple((rule.from_date, _read_rules(rule)) for rule in list_day_rules(session, project_id)),
    )


def list_day_rules(session: Session, project_id: UUID) -> list[DayRule]:
    """Return the rules the project was given, by the date they begin; of one date the last last."""
    statement = (
        select(DayRule)
        .where(col(DayRule.project_id) == project_id)
        .order_by(col(DayRule.from_date), col(DayRule.id))
    )
    return list(session.scalars(statement))


def _read_rules(rule: DayRule) -> DayRules:
    return DayRules(
        rule.day_starts_at,
        rule.full_day_minutes,
        rule.half_day_minutes,
        rule.break_minutes,
        rule.overtime_cap_minutes,
    )


def list_crossings(
    session: Session,
    *,
    project_id: UUID,
    worker_ids: Collection[UUID],
    since: datetime,
    until: datetime,
) -> list[RecordedCrossing]:
    """Return these workers' valid check-ins between two instants, without annulled ones.

    By the gate's clock where it is believed; the few others are found by their arrival, through
    an index of their own, so that neither branch leaves its partitions or its index.
    """
    theirs = select(*CROSSING).where(
        col(CheckIn.project_id) == project_id,
        col(CheckIn.project_worker_id).in_(worker_ids),
        col(CheckIn.valid),
        IS_STANDING,
    )
    trust: ColumnElement[int] = literal_column(
        str(CLOCK_TRUST_MS)
    )  # a parameter would hide the partial index
    by_gate = theirs.where(
        col(CheckIn.occurred_at) >= since,
        col(CheckIn.occurred_at) < until,
        col(CheckIn.clock_bound_ms) <= trust,
    )
    by_arrival = theirs.where(
        col(CheckIn.received_at) >= since,
        col(CheckIn.received_at) < until + LONGEST_WAIT,
        col(CheckIn.clock_bound_ms) > trust,
    )
    found = [read_crossing(row) for row in session.execute(union_all(by_gate, by_arrival))]
    return [record for record in found if since <= record.crossing.at < until]


def read_crossing(row: Sequence[Any]) -> RecordedCrossing:
    """Return what a row of `CROSSING` says."""
    crossing_id, worker_id, step, direction, method, grade = row[:6]
    occurred_at, received_at, bound_ms, has_waited = row[6:]
    is_undated = bool(has_waited) and bound_ms > CLOCK_TRUST_MS
    at = choose_instant(occurred_at, received_at, bound_ms, has_waited=bool(has_waited))
    is_forced = method is CheckInMethod.FORCED_EXIT
    return RecordedCrossing(
        worker_id, step, Crossing(crossing_id, direction, at, grade, is_forced, is_undated)
    )


def list_team_members(session: Session, *, team_id: UUID, first: date, last: date) -> list[UUID]:
    """Return all who were in the team at some time between two days, oldest registration first."""
    statement = (
        select(col(ProjectWorker.id))
        .where(
            col(ProjectWorker.team_id) == team_id,
            col(ProjectWorker.entered_date) <= last,
            or_(col(ProjectWorker.left_date).is_(None), col(ProjectWorker.left_date) >= first),
        )
        .order_by(col(ProjectWorker.id))
    )
    return list(session.scalars(statement))


def list_names(session: Session, worker_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the workers' full names."""
    statement = (
        select(col(ProjectWorker.id), col(Person.name))
        .join(Person, col(Person.id) == ProjectWorker.person_id)
        .where(col(ProjectWorker.id).in_(worker_ids))
    )
    return dict(iter(session.execute(statement)))


def list_work_days(
    session: Session, *, person_id: UUID, first: date, until: date
) -> list[tuple[WorkDay, str]]:
    """Return the person's days on all projects with the project's name, oldest first."""
    statement = (
        select(WorkDay, col(Project.name))
        .join(ProjectWorker, col(ProjectWorker.id) == WorkDay.project_worker_id)
        .join(Project, col(Project.id) == WorkDay.project_id)
        .where(
            col(ProjectWorker.person_id) == person_id,
            col(WorkDay.work_date) >= first,
            col(WorkDay.work_date) < until,
        )
        .order_by(col(WorkDay.work_date), col(Project.name))
    )
    return [(work_day, name) for work_day, name in session.execute(statement)]


def list_objections(
    session: Session, *, person_id: UUID, first: date, until: date
) -> list[ObjectionView]:
    """Return the person's objections to days from `first` to before `until`, oldest first."""
    places = select(col(ProjectWorker.id)).where(col(ProjectWorker.person_id) == person_id)
    return _view_objections(
        session,
        col(WorkDayObjection.project_worker_id).in_(places),
        col(WorkDayObjection.work_date) >= first,
        col(WorkDayObjection.work_date) < until,
    )


def list_worker_objections(
    session: Session, *, worker_ids: Collection[UUID], first: date, until: date
) -> list[ObjectionView]:
    """Return these workers' objections to days from `first` to before `until`, oldest first."""
    return _view_objections(
        session,
        col(WorkDayObjection.project_worker_id).in_(worker_ids),
        col(WorkDayObjection.work_date) >= first,
        col(WorkDayObjection.work_date) < until,
    )


def _view_objections(session: Session, *which: ColumnElement[bool]) -> list[ObjectionView]:
    statement = (
        select(WorkDayObjection, ObjectionReply)
        .outerjoin(ObjectionReply, col(ObjectionReply.objection_id) == WorkDayObjection.id)
        .where(*which)
        .order_by(col(WorkDayObjection.work_date), col(WorkDayObjection.id))
    )
    return view_objections(
        session, [(objection, reply) for objection, reply in session.execute(statement)]
    )


def view_objections(
    session: Session, found: Sequence[tuple[WorkDayObjection, ObjectionReply | None]]
) -> list[ObjectionView]:
    """Return the objections with their pictures, in the same order."""
    photos: dict[UUID, tuple[ObjectionPhoto, ...]] = {}
    if found:
        statement = (
            select(ObjectionPhoto)
            .where(col(ObjectionPhoto.objection_id).in_([objection.id for objection, _ in found]))
            .order_by(col(ObjectionPhoto.id))
        )
        for photo in session.scalars(statement):
            photos[photo.objection_id] = (*photos.get(photo.objection_id, ()), photo)
    return [ObjectionView(said, reply, photos.get(said.id, ())) for said, reply in found]


def get_sheet(session: Session, *, project_id: UUID, sheet_id: UUID) -> AttendanceSheet:
    """Return the project's sheet; SheetNotFoundError for any other.

    Its lines, which can be ten thousand, are read when somebody asks for them.
    """
    statement = (
        select(AttendanceSheet)
        .options(defer(col(AttendanceSheet.lines)))  # type: ignore[arg-type]  # a column is both
        .where(col(AttendanceSheet.id) == sheet_id, col(AttendanceSheet.project_id) == project_id)
    )
    sheet = session.scalars(statement).one_or_none()
    if sheet is None:
        raise SheetNotFoundError
    return sheet


def lock_sheet(session: Session, *, project_id: UUID, sheet_id: UUID) -> AttendanceSheet:
    """Return the project's sheet with its row locked; SheetNotFoundError for any other."""
    sheet = get_sheet(session, project_id=project_id, sheet_id=sheet_id)
    session.refresh(sheet, with_for_update=True)
    return sheet


def lock_team_sheet(
    session: Session, *, project_id: UUID, team_id: UUID, month: str
) -> AttendanceSheet:
    """Return the sheet of a team and month, which must exist, with its row locked."""
    statement = (
        select(AttendanceSheet)
        .where(
            col(AttendanceSheet.project_id) == project_id,
            col(AttendanceSheet.team_id) == team_id,
            col(AttendanceSheet.month) == month,
        )
        .with_for_update()
    )
    return session.scalars(statement).one()


def _within(
    worker_ids: Collection[UUID], first: date, until: date
) -> tuple[ColumnElement[bool], ...]:
    return (
        col(WorkDay.project_worker_id).in_(worker_ids),
        col(WorkDay.work_date) >= first,
        col(WorkDay.work_date) < until,
    )


def list_partitions(session: Session) -> set[str]:
    """Return the names of the tables that hold check-ins."""
    statement = text(
        "SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid"
        " WHERE inhparent = 'check_in'::regclass"
    )
    return set(session.scalars(statement))


def is_in_default_partition(session: Session, *, since: datetime, until: datetime) -> bool:
    """Tell whether a check-in of this time lies in the default partition, where it stays.

    It is looked into only if there is anything: a look locks it until the transaction ends, and
    several who look would keep each other from attaching a month.
    """
    if not session.scalar(text("SELECT pg_relation_size('check_in_default')")):
        return False
    statement = text(
        "SELECT EXISTS (SELECT FROM check_in_default"
        " WHERE occurred_at >= :since AND occurred_at < :until)"
    )
    return bool(session.scalar(statement, {"since": since, "until": until}))


def lock_partitions(session: Session) -> None:
    """Let one transaction at a time create partitions."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('check_in partitions'))"))


def set_lock_timeout(session: Session, timeout: str) -> str:
    """Set how long this transaction waits for a lock; return what it was."""
    usual: str = session.scalars(text("SELECT current_setting('lock_timeout')")).one()
    session.execute(text("SELECT set_config('lock_timeout', :timeout, true)"), {"timeout": timeout})
    return usual


def set_work_mem(session: Session, memory: str) -> None:
    """Let this transaction sort and hash in so much memory."""
    session.execute(text("SELECT set_config('work_mem', :memory, true)"), {"memory": memory})
