"""What a county promises to do sooner: held to from its day on, and explained by its source."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from cases import clocks, desk, promises
from cases.desk_errors import BureauNotFoundError, PromiseNotFoundError, PromiseNotShorterError
from core.case_enums import CaseAction, ClockKind
from db.models import LocalPromise
from identity.principal import Principal
from tests.cases.desk_work import accept, act, ask, clock, decide
from tests.factories.cases import FILED_AT, make_complaint

TODAY = date(2026, 11, 2)
SOURCE = "西湖区服务承诺（2026）"


def promise(session: Session, **said: Any) -> LocalPromise:
    """Promise to decide within three working days, from the filing's own day on."""
    facts: dict[str, Any] = {
        "code": "330106",
        "kind": ClockKind.ACCEPTANCE,
        "days": 3,
        "source": SOURCE,
        "from_date": TODAY,
        "at": FILED_AT,
    }
    return promises.add_promise(session, **(facts | said))


def test_a_period_that_begins_is_held_to_the_promise_and_names_it(
    session: Session, first: Principal
) -> None:
    promise(session)

    number = make_complaint(session).number

    (reading,) = desk.get_case(session, principal=first, number=number, at=FILED_AT).clocks
    assert reading.clock.promise_source == SOURCE
    assert [day.day for day in reading.counted] == [3, 4, 5]
    assert (reading.clock.due_date.day, reading.lawful_due_date.day) == (5, 9)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ({"code": "330100"}, 5),
        ({"code": "330000"}, 5),
        ({"code": "330105"}, 9),
        ({"code": "330200"}, 9),
        ({"from_date": date(2026, 11, 3)}, 9),
        ({"kind": ClockKind.INVESTIGATION}, 9),
    ],
    ids=["city", "province", "another county", "another city", "later", "another period"],
)
def test_a_promise_holds_below_its_division_from_its_day_on(
    session: Session, said: dict[str, Any], day: int
) -> None:
    promise(session, **said)

    number = make_complaint(session).number

    assert clock(session, number, ClockKind.ACCEPTANCE).due_date.day == day


def test_of_two_promises_the_shorter_one_holds(session: Session) -> None:
    promise(session, code="330000", days=2)
    promise(session)

    number = make_complaint(session).number

    assert clock(session, number, ClockKind.ACCEPTANCE).due_date.day == 4


def test_what_runs_keeps_its_end(session: Session) -> None:
    number = make_complaint(session).number

    promise(session)

    assert clock(session, number, ClockKind.ACCEPTANCE).due_date.day == 9


def test_an_ended_promise_holds_nobody_any_more(session: Session) -> None:
    made = promise(session)
    promises.end_promise(session, code="330106", promise_id=made.id, at=FILED_AT)
    session.flush()

    number = make_complaint(session).number

    assert clock(session, number, ClockKind.ACCEPTANCE).due_date.day == 9
    assert promises.list_promises(session, code="330106", on=TODAY) == []


@pytest.mark.parametrize("kind", ClockKind)
def test_no_promise_is_as_long_as_the_law(session: Session, kind: ClockKind) -> None:
    days = clocks.PERIODS[kind].length if kind in clocks.PERIODS else 1

    with pytest.raises(PromiseNotShorterError):
        promise(session, kind=kind, days=days)


def test_what_is_no_division_promises_nothing(session: Session) -> None:
    with pytest.raises(BureauNotFoundError):
        promise(session, code="310101")


def test_another_divisions_promise_is_not_ended(session: Session) -> None:
    made = promise(session)

    with pytest.raises(PromiseNotFoundError):
        promises.end_promise(session, code="330105", promise_id=made.id, at=FILED_AT)


def test_after_a_broken_promise_the_law_still_allows_an_extension(
    session: Session, number: str, first: Principal, second: Principal, head: Principal
) -> None:
    promise(session, kind=ClockKind.INVESTIGATION, days=10)
    accept(session, number, first, second)
    late = FILED_AT + timedelta(days=30)

    request_id = ask(session, first, number, CaseAction.EXTEND, at=late)
    decide(session, head, number, request_id, at=late)

    running = clock(session, number, ClockKind.INVESTIGATION)
    (reading,) = [
        one
        for one in desk.get_case(session, principal=first, number=number, at=late).clocks
        if one.clock.id == running.id
    ]
    assert (len(reading.counted), running.promised_days) == (40, 10)
    assert reading.lawful_due_date > running.due_date


def test_a_pause_moves_a_promised_end_too(
    session: Session, number: str, first: Principal, second: Principal, head: Principal
) -> None:
    promise(session, kind=ClockKind.INVESTIGATION, days=10)
    accept(session, number, first, second)
    before = clock(session, number, ClockKind.INVESTIGATION).due_date
    decide(session, head, number, ask(session, first, number, CaseAction.SUSPEND))

    act(session, first, number, CaseAction.RESUME, at=FILED_AT + timedelta(days=7))

    assert clock(session, number, ClockKind.INVESTIGATION).due_date > before
