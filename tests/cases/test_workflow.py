"""The transition table, walked from the filing to every end."""

import pytest

from cases import workflow
from cases.errors import ActionNotAllowedError, NoteRequiredError
from cases.timeline import NEXT, STEPS
from core.enums import CaseAction, CaseState, ClockKind, Role
from notifications.templates import TEXTS

ROLES = (Role.INSPECTOR, Role.WORKER)
Path = tuple[tuple[CaseState, CaseAction], ...]


def walk(state: CaseState, done: Path = ()) -> list[Path]:
    """Return every path from a state; each step at most once, so reopening does not loop."""
    steps = [
        (state, action)
        for role in ROLES
        for action in workflow.list_actions(state, role)
        if (state, action) not in done
    ]
    ends = [done] if not steps else []
    return ends + [
        path for step in steps for path in walk(workflow.TRANSITIONS[step].to, (*done, step))
    ]


PATHS = walk(CaseState.RECEIVED)


def test_every_transition_and_state_is_reachable() -> None:
    walked = {step for path in PATHS for step in path}

    assert walked == set(workflow.TRANSITIONS)
    assert {workflow.TRANSITIONS[step].to for step in walked} == set(CaseState) - {
        CaseState.RECEIVED
    }


@pytest.mark.parametrize("path", PATHS, ids=lambda path: "-".join(action for _, action in path))
def test_at_most_one_clock_runs_and_none_after_the_end(path: Path) -> None:
    running: ClockKind | None = workflow.FILING_STARTS
    for step in path:
        transition = workflow.TRANSITIONS[step]
        assert transition.stops in (None, running), step
        running = None if transition.stops else running
        if transition.starts:
            assert running is None, step
            running = transition.starts

    assert running is None


@pytest.mark.parametrize("step", workflow.TRANSITIONS)
def test_every_step_tells_the_worker_by_message_and_on_the_timeline(
    step: tuple[CaseState, CaseAction],
) -> None:
    assert workflow.TRANSITIONS[step].notice in TEXTS
    assert step[1] in STEPS


def test_filing_tells_the_worker_too() -> None:
    assert workflow.FILING_NOTICE in TEXTS


def test_every_state_and_action_has_a_name_and_a_next_step() -> None:
    assert set(workflow.STATE_NAMES) == set(CaseState) == set(NEXT)
    assert set(workflow.ACTION_NAMES) == set(CaseAction)


def test_decisions_against_the_worker_need_a_note() -> None:
    needing = {action for (_, action), step in workflow.TRANSITIONS.items() if step.needs_note}

    assert needing == {CaseAction.REFUSE, CaseAction.CLOSE}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", CaseAction)
@pytest.mark.parametrize("state", CaseState)
def test_action_is_allowed_exactly_when_it_is_listed(
    state: CaseState, action: CaseAction, role: Role
) -> None:
    if action in workflow.list_actions(state, role):
        assert workflow.get_transition(state, action, role).role is role
    else:
        with pytest.raises(ActionNotAllowedError):
            workflow.get_transition(state, action, role)


@pytest.mark.parametrize("state", CaseState)
def test_only_inspectors_and_workers_can_move_a_case(state: CaseState) -> None:
    others = set(Role) - set(ROLES)

    assert not [action for role in others for action in workflow.list_actions(state, role)]


def test_refusal_names_what_is_allowed_instead() -> None:
    with pytest.raises(ActionNotAllowedError) as refusal:
        workflow.get_transition(CaseState.RECEIVED, CaseAction.CLOSE, Role.INSPECTOR)

    assert refusal.value.facts["allowed"] == ["accept", "refuse"]
    assert refusal.value.advice.format_map(refusal.value.facts) == (
        "案件目前等待受理，您现在可以：受理、不予受理。"
    )


def test_refusal_says_so_when_nothing_is_allowed() -> None:
    with pytest.raises(ActionNotAllowedError) as refusal:
        workflow.get_transition(CaseState.ORDERED_TO_PAY, CaseAction.WITHDRAW, Role.WORKER)

    assert refusal.value.facts["allowed_names"] == "等待对方办理"


@pytest.mark.parametrize("note", [None, "", "  \n"])
def test_decision_without_a_reason_is_refused(note: str | None) -> None:
    refuse = workflow.TRANSITIONS[CaseState.RECEIVED, CaseAction.REFUSE]

    with pytest.raises(NoteRequiredError):
        workflow.check_note(refuse, note)


def test_note_may_be_left_out_where_none_is_needed() -> None:
    workflow.check_note(workflow.TRANSITIONS[CaseState.RECEIVED, CaseAction.ACCEPT], None)
