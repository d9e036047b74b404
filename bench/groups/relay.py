"""What the relay's look for work costs when millions of finished jobs lie behind it."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from time import perf_counter
from uuid import uuid4

from sqlalchemy import make_url, text
from sqlmodel import Session

from bench.harness import Sides, bench
from bench.post import make_database
from bench.rig import Rig
from core.clock import now
from core.keyring import load_keyring
from db import outbox
from db.session import Database

MANY = 5_000_000
FEW = 1_000
WAITING = 2_000
BATCH = 200
LOOKS = 20
LEASE = timedelta(seconds=75)
MS = 1000
INDEX = "ix_outbox_message_is_urgent_due_at"
FILLING = """
INSERT INTO outbox_message
    (id, created_at, task, payload, dedupe_key, due_at, is_urgent, attempts, done_at)
SELECT uuidv7(), now(), 'notifications.deliver', jsonb_build_object('notification_id', uuidv7()),
    :name || number, now(), number % 20 = 0, 0, CASE WHEN :is_done THEN now() END
FROM generate_series(1, :count) number
"""
LOOKING = """
EXPLAIN SELECT id FROM outbox_message
WHERE done_at IS NULL AND is_urgent IS false AND due_at <= now()
ORDER BY due_at LIMIT 200 FOR UPDATE SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Outbox:
    """A database with finished jobs behind those that wait."""

    database: Database

    def fill(self, *, finished: int) -> None:
        """Write the jobs, every twentieth urgent, and have PostgreSQL look at them."""
        with self.database.transaction() as session:
            for name, count in (("done", finished), ("due", WAITING)):
                values = {"name": name, "count": count, "is_done": name == "done"}
                session.connection().execute(text(FILLING), values)
        with self.database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(
                text("VACUUM (ANALYZE) outbox_message")
            )

    def look_ms(self) -> float:
        """Return how long the relay takes to find, lease and give away one batch."""
        return median(self._look() for _ in range(LOOKS)) * MS

    def check_plan(self) -> None:
        """Refuse to measure a plan that reads finished jobs."""
        with self.database.transaction() as session:
            plan = "\n".join(session.connection().execute(text(LOOKING)).scalars())
        assert INDEX in plan, plan

    def _look(self) -> float:
        with self.database.engine.connect() as connection, Session(connection) as session:
            started = perf_counter()
            found = outbox.relay(
                session, lambda *_: None, at=now(), lease=LEASE, limit=BATCH, batches={}
            )
            session.flush()
            elapsed = perf_counter() - started
            session.rollback()
        assert found > BATCH, found
        return elapsed


@bench(unit="ms", ratio="<=", target=1.5, large=True)
@contextmanager
def relay_flat_5m(rig: Rig) -> Generator[Sides]:
    """The relay's look with five million finished jobs behind it, against a thousand."""
    with _outbox(rig, MANY) as behind_many, _outbox(rig, FEW) as behind_few:
        behind_many.check_plan()
        yield Sides(ours=behind_many.look_ms, baseline=behind_few.look_ms)


@contextmanager
def _outbox(rig: Rig, finished: int) -> Generator[Outbox]:
    url = make_database(make_url(rig.database_url), f"outbox_{uuid4().hex[:8]}")
    keys = load_keyring(rig.directory / "outbox-keys.json").fields
    filled = Outbox(Database(url, keys))
    filled.fill(finished=finished)
    yield filled
    filled.database.close()
