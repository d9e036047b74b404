"""Server-sent events about a person's messages: who follows, what is new, and when it ends."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import structlog
from fastapi.responses import StreamingResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import Receive, Scope, Send

from core.clock import now
from db.listener import Listener
from db.session import Database
from identity.queries import list_signed_in
from notifications import inbox
from notifications.errors import TooManyListenersError

MOST_FOLLOWERS = 500
"""Connections of one process; whoever comes later asks for the list every minute."""
MOST_OF_ONE = 3
"""A phone, a second tab, and one connection that has not noticed its end."""
RETRY_SECONDS = 60
HEARTBEAT_SECONDS = 15.0
"""Below the shortest idle time-out of the usual proxies."""
LOOK_SECONDS = 15.0
"""Look even if nobody calls: a pooler may swallow NOTIFY, a sign-in runs out in silence."""
PAUSE_SECONDS = 0.2
"""Ten thousand payslips are one look."""
RECONNECT_MS = 5_000

log = structlog.get_logger(__name__)


@dataclass(eq=False, slots=True)
class Follower:
    """One open connection."""

    person_id: UUID
    family_id: UUID
    ends_at: datetime
    """When what it signed in with ends, in UTC."""
    unread: int | None = None
    is_over: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, unread: int, *, is_signed_in: bool) -> None:
        """Pass on what was found, if it is news."""
        if unread == self.unread and is_signed_in:
            return
        self.unread, self.is_over = unread, not is_signed_in
        self.changed.set()


class News:
    """Tells the followers of this process what changes; one query answers for all of them."""

    def __init__(self, find_database: Callable[[], Database], url: str) -> None:
        self._find_database = find_database
        self._followers: set[Follower] = set()
        self._wake = asyncio.Event()
        self._listener = Listener(url, {inbox.CHANNEL: lambda _: self._wake.set()}, self._wake.set)
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to listen and to look."""
        self._tasks = [
            asyncio.create_task(self._listener.run()),
            asyncio.create_task(self._watch()),
        ]

    async def close(self) -> None:
        """End every connection."""
        for follower in self._followers:
            follower.is_over = True
            follower.changed.set()
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def join(self, *, person_id: UUID, family_id: UUID, ends_at: datetime) -> Follower:
        """Take up a connection; TooManyListenersError when there are as many as may be."""
        of_one = Counter(follower.person_id for follower in self._followers)[person_id]
        if len(self._followers) >= MOST_FOLLOWERS or of_one >= MOST_OF_ONE:
            raise TooManyListenersError(retry_after=RETRY_SECONDS)
        follower = Follower(person_id, family_id, ends_at)
        self._followers.add(follower)
        self._wake.set()
        return follower

    def leave(self, follower: Follower) -> None:
        """Forget a connection; repeating does nothing."""
        self._followers.discard(follower)

    async def _watch(self) -> None:
        while True:
            # Not wait_for: Python 3.11's forgets a cancellation that meets the event.
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            followers = tuple(self._followers)
            try:
                if followers:
                    await self._tell(followers)
            except SQLAlchemyError as error:
                log.warning("news_without_database", error=type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _tell(self, followers: Sequence[Follower]) -> None:
        unread, signed_in = await asyncio.to_thread(self._look, followers)
        for follower in followers:
            follower.take(unread[follower.person_id], is_signed_in=follower.family_id in signed_in)

    def _look(self, followers: Sequence[Follower]) -> tuple[dict[UUID, int], set[UUID]]:
        with self._find_database().transaction() as session:
            unread = inbox.count_unread_of(session, {one.person_id for one in followers})
            families = {one.family_id for one in followers}
            return unread, list_signed_in(session, families, at=now())


class NewsResponse(StreamingResponse):
    """Events until the reader leaves or the sign-in ends; then the place is free again."""

    media_type = "text/event-stream"

    def __init__(self, news: News, follower: Follower) -> None:
        self._news, self._follower = news, follower
        # A buffering proxy would keep the news to itself.
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(_write(follower), headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send, and give the place back whatever happens."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._news.leave(self._follower)


async def _write(follower: Follower) -> AsyncGenerator[str]:
    """Yield events in the form of the HTML standard (§9.2)."""
    yield f"retry: {RECONNECT_MS}\n\n"
    while (seconds := (follower.ends_at - now()).total_seconds()) > 0 and not follower.is_over:
        try:
            await asyncio.wait_for(follower.changed.wait(), min(seconds, HEARTBEAT_SECONDS))
        except TimeoutError:
            yield ": still here\n\n"
            continue
        follower.changed.clear()
        if not follower.is_over:
            yield f"event: unread\ndata: {json.dumps({'unread': follower.unread})}\n\n"
    yield "event: end\ndata: {}\n\n"
