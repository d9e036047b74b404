"""The transition table, walked from the filing through every state a case can be in."""

from collections import deque
from datetime import date

import pytest

from cases import history, workflow
from cases.errors import ActionNotAllowedError, NoteRequiredError, StepIncompleteError
from cases.step import INSPECTOR, NEED_NAMES, WORKER, Form, Guard, Need, check_form
from cases.timeline import HELP, NEXT, STEPS
from cases.words import ACTION_NAMES, STATE_NAMES
from core.case_enums import (
    CaseAction,
    CaseState,
    ClockKind,
    DocumentKind,
    Office,
    RefusalGround,
    Silence,
)
from notifications.templates import TEXTS, Template
from tests.factories.cases import make_form

Key = tuple[CaseState, CaseAction]
Situation = tuple[CaseState, frozenset[ClockKind]]


def turn(situation: Situation, key: Key) -> Situation:
    """Return the state and the running clocks after a step."""
    _, running = situation
    step = workflow.TRANSITIONS[key]
    after = set(running) - {step.clocks.stops}
    return step.to, frozenset(after | ({step.clocks.starts} if step.clocks.starts else set()))


def walk() -> dict[Situation, set[Key]]:
    """Return every reachable situation with the steps that lead on from it."""
    start: Situation = (CaseState.RECEIVED, frozenset({workflow.FILING_STARTS}))
    seen: dict[Situation, set[Key]] = {}
    waiting = deque([start])
    while waiting:
        situation = waiting.popleft()
        if situation in seen:
            continue
        seen[situation] = {key for key in workflow.TRANSITIONS if key[0] is situation[0]}
        waiting.extend(turn(situation, key) for key in seen[situation])
    return seen


SITUATIONS = walk()
KEYS = sorted(workflow.TRANSITIONS)


def name_situation(situation: Situation) -> str:
    state, running = situation
    return f"{state}-{'+'.join(sorted(running))}"


IN_ORDER = sorted(SITUATIONS, key=name_situation)
"""The same in every process: sets have no order of their own."""


def test_every_transition_and_state_is_reachable() -> None:
    assert set().union(*SITUATIONS.values()) == set(workflow.TRANSITIONS)
    assert {state for state, _ in SITUATIONS} == set(CaseState)


@pytest.mark.parametrize("situation", IN_ORDER, ids=name_situation)
def test_one_clock_runs_while_somebody_must_act_and_none_of_ours_after_the_end(
    situation: Situation,
) -> None:
    state, running = situation

    assert len(running) <= 1
    if state in workflow.ENDED:
        assert running <= {ClockKind.FOLLOW_UP}


@pytest.mark.parametrize("situation", IN_ORDER, ids=name_situation)
def test_no_step_touches_a_clock_that_does_not_run(situation: Situation) -> None:
    for key in SITUATIONS[situation]:
        clocks = workflow.TRANSITIONS[key].clocks
        for touched in (clocks.pauses, clocks.resumes, clocks.extends):
            assert touched is None or touched in situation[1], key


@pytest.mark.parametrize("office", Office)
@pytest.mark.parametrize("state", CaseState)
def test_each_office_may_do_exactly_what_is_listed_for_it(state: CaseState, office: Office) -> None:
    held = frozenset({office})
    listed = workflow.list_actions(state, held)
    for action in listed:
        assert office in workflow.get_transition(state, action, held).offices
    for action in set(CaseAction) - set(listed):
        with pytest.raises(ActionNotAllowedError):
            workflow.get_transition(state, action, held)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: f"{key[0]}-{key[1]}")
def test_every_step_tells_the_worker_or_says_why_not(key: Key) -> None:
    tells = workflow.TRANSITIONS[key].tells

    assert tells in TEXTS if isinstance(tells, Template) else tells is Silence.NOTHING_NEW
    assert key[1] in STEPS


@pytest.mark.parametrize("key", KEYS, ids=lambda key: f"{key[0]}-{key[1]}")
def test_a_lawful_form_is_complete(key: Key) -> None:
    check_form(workflow.TRANSITIONS[key], make_form(key[1]))


@pytest.mark.parametrize("key", KEYS, ids=lambda key: f"{key[0]}-{key[1]}")
def test_a_form_survives_waiting_for_the_head(key: Key) -> None:
    form = make_form(key[1])

    assert Form.of_json(form.as_json()) == form


def test_every_case_can_come_to_an_end() -> None:
    ending = set(workflow.ENDED)
    for _ in CaseState:
        ending |= {key[0] for key, step in workflow.TRANSITIONS.items() if step.to in ending}

    assert ending == set(CaseState)


def test_every_state_action_and_ground_has_its_words() -> None:
    assert set(STATE_NAMES) == set(CaseState) == set(NEXT)
    assert set(ACTION_NAMES) == set(CaseAction) == set(STEPS)
    assert set(HELP) == set(RefusalGround)


def test_only_the_worker_agrees_withdraws_and_reopens() -> None:
    own = {
        action
        for (_, action), step in workflow.TRANSITIONS.items()
        if step.offices == WORKER and action not in {CaseAction.SUPPLEMENT, CaseAction.ASK_QUESTION}
    }

    assert own == {
        CaseAction.AGREE,
        CaseAction.DECLINE_AGREEMENT,
        CaseAction.WITHDRAW,
        CaseAction.REOPEN,
        CaseAction.CONFIRM_PAID,
    }


def test_no_withdrawal_after_an_order_to_pay() -> None:
    after = (CaseState.ORDERED_TO_PAY, CaseState.IN_COURT, CaseState.WITH_POLICE)

    assert not [state for state in after if (state, CaseAction.WITHDRAW) in workflow.TRANSITIONS]


def test_the_head_decides_on_what_the_law_leaves_to_the_head() -> None:
    approved = {action for (_, action), step in workflow.TRANSITIONS.items() if step.approval}

    assert approved == {
        CaseAction.EXTEND,
        CaseAction.SUSPEND,
        CaseAction.TRANSFER_TO_POLICE,
        CaseAction.GRANT_ADVANCE,
    }


def test_outcomes_of_an_investigation_take_two_inspectors() -> None:
    guarded = {
        action
        for (_, action), step in workflow.TRANSITIONS.items()
        if Guard.TWO_INSPECTORS in step.guards
    }

    assert guarded == {
        CaseAction.PROPOSE_AGREEMENT,
        CaseAction.ORDER_TO_PAY,
        CaseAction.APPLY_TO_COURT,
        CaseAction.TRANSFER_TO_POLICE,
        CaseAction.HAND_TO_POLICE,
        CaseAction.CLOSE,
    }


def test_every_kind_of_paper_belongs_to_a_step() -> None:
    papers = {step.document for step in workflow.TRANSITIONS.values()}

    assert papers - {None} == set(DocumentKind)


@pytest.mark.parametrize(
    ("action", "done", "becomes"),
    [
        (CaseAction.TRANSFER, [CaseAction.TRANSFER], CaseAction.TRANSFER),
        (CaseAction.TRANSFER, [CaseAction.TRANSFER] * 2, CaseAction.REFER_UP),
        (CaseAction.REFUSE, [CaseAction.TRANSFER] * 2, CaseAction.REFUSE),
        (CaseAction.TRANSFER, [CaseAction.TRANSFER, CaseAction.DESIGNATE], CaseAction.REFER_UP),
        (CaseAction.ACCEPT, [CaseAction.TRANSFER, CaseAction.DESIGNATE], CaseAction.ACCEPT),
    ],
)
def test_a_third_transfer_and_one_after_a_designation_go_to_the_superior(
    action: CaseAction, done: list[CaseAction | None], becomes: CaseAction
) -> None:
    assert history.redirect(action, done) is becomes


def test_refusal_names_what_is_allowed_instead() -> None:
    with pytest.raises(ActionNotAllowedError) as refusal:
        workflow.get_transition(CaseState.WITH_POLICE, CaseAction.CLOSE, INSPECTOR)

    assert refusal.value.facts["allowed"] == ["police_file", "police_decline", "answer_question"]
    assert refusal.value.advice.format_map(refusal.value.facts) == (
        "案件目前已移送公安，您现在可以：公安立案、公安不立案、答复提问。"
    )


def test_refusal_says_so_when_nothing_is_allowed() -> None:
    with pytest.raises(ActionNotAllowedError) as refusal:
        workflow.get_transition(CaseState.WITHDRAWN, CaseAction.WITHDRAW, frozenset({Office.HEAD}))

    assert refusal.value.facts["allowed_names"] == "等待对方办理"


@pytest.mark.parametrize("note", [None, "", "  \n"])
def test_decision_without_a_reason_is_refused(note: str | None) -> None:
    refuse = workflow.TRANSITIONS[CaseState.RECEIVED, CaseAction.REFUSE]

    with pytest.raises(NoteRequiredError):
        check_form(refuse, Form(note=note, ground=RefusalGround.OUT_OF_SCOPE))


def test_refusing_without_a_legal_ground_is_refused() -> None:
    refuse = workflow.TRANSITIONS[CaseState.RECEIVED, CaseAction.REFUSE]

    with pytest.raises(StepIncompleteError) as refusal:
        check_form(refuse, Form(note="不归我们管"))

    assert refusal.value.facts == {"fields": ["ground"], "missing": "不受理的理由"}


def test_an_order_of_no_money_is_none() -> None:
    order = workflow.TRANSITIONS[CaseState.ACCEPTED, CaseAction.ORDER_TO_PAY]

    with pytest.raises(StepIncompleteError) as refusal:
        check_form(order, Form(note="责令支付", amount_fen=0, due_date=date(2026, 12, 31)))

    assert refusal.value.facts["fields"] == ["amount"]


@pytest.mark.parametrize("need", Need)
def test_whatever_a_step_needs_has_a_name_for_people(need: Need) -> None:
    assert NEED_NAMES[need]
