"""Days that lack an exit: the shift is ended by the system, and the worker is asked once."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from attendance.unsure_days import ask_chunk
from attendance.work_days import fold_days
from core.clock import day_start, local_date, now
from core.enums import CheckInMethod, Direction, WorkDayState
from db.models import CheckIn, Notification, WorkDay
from notifications.templates import Template
from tests.factories.attendance import GateSite, make_check_in, make_gate_site

TODAY = local_date(now())
EVENING = day_start(TODAY) + timedelta(hours=19)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


def punch(session: Session, site: GateSite, direction: Direction, at: datetime) -> None:
    make_check_in(session, site.worker, direction, at)
    fold_days(
        session,
        project_id=site.project_id,
        worker_ids=[site.worker_id],
        since=TODAY - timedelta(days=9),
        until=TODAY,
    )


def ask(session: Session, at: datetime = EVENING) -> None:
    after = None
    while (after := ask_chunk(session, after=after, at=at)) is not None:
        pass


def asked(session: Session, site: GateSite) -> list[Notification]:
    statement = select(Notification).where(
        col(Notification.template) == Template.DAY_UNSURE,
        col(Notification.person_id) == site.person_id,
    )
    return list(session.scalars(statement))


def forced(session: Session, site: GateSite) -> list[CheckIn]:
    statement = select(CheckIn).where(
        col(CheckIn.project_id) == site.project_id,
        col(CheckIn.method) == CheckInMethod.FORCED_EXIT,
    )
    return list(session.scalars(statement))


def day_of(session: Session, site: GateSite) -> WorkDay:
    session.expire_all()
    return session.scalars(
        select(WorkDay).where(col(WorkDay.project_worker_id) == site.worker_id)
    ).one()


def morning(days_ago: int) -> datetime:
    return day_start(TODAY - timedelta(days=days_ago)) + timedelta(hours=7)


def test_a_missing_exit_is_asked_about_once_on_the_next_evening(
    session: Session, site: GateSite
) -> None:
    punch(session, site, Direction.IN, morning(1))

    ask(session)
    ask(session)

    (notification,) = asked(session, site)
    assert f"{YESTERDAY.month}月{YESTERDAY.day}日" in notification.body


def test_today_and_certain_days_are_not_asked_about(session: Session, site: GateSite) -> None:
    punch(session, site, Direction.IN, morning(2))
    punch(session, site, Direction.OUT, morning(2) + timedelta(hours=9))
    punch(session, site, Direction.IN, morning(0))

    ask(session)

    assert asked(session, site) == []


def test_what_is_older_than_a_week_is_not_asked_about(session: Session, site: GateSite) -> None:
    punch(session, site, Direction.IN, morning(8))
    ask(session)
    assert asked(session, site) == []


def test_a_forgotten_shift_is_ended_once_and_the_day_stays_uncertain(
    session: Session, site: GateSite
) -> None:
    punch(session, site, Direction.IN, morning(1))

    ask(session)
    ask(session)

    (ended,) = forced(session, site)
    assert ended.occurred_at == morning(1) + timedelta(hours=16)
    punch(session, site, Direction.IN, morning(0))
    first = session.scalars(
        select(WorkDay).where(
            col(WorkDay.project_worker_id) == site.worker_id, col(WorkDay.work_date) == YESTERDAY
        )
    ).one()
    assert (first.state, first.units, first.last_out_at) == (
        WorkDayState.NEEDS_CONFIRMATION,
        50,
        None,
    )
    assert first.grades == {"B": 1}


def test_a_shift_that_may_still_end_is_not_ended(session: Session, site: GateSite) -> None:
    punch(session, site, Direction.IN, morning(0) - timedelta(hours=3))  # counts for today
    punch(session, site, Direction.IN, morning(0) - timedelta(hours=4))  # for yesterday

    ask(session, at=morning(0))

    assert forced(session, site) == []


def test_a_real_exit_that_arrives_later_counts(session: Session, site: GateSite) -> None:
    punch(session, site, Direction.IN, morning(1))
    ask(session)

    punch(session, site, Direction.OUT, morning(1) + timedelta(hours=10))

    day = day_of(session, site)
    assert (day.state, day.minutes) == (WorkDayState.COMPLETE, 600)
