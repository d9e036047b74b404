"""Answering a Hikvision terminal that waits: it is called back, at once or never."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlmodel import Session

from core.clock import now
from core.enums import MessageState
from db import outbox
from db.models import Device
from db.session import Database
from devices.inbox import keep_message
from devices.terminal_client import TerminalCallError, TerminalClient
from devices.terminal_queries import find_terminal_by_id
from devices.terminal_settings import Target, find_target
from devices.vendors.hikvision import make_verdict

ANSWER_REMOTE_CHECK = "devices.answer_remote_check"
ANSWERED_WITHIN = timedelta(seconds=6)
"""A gate that opens later opens for the next person."""

log = structlog.get_logger(__name__)


def ask_to_answer(
    session: Session, *, device: Device, reference: str, opens: bool, say: str, at: datetime
) -> None:
    """Have the terminal called back once this transaction commits.

    Without an address nobody can be called; the question is kept for somebody to see that.
    """
    if find_target(session, device) is None:
        keep_message(
            session,
            device=device,
            path="/remoteCheck",
            content_type="application/json",
            body=make_verdict(reference, opens=opens, say=say),
            state=MessageState.UNREAD,
            note="terminal waits for an answer, but its address and password are not set",
        )
        return
    outbox.enqueue(
        session,
        ANSWER_REMOTE_CHECK,
        dedupe_key=f"{ANSWER_REMOTE_CHECK}:{device.id}:{reference}:{at.timestamp():.0f}",
        is_urgent=True,
        device_id=str(device.id),
        reference=reference,
        opens="yes" if opens else "no",
        say=say,
        asked_at=at.isoformat(),
    )


def answer_remote_check(
    database: Database,
    client: TerminalClient,
    *,
    message_id: UUID,
    device_id: UUID,
    verdict: bytes,
    asked_at: datetime,
) -> None:
    """Call the terminal once; the job is over before the call, as a late answer is a wrong one."""
    target = _claim(database, message_id=message_id, device_id=device_id)
    if target is None or now() - asked_at > ANSWERED_WITHIN:
        log.warning("remote_check_too_late", device_id=str(device_id))
        return
    try:
        client.send_verdict(target, verdict)
    except TerminalCallError as error:
        log.warning("remote_check_unanswered", device_id=str(device_id), reason=str(error))


def _claim(database: Database, *, message_id: UUID, device_id: UUID) -> Target | None:
    with database.transaction() as session:
        outbox.complete(session, message_id)
        device = find_terminal_by_id(session, device_id)
        return None if device is None else find_target(session, device)
