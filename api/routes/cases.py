"""Complaints and cases: ``/v1/complaints``, ``/v1/me/complaints`` and ``/v1/cases``."""

from typing import Annotated

from fastapi import Path, Query

from api.deps import (
    AddressDep,
    InspectorDep,
    KeyringDep,
    PhoneOwnerDep,
    SessionDep,
    ValkeyDep,
)
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.schemas.case_desk import CaseFileOut
from api.schemas.cases import (
    ActedOut,
    ActionIn,
    CaseOut,
    ComplaintOut,
    ComplaintsOut,
    FiledComplaintOut,
    OwnActionIn,
    PinOut,
    PosterComplaintIn,
    TimelineOut,
)
from api.schemas.words import NO_NUL
from api.strict_json import StrictRouter
from cases import bundles, desk, service
from cases.desk import Due
from cases.desk_errors import (
    ConflictOfInterestError,
    OrderStandsError,
    OrderUnexplainedError,
    RequestPendingError,
)
from cases.document_errors import (
    AgreementNotDueError,
    AgreementUnsignedError,
    StagedFileNotFoundError,
)
from cases.errors import (
    ActionNotAllowedError,
    AdvanceTooHighError,
    AlreadyReopenedError,
    AmountUnexplainedError,
    AttachmentsMissingError,
    CaseNotFoundError,
    ClaimExceededError,
    ClockOverError,
    ComplaintNotFoundError,
    ConclusionUnfitError,
    CountyUnfitError,
    CrimeRuledOutError,
    DatePassedError,
    DateTooFarError,
    EmployerUnknownError,
    FilingThrottledError,
    FormSentBeforeError,
    MoneyMissingError,
    NoOpenQuestionError,
    NoteRequiredError,
    NotThatOldError,
    OrderNotDueError,
    OutsideProvinceError,
    PaidInFullError,
    StepDoneError,
    StepIncompleteError,
    TransferFirstError,
    TwoInspectorsRequiredError,
    UnknownPlaceError,
    WordsRequiredError,
)
from core.case_enums import CaseAction, CaseState
from core.clock import now
from projects.errors import UnknownPosterError

STEP_REFUSALS = (
    AdvanceTooHighError,
    AmountUnexplainedError,
    AttachmentsMissingError,
    ClaimExceededError,
    ClockOverError,
    ConclusionUnfitError,
    CountyUnfitError,
    CrimeRuledOutError,
    DatePassedError,
    EmployerUnknownError,
    NoOpenQuestionError,
    DateTooFarError,
    NotThatOldError,
    OrderNotDueError,
    TransferFirstError,
    OrderUnexplainedError,
    TwoInspectorsRequiredError,
)
"""What `cases.guards` refuses a step with."""

router = StrictRouter(tags=["cases"])

NumberPath = Annotated[str, Path(pattern=r"^AX[0-9]{14}$", examples=["AX26112304271906"])]


@router.post(
    "/complaints",
    status_code=201,
    responses=problems(
        UnknownPosterError,
        FilingThrottledError,
        UnknownPlaceError,
        OutsideProvinceError,
        FormSentBeforeError,
        StagedFileNotFoundError,
    ),
)
def file_poster_complaint(
    session: SessionDep,
    valkey: ValkeyDep,
    keyring: KeyringDep,
    address: AddressDep,
    body: PosterComplaintIn,
) -> FiledComplaintOut:
    """Complain from the notice board of a site.

    For anybody who scans the poster, without an account. The answer's number and PIN follow the
    case; a phone number, if given, gets a message at every step. The same `mark` is one complaint
    for half an hour: other words sent with it are added, other changes refused.
    """
    at = now()
    said = body.model_dump(exclude={"attachments"})
    filed = service.file_poster_complaint(session, valkey, **said, address=address, at=at)
    bundles.seal(
        session,
        keyring,
        complaint_id=filed.complaint_id,
        attachments=body.attachments,
        at=at,
    )
    return FiledComplaintOut.of(filed)


@router.get("/me/complaints")
def list_my_complaints(session: SessionDep, worker: PhoneOwnerDep) -> ComplaintsOut:
    """List your own complaints.

    Newest first, each with its state and what happens next. Anonymous complaints are recorded
    under nobody's name and do not appear.
    """
    timelines = service.list_my_complaints(session, person_id=worker.person_id, at=now())
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
        service.get_my_complaint(session, number=number, person_id=worker.person_id, at=now())
    )


@router.post(
    "/me/complaints/{number}/actions/{action}",
    responses=problems(
        ComplaintNotFoundError,
        ActionNotAllowedError,
        AlreadyReopenedError,
        StepDoneError,
        WordsRequiredError,
        MoneyMissingError,
        PaidInFullError,
        AgreementNotDueError,
        OrderStandsError,
        AgreementUnsignedError,
        StagedFileNotFoundError,
    ),
)
def act_on_my_complaint(
    session: SessionDep,
    worker: PhoneOwnerDep,
    number: NumberPath,
    action: CaseAction,
    body: OwnActionIn,
) -> TimelineOut:
    """Withdraw, reopen, ask, or add to your complaint.

    `withdraw` until there is an order to pay; `add_details` when asked; `decline_agreement` to what
    is proposed (to agree, sign it); `supplement` and `ask_question` in words or files; after
    closing `confirm_paid`, or `reopen` once when the money, or a part of it, did not come.
    """
    at = now()
    service.act_on_case(
        session,
        principal=worker,
        number=number,
        action=action,
        form=body.as_form(),
        attachments=body.attachments,
        at=at,
    )
    return TimelineOut.of(
        service.get_my_complaint(session, number=number, person_id=worker.person_id, at=at)
    )


@router.post(
    "/me/complaints/{number}/pin",
    responses=problems(ComplaintNotFoundError),
)
def renew_complaint_pin(session: SessionDep, worker: PhoneOwnerDep, number: NumberPath) -> PinOut:
    """Get a new PIN for one of your complaints.

    The old one ends. Number and PIN follow the complaint on anybody's phone.
    """
    return PinOut(pin=service.renew_pin(session, person_id=worker.person_id, number=number))


@router.get("/cases")
def list_cases(
    session: SessionDep,
    inspector: InspectorDep,
    page: PageDep,
    *,
    state: CaseState | None = None,
    due: Due | None = None,
    search: Annotated[str | None, Query(max_length=100, pattern=NO_NUL)] = None,
    mine: bool = False,
) -> Page[CaseOut]:
    """List the cases of your division.

    For inspectors of a county, and of the city or province above. Newest first, with the period
    that ends first. `due` narrows to what ends today, soon or is overdue, and puts what ends first
    first. `search` takes a number, words in the project's or employer's name, or a complainant's
    phone or whole name; `mine` is what you handle. Who complains is shown and found only where the
    complaint is `named`, and shown masked.
    """
    at = now()
    listed = desk.list_cases(
        session,
        principal=inspector,
        state=state,
        due=due,
        search=search,
        mine=mine,
        before=page.before,
        limit=page.limit,
        at=at,
    )
    return make_page(listed, limit=page.limit, to_item=lambda case: CaseOut.of(case, at=at))


@router.get("/cases/{number}", responses=problems(CaseNotFoundError))
def get_case(session: SessionDep, inspector: InspectorDep, number: NumberPath) -> CaseFileOut:
    """Open one case of your division.

    For inspectors. The complaint, every step, every period with the days it counts, who handles
    it, what waits for the head, notes, and what looks like revenge.
    """
    at = now()
    file = desk.get_case(session, principal=inspector, number=number, at=at)
    return CaseFileOut.of_file(file, at=at)


@router.post(
    "/cases/{number}/actions/{action}",
    responses=problems(
        CaseNotFoundError,
        ActionNotAllowedError,
        NoteRequiredError,
        StepIncompleteError,
        StepDoneError,
        *STEP_REFUSALS,
        ConflictOfInterestError,
        RequestPendingError,
    ),
)
def act_on_case(
    session: SessionDep,
    inspector: InspectorDep,
    number: NumberPath,
    action: CaseAction,
    body: ActionIn,
) -> ActedOut:
    """Take a step with a case.

    For inspectors of the case's county; `designate` is for the division above. What a step must
    say differs: see `cases.step-incomplete`. Investigating takes two inspectors. Extending,
    suspending, advancing money and transferring to the police wait for the head: the answer names
    the request. The complainant gets a message and can read the note. Of two inspectors who act
    at once the second is told 409 if the step is no longer possible.
    """
    acted = service.act_on_case(
        session,
        principal=inspector,
        number=number,
        action=action,
        form=body.as_form(),
        at=now(),
    )
    return ActedOut.of(acted.case, acted.request)
