"""A division's numbers."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session

from cases import statistics
from cases.desk_errors import PeriodReversedError
from core.case_enums import CaseAction, ClockKind
from db.models import Person
from identity.principal import Principal
from tests.cases.desk_work import accept, act
from tests.factories.cases import FILED_AT, make_complaint, make_inspector
from tests.factories.identity import make_principal

NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))


def read(session: Session, principal: Principal, day: int = 20) -> statistics.Statistics:
    session.flush()
    return statistics.get_statistics(
        session,
        principal=principal,
        since=NOVEMBER[0],
        until=NOVEMBER[1],
        at=FILED_AT.replace(day=day),
    )


def test_numbers_of_a_month(
    session: Session, worker: Person, number: str, first: Principal, second: Principal
) -> None:
    make_complaint(session)
    make_complaint(session, county_code="330203")
    accept(session, number, first, second)
    act(session, first, number, CaseAction.CLOSE)
    act(session, make_principal(worker.id), number, CaseAction.CONFIRM_PAID)

    numbers = read(session, first)

    assert numbers.received == 2
    assert (numbers.steps[CaseAction.ACCEPT], numbers.steps[CaseAction.CLOSE]) == (1, 1)
    assert numbers.overdue_now == 1
    assert (numbers.money.recovered_fen, numbers.money.rated) == (528_000, 1)
    assert numbers.money.satisfaction_sum == 5


def test_a_period_that_ends_before_it_begins_is_refused(session: Session, first: Principal) -> None:
    with pytest.raises(PeriodReversedError):
        statistics.get_statistics(
            session, principal=first, since=NOVEMBER[1], until=NOVEMBER[0], at=FILED_AT
        )


def test_a_late_acceptance_is_not_in_time(session: Session, number: str, first: Principal) -> None:
    late = make_complaint(session).number
    act(session, first, number, CaseAction.ACCEPT)
    act(session, first, late, CaseAction.ACCEPT, at=FILED_AT + timedelta(days=8))

    (row,) = read(session, first).punctuality

    assert (row.kind, row.ended, row.in_time) == (ClockKind.ACCEPTANCE, 2, 1)


def test_who_was_late_stays_late_after_a_transfer(
    session: Session, number: str, first: Principal
) -> None:
    act(session, first, number, CaseAction.TRANSFER, at=FILED_AT + timedelta(days=8))
    there = make_inspector(session, county_code="330105")
    act(session, there, number, CaseAction.ACCEPT, at=FILED_AT + timedelta(days=9))

    here, passed_on = read(session, first), read(session, there)

    rows = [numbers.punctuality[0] for numbers in (here, passed_on)]
    assert [(row.ended, row.in_time) for row in rows] == [(1, 0), (1, 1)]
    assert (here.received, here.steps) == (1, {CaseAction.TRANSFER: 1})
    assert (passed_on.received, passed_on.steps) == (0, {CaseAction.ACCEPT: 1})


def test_money_counts_when_the_case_is_closed(
    session: Session, number: str, first: Principal, second: Principal
) -> None:
    accept(session, number, first, second)
    act(session, first, number, CaseAction.CLOSE, at=FILED_AT + timedelta(days=30))

    assert read(session, first).money.recovered_fen == 0
    december = statistics.get_statistics(
        session,
        principal=first,
        since=date(2026, 12, 1),
        until=date(2026, 12, 31),
        at=FILED_AT + timedelta(days=40),
    )
    assert (december.received, december.money.recovered_fen) == (0, 528_000)


def test_numbers_take_three_statements(session: Session, number: str, first: Principal) -> None:
    session.flush()
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    engine = session.get_bind().engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        read(session, first)
    finally:
        event.remove(engine, "before_cursor_execute", count)

    assert len(statements) == 3
