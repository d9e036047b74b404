"""The desk's pages of what is entered: advances, piece work, supplements, deductions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import SessionDep
from api.pages.desk import HOME, DeskManagerDep, DeskRoute, render_desk
from api.schemas.attendance import Month
from api.schemas.desk_entries import (
    AdvanceForm,
    DeductionForm,
    EntryWithdrawalForm,
    PieceWorkForm,
    SupplementForm,
)
from api.schemas.pay_terms import to_hundredths
from core.clock import ONE_DAY, local_date, month_start, now
from identity.principal import Principal
from payroll import advances, entries
from payroll.entries import ForWorker
from payroll.month_entries import get_month_entries
from projects.queries import get_team, list_teams

router = APIRouter(
    prefix=f"{HOME}/projects/{{project_id}}/entries",
    route_class=DeskRoute,
    include_in_schema=False,
)


@router.get("")
def show_entries(
    *,
    request: Request,
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    month: Month | None = None,
    team_id: UUID | None = None,
) -> HTMLResponse:
    """List what was entered for a team's month; the first team's last month if not told which."""
    today = local_date(now())
    shown = month or f"{today.replace(day=1) - ONE_DAY:%Y-%m}"
    teams = list_teams(session, project_id)
    chosen = team_id or (teams[0].id if teams else None)
    team = chosen and get_team(session, project_id=project_id, team_id=chosen)
    found = team and get_month_entries(session, project_id=project_id, team_id=team.id, month=shown)
    return render_desk(
        request,
        "desk_entries.html",
        manager,
        project_id=project_id,
        month=shown,
        month_before=f"{month_start(shown) - ONE_DAY:%Y-%m}",
        today=today,
        teams=teams,
        team=team,
        found=found,
    )


@router.post("/advances")
def record_advance(
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    form: Annotated[AdvanceForm, Form()],
) -> Response:
    """Write down wages paid ahead; the worker is told."""
    advances.record_advance(
        session,
        principal=manager,
        project_id=project_id,
        worker_id=form.worker_id,
        paid_date=form.paid_date,
        amount_fen=to_hundredths(form.amount),
        note=form.note,
        at=now(),
    )
    return _go_back(project_id, f"{form.paid_date:%Y-%m}", form.team_id)


@router.post("/piece-work")
def enter_piece_work(
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    form: Annotated[PieceWorkForm, Form()],
) -> Response:
    """Enter measured work of the month."""
    entries.enter_piece_work(
        session,
        _target(manager, project_id, form),
        name=form.name,
        quantity=to_hundredths(form.quantity),
        unit=form.unit,
        unit_price_fen=to_hundredths(form.unit_price),
        note=form.note,
    )
    return _go_back(project_id, form.month, form.team_id)


@router.post("/supplements")
def enter_supplement(
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    form: Annotated[SupplementForm, Form()],
) -> Response:
    """Enter what an earlier month lacked."""
    entries.enter_supplement(
        session,
        _target(manager, project_id, form),
        for_month=form.for_month,
        amount_fen=to_hundredths(form.amount),
        note=form.note,
    )
    return _go_back(project_id, form.month, form.team_id)


@router.post("/deductions")
def enter_deduction(
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    form: Annotated[DeductionForm, Form()],
) -> Response:
    """Enter a deduction; one that stands on the worker's word asks for it."""
    entries.enter_deduction(
        session,
        _target(manager, project_id, form),
        kind=form.kind,
        name=form.name,
        amount_fen=to_hundredths(form.amount),
        note=form.note,
        source=form.source,
    )
    return _go_back(project_id, form.month, form.team_id)


@router.post("/{entry_id}/withdraw")
def withdraw_pay_entry(
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    entry_id: UUID,
    form: Annotated[EntryWithdrawalForm, Form()],
) -> Response:
    """Take an entry back; it stays on record."""
    entries.withdraw_pay_entry(
        session,
        principal=manager,
        project_id=project_id,
        entry_id=entry_id,
        reason=form.reason,
        at=now(),
    )
    return _go_back(project_id, form.month, form.team_id)


@router.post("/advances/{advance_id}/withdraw")
def withdraw_advance(
    session: SessionDep,
    manager: DeskManagerDep,
    project_id: UUID,
    advance_id: UUID,
    form: Annotated[EntryWithdrawalForm, Form()],
) -> Response:
    """Take an advance back; it stays on record."""
    advances.withdraw_advance(
        session,
        principal=manager,
        project_id=project_id,
        advance_id=advance_id,
        reason=form.reason,
        at=now(),
    )
    return _go_back(project_id, form.month, form.team_id)


def _target(
    manager: Principal, project_id: UUID, form: PieceWorkForm | SupplementForm | DeductionForm
) -> ForWorker:
    return ForWorker(manager, project_id, form.worker_id, form.month, now())


def _go_back(project_id: UUID, month: str, team_id: UUID) -> Response:
    address = f"{HOME}/projects/{project_id}/entries?month={month}&team_id={team_id}"
    return RedirectResponse(address, 303)
