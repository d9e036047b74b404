"""Phone check-ins and where sites are: ``/v1/me/check-ins``, ``/v1/projects/{id}/fence``."""

from uuid import UUID

from api.deps import PhoneOwnerDep, ProjectManagerDep, SessionDep, ValkeyDep, WorkerDep
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.schemas.check_ins import CheckInIn, CheckInOut, FenceIn, FenceOut, LocationNoticeOut
from api.strict_json import StrictRouter
from attendance import phone, site_fences
from attendance.errors import (
    FenceNotFoundError,
    FenceUnfitError,
    NotOnThisProjectError,
    TooManyPunchesError,
)
from core.clock import now
from core.enums import Notice
from identity import consents
from identity.errors import NotSignedInError, OwnPhoneRequiredError, RoleRequiredError
from projects.errors import ProjectNotFoundError, UnknownPosterError

router = StrictRouter(tags=["attendance"])
NOT_A_WORKER = (NotSignedInError, RoleRequiredError)
NOT_YOURS = (NotSignedInError, RoleRequiredError, ProjectNotFoundError)


@router.post(
    "/me/check-ins",
    status_code=201,
    responses=problems(
        *NOT_A_WORKER,
        OwnPhoneRequiredError,
        UnknownPosterError,
        NotOnThisProjectError,
        TooManyPunchesError,
    ),
)
def check_in_at_poster(
    session: SessionDep, valkey: ValkeyDep, worker: PhoneOwnerDep, body: CheckInIn
) -> CheckInOut:
    """Check in at the poster with your phone.

    For a signed-in worker, grade C. The location only raises questions: outside the fence, made
    up by an app, impossibly far from the last check-in, missing. The site's labour manager is
    asked to look, the check-in counts all the same. Sending a nonce again, or the same direction
    within a minute, gives the first check-in again.
    """
    view = phone.check_in_at_poster(
        session, valkey, person_id=worker.person_id, punch=body.to_punch(), at=now()
    )
    return CheckInOut.of(view)


@router.get("/me/check-ins", responses=problems(*NOT_A_WORKER))
def list_phone_check_ins(
    session: SessionDep, worker: PhoneOwnerDep, page: PageDep
) -> Page[CheckInOut]:
    """List your phone check-ins with their locations.

    For a signed-in worker, newest first. Nobody else is shown the coordinates.
    """
    listed = phone.list_punches(
        session, person_id=worker.person_id, before=page.before, limit=page.limit + 1
    )
    return make_page(listed, limit=page.limit, to_item=CheckInOut.of)


@router.get("/location-notice")
def get_location_notice() -> LocationNoticeOut:
    """Read what a worker agrees to with a location.

    For anybody. A location is never required: without one a check-in counts the same.
    """
    return LocationNoticeOut(
        version=consents.LOCATION_NOTICE_VERSION, text=consents.LOCATION_NOTICE
    )


@router.delete("/me/location-consent", status_code=204, responses=problems(*NOT_A_WORKER))
def withdraw_location_consent(session: SessionDep, worker: WorkerDep) -> None:
    """Stop the use of your location.

    For a signed-in worker. From now on check-ins are recorded without one; earlier ones stay as
    they are. Repeating it changes nothing.
    """
    consents.withdraw(session, person_id=worker.person_id, notice=Notice.LOCATION, at=now())


@router.put("/projects/{project_id}/fence", responses=problems(*NOT_YOURS, FenceUnfitError))
def set_fence(
    session: SessionDep, manager: ProjectManagerDep, project_id: UUID, body: FenceIn
) -> FenceOut:
    """Say where the project's site is.

    For the project's labour manager: a circle or a polygon, in WGS-84 or GCJ-02. It replaces an
    earlier one; what earlier check-ins were found to be stays. Who set it is recorded.
    """
    fence = site_fences.set_fence(
        session, principal=manager, project_id=project_id, draft=body.to_draft()
    )
    return FenceOut.of(fence)


@router.get("/projects/{project_id}/fence", responses=problems(*NOT_YOURS, FenceNotFoundError))
def get_fence(session: SessionDep, _manager: ProjectManagerDep, project_id: UUID) -> FenceOut:
    """Read where the project's site is.

    For the project's labour manager, as it was entered.
    """
    return FenceOut.of(site_fences.get_fence(session, project_id=project_id))
