"""Those whom no message reached, and the people who tell them: the last rung of the ladder."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from core.enums import NotificationState, ToldBy
from db.models import Notification, Person, ToldOtherwise
from notifications import queries
from notifications.errors import AlreadyToldError, NotificationNotFoundError
from notifications.reasons import describe_failure
from notifications.templates import CODES, CONFIDENTIAL, TEXTS, Template

SILENCE = timedelta(days=1)
"""After so long without a delivery report nobody may assume that a message arrived."""
ORDINARY = frozenset(Template) - CONFIDENTIAL - CODES - {Template.DIGEST}
"""What the labour manager may pass on: whoever complained is told by the authority alone."""
SILENT = "发出一天没有回执"


@dataclass(frozen=True, slots=True)
class Unreached:
    """One message somebody has to pass on by word of mouth."""

    notification: Notification
    person: Person | None
    team_name: str | None
    fate: NotificationState
    """Of the message, or of the digest that stands for it."""
    error: str | None

    @property
    def id(self) -> UUID:
        """The id pages are keyed by."""
        return self.notification.id

    @property
    def topic(self) -> str:
        """What it is about, without what it says."""
        return TEXTS[Template(self.notification.template)].topic

    @property
    def reason(self) -> str:
        """Why it did not arrive, in everyday words."""
        return SILENT if self.fate is NotificationState.SENT else describe_failure(self.error)


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One person of a team who has to be told something; not what."""

    name: str
    messages: int


@dataclass(frozen=True, slots=True)
class NoticeSheet:
    """A page for the wall of a team's container."""

    project_name: str
    team_name: str
    drawn_at: datetime
    lines: list[SheetLine]


def list_unreached(
    session: Session, *, project_id: UUID, before: UUID | None, limit: int, at: datetime
) -> list[Unreached]:
    """Return messages of the project that did not arrive and nobody has passed on, newest first.

    Up to one more than `limit`, so that a page knows whether another follows.
    """
    found = queries.list_unreached(
        session,
        templates=ORDINARY,
        project_id=project_id,
        silent_before=at - SILENCE,
        before=before,
        limit=limit + 1,
    )
    return [Unreached(*row) for row in found]


def list_unreached_complainants(
    session: Session, *, county_code: str | None, before: UUID | None, limit: int, at: datetime
) -> list[Unreached]:
    """Return messages about complaints of the county that did not arrive, for its inspectors."""
    found = queries.list_unreached(
        session,
        templates=CONFIDENTIAL,
        county_code=county_code,
        silent_before=at - SILENCE,
        before=before,
        limit=limit + 1,
    )
    return [Unreached(*row) for row in found]


def draw_notice_sheet(
    session: Session, *, project_id: UUID, team_id: UUID, at: datetime
) -> NoticeSheet:
    """Return who of a team has to be told something, by name; what it is stands nowhere on it.

    Raises TeamNotFoundError.
    """
    project, team = queries.get_team(session, project_id=project_id, team_id=team_id)
    found = queries.list_unreached(
        session,
        templates=ORDINARY,
        project_id=project_id,
        team_id=team_id,
        silent_before=at - SILENCE,
        before=None,
        limit=None,
    )
    people = {person.id: person.name for _, person, *_ in found if person is not None}
    counts = Counter(person.id for _, person, *_ in found if person is not None)
    lines = [
        SheetLine(name=people[person_id], messages=counts[person_id])
        for person_id in sorted(counts, key=people.__getitem__)
    ]
    return NoticeSheet(project.name, team.name, at, lines)


def tell_worker_otherwise(
    session: Session,
    *,
    project_id: UUID,
    notification_id: UUID,
    told_by: UUID,
    how: ToldBy,
    note: str | None,
    at: datetime,
) -> ToldOtherwise:
    """Record that somebody of the site told the person; it then leaves the list for good.

    Raises NotificationNotFoundError unless it is on the list, AlreadyToldError.
    """
    found = queries.find_unreached(
        session,
        notification_id,
        templates=ORDINARY,
        silent_before=at - SILENCE,
        project_id=project_id,
    )
    return _record_told(session, found, told_by=told_by, how=how, note=note)


def tell_complainant_otherwise(
    session: Session,
    *,
    county_code: str | None,
    notification_id: UUID,
    told_by: UUID,
    how: ToldBy,
    note: str | None,
    at: datetime,
) -> ToldOtherwise:
    """Record that an inspector told the complainant; see `tell_worker_otherwise`."""
    found = queries.find_unreached(
        session,
        notification_id,
        templates=CONFIDENTIAL,
        silent_before=at - SILENCE,
        county_code=county_code,
    )
    return _record_told(session, found, told_by=told_by, how=how, note=note)


def _record_told(
    session: Session,
    found: Sequence[UUID],
    *,
    told_by: UUID,
    how: ToldBy,
    note: str | None,
) -> ToldOtherwise:
    if not found:
        raise NotificationNotFoundError
    told = ToldOtherwise(notification_id=found[0], told_by=told_by, how=how, note=note)
    if not queries.insert_told(session, told):
        raise AlreadyToldError
    return told
