"""Pure ASGI layers around the application: request ids, access log, body limit, safe headers."""

import re
import time
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import BodyTooLargeError
from api.problems import problem_response
from core.masking import mask_path

JSON_LIMIT = 1_000_000
"""Bytes; the largest ordinary body is a batch of 1,000 scans, about 250 kB."""
UPLOAD_LIMIT = 12_000_000
"""Bytes; workbooks and photos come as multipart forms."""
COMPLAINT_LIMIT = 50_000_000
"""Bytes; a complaint's page sends up to ten photos of a phone at once, which go to the disk."""
COMPLAINT_PATHS = ("/complaints", "/s/")
TERMINAL_LIMIT = 100_000_000
"""Bytes; a terminal sends what it sends. `api.terminals` lets nobody in without a secret, and
holds the first 24 MB only."""
TERMINAL_PATHS = ("/t/", "/iclock/")
REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; form-action 'self'",
}

log = structlog.get_logger("api.access")


class RequestContextMiddleware:
    """Give every request an id, in the logs and in `X-Request-Id`; keep a caller's good one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request with its id bound to the log context."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._serve(scope, receive, send, request_id)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        started = time.perf_counter()
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in SAFE_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        finally:
            elapsed = round((time.perf_counter() - started) * 1000, 1)
            path = mask_path(scope["path"])
            log.info("request", method=scope["method"], path=path, status=status, ms=elapsed)


class BodyLimitMiddleware:
    """Refuse bodies above the limit of their content type before they fill the memory."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or answer 413."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = _limit_of(scope["path"], headers)
        if _declared_length(headers) > limit:
            refusal = problem_response(BodyTooLargeError(limit_bytes=limit), Request(scope))
            await refusal(scope, receive, send)
            return
        await self.app(scope, _BoundedBody(receive, limit).receive, send)


def _limit_of(path: str, headers: Headers) -> int:
    if path.startswith(TERMINAL_PATHS):
        return TERMINAL_LIMIT
    is_upload = headers.get("content-type", "").startswith("multipart/form-data")
    if not is_upload:
        return JSON_LIMIT
    return COMPLAINT_LIMIT if path.startswith(COMPLAINT_PATHS) else UPLOAD_LIMIT


def _declared_length(headers: Headers) -> int:
    length = headers.get("content-length", "")
    return int(length) if length.isdecimal() else 0


class _BoundedBody:
    """Counts a streamed body, because a length header may be missing or a lie.

    The refusal is raised where the application reads; `api.problems` renders it.
    """

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit
        self._limit = limit

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise BodyTooLargeError(limit_bytes=self._limit)
        return message
