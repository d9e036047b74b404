"""Messages that arrived nowhere, and jobs that keep failing."""

from typing import Any
from uuid import uuid4

from sqlmodel import Session

from core.enums import NotificationState
from db.models import Notification, OutboxMessage
from db.outbox import POISON_ATTEMPTS
from notifications.templates import CONFIDENTIAL, TEXTS, Template
from tests.factories.payroll import Site


def make_unreached(
    session: Session,
    site: Site,
    *,
    template: Template = Template.PAYSLIP_CHANGED,
    error: str | None = "no_phone",
    state: NotificationState = NotificationState.FAILED,
    **fields: Any,
) -> Notification:
    """Write a message to the site's protagonist that did not arrive."""
    given: dict[str, Any] = {
        "person_id": site.worker.person_id,
        "project_id": site.project.id,
        "county_code": site.project.county_code if template in CONFIDENTIAL else None,
        "template": template,
        "template_version": TEXTS[template].version,
        "body": "【安薪码】改过了",
        "urgency": TEXTS[template].urgency,
        "dedupe_key": str(uuid4()),
        "state": state,
        "error": error,
    }
    notification = Notification(**given | fields)
    session.add(notification)
    session.flush()
    return notification


def make_stuck_job(session: Session) -> OutboxMessage:
    """Write a job that was tried often and in vain."""
    message = OutboxMessage(
        task="notifications.deliver",
        payload={},
        dedupe_key=str(uuid4()),
        attempts=POISON_ATTEMPTS,
    )
    session.add(message)
    session.flush()
    return message
