"""Which event tells whom: one table of event × audience × template × urgency, and why not.

An event is named by the operation or job it happens in, and by its outcome where one of these has
several. A test compares the table with every operation and job that can change anything, and with
every state that attendance, payroll, cases, cards and devices know.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.enums import Urgency
from notifications.templates import TEXTS, Template


class Audience(StrEnum):
    """Who is told."""

    WORKER = "worker"
    COMPLAINANT = "complainant"
    """The worker, or whoever left a number; of an anonymous complaint nobody."""
    MANAGERS = "managers"
    """The labour managers of the project."""
    NUMBER = "number"
    """Whoever holds the phone, known or not."""


T = Template
W, C, M, N = Audience

OWN_ACT = "their own act, answered on the spot"
OPERATION = "changes nothing for a person"
READING = "reads; the person finds it under 'who looked at my numbers'"
AT_THE_GATE = "the gate speaks, and the person stands before it"
DRAFT = "a draft; the worker is told when it is published"
STAFF = "the labour manager did it and sees the result"
STRANGER = "whoever filed it holds number and PIN"


@dataclass(frozen=True, slots=True)
class Told:
    """An event of which somebody is told."""

    event: str
    audience: Audience
    template: Template

    @property
    def urgency(self) -> Urgency:
        """What the text says of itself; `urgent` ignores quiet hours."""
        return TEXTS[self.template].urgency


@dataclass(frozen=True, slots=True)
class Untold:
    """An event of which nobody is told, and why."""

    event: str
    because: str


TOLD: tuple[Told, ...] = (
    # identity
    Told("request_code", N, T.SIGN_IN_CODE),
    Told("move_code_kit", W, T.PHONE_CHANGED),
    Told("keep_workers_photo", W, T.PHOTO_KEPT),
    # cards
    Told("issue_card", W, T.CARD_ISSUED),
    Told("issue_cards", W, T.CARD_ISSUED),
    Told("revoke_card", W, T.CARD_REVOKED),
    Told("revoke_my_card", W, T.CARD_REVOKED),
    Told("renew_pin", W, T.CARD_PIN_RENEWED),
    Told("choose_pin", W, T.CARD_PIN_CHOSEN),
    # attendance
    Told("check_in/manual", W, T.CHECK_IN_ENTERED),
    Told("take_up_conflicts/admitted_wrongly", W, T.CONFLICT_FOUND),
    Told("resolve_conflict", W, T.CONFLICT_RESOLVED),
    # devices
    Told("watch_devices/silent", M, T.DEVICE_TROUBLE),
    Told("watch_devices/clock", M, T.DEVICE_TROUBLE),
    Told("watch_devices/lists", M, T.DEVICE_TROUBLE),
    Told("watch_devices/backlog", M, T.DEVICE_TROUBLE),
    # payroll
    Told("publish_pay_sheet", W, T.PAYSLIP_PUBLISHED),
    Told("adjust_payslip", W, T.PAYSLIP_CHANGED),
    Told("confirm_payslip", W, T.PAYSLIP_CONFIRMED),
    Told("dispute_payslip", W, T.PAYSLIP_DISPUTED),
    Told("dispute_payslip", M, T.DISPUTE_RAISED),
    Told("reply_to_dispute", W, T.DISPUTE_REJECTED),
    Told("report_received/false", M, T.MONEY_MISSING),
    Told("follow_up_payslips/awaiting", W, T.PAYSLIP_REMINDER),
    Told("follow_up_payslips/no_response", M, T.VISIT_DUE),
    Told("follow_up_payslips/overdue", W, T.DISPUTE_OVERDUE),
    Told("request_release_code", N, T.RELEASE_CODE),
    Told("request_card_code", N, T.BANK_CARD_CODE),
    Told("change_bank_card", W, T.BANK_CARD_CHANGED),
    Told("import_bank_result/acknowledged", W, T.WAGE_PAID),
    Told("import_bank_result/rejected", W, T.WAGE_REJECTED),
    # cases
    Told("file_poster_complaint", C, T.COMPLAINT_FILED),
    Told("file_my_complaint", C, T.COMPLAINT_FILED),
    Told("act_on_case/received.accept", C, T.CASE_ACCEPTED),
    Told("act_on_case/received.refuse", C, T.CASE_REFUSED),
    Told("act_on_case/accepted.order_to_pay", C, T.CASE_ORDERED_TO_PAY),
    Told("act_on_case/accepted.close", C, T.CASE_CLOSED),
    Told("act_on_case/ordered_to_pay.close", C, T.CASE_CLOSED),
    Told("act_on_my_complaint/received.withdraw", C, T.CASE_WITHDRAWN),
    Told("act_on_my_complaint/accepted.withdraw", C, T.CASE_WITHDRAWN),
    Told("act_on_my_complaint/closed.reopen", C, T.CASE_REOPENED),
    # the quiet hours themselves
    Told("deliver_notifications/quiet_hours", W, T.DIGEST),
)


UNTOLD: tuple[Untold, ...] = (
    # identity
    Untold("issue_tokens", OWN_ACT),
    Untold("sign_out", OWN_ACT),
    Untold("unmask", READING),
    Untold("keep_own_photo", OWN_ACT),
    Untold("delete_own_photo", OWN_ACT),
    Untold("set_preference", OWN_ACT),
    Untold("read_messages", OWN_ACT),
    Untold("read_message", OWN_ACT),
    # projects
    Untold("import_project", "no worker is part of it yet"),
    Untold("import_roster", "the worker signs the agreement; the first code tells the rest"),
    # codes
    Untold("look_at_code", "a stranger learns that it is a code, nothing else"),
    Untold("inspect_worker", "lawful inspection, kept in the audit trail"),
    # attendance
    Untold("check_in/live_code", AT_THE_GATE),
    Untold("check_in/card_code", AT_THE_GATE),
    Untold("check_in/face", AT_THE_GATE),
    Untold("check_in/fingerprint", AT_THE_GATE),
    Untold("check_in/palm", AT_THE_GATE),
    Untold("check_in/access_card", AT_THE_GATE),
    Untold("check_in/poster", OWN_ACT),
    Untold("check_in_at_poster/phone_signal", "it counts all the same; the manager looks"),
    Untold("withdraw_location_consent", OWN_ACT),
    Untold("set_fence", STAFF),
    Untold("check_in/imported", "a file of a month's crossings; the payslip asks about its days"),
    Untold("verify_scan", AT_THE_GATE),
    Untold("take_scans", "the gate spoke when it admitted; a conflict is told on its own"),
    Untold("annul_scan", AT_THE_GATE),
    Untold("look_at_worker", AT_THE_GATE),
    Untold("confirm_look", AT_THE_GATE),
    Untold("fold_due_check_ins", "derived; the worker's month shows it"),
    Untold("import_attlog", "as check_in/imported"),
    Untold("object_to_day", "the sheet shows the objection before it is locked, and after"),
    Untold("draw_up_sheet", DRAFT),
    Untold("lock_sheet", "the payslip made of it is told, and asks"),
    Untold("reveal_unread_scan", READING),
    Untold("lose_device/lost_device", "a reported code is true whoever held the gate"),
    # devices
    Untold("create_device", STAFF),
    Untold("offer_pairing", STAFF),
    Untold("pair_device", STAFF),
    Untold("revoke_device", STAFF),
    Untold("request_roll", STAFF),
    Untold("roll_token", OPERATION),
    Untold("set_faces_at_gates", "photos go to gates only of workers who agreed to that"),
    Untold("create_terminal", STAFF),
    Untold("set_up_terminal", STAFF),
    Untold("query_attlog", STAFF),
    Untold("reread_messages", STAFF),
    Untold("renew_secret", STAFF),
    Untold("read_terminal_message", READING),
    Untold("answer_waiting_terminal", AT_THE_GATE),
    Untold("plan_terminal_pulls", OPERATION),
    Untold("pull_terminal_records", "the terminal spoke when it admitted"),
    Untold("drop_terminal_messages", OPERATION),
    # payroll
    Untold("create_pay_sheet", DRAFT),
    Untold("approve_pay_sheet", "nothing the worker said changes; the bank's word is next"),
    Untold("create_pay_batch/drafted", "a draft that nobody has released"),
    Untold("release_pay_batch/submitted", "a submitted file is never shown as paid"),
    Untold("refuse_pay_batch/withdrawn", "the line may be in the next file"),
    Untold("withdraw_pay_batch/withdrawn", "the line may be in the next file"),
    Untold("import_bank_result/settled", "each line was told"),
    Untold("report_received/true", OWN_ACT),
    Untold("report_visit/told", "met in person"),
    Untold("report_visit/not_found", "nobody could reach the worker"),
    # cases
    Untold("look_up_complaint", STRANGER),
    Untold("speak_of_complaint", STRANGER),
    # notifications and operation
    Untold("take_twilio_report", OPERATION),
    Untold("take_aliyun_push", OPERATION),
    Untold("record_approval", OPERATION),
    Untold("tell_worker_otherwise", "told by word of mouth"),
    Untold("tell_complainant_otherwise", "told by word of mouth"),
    Untold("retry_job", OPERATION),
    Untold("create_webhook", OPERATION),
    Untold("end_webhook", OPERATION),
    Untold("send_test_event", OPERATION),
    Untold("retry_webhook_delivery", OPERATION),
    Untold("call_webhook", OPERATION),
    Untold("deliver_notifications", "is the telling"),
    Untold("forget_used_steps", OPERATION),
    Untold("ensure_check_in_partitions", OPERATION),
    Untold("seal_evidence", "published for everybody"),
)


def list_events() -> Iterator[str]:
    """Yield every event of the table; one with two audiences comes twice."""
    yield from (row.event for row in TOLD)
    yield from (row.event for row in UNTOLD)
