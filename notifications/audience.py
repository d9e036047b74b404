"""Which event tells whom: one table of event × audience × template × urgency, and why not.

An event is named by the operation or job it happens in, and by its outcome where one of these has
several. A test compares the table with every operation and job that can change anything, and with
every state that attendance, payroll, cases, cards and devices know.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.enums import Urgency
from notifications.case_steps import TOLD_STEPS, UNTOLD_STEPS
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
    INSPECTORS = "inspectors"
    """The inspectors of the project's county."""
    ADMINISTRATORS = "administrators"
    """Who runs the installation."""
    LEADER = "leader"
    """Who leads the team, a worker like the others."""
    COMPANY = "company"
    """The administrators of the team's company."""


T = Template
W, C, M, N, S, A, L, E = Audience

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
    Told("enter_days", W, T.CHECK_INS_ENTERED),
    Told("withdraw_entries", W, T.CHECK_IN_WITHDRAWN),
    Told("withdraw_sheet_import", W, T.CHECK_INS_WITHDRAWN),
    Told("ask_about_days", W, T.DAY_UNSURE),
    Told("object_to_day", M, T.DAY_OBJECTED),
    Told("accept_objection", W, T.OBJECTION_ACCEPTED),
    Told("reject_objection", W, T.OBJECTION_REJECTED),
    Told("lock_sheet/changed", W, T.SHEET_CHANGED),
    Told("send_back_sheet", M, T.SHEET_SENT_BACK),
    Told("draw_up_sheet", L, T.SHEET_WAITS),
    Told("draw_up_sheet", E, T.SHEET_AT_COMPANY),
    Told("approve_sheet", E, T.SHEET_AT_COMPANY),
    Told("approve_sheet", M, T.SHEET_READY),
    Told("take_up_conflicts/admitted_wrongly", W, T.CONFLICT_FOUND),
    Told("take_up_conflicts/refused_wrongly", W, T.REFUSAL_FOUND),
    Told("resolve_conflict", W, T.CONFLICT_RESOLVED),
    Told("resolve_conflict/refused_wrongly", W, T.REFUSAL_RESOLVED),
    # devices
    Told("watch_devices/silent", M, T.DEVICE_TROUBLE),
    Told("watch_devices/clock", M, T.DEVICE_TROUBLE),
    Told("watch_devices/lists", M, T.DEVICE_TROUBLE),
    Told("watch_devices/backlog", M, T.DEVICE_TROUBLE),
    # payroll
    Told("record_advance", W, T.ADVANCE_RECORDED),
    Told("enter_deduction", W, T.DEDUCTION_PROPOSED),
    Told("publish_pay_sheet", W, T.PAYSLIP_PUBLISHED),
    Told("adjust_payslip/answered", W, T.PAYSLIP_CHANGED),
    Told("adjust_payslip/unanswered", W, T.PAYSLIP_REPLACED),
    Told("confirm_payslip", W, T.PAYSLIP_CONFIRMED),
    Told("dispute_payslip", W, T.PAYSLIP_DISPUTED),
    Told("dispute_payslip", M, T.DISPUTE_RAISED),
    Told("reply_to_dispute", W, T.DISPUTE_REJECTED),
    Told("report_received/false", M, T.MONEY_MISSING),
    Told("follow_up_payslips/awaiting", W, T.PAYSLIP_REMINDER),
    Told("follow_up_payslips/no_response", M, T.VISIT_DUE),
    Told("follow_up_payslips/overdue", W, T.DISPUTE_OVERDUE),
    Told("report_call_back/denied", W, T.CONFIRMATION_TAKEN_BACK),
    Told("report_call_back/denied", S, T.CONFIRMATION_DENIED),
    Told("report_call_back/denied", A, T.CONFIRMATION_DENIED),
    Told("watch_wage_accounts", M, T.WAGE_ACCOUNT_LOW),
    Told("watch_wage_accounts", S, T.WAGE_ACCOUNT_LOW),
    Told("announce_closing", W, T.WAGE_ACCOUNT_CLOSING),
    Told("complain_of_dispute", C, T.COMPLAINT_FILED),
    Told("request_release_code", N, T.RELEASE_CODE),
    Told("request_card_code", N, T.BANK_CARD_CODE),
    Told("change_bank_card", W, T.BANK_CARD_CHANGED),
    Told("import_bank_result/acknowledged", W, T.WAGE_PAID),
    Told("import_bank_result/rejected", W, T.WAGE_REJECTED),
    # cases
    Told("file_poster_complaint", C, T.COMPLAINT_FILED),
    Told("file_my_complaint", C, T.COMPLAINT_FILED),
    Told("file_assisted_complaint", C, T.COMPLAINT_FILED),
    Told("import_clues", C, T.COMPLAINT_FILED),
    *(Told(event, C, T(name)) for name, events in TOLD_STEPS.items() for event in events),
    Told("act_on_case", S, T.DECISION_ASKED),
    Told("act_on_case", M, T.AGREEMENT_PROPOSED),
    Told("act_on_my_complaint", S, T.QUESTION_ASKED),
    Told("act_on_my_complaint/paid_said", S, T.PAID_SAID),
    Told("act_by_pin/paid_said", S, T.PAID_SAID),
    Told("act_on_my_complaint/reopened", S, T.REOPENED_SAID),
    Told("act_by_pin/reopen", S, T.REOPENED_SAID),
    Told("act_by_pin/ask_question", S, T.QUESTION_ASKED),
    Told("act_by_pin/add_details", C, T.CASE_DETAILS_ADDED),
    Told("act_by_pin/withdraw", C, T.CASE_WITHDRAWN),
    Told("act_by_pin/reopen", C, T.CASE_REOPENED),
    Told("act_on_behalf/ask_question", S, T.QUESTION_ASKED),
    Told("act_on_behalf/add_details", C, T.CASE_DETAILS_ADDED),
    Told("act_on_behalf/withdraw", C, T.CASE_WITHDRAWN),
    Told("act_on_behalf/reopen", C, T.CASE_REOPENED),
    Told("act_on_behalf/reopen", S, T.REOPENED_SAID),
    Told("act_on_behalf/confirm_paid", C, T.CASE_SAID_FOR_YOU),
    Told("act_on_behalf/supplement", C, T.CASE_SAID_FOR_YOU),
    Told("record_paper_signature", C, T.CASE_SAID_FOR_YOU),
    Told("file_my_complaint", S, T.GROUP_ALERT),
    Told("file_my_complaint/silent_bureau", S, T.BUREAU_SILENT),
    Told("file_my_complaint/nobody_above", A, T.BUREAU_SILENT),
    Told("add_bureau_contact", S, T.GROUP_ALERT),
    Told("climb_case_clocks", S, T.CASES_DUE),
    Told("climb_case_clocks/overdue", S, T.CASES_OVERDUE),
    Told("climb_case_clocks/supervised", S, T.CASES_SUPERVISED),
    Told("follow_up_cases", C, T.CASE_FOLLOW_UP),
    Told("follow_up_cases/agreed_day", C, T.CASE_AGREEMENT_DUE),
    Told("follow_up_cases/agreed_day", S, T.AGREEMENT_DUE),
    Told("pass_on_alerts", S, T.GROUP_ALERT),
    Told("watch_retaliation", S, T.RETALIATION_SEEN),
    # the quiet hours themselves
    Told("deliver_notifications/quiet_hours", W, T.DIGEST),
)


UNTOLD: tuple[Untold, ...] = (
    # identity
    Untold("issue_tokens", OWN_ACT),
    Untold("sign_out", OWN_ACT),
    Untold("unmask", READING),
    Untold("appoint_employer_admin", STAFF),
    Untold("dismiss_employer_admin", STAFF),
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
    Untold("take_scans", "the gate spoke when it admitted; a conflict that costs a day is told"),
    Untold("annul_scan", "no work is lost; who came with another's card is the manager's to find"),
    Untold("look_at_worker", AT_THE_GATE),
    Untold("confirm_look", AT_THE_GATE),
    Untold("fold_due_check_ins", "derived; the worker's month shows it"),
    Untold("import_attlog", "as check_in/imported"),
    Untold("add_objection_photo", "the labour manager was told of the objection it goes with"),
    Untold("confirm_day", OWN_ACT),
    Untold("check_in/forced_exit", "the evening after, the worker is asked about the day"),
    Untold("set_day_rules", "the worker's month shows its days; wages are asked about"),
    Untold("refold_outdated_days", "derived; the worker's month shows it"),
    Untold("lock_sheet", "the payslip made of it is told, and asks"),
    Untold("reopen_sheet", "locking it again tells those whose days have changed"),
    Untold("import_sheet", "as check_in/imported"),
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
    Untold("import_pay_sheet", DRAFT),
    Untold("set_pay_terms", "agreed on paper; the payslip shows what they make"),
    Untold("enter_piece_work", "the payslip shows it, and asks"),
    Untold("enter_supplement", "the payslip shows it, and asks"),
    Untold("withdraw_pay_entry", "a payslip that was shown is adjusted, and that is told"),
    Untold("withdraw_advance", "as withdraw_pay_entry"),
    Untold("agree_to_deduction", OWN_ACT),
    Untold("approve_pay_sheet", "nothing the worker said changes; the bank's word is next"),
    Untold("create_pay_batch/drafted", "a draft that nobody has released"),
    Untold("release_pay_batch/submitted", "a submitted file is never shown as paid"),
    Untold("refuse_pay_batch/withdrawn", "the line may be in the next file"),
    Untold("withdraw_pay_batch/withdrawn", "the line may be in the next file"),
    Untold("import_bank_result/settled", "each line was told"),
    Untold("tell_workers_bank_result", "is the telling"),
    Untold("report_received/true", OWN_ACT),
    Untold("export_my_data", OWN_ACT),
    Untold("export_ledger", READING),
    Untold("refresh_wage_statuses", "the fact that changed it was told"),
    Untold("recheck_wage_statuses", "the fact that changed it was told"),
    Untold("report_visit/told", "met in person"),
    Untold("request_witness", OWN_ACT),
    Untold("look_at_request", OPERATION),
    Untold("state_presence", "confirms nothing; the worker stands beside"),
    Untold("report_call_back/stands", OWN_ACT),
    Untold("report_call_back/not_reached", "nobody could reach the worker"),
    Untold("add_dispute_file", OWN_ACT),
    Untold("withdraw_statement", "as import_wage_account"),
    Untold("import_wage_account", "moves no wages; coverage is watched daily"),
    Untold("withdraw_closing", "nobody loses anything by it"),
    Untold("report_visit/not_found", "nobody could reach the worker"),
    # cases
    *(Untold(event, "their own words, or between authorities") for event in UNTOLD_STEPS),
    Untold("decide_request", "granting takes the step, which tells; declining changes nothing"),
    Untold("renew_complaint_pin", OWN_ACT),
    *(
        Untold(event, "work inside the bureau")
        for event in (
            "assign_handler",
            "recuse_handler",
            "add_note",
            "settle_sign",
            "confirm_case_group",
            "dissolve_case_group",
            "leave_case_group",
            "name_representative",
            "acknowledge_alert",
            "add_dispatch_entry",
            "end_bureau_contact",
            "appoint_head",
            "dismiss_head",
        )
    ),
    Untold("sign_own_agreement", OWN_ACT),
    Untold("sign_for_employer", "the paper with both signatures is served"),
    Untold("add_promise", "the clock of a case names it"),
    Untold("end_promise", "clocks that began under it go on"),
    Untold("read_paper_by_pin", "changes nothing"),
    Untold("draw_up_paper", "the step was told; the paper is served"),
    Untold("record_service", "whoever was served has the paper"),
    Untold("stage_file", OWN_ACT),
    Untold("drop_staged_files", OPERATION),
    Untold("take_bundle", READING),
    Untold("unlock_identity", READING),
    Untold("look_up_complaint", STRANGER),
    Untold("read_agreement_by_pin", STRANGER),
    Untold("act_by_pin/confirm_paid", OWN_ACT),
    Untold("act_by_pin/supplement", OWN_ACT),
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
    Untold("renew_webhook_secret", OPERATION),
    Untold("send_test_event", OPERATION),
    Untold("retry_webhook_delivery", OPERATION),
    Untold("call_webhook", OPERATION),
    Untold("deliver_notifications", "is the telling"),
    Untold("forget_used_steps", OPERATION),
    Untold("forget_finished_jobs", OPERATION),
    Untold("ensure_check_in_partitions", OPERATION),
    Untold("detach_check_in_months", OPERATION),
    Untold("seal_evidence", "published for everybody"),
)


def list_events() -> Iterator[str]:
    """Yield every event of the table; one with two audiences comes twice."""
    yield from (row.event for row in TOLD)
    yield from (row.event for row in UNTOLD)
