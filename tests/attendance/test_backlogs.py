"""Backlogs wait in a lane of their own and leave room for the gates that are asked right now."""

import asyncio
from collections.abc import Callable
from threading import Event

import pytest
from sqlalchemy import text
from sqlmodel import Session

from attendance.backlogs import THREADS, Backlogs
from attendance.errors import GatesBusyError, StorageUnavailableError
from core.keyring import Keyring
from db.session import Database
from tests.live import WAIT_SECONDS


def read_one(session: Session) -> int:
    return int(session.scalar(text("SELECT 1")) or 0)


def held(release: Event) -> Callable[[Session], int]:
    def work(session: Session) -> int:
        assert release.wait(WAIT_SECONDS)
        return read_one(session)

    return work


def test_what_finds_no_place_is_told_at_once_and_the_others_are_stored(database: Database) -> None:
    release = Event()

    async def crowd() -> list[int]:
        backlogs = Backlogs(database, most_at_once=THREADS + 1)
        waiting = [asyncio.create_task(backlogs.store(held(release))) for _ in range(THREADS + 1)]
        await asyncio.sleep(0)
        with pytest.raises(GatesBusyError) as refused:
            await backlogs.store(read_one)
        assert refused.value.retry_after > 0
        release.set()
        stored = await asyncio.gather(*waiting)
        await backlogs.store(read_one)
        backlogs.close()
        return stored

    assert asyncio.run(crowd()) == [1] * (THREADS + 1)


def test_backlogs_take_no_connection_of_the_others(keyring: Keyring, database: Database) -> None:
    release = Event()
    shared = Database(database.url, keyring.fields, pool_size=1)

    async def fill() -> int:
        backlogs = Backlogs(shared)
        waiting = [asyncio.create_task(backlogs.store(held(release))) for _ in range(THREADS)]
        await asyncio.sleep(0)
        with shared.transaction() as session:
            seen = read_one(session)
        release.set()
        await asyncio.gather(*waiting)
        backlogs.close()
        return seen

    assert asyncio.run(fill()) == 1
    shared.close()


def test_without_a_database_it_is_unknown_what_was_stored(keyring: Keyring) -> None:
    nowhere = Database("postgresql+psycopg://app@/app?host=/nowhere", keyring.fields)

    async def store() -> None:
        backlogs = Backlogs(nowhere)
        try:
            await backlogs.store(read_one)
        finally:
            backlogs.close()

    with pytest.raises(StorageUnavailableError):
        asyncio.run(store())


def test_what_fails_is_rolled_back_and_its_place_is_free_again(database: Database) -> None:
    async def fail_twice() -> int:
        backlogs = Backlogs(database, most_at_once=1)
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                await backlogs.store(lambda _: 1 // 0)
        stored = await backlogs.store(read_one)
        backlogs.close()
        return stored

    assert asyncio.run(fail_twice()) == 1
