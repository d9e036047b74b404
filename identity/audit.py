"""The trace of who saw or did what to whom; rows are append-only by a database trigger."""

from uuid import UUID

from sqlmodel import Session

from db.models import AuditEntry
from identity.principal import Principal


def record(
    session: Session,
    *,
    actor: Principal | None,
    action: str,
    subject_kind: str,
    subject_id: UUID,
    reason: str,
    **detail: str,
) -> None:
    """Write one audit row in the caller's transaction, so the act cannot happen without it.

    `actor` None means the system itself. `detail` must never hold the personal value looked at.
    """
    session.add(
        AuditEntry(
            actor_id=actor.person_id if actor else None,
            actor_role=actor.role if actor else None,
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            reason=reason,
            detail=dict(detail),
        )
    )
