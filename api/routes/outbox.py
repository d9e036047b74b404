"""Jobs that were tried often and in vain: ``/v1/stuck-jobs``."""

from uuid import UUID

from fastapi import Response

from api.deps import AdminDep, SessionDep
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.schemas.notifications import StuckJobOut
from api.strict_json import StrictRouter
from db import outbox
from identity.errors import NotSignedInError, RoleRequiredError
from notifications import service
from notifications.errors import OutboxMessageNotFoundError

router = StrictRouter(tags=["operation"])
NOT_ADMIN = (NotSignedInError, RoleRequiredError)


@router.get("/stuck-jobs", responses=problems(*NOT_ADMIN))
def list_stuck_jobs(session: SessionDep, _admin: AdminDep, page: PageDep) -> Page[StuckJobOut]:
    """List the jobs that keep failing.

    For administrators, newest first: handed over eight times and never done. They are still tried
    every hour; the worker's log says what is wrong.
    """
    found = outbox.list_poison(session, before=page.before, limit=page.limit + 1)
    return make_page(found, limit=page.limit, to_item=StuckJobOut.of)


@router.post(
    "/stuck-jobs/{job_id}/retry",
    status_code=204,
    responses=problems(*NOT_ADMIN, OutboxMessageNotFoundError),
)
def retry_job(session: SessionDep, _admin: AdminDep, job_id: UUID) -> Response:
    """Try a job again at once.

    For administrators, after the cause was mended. It gets a full round of tries.
    """
    service.retry_job(session, job_id=job_id)
    return Response(status_code=204)
