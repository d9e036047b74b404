"""What a worker's pay is worked out from, as the worker sees it: ``/v1/me/…``."""

from uuid import UUID

from api.deps import PhoneOwnerDep, SessionDep, WorkerDep
from api.problems import problems
from api.schemas.attendance import Month
from api.schemas.pay_terms import (
    AdvancesOut,
    LineSourcesOut,
    PayEntriesOut,
    PayEntryOut,
    PayslipVersionsOut,
)
from api.strict_json import StrictRouter
from core.clock import now
from payroll import advances, entries, line_sources, queries, term_queries
from payroll.errors import PayslipNotFoundError
from payroll.term_errors import (
    ConsentNotNeededError,
    EntryNotFoundError,
    EntryWithdrawnError,
    LineNotFoundError,
)

router = StrictRouter(prefix="/me", tags=["payslips"])


@router.get("/advances")
def list_my_advances(session: SessionDep, worker: WorkerDep) -> AdvancesOut:
    """List the wages you got ahead.

    And how much of each your payslips have taken off. Withdrawn ones stay in the list.
    """
    return AdvancesOut.of(advances.list_own_advances(session, person_id=worker.person_id))


@router.get("/pay-entries")
def list_my_pay_entries(session: SessionDep, worker: WorkerDep, month: Month) -> PayEntriesOut:
    """List what was entered for your month.

    Measured work, supplements and deductions, before and after the payslip counts them.
    """
    found = term_queries.list_own_entries(session, worker.person_id, month=month)
    return PayEntriesOut(items=[PayEntryOut.of(entry) for entry in found])


@router.post(
    "/pay-entries/{entry_id}/agree",
    responses=problems(EntryNotFoundError, EntryWithdrawnError, ConsentNotNeededError),
)
def agree_to_deduction(session: SessionDep, worker: PhoneOwnerDep, entry_id: UUID) -> PayEntryOut:
    """Agree to a deduction.

    Only you can. As long as you do not, nothing is taken off for it.
    """
    entry = entries.agree_to_deduction(session, principal=worker, entry_id=entry_id, at=now())
    return PayEntryOut.of(entry)


@router.get("/payslips/{payslip_id}/versions", responses=problems(PayslipNotFoundError))
def list_payslip_versions(
    session: SessionDep, worker: WorkerDep, payslip_id: UUID
) -> PayslipVersionsOut:
    """List all versions of one of your payslips.

    Newest first, with what the site said about each change. Every version stays readable.
    """
    payslip = queries.get_own_payslip(session, payslip_id=payslip_id, person_id=worker.person_id)
    return PayslipVersionsOut.of(queries.list_versions(session, payslip))


@router.get(
    "/payslips/{payslip_id}/lines/{line_number}/check-ins",
    responses=problems(PayslipNotFoundError, LineNotFoundError),
)
def list_my_line_check_ins(
    session: SessionDep, worker: WorkerDep, payslip_id: UUID, line_number: int
) -> LineSourcesOut:
    """List the check-ins behind a line of your payslip.

    Day by day with gate and grade; of a line that was entered, the entry. Lines count from 1.
    """
    sources = line_sources.list_my_line_check_ins(
        session, person_id=worker.person_id, payslip_id=payslip_id, number=line_number
    )
    return LineSourcesOut.of(sources)
