"""The database for `async def` endpoints: one thread, one transaction."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from db.session import Database

Result = TypeVar("Result")


class Transactions:
    """Runs work on the database; what it returns must not need the session any more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self, work: Callable[[Session], Result]) -> Result:
        """Do the work in a transaction of its own; committed when this returns.

        A `def` endpoint with a session goes through the thread pool four times, this once.
        """
        return await run_in_threadpool(self._run, work)

    def _run(self, work: Callable[[Session], Result]) -> Result:
        with self._database.transaction() as session:
            return work(session)


async def get_transactions(request: Request) -> Transactions:
    """Return this process's database, for work in short transactions."""
    return Transactions(request.app.state.database)


TransactionsDep = Annotated[Transactions, Depends(get_transactions)]
