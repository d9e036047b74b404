"""The hot lane of the gates: decided from memory, stored in waves, answered when durable.

What memory cannot decide goes one by one through `attendance.service`, which asks the database
about everything: an unknown code, a repeated nonce, a refused wave, or all scans while this
process cannot hear what others change.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TypeVar
from uuid import UUID

import msgspec
from redis import Redis
from sqlmodel import Session

from attendance import service
from attendance.aftercare import Aftercare
from attendance.judgement import (
    Answer,
    Finders,
    Judgement,
    Scan,
    ScanRecord,
    judge_scan,
    make_answer,
    make_record,
)
from attendance.lane import Lane
from attendance.places import Places
from attendance.plain_uploads import Known
from attendance.roster import Gate, Gates, NotOnRosterError, Rosters, make_finders
from attendance.roster_queries import get_roster
from attendance.waves import SESSION_SETTINGS, store_wave
from core.clock import now
from core.enums import Direction, ScanReason
from core.keyring import Keyring
from db.base import new_id
from db.direct import DirectConnection
from db.listener import Listener
from db.session import Database
from devices.heartbeat import Condition
from devices.service import authenticate_gate
from qr.tag_keys import TagKeys

MOST_AT_ONCE = 1_000
"""Scans that may wait in this process; with more a gate would time out before its answer."""
THREADS = 8
"""Scans that are dealt with one by one at the same time."""
LOADERS = 4
"""Rosters and devices that are read at the same time, however many scans are dealt with."""
GATES_KEPT = 20_000
ROSTERS_KEPT = 500
"""About half a megabyte each for a site of 500 people."""

Result = TypeVar("Result")


class Question(msgspec.Struct, frozen=True):
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
        self._places = Places(most_at_once)
        self._keys = TagKeys(keyring())
        self._threads = ThreadPoolExecutor(THREADS, "gate")
        self._loaders = ThreadPoolExecutor(LOADERS, "gate-load")
        self._gates = Gates(self._load_gate, GATES_KEPT)
        self._rosters = Rosters(self._load_roster, ROSTERS_KEPT)
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
        self._loaders.shutdown()

    async def authenticate(self, token: str) -> None:
        """Raise UnknownDeviceError or WrongProfileError unless a paired gate holds the token.

        Takes a place among those that wait, and refuses, as `verify` does.
        """
        with self._places:
            if self.is_listening:
                await self._gates.get(token)
            else:
                await self._load_gate(token)

    async def recall(self, token: str) -> Known | None:
        """Return what is known by heart of a gate's site; None if only the database knows.

        Raises what `authenticate` raises.
        """
        await self.authenticate(token)
        if not self.is_listening:
            return None
        with self._places:
            gate = await self._gates.get(token)
            find = await self._rosters.get(gate.project_id)
            return Known(gate, find, self._current_keys())

    def note_upload(
        self, known: Known, at: datetime, clock_offset_ms: int | None, condition: Condition
    ) -> None:
        """Leave what need not be waited for of a stored upload."""
        self._aftercare.note_contact(known.gate, at=at, clock_offset_ms=clock_offset_ms)
        self._aftercare.note_condition(known.gate, condition, at=at)
        self._aftercare.note_fold()

    async def verify(self, question: Question) -> Answer:
        """Decide whether a gate opens; the check-in is durable when this returns.

        Raises UnknownDeviceError, WrongProfileError, GatesBusyError when too many wait, and
        StorageUnavailableError when it is unknown whether it was stored.
        """
        with self._places:
            answer = await self._verify_from_memory(question) if self.is_listening else None
            return answer or await self._verify_alone(question)

    async def _verify_from_memory(self, question: Question) -> Answer | None:
        """Return None if the database has to decide."""
        token = question.token
        gate = self._gates.peek(token) or await self._gates.get(token)
        project_id = gate.project_id
        find = self._rosters.peek(project_id) or await self._rosters.get(project_id)
        scan = _make_scan(question, gate)
        try:
            judgement = judge_scan(scan, find, self._current_keys())
        except NotOnRosterError:
            return None
        record = make_record(scan, judgement, check_in_id=new_id())
        reason = await self._lane.put(record)
        if reason is None:
            return None
        return self._conclude(gate, scan, record, judgement, reason)

    def _current_keys(self) -> TagKeys:
        keyring = self._keyring()
        if keyring is not self._keys.keyring:
            self._keys = TagKeys(keyring)
        return self._keys

    def _conclude(
        self, gate: Gate, scan: Scan, record: ScanRecord, judgement: Judgement, reason: ScanReason
    ) -> Answer:
        """Return the answer to a stored scan, and leave what need not be waited for."""
        answer = make_answer(
            record.id,
            reason,
            direction=record.direction,
            method=record.method,
            shown=judgement.owner.shown if judgement.owner else None,
        )
        at, offset_ms = scan.received_at, scan.offset_ms
        self._aftercare.note_contact(gate, at=at, clock_offset_ms=offset_ms)
        if answer.admitted:
            self._aftercare.note_fold()
        return answer

    async def _verify_alone(self, question: Question) -> Answer:
        return await _in_thread(self._threads, partial(self._verify_in_database, question))

    def _verify_in_database(self, question: Question) -> Answer:
        with self._database.brief_transaction() as session:
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

    async def _load_gate(self, token: str) -> Gate:
        return await _in_thread(self._loaders, partial(self._read_gate, token))

    def _read_gate(self, token: str) -> Gate:
        with self._database.brief_transaction() as session:
            return Gate.of(authenticate_gate(session, token))

    async def _load_roster(self, project_id: UUID) -> Finders:
        return await _in_thread(self._loaders, partial(self._read_roster, project_id))

    def _read_roster(self, project_id: UUID) -> Finders:
        with self._database.brief_transaction() as session:
            return make_finders(get_roster(session, project_id))

    async def _run(self, work: Callable[[Session], None]) -> None:
        def in_transaction() -> None:
            with self._database.brief_transaction() as session:
                work(session)

        await _in_thread(self._threads, in_transaction)

    def _forget_roster(self, project_id: str) -> None:
        with suppress(ValueError):  # anybody who may connect may notify
            self._rosters.forget(UUID(project_id))

    def _forget_device(self, device_id: str) -> None:
        self._gates.forget_where(lambda gate: str(gate.id) == device_id)

    def _forget_all(self) -> None:
        self._rosters.forget_all()
        self._gates.forget_all()


def _make_scan(question: Question, gate: Gate) -> Scan:
    return Scan(
        project_id=gate.project_id,
        device_id=gate.id,
        code=question.code,
        direction=question.direction,
        nonce=question.nonce,
        scanned_at=question.scanned_at,
        received_at=now(),
    )


async def _in_thread(threads: ThreadPoolExecutor, work: Callable[[], Result]) -> Result:
    return await asyncio.get_running_loop().run_in_executor(threads, work)
