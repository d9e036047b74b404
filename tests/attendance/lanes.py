"""Hot lanes of the gates inside the test's process, over a really committed database."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from redis import Redis
from sqlalchemy import select
from sqlmodel import Session, col

from attendance.ingest import MOST_AT_ONCE, Ingest, Question
from attendance.judgement import Answer
from core.clock import local_date, now
from core.enums import Direction, ScanReason
from core.keyring import Keyring
from db.models import CheckIn, Project, Team
from db.session import Database
from qr.service import make_live_code
from tests.factories.attendance import GateSite, make_gate, make_gate_site
from tests.factories.identity import make_worker_person
from tests.factories.projects import make_contract, make_project_worker
from tests.live import WAIT_SECONDS

NOWHERE = Redis.from_url("unix:///nowhere.sock")
Seen = TypeVar("Seen")


@dataclass
class Entrance:
    """A project with a gate and a worker, and lanes that decide there."""

    database: Database
    valkey: Redis
    keyring: Keyring
    site: GateSite

    def open(self, *, most_at_once: int = MOST_AT_ONCE) -> AbstractAsyncContextManager[Ingest]:
        """Run a lane as an API process does, and yield it once it decides from memory."""
        return open_lane(self.database, self.valkey, self.keyring, most_at_once=most_at_once)

    def ordinary(self) -> Ingest:
        """Return a lane that hears nothing, so that the database decides each of its scans."""
        return Ingest(self.database, self.valkey, lambda: self.keyring)

    def ask(self, *questions: Question) -> list[Answer]:
        """Let one lane be asked all of these at once."""

        async def gather() -> list[Answer]:
            async with self.open() as lane:
                return await asyncio.gather(*map(lane.verify, questions))

        return asyncio.run(gather())

    def question(self, code: str, **changes: Any) -> Question:
        """Return what the gate asks; a fresh nonce, entry and the right time unless changed."""
        return question(changes.pop("token", self.site.gate.token), code, **changes)

    def show(self, *, steps: int = 0, person_id: UUID | None = None) -> str:
        """Return what a worker's phone shows, `steps` of 15 seconds from now."""
        at = now() + steps * timedelta(seconds=15)
        with self.database.transaction() as session:
            person = person_id or self.site.person_id
            return make_live_code(session, self.keyring, person_id=person, at=at)

    def add_worker(self) -> UUID:
        """Register another worker under contract; return the person."""
        with self.database.transaction() as session:
            person = make_worker_person(session)
            team = session.get_one(Team, self.site.team_id)
            place = make_project_worker(session, team, person, entered_date=local_date(now()))
            make_contract(session, place, start_date=local_date(now()))
            return person.id

    def add_gates(self, count: int) -> list[str]:
        """Pair more gates; return their tokens."""
        with self.database.transaction() as session:
            project = session.get_one(Project, self.site.project_id)
            return [make_gate(session, project).token for _ in range(count)]

    def change(self, change: Callable[[Session, GateSite], object]) -> None:
        """Commit a change as another process would."""
        with self.database.transaction() as session:
            change(session, self.site)

    def stored(self) -> list[CheckIn]:
        """Return the durable check-ins, oldest arrival first."""
        with self.database.transaction() as session:
            check_ins = list(session.scalars(select(CheckIn).order_by(col(CheckIn.received_at))))
            session.expunge_all()
            return check_ins


def make_entrance(database: Database, valkey: Redis, keyring: Keyring) -> Entrance:
    """Write a site and return its entrance."""
    with database.transaction() as session:
        return Entrance(database, valkey, keyring, make_gate_site(session))


@asynccontextmanager
async def open_lane(
    database: Database, valkey: Redis, keyring: Keyring, *, most_at_once: int = MOST_AT_ONCE
) -> AsyncGenerator[Ingest]:
    """Run a lane, and yield it once it hears what others change."""
    lane = Ingest(database, valkey, lambda: keyring, most_at_once=most_at_once)
    lane.start()
    try:
        await see(lambda: _is_listening(lane), lambda is_listening: is_listening)
        yield lane
    finally:
        await lane.close()


def question(
    token: str,
    code: str,
    *,
    nonce: str | None = None,
    direction: Direction = Direction.IN,
    scanned_at: datetime | None = None,
) -> Question:
    """Return what a gate asks."""
    return Question(token, code, direction, nonce or uuid4().hex, scanned_at or now())


def reasons(answers: list[Answer]) -> list[ScanReason]:
    """Return the reasons in alphabetical order."""
    return sorted(answer.reason for answer in answers)


async def see(look: Callable[[], Awaitable[Seen]], is_wanted: Callable[[Seen], bool]) -> Seen:
    """Look again until it is as wanted, and return what was seen then."""
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            seen = await look()
            if is_wanted(seen):
                return seen
            await asyncio.sleep(0.02)


async def _is_listening(lane: Ingest) -> bool:
    return lane.is_listening
