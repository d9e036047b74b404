"""Every SELECT about whom gates may show."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlmodel import Session, col

from db.models import GateFace, Person, Project, ProjectWorker, Team, WorkerCode, WorkerPhoto


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody on a project who has a code."""

    person_id: UUID
    worker_ref: bytes
    name: str
    work_type: str
    team: str
    photo_digest: bytes | None


def get_project(session: Session, project_id: UUID) -> Project:
    """Return a project that is known to exist."""
    return session.get_one(Project, project_id)


def are_faces_wanted(session: Session, project_id: UUID) -> bool:
    """Tell whether gates of the project may show names and photos."""
    statement = select(col(Project.faces_at_gates)).where(col(Project.id) == project_id)
    return session.scalars(statement).one()


def list_people(session: Session, *, project_id: UUID, on: date) -> list[KnownPerson]:
    """Return everybody who is on the project that day and has a code."""
    statement = (
        select(col(Person.id), col(WorkerCode.worker_ref), col(Person.name))
        .add_columns(col(ProjectWorker.work_type), col(Team.name), col(WorkerPhoto.digest))
        .join(ProjectWorker, col(ProjectWorker.person_id) == Person.id)
        .join(WorkerCode, col(WorkerCode.person_id) == Person.id)
        .join(Team, col(Team.id) == ProjectWorker.team_id)
        .outerjoin(WorkerPhoto, col(WorkerPhoto.person_id) == Person.id)
        .where(
            col(ProjectWorker.project_id) == project_id,
            col(ProjectWorker.entered_date) <= on,
            or_(col(ProjectWorker.left_date).is_(None), col(ProjectWorker.left_date) >= on),
        )
        .order_by(col(ProjectWorker.id))
    )
    return [KnownPerson(*row) for row in session.execute(statement)]


def list_photos(session: Session, person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the photos of those who have one, base64."""
    statement = select(WorkerPhoto).where(col(WorkerPhoto.person_id).in_(person_ids))
    return {photo.person_id: photo.image for photo in session.scalars(statement)}


def get_revision(session: Session, project_id: UUID) -> int:
    """Return the last revision of the project's list; 0 before there is one."""
    statement = select(func.max(GateFace.revision)).where(col(GateFace.project_id) == project_id)
    return session.scalar(statement) or 0


def list_digests(session: Session, project_id: UUID) -> dict[bytes, bytes | None]:
    """Return whom gates have been told of, and the digest of what they were told."""
    statement = select(col(GateFace.worker_ref), col(GateFace.digest)).where(
        col(GateFace.project_id) == project_id
    )
    return dict(list(session.execute(statement)))


def list_faces(session: Session, *, project_id: UUID, after: int, limit: int) -> list[GateFace]:
    """Return up to `limit` entries whose revision lies after one."""
    statement = (
        select(GateFace)
        .where(col(GateFace.project_id) == project_id, col(GateFace.revision) > after)
        .order_by(col(GateFace.revision))
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def lock_faces(session: Session, project_id: UUID) -> None:
    """Let one transaction at a time write the project's list."""
    session.connection().execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
        {"key": f"gate_face {project_id}"},
    )
