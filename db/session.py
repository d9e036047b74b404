"""The connection pool and the one way to open a unit of work."""

from collections.abc import Generator
from contextlib import contextmanager
from select import POLLIN, poll
from typing import Self

from psycopg import Connection
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from core.crypto import FieldKeys
from db.base import field_keys

POOL_SIZE = 56
"""Above the HTTP thread pool of 40 and the 12 threads of `attendance.ingest`, or finished requests
wait for threads that wait for a connection and nothing moves."""
BRIEF = text(
    "SELECT set_config('lock_timeout', '1s', true), set_config('statement_timeout', '3s', true)"
)


class Database:
    """A connection pool whose sealed columns use the given keys."""

    def __init__(
        self, url: str, keys: FieldKeys, *, pool_size: int = POOL_SIZE, options: str = ""
    ) -> None:
        self.url = url
        self._keys = keys
        self.engine = create_engine(
            url,
            connect_args={"options": options},
            hide_parameters=True,  # errors get logged, bound values are about people
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            pool_use_lifo=True,  # those used last have their statements prepared
        )
        event.listen(self.engine, "checkout", _check_alive)
        self.engine.dialect.field_keys = keys  # type: ignore[attr-defined]

    def beside(self, *, pool_size: int, options: str) -> Self:
        """Return the same database with another pool, for work that must not use this one up.

        `options` are the server's settings for its connections, as `-c name=value`.
        """
        return type(self)(self.url, self._keys, pool_size=pool_size, options=options)

    @contextmanager
    def transaction(self) -> Generator[Session]:
        """Yield a session; commit on success, roll back on any exception."""
        with Session(self.engine) as session, session.begin():
            yield session

    @contextmanager
    def brief_transaction(self) -> Generator[Session]:
        """As `transaction`, for whoever stands and waits: a lock or a statement takes seconds.

        Raises OperationalError when one takes longer.
        """
        with self.transaction() as session:
            session.execute(BRIEF)
            yield session

    def ping(self) -> None:
        """Raise unless the server answers."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Drop all pooled connections; needed after a fork, so children do not share sockets."""
        self.engine.dispose()


def _check_alive(connection: Connection, _entry: ConnectionPoolEntry, _lent: object) -> None:
    """Have an idle connection that the server closed replaced, with all of its age.

    Between transactions PostgreSQL has nothing to say, so anything to read is its farewell. The
    socket is asked; `pool_pre_ping` would ask the server, a round trip in every transaction.
    """
    if connection.closed:
        raise InvalidatePoolError
    waiting = poll()
    waiting.register(connection.fileno(), POLLIN)
    if waiting.poll(0):
        raise InvalidatePoolError


def blind_index(session: Session, context: str, normalized: str) -> bytes:
    """Return the lookup value of a sealed column for an already normalized plaintext."""
    return field_keys(session.get_bind().dialect).blind_index(context, normalized)
