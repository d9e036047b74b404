"""What may happen to a case: one table of state × action, with offices, clocks and notices."""

from cases.errors import ActionNotAllowedError
from cases.step import INSPECTOR, WORKER, Approval, Clocks, Guard, Need, Transition
from cases.words import ACTION_NAMES, STATE_NAMES
from core.case_enums import (
    CaseAction,
    CaseState,
    ClockKind,
    DocumentKind,
    Office,
    Silence,
)
from notifications.templates import Template

FILING_NOTICE = Template.COMPLAINT_FILED
FILING_STARTS = ClockKind.ACCEPTANCE

S, A, C, D = CaseState, CaseAction, ClockKind, DocumentKind
SUPERIOR = frozenset({Office.SUPERIOR})
EITHER = WORKER | INSPECTOR

INVESTIGATED = (Guard.TWO_INSPECTORS,)
Table = dict[tuple[CaseState, CaseAction], Transition]

_ACCEPTANCE: Table = {
    # Accepting is filing the case, the same day (浙江省劳动保障监察条例 §23).
    (S.RECEIVED, A.ACCEPT): Transition(
        S.ACCEPTED,
        INSPECTOR,
        Template.CASE_ACCEPTED,
        clocks=Clocks(stops=C.ACCEPTANCE, starts=C.INVESTIGATION),
        document=D.ACCEPTANCE,
    ),
    (S.RECEIVED, A.ASK_DETAILS): Transition(
        S.AWAITING_DETAILS,
        INSPECTOR,
        Template.CASE_DETAILS_ASKED,
        clocks=Clocks(stops=C.ACCEPTANCE),
        needs=frozenset({Need.NOTE}),
    ),
    # The five days run from a complaint that says enough, so they start again.
    (S.AWAITING_DETAILS, A.ADD_DETAILS): Transition(
        S.RECEIVED,
        EITHER,
        Template.CASE_DETAILS_ADDED,
        clocks=Clocks(starts=C.ACCEPTANCE),
        needs=frozenset({Need.NOTE}),
    ),
    **{
        (state, A.REFUSE): Transition(
            S.REFUSED,
            INSPECTOR,
            Template.CASE_REFUSED,
            clocks=Clocks(stops=C.ACCEPTANCE),
            needs=frozenset({Need.NOTE, Need.GROUND}),
            guards=(Guard.GROUND_HOLDS,),
            document=D.REFUSAL,
        )
        for state in (S.RECEIVED, S.AWAITING_DETAILS)
    },
    # A wrong desk passes on and never refuses (条例 §10); the new one has its own five days.
    (S.RECEIVED, A.TRANSFER): Transition(
        S.RECEIVED,
        INSPECTOR,
        Template.CASE_TRANSFERRED,
        clocks=Clocks(stops=C.ACCEPTANCE, starts=C.ACCEPTANCE),
        needs=frozenset({Need.NOTE, Need.COUNTY}),
        guards=(Guard.OTHER_COUNTY,),
        document=D.TRANSFER,
    ),
    (S.RECEIVED, A.REFER_UP): Transition(
        S.AWAITING_DESIGNATION,
        INSPECTOR,
        Template.CASE_REFERRED,
        clocks=Clocks(stops=C.ACCEPTANCE, starts=C.DESIGNATION),
        needs=frozenset({Need.NOTE}),
        guards=(Guard.TRANSFERRED_BEFORE,),
    ),
    (S.AWAITING_DESIGNATION, A.DESIGNATE): Transition(
        S.RECEIVED,
        SUPERIOR,
        Template.CASE_TRANSFERRED,
        clocks=Clocks(stops=C.DESIGNATION, starts=C.ACCEPTANCE),
        needs=frozenset({Need.NOTE, Need.COUNTY}),
        guards=(Guard.COUNTY_BELOW,),
        document=D.TRANSFER,
    ),
}

_INVESTIGATION: Table = {
    (S.ACCEPTED, A.EXTEND): Transition(
        S.ACCEPTED,
        INSPECTOR,
        Template.CASE_EXTENDED,
        clocks=Clocks(extends=C.INVESTIGATION),
        needs=frozenset({Need.NOTE}),
        guards=(Guard.BEFORE_THE_END,),
        approval=Approval(),
        is_once=True,
        document=D.EXTENSION,
    ),
    (S.ACCEPTED, A.SUSPEND): Transition(
        S.SUSPENDED,
        INSPECTOR,
        Template.CASE_SUSPENDED,
        clocks=Clocks(pauses=C.INVESTIGATION),
        needs=frozenset({Need.NOTE}),
        approval=Approval(),
        document=D.SUSPENSION,
    ),
    # The count goes on where it stood (浙江省劳动保障监察条例 §30).
    (S.SUSPENDED, A.RESUME): Transition(
        S.ACCEPTED, INSPECTOR, Template.CASE_RESUMED, clocks=Clocks(resumes=C.INVESTIGATION)
    ),
    (S.ACCEPTED, A.PROPOSE_AGREEMENT): Transition(
        S.MEDIATING,
        INSPECTOR,
        Template.CASE_AGREEMENT_PROPOSED,
        needs=frozenset({Need.NOTE, Need.AMOUNT, Need.DUE_DATE}),
        guards=(*INVESTIGATED, Guard.EMPLOYER_KNOWN, Guard.DATE_AHEAD, Guard.CLAIM_EXPLAINED),
        document=D.AGREEMENT,
    ),
    # Only the worker's own word makes an agreement; the period of the law goes on meanwhile.
    (S.MEDIATING, A.AGREE): Transition(
        S.AGREED, WORKER, Template.CASE_AGREED, guards=(Guard.AGREEMENT_SIGNED,)
    ),
    (S.MEDIATING, A.DECLINE_AGREEMENT): Transition(
        S.ACCEPTED, WORKER, Template.CASE_AGREEMENT_ENDED
    ),
    **{
        (state, A.BREAK_OFF): Transition(
            S.ACCEPTED, INSPECTOR, Template.CASE_AGREEMENT_ENDED, needs=frozenset({Need.NOTE})
        )
        for state in (S.MEDIATING, S.AGREED)
    },
    # The order is an outcome of the investigation (劳动保障监察条例 §18), so its clock stops.
    (S.ACCEPTED, A.ORDER_TO_PAY): Transition(
        S.ORDERED_TO_PAY,
        INSPECTOR,
        Template.CASE_ORDERED_TO_PAY,
        clocks=Clocks(stops=C.INVESTIGATION, starts=C.PAYMENT),
        needs=frozenset({Need.DUE_DATE, Need.AMOUNT}),
        guards=(*INVESTIGATED, Guard.DATE_AHEAD, Guard.CLAIM_EXPLAINED),
        document=D.ORDER,
    ),
}

_ENFORCEMENT: Table = {
    # 条例 §42.
    (S.ORDERED_TO_PAY, A.APPLY_TO_COURT): Transition(
        S.IN_COURT,
        INSPECTOR,
        Template.CASE_IN_COURT,
        clocks=Clocks(stops=C.PAYMENT),
        guards=(*INVESTIGATED, Guard.ORDER_UNPAID),
        document=D.COURT_APPLICATION,
    ),
    **{
        (state, A.TRANSFER_TO_POLICE): Transition(
            S.POLICE_APPROVED,
            INSPECTOR,
            Template.CASE_TO_POLICE,
            clocks=Clocks(stops=C.PAYMENT, starts=C.POLICE_HANDOVER),
            needs=frozenset({Need.NOTE}),
            guards=(*INVESTIGATED, Guard.ORDER_UNPAID, Guard.CRIME_NOT_RULED_OUT),
            approval=Approval(C.POLICE_DECISION),
            document=D.POLICE_TRANSFER,
        )
        for state in (S.ORDERED_TO_PAY, S.IN_COURT)
    },
    (S.POLICE_APPROVED, A.HAND_TO_POLICE): Transition(
        S.WITH_POLICE,
        INSPECTOR,
        Template.CASE_WITH_POLICE,
        clocks=Clocks(stops=C.POLICE_HANDOVER, starts=C.POLICE_REPLY),
        needs=frozenset({Need.ATTACHMENTS}),
        guards=(*INVESTIGATED, Guard.FIVE_ATTACHMENTS),
    ),
    (S.WITH_POLICE, A.POLICE_FILE): Transition(
        S.POLICE_FILED,
        INSPECTOR,
        Template.CASE_POLICE_FILED,
        clocks=Clocks(stops=C.POLICE_REPLY, starts=C.EVIDENCE_HANDOVER),
    ),
    (S.WITH_POLICE, A.POLICE_DECLINE): Transition(
        S.POLICE_DECLINED,
        INSPECTOR,
        Template.CASE_POLICE_DECLINED,
        clocks=Clocks(stops=C.POLICE_REPLY, starts=C.POLICE_REVIEW),
        needs=frozenset({Need.NOTE}),
    ),
    (S.POLICE_DECLINED, A.ASK_REVIEW): Transition(
        S.WITH_POLICE,
        INSPECTOR,
        Template.CASE_WITH_POLICE,
        clocks=Clocks(stops=C.POLICE_REVIEW, starts=C.POLICE_REPLY),
        is_once=True,
    ),
    (S.POLICE_DECLINED, A.KEEP_ORDER): Transition(
        S.ORDERED_TO_PAY,
        INSPECTOR,
        Template.CASE_ORDERED_TO_PAY,
        clocks=Clocks(stops=C.POLICE_REVIEW, starts=C.PAYMENT),
        needs=frozenset({Need.DUE_DATE, Need.AMOUNT}),
        guards=(Guard.DATE_AHEAD, Guard.CLAIM_EXPLAINED),
        document=D.ORDER,
    ),
    (S.POLICE_FILED, A.HAND_OVER_EVIDENCE): Transition(
        S.POLICE_FILED,
        INSPECTOR,
        Silence.NOTHING_NEW,
        clocks=Clocks(stops=C.EVIDENCE_HANDOVER),
        is_once=True,
    ),
}

CLOSING_STOPS: dict[CaseState, ClockKind | None] = {
    S.ACCEPTED: C.INVESTIGATION,
    S.AGREED: C.INVESTIGATION,
    S.ORDERED_TO_PAY: C.PAYMENT,
    S.IN_COURT: None,
    S.POLICE_FILED: C.EVIDENCE_HANDOVER,
}
WITHDRAWAL_STOPS: dict[CaseState, ClockKind | None] = {
    S.RECEIVED: C.ACCEPTANCE,
    S.AWAITING_DETAILS: None,
    S.AWAITING_DESIGNATION: C.DESIGNATION,
    S.ACCEPTED: C.INVESTIGATION,
    S.SUSPENDED: C.INVESTIGATION,
    S.MEDIATING: C.INVESTIGATION,
}
"""No withdrawal after an order: leaning on the worker must not make an order go away.

After reopening the guard says so.
"""
ORDERS = frozenset({A.ORDER_TO_PAY, A.KEEP_ORDER})
OWING = (S.ACCEPTED, S.SUSPENDED, S.ORDERED_TO_PAY, S.IN_COURT, S.POLICE_FILED)
ENDED = frozenset({S.REFUSED, S.CLOSED, S.WITHDRAWN})
OPEN = tuple(state for state in CaseState if state not in ENDED)

_ENDS: Table = {
    **{
        (state, A.CLOSE): Transition(
            S.CLOSED,
            INSPECTOR,
            Template.CASE_CLOSED,
            clocks=Clocks(stops=stops, starts=C.FOLLOW_UP),
            needs=frozenset({Need.NOTE, Need.CONCLUSION}),
            guards=(*INVESTIGATED, Guard.RECOVERY_EXPLAINED),
            document=D.CLOSING,
        )
        for state, stops in CLOSING_STOPS.items()
    },
    **{
        (state, A.WITHDRAW): Transition(
            S.WITHDRAWN,
            WORKER,
            Template.CASE_WITHDRAWN,
            clocks=Clocks(stops=stops),
            guards=(Guard.NO_ORDER,),
        )
        for state, stops in WITHDRAWAL_STOPS.items()
    },
    # Closing asks 收到钱了吗; "no" opens the case again, once.
    (S.CLOSED, A.REOPEN): Transition(
        S.ACCEPTED,
        WORKER,
        Template.CASE_REOPENED,
        clocks=Clocks(stops=C.FOLLOW_UP, starts=C.INVESTIGATION),
        guards=(Guard.MONEY_MISSING,),
        is_once=True,
    ),
    # An agreement that was not kept leads back by itself, and uses up no reopening.
    (S.AGREED, A.REOPEN): Transition(
        S.ACCEPTED,
        WORKER,
        Template.CASE_REOPENED,
        guards=(Guard.MONEY_MISSING, Guard.PROMISE_OVER),
    ),
    **{
        (state, A.CONFIRM_PAID): Transition(
            state,
            WORKER,
            Silence.NOTHING_NEW,
            clocks=Clocks(stops=stops),
            guards=(Guard.MONEY_CAME,),
            is_once=True,
        )
        for state, stops in ((S.AGREED, None), (S.CLOSED, C.FOLLOW_UP))
    },
    (S.CLOSED, A.RECOVER_ADVANCE): Transition(
        S.CLOSED,
        INSPECTOR,
        Silence.NOTHING_NEW,
        needs=frozenset({Need.AMOUNT}),
        guards=(Guard.WITHIN_ADVANCE,),
    ),
}

_ALONGSIDE: Table = {
    # 条例 §63: when the employer cannot pay or has absconded; it is asked back later.
    **{
        (state, A.GRANT_ADVANCE): Transition(
            state,
            INSPECTOR,
            Template.CASE_ADVANCED,
            needs=frozenset({Need.NOTE, Need.AMOUNT}),
            guards=(Guard.WITHIN_ARREARS,),
            approval=Approval(),
        )
        for state in OWING
    },
    **{
        (state, A.RECOVER_ADVANCE): Transition(
            state,
            INSPECTOR,
            Silence.NOTHING_NEW,
            needs=frozenset({Need.AMOUNT}),
            guards=(Guard.WITHIN_ADVANCE,),
        )
        for state in OWING
    },
    **{
        (state, A.SUPPLEMENT): Transition(
            state, WORKER, Silence.NOTHING_NEW, needs=frozenset({Need.NOTE})
        )
        for state in OPEN
        if state is not S.AWAITING_DETAILS
    },
    # A question may come at any time, also after the end, and is answered in writing.
    **{
        (state, A.ASK_QUESTION): Transition(
            state, WORKER, Silence.NOTHING_NEW, needs=frozenset({Need.NOTE})
        )
        for state in CaseState
    },
    **{
        (state, A.ANSWER_QUESTION): Transition(
            state,
            INSPECTOR,
            Template.CASE_QUESTION_ANSWERED,
            needs=frozenset({Need.NOTE}),
            guards=(Guard.QUESTION_OPEN,),
        )
        for state in CaseState
    },
}

TRANSITIONS: Table = _ACCEPTANCE | _INVESTIGATION | _ENFORCEMENT | _ENDS | _ALONGSIDE

WORDY = frozenset(
    action
    for (_, action), transition in TRANSITIONS.items()
    if transition.offices & WORKER and Need.NOTE in transition.needs
)
"""What complainants say in words, or in files: without any there is nothing to keep."""


def get_transition(state: CaseState, action: CaseAction, offices: frozenset[Office]) -> Transition:
    """Return where the action leads, or refuse it naming what these offices may do instead."""
    transition = TRANSITIONS.get((state, action))
    if transition is None or not transition.offices & offices:
        allowed = list_actions(state, offices)
        raise ActionNotAllowedError(
            state=state.value,
            state_name=STATE_NAMES[state],
            action=action.value,
            allowed=[other.value for other in allowed],
            allowed_names="、".join(ACTION_NAMES[other] for other in allowed) or "等待对方办理",
        )
    return transition


def list_actions(state: CaseState, offices: frozenset[Office]) -> list[CaseAction]:
    """Return what these offices may do to a case in this state."""
    return [
        action
        for (from_state, action), transition in TRANSITIONS.items()
        if from_state is state and transition.offices & offices
    ]
