"""The page of a complaint after a refused step: what was typed stands there still."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.pages.rendering import render
from api.problems import status_of
from api.schemas.cases import OwnActionIn
from cases.timeline import Timeline
from core.case_enums import CaseAction
from core.errors import DomainError


def show_refused_step(
    request: Request,
    error: DomainError,
    *,
    timeline: Timeline,
    action: CaseAction,
    form: OwnActionIn,
    pin: str | None = None,
) -> HTMLResponse:
    """Return the complaint with the refusal above it and the form filled in as it was sent.

    Files are the exception: no page may choose them for anybody. Nothing of the request is kept,
    see `api.deps.get_session`.
    """
    request.state.is_refused = True
    return render(
        request,
        "complaint.html",
        status=status_of(type(error)).value,
        timeline=timeline,
        pin=pin,
        refusal=error.title,
        advice=error.advice.format_map(error.facts),
        typed_action=action,
        typed=form,
    )
