"""A worker's own wages: ``/v1/me/payslips`` and ``/v1/me/status``."""

from uuid import UUID

from sqlmodel import Session

from api.deps import KeyringDep, SessionDep, WorkerDep
from api.own_status import OwnStatusDep
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.schemas.evidence import ReceiptOut
from api.schemas.payslips import (
    ConfirmationOut,
    ConfirmIn,
    DisputedOut,
    DisputeIn,
    PayslipDetailOut,
    PayslipOut,
    ReceivedIn,
    ReceivedOut,
    WageStatusOut,
)
from api.strict_json import StrictRouter
from api.transactions import TransactionsDep
from core.clock import now
from payroll import answers, receipts
from payroll.assisted_errors import WitnessMissingError
from payroll.bank_errors import NotSentToBankError
from payroll.errors import (
    AgreementNeedsPhoneError,
    NotConfirmedError,
    PayslipAnsweredError,
    PayslipChangedError,
    PayslipNotFoundError,
)

router = StrictRouter(prefix="/me", tags=["payslips"])


@router.get("/status")
async def get_wage_status(status: OwnStatusDep) -> WageStatusOut:
    """Tell how your wages stand.

    Severity 0 to 3 with reasons: which month, how much, what happens next. Paid means the bank
    said so.
    """
    return WageStatusOut.of(status)


@router.get("/payslips")
def list_payslips(session: SessionDep, worker: WorkerDep, page: PageDep) -> Page[PayslipOut]:
    """List your payslips.

    The current version of every published month on every project, newest first.
    """
    payslips = answers.list_payslips(
        session, person_id=worker.person_id, before=page.before, limit=page.limit
    )
    return make_page(payslips, limit=page.limit, to_item=PayslipOut.of)


@router.get("/payslips/{payslip_id}", responses=problems(PayslipNotFoundError))
def get_payslip(session: SessionDep, worker: WorkerDep, payslip_id: UUID) -> PayslipDetailOut:
    """Open one of your payslips.

    With everything you would confirm, and its hash. Earlier versions stay readable.
    """
    own = answers.get_payslip(session, person_id=worker.person_id, payslip_id=payslip_id)
    return PayslipDetailOut.of(own)


@router.get(
    "/payslips/{payslip_id}/receipt", responses=problems(PayslipNotFoundError, NotConfirmedError)
)
def get_receipt(
    session: SessionDep, keyring: KeyringDep, worker: WorkerDep, payslip_id: UUID
) -> ReceiptOut:
    """Take your receipt home.

    The signed confirmation, what you confirmed, and, from the night on, the proof that it stands
    in the sealed evidence log. `python -m evidence verify` checks the file without us.
    """
    document = receipts.get_receipt(
        session, keyring, person_id=worker.person_id, payslip_id=payslip_id
    )
    return ReceiptOut(**document)


@router.post(
    "/payslips/{payslip_id}/confirm",
    responses=problems(
        PayslipNotFoundError, PayslipChangedError, PayslipAnsweredError, WitnessMissingError
    ),
)
async def confirm_payslip(
    transactions: TransactionsDep,
    keyring: KeyringDep,
    worker: WorkerDep,
    payslip_id: UUID,
    body: ConfirmIn,
) -> ConfirmationOut:
    """Agree with exactly what was shown.

    Only you can do this. You get a signed receipt and a message. If the payslip was changed in the
    meantime your answer is refused: read the new version first. At a kiosk somebody who gains
    nothing by it must stand beside you and have entered the code of `…/witness-requests`.
    """

    def confirm(session: Session) -> ConfirmationOut:
        answer = answers.confirm_payslip(
            session,
            keyring,
            principal=worker,
            payslip_id=payslip_id,
            content_hash=body.content_hash,
            at=now(),
        )
        return ConfirmationOut.of(answer)

    return await transactions.run(confirm)


@router.post(
    "/payslips/{payslip_id}/dispute",
    responses=problems(PayslipNotFoundError, PayslipChangedError, PayslipAnsweredError),
)
def dispute_payslip(
    session: SessionDep, worker: WorkerDep, payslip_id: UUID, body: DisputeIn
) -> DisputedOut:
    """Say that a payslip is wrong.

    Only your line waits, the others are paid. The labour manager must correct it or answer, and
    you decide again.
    """
    answer = answers.dispute_payslip(
        session, principal=worker, payslip_id=payslip_id, **body.model_dump(), at=now()
    )
    return DisputedOut.of(answer)


@router.post(
    "/payslips/{payslip_id}/received",
    status_code=201,
    responses=problems(PayslipNotFoundError, NotSentToBankError, AgreementNeedsPhoneError),
)
def report_received(
    session: SessionDep, worker: WorkerDep, payslip_id: UUID, body: ReceivedIn
) -> ReceivedOut:
    """Say whether the money arrived.

    Your word stands beside the bank's and is never changed; a later word is added. "Received" is
    refused before any bank was told to pay: cash is no wage paid (条例 §31).
    """
    report = answers.report_received(
        session, principal=worker, payslip_id=payslip_id, received=body.received, at=now()
    )
    return ReceivedOut.of(report)
