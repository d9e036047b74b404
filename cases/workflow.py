"""What may happen to a case: one table of state × action, with roles, clocks and notices."""

from dataclasses import dataclass

from cases.errors import ActionNotAllowedError, NoteRequiredError
from core.enums import CaseAction, CaseState, ClockKind, Role
from notifications.templates import Template

STATE_NAMES = {
    CaseState.RECEIVED: "等待受理",
    CaseState.ACCEPTED: "正在调查",
    CaseState.REFUSED: "不予受理",
    CaseState.ORDERED_TO_PAY: "已责令支付",
    CaseState.CLOSED: "已结案",
    CaseState.WITHDRAWN: "已撤回",
}

ACTION_NAMES = {
    CaseAction.ACCEPT: "受理",
    CaseAction.REFUSE: "不予受理",
    CaseAction.ORDER_TO_PAY: "责令支付",
    CaseAction.CLOSE: "结案",
    CaseAction.REOPEN: "重新办理",
    CaseAction.WITHDRAW: "撤回",
}

FILING_NOTICE = Template.COMPLAINT_FILED
FILING_STARTS = ClockKind.ACCEPTANCE


@dataclass(frozen=True, slots=True)
class Transition:
    """Where an action leads, who may take it, and what follows from it."""

    to: CaseState
    role: Role
    notice: Template
    """What the worker is told; every step has one."""
    stops: ClockKind | None = None
    starts: ClockKind | None = None
    needs_note: bool = False
    """The worker reads the note; where it is needed the step is a decision with a reason."""
    is_once: bool = False


TRANSITIONS: dict[tuple[CaseState, CaseAction], Transition] = {
    # Accepting is filing the case, the same day (浙江省劳动保障监察条例 §23).
    (CaseState.RECEIVED, CaseAction.ACCEPT): Transition(
        CaseState.ACCEPTED,
        Role.INSPECTOR,
        Template.CASE_ACCEPTED,
        stops=ClockKind.ACCEPTANCE,
        starts=ClockKind.INVESTIGATION,
    ),
    (CaseState.RECEIVED, CaseAction.REFUSE): Transition(
        CaseState.REFUSED,
        Role.INSPECTOR,
        Template.CASE_REFUSED,
        stops=ClockKind.ACCEPTANCE,
        needs_note=True,
    ),
    (CaseState.RECEIVED, CaseAction.WITHDRAW): Transition(
        CaseState.WITHDRAWN, Role.WORKER, Template.CASE_WITHDRAWN, stops=ClockKind.ACCEPTANCE
    ),
    # The order is an outcome of the investigation (劳动保障监察条例 §18), so its clock stops.
    (CaseState.ACCEPTED, CaseAction.ORDER_TO_PAY): Transition(
        CaseState.ORDERED_TO_PAY,
        Role.INSPECTOR,
        Template.CASE_ORDERED_TO_PAY,
        stops=ClockKind.INVESTIGATION,
    ),
    (CaseState.ACCEPTED, CaseAction.CLOSE): Transition(
        CaseState.CLOSED,
        Role.INSPECTOR,
        Template.CASE_CLOSED,
        stops=ClockKind.INVESTIGATION,
        needs_note=True,
    ),
    # No withdrawal after an order: leaning on the worker must not make an order go away.
    (CaseState.ACCEPTED, CaseAction.WITHDRAW): Transition(
        CaseState.WITHDRAWN, Role.WORKER, Template.CASE_WITHDRAWN, stops=ClockKind.INVESTIGATION
    ),
    (CaseState.ORDERED_TO_PAY, CaseAction.CLOSE): Transition(
        CaseState.CLOSED, Role.INSPECTOR, Template.CASE_CLOSED, needs_note=True
    ),
    # Closing asks 收到钱了吗; "no" opens the case again, once.
    (CaseState.CLOSED, CaseAction.REOPEN): Transition(
        CaseState.ACCEPTED,
        Role.WORKER,
        Template.CASE_REOPENED,
        starts=ClockKind.INVESTIGATION,
        is_once=True,
    ),
}


def get_transition(state: CaseState, action: CaseAction, role: Role) -> Transition:
    """Return where the action leads, or refuse it naming what the role may do instead."""
    transition = TRANSITIONS.get((state, action))
    if transition is None or transition.role is not role:
        allowed = list_actions(state, role)
        raise ActionNotAllowedError(
            state=state.value,
            state_name=STATE_NAMES[state],
            action=action.value,
            allowed=[other.value for other in allowed],
            allowed_names="、".join(ACTION_NAMES[other] for other in allowed) or "等待对方办理",
        )
    return transition


def list_actions(state: CaseState, role: Role) -> list[CaseAction]:
    """Return what the role may do to a case in this state."""
    return [
        action
        for (from_state, action), transition in TRANSITIONS.items()
        if from_state is state and transition.role is role
    ]


def check_note(transition: Transition, note: str | None) -> None:
    """Refuse a decision that gives no reason."""
    if transition.needs_note and not (note and note.strip()):
        raise NoteRequiredError
