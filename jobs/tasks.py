"""Every job: one thin function that opens a transaction or calls a service that does."""

from uuid import UUID

import structlog

from attendance.partitions import ensure_partitions
from core.clock import local_date, now
from db import outbox
from jobs.app import ENSURE_PARTITIONS, app, resources
from notifications import service as notifications


@app.task(name=notifications.DELIVER)
def deliver_notification(*, notification_id: str, message_id: str) -> None:
    """Send one text message, and end its hand-overs once nothing is left to do for it."""
    structlog.contextvars.bind_contextvars(notification_id=notification_id)
    own = resources()
    is_settled = notifications.deliver(
        own.database, own.gateway, UUID(notification_id), lease=own.claim_lease
    )
    if is_settled:
        with own.database.transaction() as session:
            outbox.complete(session, UUID(message_id))


@app.task(name=ENSURE_PARTITIONS)
def ensure_check_in_partitions() -> None:
    """Create the partitions that the check-ins of this month and the next ones go to."""
    with resources().database.transaction() as session:
        ensure_partitions(session, today=local_date(now()))
