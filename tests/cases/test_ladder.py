"""Who is told as a period nears, reaches and passes its end."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session, col, select

from cases import ladder
from core.case_enums import CaseAction, ClockKind, Rung
from db.models import CaseClock, CaseClockRung, Notification, Person
from identity.principal import Principal
from notifications.templates import Template
from tests.cases.desk_work import accept, act, clock, decide
from tests.cases.desk_work import ask as ask_head
from tests.factories.cases import make_complaint, make_inspector

LADDER = (Template.CASES_DUE, Template.CASES_OVERDUE, Template.CASES_SUPERVISED)


def morning(day: int) -> datetime:
    return datetime(2026, 11, day, 0, 10, tzinfo=UTC)


def climb(session: Session, day: int) -> None:
    session.flush()
    ladder.climb_city(session, city_code="330100", at=morning(day))
    session.flush()


def heard(session: Session) -> list[tuple[str, str]]:
    """Return what officials were told: template and receiver's name, oldest first."""
    rows = session.exec(
        select(Notification, Person)
        .join(Person, col(Person.id) == Notification.person_id)
        .where(col(Notification.template).in_(LADDER))
        .order_by(col(Notification.id))
    )
    return [(message.template, person.name) for message, person in rows]


def rungs(session: Session) -> list[Rung]:
    rows = session.exec(select(CaseClockRung).order_by(col(CaseClockRung.id)))
    return [row.rung for row in rows]


def test_unaccepted_complaint_climbs_from_the_desk_to_the_city(
    session: Session, number: str, first: Principal, head: Principal, city: Principal
) -> None:
    for day in range(3, 14):
        climb(session, day)

    assert rungs(session) == [Rung.SOON, Rung.DUE, Rung.OVERDUE, Rung.SUPERVISED]
    assert [name for template, name in heard(session) if template == Template.CASES_DUE] == [
        "李监察",
        "陈局长",
        "李监察",
        "陈局长",
    ]
    assert (Template.CASES_OVERDUE, "陈局长") in heard(session)
    assert (Template.CASES_SUPERVISED, "市局") in heard(session)


def test_running_twice_tells_nobody_twice(session: Session, number: str, first: Principal) -> None:
    climb(session, 9)
    once = heard(session)

    climb(session, 9)

    assert heard(session) == once != []


def test_only_those_who_handle_a_case_are_reminded_of_it(
    session: Session, number: str, first: Principal, second: Principal
) -> None:
    accept(session, number, first, second)
    make_inspector(session, name="旁人")
    due = clock(session, number, ClockKind.INVESTIGATION).due_date
    session.flush()

    ladder.climb_city(
        session, city_code="330100", at=datetime(due.year, due.month, due.day, tzinfo=UTC)
    )
    session.flush()

    assert {name for _, name in heard(session)} == {"李监察", "周监察"}


def test_one_message_a_day_says_how_many(session: Session, first: Principal) -> None:
    for _ in range(3):
        make_complaint(session)

    climb(session, 9)

    message = session.exec(
        select(Notification).where(Notification.template == Template.CASES_DUE)
    ).one()
    assert "3件" in message.body


def test_a_paused_clock_does_not_climb(
    session: Session, number: str, first: Principal, second: Principal, head: Principal
) -> None:
    accept(session, number, first, second)
    decide(session, head, number, ask_head(session, first, number, CaseAction.SUSPEND))
    session.flush()

    ladder.climb_city(session, city_code="330100", at=datetime(2027, 6, 1, tzinfo=UTC))

    assert rungs(session) == []


def test_a_clock_that_was_met_does_not_climb(
    session: Session, number: str, first: Principal
) -> None:
    act(session, first, number, CaseAction.ACCEPT)

    climb(session, 13)

    assert rungs(session) == []


def test_a_killed_run_leaves_nothing_half_told(
    session: Session, number: str, first: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    def climb_in_one_transaction() -> None:
        with session.begin_nested():
            climb(session, 9)

    with monkeypatch.context() as broken:
        broken.setattr(ladder, "notify_many", die)
        with pytest.raises(KeyboardInterrupt):
            climb_in_one_transaction()

    climb(session, 9)

    assert rungs(session) == [Rung.DUE]
    assert heard(session) == [(Template.CASES_DUE, "李监察")]


def test_a_run_killed_between_two_cities_goes_on_where_it_stood(
    session: Session, number: str, first: Principal
) -> None:
    make_inspector(session, name="宁波监察", county_code="330203")
    make_complaint(session, county_code="330203")
    climb(session, 9)  # and here the process died

    for city_code in ladder.list_cities(session):
        ladder.climb_city(session, city_code=city_code, at=morning(9))
    session.flush()

    assert heard(session) == [(Template.CASES_DUE, "李监察"), (Template.CASES_DUE, "宁波监察")]


def test_complainant_is_asked_again_after_four_weeks_once(
    session: Session, number: str, first: Principal, second: Principal
) -> None:
    accept(session, number, first, second)
    act(session, first, number, CaseAction.CLOSE)
    session.flush()

    asked = []
    for day in (29, 30, 30):
        ladder.follow_up_chunk(session, at=morning(day))
        session.flush()
        asked.append(
            len(
                session.exec(
                    select(Notification).where(Notification.template == Template.CASE_FOLLOW_UP)
                ).all()
            )
        )

    assert asked == [0, 1, 1]


def test_published_holidays_move_a_provisional_end(session: Session, number: str) -> None:
    running = session.exec(select(CaseClock)).one()
    running.is_provisional, running.due_date = True, date(2026, 11, 20)
    session.flush()

    ladder.recount_chunk(session, after=None)

    assert (running.is_provisional, running.due_date) == (False, date(2026, 11, 9))


def test_cities_with_running_clocks_are_visited(session: Session, number: str) -> None:
    make_complaint(session, county_code="330203")
    session.flush()

    assert ladder.list_cities(session) == ["330100", "330200"]


def test_without_heads_the_inspectors_hear_of_it(
    session: Session, number: str, first: Principal
) -> None:
    climb(session, 10)

    assert (Template.CASES_OVERDUE, "李监察") in heard(session)
