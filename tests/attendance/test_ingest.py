"""The hot lane: decided from memory, stored in waves, and every answer true in the database."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from redis import Redis
from sqlalchemy import func, select, text

from attendance import service
from attendance.errors import GatesBusyError, StorageUnavailableError
from attendance.ingest import Ingest
from attendance.judgement import Answer
from core.clock import now
from core.enums import Direction, ScanReason
from core.keyring import Keyring
from db.models import Device, UsedStep
from db.session import Database
from stack import postgres
from tests import live
from tests.attendance.lanes import NOWHERE, Entrance, make_entrance, reasons, see
from tests.attendance.test_gate_races import is_somebody_waiting
from tests.memory import MEMORY


@pytest.fixture
def entrance(live_database: Database, redis: Redis, keyring: Keyring) -> Entrance:
    return make_entrance(live_database, redis, keyring)


def test_a_good_code_opens_without_a_question_to_the_database(
    entrance: Entrance, redis: Redis
) -> None:
    (answer,) = entrance.ask(entrance.question(entrance.show()))

    assert (answer.admitted, answer.say) == (True, "请进，注意安全")
    assert answer.worker is not None
    assert answer.worker.masked_name == "王*明"
    (check_in,) = entrance.stored()
    assert (check_in.id, check_in.project_worker_id) == (
        answer.check_in_id,
        entrance.site.worker_id,
    )
    assert (check_in.admitted, check_in.valid, check_in.grade) == (True, True, "A")
    assert check_in.presented is None
    assert redis.keys("gate:step:*") == []  # where the ordinary way leaves its claims


def test_the_lane_stores_what_the_ordinary_way_stores(entrance: Entrance) -> None:
    at = now()
    codes = [[entrance.show(), "no code"], [entrance.show(steps=1), "no code"]]
    ordinary = entrance.ordinary()

    entrance.ask(*(entrance.question(code, scanned_at=at) for code in codes[0]))
    for code in codes[1]:
        asyncio.run(ordinary.verify(entrance.question(code, scanned_at=at)))

    own = {"id", "nonce", "received_at", "clock_bound_ms", "code_step"}
    rows = [row.model_dump(exclude=own) for row in entrance.stored()]
    assert sorted(row["reason"] for row in rows) == [*["malformed_code"] * 2, *["ok"] * 2]
    assert all(rows.count(row) == 2 for row in rows)


def test_one_step_at_many_gates_in_one_wave_opens_one(entrance: Entrance) -> None:
    code = entrance.show()
    tokens = entrance.add_gates(8)

    answers = entrance.ask(*(entrance.question(code, token=token) for token in tokens))

    assert reasons(answers) == [ScanReason.ALREADY_USED] * 7 + [ScanReason.OK]
    assert len(entrance.stored()) == 8
    assert all(answer.worker for answer in answers)


@pytest.mark.parametrize("valkey_is_up", [True, False])
def test_one_step_at_gates_of_several_processes_opens_one(
    entrance: Entrance, valkey_is_up: bool
) -> None:
    entrance.valkey = entrance.valkey if valkey_is_up else NOWHERE
    codes = [entrance.show(steps=steps) for steps in (-1, 0, 1)]

    async def ask() -> list[Answer]:
        async with AsyncExitStack() as stack:
            lanes = [await stack.enter_async_context(entrance.open()) for _ in range(3)]
            return await asyncio.gather(
                *(lane.verify(entrance.question(code)) for code in codes for lane in lanes)
            )

    answers = asyncio.run(ask())
    assert reasons(answers).count(ScanReason.OK) == 3
    assert len(entrance.stored()) == 9


def test_a_step_used_the_ordinary_way_is_used(entrance: Entrance) -> None:
    entrance.valkey = NOWHERE
    code = entrance.show()
    first = asyncio.run(entrance.ordinary().verify(entrance.question(code)))
    (second,) = entrance.ask(entrance.question(code))
    assert (first.reason, second.reason) == (ScanReason.OK, ScanReason.ALREADY_USED)


def test_one_question_sent_many_times_at_once_is_stored_once_and_answered_alike(
    entrance: Entrance,
) -> None:
    answers = entrance.ask(*[entrance.question(entrance.show())] * 8)
    assert len({(answer.check_in_id, answer.reason, answer.worker) for answer in answers}) == 1
    assert answers[0].admitted
    assert len(entrance.stored()) == 1


def test_a_question_asked_again_by_a_later_clock_gets_the_first_answer(entrance: Entrance) -> None:
    code, at = entrance.show(), now()
    later = at + timedelta(seconds=3)
    (first,) = entrance.ask(entrance.question(code, nonce="n-000001", scanned_at=at))
    (again,) = entrance.ask(entrance.question(code, nonce="n-000001", scanned_at=later))
    assert (again.check_in_id, again.reason) == (first.check_in_id, ScanReason.OK)
    assert len(entrance.stored()) == 1


def test_a_question_asked_twice_at_once_by_a_running_clock_is_stored_once(
    entrance: Entrance,
) -> None:
    code, at = entrance.show(), now()
    instants = [at, at + timedelta(milliseconds=1)]
    answers = entrance.ask(
        *(entrance.question(code, nonce="n-000001", scanned_at=instant) for instant in instants)
    )
    assert answers[0] == answers[1]
    assert len(entrance.stored()) == 1


def test_a_nonce_two_workers_share_at_two_processes_costs_neither_the_step(
    entrance: Entrance,
) -> None:
    at = now()
    first, second = entrance.show(), entrance.show(person_id=entrance.add_worker())

    async def ask() -> Answer:
        async with entrance.open() as lane:
            with entrance.database.transaction() as session:
                service.verify_scan(
                    session,
                    entrance.valkey,
                    entrance.keyring,
                    device=session.get_one(Device, entrance.site.gate.device_id),
                    code=first,
                    direction=Direction.IN,
                    nonce="n-000001",
                    scanned_at=at,
                )
                asked = entrance.question(second, nonce="n-000001", scanned_at=at)
                answer = asyncio.create_task(lane.verify(asked))
                await see(lambda: _is_waiting(entrance.database), bool)
            return await answer

    assert asyncio.run(ask()).reason is ScanReason.OK
    assert [row.reason for row in entrance.stored()] == [ScanReason.OK, ScanReason.OK]
    assert len({row.nonce for row in entrance.stored()}) == 2


async def _is_waiting(database: Database) -> bool:
    return is_somebody_waiting(database)


def test_a_row_the_database_refuses_costs_its_wave_nothing(entrance: Entrance) -> None:
    entrance.change(
        lambda session, _: session.execute(
            text("ALTER TABLE check_in ADD CHECK (nonce <> 'refused-01')")
        )
    )
    nonces = [f"n-{number:06}" for number in range(9)]
    wanted = [entrance.question("no code", nonce=nonce) for nonce in nonces]
    wanted.insert(4, entrance.question(entrance.show(), nonce="refused-01"))

    async def ask() -> list[Answer | BaseException]:
        async with entrance.open() as lane:
            return await asyncio.gather(*map(lane.verify, wanted), return_exceptions=True)

    answers = asyncio.run(ask())
    assert [type(answer) is Answer for answer in answers] == [True] * 4 + [False] + [True] * 5
    assert {row.nonce for row in entrance.stored()} == set(nonces)
    with entrance.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(UsedStep)) == 0


def test_too_many_scans_at_once_are_refused_and_the_others_stored(entrance: Entrance) -> None:
    async def ask() -> list[Answer | BaseException]:
        async with entrance.open(most_at_once=4) as lane:
            wanted = [entrance.question("no code") for _ in range(10)]
            crowd = await asyncio.gather(*map(lane.verify, wanted), return_exceptions=True)
            return [*crowd, await lane.verify(entrance.question("no code"))]

    answers = asyncio.run(ask())
    refused = [answer for answer in answers if isinstance(answer, GatesBusyError)]
    assert len(refused) == 6
    assert all(error.retry_after > 0 for error in refused)
    assert isinstance(answers[-1], Answer)
    assert len(entrance.stored()) == 5


def test_a_closing_lane_stores_what_waits(entrance: Entrance) -> None:
    async def ask() -> list[Answer]:
        async with entrance.open() as lane:
            await lane.verify(entrance.question("no code"))
            wanted = [entrance.question("no code") for _ in range(300)]
            asked = [asyncio.create_task(lane.verify(each)) for each in wanted]
            await asyncio.sleep(0)  # each has come as far as the queue
        return [await each for each in asked]

    answers = asyncio.run(ask())
    ids = {check_in.id for check_in in entrance.stored()}
    assert len(ids) == 301
    assert {answer.check_in_id for answer in answers} < ids


def test_a_scan_behind_somebody_elses_lock_is_turned_away_soon(entrance: Entrance) -> None:
    with entrance.database.transaction() as holder:
        holder.get(Device, entrance.site.gate.device_id, with_for_update=True)
        with pytest.raises(StorageUnavailableError):
            asyncio.run(entrance.ordinary().verify(entrance.question(entrance.show())))
    assert entrance.stored() == []


def test_a_gate_is_seen_with_its_clock_and_the_fold_is_woken(entrance: Entrance) -> None:
    entrance.ask(entrance.question(entrance.show(), scanned_at=now() - timedelta(seconds=90)))

    with entrance.database.transaction() as session:
        gate = session.get_one(Device, entrance.site.gate.device_id)
        assert -95_000 < (gate.clock_offset_ms or 0) <= -90_000
        assert gate.last_seen_at is not None
        woken = "SELECT count(*) FROM outbox_message WHERE task = 'attendance.fold_due'"
        assert session.scalar(text(woken)) == 1


def test_a_restart_of_postgresql_loses_no_answered_scan(redis: Redis, keyring: Keyring) -> None:
    answered: list[Answer] = []

    async def is_answered(lane: Ingest, entrance: Entrance) -> bool:
        try:
            answered.append(await lane.verify(entrance.question("no code")))
        except StorageUnavailableError:
            return False
        return True

    async def ask(directory: Path) -> int:
        async with AsyncExitStack() as stack:
            with postgres.running(directory) as server:
                live.migrate(server.url)
                database = Database(server.url, keyring.fields)
                entrance = make_entrance(database, redis, keyring)
                lane = await stack.enter_async_context(entrance.open())
                assert await is_answered(lane, entrance)
            assert not await is_answered(lane, entrance)
            with postgres.running(directory):
                await see(lambda: is_answered(lane, entrance), bool)
                await see(lambda: _is_listening(lane), bool)
                assert await is_answered(lane, entrance)
                ids = {check_in.id for check_in in entrance.stored()}
                await stack.aclose()
                database.close()
        assert {answer.check_in_id for answer in answered} <= ids
        return len(answered)

    with TemporaryDirectory(prefix="axm-own-", dir=MEMORY) as directory:
        assert asyncio.run(ask(Path(directory) / "pg")) == 3


async def _is_listening(lane: Ingest) -> bool:
    return lane.is_listening
