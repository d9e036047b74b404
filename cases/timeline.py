"""What the complainant reads about a case: plain sentences, and no official's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cases import workflow
from cases.divisions import full_name
from core.enums import CaseAction, CaseState, Role
from db.models import Case, CaseClock, CaseEvent, Complaint

FILED = "收到你的投诉，转给{bureau}"
STEPS = {
    CaseAction.ACCEPT: "{bureau}决定受理，开始调查",
    CaseAction.REFUSE: "{bureau}决定不受理",
    CaseAction.ORDER_TO_PAY: "{bureau}责令对方支付工资",
    CaseAction.CLOSE: "{bureau}办结了这个案件",
    CaseAction.REOPEN: "你说钱还没收到，重新办理",
    CaseAction.WITHDRAW: "你撤回了投诉",
}
NEXT = {
    CaseState.RECEIVED: "{bureau}最迟{due}答复你是否受理。",
    CaseState.ACCEPTED: "{bureau}最迟{due}查完。",
    CaseState.REFUSED: "对这个决定有疑问，或者想知道还能怎么办，请打 12333，也可以申请劳动仲裁。",
    CaseState.ORDERED_TO_PAY: "等对方付款。钱一直没到，请打 12333，报上编号。",
    CaseState.CLOSED: "钱收到了吗？没收到请打 12333，或者重新投诉。",
    CaseState.WITHDRAWN: "需要的时候可以随时重新投诉。",
}
REOPENABLE = "钱收到了吗？没收到可以重新办理（只有一次）。"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened; `note` is what the official, or the worker, wrote about it."""

    at: datetime
    say: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """A complaint as its complainant sees it."""

    number: str
    state: CaseState
    state_name: str
    county_name: str
    filed_at: datetime
    due_date: date | None
    is_provisional: bool
    next_step: str
    steps: list[Step]
    actions: list[CaseAction]
    """What the complainant may do now, when signed in."""


def tell(
    complaint: Complaint, case: Case, events: Sequence[CaseEvent], clock: CaseClock | None
) -> Timeline:
    """Tell the story of a case from its events, oldest first, and its running clock."""
    actions = list_own_actions(case.state, events)
    due = clock.due_date if clock else None
    return Timeline(
        number=complaint.number,
        state=case.state,
        state_name=workflow.STATE_NAMES[case.state],
        county_name=full_name(case.county_code),
        filed_at=complaint.created_at,
        due_date=due,
        is_provisional=clock is not None and clock.is_provisional,
        next_step=_next_step(case, due, can_reopen=CaseAction.REOPEN in actions),
        steps=[Step(event.created_at, _say(event, case), event.note) for event in events],
        actions=actions,
    )


def list_own_actions(state: CaseState, events: Sequence[CaseEvent]) -> list[CaseAction]:
    """Return what the complainant may still do, leaving out what is allowed only once."""
    done = {event.action for event in events}
    return [
        action
        for action in workflow.list_actions(state, Role.WORKER)
        if not (workflow.TRANSITIONS[state, action].is_once and action in done)
    ]


def _say(event: CaseEvent, case: Case) -> str:
    sentence = FILED if event.action is None else STEPS[event.action]
    return sentence.format(bureau=_bureau(case))


def _next_step(case: Case, due: date | None, *, can_reopen: bool) -> str:
    sentence = REOPENABLE if can_reopen else NEXT[case.state]
    day = f" {due.year}年{due.month}月{due.day}日" if due else ""
    return sentence.format(bureau=_bureau(case), due=day)


def _bureau(case: Case) -> str:
    return f"{full_name(case.county_code)}劳动保障监察"
