"""Complaining about one's own wages: ``POST /v1/me/complaints``; the rest is in `cases`."""

from api.deps import KeyringDep, SessionDep, WorkerDep
from api.problems import problems
from api.schemas.complaints import MyComplaintIn, MyComplaintOut
from api.strict_json import StrictRouter
from cases.document_errors import StagedFileNotFoundError
from cases.errors import FormSentBeforeError, OutsideProvinceError, UnknownPlaceError
from core.clock import now
from payroll import complaints
from payroll.errors import PayslipNotFoundError, ProjectUnclearError

router = StrictRouter(tags=["cases"])


@router.post(
    "/me/complaints",
    status_code=201,
    responses=problems(
        PayslipNotFoundError,
        ProjectUnclearError,
        UnknownPlaceError,
        OutsideProvinceError,
        FormSentBeforeError,
        StagedFileNotFoundError,
    ),
)
def file_my_complaint(
    session: SessionDep, keyring: KeyringDep, worker: WorkerDep, body: MyComplaintIn
) -> MyComplaintOut:
    """Complain about your wages.

    Month, amount, employer and what the bank said are taken from the payslip. The case opens with
    the county of the project and you get a message at every step. An `anonymous` complaint keeps
    nothing that leads to you: follow it by number and PIN. The same words twice are one complaint;
    more words about a payslip whose case is open join that case, with a new PIN.
    """
    filed = complaints.file_my_complaint(
        session, keyring, principal=worker, **body.model_dump(), at=now()
    )
    return MyComplaintOut.of_own(filed)
