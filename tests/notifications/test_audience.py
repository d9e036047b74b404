import ast
from collections import Counter
from collections.abc import Iterable
from enum import Enum
from pathlib import Path

import pytest
from fastapi import FastAPI

from cases import workflow
from core.enums import (
    CheckInMethod,
    ConflictKind,
    DeviceTrouble,
    PayRowState,
    PaySheetState,
    PayslipAnswerState,
    Role,
    SheetState,
    VisitOutcome,
)
from notifications.audience import TOLD, UNTOLD, Audience, list_events
from notifications.catalogue import AUDIENCE_PAGE, render_audience
from notifications.templates import Template
from payroll.rules import SheetAction

ROOT = Path(__file__).parent.parent.parent
TELLING = ("attendance", "cases", "devices", "identity", "payroll", "qr")
CHANGING = {"post", "put", "patch", "delete"}
ACTORS = {Role.INSPECTOR: "act_on_case", Role.WORKER: "act_on_my_complaint"}

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
    SheetAction.ADJUST: "adjust_payslip",
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
    **{method: f"check_in/{method}" for method in CheckInMethod},
    **{trouble: f"watch_devices/{trouble}" for trouble in DeviceTrouble},
}
"""Where each state of the domain comes about."""

STATES = (
    SheetState,
    PaySheetState,
    SheetAction,
    PayslipAnswerState,
    VisitOutcome,
    PayRowState,
    ConflictKind,
    CheckInMethod,
    DeviceTrouble,
)


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


@pytest.mark.parametrize("states", STATES)
def test_every_state_of_the_domain_has_its_event(states: type[Enum]) -> None:
    assert {EVENT_OF[state] for state in states} <= set(list_events())


def test_every_step_of_a_case_tells_the_complainant_what_the_workflow_says() -> None:
    steps = {
        (f"{ACTORS[step.role]}/{state}.{action}", Audience.COMPLAINANT, step.notice)
        for (state, action), step in workflow.TRANSITIONS.items()
    }

    table = {
        (row.event, row.audience, row.template)
        for row in TOLD
        if row.event.startswith(tuple(ACTORS.values()))
    }
    assert table == steps


def test_an_event_is_told_or_not_told_and_nobody_twice() -> None:
    assert {row.event for row in TOLD}.isdisjoint(row.event for row in UNTOLD)
    assert max(Counter((row.event, row.audience) for row in TOLD).values()) == 1
    assert max(Counter(row.event for row in UNTOLD).values()) == 1


def test_every_text_is_somebodys_and_the_code_sends_what_the_table_says() -> None:
    sent_by_notifications = {Template.SIGN_IN_CODE, Template.DIGEST}
    table = {row.template for row in TOLD}

    assert table == set(Template)
    assert table - used_templates() - sent_by_notifications == {Template.CHECK_IN_ENTERED}


def test_whoever_builds_manual_entry_must_tell_the_worker() -> None:
    # Nobody can enter a check-in by hand yet; then the worker must hear of it.
    sources = {
        path
        for package in TELLING
        for path in (ROOT / package).rglob("*.py")
        if "CheckInMethod.MANUAL" in path.read_text()
    }

    assert sources == {ROOT / "attendance" / "rules.py"}


def test_page_is_the_table() -> None:
    assert AUDIENCE_PAGE.read_text(encoding="utf-8") == render_audience(), (
        "run: python -m notifications.catalogue"
    )
