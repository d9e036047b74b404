"""The chain: who may take which step, in which order, and which approvals stand."""

from uuid import UUID, uuid4

import pytest

from attendance.sheet_chain import (
    Chain,
    DoneAct,
    TeamFacts,
    check_turn,
    find_step,
    find_turn,
    hash_lines,
    judge_chain,
)
from attendance.sheet_errors import SheetStepOutOfTurnError
from core.enums import Role
from core.sheet_enums import SheetAct, SheetStep
from tests.factories.identity import make_principal

LEADER, SUBCONTRACTOR, CONTRACTOR, PROJECT, ADMIN = (UUID(int=number) for number in range(1, 6))
LEADERS, CONTRACTORS, ADMINS = frozenset({LEADER}), frozenset({CONTRACTOR}), frozenset({ADMIN})
NOBODY: frozenset[UUID] = frozenset()
FACTS = TeamFacts(LEADERS, SUBCONTRACTOR, CONTRACTORS, ADMINS)
OWN_TEAM = TeamFacts(LEADERS, CONTRACTOR, CONTRACTORS, ADMINS)
UNSTAFFED = TeamFacts(NOBODY, SUBCONTRACTOR, CONTRACTORS, NOBODY)


def act(step: SheetStep, done: SheetAct = SheetAct.APPROVED, of: str = "now") -> DoneAct:
    return DoneAct(step, done, of)


@pytest.mark.parametrize(
    ("role", "scope", "step"),
    [
        (Role.WORKER, {}, SheetStep.TEAM_LEADER),
        (Role.EMPLOYER_ADMIN, {"employer_id": SUBCONTRACTOR}, SheetStep.SUBCONTRACTOR),
        (Role.EMPLOYER_ADMIN, {"employer_id": CONTRACTOR}, SheetStep.GENERAL_CONTRACTOR),
        (Role.EMPLOYER_ADMIN, {"employer_id": UUID(int=9)}, None),
        (Role.LABOUR_MANAGER, {"project_id": PROJECT}, SheetStep.GENERAL_CONTRACTOR),
        (Role.LABOUR_MANAGER, {"project_id": UUID(int=9)}, None),
        (Role.INSPECTOR, {"county_code": "330106"}, None),
    ],
)
def test_the_role_somebody_acts_in_decides_the_step(
    role: Role, scope: dict[str, UUID], step: SheetStep | None
) -> None:
    principal = make_principal(LEADER, role, **scope)  # type: ignore[arg-type]
    assert find_step(principal, project_id=PROJECT, facts=FACTS) is step


def test_a_worker_who_leads_no_team_has_no_step() -> None:
    assert find_step(make_principal(uuid4()), project_id=PROJECT, facts=FACTS) is None


def test_the_general_contractors_own_team_has_no_subcontractor() -> None:
    admin = make_principal(uuid4(), Role.EMPLOYER_ADMIN, employer_id=CONTRACTOR)
    assert OWN_TEAM.needed == (SheetStep.TEAM_LEADER,)
    step = find_step(admin, project_id=PROJECT, facts=OWN_TEAM)
    assert step is SheetStep.GENERAL_CONTRACTOR


def test_approvals_stand_in_the_order_of_the_steps() -> None:
    chain = judge_chain([act(SheetStep.TEAM_LEADER)], facts=FACTS, current="now")
    assert chain == Chain((SheetStep.TEAM_LEADER,), (SheetStep.SUBCONTRACTOR,))


@pytest.mark.parametrize("end", [SheetAct.SENT_BACK, SheetAct.REOPENED])
def test_sending_back_and_reopening_end_what_was_approved(end: SheetAct) -> None:
    acts = [act(SheetStep.TEAM_LEADER), act(SheetStep.SUBCONTRACTOR, end)]
    assert judge_chain(acts, facts=FACTS, current="now").approved == ()


def test_an_approval_of_other_lines_does_not_stand() -> None:
    acts = [act(SheetStep.TEAM_LEADER, of="before")]
    assert judge_chain(acts, facts=FACTS, current="now").missing == FACTS.needed


def test_a_step_waits_for_the_one_before_it() -> None:
    with pytest.raises(SheetStepOutOfTurnError) as refused:
        check_turn(SheetStep.SUBCONTRACTOR, facts=FACTS, approved=[])
    assert refused.value.facts == {"step": "team_leader", "who": "班组长"}
    check_turn(SheetStep.SUBCONTRACTOR, facts=FACTS, approved=[SheetStep.TEAM_LEADER])


def test_a_step_nobody_can_take_is_not_waited_for() -> None:
    check_turn(SheetStep.GENERAL_CONTRACTOR, facts=UNSTAFFED, approved=[])
    with pytest.raises(SheetStepOutOfTurnError):
        check_turn(SheetStep.GENERAL_CONTRACTOR, facts=FACTS, approved=[SheetStep.TEAM_LEADER])


def test_the_hash_is_of_the_sums_and_of_nothing_else() -> None:
    line = {
        "project_worker_id": "1",
        "units": 100,
        "minutes": 480,
        "days": 1,
        "needs_confirmation": 0,
        "grades": {"B": 2},
    }
    assert hash_lines([line]) == hash_lines([line | {"cells": [[1, 100, ""]]}])
    assert hash_lines([line]) != hash_lines([line | {"units": 99}])


@pytest.mark.parametrize(
    ("facts", "approved", "turn"),
    [
        (FACTS, (), SheetStep.TEAM_LEADER),
        (FACTS, (SheetStep.TEAM_LEADER,), SheetStep.SUBCONTRACTOR),
        (FACTS, (SheetStep.TEAM_LEADER, SheetStep.SUBCONTRACTOR), SheetStep.GENERAL_CONTRACTOR),
        (OWN_TEAM, (SheetStep.TEAM_LEADER,), SheetStep.GENERAL_CONTRACTOR),
        (UNSTAFFED, (), SheetStep.GENERAL_CONTRACTOR),
        (TeamFacts(NOBODY, SUBCONTRACTOR, CONTRACTORS, ADMINS), (), SheetStep.SUBCONTRACTOR),
    ],
)
def test_it_is_the_turn_of_the_first_who_is_there_and_has_not_approved(
    facts: TeamFacts, approved: tuple[SheetStep, ...], turn: SheetStep
) -> None:
    chain = judge_chain([act(step) for step in approved], facts=facts, current="now")
    assert find_turn(chain, facts=facts) is turn
