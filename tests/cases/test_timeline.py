"""What the complainant reads, without a database."""

from datetime import date

import pytest

from cases import timeline
from core.case_enums import CaseAction, CaseState, ClockKind, ComplaintKind, Disclosure
from db.base import new_id
from db.models import Case, CaseClock, CaseEvent, Complaint

TODAY = date(2026, 11, 23)


def make_story(state: CaseState, county_code: str = "330106") -> tuple[Complaint, Case]:
    complaint = Complaint(
        number="AX26112304271919",
        kind=ComplaintKind.COMPLAINT,
        disclosure=Disclosure.NAMED,
        county_code="330106",
        statement="",
    )
    case = Case(
        number=complaint.number,
        pin_hash="",
        complaint_id=complaint.id,
        county_code=county_code,
        state=state,
    )
    return complaint, case


def told(state: CaseState, *actions: CaseAction, due: date | None = None) -> timeline.Timeline:
    complaint, case = make_story(state)
    events = [
        CaseEvent(case_id=case.id, county_code="330106", action=action, to_state=state)
        for action in actions
    ]
    clock = due and CaseClock(
        case_id=new_id(),
        county_code="330106",
        kind=ClockKind.ACCEPTANCE,
        started_date=due,
        due_date=due,
        is_provisional=True,
    )
    return timeline.tell(complaint, case, events, clock or None, today=TODAY)


def test_waiting_worker_reads_who_answers_by_when() -> None:
    story = told(CaseState.RECEIVED, due=date(2026, 11, 30))

    assert story.next_step == "杭州市西湖区劳动保障监察最迟 2026年11月30日答复你是否受理。"
    assert (story.due_date, story.is_provisional) == (date(2026, 11, 30), True)


@pytest.mark.parametrize("state", CaseState)
def test_every_state_says_what_comes_next(state: CaseState) -> None:
    next_step = told(state, due=date(2026, 11, 30)).next_step

    assert next_step
    assert "{" not in next_step


def test_closing_asks_whether_the_money_came_and_offers_to_reopen() -> None:
    story = told(CaseState.CLOSED, CaseAction.ACCEPT, CaseAction.CLOSE)

    assert story.actions == [CaseAction.REOPEN, CaseAction.CONFIRM_PAID, CaseAction.ASK_QUESTION]
    assert story.next_step == timeline.REOPENABLE


def test_case_reopened_before_offers_other_help() -> None:
    story = told(CaseState.CLOSED, CaseAction.CLOSE, CaseAction.REOPEN, CaseAction.CLOSE)

    assert story.actions == [CaseAction.CONFIRM_PAID, CaseAction.ASK_QUESTION]
    assert "12333" in story.next_step


def test_who_said_that_the_money_came_is_not_asked_again() -> None:
    story = told(CaseState.CLOSED, CaseAction.CLOSE, CaseAction.CONFIRM_PAID)

    assert story.next_step == timeline.ANSWERED
    assert CaseAction.CONFIRM_PAID not in story.actions


def test_a_second_closing_asks_anew() -> None:
    story = told(
        CaseState.CLOSED,
        CaseAction.CLOSE,
        CaseAction.CONFIRM_PAID,
        CaseAction.REOPEN,
        CaseAction.CLOSE,
    )

    assert CaseAction.CONFIRM_PAID in story.actions
    assert story.next_step != timeline.ANSWERED


def test_case_without_a_running_clock_has_no_due_date() -> None:
    assert told(CaseState.WITHDRAWN).due_date is None


def test_a_transfer_does_not_rewrite_who_did_what_before() -> None:
    complaint, case = make_story(CaseState.RECEIVED, county_code="330105")
    filed = CaseEvent(case_id=case.id, county_code="330106", to_state=CaseState.RECEIVED)
    moved = CaseEvent(
        case_id=case.id,
        county_code="330106",
        action=CaseAction.TRANSFER,
        to_state=CaseState.RECEIVED,
        details={"county_code": "330105"},
    )

    first, second = timeline.tell(complaint, case, [filed, moved], None, today=TODAY).steps

    assert first.say == "收到你的投诉，转给杭州市西湖区劳动保障监察"
    assert second.say == "转给杭州市拱墅区劳动保障监察办理，编号不变"
