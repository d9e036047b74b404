"""Answers at a kiosk: witness codes, the witness's own phone, the inspector's calls afterwards."""

from uuid import UUID

from api.deps import InspectorDep, SessionDep, ValkeyDep, WitnessDep, WorkerDep
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.schemas.assisted import (
    CallBackIn,
    CallBackOut,
    StatementIn,
    WitnessCodeIn,
    WitnessCodeOut,
    WitnessRequestOut,
)
from api.schemas.payslips import ConfirmIn
from api.strict_json import StrictRouter
from core.clock import now
from identity.errors import NotSignedInError, RoleRequiredError
from payroll import assisted, call_backs
from payroll import assisted_queries as queries
from payroll.assisted_errors import (
    AlreadyWitnessedError,
    CallBackNotFoundError,
    KioskRequiredError,
    NotAWitnessError,
    WitnessCodeWrongError,
    WitnessThrottledError,
)
from payroll.errors import PayslipAnsweredError, PayslipChangedError, PayslipNotFoundError

router = StrictRouter(tags=["payslips"])
WRONG_WITNESS = (
    NotSignedInError,
    RoleRequiredError,
    WitnessCodeWrongError,
    NotAWitnessError,
    WitnessThrottledError,
)


@router.post(
    "/me/payslips/{payslip_id}/witness-requests",
    status_code=201,
    responses=problems(
        KioskRequiredError, PayslipNotFoundError, PayslipChangedError, PayslipAnsweredError
    ),
)
def request_witness(
    session: SessionDep, worker: WorkerDep, payslip_id: UUID, body: ConfirmIn
) -> WitnessCodeOut:
    """Ask for somebody to stand beside you.

    At a kiosk, before you confirm: a person of another team, of the union or an inspector enters
    the code on their own phone within ten minutes. Then confirm; they cannot do it for you.
    """
    shown = assisted.request_witness(
        session,
        principal=worker,
        payslip_id=payslip_id,
        content_hash=body.content_hash,
        at=now(),
    )
    return WitnessCodeOut.of(shown)


@router.post("/witness-requests/lookup", responses=problems(*WRONG_WITNESS))
def look_at_request(
    session: SessionDep, valkey: ValkeyDep, witness: WitnessDep, body: WitnessCodeIn
) -> WitnessRequestOut:
    """See whom you are to stand beside.

    With the code on the kiosk's screen, signed in on your own phone. Who pays, leads a team,
    manages the site's wages or works in the same team is refused.
    """
    asked = assisted.look_at_request(session, valkey, principal=witness, code=body.code, at=now())
    return WitnessRequestOut.of(asked)


@router.post(
    "/witness-requests/statement",
    status_code=201,
    responses=problems(*WRONG_WITNESS, PayslipChangedError, AlreadyWitnessedError),
)
def state_presence(
    session: SessionDep,
    valkey: ValkeyDep,
    witness: WitnessDep,
    body: StatementIn,
) -> WitnessRequestOut:
    """State that you stand beside the worker.

    That they read the payslip, or had it read to them, and decide alone. You confirm nothing for
    them. Your name stands on the answer; the worker may be asked again.
    """
    asked = assisted.state_presence(
        session, valkey, principal=witness, **body.model_dump(), at=now()
    )
    return WitnessRequestOut.of(asked)


@router.get("/call-backs", responses=problems(NotSignedInError, RoleRequiredError))
def list_call_backs(
    session: SessionDep, inspector: InspectorDep, page: PageDep
) -> Page[CallBackOut]:
    """List workers to ask about a confirmation.

    For inspectors: answers at kiosks of the county, a sample and all beside busy witnesses.
    """
    calls = queries.list_open_calls(
        session,
        county_code=inspector.county_code or "",
        before=page.before,
        limit=page.limit + 1,
    )
    return make_page(calls, limit=page.limit, to_item=CallBackOut.of)


@router.post(
    "/call-backs/{call_id}",
    responses=problems(NotSignedInError, RoleRequiredError, CallBackNotFoundError),
)
def report_call_back(
    session: SessionDep, inspector: InspectorDep, call_id: UUID, body: CallBackIn
) -> CallBackOut:
    """Say what the worker answered.

    For inspectors, once. `denied` lets the payslip wait for the worker again and raises an alarm.
    """
    call = call_backs.report_call_back(
        session, principal=inspector, call_id=call_id, **body.model_dump(), at=now()
    )
    return CallBackOut.of(call)
