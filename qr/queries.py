"""Every SELECT on worker codes."""

from uuid import UUID

from sqlmodel import Session, col, select

from db.models import WorkerCard, WorkerCode, WorkerPhone


def find_worker_code(session: Session, person_id: UUID) -> WorkerCode | None:
    """Return the person's code, if one was ever issued."""
    return session.exec(select(WorkerCode).where(WorkerCode.person_id == person_id)).one_or_none()


def find_holding_phone(session: Session, person_id: UUID) -> WorkerPhone | None:
    """Return the phone that holds the newest generation of the person's keys, if one does."""
    statement = (
        select(WorkerPhone)
        .join(WorkerCode, col(WorkerCode.person_id) == WorkerPhone.person_id)
        .where(
            WorkerPhone.person_id == person_id,
            WorkerPhone.key_generation == WorkerCode.key_generation,
        )
    )
    return session.exec(statement).one_or_none()


def lock_worker_code(session: Session, worker_code: WorkerCode) -> None:
    """Let one phone at a time take the person's keys."""
    session.refresh(worker_code, with_for_update=True)


def find_code_by_ref(session: Session, worker_ref: bytes) -> WorkerCode | None:
    """Return the code that goes by these six bytes."""
    statement = select(WorkerCode).where(WorkerCode.worker_ref == worker_ref)
    return session.exec(statement).one_or_none()


def find_card(session: Session, digest: bytes) -> WorkerCard | None:
    """Return the printed card with this digest, a revoked one too."""
    return session.exec(select(WorkerCard).where(WorkerCard.digest == digest)).one_or_none()
