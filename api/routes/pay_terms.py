"""What pay is worked out from: ``/v1/projects/{project_id}/workers/{worker_id}/…``."""

from uuid import UUID

from api.deps import ProjectManagerDep, SessionDep, SettingsDep
from api.problems import problems
from api.schemas.attendance import Month
from api.schemas.pay_terms import (
    AdvanceIn,
    AdvanceOut,
    AdvancesOut,
    AgreedTermsOut,
    DeductionIn,
    LineSourcesOut,
    PayEntriesOut,
    PayEntryOut,
    PayTermsIn,
    PieceWorkIn,
    SupplementIn,
    WithdrawalIn,
    WorkerTermsOut,
    to_hundredths,
)
from api.strict_json import StrictRouter
from core.clock import now
from identity.principal import Principal
from payroll import advances, entries, line_sources, terms
from payroll.entries import ForWorker
from payroll.errors import (
    NoPayTermsError,
    PayslipAtBankError,
    PayslipIncompleteError,
    PayslipNotFoundError,
)
from payroll.term_errors import (
    AdvanceInFutureError,
    AdvanceOutsideEngagementError,
    AmountTooSmallError,
    DeductionNeedsSourceError,
    EntryMonthAheadError,
    EntryNotFoundError,
    EntryOutsideEngagementError,
    EntryWithdrawnError,
    LineNotFoundError,
    MonthOrderError,
    MonthShownError,
    OvertimeNeedsTimeError,
    TermsExistError,
    TermsSettledError,
    WorkerNotFoundError,
)

NOT_THIS_MONTH = (EntryMonthAheadError, EntryOutsideEngagementError, MonthShownError)
NOT_WITHDRAWN = (
    EntryNotFoundError,
    EntryWithdrawnError,
    PayslipAtBankError,
    PayslipIncompleteError,
)

router = StrictRouter(prefix="/projects/{project_id}", tags=["payroll"])


@router.get("/workers/{worker_id}/pay-terms", responses=problems(WorkerNotFoundError))
def get_pay_terms(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, worker_id: UUID
) -> WorkerTermsOut:
    """Show what a worker's pay is worked out from.

    Contracts with their prices, and overtime and allowances agreed beside them.
    """
    return WorkerTermsOut.of(
        terms.get_pay_terms(session, project_id=project_id, worker_id=worker_id)
    )


@router.post(
    "/workers/{worker_id}/pay-terms",
    status_code=201,
    responses=problems(
        WorkerNotFoundError,
        NoPayTermsError,
        OvertimeNeedsTimeError,
        TermsSettledError,
        TermsExistError,
    ),
)
def set_pay_terms(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    worker_id: UUID,
    body: PayTermsIn,
) -> AgreedTermsOut:
    """Write down overtime and allowances.

    From a day on; earlier rows stay on record. Never for a month whose payslip was shown.
    """
    agreed = terms.set_pay_terms(
        session,
        principal=manager,
        project_id=project_id,
        worker_id=worker_id,
        from_date=body.from_date,
        pays_overtime=body.pays_overtime,
        allowances=[each.to_allowance() for each in body.allowances],
        note=body.note,
        at=now(),
    )
    return AgreedTermsOut.of(agreed)


@router.get("/workers/{worker_id}/advances", responses=problems(WorkerNotFoundError))
def list_advances(
    session: SessionDep, _manager: ProjectManagerDep, project_id: UUID, worker_id: UUID
) -> AdvancesOut:
    """List a worker's advances.

    With how much of each was taken off payslips, withdrawn ones too.
    """
    return AdvancesOut.of(
        advances.list_advances(session, project_id=project_id, worker_id=worker_id)
    )


@router.post(
    "/workers/{worker_id}/advances",
    status_code=201,
    responses=problems(WorkerNotFoundError, AdvanceInFutureError, AdvanceOutsideEngagementError),
)
def record_advance(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    worker_id: UUID,
    body: AdvanceIn,
) -> AdvanceOut:
    """Write down wages paid ahead.

    The worker is told. Later payslips take it off once, never below zero; what one month cannot
    bear waits for the next.
    """
    view = advances.record_advance(
        session,
        principal=manager,
        project_id=project_id,
        worker_id=worker_id,
        paid_date=body.paid_date,
        amount_fen=to_hundredths(body.amount),
        note=body.note,
        at=now(),
    )
    return AdvanceOut.of(view)


@router.post(
    "/advances/{advance_id}/withdraw",
    responses=problems(*NOT_WITHDRAWN),
)
def withdraw_advance(
    *,
    session: SessionDep,
    settings: SettingsDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    advance_id: UUID,
    body: WithdrawalIn,
) -> AdvanceOut:
    """Take an advance back.

    It stays on record. Draw a draft up again; a published payslip that took it off is replaced,
    and the worker answers anew. Not while a bank has the payslip.
    """
    view = advances.withdraw_advance(
        session,
        principal=manager,
        project_id=project_id,
        advance_id=advance_id,
        reason=body.reason,
        at=now(),
        county_facts=settings.county_facts,
    )
    return AdvanceOut.of(view)


@router.get("/workers/{worker_id}/pay-entries", responses=problems(WorkerNotFoundError))
def list_pay_entries(
    session: SessionDep,
    _manager: ProjectManagerDep,
    project_id: UUID,
    worker_id: UUID,
    month: Month | None = None,
) -> PayEntriesOut:
    """List what was entered for a worker.

    Piece quantities, supplements and deductions of one month or of all, newest first.
    """
    found = entries.list_pay_entries(
        session, project_id=project_id, worker_id=worker_id, month=month
    )
    return PayEntriesOut(items=[PayEntryOut.of(entry) for entry in found])


@router.post(
    "/workers/{worker_id}/piece-work",
    status_code=201,
    responses=problems(WorkerNotFoundError, AmountTooSmallError, *NOT_THIS_MONTH),
)
def enter_piece_work(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    worker_id: UUID,
    body: PieceWorkIn,
) -> PayEntryOut:
    """Enter measured work of a month.

    A quantity, its unit price and how it was measured; the worker sees all three.
    """
    entry = entries.enter_piece_work(
        session,
        _target(manager, project_id, worker_id, body.month),
        name=body.name,
        quantity=to_hundredths(body.quantity),
        unit=body.unit,
        unit_price_fen=to_hundredths(body.unit_price),
        note=body.note,
    )
    return PayEntryOut.of(entry)


@router.post(
    "/workers/{worker_id}/supplements",
    status_code=201,
    responses=problems(WorkerNotFoundError, MonthOrderError, *NOT_THIS_MONTH),
)
def enter_supplement(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    worker_id: UUID,
    body: SupplementIn,
) -> PayEntryOut:
    """Enter what an earlier month lacked.

    The payslip names the month it makes good. Also for somebody who did not work this month.
    """
    entry = entries.enter_supplement(
        session,
        _target(manager, project_id, worker_id, body.month),
        for_month=body.for_month,
        amount_fen=to_hundredths(body.amount),
        note=body.note,
    )
    return PayEntryOut.of(entry)


@router.post(
    "/workers/{worker_id}/deductions",
    status_code=201,
    responses=problems(WorkerNotFoundError, DeductionNeedsSourceError, *NOT_THIS_MONTH),
)
def enter_deduction(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    worker_id: UUID,
    body: DeductionIn,
) -> PayEntryOut:
    """Enter a deduction.

    Taxes, insurance and court orders name what they stand on. Damage and anything agreed is taken
    off only once the worker has agreed in person, at most 20 % of the month's wage and never
    below the minimum wage.
    """
    entry = entries.enter_deduction(
        session,
        _target(manager, project_id, worker_id, body.month),
        kind=body.kind,
        name=body.name,
        amount_fen=to_hundredths(body.amount),
        note=body.note,
        source=body.source,
    )
    return PayEntryOut.of(entry)


@router.post(
    "/pay-entries/{entry_id}/withdraw",
    responses=problems(*NOT_WITHDRAWN),
)
def withdraw_pay_entry(
    *,
    session: SessionDep,
    settings: SettingsDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    entry_id: UUID,
    body: WithdrawalIn,
) -> PayEntryOut:
    """Take an entry back.

    It stays on record. Draw a draft up again; a published payslip that counted it is replaced,
    and the worker answers anew. Not while a bank has the payslip.
    """
    entry = entries.withdraw_pay_entry(
        session,
        principal=manager,
        project_id=project_id,
        entry_id=entry_id,
        reason=body.reason,
        at=now(),
        county_facts=settings.county_facts,
    )
    return PayEntryOut.of(entry)


@router.get(
    "/payslips/{payslip_id}/lines/{line_number}/check-ins",
    responses=problems(PayslipNotFoundError, LineNotFoundError),
)
def list_line_check_ins(
    session: SessionDep,
    _manager: ProjectManagerDep,
    project_id: UUID,
    payslip_id: UUID,
    line_number: int,
) -> LineSourcesOut:
    """List the check-ins behind a line of a payslip.

    Day by day with gate and grade; of a line that was entered, the entry. Lines count from 1.
    """
    sources = line_sources.list_line_check_ins(
        session, project_id=project_id, payslip_id=payslip_id, number=line_number
    )
    return LineSourcesOut.of(sources)


def _target(manager: Principal, project_id: UUID, worker_id: UUID, month: str) -> ForWorker:
    return ForWorker(manager, project_id, worker_id, month, now())
