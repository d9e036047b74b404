"""A worker's own wage status: as it is stored, or worked out where a fact has changed since."""

from functools import partial
from typing import Annotated

from fastapi import Depends, Request

from api.deps import WorkerDep
from api.transactions import TransactionsDep
from core.clock import now
from payroll import status
from payroll.severity import WageStatus
from payroll.status_reader import StatusReader


async def get_own_status(
    request: Request, worker: WorkerDep, transactions: TransactionsDep
) -> WageStatus:
    """Return how the calling worker's wages stand.

    The usual question is answered without a thread or a session: it is asked most of all.
    """
    reader: StatusReader = request.app.state.statuses
    at = now()
    stored = await reader.find(worker.person_id, at=at)
    if stored is not None:
        return stored
    return await transactions.run(
        partial(status.get_wage_status, person_id=worker.person_id, at=at)
    )


OwnStatusDep = Annotated[WageStatus, Depends(get_own_status)]
