"""The desk's page of one payslip, and its correction: a refusal leaves the form as it was typed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError
from sqlmodel import Session
from starlette.datastructures import FormData

from api.deps import SessionDep
from api.pages.desk import HOME, DeskManagerDep, render_desk
from api.pages.errors import UnfitFieldsError
from api.problems import status_of
from api.schemas.desk_pages import COLUMNS, MOST_LINES, AdjustmentForm
from core.enums import PayslipAnswerState
from core.errors import DomainError
from db.models import Payslip
from identity.principal import Principal
from payroll import desk_queries, disputes, queries
from payroll import follow_up_queries as follow_up

SPARE_LINES = 2
Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the form: what stands in it, and the line of the payslip it was, if any."""

    typed: Line
    known: Line | None = None


@dataclass(frozen=True, slots=True)
class PayslipDesk:
    """Who looks at a payslip of which project, and what they have typed."""

    request: Request
    session: Session
    manager: Principal
    project_id: UUID
    typed: FormData

    def show(self, payslip_id: UUID, *, status: int = 200, **more: object) -> HTMLResponse:
        """Return the payslip with its versions, what the worker says of it, and the form."""
        payslip = desk_queries.get_payslip(
            self.session, project_id=self.project_id, payslip_id=payslip_id
        )
        dispute = None
        if payslip.answer_state is PayslipAnswerState.DISPUTED:
            dispute = follow_up.get_dispute(self.session, payslip)
        lines = _number_lines(payslip)
        files = follow_up.list_dispute_files(self.session, [dispute.answer.id]) if dispute else []
        return render_desk(
            self.request,
            "desk_payslip.html",
            self.manager,
            status=status,
            payslip=payslip,
            content=payslip.content,
            versions=queries.list_versions(self.session, payslip),
            dispute=dispute,
            reply_due=dispute and disputes.compute_reply_due(dispute),
            files=files,
            rows=self._list_rows([line for line in lines if not line["entry_id"]]),
            typed=self.typed,
            on_record=[line for line in lines if line["entry_id"]],
            is_at_bank=queries.is_at_bank(self.session, payslip_id),
            **more,
        )

    def take(self, payslip_id: UUID, adjust: Callable[[AdjustmentForm], Payslip]) -> Response:
        """Adjust the payslip and go to its new version; on a refusal show what was typed."""
        columns = {name: self.typed.getlist(name) for name in COLUMNS}
        try:
            newer = adjust(AdjustmentForm.model_validate(dict(self.typed) | columns))
        except ValidationError as unfit:
            return self._show_again(payslip_id, _name_fields(unfit))
        except DomainError as refusal:
            return self._show_again(payslip_id, refusal)
        return RedirectResponse(f"{HOME}/projects/{self.project_id}/payslips/{newer.id}", 303)

    def _show_again(self, payslip_id: UUID, refusal: DomainError) -> Response:
        self.request.state.is_refused = True
        return self.show(
            payslip_id,
            status=status_of(type(refusal)).value,
            title=refusal.title,
            advice=refusal.advice.format_map(refusal.facts),
        )

    def _list_rows(self, lines: list[Line]) -> list[Row]:
        """Return what was typed, or the lines of the payslip with room for new ones."""
        if not self.typed:
            return [*[Row(line, line) for line in lines], *[Row({})] * SPARE_LINES][:MOST_LINES]
        known = {str(line["line"]): line for line in lines}
        cells = zip(*(self.typed.getlist(name) for name in COLUMNS), strict=False)
        typed = [dict(zip(COLUMNS, row, strict=True)) for row in cells][:MOST_LINES]
        return [Row(line, known.get(line["line"])) for line in typed]


def _name_fields(unfit: ValidationError) -> UnfitFieldsError:
    is_note = any(error["loc"] == ("note",) for error in unfit.errors())
    return UnfitFieldsError(fields="改了什么、为什么" if is_note else "每一行的数量、单位和单价")


def _number_lines(payslip: Payslip) -> list[Line]:
    items = payslip.content["items"]
    return [item | {"line": number} for number, item in enumerate(items, 1)]


async def open_payslip_desk(
    request: Request, session: SessionDep, manager: DeskManagerDep, project_id: UUID
) -> PayslipDesk:
    """Return the desk with the request's form as it was typed."""
    return PayslipDesk(request, session, manager, project_id, await request.form())


PayslipDeskDep = Annotated[PayslipDesk, Depends(open_payslip_desk)]
