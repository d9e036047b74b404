"""The desk's pages of what is entered: advances, piece work, supplements, deductions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Response
from fastapi.responses import HTMLResponse

from api.deps import SettingsDep
from api.pages.desk import HOME, DeskRoute
from api.pages.entry_desk import EntryDesk, EntryDeskDep
from api.schemas.attendance import Month
from api.schemas.desk_entries import (
    AdvanceForm,
    DeductionForm,
    EntryWithdrawalForm,
    PieceWorkForm,
    SupplementForm,
)
from api.schemas.pay_terms import to_hundredths
from core.clock import now
from payroll import advances, entries
from payroll.entries import ForWorker

router = APIRouter(
    prefix=f"{HOME}/projects/{{project_id}}/entries",
    route_class=DeskRoute,
    include_in_schema=False,
)


@router.get("")
def show_entries(
    desk: EntryDeskDep, month: Month | None = None, team_id: UUID | None = None
) -> HTMLResponse:
    """List what was entered for a team's month; the first team's last month if not told which."""
    return desk.show(month=month, team_id=team_id)


@router.post("/advances")
def record_advance(desk: EntryDeskDep) -> Response:
    """Write down wages paid ahead; the worker is told."""
    return desk.take(
        AdvanceForm,
        lambda form: advances.record_advance(
            desk.session,
            principal=desk.manager,
            project_id=desk.project_id,
            worker_id=form.worker_id,
            paid_date=form.paid_date,
            amount_fen=to_hundredths(form.amount),
            note=form.note,
            at=now(),
        ),
    )


@router.post("/piece-work")
def enter_piece_work(desk: EntryDeskDep) -> Response:
    """Enter measured work of the month."""
    return desk.take(
        PieceWorkForm,
        lambda form: entries.enter_piece_work(
            desk.session,
            _target(desk, form),
            name=form.name,
            quantity=to_hundredths(form.quantity),
            unit=form.unit,
            unit_price_fen=to_hundredths(form.unit_price),
            note=form.note,
        ),
    )


@router.post("/supplements")
def enter_supplement(desk: EntryDeskDep) -> Response:
    """Enter what an earlier month lacked."""
    return desk.take(
        SupplementForm,
        lambda form: entries.enter_supplement(
            desk.session,
            _target(desk, form),
            for_month=form.for_month,
            amount_fen=to_hundredths(form.amount),
            note=form.note,
        ),
    )


@router.post("/deductions")
def enter_deduction(desk: EntryDeskDep) -> Response:
    """Enter a deduction; one that stands on the worker's word asks for it."""
    return desk.take(
        DeductionForm,
        lambda form: entries.enter_deduction(
            desk.session,
            _target(desk, form),
            kind=form.kind,
            name=form.name,
            amount_fen=to_hundredths(form.amount),
            note=form.note,
            source=form.source,
        ),
    )


@router.post("/{entry_id}/withdraw")
def withdraw_pay_entry(
    desk: EntryDeskDep,
    settings: SettingsDep,
    entry_id: UUID,
    form: Annotated[EntryWithdrawalForm, Form()],
) -> Response:
    """Take an entry back; it stays on record."""
    entries.withdraw_pay_entry(
        desk.session,
        principal=desk.manager,
        project_id=desk.project_id,
        entry_id=entry_id,
        reason=form.reason,
        at=now(),
        county_facts=settings.county_facts,
    )
    return desk.go_back(month=form.month, team_id=form.team_id)


@router.post("/advances/{advance_id}/withdraw")
def withdraw_advance(
    desk: EntryDeskDep,
    settings: SettingsDep,
    advance_id: UUID,
    form: Annotated[EntryWithdrawalForm, Form()],
) -> Response:
    """Take an advance back; it stays on record."""
    advances.withdraw_advance(
        desk.session,
        principal=desk.manager,
        project_id=desk.project_id,
        advance_id=advance_id,
        reason=form.reason,
        at=now(),
        county_facts=settings.county_facts,
    )
    return desk.go_back(month=form.month, team_id=form.team_id)


def _target(desk: EntryDesk, form: PieceWorkForm | SupplementForm | DeductionForm) -> ForWorker:
    return ForWorker(desk.manager, desk.project_id, form.worker_id, form.month, now())
