"""Every SELECT about attendance sheets beyond the sheet itself: their days, chains and people."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Integer,
    Select,
    Uuid,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import defer
from sqlmodel import Session, col

from attendance.facts import Line
from attendance.sheet_chain import TeamFacts
from core.enums import Grade, PaySheetState, Role, SheetState, WorkDayState
from core.sheet_enums import SheetAct
from db.models import (
    AttendanceSheet,
    AttendanceSheetAct,
    PaySheet,
    Person,
    Project,
    ProjectParty,
    ProjectWorker,
    RoleGrant,
    Team,
    WorkDay,
)

GENERAL_CONTRACTOR = "009"
"""National 参建单位类型."""
UNSURE = col(WorkDay.state) == WorkDayState.NEEDS_CONFIRMATION
UNSURE_MARK, ENTERED_MARK, IMPORTED_MARK = "?", Grade.D.value, Grade.E.value
_MARKS = func.concat(
    case((UNSURE, UNSURE_MARK), else_=""),
    case((col(WorkDay.grades).bool_op("?")(ENTERED_MARK), ENTERED_MARK), else_=""),
    case((col(WorkDay.grades).bool_op("?")(IMPORTED_MARK), IMPORTED_MARK), else_=""),
)

Cell = tuple[int, int, str]
"""Day of the month, 工日 in hundredths, marks: `?` unsure, `D` entered by hand, `E` imported."""
WrittenCells = list[list[Any]]
"""The same of one worker as JSON has it, oldest first."""


@dataclass(frozen=True, slots=True)
class SheetWorker:
    """Whose line it is, as the paper shows it."""

    name: str
    id_number: str | None
    work_type: str


def list_lines(
    session: Session, *, project_id: UUID, worker_ids: Collection[UUID], first: date, until: date
) -> dict[str, Line]:
    """Return by its worker each line of whoever has a day from `first` to before `until`.

    The database writes the lines: ten thousand of them as rows take Python longer to read than
    their days take the database to sum.
    """
    graded = (
        (grade.value, func.sum(cast(col(WorkDay.grades)[grade.value], Integer))) for grade in Grade
    )
    line = func.json_build_object(
        *("project_worker_id", col(WorkDay.project_worker_id)),
        *("units", func.sum(WorkDay.units)),
        *("minutes", func.sum(WorkDay.minutes)),
        *("days", func.count()),
        *("needs_confirmation", func.count().filter(UNSURE)),
        *("grades", func.jsonb_strip_nulls(func.jsonb_build_object(*chain.from_iterable(graded)))),
    )
    lines = (
        select(line.label("line"))
        .where(
            col(WorkDay.project_id) == project_id,
            col(WorkDay.project_worker_id) == _any(worker_ids),
            col(WorkDay.work_date) >= first,
            col(WorkDay.work_date) < until,
        )
        .group_by(col(WorkDay.project_worker_id))
        .subquery()
    )
    drawn = session.scalars(select(func.json_agg(lines.c.line, type_=JSON))).one()
    return {line["project_worker_id"]: line for line in drawn or ()}


def list_cells(
    session: Session, *, worker_ids: Collection[UUID], first: date, until: date
) -> dict[UUID, list[Cell]]:
    """Return each worker's days from `first` to before `until`, oldest first."""
    written = list_written_cells(session, worker_ids=worker_ids, first=first, until=until)
    return {
        UUID(worker_id): [(day, units, marks) for day, units, marks in cells]
        for worker_id, cells in written.items()
    }


def list_written_cells(
    session: Session, *, worker_ids: Collection[UUID], first: date, until: date
) -> dict[str, WrittenCells]:
    """Return the same as a locked sheet keeps it, by the workers' ids as its lines have them."""
    day = cast(func.date_part("day", WorkDay.work_date), Integer)
    cell = func.json_build_array(day, WorkDay.units, _MARKS)
    cells = (
        select(
            col(WorkDay.project_worker_id).label("worker_id"),
            func.json_agg(aggregate_order_by(cell, col(WorkDay.work_date))).label("cells"),
        )
        .where(
            col(WorkDay.project_worker_id) == _any(worker_ids),
            col(WorkDay.work_date) >= first,
            col(WorkDay.work_date) < until,
        )
        .group_by(col(WorkDay.project_worker_id))
        .subquery()
    )
    by_worker = func.json_object_agg(cells.c.worker_id, cells.c.cells, type_=JSON)
    return session.scalars(select(by_worker)).one() or {}


def find_first_month(session: Session, project_id: UUID) -> str | None:
    """Return the ``YYYY-MM`` in which the project or the first stay on it began; None if unsaid."""
    first_entered = select(func.min(ProjectWorker.entered_date)).where(
        col(ProjectWorker.project_id) == project_id
    )
    statement = select(
        func.to_char(func.least(Project.start_date, first_entered.scalar_subquery()), "YYYY-MM")
    ).where(col(Project.id) == project_id)
    first_month: str | None = session.scalars(statement).one()
    return first_month


def list_line_workers(session: Session, sheet: AttendanceSheet) -> list[UUID]:
    """Return whose lines a stored sheet has, in its order."""
    line = func.jsonb_array_elements(col(AttendanceSheet.lines), type_=JSONB)
    statement = select(line["project_worker_id"].astext).where(
        col(AttendanceSheet.id) == sheet.id, col(AttendanceSheet.project_id) == sheet.project_id
    )
    return [UUID(worker_id) for worker_id in session.scalars(statement)]


def stream_lines(
    session: Session, sheet: AttendanceSheet, *, at_once: int
) -> Iterator[Sequence[Line]]:
    """Yield a stored sheet's lines in its order, so many at once; no more are ever in memory."""
    line = func.jsonb_array_elements(col(AttendanceSheet.lines), type_=JSONB)
    statement = select(line).where(
        col(AttendanceSheet.id) == sheet.id, col(AttendanceSheet.project_id) == sheet.project_id
    )
    found = session.scalars(statement, execution_options={"yield_per": at_once})
    return found.partitions()


def list_sheet_workers(session: Session, worker_ids: Collection[UUID]) -> dict[UUID, SheetWorker]:
    """Return who the workers are."""
    statement = (
        select(col(ProjectWorker.id), col(Person.name), col(Person.id_number))
        .add_columns(col(ProjectWorker.work_type))
        .join(Person, col(Person.id) == ProjectWorker.person_id)
        .where(col(ProjectWorker.id) == _any(worker_ids))
    )
    return {
        worker_id: SheetWorker(name, id_number, work_type)
        for worker_id, name, id_number, work_type in session.execute(statement)
    }


def list_person_ids(session: Session, worker_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return which person each project worker is."""
    statement = select(col(ProjectWorker.id), col(ProjectWorker.person_id)).where(
        col(ProjectWorker.id) == _any(worker_ids)
    )
    return dict(iter(session.execute(statement)))


def list_acts(session: Session, sheet: AttendanceSheet) -> list[AttendanceSheetAct]:
    """Return what was done about the sheet, oldest first; what it had frozen is left out."""
    statement = (
        select(AttendanceSheetAct)
        .options(defer(col(AttendanceSheetAct.lines)))  # type: ignore[arg-type]  # a column is both
        .where(
            col(AttendanceSheetAct.project_id) == sheet.project_id,
            col(AttendanceSheetAct.sheet_id) == sheet.id,
        )
        .order_by(col(AttendanceSheetAct.id))
    )
    return list(session.scalars(statement))


def find_last_frozen(session: Session, sheet: AttendanceSheet) -> AttendanceSheetAct | None:
    """Return the newest reopening, with the lines the lock before it had frozen."""
    statement = (
        select(AttendanceSheetAct)
        .where(
            col(AttendanceSheetAct.project_id) == sheet.project_id,
            col(AttendanceSheetAct.sheet_id) == sheet.id,
            col(AttendanceSheetAct.act) == SheetAct.REOPENED,
        )
        .order_by(col(AttendanceSheetAct.id).desc())
        .limit(1)
    )
    return session.scalars(statement).one_or_none()


def list_actor_names(session: Session, person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the full names of those who acted."""
    statement = select(col(Person.id), col(Person.name)).where(col(Person.id) == _any(person_ids))
    return dict(iter(session.execute(statement)))


def get_team_facts(session: Session, *, project_id: UUID, team_id: UUID, on: date) -> TeamFacts:
    """Return who could look over the team's sheets on a day."""
    employer_id = session.scalars(
        select(col(ProjectParty.employer_id))
        .join(Team, col(Team.party_id) == ProjectParty.id)
        .where(col(Team.id) == team_id)
    ).one()
    return TeamFacts(
        leader_ids=frozenset(session.scalars(_select_leaders(team_id, on))),
        employer_id=employer_id,
        contractor_ids=frozenset(session.scalars(_select_contractors(project_id, on))),
        administrator_ids=frozenset(session.scalars(_select_administrators(employer_id))),
    )


def is_with_the_bank(session: Session, sheet: AttendanceSheet) -> bool:
    """Tell whether wages made of the sheet have been instructed or paid."""
    gone = (PaySheetState.INSTRUCTED, PaySheetState.SETTLED)
    statement = select(col(PaySheet.id)).where(
        col(PaySheet.attendance_sheet_id) == sheet.id, col(PaySheet.state).in_(gone)
    )
    return session.scalars(statement.limit(1)).one_or_none() is not None


def list_sheets(
    session: Session, *, project_id: UUID, month: str | None, before: UUID | None, limit: int
) -> list[AttendanceSheet]:
    """Return up to `limit` sheets of the project drawn up before one, newest first."""
    statement = (
        select(AttendanceSheet)
        .where(col(AttendanceSheet.project_id) == project_id)
        .order_by(col(AttendanceSheet.id).desc())
        .limit(limit)
    )
    if month is not None:
        statement = statement.where(col(AttendanceSheet.month) == month)
    if before is not None:
        statement = statement.where(col(AttendanceSheet.id) < before)
    return list(session.scalars(statement))


def list_drafts_of(
    session: Session,
    *,
    project_id: UUID | None,
    employer_id: UUID | None,
    leader_id: UUID | None,
    on: date,
    before: UUID | None,
    limit: int,
) -> list[AttendanceSheet]:
    """Return the drafts of a project, a company's teams or works, or a team leader's own team.

    Newest first; of past months only.
    """
    statement = (
        select(AttendanceSheet)
        .join(Team, col(Team.id) == AttendanceSheet.team_id)
        .join(ProjectParty, col(ProjectParty.id) == Team.party_id)
        .where(
            col(AttendanceSheet.state) == SheetState.DRAFT,
            col(AttendanceSheet.month) < f"{on:%Y-%m}",
            or_(
                col(AttendanceSheet.project_id) == project_id,
                col(ProjectParty.employer_id) == employer_id,
                col(AttendanceSheet.project_id).in_(_select_contracted(employer_id, on)),
                col(AttendanceSheet.team_id).in_(_select_led(leader_id, on)),
            ),
        )
        .order_by(col(AttendanceSheet.id).desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(col(AttendanceSheet.id) < before)
    return list(session.scalars(statement))


def get_names(session: Session, sheet: AttendanceSheet) -> tuple[str, str]:
    """Return the names of the sheet's project and team."""
    statement = (
        select(col(Project.name), col(Team.name))
        .join(Team, col(Team.project_id) == Project.id)
        .where(col(Team.id) == sheet.team_id)
    )
    project_name, team_name = session.execute(statement).one()
    return project_name, team_name


def _any(ids: Collection[UUID]) -> object:
    """Return `= ANY(array)`: one parameter, however many."""
    return any_(cast(list(ids), ARRAY(Uuid)))


def _select_leaders(team_id: UUID, on: date) -> Select[UUID]:
    return select(col(ProjectWorker.person_id)).where(
        col(ProjectWorker.team_id) == team_id,
        col(ProjectWorker.is_team_leader),
        or_(col(ProjectWorker.left_date).is_(None), col(ProjectWorker.left_date) >= on),
    )


def _select_led(person_id: UUID | None, on: date) -> Select[UUID]:
    return select(col(ProjectWorker.team_id)).where(
        col(ProjectWorker.person_id) == person_id,
        col(ProjectWorker.is_team_leader),
        or_(col(ProjectWorker.left_date).is_(None), col(ProjectWorker.left_date) >= on),
    )


def _select_contractors(project_id: UUID, on: date) -> Select[UUID]:
    return select(col(ProjectParty.employer_id)).where(
        col(ProjectParty.project_id) == project_id, _contracts(on)
    )


def _select_contracted(employer_id: UUID | None, on: date) -> Select[UUID]:
    return select(col(ProjectParty.project_id)).where(
        col(ProjectParty.employer_id) == employer_id, _contracts(on)
    )


def _contracts(on: date) -> ColumnElement[bool]:
    return and_(
        col(ProjectParty.party_type) == GENERAL_CONTRACTOR,
        func.coalesce(ProjectParty.left_date, literal(on)) >= on,
    )


def _select_administrators(employer_id: UUID) -> Select[UUID]:
    return select(col(RoleGrant.person_id)).where(
        col(RoleGrant.employer_id) == employer_id,
        col(RoleGrant.role) == Role.EMPLOYER_ADMIN,
        col(RoleGrant.revoked_at).is_(None),
    )
