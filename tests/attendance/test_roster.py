"""What the hot lane knows by heart is what other processes have committed."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta

import psycopg
import pytest
from redis import Redis
from sqlalchemy import delete, make_url, text, update
from sqlmodel import Session, col

from attendance.ingest import Ingest
from attendance.judgement import Answer
from attendance.roster import Memory
from core.clock import local_date, now
from core.enums import CheckInMethod, ScanReason
from core.keyring import Keyring
from db.models import Contract, Person, ProjectWorker, Team, WorkerCard, WorkerCode
from db.session import Database
from devices.errors import UnknownDeviceError
from devices.service import revoke_device
from qr import code as ax
from tests.attendance.lanes import Entrance, make_entrance, see
from tests.factories.attendance import GateSite

Change = Callable[[Session, GateSite], object]
SECRET = bytes(range(14))


@pytest.fixture
def entrance(live_database: Database, redis: Redis, keyring: Keyring) -> Entrance:
    return make_entrance(live_database, redis, keyring)


def leave(session: Session, site: GateSite) -> None:
    yesterday = local_date(now()) - timedelta(days=1)
    left = update(ProjectWorker).where(col(ProjectWorker.id) == site.worker_id)
    session.execute(left.values(left_date=yesterday))


def tear_up_contract(session: Session, site: GateSite) -> None:
    session.execute(delete(Contract).where(col(Contract.project_worker_id) == site.worker_id))


def begin_new_phone(session: Session, _site: GateSite) -> None:
    session.execute(update(WorkerCode).values(key_generation=2))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (leave, ScanReason.LEFT_PROJECT),
        (tear_up_contract, ScanReason.NO_CONTRACT),
        (begin_new_phone, ScanReason.BAD_HOLDER_TAG),
    ],
)
def test_what_another_process_changes_counts_at_once(
    entrance: Entrance, change: Change, reason: ScanReason
) -> None:
    code = entrance.show()

    async def ask() -> Answer:
        async with entrance.open() as lane:
            first = await lane.verify(entrance.question(code))
            assert first.reason is ScanReason.OK
            entrance.change(change)
            return await see(
                lambda: lane.verify(entrance.question(code)),
                lambda answer: answer.reason is not ScanReason.ALREADY_USED,
            )

    assert asyncio.run(ask()).reason is reason


def test_what_is_changed_while_nobody_listens_counts_afterwards(entrance: Entrance) -> None:
    code = entrance.show()
    hang_up = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~ '^LISTEN'")

    async def is_listening(lane: Ingest) -> bool:
        return lane.is_listening

    async def ask() -> Answer:
        async with entrance.open() as lane:
            await lane.verify(entrance.question(code))
            entrance.change(lambda session, _: session.execute(hang_up))
            await see(lambda: is_listening(lane), lambda is_up: not is_up)
            entrance.change(leave)
            await see(lambda: is_listening(lane), bool)
            return await lane.verify(entrance.question(code))

    assert asyncio.run(ask()).reason is ScanReason.LEFT_PROJECT


def rename_team(session: Session, site: GateSite) -> None:
    session.execute(update(Team).where(col(Team.id) == site.team_id).values(name="木工二班"))


def rename_person(session: Session, site: GateSite) -> None:
    session.execute(update(Person).where(col(Person.id) == site.person_id).values(name="李小红"))


@pytest.mark.parametrize(
    ("change", "shown"),
    [(rename_team, ("王*明", "木工二班")), (rename_person, ("李*红", "钢筋一班"))],
)
def test_a_new_name_is_shown_at_once(
    entrance: Entrance, change: Change, shown: tuple[str, str]
) -> None:
    code = entrance.show()

    def is_shown(answer: Answer) -> bool:
        worker = answer.worker
        return worker is not None and (worker.masked_name, worker.team) == shown

    async def ask() -> None:
        async with entrance.open() as lane:
            await lane.verify(entrance.question(code))
            entrance.change(change)
            await see(lambda: lane.verify(entrance.question(code)), is_shown)

    asyncio.run(ask())


def test_a_worker_registered_a_moment_ago_is_let_in(entrance: Entrance) -> None:
    async def ask() -> Answer:
        async with entrance.open() as lane:
            await lane.verify(entrance.question("no code"))
            code = entrance.show(person_id=entrance.add_worker())
            return await lane.verify(entrance.question(code))

    assert asyncio.run(ask()).reason is ScanReason.OK


def test_a_code_of_nobody_is_unknown_and_stored(entrance: Entrance) -> None:
    stranger = ax.make_code(
        worker_ref=bytes(6), step=ax.step_at(now()), gate_key=bytes(16), holder_key=bytes(32)
    )
    (answer,) = entrance.ask(entrance.question(ax.encode(stranger)))
    assert answer.reason is ScanReason.UNKNOWN_WORKER
    assert [check_in.id for check_in in entrance.stored()] == [answer.check_in_id]


def test_a_card_opens_until_it_is_revoked(entrance: Entrance) -> None:
    entrance.change(
        lambda session, site: session.add(
            WorkerCard(person_id=site.person_id, digest=ax.card_digest(SECRET))
        )
    )
    card = ax.encode_card(SECRET)

    async def ask() -> list[Answer]:
        async with entrance.open() as lane:
            good = [await lane.verify(entrance.question(card)) for _ in range(2)]
            entrance.change(
                lambda session, _: session.execute(update(WorkerCard).values(revoked_at=now()))
            )
            revoked = await see(
                lambda: lane.verify(entrance.question(card)), lambda answer: not answer.admitted
            )
            nobody = ax.encode_card(bytes(14))
            return [*good, revoked, await lane.verify(entrance.question(nobody))]

    *good, revoked, unknown = asyncio.run(ask())
    assert [answer.admitted for answer in good] == [True, True]
    assert good[0].worker is not None
    assert (revoked.reason, unknown.reason) == (
        ScanReason.REVOKED_CARD,
        ScanReason.UNKNOWN_WORKER,
    )
    assert {row.method for row in entrance.stored()} == {CheckInMethod.CARD_CODE}


def test_a_revoked_gate_is_refused_at_once(entrance: Entrance) -> None:
    async def is_refused(lane: Ingest) -> bool:
        try:
            await lane.verify(entrance.question("no code"))
        except UnknownDeviceError:
            return True
        return False

    async def ask() -> None:
        async with entrance.open() as lane:
            assert not await is_refused(lane)
            entrance.change(
                lambda session, site: revoke_device(
                    session, project_id=site.project_id, device_id=site.gate.device_id
                )
            )
            await see(lambda: is_refused(lane), bool)

    asyncio.run(ask())


def test_a_stranger_is_refused_and_stores_nothing(entrance: Entrance) -> None:
    with pytest.raises(UnknownDeviceError):
        entrance.ask(entrance.question("no code", token="nobody"))
    assert entrance.stored() == []


def test_what_was_being_read_during_a_change_is_not_kept() -> None:
    async def read() -> tuple[int, int, int]:
        versions = iter(range(3))
        may_answer = asyncio.Event()

        async def load(_key: str) -> int:
            version = next(versions)
            await may_answer.wait()
            return version

        memory: Memory[str, int] = Memory(load, 9)
        early = asyncio.create_task(memory.get("roster"))
        await asyncio.sleep(0)
        memory.forget("roster")
        may_answer.set()
        return await early, await memory.get("roster"), await memory.get("roster")

    assert asyncio.run(read()) == (0, 1, 1)


def test_only_so_many_are_kept_and_the_longest_unread_goes() -> None:
    async def read() -> list[str]:
        loaded: list[str] = []

        async def load(key: str) -> str:
            loaded.append(key)
            return key

        memory: Memory[str, str] = Memory(load, 2)
        for key in ("east", "west", "north", "west", "north", "east"):
            await memory.get(key)
        return loaded

    assert asyncio.run(read()) == ["east", "west", "north", "east"]


def test_gates_hear_of_a_lost_card_and_not_of_tries_of_its_pin(entrance: Entrance) -> None:
    def change(**values: object) -> None:
        entrance.change(lambda session, _: session.execute(update(WorkerCard).values(**values)))

    entrance.change(
        lambda session, site: session.add(WorkerCard(person_id=site.person_id, digest=bytes(32)))
    )
    url = make_url(entrance.database.url).set(drivername="postgresql")
    heard: list[str] = []
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as hearing:
        hearing.add_notify_handler(lambda notify: heard.append(notify.payload))
        hearing.execute("LISTEN gate_roster")
        change(pin_failures=1)
        change(revoked_at=now())
        change(pin_hash="another")
        hearing.execute("SELECT 1")  # what was notified before comes with the answer

    assert heard == [str(entrance.site.project_id)]


def test_no_news_is_lost_when_the_listening_connection_is_killed(entrance: Entrance) -> None:
    killed = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
    questions = [entrance.question(entrance.show(steps=steps)) for steps in (-1, 0, 1)]

    async def ask() -> tuple[Answer, Answer, Answer]:
        async with entrance.open() as lane:
            before = await lane.verify(questions[0])
            entrance.change(lambda session, _: session.execute(text(killed)))
            entrance.change(leave)  # while nobody listens, or nobody knows that nobody does
            await see(lambda: is_listening(lane), lambda is_there: not is_there)
            alone = await lane.verify(questions[1])
            await see(lambda: is_listening(lane), bool)
            return before, alone, await lane.verify(questions[2])

    async def is_listening(lane: Ingest) -> bool:
        return lane.is_listening

    assert [answer.reason for answer in asyncio.run(ask())] == [
        ScanReason.OK,
        ScanReason.LEFT_PROJECT,
        ScanReason.LEFT_PROJECT,
    ]


def test_what_is_old_is_read_again_and_used_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    async def read() -> list[int]:
        versions = iter(range(9))

        async def load(_key: str) -> int:
            await asyncio.sleep(0)
            return next(versions)

        memory: Memory[str, int] = Memory(load, 9)
        seen = [await memory.get("roster")]
        monkeypatch.setattr("attendance.roster.FRESH_SECONDS", -1.0)
        seen.append(await memory.get("roster"))
        monkeypatch.setattr("attendance.roster.LONGEST_KEPT_SECONDS", -1.0)
        seen.append(await memory.get("roster"))
        return seen

    assert asyncio.run(read()) == [0, 0, 1]


def test_a_load_that_fails_is_told_to_who_waits_and_tried_again() -> None:
    async def read() -> int:
        outcomes: Iterator[ValueError | int] = iter([ValueError("gone"), 7])

        async def load(_key: str) -> int:
            outcome = next(outcomes)
            if isinstance(outcome, ValueError):
                raise outcome
            return outcome

        memory: Memory[str, int] = Memory(load, 9)
        with pytest.raises(ValueError, match="gone"):
            await memory.get("roster")
        return await memory.get("roster")

    assert asyncio.run(read()) == 7
