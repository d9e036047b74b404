"""Every SELECT of a delivery, and the conditional changes that only the holder of a claim makes."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlmodel import Session, col, select, update

from core.enums import ApprovalState, NotificationState
from db.base import new_id
from db.models import (
    DeliveryReport,
    Notification,
    NumberStatus,
    SmsSpending,
    TemplateApproval,
)


def lock_notification(session: Session, notification_id: UUID) -> Notification:
    """Return the row, held until the transaction ends."""
    statement = select(Notification).where(Notification.id == notification_id).with_for_update()
    return session.exec(statement).one()


def lock_notifications(session: Session, ids: Collection[UUID]) -> Sequence[Notification]:
    """Return the rows, held until the transaction ends; locked in one order by everybody."""
    statement = (
        select(Notification)
        .where(col(Notification.id).in_(ids))
        .order_by(col(Notification.id))
        .with_for_update()
    )
    return session.exec(statement).all()


def lock_known(session: Session, notification_id: UUID) -> Notification | None:
    """Return the row a stranger named, held until the transaction ends, if there is one."""
    statement = select(Notification).where(Notification.id == notification_id).with_for_update()
    return session.exec(statement).one_or_none()


def find_by_provider(session: Session, gateway: str, reference: str) -> UUID | None:
    """Return the message the gateway knows by this reference."""
    statement = select(Notification.id).where(
        Notification.gateway == gateway, Notification.provider_reference == reference
    )
    return session.exec(statement).one_or_none()


def list_recorded_references(
    session: Session, gateway: str, references: Sequence[str]
) -> list[str]:
    """Return those of the gateway's references that a message of ours already carries."""
    statement = select(Notification.provider_reference).where(
        Notification.gateway == gateway, col(Notification.provider_reference).in_(references)
    )
    return [reference for reference in session.exec(statement) if reference is not None]


def record_sent(session: Session, references: Mapping[UUID, str], *, at: datetime) -> None:
    """Record which messages a provider accepted under which reference, in one statement.

    A message that a report or another worker has moved on already stays as it is, and so does the
    first recorded reference.
    """
    accepted = (
        sa.func.unnest(
            sa.cast(list(references), ARRAY(sa.Uuid)),
            sa.cast(list(references.values()), ARRAY(sa.String)),
        )
        .table_valued("id", "reference", name="accepted")
        .render_derived()
    )
    statement = (
        update(Notification)
        .where(
            col(Notification.id) == accepted.c.id,
            col(Notification.state) == NotificationState.SENDING,
        )
        .values(
            state=NotificationState.SENT,
            sent_at=at,
            provider_reference=sa.func.coalesce(
                col(Notification.provider_reference), accepted.c.reference
            ),
            error=None,
        )
        .execution_options(synchronize_session=False)
    )
    session.execute(statement)


def fail_held(
    session: Session, notification_id: UUID, *, claimed_at: datetime, reason: str
) -> bytes | None:
    """Give a message up; return its number's index, or None if somebody else took it over."""
    statement = (
        _update_held(notification_id, claimed_at)
        .values(state=NotificationState.FAILED, error=reason)
        .returning(sa.func.coalesce(col(Notification.phone_index), b""))
    )
    found: bytes | None = session.execute(statement).scalar_one_or_none()
    return found


def release_held(
    session: Session,
    notification_id: UUID,
    *,
    claimed_at: datetime,
    reason: str | None,
    gateway: str,
) -> None:
    """Let the next hand-over try at `gateway`, without asking first; not if somebody took over."""
    session.execute(
        _update_held(notification_id, claimed_at).values(
            claimed_at=None,
            gateway=gateway,
            error=sa.func.coalesce(reason, col(Notification.error)),
        )
    )


def fail_pending(session: Session, phone_index: bytes, *, reason: str) -> None:
    """Give up what nobody has begun to send to this number."""
    session.execute(
        update(Notification)
        .where(
            col(Notification.phone_index) == phone_index,
            col(Notification.state) == NotificationState.PENDING,
        )
        .values(state=NotificationState.FAILED, error=reason)
        .execution_options(synchronize_session=False)
    )


def _update_held(notification_id: UUID, claimed_at: datetime) -> sa.Update:
    """Begin a change of a message that nobody took over after the claim's lease ended."""
    return (
        update(Notification)
        .where(
            col(Notification.id) == notification_id,
            col(Notification.state) == NotificationState.SENDING,
            col(Notification.claimed_at) == claimed_at,
        )
        .execution_options(synchronize_session=False)
    )


def list_sent_instants(
    session: Session, phone_indexes: Collection[bytes], *, since: datetime, codes: str
) -> dict[bytes, list[datetime]]:
    """Return when notices left for these numbers; `codes` is the template that is no notice.

    Whoever counts the same numbers waits until this transaction ends: two workers that both find
    one place left must not both take it.
    """
    _lock_numbers(session, phone_indexes)
    statement = select(Notification.phone_index, Notification.claimed_at).where(
        col(Notification.phone_index).in_(phone_indexes),
        Notification.created_at > since,
        col(Notification.claimed_at).is_not(None),
        Notification.template != codes,
    )
    instants = defaultdict[bytes, list[datetime]](list)
    for phone_index, claimed_at in session.exec(statement):
        if phone_index is not None and claimed_at is not None:
            instants[phone_index].append(claimed_at)
    return instants


def _lock_numbers(session: Session, phone_indexes: Collection[bytes]) -> None:
    keys = sorted(int.from_bytes(index[:8], signed=True) for index in phone_indexes)
    numbers = sa.func.unnest(sa.cast(keys, ARRAY(sa.BigInteger))).column_valued("number")
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(numbers)))


def lock_spending(session: Session, project_id: UUID, day: date, *, at: datetime) -> SmsSpending:
    """Return what the project spent on the day, held until the transaction ends."""
    row = {
        "id": new_id(),
        "created_at": at,
        "project_id": project_id,
        "date": day,
        "segments": 0,
    }
    session.execute(
        insert(SmsSpending)
        .values(row)
        .on_conflict_do_nothing(index_elements=["project_id", "date"])
    )
    statement = select(SmsSpending).where(
        SmsSpending.project_id == project_id, SmsSpending.date == day
    )
    return session.exec(statement.with_for_update()).one()


def lock_waiting(session: Session, *, person_id: UUID, until: datetime) -> Sequence[Notification]:
    """Return the messages that wait for the same morning for this person, oldest first."""
    statement = (
        select(Notification)
        .where(
            Notification.person_id == person_id,
            Notification.deferred_until == until,
            col(Notification.state) == NotificationState.PENDING,
        )
        .order_by(col(Notification.id))
        .with_for_update()
    )
    return session.exec(statement).all()


def lock_person(session: Session, person_id: UUID) -> None:
    """Have whoever defers messages of this person take turns, until the transaction ends."""
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(person_id.int & 0x7FFF_FFFF_FFFF_FFFF)))


def list_merged(session: Session, digest_id: UUID) -> Sequence[Notification]:
    """Return the messages that went into another one."""
    statement = select(Notification).where(Notification.digest_id == digest_id)
    return session.exec(statement.order_by(col(Notification.id))).all()


def list_codes(session: Session, gateway: str) -> dict[tuple[str, int, str], str]:
    """Return what the gateway calls the texts it has approved, by template, version, language."""
    statement = select(TemplateApproval).where(
        TemplateApproval.gateway == gateway,
        col(TemplateApproval.state) == ApprovalState.APPROVED,
        col(TemplateApproval.provider_code).is_not(None),
    )
    return {
        (approval.template, approval.version, approval.language): approval.provider_code or ""
        for approval in session.exec(statement)
    }


def insert_report(session: Session, report: DeliveryReport) -> bool:
    """Keep the report unless it was kept before; tell whether it is new."""
    statement = (
        insert(DeliveryReport)
        .values(report.model_dump())
        .on_conflict_do_nothing(index_elements=["gateway", "provider_reference", "state", "error"])
        .returning(col(DeliveryReport.id))
    )
    return session.exec(statement).first() is not None


def has_failed(session: Session, gateway: str, provider_reference: str) -> bool:
    """Tell whether the gateway ever reported that this message did not arrive."""
    statement = select(DeliveryReport.id).where(
        DeliveryReport.gateway == gateway,
        DeliveryReport.provider_reference == provider_reference,
        col(DeliveryReport.state) == NotificationState.FAILED,
    )
    return session.exec(statement.limit(1)).first() is not None


def upsert_number(session: Session, phone_index: bytes, *, at: datetime, **changes: object) -> None:
    """Record what was learned of a number, keeping what else is known of it."""
    row = {"id": new_id(), "created_at": at, "phone_index": phone_index, **changes}
    statement = insert(NumberStatus).values(row)
    session.execute(statement.on_conflict_do_update(index_elements=["phone_index"], set_=changes))
