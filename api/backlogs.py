"""Letting in what gates and terminals kept: a little of it at once, much of it by its own lane."""

from collections.abc import Callable
from typing import TypeVar

from fastapi import Request
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from attendance.backlogs import Backlogs
from db.session import Database

SMALL_UPLOAD = 20
"""Crossings of a device that was alone for a moment: as urgent as a question."""

Result = TypeVar("Result")


async def store(request: Request, work: Callable[[Session], Result], *, crossings: int) -> Result:
    """Do the work in one transaction; durable when this returns.

    Raises GatesBusyError when too many backlogs wait already, and whatever the work raises.
    """
    backlogs: Backlogs = request.app.state.backlogs
    if crossings > SMALL_UPLOAD:
        return await backlogs.store(work)
    return await run_in_threadpool(_store_at_once, request.app.state.database, work)


def _store_at_once(database: Database, work: Callable[[Session], Result]) -> Result:
    with database.transaction() as session:
        return work(session)
