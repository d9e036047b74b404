"""The desk's page of a month's entries, and its forms: a refusal leaves them as they were typed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from api.deps import SessionDep
from api.pages.desk import HOME, DeskManagerDep, render_desk
from api.pages.errors import UnfitFieldsError, UnfitFormError
from api.problems import status_of
from api.schemas.attendance import Month
from api.schemas.desk_entries import EntryForm
from core.clock import ONE_DAY, local_date, month_start, now
from core.errors import DomainError
from identity.principal import Principal
from payroll.deductions import NEEDS_CONSENT
from payroll.month_entries import get_month_entries
from projects.queries import get_team, list_teams

MONTHS = TypeAdapter[str](Month)
TEAMS = TypeAdapter(UUID)
LABELS = {
    "month": "月份",
    "worker_id": "哪一位",
    "paid_date": "哪天付的",
    "amount": "金额",
    "for_month": "补哪个月的",
    "kind": "哪一种",
    "name": "名称",
    "quantity": "数量",
    "unit": "单位",
    "unit_price": "单价",
    "source": "依据",
    "note": "说明",
}
FormT = TypeVar("FormT", bound=EntryForm)


@dataclass(frozen=True, slots=True)
class EntryDesk:
    """Who looks at the entries of which project, and what they have typed."""

    request: Request
    session: Session
    manager: Principal
    project_id: UUID
    typed: dict[str, str]

    def show(
        self, *, month: str | None, team_id: UUID | None, status: int = 200, **more: object
    ) -> HTMLResponse:
        """Return a team's month; the first team's last month if not told which."""
        today = local_date(now())
        shown = month or f"{today.replace(day=1) - ONE_DAY:%Y-%m}"
        teams = list_teams(self.session, self.project_id)
        chosen = team_id or (teams[0].id if teams else None)
        team = chosen and get_team(self.session, project_id=self.project_id, team_id=chosen)
        found = team and get_month_entries(
            self.session, project_id=self.project_id, team_id=team.id, month=shown
        )
        return render_desk(
            self.request,
            "desk_entries.html",
            self.manager,
            status=status,
            project_id=self.project_id,
            month=shown,
            month_before=f"{month_start(shown) - ONE_DAY:%Y-%m}",
            today=today,
            teams=teams,
            team=team,
            found=found,
            needs_consent=NEEDS_CONSENT,
            typed=self.typed,
            **more,
        )

    def take(self, model: type[FormT], enter: Callable[[FormT], object]) -> Response:
        """Do what the form asks and go back to its month; on a refusal show it as it was typed.

        A team that is none of the project's is refused before anything is entered.
        """
        team_id = self._check_team()
        try:
            form = model.model_validate(self.typed)
            enter(form)
        except ValidationError as unfit:
            return self._show_again(_name_fields(unfit), model, team_id)
        except DomainError as refusal:
            return self._show_again(refusal, model, team_id)
        return self.go_back(month=form.shown_in, team_id=team_id)

    def go_back(self, *, month: str, team_id: UUID) -> Response:
        """Go to a team's month; TeamNotFoundError for a team that is none of the project's."""
        team = get_team(self.session, project_id=self.project_id, team_id=team_id)
        address = f"{HOME}/projects/{self.project_id}/entries?month={month}&team_id={team.id}"
        return RedirectResponse(address, 303)

    def _check_team(self) -> UUID:
        try:
            team_id = TEAMS.validate_python(self.typed.get("team_id"))
        except ValidationError:
            raise UnfitFormError from None
        return get_team(self.session, project_id=self.project_id, team_id=team_id).id

    def _show_again(self, refusal: DomainError, model: type[EntryForm], team_id: UUID) -> Response:
        self.request.state.is_refused = True
        return self.show(
            month=self._find_month(),
            team_id=team_id,
            status=status_of(type(refusal)).value,
            refused=model.__name__,
            title=refusal.title,
            advice=refusal.advice.format_map(refusal.facts),
        )

    def _find_month(self) -> str | None:
        """Return the month the page showed, where it was sent along."""
        try:
            return MONTHS.validate_python(self.typed.get("month"))
        except ValidationError:
            return None


def _name_fields(unfit: ValidationError) -> UnfitFieldsError:
    fields = dict.fromkeys(str(error["loc"][0]) for error in unfit.errors() if error["loc"])
    return UnfitFieldsError(fields="、".join(LABELS.get(field, field) for field in fields))


async def open_entry_desk(
    request: Request, session: SessionDep, manager: DeskManagerDep, project_id: UUID
) -> EntryDesk:
    """Return the desk with the request's form as it was typed; what was left empty is not there."""
    form = await request.form()
    typed = {name: text for name, text in form.items() if isinstance(text, str) and text.strip()}
    return EntryDesk(request, session, manager, project_id, typed)


EntryDeskDep = Annotated[EntryDesk, Depends(open_entry_desk)]
