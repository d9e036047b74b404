"""The phone page's list of messages, and what keeps the badge on it up to date."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.deps import SessionDep
from api.news import NewsResponse
from api.pages.refusals import PageRoute
from api.pages.rendering import render
from api.pages.sign_in import PageWorkerDep
from core.clock import now
from identity.tokens import ACCESS_LIFETIME
from notifications import inbox
from notifications.templates import SIGNATURE

router = APIRouter(route_class=PageRoute, include_in_schema=False)

MESSAGES_SHOWN = 50


@router.get("/messages")
def show_messages(request: Request, session: SessionDep, worker: PageWorkerDep) -> HTMLResponse:
    """List the latest messages; whoever opens the list has seen those on it."""
    found = inbox.list_messages(
        session, person_id=worker.person_id, before=None, limit=MESSAGES_SHOWN
    )
    answer = render(request, "messages.html", messages=found[:MESSAGES_SHOWN], signature=SIGNATURE)
    if found:
        inbox.read_messages(session, person_id=worker.person_id, newest_id=found[0].id, at=now())
    return answer


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
