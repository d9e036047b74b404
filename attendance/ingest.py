"""The hot lane of the gates: decided from memory, stored in waves, answered when durable.

What memory cannot decide goes one by one through `attendance.service`, which asks the database
about everything: an unknown code, a repeated nonce, a refused wave, or all scans while this
process cannot hear what others change.
"""

import asyncio
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar
from uuid import UUID

from redis import Redis
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlmodel import Session

from attendance import service
from attendance.aftercare import Aftercare
from attendance.errors import GatesBusyError, StorageUnavailableError
from attendance.judgement import (
    Answer,
    Judgement,
    Scan,
    ScanRecord,
    judge_scan,
    make_answer,
    make_record,
)
from attendance.lane import RETRY_AFTER_SECONDS, Lane
from attendance.roster import Devices, NotOnRosterError, Rosters, make_finders
from attendance.roster_queries import Roster, get_roster
from attendance.waves import SESSION_SETTINGS, store_wave
from core.clock import now
from core.enums import Direction
from core.keyring import Keyring
from db.base import new_id
from db.direct import DirectConnection
from db.listener import Listener
from db.models import Device
from db.session import Database
from devices.service import authenticate_gate
from qr.tag_keys import TagKeys

MOST_AT_ONCE = 1_000
"""Scans that may wait in this process; with more a gate would time out before its answer."""
THREADS = 8
"""Scans that are dealt with one by one at the same time."""
OUTAGES = (OperationalError, InterfaceError, PoolTimeoutError)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Question:
    """What a gate asks, and the token it shows."""

    token: str
    code: str
    direction: Direction
    nonce: str
    scanned_at: datetime


class Ingest:
    """One per process, on its event loop."""

    def __init__(
        self,
        database: Database,
        valkey: Redis,
        keyring: Callable[[], Keyring],
        *,
        most_at_once: int = MOST_AT_ONCE,
    ) -> None:
        self._database = database
        self._valkey = valkey
        self._keyring = keyring
        self._most_at_once = most_at_once
        self._at_once = 0
        self._keys = TagKeys(keyring())
        self._threads = ThreadPoolExecutor(THREADS, "gate")
        self._devices = Devices(self._load_device)
        self._rosters = Rosters(self._load_roster)
        self._listener = Listener(
            database.url,
            {"gate_roster": self._forget_roster, "gate_device": self._forget_device},
            self._forget_all,
        )
        self._connection = DirectConnection(database.url, SESSION_SETTINGS)
        self._lane = Lane(partial(store_wave, self._connection))
        self._aftercare = Aftercare(self._run)

    @property
    def is_listening(self) -> bool:
        """Whether this process hears of changes, and so may decide from memory."""
        return self._listener.is_listening

    def start(self) -> None:
        """Begin to listen and to store; the database need not be there yet."""
        self._lane.start()
        self._listening = asyncio.create_task(self._listener.run())
        self._caring = asyncio.create_task(self._aftercare.run())

    async def close(self) -> None:
        """Store what still waits, then let go of everything."""
        await self._lane.close()
        self._aftercare.close()
        await self._caring
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        await self._connection.close()
        self._threads.shutdown()

    async def authenticate(self, token: str) -> None:
        """Raise UnknownDeviceError or WrongProfileError unless a paired gate holds the token.

        Takes a place among those that wait, and refuses, as `verify` does.
        """
        with self._taking_a_place():
            if self.is_listening:
                await self._devices.get(token)
            else:
                await self._load_device(token)

    async def verify(self, question: Question) -> Answer:
        """Decide whether a gate opens; the check-in is durable when this returns.

        Raises UnknownDeviceError, WrongProfileError, GatesBusyError when too many wait, and
        StorageUnavailableError when it is unknown whether it was stored.
        """
        with self._taking_a_place():
            answer = await self._verify_from_memory(question) if self.is_listening else None
            return answer or await self._verify_alone(question)

    @contextmanager
    def _taking_a_place(self) -> Generator[None]:
        if self._at_once >= self._most_at_once:
            raise GatesBusyError(retry_after=RETRY_AFTER_SECONDS)
        self._at_once += 1
        try:
            yield
        except OUTAGES as error:
            raise StorageUnavailableError(retry_after=RETRY_AFTER_SECONDS) from error
        finally:
            self._at_once -= 1

    async def _verify_from_memory(self, question: Question) -> Answer | None:
        """Return None if the database has to decide."""
        device = await self._devices.get(question.token)
        roster = await self._rosters.get(device.project_id)
        scan = _make_scan(question, device)
        try:
            judgement = self._judge(scan, roster)
        except NotOnRosterError:
            return None
        record = make_record(scan, judgement, check_in_id=new_id())
        return await self._store(device, scan, record, judgement)

    def _judge(self, scan: Scan, roster: Roster) -> Judgement:
        keyring = self._keyring()
        if keyring is not self._keys.keyring:
            self._keys = TagKeys(keyring)
        return judge_scan(scan, make_finders(roster), self._keys)

    async def _store(
        self, device: Device, scan: Scan, record: ScanRecord, judgement: Judgement
    ) -> Answer | None:
        reason = await self._lane.put(record)
        if reason is None:
            return None
        answer = make_answer(
            record.id,
            reason,
            direction=record.direction,
            method=record.method,
            shown=judgement.owner.shown if judgement.owner else None,
        )
        self._aftercare.note(device, scan, is_fold_due=answer.admitted)
        return answer

    async def _verify_alone(self, question: Question) -> Answer:
        return await self._in_thread(partial(self._verify_in_database, question))

    def _verify_in_database(self, question: Question) -> Answer:
        with self._database.transaction() as session:
            decision = service.verify_scan(
                session,
                self._valkey,
                self._keyring(),
                device=authenticate_gate(session, question.token),
                code=question.code,
                direction=question.direction,
                nonce=question.nonce,
                scanned_at=question.scanned_at,
            )
            return Answer(
                check_in_id=decision.check_in.id,
                reason=decision.reason,
                tone=decision.tone,
                say=decision.say,
                worker=decision.worker,
            )

    async def _load_device(self, token: str) -> Device:
        return await self._in_thread(partial(self._read_device, token))

    def _read_device(self, token: str) -> Device:
        with self._database.transaction() as session:
            device = authenticate_gate(session, token)
            session.expunge(device)
            return device

    async def _load_roster(self, project_id: UUID) -> Roster:
        return await self._in_thread(partial(self._read_roster, project_id))

    def _read_roster(self, project_id: UUID) -> Roster:
        with self._database.transaction() as session:
            return get_roster(session, project_id)

    async def _run(self, work: Callable[[Session], None]) -> None:
        def in_transaction() -> None:
            with self._database.transaction() as session:
                work(session)

        await self._in_thread(in_transaction)

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _forget_roster(self, project_id: str) -> None:
        with suppress(ValueError):  # anybody who may connect may notify
            self._rosters.forget(UUID(project_id))

    def _forget_device(self, device_id: str) -> None:
        self._devices.forget_where(lambda device: str(device.id) == device_id)

    def _forget_all(self) -> None:
        self._rosters.forget_all()
        self._devices.forget_all()


def _make_scan(question: Question, device: Device) -> Scan:
    return Scan(
        project_id=device.project_id,
        device_id=device.id,
        code=question.code,
        direction=question.direction,
        nonce=question.nonce,
        scanned_at=question.scanned_at,
        received_at=now(),
    )
