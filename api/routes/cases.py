"""Complaints and cases: ``/v1/complaints``, ``/v1/me/complaints`` and ``/v1/cases``."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.deps import AddressDep, InspectorDep, PhoneOwnerDep, SessionDep, ValkeyDep
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.schemas.cases import (
    ActionIn,
    CaseFileOut,
    CaseOut,
    ComplaintOut,
    ComplaintsOut,
    FiledComplaintOut,
    LookupIn,
    PosterComplaintIn,
    TimelineOut,
)
from cases import desk, service
from cases.errors import (
    ActionNotAllowedError,
    AlreadyReopenedError,
    CaseNotFoundError,
    ComplaintNotFoundError,
    FilingThrottledError,
    LookupThrottledError,
    LookupUnavailableError,
    NoteRequiredError,
    UnknownPlaceError,
    WrongNumberOrPinError,
)
from core.clock import now
from core.enums import CaseAction, CaseState
from projects.errors import UnknownPosterError

router = APIRouter(tags=["cases"])

NumberPath = Annotated[str, Path(pattern=r"^AX[0-9]{14}$", examples=["AX26112304271906"])]


@router.post(
    "/complaints",
    status_code=201,
    responses=problems(UnknownPosterError, FilingThrottledError, UnknownPlaceError),
)
def file_poster_complaint(
    session: SessionDep, valkey: ValkeyDep, address: AddressDep, body: PosterComplaintIn
) -> FiledComplaintOut:
    """Complain from the notice board of a site.

    For anybody who scans the poster, without an account. The answer's number and PIN follow the
    case; a phone number, if given, gets a message at every step. Every call files a new
    complaint: send an `Idempotency-Key` to repeat one safely.
    """
    filed = service.file_poster_complaint(
        session, valkey, **body.model_dump(), address=address, at=now()
    )
    return FiledComplaintOut.of(filed)


@router.post(
    "/complaints/lookup",
    responses=problems(WrongNumberOrPinError, LookupThrottledError, LookupUnavailableError),
)
def look_up_complaint(
    session: SessionDep, valkey: ValkeyDep, address: AddressDep, body: LookupIn
) -> TimelineOut:
    """Follow a complaint by number and PIN.

    For anybody who holds both. A wrong number and a wrong PIN get the same answer; 10 tries an
    hour per number.
    """
    timeline = service.look_up_complaint(
        session, valkey, number=body.number, pin=body.pin, address=address
    )
    return TimelineOut.of(timeline)


@router.get("/me/complaints")
def list_my_complaints(session: SessionDep, worker: PhoneOwnerDep) -> ComplaintsOut:
    """List your own complaints.

    Newest first, each with its state and what happens next. Anonymous complaints are recorded
    under nobody's name and do not appear.
    """
    timelines = service.list_my_complaints(session, person_id=worker.person_id)
    return ComplaintsOut(items=[ComplaintOut.of(timeline) for timeline in timelines])


@router.get(
    "/me/complaints/{number}",
    responses=problems(ComplaintNotFoundError),
)
def get_my_complaint(session: SessionDep, worker: PhoneOwnerDep, number: NumberPath) -> TimelineOut:
    """Tell the story of one of your complaints.

    Every step in plain words, the legal deadline now running, and what you may do.
    """
    return TimelineOut.of(
        service.get_my_complaint(session, number=number, person_id=worker.person_id)
    )


@router.post(
    "/me/complaints/{number}/actions/{action}",
    responses=problems(ComplaintNotFoundError, ActionNotAllowedError, AlreadyReopenedError),
)
def act_on_my_complaint(
    session: SessionDep,
    worker: PhoneOwnerDep,
    number: NumberPath,
    action: CaseAction,
    body: ActionIn,
) -> TimelineOut:
    """Withdraw or reopen your complaint.

    `withdraw` until there is an order to pay; `reopen` once, after closing, when the money did not
    come. You get a message.
    """
    service.act_on_case(
        session, principal=worker, number=number, action=action, note=body.note, at=now()
    )
    return TimelineOut.of(
        service.get_my_complaint(session, number=number, person_id=worker.person_id)
    )


@router.get("/cases")
def list_cases(
    session: SessionDep, inspector: InspectorDep, page: PageDep, state: CaseState | None = None
) -> Page[CaseOut]:
    """List the cases of your county.

    For inspectors. Newest first, with the legal deadline now running. Who complains is shown only
    where the complaint is `named`, and masked.
    """
    at = now()
    listed = desk.list_cases(
        session,
        county_code=inspector.county_code,
        state=state,
        before=page.before,
        limit=page.limit,
    )
    return make_page(listed, limit=page.limit, to_item=lambda case: CaseOut.of(case, at=at))


@router.get("/cases/{number}", responses=problems(CaseNotFoundError))
def get_case(session: SessionDep, inspector: InspectorDep, number: NumberPath) -> CaseFileOut:
    """Open one case of your county.

    For inspectors. The complaint, every step, and every legal clock with the days it counts.
    """
    file = desk.get_case(session, number=number, county_code=inspector.county_code)
    return CaseFileOut.of_file(file, at=now())


@router.post(
    "/cases/{number}/actions/{action}",
    responses=problems(CaseNotFoundError, ActionNotAllowedError, NoteRequiredError),
)
def act_on_case(
    session: SessionDep,
    inspector: InspectorDep,
    number: NumberPath,
    action: CaseAction,
    body: ActionIn,
) -> CaseFileOut:
    """Take a step with a case.

    For inspectors of the case's county: `accept`, `refuse`, `order_to_pay`, `close`. Refusing and
    closing need a note. The complainant gets a message and can read the note. Of two inspectors
    who act at once the second is told 409 if the step is no longer possible.
    """
    at = now()
    service.act_on_case(
        session, principal=inspector, number=number, action=action, note=body.note, at=at
    )
    file = desk.get_case(session, number=number, county_code=inspector.county_code)
    return CaseFileOut.of_file(file, at=at)
