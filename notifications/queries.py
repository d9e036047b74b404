"""Every SELECT about readers, texts, spending and those whom nothing reached."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from core.enums import Language, NotificationState
from db.bulk import insert_rows, is_any
from db.models import (
    MessagePreference,
    Notification,
    NumberStatus,
    Person,
    Project,
    ProjectWorker,
    SmsSpending,
    Team,
    TemplateApproval,
    ToldOtherwise,
)
from notifications.errors import TeamNotFoundError

OPTED_OUT = "opted_out"
"""The error of a message its reader did not want."""
NEVER_REPORTS = "console"
UNSURE = (NotificationState.SENT, NotificationState.FAILED, NotificationState.MERGED)


@dataclass(frozen=True, slots=True)
class Reader:
    """Where and how a person is told."""

    phone: str | None = None
    language: Language = Language.CHINESE
    wants_optional: bool = True


# Asked with every message: built once.
READERS = (
    sa.select(
        col(Person.id),
        col(Person.phone),
        col(MessagePreference.language),
        col(MessagePreference.wants_optional),
    )
    .outerjoin(MessagePreference, col(MessagePreference.person_id) == Person.id)
    .where(is_any(col(Person.id), "person_ids"))
)
NUMBER_STATUSES = sa.select(NumberStatus).where(
    is_any(col(NumberStatus.phone_index), "phone_indexes")
)


def list_readers(session: Session, person_ids: Collection[UUID]) -> dict[UUID, Reader]:
    """Return where and how these people are told."""
    found = session.execute(READERS, {"person_ids": list(person_ids)})
    return {
        person_id: Reader(
            phone,
            Language(language or Language.CHINESE),
            True if wants_optional is None else wants_optional,
        )
        for person_id, phone, language, wants_optional in found
    }


def list_number_statuses(
    session: Session, phone_indexes: Collection[bytes]
) -> dict[bytes, NumberStatus]:
    """Return what is known of these numbers; nothing is known of most."""
    found = session.scalars(NUMBER_STATUSES, {"phone_indexes": list(phone_indexes)})
    return {status.phone_index: status for status in found}


def insert_new(session: Session, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Insert the messages whose dedupe keys were never used before; return the ids of those."""
    return insert_rows(session, Notification, rows, once_per="dedupe_key")


def list_spendings(session: Session, day: date) -> Sequence[SmsSpending]:
    """Return what every project spent on the day, the largest first."""
    statement = select(SmsSpending).where(SmsSpending.date == day)
    return session.exec(statement.order_by(col(SmsSpending.segments).desc())).all()


def list_approvals(session: Session) -> Sequence[TemplateApproval]:
    """Return what all gateways said about all texts."""
    return session.exec(select(TemplateApproval)).all()


def find_approval(session: Session, approval: TemplateApproval) -> TemplateApproval | None:
    """Return what is recorded about the same version of the same text at the same gateway."""
    statement = select(TemplateApproval).where(
        TemplateApproval.gateway == approval.gateway,
        TemplateApproval.template == approval.template,
        TemplateApproval.version == approval.version,
        TemplateApproval.language == approval.language,
    )
    return session.exec(statement).one_or_none()


def find_preference(session: Session, person_id: UUID) -> MessagePreference | None:
    """Return how the person wants to be told, if they ever said."""
    statement = select(MessagePreference).where(MessagePreference.person_id == person_id)
    return session.exec(statement).one_or_none()


def list_unreached(
    session: Session,
    *,
    templates: Collection[str],
    silent_before: datetime,
    before: UUID | None,
    limit: int | None,
    project_id: UUID | None = None,
    county_code: str | None = None,
    team_id: UUID | None = None,
) -> list[tuple[Notification, Person | None, str | None, NotificationState, str | None]]:
    """Return messages that did not arrive and nobody passed on.

    With person, team, and the state and error that count.

    Of one project, or of all cases of a county. Where a digest stands for a message, its fate is
    the message's. A gateway that never reports (`console`) is believed.
    """
    digest = aliased(Notification)
    statement = (
        sa.select(
            Notification,
            Person,
            col(Team.name),
            sa.func.coalesce(col(digest.state), col(Notification.state)),
            sa.func.coalesce(col(digest.error), col(Notification.error)),
        )
        .outerjoin(digest, col(digest.id) == Notification.digest_id)
        .outerjoin(Person, col(Person.id) == Notification.person_id)
        .outerjoin(
            ProjectWorker,
            sa.and_(
                col(ProjectWorker.project_id) == Notification.project_id,
                col(ProjectWorker.person_id) == Notification.person_id,
            ),
        )
        .outerjoin(Team, col(Team.id) == ProjectWorker.team_id)
        .outerjoin(ToldOtherwise, col(ToldOtherwise.notification_id) == Notification.id)
        .where(
            col(Notification.state).in_(UNSURE),
            col(Notification.template).in_(templates),
            col(ToldOtherwise.id).is_(None),
            _did_not_arrive(digest, silent_before),
        )
        .order_by(col(Notification.id).desc())
        .limit(limit)
    )
    for condition in _scope(project_id, county_code, team_id, before):
        statement = statement.where(condition)
    return [tuple(row) for row in session.execute(statement)]


def _did_not_arrive(digest: type[Notification], silent_before: datetime) -> sa.ColumnElement[bool]:
    fate = sa.func.coalesce(col(digest.state), col(Notification.state))
    sent_at = sa.func.coalesce(col(digest.sent_at), col(Notification.sent_at))
    gateway = sa.func.coalesce(col(digest.gateway), col(Notification.gateway))
    is_unwanted = sa.func.coalesce(col(Notification.error), "") == OPTED_OUT
    return sa.or_(
        sa.and_(fate == NotificationState.FAILED, sa.not_(is_unwanted)),
        sa.and_(fate == NotificationState.SENT, sent_at < silent_before, gateway != NEVER_REPORTS),
    )


def _scope(
    project_id: UUID | None,
    county_code: str | None,
    team_id: UUID | None = None,
    before: UUID | None = None,
) -> list[sa.ColumnElement[bool]]:
    conditions = []
    if project_id is not None:
        conditions.append(col(Notification.project_id) == project_id)
    if county_code is not None:
        conditions.append(col(Notification.county_code) == county_code)
    if team_id is not None:
        conditions.append(col(ProjectWorker.team_id) == team_id)
    if before is not None:
        conditions.append(col(Notification.id) < before)
    return conditions


def find_unreached(
    session: Session,
    notification_id: UUID,
    *,
    templates: Collection[str],
    silent_before: datetime,
    project_id: UUID | None = None,
    county_code: str | None = None,
) -> list[UUID]:
    """Return the id of the message if it did not arrive and these people may pass it on."""
    digest = aliased(Notification)
    statement = (
        select(Notification.id)
        .outerjoin(digest, col(digest.id) == Notification.digest_id)
        .where(Notification.id == notification_id)
        .where(col(Notification.template).in_(templates))
        .where(col(Notification.state).in_(UNSURE))
        .where(_did_not_arrive(digest, silent_before))
    )
    for condition in _scope(project_id, county_code):
        statement = statement.where(condition)
    return list(session.exec(statement))


def insert_told(session: Session, told: ToldOtherwise) -> bool:
    """Insert the row unless somebody told the person before; tell whether it was new."""
    statement = (
        insert(ToldOtherwise)
        .values(told.model_dump())
        .on_conflict_do_nothing(index_elements=["notification_id"])
        .returning(col(ToldOtherwise.id))
    )
    return session.exec(statement).first() is not None


def get_team(session: Session, *, project_id: UUID, team_id: UUID) -> tuple[Project, Team]:
    """Return the project and its team."""
    statement = (
        select(Project, Team)
        .join(Team, col(Team.project_id) == Project.id)
        .where(Team.id == team_id, Project.id == project_id)
    )
    found = session.exec(statement).one_or_none()
    if found is None:
        raise TeamNotFoundError
    return found
