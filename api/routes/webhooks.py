"""Other systems that are told of events: ``/v1/webhooks``."""

from uuid import UUID

from fastapi import Response

from api.deps import AdminDep, SessionDep
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.schemas.webhooks import NewWebhookOut, WebhookDeliveryOut, WebhookIn, WebhookOut
from api.strict_json import StrictRouter
from core.clock import now
from core.enums import WebhookState
from identity.errors import NotSignedInError, RoleRequiredError
from notifications.errors import (
    WebhookDeliveryNotFoundError,
    WebhookEndedError,
    WebhookKnownError,
    WebhookNotFoundError,
    WebhookScopeError,
    WebhookUrlError,
)
from notifications.webhooks import service

router = StrictRouter(prefix="/webhooks", tags=["operation"])
NOT_ADMIN = (NotSignedInError, RoleRequiredError)


@router.get("", responses=problems(*NOT_ADMIN))
def list_webhooks(session: SessionDep, _admin: AdminDep, page: PageDep) -> Page[WebhookOut]:
    """List the systems that are told of events.

    For administrators, newest first, ended ones too.
    """
    found = service.list_webhooks(session, before=page.before, limit=page.limit)
    return make_page(found, limit=page.limit, to_item=WebhookOut.of)


@router.post(
    "",
    status_code=201,
    responses=problems(*NOT_ADMIN, WebhookUrlError, WebhookScopeError, WebhookKnownError),
)
def create_webhook(session: SessionDep, admin: AdminDep, body: WebhookIn) -> NewWebhookOut:
    """Have a system told of events.

    For administrators. Without a project or county it hears of everything; a project's system
    hears nothing of complaints. The secret is shown this once. `docs/webhooks.md` tells receivers
    what arrives and how to check it.
    """
    webhook = service.create_webhook(session, created_by=admin.person_id, **body.model_dump())
    return NewWebhookOut.of(webhook)


@router.delete(
    "/{webhook_id}", status_code=204, responses=problems(*NOT_ADMIN, WebhookNotFoundError)
)
def end_webhook(session: SessionDep, _admin: AdminDep, webhook_id: UUID) -> Response:
    """Stop telling a system of events.

    For administrators. What still waits is given up.
    """
    service.end_webhook(session, webhook_id=webhook_id, at=now())
    return Response(status_code=204)


@router.post(
    "/{webhook_id}/secret",
    responses=problems(*NOT_ADMIN, WebhookNotFoundError, WebhookEndedError),
)
def renew_webhook_secret(session: SessionDep, _admin: AdminDep, webhook_id: UUID) -> NewWebhookOut:
    """Give a webhook a fresh secret.

    For administrators. The secret is shown this once. For a day events bear the signatures of both
    secrets, so the receiver can change without missing any. Renew twice to end a leaked one.
    """
    return NewWebhookOut.of(service.renew_webhook_secret(session, webhook_id=webhook_id, at=now()))


@router.post(
    "/{webhook_id}/test",
    status_code=202,
    responses=problems(*NOT_ADMIN, WebhookNotFoundError, WebhookEndedError),
)
def send_test_event(session: SessionDep, _admin: AdminDep, webhook_id: UUID) -> WebhookDeliveryOut:
    """Send an event that means nothing.

    For administrators. Goes at once, though the receiver rests after failures; the list of
    deliveries shows what came of it.
    """
    return WebhookDeliveryOut.of(service.send_test_event(session, webhook_id=webhook_id, at=now()))


@router.get("/{webhook_id}/deliveries", responses=problems(*NOT_ADMIN, WebhookNotFoundError))
def list_webhook_deliveries(
    session: SessionDep,
    _admin: AdminDep,
    page: PageDep,
    webhook_id: UUID,
    state: WebhookState | None = None,
) -> Page[WebhookDeliveryOut]:
    """List what a system was told.

    For administrators, newest first. `?state=dead` shows what was given up.
    """
    found = service.list_deliveries(
        session, webhook_id=webhook_id, state=state, before=page.before, limit=page.limit
    )
    return make_page(found, limit=page.limit, to_item=WebhookDeliveryOut.of)


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/retry",
    status_code=202,
    responses=problems(
        *NOT_ADMIN, WebhookNotFoundError, WebhookEndedError, WebhookDeliveryNotFoundError
    ),
)
def retry_webhook_delivery(
    session: SessionDep, _admin: AdminDep, webhook_id: UUID, delivery_id: UUID
) -> WebhookDeliveryOut:
    """Try an event again that was given up.

    For administrators, after the receiver was mended. It gets another three days.
    """
    return WebhookDeliveryOut.of(
        service.retry_delivery(session, webhook_id=webhook_id, delivery_id=delivery_id, at=now())
    )
