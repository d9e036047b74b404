"""Marks of check-ins that wait to be folded: dealt with soon, by anybody, and never lost."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from threading import Event

import pytest
from redis import Redis
from sqlalchemy import func, select, text
from sqlmodel import Session

from attendance.day_rules import work_date
from attendance.due_folds import fold_all_due, fold_due_of, wake_fold
from attendance.months import get_month
from core.clock import SHANGHAI, now
from core.keyring import Keyring
from db.models import CheckIn, FoldDue, ProjectWorker, WorkDay
from db.session import Database
from tests.attendance.lanes import Entrance, make_entrance
from tests.live import Worker, wait_until

WORKERS = 6
STEPS = (-2, -1, 0, 1, 2)


@pytest.fixture
def entrance(live_database: Database, redis: Redis, keyring: Keyring) -> Entrance:
    return make_entrance(live_database, redis, keyring)


def count_marks(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(FoldDue)) or 0


def read_grades(session: Session) -> list[dict[str, int]]:
    return [day.grades for day in session.scalars(select(WorkDay))]


def test_a_reader_sees_what_was_answered_a_moment_ago(entrance: Entrance) -> None:
    entrance.ask(entrance.question(entrance.show()))

    with entrance.database.transaction() as session:
        assert read_grades(session) == []
        month = f"{work_date(now(), time(4)):%Y-%m}"
        view = get_month(session, person_id=entrance.site.person_id, month=month)
        assert [day.work_day.grades for day in view.days] == [{"A": 1}]
    with entrance.database.transaction() as session:
        assert count_marks(session) == 0


def test_no_mark_is_lost_while_many_fold_and_many_come_in(entrance: Entrance) -> None:
    people = [entrance.add_worker() for _ in range(WORKERS)]
    codes = [entrance.show(steps=step, person_id=person) for step in STEPS for person in people]
    is_over = Event()

    def fold() -> None:
        while not is_over.is_set():
            fold_all_due(entrance.database)

    def read() -> None:
        while not is_over.is_set():
            for person_id in people:
                with entrance.database.transaction() as session:
                    fold_due_of(session, person_id=person_id)

    async def come_in() -> int:
        async with entrance.open() as one, entrance.open() as other:
            lanes = [one, other]
            answers = [
                await asyncio.gather(
                    *(
                        lanes[number % 2].verify(entrance.question(code))
                        for number, code in enumerate(codes[first : first + WORKERS])
                    )
                )
                for first in range(0, len(codes), WORKERS)
            ]
        return sum(answer.admitted for wave in answers for answer in wave)

    with ThreadPoolExecutor(4) as pool:
        folders = [pool.submit(fold), pool.submit(fold), pool.submit(read)]
        try:
            admitted = asyncio.run(come_in())
        finally:
            is_over.set()
        for folder in folders:
            folder.result()
    fold_all_due(entrance.database)

    with entrance.database.transaction() as session:
        assert count_marks(session) == 0
        assert admitted == len(codes)
        assert sum(grades["A"] for grades in read_grades(session)) == admitted


def test_what_seconds_bring_wakes_one_fold(session: Session) -> None:
    at = datetime(2026, 11, 20, 8, tzinfo=SHANGHAI)
    for seconds in (0, 4, 5, 9):
        wake_fold(session, source="east gate", at=at + timedelta(seconds=seconds))
    wake_fold(session, source="west gate", at=at)

    woken = session.scalars(text("SELECT due_at FROM outbox_message ORDER BY due_at")).all()
    assert woken == [at + timedelta(seconds=seconds) for seconds in (5, 5, 10)]


def test_a_fold_leaves_workers_alone_that_somebody_holds(entrance: Entrance) -> None:
    entrance.ask(entrance.question(entrance.show()))
    with entrance.database.transaction() as holder:
        holder.get(ProjectWorker, entrance.site.worker_id, with_for_update=True)
        fold_all_due(entrance.database)
        with entrance.database.transaction() as session:
            assert count_marks(session) == 1
    fold_all_due(entrance.database)
    with entrance.database.transaction() as session:
        assert (count_marks(session), read_grades(session)) == (0, [{"A": 1}])


def test_a_check_in_that_commits_during_a_fold_keeps_its_mark(entrance: Entrance) -> None:
    entrance.ask(entrance.question(entrance.show()))
    with entrance.database.transaction() as session:
        fold_due_of(session, person_id=entrance.site.person_id)
        entrance.ask(entrance.question(entrance.show(steps=1)))
    with entrance.database.transaction() as session:
        assert (count_marks(session), read_grades(session)) == (1, [{"A": 1}])
        fold_due_of(session, person_id=entrance.site.person_id)
        session.expire_all()
        assert read_grades(session) == [{"A": 2}]


@pytest.mark.usefixtures("live_worker")
def test_the_worker_folds_without_being_asked(entrance: Entrance, live_worker: Worker) -> None:
    entrance.ask(entrance.question(entrance.show()))

    def is_folded() -> bool:
        with entrance.database.transaction() as session:
            return read_grades(session) == [{"A": 1}] and count_marks(session) == 0

    wait_until(is_folded)
    with entrance.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(CheckIn)) == 1
