"""Every SELECT and conditional write about webhooks and what was said to them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Session, col, select

from core.enums import WebhookState
from db.models import Project, Webhook, WebhookDelivery
from notifications.errors import WebhookDeliveryNotFoundError, WebhookNotFoundError
from notifications.webhooks.events import EventKind


def _listening(county: sa.ColumnElement[str], *own: sa.ColumnElement[bool]) -> sa.Select[UUID]:
    everywhere = sa.and_(col(Webhook.project_id).is_(None), col(Webhook.county_code).is_(None))
    return sa.select(col(Webhook.id)).where(
        col(Webhook.ended_at).is_(None),
        col(Webhook.kinds).contains(sa.bindparam("kinds", type_=JSONB())),
        sa.or_(everywhere, col(Webhook.county_code) == county, *own),
    )


# Asked with every event: built once.
LISTENING_TO_PROJECT = _listening(
    sa.select(col(Project.county_code))
    .where(col(Project.id) == sa.bindparam("project_id"))
    .scalar_subquery(),
    col(Webhook.project_id) == sa.bindparam("project_id"),
)
LISTENING_TO_COUNTY = _listening(sa.bindparam("county_code", type_=sa.String()))


def list_listening(
    session: Session, kind: EventKind, *, project_id: UUID | None, county_code: str | None
) -> Sequence[UUID]:
    """Return the webhooks that want to hear of such an event there."""
    kinds = [kind.value]
    if county_code is None:
        asked = {"kinds": kinds, "project_id": project_id}
        return session.scalars(LISTENING_TO_PROJECT, asked).all()
    return session.scalars(LISTENING_TO_COUNTY, {"kinds": kinds, "county_code": county_code}).all()


def has_project(session: Session, project_id: UUID) -> bool:
    """Tell whether there is such a project."""
    return session.get(Project, project_id) is not None


def list_webhooks(session: Session, *, before: UUID | None, limit: int) -> Sequence[Webhook]:
    """Return webhooks older than `before`, newest first, ended ones too."""
    statement = select(Webhook).order_by(col(Webhook.id).desc()).limit(limit)
    if before is not None:
        statement = statement.where(col(Webhook.id) < before)
    return session.exec(statement).all()


def lock_scope(session: Session, *, project_id: UUID | None, county_code: str | None) -> None:
    """Let one of several new webhooks of a scope go first; ends with the transaction."""
    key = f"webhook:{project_id}:{county_code}"
    session.exec(select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(key, 0))))


def list_live(
    session: Session, *, project_id: UUID | None, county_code: str | None
) -> Sequence[Webhook]:
    """Return the webhooks of just this scope that have not ended."""
    statement = select(Webhook).where(
        col(Webhook.ended_at).is_(None),
        col(Webhook.project_id).is_not_distinct_from(project_id),
        col(Webhook.county_code).is_not_distinct_from(county_code),
    )
    return session.exec(statement).all()


def get_webhook(session: Session, webhook_id: UUID) -> Webhook:
    """Return a webhook, ended or not; WebhookNotFoundError when there is none."""
    webhook = session.get(Webhook, webhook_id)
    if webhook is None:
        raise WebhookNotFoundError
    return webhook


def lock_webhook(session: Session, webhook_id: UUID) -> Webhook:
    """Return a webhook, ended or not, held until the transaction ends; WebhookNotFoundError."""
    statement = select(Webhook).where(Webhook.id == webhook_id).with_for_update()
    webhook = session.exec(statement).one_or_none()
    if webhook is None:
        raise WebhookNotFoundError
    return webhook


def list_deliveries(
    session: Session,
    webhook_id: UUID,
    *,
    state: WebhookState | None,
    before: UUID | None,
    limit: int,
) -> Sequence[WebhookDelivery]:
    """Return events of a webhook older than `before`, newest first, of one state or all."""
    statement = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id)
    if state is not None:
        statement = statement.where(WebhookDelivery.state == state)
    if before is not None:
        statement = statement.where(col(WebhookDelivery.id) < before)
    return session.exec(statement.order_by(col(WebhookDelivery.id).desc()).limit(limit)).all()


def lock_dead(session: Session, webhook_id: UUID, delivery_id: UUID) -> WebhookDelivery:
    """Return an event of the webhook that was given up, locked; WebhookDeliveryNotFoundError."""
    statement = (
        select(WebhookDelivery)
        .where(
            WebhookDelivery.id == delivery_id,
            WebhookDelivery.webhook_id == webhook_id,
            WebhookDelivery.state == WebhookState.DEAD,
        )
        .with_for_update()
    )
    found = session.exec(statement).one_or_none()
    if found is None:
        raise WebhookDeliveryNotFoundError
    return found


def lock_delivery(session: Session, delivery_id: UUID) -> tuple[WebhookDelivery, Webhook]:
    """Return an event and its webhook, the event locked."""
    statement = (
        select(WebhookDelivery, Webhook)
        .join(Webhook, col(Webhook.id) == WebhookDelivery.webhook_id)
        .where(WebhookDelivery.id == delivery_id)
        .with_for_update(of=WebhookDelivery)
        .execution_options(populate_existing=True)
    )
    return session.exec(statement).one()


def find_ahead(session: Session, delivery: WebhookDelivery) -> datetime | None:
    """Return when the event before this one about the same thing is due, None if none waits."""
    statement = (
        select(WebhookDelivery.due_at)
        .where(
            WebhookDelivery.webhook_id == delivery.webhook_id,
            WebhookDelivery.subject_id == delivery.subject_id,
            WebhookDelivery.state == WebhookState.PENDING,
            col(WebhookDelivery.id) < delivery.id,
        )
        .order_by(col(WebhookDelivery.id))
        .limit(1)
    )
    return session.exec(statement).first()


def give_up_pending(session: Session, webhook_id: UUID, *, at: datetime, error: str) -> None:
    """Note of everything that still waits for the webhook that it will not be sent."""
    session.execute(
        sa.update(WebhookDelivery)
        .where(
            col(WebhookDelivery.webhook_id) == webhook_id,
            col(WebhookDelivery.state) == WebhookState.PENDING,
        )
        .values(state=WebhookState.DEAD, settled_at=at, error=error)
    )
