"""The thread that hands committed outbox messages to the broker."""

from collections.abc import Mapping
from datetime import timedelta
from threading import Event, Thread

import psycopg
import structlog
from redis import Redis
from sqlalchemy import Connection
from sqlmodel import Session

from core.clock import now
from db import outbox
from db.session import Database

BATCH = 200
WINDOW = 1000
"""Jobs the workers are given ahead: more would wait in the broker until their leases end, and
whatever comes later would stand behind them."""
WINDOW_SECONDS = 0.02
LISTEN_SECONDS = 0.25
"""Longest delay of a stop."""
LISTENS_PER_POLL = 8
POLL_SECONDS = LISTENS_PER_POLL * LISTEN_SECONDS
"""Look for due messages so often even if no NOTIFY comes: leases end, poolers swallow it."""
LEAD = "SELECT pg_try_advisory_lock(hashtext('outbox'), hashtext('lead'))"
ALIVE_SECONDS = 15
LONGEST_BACK_OFF_SECONDS = 30.0
STOP_SECONDS = 5.0

log = structlog.stdlib.get_logger(__name__)


class Relay(Thread):
    """Hands over due messages the moment they are committed; any number may run side by side.

    Only one of them is woken at each commit, or all would rush for the same row; the others look
    every 2 s, so that it may freeze without harm, and one of them follows it.
    Survives restarts of PostgreSQL, the broker and Valkey: whatever breaks, it starts again.
    """

    def __init__(
        self,
        database: Database,
        valkey: Redis,
        send: outbox.Send,
        *,
        lease: timedelta,
        batches: Mapping[str, int],
    ) -> None:
        super().__init__(name="outbox-relay", daemon=True)
        self._database = database
        self._valkey = valkey
        self._send = send
        self._lease = lease
        self._batches = batches
        self._has_backlog = False
        self._stopping = Event()
        self._failures = 0

    def run(self) -> None:
        """Relay until stopped."""
        while not self._stopping.is_set():
            try:
                self._relay_on_own_connections()
            except Exception:  # whatever broke: nobody would notice a dead thread
                self._failures += 1
                log.exception("outbox relay interrupted", failures=self._failures)
                self._stopping.wait(compute_back_off(self._failures))

    def stop(self) -> None:
        """Finish the batch in hand and end."""
        self._stopping.set()
        self.join(STOP_SECONDS)

    def _relay_on_own_connections(self) -> None:
        engine = self._database.engine
        with engine.connect() as hearing, engine.connect() as writing:
            listener = hearing.connection.driver_connection
            assert isinstance(listener, psycopg.Connection)
            hearing.detach()  # it will listen, so it must not go back to the pool
            listener.autocommit = True
            leads = False
            while not self._stopping.is_set():
                leads = leads or _take_lead(listener)
                self._hand_over(writing)
                self._valkey.set(outbox.WORKER_ALIVE_KEY, "1", ex=ALIVE_SECONDS)
                self._failures = 0
                if self._has_backlog:
                    self._stopping.wait(WINDOW_SECONDS)
                elif leads:
                    self._wait_for_work(listener)
                else:
                    self._stopping.wait(POLL_SECONDS)

    def _wait_for_work(self, listener: psycopg.Connection) -> None:
        for _ in range(LISTENS_PER_POLL):
            has_news = list(listener.notifies(timeout=LISTEN_SECONDS, stop_after=1))
            if has_news or self._stopping.is_set():
                return

    def _hand_over(self, connection: Connection) -> None:
        room = BATCH
        if self._has_backlog:
            with Session(connection) as session, session.begin():
                under_way = outbox.count_under_way(
                    session, at=now(), lease=self._lease, limit=WINDOW
                )
            room = min(WINDOW - under_way, BATCH)
        self._has_backlog = self._relay(connection, limit=room) >= room

    def _relay(self, connection: Connection, *, limit: int) -> int:
        with Session(connection) as session, session.begin():
            return outbox.relay(
                session,
                self._send,
                at=now(),
                lease=self._lease,
                limit=limit,
                batches=self._batches,
            )


def _take_lead(listener: psycopg.Connection) -> bool:
    """Become the one that is woken, unless another is; it ends with the connection."""
    found = listener.execute(LEAD).fetchone()
    if found is None or not found[0]:
        return False
    listener.execute(f"LISTEN {outbox.CHANNEL}")
    return True


def compute_back_off(failures: int) -> float:
    """Return the seconds to wait after so many failures in a row: 1, 2, 4 … 30."""
    return min(2.0 ** (failures - 1), LONGEST_BACK_OFF_SECONDS)
