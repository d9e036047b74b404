"""The wage account of a project: ``/v1/projects/{project_id}/wage-account``."""

from uuid import UUID

from fastapi import UploadFile

from api.deps import ProjectManagerDep, ProjectViewerDep, SessionDep
from api.problems import problems
from api.routes.projects import WORKBOOK_REFUSALS
from api.schemas.wage_accounts import (
    ClosingNoticeOut,
    StatementReportOut,
    StatementWithdrawalIn,
    WageAccountOut,
    WithdrawalIn,
)
from api.strict_json import StrictRouter
from core.clock import now
from identity.errors import NotSignedInError, RoleRequiredError
from payroll import account_import, accounts
from payroll.account_errors import (
    AccountNotClosableError,
    ClosingAnnouncedError,
    ClosingNotAnnouncedError,
    StatementNotLastError,
)
from projects import service as projects
from projects.errors import ProjectNotFoundError
from projects.workbook import MAX_BYTES

router = StrictRouter(prefix="/projects/{project_id}/wage-account", tags=["payroll"])
NOT_YOURS = (NotSignedInError, RoleRequiredError, ProjectNotFoundError)


@router.get("", responses=problems(*NOT_YOURS))
def get_wage_account(
    session: SessionDep, principal: ProjectViewerDep, project_id: UUID
) -> WageAccountOut:
    """Show a project's wage account.

    For its labour manager, inspectors of its county and administrators: the balance, what is
    still to be paid from it, and a notice of its closing.
    """
    projects.get_project(session, principal=principal, project_id=project_id)
    return WageAccountOut.of(accounts.get_wage_account(session, project_id=project_id, at=now()))


@router.post("/import", responses=problems(*NOT_YOURS, *WORKBOOK_REFUSALS))
def import_wage_account(
    session: SessionDep,
    manager: ProjectManagerDep,
    project_id: UUID,
    file: UploadFile,
    dry_run: bool = False,
) -> StatementReportOut:
    """Import a bank statement of the account.

    For the project's labour manager: CSV or .xlsx with 流水号, 交易日期, 收入, 支出, 余额, 摘要.
    All of it or nothing; each movement counts once, by its 流水号. `dry_run` reports the same and
    changes nothing.
    """
    report = account_import.import_wage_account(
        session,
        principal=manager,
        project_id=project_id,
        content=file.file.read(MAX_BYTES + 1),
        dry_run=dry_run,
        at=now(),
    )
    return StatementReportOut.of(report)


@router.post(
    "/import/withdraw",
    status_code=204,
    responses=problems(*NOT_YOURS, StatementNotLastError),
)
def withdraw_statement(
    session: SessionDep, manager: ProjectManagerDep, project_id: UUID, body: StatementWithdrawalIn
) -> None:
    """Take back the last bank statement.

    For the project's labour manager, where a statement was not the bank's own. Its lines stay on
    record, count no more, and may be imported again as the bank has them.
    """
    account_import.withdraw_statement(
        session, principal=manager, project_id=project_id, **body.model_dump(), at=now()
    )


@router.post(
    "/closing-notice",
    status_code=201,
    responses=problems(*NOT_YOURS, AccountNotClosableError, ClosingAnnouncedError),
)
def announce_closing(
    session: SessionDep, manager: ProjectManagerDep, project_id: UUID
) -> ClosingNoticeOut:
    """Announce that the account will be closed.

    For the project's labour manager, once the work is done and everybody is paid. Stands on the
    notice board for 30 days; everybody who worked there is told.
    """
    notice = accounts.announce_closing(session, principal=manager, project_id=project_id, at=now())
    return ClosingNoticeOut.of(notice)


@router.post(
    "/closing-notice/withdraw",
    status_code=204,
    responses=problems(*NOT_YOURS, ClosingNotAnnouncedError),
)
def withdraw_closing(
    session: SessionDep, manager: ProjectManagerDep, project_id: UUID, body: WithdrawalIn
) -> None:
    """Take the closing notice back."""
    accounts.withdraw_closing(
        session, principal=manager, project_id=project_id, reason=body.reason, at=now()
    )
