"""The desk's pages of the wage account and of the wage ledger (条例 §15, §26, §27)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import SessionDep
from api.pages.desk import HOME, DeskManagerDep, DeskRoute, render_desk
from api.routes.ledger import send_ledger
from api.schemas.ledger import LedgerIn
from api.schemas.wage_accounts import StatementWithdrawalIn, WithdrawalIn
from core.clock import ONE_DAY, local_date, now
from payroll import account_import, accounts, ledger
from projects.workbook import MAX_BYTES

router = APIRouter(
    prefix=f"{HOME}/projects/{{project_id}}/wage-account",
    route_class=DeskRoute,
    include_in_schema=False,
)


@router.get("")
def show_wage_account(
    request: Request, session: SessionDep, manager: DeskManagerDep, project_id: UUID
) -> HTMLResponse:
    """Show whether the account holds what is due, its closing, and the way to the ledger."""
    at = now()
    return render_desk(
        request,
        "desk_account.html",
        manager,
        project_id=project_id,
        account=accounts.get_wage_account(session, project_id=project_id, at=at),
        last_month=f"{local_date(at).replace(day=1) - ONE_DAY:%Y-%m}",
        shown_days=accounts.INFLOWS_SHOWN.days,
        notice_days=accounts.NOTICE.days,
    )


@router.post("/import")
def import_wage_account(
    request: Request,
    *,
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    file: UploadFile,
    dry_run: Annotated[bool, Form()],
) -> HTMLResponse:
    """Try a bank statement, or take it over; either way say what is wrong with which line."""
    report = account_import.import_wage_account(
        session,
        principal=manager,
        project_id=project_id,
        content=file.file.read(MAX_BYTES + 1),
        dry_run=dry_run,
        at=now(),
    )
    return render_desk(
        request, "desk_account_import.html", manager, project_id=project_id, report=report
    )


@router.post("/import/withdraw")
def withdraw_statement(
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    form: Annotated[StatementWithdrawalIn, Form()],
) -> Response:
    """Take the last statement back, with a reason."""
    account_import.withdraw_statement(
        session, principal=manager, project_id=project_id, **form.model_dump(), at=now()
    )
    return _go_back(project_id)


@router.post("/closing-notice")
def announce_closing(session: SessionDep, manager: DeskManagerDep, project_id: UUID) -> Response:
    """Announce that the account will be closed."""
    accounts.announce_closing(session, principal=manager, project_id=project_id, at=now())
    return _go_back(project_id)


@router.post("/closing-notice/withdraw")
def withdraw_closing(
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    form: Annotated[WithdrawalIn, Form()],
) -> Response:
    """Take the notice back."""
    accounts.withdraw_closing(
        session, principal=manager, project_id=project_id, reason=form.reason, at=now()
    )
    return _go_back(project_id)


@router.post("/ledger")
def export_ledger(
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    form: Annotated[LedgerIn, Form()],
) -> Response:
    """Send the ledger; see `api.routes.ledger`."""
    content = ledger.export_ledger(
        session, principal=manager, project_id=project_id, **form.model_dump(), at=now()
    )
    return send_ledger(content)


def _go_back(project_id: UUID) -> Response:
    return RedirectResponse(f"{HOME}/projects/{project_id}/wage-account", 303)
