"""Working on cases beyond single steps: ``/v1/cases/{number}/…``, ``/v1/case-desk`` and bureaus."""

from uuid import UUID

from fastapi import UploadFile

from api.deps import AdminDep, InspectorDep, KeyringDep, SessionDep
from api.problems import problems
from api.routes.cases import STEP_REFUSALS, NumberPath
from api.routes.projects import WORKBOOK_REFUSALS
from api.schemas.case_desk import (
    AlarmOut,
    AlarmsOut,
    BureauContactIn,
    BureauContactOut,
    BureauOut,
    CaseFileOut,
    ClueOut,
    CluesOut,
    ColleagueOut,
    ColleaguesOut,
    ComplainantOut,
    DecisionIn,
    FindingIn,
    HandlerIn,
    NoteIn,
    RecusalIn,
    UnlockIn,
    UnlockOut,
    UnlocksOut,
)
from api.schemas.cases import ActedOut, FiledComplaintOut
from api.schemas.window_complaints import AssistedComplaintIn
from api.strict_json import StrictRouter
from cases import bundles, bureaus, desk, identities, intake, service, shield
from cases.desk_errors import (
    BureauNotFoundError,
    CaseRequestNotFoundError,
    ConflictOfInterestError,
    ContactNotFoundError,
    HandlerNotFoundError,
    HandlerRequiredError,
    HeadRequiredError,
    IdentityUnknownError,
    NoInspectorHereError,
    OwnRequestError,
    SignNotFoundError,
)
from cases.document_errors import StagedFileNotFoundError
from cases.errors import (
    ActionNotAllowedError,
    CaseNotFoundError,
    FormSentBeforeError,
    MonthAheadError,
    OutsideProvinceError,
    StepDoneError,
    UnknownPlaceError,
)
from core.clock import local_date, now
from identity.errors import PersonNotFoundError, ReasonTooShortError
from projects.errors import ProjectNotFoundError
from projects.workbook import MAX_BYTES

router = StrictRouter(tags=["case desk"])


@router.post(
    "/cases",
    status_code=201,
    responses=problems(
        ProjectNotFoundError,
        UnknownPlaceError,
        OutsideProvinceError,
        FormSentBeforeError,
        MonthAheadError,
        StagedFileNotFoundError,
    ),
)
def file_assisted_complaint(
    session: SessionDep,
    keyring: KeyringDep,
    inspector: InspectorDep,
    body: AssistedComplaintIn,
) -> FiledComplaintOut:
    """Write a complaint down for somebody.

    For officials at the window or on the phone. The county of the project wins; the case may open
    in another county of the province. Photos, recordings and papers are uploaded first and named
    by their tokens. Tell the caller number and PIN.
    """
    at = now()
    filed = intake.file_assisted_complaint(
        session,
        principal=inspector,
        filing=body.as_filing(),
        name=body.name,
        months=body.months,
        at=at,
    )
    bundles.seal(
        session,
        keyring,
        complaint_id=filed.complaint_id,
        attachments=body.attachments,
        at=at,
    )
    return FiledComplaintOut.of(filed)


@router.post("/clues/import", responses=problems(*WORKBOOK_REFUSALS))
def import_clues(
    session: SessionDep,
    keyring: KeyringDep,
    inspector: InspectorDep,
    file: UploadFile,
    dry_run: bool = False,
) -> CluesOut:
    """File clues exported by the national platform.

    For inspectors. The first sheet of an .xlsx, or CSV in UTF-8 or GB18030, with the platform's
    columns. Every line goes to its own county; the answer says per line which number it got, or
    which cell kept it out and what to do. `dry_run` says the same and files nothing.
    """
    results = intake.import_clues(
        session,
        keyring,
        principal=inspector,
        content=file.file.read(MAX_BYTES + 1),
        dry_run=dry_run,
        at=now(),
    )
    return CluesOut(is_dry_run=dry_run, items=[ClueOut.of(result) for result in results])


@router.post(
    "/cases/{number}/requests/{request_id}/decision",
    responses=problems(
        CaseNotFoundError,
        CaseRequestNotFoundError,
        HeadRequiredError,
        OwnRequestError,
        ConflictOfInterestError,
        ActionNotAllowedError,
        StepDoneError,
        *STEP_REFUSALS,
    ),
)
def decide_request(
    session: SessionDep,
    inspector: InspectorDep,
    number: NumberPath,
    request_id: UUID,
    body: DecisionIn,
) -> ActedOut:
    """Grant or decline what waits for the head.

    For heads of the bureau and the divisions above, never for whoever asked. What is granted is
    done at once, and the complainant is told.
    """
    case = service.decide_request(
        session,
        principal=inspector,
        number=number,
        request_id=request_id,
        is_granted=body.granted,
        reason=body.reason,
        at=now(),
    )
    return ActedOut.of(case)


@router.get("/case-desk/colleagues")
def list_colleagues(session: SessionDep, inspector: InspectorDep) -> ColleaguesOut:
    """List the inspectors of your division."""
    found = desk.list_colleagues(session, principal=inspector)
    return ColleaguesOut(items=[ColleagueOut.of(person) for person in found])


@router.post(
    "/cases/{number}/handlers",
    responses=problems(CaseNotFoundError, NoInspectorHereError, ConflictOfInterestError),
)
def assign_handler(
    session: SessionDep, inspector: InspectorDep, number: NumberPath, body: HandlerIn
) -> CaseFileOut:
    """Let an inspector of the county investigate.

    Two are needed to investigate. Whoever accepts a case is the first. Nobody who is part of the
    matter, or stepped back from it.
    """
    at = now()
    desk.assign_handler(
        session, principal=inspector, number=number, person_id=body.person_id, at=at
    )
    file = desk.get_case(session, principal=inspector, number=number, at=at)
    return CaseFileOut.of_file(file, at=at)


@router.post(
    "/cases/{number}/recusals",
    responses=problems(CaseNotFoundError, HeadRequiredError, HandlerNotFoundError),
)
def recuse_handler(
    session: SessionDep, inspector: InspectorDep, number: NumberPath, body: RecusalIn
) -> CaseFileOut:
    """Step back, or take somebody with an interest off.

    Everybody may step back; the head takes others off. It is for good.
    """
    at = now()
    desk.recuse_handler(
        session,
        principal=inspector,
        number=number,
        person_id=body.person_id,
        reason=body.reason,
        at=at,
    )
    file = desk.get_case(session, principal=inspector, number=number, at=at)
    return CaseFileOut.of_file(file, at=at)


@router.post(
    "/cases/{number}/notes",
    status_code=201,
    responses=problems(CaseNotFoundError, ConflictOfInterestError),
)
def add_note(
    session: SessionDep, inspector: InspectorDep, number: NumberPath, body: NoteIn
) -> CaseFileOut:
    """Keep a note for colleagues.

    Neither the complainant nor the employer reads it. Notes are never changed. Nobody who is part
    of the matter, or stepped back from it, writes any.
    """
    at = now()
    desk.add_note(session, principal=inspector, number=number, text=body.text, at=at)
    file = desk.get_case(session, principal=inspector, number=number, at=at)
    return CaseFileOut.of_file(file, at=at)


@router.post(
    "/cases/{number}/unlock",
    responses=problems(
        CaseNotFoundError, HandlerRequiredError, IdentityUnknownError, ReasonTooShortError
    ),
)
def unlock_identity(
    session: SessionDep, inspector: InspectorDep, number: NumberPath, body: UnlockIn
) -> ComplainantOut:
    """Learn who complained.

    For those who handle the case, with a reason. Every look is recorded, and the complainant can
    read it under `/v1/me/accesses`.
    """
    found = identities.unlock_identity(
        session, principal=inspector, number=number, reason=body.reason
    )
    return ComplainantOut(name=found.name, phone=found.phone)


@router.get("/cases/{number}/unlocks", responses=problems(CaseNotFoundError))
def list_unlocks(session: SessionDep, inspector: InspectorDep, number: NumberPath) -> UnlocksOut:
    """List who looked at the complainant's identity."""
    found = identities.list_unlocks(session, principal=inspector, number=number)
    return UnlocksOut(items=[UnlockOut.of(entry) for entry in found])


@router.post(
    "/cases/{number}/signs/{sign_id}/finding",
    responses=problems(CaseNotFoundError, ConflictOfInterestError, SignNotFoundError),
)
def settle_sign(
    session: SessionDep,
    inspector: InspectorDep,
    number: NumberPath,
    sign_id: UUID,
    body: FindingIn,
) -> CaseFileOut:
    """Write down what came of a sign of revenge.

    Retaliation is fined (劳动保障监察条例 §30). The employer never learns of the sign from here.
    """
    at = now()
    shield.settle_sign(
        session, principal=inspector, number=number, sign_id=sign_id, finding=body.finding, at=at
    )
    file = desk.get_case(session, principal=inspector, number=number, at=at)
    return CaseFileOut.of_file(file, at=at)


@router.get("/bureaus/{division_code}", responses=problems(BureauNotFoundError))
def get_bureau(session: SessionDep, _: AdminDep, division_code: str) -> BureauOut:
    """Show who is in a bureau today.

    For administrators: its heads and contacts, and whether a case waits that nobody was told of.
    """
    found = bureaus.get_bureau(session, code=division_code, on=local_date(now()))
    return BureauOut.of(found)


@router.post(
    "/bureaus/{division_code}/contacts",
    status_code=201,
    responses=problems(BureauNotFoundError),
)
def add_bureau_contact(
    session: SessionDep, _: AdminDep, division_code: str, body: BureauContactIn
) -> BureauContactOut:
    """Add somebody a bureau can be reached through.

    Clears its alarm. Emergency contacts are called at any hour about mass events.
    """
    contact = bureaus.add_contact(session, code=division_code, **body.model_dump(), at=now())
    return BureauContactOut.of(contact)


@router.delete(
    "/bureaus/{division_code}/contacts/{contact_id}",
    status_code=204,
    responses=problems(ContactNotFoundError),
)
def end_bureau_contact(
    session: SessionDep, _: AdminDep, division_code: str, contact_id: UUID
) -> None:
    """End a contact; it is kept for the record."""
    bureaus.end_contact(session, code=division_code, contact_id=contact_id, at=now())


@router.put(
    "/bureaus/{division_code}/heads/{person_id}",
    status_code=204,
    responses=problems(BureauNotFoundError, PersonNotFoundError),
)
def appoint_head(session: SessionDep, admin: AdminDep, division_code: str, person_id: UUID) -> None:
    """Let somebody decide in a bureau, from today on."""
    bureaus.appoint_head(
        session, principal=admin, code=division_code, person_id=person_id, at=now()
    )


@router.delete("/bureaus/{division_code}/heads/{person_id}", status_code=204)
def dismiss_head(session: SessionDep, admin: AdminDep, division_code: str, person_id: UUID) -> None:
    """Let somebody decide no longer."""
    bureaus.dismiss_head(
        session, principal=admin, code=division_code, person_id=person_id, at=now()
    )


@router.get("/bureau-alarms")
def list_bureau_alarms(session: SessionDep, _: AdminDep) -> AlarmsOut:
    """List the bureaus that have a case and nobody to tell."""
    return AlarmsOut(items=[AlarmOut.of(*row) for row in bureaus.list_alarms(session)])
