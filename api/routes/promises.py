"""What divisions promise to do sooner than they must: ``/v1/bureaus/{division_code}/promises``."""

from uuid import UUID

from api.deps import AdminDep, SessionDep
from api.problems import problems
from api.schemas.promises import PromiseIn, PromiseOut, PromisesOut
from api.strict_json import StrictRouter
from cases import promises
from cases.desk_errors import BureauNotFoundError, PromiseNotFoundError, PromiseNotShorterError
from core.clock import local_date, now

router = StrictRouter(prefix="/bureaus/{division_code}/promises", tags=["case desk"])


@router.get("", responses=problems(BureauNotFoundError))
def list_promises(session: SessionDep, _: AdminDep, division_code: str) -> PromisesOut:
    """List what a division promises today.

    For administrators. Promises of the city and the province hold in their counties too.
    """
    held = promises.list_promises(session, code=division_code, on=local_date(now()))
    return PromisesOut(items=[PromiseOut.of(promise) for promise in held])


@router.post("", status_code=201, responses=problems(BureauNotFoundError, PromiseNotShorterError))
def add_promise(
    session: SessionDep, _: AdminDep, division_code: str, body: PromiseIn
) -> PromiseOut:
    """Hold a division to fewer days than the law.

    For administrators. Periods that begin from that day on are counted by it, and name its source;
    those that run keep their end. What the law allows stays allowed after it.
    """
    promise = promises.add_promise(session, code=division_code, **body.model_dump(), at=now())
    return PromiseOut.of(promise)


@router.delete("/{promise_id}", status_code=204, responses=problems(PromiseNotFoundError))
def end_promise(session: SessionDep, _: AdminDep, division_code: str, promise_id: UUID) -> None:
    """End a promise; it is kept for the record."""
    promises.end_promise(session, code=division_code, promise_id=promise_id, at=now())
