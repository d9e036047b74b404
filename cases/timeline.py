"""What the complainant reads about a case: plain sentences, and no official's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from cases import history, rules, workflow
from cases.agreement_queries import find_agreed_by
from cases.divisions import full_name
from cases.letters import format_day
from cases.step import WORKER
from cases.words import STATE_NAMES
from core.case_enums import CaseAction, CaseState, Means, Received, RefusalGround
from core.clock import ONE_DAY, local_date
from db.models import Case, CaseClock, CaseEvent, Complaint

FILED = "收到你的投诉，转给{bureau}"
STEPS = {
    CaseAction.ACCEPT: "{bureau}决定受理，开始调查",
    CaseAction.ASK_DETAILS: "{bureau}请你补充情况",
    CaseAction.ADD_DETAILS: "补充的情况已收到，重新计算答复期限",
    CaseAction.REFUSE: "{bureau}决定不受理",
    CaseAction.TRANSFER: "转给{bureau}办理，编号不变",
    CaseAction.REFER_UP: "该由哪里办，已报上级决定",
    CaseAction.DESIGNATE: "上级指定由{bureau}办理",
    CaseAction.EXTEND: "经负责人批准，调查期限延长 30 个工作日",
    CaseAction.SUSPEND: "经负责人批准，调查中止；能查了接着查，不是结案",
    CaseAction.RESUME: "恢复调查，期限接着算",
    CaseAction.PROPOSE_AGREEMENT: "{bureau}提出调解方案，同意不同意由你定",
    CaseAction.AGREE: "你同意了调解方案",
    CaseAction.DECLINE_AGREEMENT: "你没有同意调解方案，接着调查",
    CaseAction.BREAK_OFF: "调解结束，没有成，接着调查",
    CaseAction.ORDER_TO_PAY: "{bureau}责令对方支付工资",
    CaseAction.APPLY_TO_COURT: "对方没按时付，已申请法院强制执行",
    CaseAction.TRANSFER_TO_POLICE: "涉嫌犯罪，决定移送公安",
    CaseAction.HAND_TO_POLICE: "材料已送到公安",
    CaseAction.POLICE_FILE: "公安已经立案",
    CaseAction.POLICE_DECLINE: "公安没有立案",
    CaseAction.ASK_REVIEW: "已提请公安复议",
    CaseAction.KEEP_ORDER: "{bureau}继续责令对方支付",
    CaseAction.HAND_OVER_EVIDENCE: "证据已交给公安",
    CaseAction.GRANT_ADVANCE: "政府先垫付一部分钱给你",
    CaseAction.RECOVER_ADVANCE: "垫付的钱已向对方追回一部分",
    CaseAction.CLOSE: "{bureau}办结了这个案件",
    CaseAction.CONFIRM_PAID: "你说钱收到了",
    CaseAction.REOPEN: "你说钱还没收到，重新办理",
    CaseAction.WITHDRAW: "你撤回了投诉",
    CaseAction.SUPPLEMENT: "你补充了情况",
    CaseAction.ASK_QUESTION: "你提了问题",
    CaseAction.ANSWER_QUESTION: "{bureau}答复了你的问题",
}
NEXT = {
    CaseState.RECEIVED: "{bureau}最迟{due}答复你是否受理。",
    CaseState.AWAITING_DETAILS: "请把缺的情况补上，之后 5 个工作日内答复。也可以打 12333 说。",
    CaseState.AWAITING_DESIGNATION: "上级最迟{due}定下由哪里办，不用你跑。",
    CaseState.ACCEPTED: "{bureau}最迟{due}查完。",
    CaseState.SUSPENDED: "等能查的时候接着查。有新情况，请补充进来。",
    CaseState.MEDIATING: "看清楚金额和日期再决定。不同意不影响继续调查，最迟{due}查完。",
    CaseState.AGREED: ("约定付款的日子过了。收到了点“钱收到了”；没收到点“钱没收到”，马上接着查。"),
    CaseState.REFUSED: "对这个决定不服，可以申请行政复议或者起诉。还能找谁：{help}",
    CaseState.ORDERED_TO_PAY: "对方最迟{due}付清。不付就申请法院强制执行，涉嫌犯罪的移送公安。",
    CaseState.IN_COURT: "等法院强制执行，有进展马上告诉你。",
    CaseState.POLICE_APPROVED: "24 小时内把材料送到公安。",
    CaseState.WITH_POLICE: "公安最迟{due}决定是否立案。",
    CaseState.POLICE_DECLINED: "劳动监察可以提请复议，或者继续责令支付。",
    CaseState.POLICE_FILED: "公安办案期间，工资继续追。",
    CaseState.CLOSED: "钱收到了吗？没收到请打 12333，或者重新投诉。",
    CaseState.WITHDRAWN: "需要的时候可以随时重新投诉。",
}
HELP = {
    RefusalGround.OUT_OF_SCOPE: "打 12348 问法律援助，打 12345 问归哪个部门管。",
    RefusalGround.ARBITRATION_OR_SUIT: (
        "到工地所在地的劳动人事争议仲裁委员会申请仲裁，不收费；打 12348 有免费律师帮你。"
    ),
    RefusalGround.NO_EMPLOYER_OR_FACTS: (
        "想起老板、公司或者工地的名字，随时重新投诉；打 12333 可以帮你一起查。"
    ),
    RefusalGround.OLDER_THAN_TWO_YEARS: (
        "超过两年的可以去法院起诉，有欠条更好办；打 12348 有免费律师帮你。"
    ),
}
"""Who can help after a refusal, by its ground."""
PROMISED = (
    "对方最迟 {promised}付清，收到了点“钱收到了”。"
    "没收到的，{sayable}起可以点“钱没收到”，马上接着查。"
)
"""While the days an agreement gives the employer run."""
OLD_CLAIM = (
    "这笔工资过去两年多了。一直欠着没断的，监察照样能管；已经断了的，可能要去仲裁或者法院，"
    "打 12348 有免费律师帮你。"
)
REOPENABLE = "钱收到了吗？没收到可以重新办理（只有一次）。"
ANSWERED = "你说钱收到了，这件事办完了。后来发现钱不对，请打 12333，报上编号。"
PARTLY = "你说钱只收到一部分，重新办理"
MEANS = {
    Means.PIN: "（用编号和密码）",
    Means.PHONE: "（打电话说的，{bureau}代你记下）",
    Means.WINDOW: "（到窗口说的，{bureau}代你记下）",
}
"""How the complainant's own word came in, where they were not signed in."""
MOVES = frozenset({CaseAction.TRANSFER, CaseAction.DESIGNATE})
"""What says where a case goes; every other step says where it was then."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened; `note` is what the official, or the worker, wrote about it."""

    at: datetime
    say: str
    note: str | None
    files: int = 0
    """How many the worker handed in with it."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of the case that is meant for the complainant."""

    id: UUID
    title: str
    number: str
    drawn_at: datetime


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
    hint: str | None
    """What else is good to know, e.g. about old claims."""
    steps: list[Step]
    actions: list[CaseAction]
    """What the complainant may do now, when signed in."""
    papers: Sequence[Paper] = ()


def tell(
    complaint: Complaint,
    case: Case,
    events: Sequence[CaseEvent],
    clock: CaseClock | None,
    *,
    today: date,
) -> Timeline:
    """Tell the story of a case from its events, oldest first, and its running clock."""
    promised = _find_running_promise(case.state, events, today)
    actions = list_own_actions(case.state, events, is_promise_running=promised is not None)
    due = clock.due_date if clock and not clock.is_paused else None
    filed_on = local_date(complaint.created_at)
    return Timeline(
        number=complaint.number,
        state=case.state,
        state_name=STATE_NAMES[case.state],
        county_name=full_name(case.county_code),
        filed_at=complaint.created_at,
        due_date=due,
        is_provisional=clock is not None and clock.is_provisional,
        next_step=_next_step(case, events, due, actions, promised),
        hint=OLD_CLAIM if rules.is_old_claim(complaint.facts, filed_on) else None,
        steps=[_tell_step(complaint, event) for event in events],
        actions=actions,
    )


def list_own_actions(
    state: CaseState, events: Sequence[CaseEvent], *, is_promise_running: bool
) -> list[CaseAction]:
    """Return what the complainant may do now, leaving out what is over or too early."""
    done = [event.action for event in events]
    barred = {CaseAction.WITHDRAW} if workflow.ORDERS.intersection(done) else set()
    if is_promise_running:
        barred.add(CaseAction.REOPEN)
    return [
        action
        for action in workflow.list_actions(state, WORKER)
        if not (workflow.TRANSITIONS[state, action].is_once and history.was_done(action, done))
        and action not in barred
    ]


def _find_running_promise(
    state: CaseState, events: Sequence[CaseEvent], today: date
) -> date | None:
    """Return the last day an agreement gives the employer, None once it is over."""
    agreed_by = find_agreed_by(events) if state is CaseState.AGREED else None
    return agreed_by if agreed_by is not None and today <= agreed_by else None


def _tell_step(complaint: Complaint, event: CaseEvent) -> Step:
    """Return a step; the first one holds the complainant's own first words."""
    note = complaint.statement if event.action is None else event.note
    return Step(event.created_at, _say(event), note, len(event.details.get("files", ())))


def _say(event: CaseEvent) -> str:
    sentence = FILED if event.action is None else STEPS[event.action]
    if event.details.get("received") == Received.PARTLY:
        sentence = PARTLY
    means = event.details.get("means")
    where = event.details["county_code"] if event.action in MOVES else event.county_code
    return (sentence + (MEANS[Means(means)] if means else "")).format(bureau=_bureau(where))


def _next_step(
    case: Case,
    events: Sequence[CaseEvent],
    due: date | None,
    actions: Sequence[CaseAction],
    promised: date | None,
) -> str:
    if promised is not None:
        return PROMISED.format(
            promised=format_day(promised), sayable=format_day(promised + ONE_DAY)
        )
    sentence = NEXT[case.state]
    if case.state is CaseState.CLOSED and CaseAction.CONFIRM_PAID not in actions:
        sentence = ANSWERED
    elif case.state is CaseState.CLOSED and CaseAction.REOPEN in actions:
        sentence = REOPENABLE
    day = f" {format_day(due)}" if due else "会尽快"
    return sentence.format(bureau=_bureau(case.county_code), due=day, help=_say_help(events))


def _say_help(events: Sequence[CaseEvent]) -> str:
    grounds = [event.details["ground"] for event in events if "ground" in event.details]
    return HELP[RefusalGround(grounds[-1])] if grounds else "打 12333 或者 12348 问。"


def _bureau(county_code: str) -> str:
    return f"{full_name(county_code)}劳动保障监察"
