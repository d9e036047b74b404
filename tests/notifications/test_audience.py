import ast
from collections import Counter
from collections.abc import Iterable
from enum import Enum
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlmodel import SQLModel

from cases import workflow
from core.case_enums import (
    AgreementParty,
    CaseAction,
    CaseState,
    Channel,
    ClockChangeKind,
    ClockKind,
    ComplaintKind,
    Disclosure,
    DispatchKind,
    DocumentKind,
    GroupState,
    Office,
    RetaliationKind,
    Rung,
    ServiceMethod,
    ServiceRecipient,
    Silence,
)
from core.day_enums import ObjectionOutcome
from core.enums import (
    ApprovalState,
    CheckInMethod,
    ConflictKind,
    ConflictOutcome,
    ContractKind,
    DeviceProfile,
    DeviceTrouble,
    DeviceVendor,
    Direction,
    EvidenceKind,
    Grade,
    Language,
    MessageState,
    Notice,
    NotificationState,
    NumberTrouble,
    PayBasis,
    PayBatchState,
    PayRowState,
    PaySheetState,
    PayslipAnswerState,
    PowerSource,
    Role,
    ScanReason,
    SheetState,
    TerminalCommandKind,
    ToldBy,
    Urgency,
    VisitOutcome,
    WebhookState,
    WorkDayState,
)
from core.pay_enums import DeductionKind, PayEntryKind
from core.places import Datum
from core.sheet_enums import SheetAct, SheetStep
from core.wage_enums import AccountPurpose, CallBackOutcome, CallBackReason
from notifications.audience import TOLD, UNTOLD, Audience, list_events
from notifications.catalogue import AUDIENCE_PAGE, render_audience
from notifications.templates import Template
from payroll.rules import SheetAction

ROOT = Path(__file__).parent.parent.parent
TELLING = ("attendance", "cases", "devices", "identity", "payroll", "qr")
CHANGING = {"post", "put", "patch", "delete"}
ACTORS = {Office.WORKER: "act_on_my_complaint"}
"""What the offices of a case act through; all but the complainant are officials."""

EVENT_OF: dict[Enum, str] = {
    SheetState.DRAFT: "draw_up_sheet",
    SheetState.LOCKED: "lock_sheet",
    PaySheetState.DRAFT: "create_pay_sheet",
    PaySheetState.PUBLISHED: "publish_pay_sheet",
    PaySheetState.APPROVED: "approve_pay_sheet",
    PaySheetState.INSTRUCTED: "release_pay_batch/submitted",
    PaySheetState.SETTLED: "import_bank_result/settled",
    SheetAction.DRAW_UP: "create_pay_sheet",
    SheetAction.PUBLISH: "publish_pay_sheet",
    SheetAction.ADJUST: "adjust_payslip/answered",
    SheetAction.APPROVE: "approve_pay_sheet",
    SheetAction.INSTRUCT: "release_pay_batch/submitted",
    SheetAction.SETTLE: "import_bank_result/settled",
    PayslipAnswerState.AWAITING: "follow_up_payslips/awaiting",
    PayslipAnswerState.CONFIRMED: "confirm_payslip",
    PayslipAnswerState.DISPUTED: "dispute_payslip",
    PayslipAnswerState.NO_RESPONSE: "follow_up_payslips/no_response",
    PayslipAnswerState.UNREACHABLE: "report_visit/not_found",
    VisitOutcome.TOLD: "report_visit/told",
    VisitOutcome.NOT_FOUND: "report_visit/not_found",
    PayRowState.DRAFTED: "create_pay_batch/drafted",
    PayRowState.WITHDRAWN: "withdraw_pay_batch/withdrawn",
    PayRowState.SUBMITTED: "release_pay_batch/submitted",
    PayRowState.ACKNOWLEDGED: "import_bank_result/acknowledged",
    PayRowState.REJECTED: "import_bank_result/rejected",
    ConflictKind.ADMITTED_WRONGLY: "take_up_conflicts/admitted_wrongly",
    ConflictKind.LOST_DEVICE: "lose_device/lost_device",
    ConflictKind.PHONE_SIGNAL: "check_in_at_poster/phone_signal",
    ConflictKind.DENIED_LATER: "take_scans",
    ConflictKind.NOT_THE_HOLDER: "annul_scan",
    ConflictKind.REFUSED_WRONGLY: "take_up_conflicts/refused_wrongly",
    ObjectionOutcome.ACCEPTED: "accept_objection",
    ObjectionOutcome.REJECTED: "reject_objection",
    WorkDayState.COMPLETE: "fold_due_check_ins",
    WorkDayState.NEEDS_CONFIRMATION: "ask_about_days",
    WorkDayState.CONFIRMED: "confirm_day",
    SheetAct.APPROVED: "approve_sheet",
    SheetAct.SKIPPED: "approve_sheet",
    SheetAct.SENT_BACK: "send_back_sheet",
    SheetAct.LOCKED: "lock_sheet/changed",
    SheetAct.REOPENED: "reopen_sheet",
    PayBatchState.DRAFTED: "create_pay_batch/drafted",
    PayBatchState.RELEASED: "release_pay_batch/submitted",
    PayBatchState.REFUSED: "refuse_pay_batch/withdrawn",
    PayBatchState.WITHDRAWN: "withdraw_pay_batch/withdrawn",
    PayEntryKind.PIECE: "enter_piece_work",
    PayEntryKind.SUPPLEMENT: "enter_supplement",
    PayEntryKind.DEDUCTION: "enter_deduction",
    GroupState.SUGGESTED: "file_my_complaint",
    GroupState.CONFIRMED: "confirm_case_group",
    GroupState.DISSOLVED: "dissolve_case_group",
    Rung.SOON: "climb_case_clocks",
    Rung.DUE: "climb_case_clocks",
    Rung.OVERDUE: "climb_case_clocks/overdue",
    Rung.SUPERVISED: "climb_case_clocks/supervised",
    **{outcome: f"report_call_back/{outcome}" for outcome in CallBackOutcome},
    **dict.fromkeys(ConflictOutcome, "resolve_conflict"),
    **dict.fromkeys(RetaliationKind, "watch_retaliation"),
    **{method: f"check_in/{method}" for method in CheckInMethod},
    **{trouble: f"watch_devices/{trouble}" for trouble in DeviceTrouble},
}
"""Where each state of the domain comes about."""

STATES = sorted({type(state) for state in EVENT_OF}, key=lambda states: states.__name__)

STEPS_OF_CASES = {CaseState, CaseAction}
"""The workflow's own table says whom each step tells; compared below."""

DESCRIBING = {
    AccountPurpose,
    AgreementParty,
    CallBackReason,
    Channel,
    ClockChangeKind,
    ClockKind,
    ComplaintKind,
    ContractKind,
    Datum,
    DeductionKind,
    DeviceProfile,
    DeviceVendor,
    Direction,
    Disclosure,
    DispatchKind,
    DocumentKind,
    EvidenceKind,
    Grade,
    MessageState,
    Notice,
    PayBasis,
    PowerSource,
    Role,
    ScanReason,
    ServiceMethod,
    ServiceRecipient,
    SheetStep,
    Silence,
    TerminalCommandKind,
}
"""What a row is or was, not what it comes to: the operation that wrote it has its row."""

OF_MESSAGES = {
    ApprovalState,
    Language,
    NotificationState,
    NumberTrouble,
    ToldBy,
    Urgency,
    WebhookState,
}
"""About the telling itself."""


def used_templates() -> set[Template]:
    """Return every template that a package names in its code."""
    return {
        Template[node.attr]
        for package in TELLING
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Template"
    }


def places_of(events: Iterable[str]) -> set[str]:
    return {event.partition("/")[0] for event in events}


def test_every_operation_and_job_tells_somebody_or_says_why_not(app: FastAPI) -> None:
    operations = {
        operation["operationId"]
        for methods in app.openapi()["paths"].values()
        for method, operation in methods.items()
        if method in CHANGING
    }
    jobs = {
        node.name
        for node in ast.parse((ROOT / "jobs" / "tasks.py").read_text()).body
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    }

    assert jobs
    assert places_of(list_events()) - {"check_in"} == operations | jobs


def test_every_closed_set_in_a_table_has_its_events_or_only_describes() -> None:
    kept = {
        column.type.enum_class
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, sa.Enum)
    }

    assert kept - set(STATES) - STEPS_OF_CASES - DESCRIBING - OF_MESSAGES == set(), (
        "name the event of each of its members in EVENT_OF, or add it to DESCRIBING"
    )


@pytest.mark.parametrize("states", STATES)
def test_every_state_of_the_domain_has_its_event(states: type[Enum]) -> None:
    assert {EVENT_OF[state] for state in states} <= set(list_events())


def test_every_step_of_a_case_tells_the_complainant_what_the_workflow_says() -> None:
    steps = {
        (f"{ACTORS.get(office, 'act_on_case')}/{state}.{action}", step.tells)
        for (state, action), step in workflow.TRANSITIONS.items()
        for office in step.offices
    }
    told = {(event, tells) for event, tells in steps if isinstance(tells, Template)}

    table = {
        (row.event, row.template)
        for row in TOLD
        if row.audience is Audience.COMPLAINANT and "." in row.event
    }
    assert table == told
    assert {event for event, tells in steps - told} <= {row.event for row in UNTOLD}


def test_an_event_is_told_or_not_told_and_nobody_twice() -> None:
    assert {row.event for row in TOLD}.isdisjoint(row.event for row in UNTOLD)
    assert max(Counter((row.event, row.audience) for row in TOLD).values()) == 1
    assert max(Counter(row.event for row in UNTOLD).values()) == 1


def test_every_text_is_somebodys_and_the_code_sends_what_the_table_says() -> None:
    sent_by_notifications = {Template.SIGN_IN_CODE, Template.DIGEST}
    table = {row.template for row in TOLD}

    assert table == set(Template)
    assert table - used_templates() == sent_by_notifications - used_templates()


def test_only_what_tells_the_worker_enters_check_ins_by_hand() -> None:
    makers = {
        path
        for package in TELLING
        for path in (ROOT / package).rglob("*.py")
        if "method=CheckInMethod.MANUAL" in path.read_text()
    }

    assert makers
    assert all("Template.CHECK_IN_ENTERED" in path.read_text() for path in makers)


def test_page_is_the_table() -> None:
    assert AUDIENCE_PAGE.read_text(encoding="utf-8") == render_audience(), (
        "run: python -m notifications.catalogue"
    )
