"""Connections past SQLAlchemy, where its price shows; the only door to asyncpg."""

from collections.abc import Mapping
from typing import Any

import asyncpg
from sqlalchemy import make_url

CONNECT_SECONDS = 5
ANSWER_SECONDS = 10
OUTAGES = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
)
"""The server is gone, full or going down; what it was asked may or may not have happened."""


class LostDatabaseError(Exception):
    """The server did not answer; whether it did what it was asked is unknown."""


class RefusedStatementError(Exception):
    """The server refused the statement, and nothing of it happened."""


class DirectConnection:
    """One connection, opened when it is first needed and again after it broke.

    For one caller at a time.
    """

    def __init__(self, url: str, settings: Mapping[str, str]) -> None:
        self._url = url
        self._settings = settings
        self._connection: asyncpg.Connection | None = None

    async def fetch(self, statement: str, *arguments: object) -> list[Any]:
        """Run one statement in a transaction of its own; committed when this returns.

        Raises LostDatabaseError, RefusedStatementError.
        """
        try:
            connection = await self._open()
            return list(await connection.fetch(statement, *arguments))
        except OUTAGES as error:
            self._drop()
            raise LostDatabaseError from error
        except asyncpg.PostgresError as error:
            raise RefusedStatementError from error

    async def close(self) -> None:
        """Say goodbye to the server."""
        if self._connection is not None and not self._connection.is_closed():
            await self._connection.close(timeout=CONNECT_SECONDS)
        self._connection = None

    async def _open(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await connect(self._url)
            for name, value in self._settings.items():
                await self._connection.execute(f"SET {name} = '{value}'")
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
        self._connection = None


async def connect(url: str) -> asyncpg.Connection:
    """Open a connection to where a SQLAlchemy URL points; raises one of OUTAGES."""
    address = make_url(url).set(drivername="postgresql")
    return await asyncpg.connect(
        address.render_as_string(hide_password=False),
        timeout=CONNECT_SECONDS,
        command_timeout=ANSWER_SECONDS,
    )
