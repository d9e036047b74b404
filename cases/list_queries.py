"""Every SELECT of the desk's lists: which cases are wanted, and a page of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import and_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from cases.errors import CaseNotFoundError
from cases.searching import split_sought
from core.case_enums import CaseState, Disclosure
from db.models import Case, CaseClock, CaseHandler, Complaint, Person, Project


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case with what is shown beside it; `complainant` only where the name may be known."""

    case: Case
    complaint: Complaint
    complainant: Person | None
    project: Project | None

    @property
    def id(self) -> UUID:
        """The id pages are keyed by."""
        return self.case.id


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which cases of a division are wanted."""

    counties: Collection[str]
    state: CaseState | None = None
    due_from: date | None = None
    due_until: date | None = None
    handler_id: UUID | None = None
    number: str | None = None
    words: str | None = None
    """In the name of the project or of the employer."""
    person: str | None = None
    """The keyed form of a complainant's name or phone (`cases.searching`)."""

    @property
    def is_by_end(self) -> bool:
        """Whether what ends first comes first, instead of what is newest."""
        return self.due_until is not None


def list_cases(
    session: Session, wanted: Narrowing, *, before: UUID | None, limit: int
) -> list[CaseRow]:
    """Return up to `limit` of the wanted cases older than `before`, newest first."""
    statement = _case_rows().where(col(Case.county_code).in_(wanted.counties), *_narrow(wanted))
    key = col(Case.id)
    if wanted.handler_id is not None:
        statement = statement.join(CaseHandler, _handles(wanted.handler_id))
        key = col(CaseHandler.case_id)  # the same, but in the order of the handler's own index
    if before is not None:
        statement = statement.where(key < before)
    rows = session.exec(statement.order_by(key.desc()).limit(limit))
    return [CaseRow(*row) for row in rows]


def list_due_cases(
    session: Session, wanted: Narrowing, *, after: UUID | None, limit: int
) -> list[tuple[CaseRow, CaseClock]]:
    """Return up to `limit` of the wanted cases with the period that ends first, that one first.

    `after` is the period (its id) the page before ended with.
    """
    statement = (
        _case_rows()
        .add_columns(CaseClock)
        .join(CaseClock, col(CaseClock.case_id) == Case.id)
        .where(col(CaseClock.county_code).in_(wanted.counties), *_narrow(wanted))
        .where(*_ends_first(wanted))
    )
    if wanted.handler_id is not None:
        statement = statement.join(CaseHandler, _handles(wanted.handler_id))
    place = sa.tuple_(col(CaseClock.due_date), col(CaseClock.case_id))
    if after is not None:
        last = select(col(CaseClock.due_date), col(CaseClock.case_id)).where(CaseClock.id == after)
        statement = statement.where(place > last.scalar_subquery())
    ordered = statement.order_by(col(CaseClock.due_date), col(CaseClock.case_id)).limit(limit)
    return [(CaseRow(*row[:-1]), row[-1]) for row in session.execute(ordered)]


def get_case(session: Session, number: str, *, counties: Collection[str]) -> CaseRow:
    """Return one case of these counties."""
    statement = _case_rows().where(Case.number == number, col(Case.county_code).in_(counties))
    row = session.exec(statement).one_or_none()
    if row is None:
        raise CaseNotFoundError
    return CaseRow(*row)


def _narrow(wanted: Narrowing) -> list[sa.ColumnElement[bool]]:
    conditions = list[sa.ColumnElement[bool]]()
    if wanted.state is not None:
        conditions.append(col(Case.state) == wanted.state)
    if wanted.number is not None:
        conditions.append(col(Case.number) == wanted.number)
    found = [_is_about(wanted.person)] if wanted.person else []
    found += [_mentions(wanted.words)] if wanted.words else []
    return [*conditions, sa.or_(*found)] if found else conditions


def _handles(person_id: UUID) -> sa.ColumnElement[bool]:
    return sa.and_(
        col(CaseHandler.case_id) == Case.id,
        col(CaseHandler.person_id) == person_id,
        col(CaseHandler.left_at).is_(None),
    )


def _ends_first(wanted: Narrowing) -> list[sa.ColumnElement[bool]]:
    """Of the periods of a case that run and end when wanted, the one that ends first."""
    earlier = aliased(CaseClock)
    is_earlier = sa.exists().where(
        col(earlier.case_id) == CaseClock.case_id,
        *_ends_when(earlier, wanted),
        sa.tuple_(col(earlier.due_date), col(earlier.id))
        < sa.tuple_(col(CaseClock.due_date), col(CaseClock.id)),
    )
    return [*_ends_when(CaseClock, wanted), ~is_earlier]


def _ends_when(clock: type[CaseClock], wanted: Narrowing) -> list[sa.ColumnElement[bool]]:
    running = [col(clock.stopped_at).is_(None), ~col(clock.is_paused)]
    ends = [col(clock.due_date) <= wanted.due_until]
    if wanted.due_from is not None:
        ends.append(col(clock.due_date) >= wanted.due_from)
    return running + ends


def _is_about(person: str) -> sa.ColumnElement[bool]:
    return col(Case.search_words).contains([person])


def _mentions(words: str) -> sa.ColumnElement[bool]:
    """Narrow by the index first; two characters side by side are not yet the words sought."""
    return sa.and_(
        col(Case.search_words).contains(sorted(split_sought(words))),
        sa.or_(
            col(Project.name).icontains(words, autoescape=True),
            col(Complaint.employer_name).icontains(words, autoescape=True),
        ),
    )


def _case_rows() -> Select[Case, Complaint, Person, Project]:
    """Select a case with what is shown beside it; shielded names never leave the database."""
    is_named = and_(
        col(Person.id) == Complaint.person_id, col(Complaint.disclosure) == Disclosure.NAMED
    )
    return (
        select(Case, Complaint, Person, Project)
        .join(Complaint, col(Complaint.id) == Case.complaint_id)
        .outerjoin(Person, is_named)
        .outerjoin(Project, col(Project.id) == Complaint.project_id)
    )
