"""Stored wage statuses for all who ask at the same moment: one statement, one connection."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
import structlog

from db.direct import DirectConnection, LostDatabaseError, RefusedStatementError
from payroll.severity import WageStatus
from payroll.status_projection import read_status
from payroll.status_queries import STANDING_OF_MANY

SESSION_SETTINGS = {
    "application_name": "anxinma wage status",
    "statement_timeout": "3s",
    "default_transaction_read_only": "on",
}

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Asking:
    person_id: UUID
    at: datetime
    answer: "asyncio.Future[WageStatus | None]"


class StatusReader:
    """One per process, on its event loop.

    Whoever asks while a statement is under way is in the next one: what was committed before
    somebody asked is what they are told.
    """

    def __init__(self, url: str) -> None:
        self._connection = DirectConnection(url, SESSION_SETTINGS)
        self._waiting: list[_Asking] = []
        self._answering: asyncio.Task[None] | None = None

    async def find(self, person_id: UUID, *, at: datetime) -> WageStatus | None:
        """Return the status as it is stored; None when it has to be worked out.

        Also None when this connection cannot say: the caller asks the database in another way.
        """
        asking = _Asking(person_id, at, asyncio.get_running_loop().create_future())
        self._waiting.append(asking)
        if self._answering is None or self._answering.done():
            self._answering = asyncio.create_task(self._answer_all())
        return await asking.answer

    async def close(self) -> None:
        """Answer who still waits, and let go of the connection."""
        if self._answering is not None:
            await self._answering
        await self._connection.close()

    async def _answer_all(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting, []
            found: dict[UUID, WageStatus] = {}
            try:
                found = await self._read(asked)
            except (LostDatabaseError, RefusedStatementError) as error:
                log.warning("status_reader_failed", cause=repr(error.__cause__))
            finally:
                for asking in asked:
                    if not asking.answer.done():
                        asking.answer.set_result(found.get(asking.person_id))

    async def _read(self, asked: Sequence[_Asking]) -> dict[UUID, WageStatus]:
        people = list({asking.person_id for asking in asked})
        at = max(asking.at for asking in asked)
        rows = await self._connection.fetch(STANDING_OF_MANY, people, at)
        return {
            person_id: read_status(severity, msgspec.json.decode(reasons))
            for person_id, severity, reasons in rows
        }
