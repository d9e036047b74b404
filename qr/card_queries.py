"""Every SELECT on printed cards and on those who hold them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from db.models import Person, Project, ProjectWorker, Team, WorkerCard, WorkerPhoto
from identity.photos import NOTICE_VERSION
from qr.errors import CardNotFoundError


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody on a project who holds a card or gets one."""

    person: Person
    place: ProjectWorker
    team: Team
    project: Project


def lock_holders(
    session: Session, *, project_id: UUID, worker_ids: Collection[UUID]
) -> list[Holder]:
    """Return these workers of the project, each locked: one card at a time is made for a person.

    Locked in the order of their ids, so that two batches cannot wait for each other; not against
    rows that point at them.
    """
    statement = (
        select(Person, ProjectWorker, Team, Project)
        .join(ProjectWorker, col(ProjectWorker.person_id) == Person.id)
        .join(Team, col(Team.id) == ProjectWorker.team_id)
        .join(Project, col(Project.id) == ProjectWorker.project_id)
        .where(ProjectWorker.project_id == project_id, col(ProjectWorker.id).in_(worker_ids))
        .order_by(col(Person.id))
        .with_for_update(of=Person, key_share=True)
    )
    return [Holder(*row) for row in session.exec(statement)]


def list_photos(session: Session, person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the photos of those who were told that it is printed: JPEG, base64."""
    statement = select(WorkerPhoto).where(
        col(WorkerPhoto.person_id).in_(person_ids),
        WorkerPhoto.notice_version == NOTICE_VERSION,
    )
    return {photo.person_id: photo.image for photo in session.exec(statement)}


def list_without_card(session: Session, *, team_id: UUID, on: date, limit: int) -> list[UUID]:
    """Return up to `limit` workers who are in the team that day and have no good card."""
    has_card = (
        select(WorkerCard.id)
        .where(
            WorkerCard.person_id == ProjectWorker.person_id, col(WorkerCard.revoked_at).is_(None)
        )
        .exists()
    )
    statement = (
        select(ProjectWorker.id)
        .where(
            ProjectWorker.team_id == team_id,
            ProjectWorker.entered_date <= on,
            or_(col(ProjectWorker.left_date).is_(None), col(ProjectWorker.left_date) >= on),
            ~has_card,
        )
        .order_by(col(ProjectWorker.id))
        .limit(limit)
    )
    return list(session.exec(statement))


def find_good_card(session: Session, person_id: UUID) -> WorkerCard | None:
    """Return the one card of the person that was not revoked."""
    statement = select(WorkerCard).where(
        WorkerCard.person_id == person_id, col(WorkerCard.revoked_at).is_(None)
    )
    return session.exec(statement).one_or_none()


def list_cards(session: Session, person_id: UUID) -> list[WorkerCard]:
    """Return the person's cards, newest first, revoked ones too."""
    statement = (
        select(WorkerCard)
        .where(WorkerCard.person_id == person_id)
        .order_by(col(WorkerCard.id).desc())
    )
    return list(session.exec(statement))


def lock_own_card(session: Session, *, person_id: UUID, card_id: UUID) -> WorkerCard:
    """Return the person's card, locked; CardNotFoundError for any other."""
    statement = (
        select(WorkerCard)
        .where(WorkerCard.id == card_id, WorkerCard.person_id == person_id)
        .with_for_update()
    )
    card = session.exec(statement).one_or_none()
    if card is None:
        raise CardNotFoundError
    return card


def find_worker_person(session: Session, *, project_id: UUID, worker_id: UUID) -> UUID | None:
    """Return who the worker of the project is."""
    statement = select(ProjectWorker.person_id).where(
        ProjectWorker.id == worker_id, ProjectWorker.project_id == project_id
    )
    return session.exec(statement).one_or_none()


def lock_project_card(
    session: Session, *, project_id: UUID, card_id: UUID, on: date
) -> tuple[WorkerCard, Holder]:
    """Return a card of somebody who is on the project, or was and is nowhere else; locked.

    A former project has no say in the card that opens the gates of the next one.
    CardNotFoundError.
    """
    elsewhere = aliased(ProjectWorker)
    is_elsewhere = (
        select(elsewhere.id)
        .where(
            elsewhere.person_id == WorkerCard.person_id,
            elsewhere.project_id != project_id,
            or_(col(elsewhere.left_date).is_(None), col(elsewhere.left_date) >= on),
        )
        .exists()
    )
    is_here = or_(col(ProjectWorker.left_date).is_(None), col(ProjectWorker.left_date) >= on)
    statement = (
        select(WorkerCard, Person, ProjectWorker, Team)
        .join(Person, col(Person.id) == WorkerCard.person_id)
        .join(ProjectWorker, col(ProjectWorker.person_id) == WorkerCard.person_id)
        .join(Team, col(Team.id) == ProjectWorker.team_id)
        .where(
            WorkerCard.id == card_id,
            ProjectWorker.project_id == project_id,
            or_(is_here, ~is_elsewhere),
        )
        .with_for_update(of=WorkerCard)
    )
    row = session.exec(statement).one_or_none()
    if row is None:
        raise CardNotFoundError
    card, person, place, team = row
    return card, Holder(person, place, team, session.get_one(Project, project_id))


def lock_presented_card(session: Session, *, digest: bytes, project_id: UUID) -> WorkerCard | None:
    """Return the good card with this digest, locked, if its holder is or was on the project."""
    statement = (
        select(WorkerCard)
        .join(ProjectWorker, col(ProjectWorker.person_id) == WorkerCard.person_id)
        .where(
            WorkerCard.digest == digest,
            col(WorkerCard.revoked_at).is_(None),
            ProjectWorker.project_id == project_id,
        )
        .with_for_update(of=WorkerCard)
    )
    return session.exec(statement).one_or_none()
