"""The lane of backlogs: what gates and terminals kept while they were alone, beside the live lane.

A gate that uploads a week must not delay the morning: backlogs have threads and connections of
their own, few of both, so that they leave the processor and the pool to whoever stands and waits.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from sqlmodel import Session

from attendance.places import Places
from db.session import Database

THREADS = 4
"""Uploads that are stored at the same time: while some wait for the disk another computes."""
MOST_AT_ONCE = 16
"""Uploads in this process, stored or waiting; their gates would give up on more."""

BY_INDEX = ("seqscan", "bitmapscan", "sort")
"""Ways the planner may not choose: over a partition that was empty when it planned they all looked
the same, and the one it took led past every row of the project later. See `db.bulk.each_of`."""
OPTIONS = " ".join(f"-c enable_{way}=off" for way in BY_INDEX)

Result = TypeVar("Result")


class Backlogs:
    """One per process, on its event loop."""

    def __init__(self, database: Database, *, most_at_once: int = MOST_AT_ONCE) -> None:
        self._database = database.beside(pool_size=THREADS, options=OPTIONS)
        self._threads = ThreadPoolExecutor(THREADS, "backlog")
        self._places = Places(most_at_once)

    async def store(self, work: Callable[[Session], Result]) -> Result:
        """Do the work in one transaction of its own; durable when this returns.

        Raises GatesBusyError at once when too many wait, StorageUnavailableError when it is unknown
        whether it was stored, and whatever the work raises.
        """
        with self._places:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, partial(self._run, work))

    def close(self) -> None:
        """Finish what was begun and let go of the connections."""
        self._threads.shutdown()
        self._database.close()

    def _run(self, work: Callable[[Session], Result]) -> Result:
        with self._database.transaction() as session:
            return work(session)
