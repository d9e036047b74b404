"""The phone page's list of messages, and what keeps the badge on it up to date."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import SessionDep
from api.news import NewsResponse
from api.pages.refusals import PageRoute
from api.pages.rendering import render
from api.pages.sign_in import PageWorkerDep
from api.schemas.notifications import PreferenceForm
from core.clock import now
from core.enums import Language
from identity.tokens import ACCESS_LIFETIME
from notifications import inbox, preferences
from notifications.templates import SIGNATURE

router = APIRouter(route_class=PageRoute, include_in_schema=False)

MESSAGES_SHOWN = 50
LANGUAGE_NAMES = {Language.CHINESE: "普通话", Language.SICHUANESE: "四川话"}


@router.get("/messages")
def show_messages(request: Request, session: SessionDep, worker: PageWorkerDep) -> HTMLResponse:
    """List the latest messages; whoever opens the list has seen those on it."""
    found = inbox.list_messages(
        session, person_id=worker.person_id, before=None, limit=MESSAGES_SHOWN
    )
    answer = render(
        request,
        "messages.html",
        messages=found[:MESSAGES_SHOWN],
        signature=SIGNATURE,
        languages=LANGUAGE_NAMES,
        preference=preferences.get_preference(session, person_id=worker.person_id),
    )
    if found:
        inbox.read_messages(session, person_id=worker.person_id, newest_id=found[0].id, at=now())
    return answer


@router.post("/messages/preferences")
def set_preference(
    session: SessionDep, worker: PageWorkerDep, form: Annotated[PreferenceForm, Form()]
) -> Response:
    """Say how you want to be told."""
    preferences.set_preference(session, person_id=worker.person_id, **form.model_dump(), at=now())
    return RedirectResponse("/messages", 303)


@router.get("/messages/unread")
def count_unread(session: SessionDep, worker: PageWorkerDep) -> dict[str, int]:
    """Tell the badge how many messages wait, for phones that cannot hold a connection."""
    return {"unread": inbox.count_unread(session, person_id=worker.person_id)}


@router.get("/messages/events")
async def follow_messages(request: Request, worker: PageWorkerDep) -> NewsResponse:
    """Keep the badge up to date; the browser comes again when a quarter of an hour is over."""
    follower = request.app.state.news.join(
        person_id=worker.person_id,
        family_id=worker.sign_in_family_id,
        ends_at=now() + ACCESS_LIFETIME,
    )
    return NewsResponse(request.app.state.news, follower)
