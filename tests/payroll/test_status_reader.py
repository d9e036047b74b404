"""Many who ask at once, one statement; what is marked or outdated is not told."""

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session

from db.models import WageStatusMark
from db.session import Database
from payroll.severity import WageStatus
from payroll.status_projection import refresh_statuses
from payroll.status_reader import StatusReader
from tests.factories.payroll import AT, make_site, publish

NOWHERE = "postgresql+psycopg://app@/app?host=/nowhere"
Stored = dict[UUID, WageStatus]


def store(session: Session) -> Stored:
    """Store the statuses of two workers with a payslip each."""
    people = [payslip.person_id for payslip in publish(session, make_site(session))]
    return refresh_statuses(session, people, at=AT)


@pytest.fixture
def stored(shared_database: Database) -> Stored:
    with shared_database.transaction() as session:
        return store(session)


def ask(url: str, people: Collection[UUID], *, at: datetime = AT) -> dict[UUID, WageStatus | None]:
    """Ask about all of them at once."""

    async def ask_all() -> list[WageStatus | None]:
        reader = StatusReader(url)
        try:
            return await asyncio.gather(*(reader.find(one, at=at) for one in people))
        finally:
            await reader.close()

    return dict(zip(people, asyncio.run(ask_all()), strict=True))


def test_all_who_ask_at_once_are_told_their_own(shared_database: Database, stored: Stored) -> None:
    stranger = uuid4()

    told = ask(shared_database.url, [*stored, stranger])

    assert told == {**stored, stranger: None}


def test_status_of_a_changed_fact_is_not_told(shared_database: Database, stored: Stored) -> None:
    changed, unchanged = stored
    with shared_database.transaction() as session:
        session.add(WageStatusMark(person_id=changed))

    told = ask(shared_database.url, list(stored))

    assert told == {changed: None, unchanged: stored[unchanged]}


@pytest.mark.parametrize("later", [timedelta(days=400), timedelta(seconds=-1)])
def test_status_of_another_time_is_not_told(
    shared_database: Database, stored: Stored, later: timedelta
) -> None:
    told = ask(shared_database.url, list(stored), at=AT + later)

    assert set(told.values()) == {None}


def test_whoever_asks_while_others_are_answered_is_answered_too(
    shared_database: Database, stored: Stored
) -> None:
    async def ask_in_turn() -> list[WageStatus | None]:
        reader = StatusReader(shared_database.url)
        first = asyncio.create_task(reader.find(people[0], at=AT))
        await asyncio.sleep(0)
        second = asyncio.create_task(reader.find(people[1], at=AT))
        first.cancel()
        third = await reader.find(people[0], at=AT)
        answers = [await second, third]
        await reader.close()
        return answers

    people = list(stored)

    assert asyncio.run(ask_in_turn()) == [stored[people[1]], stored[people[0]]]


def test_without_a_database_the_usual_way_has_to_answer() -> None:
    person_id = uuid4()

    assert ask(NOWHERE, [person_id]) == {person_id: None}
