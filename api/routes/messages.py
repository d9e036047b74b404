"""The messages of the app and news of them: ``/v1/me/messages``."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response

from api.deps import Bearer, PhoneOwnerDep, SessionDep, person_token
from api.news import NewsResponse
from api.pagination import Page, PageDep, make_page
from api.problems import problems
from api.schemas.messages import MessageOut, ReadIn, UnreadOut
from api.strict_json import StrictRouter
from core.clock import now
from identity.errors import NotSignedInError, RoleRequiredError
from identity.tokens import read_expiry
from notifications import inbox
from notifications.errors import MessageNotFoundError, TooManyListenersError

router = StrictRouter(prefix="/me/messages", tags=["notifications"])
NOT_WORKER = (NotSignedInError, RoleRequiredError)
EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": 'Events `unread` with `{"unread": 3}`, comments in between, then `end`.',
        "content": {"text/event-stream": {"schema": {"type": "object"}}},
    }
}


@router.get("", responses=problems(*NOT_WORKER))
def list_messages(session: SessionDep, worker: PhoneOwnerDep, page: PageDep) -> Page[MessageOut]:
    """List what you were told.

    The same facts as the texts to your phone, newest first, also those that could not be sent.
    Sign-in codes are not among them.
    """
    found = inbox.list_messages(
        session, person_id=worker.person_id, before=page.before, limit=page.limit
    )
    return make_page(found, limit=page.limit, to_item=MessageOut.of)


@router.get("/unread", responses=problems(*NOT_WORKER))
def count_unread(session: SessionDep, worker: PhoneOwnerDep) -> UnreadOut:
    """Count what you have not read.

    For whoever cannot hold a connection open: ask once a minute.
    """
    return UnreadOut(unread=inbox.count_unread(session, person_id=worker.person_id))


@router.post("/read", responses=problems(*NOT_WORKER))
def read_messages(session: SessionDep, worker: PhoneOwnerDep, body: ReadIn) -> UnreadOut:
    """Mark everything up to a message as read."""
    inbox.read_messages(session, person_id=worker.person_id, newest_id=body.newest_id, at=now())
    return UnreadOut(unread=inbox.count_unread(session, person_id=worker.person_id))


@router.post(
    "/{notification_id}/read",
    status_code=204,
    responses=problems(*NOT_WORKER, MessageNotFoundError),
)
def read_message(session: SessionDep, worker: PhoneOwnerDep, notification_id: UUID) -> Response:
    """Mark a message as read."""
    inbox.read_message(session, person_id=worker.person_id, message_id=notification_id, at=now())
    return Response(status_code=204)


@router.get(
    "/events",
    status_code=200,
    response_class=NewsResponse,
    responses={**EVENTS, **problems(*NOT_WORKER, TooManyListenersError)},
)
async def follow_messages(
    request: Request,
    worker: PhoneOwnerDep,
    bearer: Annotated[Bearer, Depends(person_token)],
) -> NewsResponse:
    """Follow the number of unread messages.

    Server-sent events: at once, and whenever the number changes. Ends when you sign out or the
    access token runs out; come back with a fresh one. At most three connections of one person.
    """
    assert bearer is not None
    follower = request.app.state.news.join(
        person_id=worker.person_id,
        family_id=worker.sign_in_family_id,
        ends_at=read_expiry(bearer.credentials),
    )
    return NewsResponse(request.app.state.news, follower)
