"""What other systems can be told of: the kinds of events, and what is sent about one."""

import json
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.case_enums import CaseState
from core.clock import SHANGHAI

CASE_PREFIX = "case."


class EventKind(StrEnum):
    """What happened; the part before the dot says what the subject is."""

    SHEET_LOCKED = "attendance_sheet.locked"
    PAY_SHEET_PUBLISHED = "pay_sheet.published"
    PAY_SHEET_APPROVED = "pay_sheet.approved"
    PAY_SHEET_SETTLED = "pay_sheet.settled"
    PAYSLIP_CHANGED = "payslip.changed"
    PAYSLIP_CONFIRMED = "payslip.confirmed"
    PAYSLIP_DISPUTED = "payslip.disputed"
    PAYSLIP_PAID = "payslip.paid"
    PAYSLIP_BOUNCED = "payslip.bounced"
    CASE_RECEIVED = "case.received"
    CASE_AWAITING_DETAILS = "case.awaiting_details"
    CASE_AWAITING_DESIGNATION = "case.awaiting_designation"
    CASE_ACCEPTED = "case.accepted"
    CASE_SUSPENDED = "case.suspended"
    CASE_MEDIATING = "case.mediating"
    CASE_AGREED = "case.agreed"
    CASE_REFUSED = "case.refused"
    CASE_ORDERED_TO_PAY = "case.ordered_to_pay"
    CASE_IN_COURT = "case.in_court"
    CASE_POLICE_APPROVED = "case.police_approved"
    CASE_WITH_POLICE = "case.with_police"
    CASE_POLICE_DECLINED = "case.police_declined"
    CASE_POLICE_FILED = "case.police_filed"
    CASE_CLOSED = "case.closed"
    CASE_WITHDRAWN = "case.withdrawn"
    TEST = "webhook.test"
    """Sent when an administrator asks for it, subscribed or not; the subject is the webhook."""


def case_kind(state: CaseState) -> EventKind:
    """Return the kind that tells of a case that came into this state."""
    return EventKind(f"{CASE_PREFIX}{state}")


def may_subscribe(kinds: Sequence[EventKind], *, is_project: bool) -> bool:
    """Tell whether a webhook may hear of these; no employer learns of a complaint this way."""
    tells_of_cases = any(kind.startswith(CASE_PREFIX) for kind in kinds)
    return not (is_project and tells_of_cases)


def write_body(event_id: UUID, kind: str, subject_id: UUID, occurred_at: datetime) -> bytes:
    """Return what is sent: no name, number or amount; the receiver fetches what it may see."""
    event = {
        "id": str(event_id),
        "type": kind,
        "subject_id": str(subject_id),
        "occurred_at": occurred_at.astimezone(SHANGHAI).isoformat(),
    }
    return json.dumps(event, separators=(",", ":")).encode()
