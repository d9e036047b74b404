"""A short way in for `POST /v1/gate/verify`: FastAPI's layers cost more than the answer does.

A well-formed question of a gate is answered here, from ASGI to the hot lane and back; so is a
backlog (`api.upload_door`). All else, other calls and any question that is unusual in the least,
goes on to the application and its route of the same name, so what is allowed and what is refused
is said there only.
"""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from time import perf_counter
from typing import Annotated
from uuid import UUID

import msgspec
import structlog
from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from api.errors import InternalError
from api.middleware import JSON_LIMIT, REQUEST_ID, SAFE_HEADERS
from api.problems import problem_response
from api.schemas.gate import EARLIEST, LATEST, Decision
from api.upload_door import SHORTEST_BACKLOG, answer_backlog
from attendance.ingest import Ingest, Question
from attendance.judgement import Answer, ShownWorker
from core.enums import Direction, ScanReason, Tone
from core.errors import DomainError
from db.base import new_id

QUESTION = "/v1/gate/verify"
BACKLOG = "/v1/gate/scans"
SHORTEST = {QUESTION: 0, BACKLOG: SHORTEST_BACKLOG}
"""Bytes of a body, by path."""
READ_HEADERS = frozenset({b"authorization", b"content-length", b"content-type", b"x-request-id"})
"""The others change nothing about an answer to a gate."""
ANSWER_HEADERS = [
    (b"content-type", b"application/json"),
    *((name.lower().encode(), value.encode()) for name, value in SAFE_HEADERS.items()),
]

log = structlog.get_logger("api.access")


class _Asked(msgspec.Struct):
    """`api.schemas.gate.VerifyIn`."""

    code: str
    direction: Direction
    nonce: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._:-]{8,64}\Z")]
    scanned_at: Annotated[datetime, msgspec.Meta(tz=True)]


class _Told(msgspec.Struct):
    """`api.schemas.gate.DecisionOut`."""

    decision: Decision
    reason: ScanReason
    say: str
    tone: Tone
    worker: ShownWorker | None
    check_in_id: UUID


class _Call(msgspec.Struct):
    """What the headers say."""

    path: str
    token: str
    request_id: str
    begun: float


@dataclass(slots=True)
class _Body:
    """Received messages, which can be received once more."""

    messages: list[Message]

    @property
    def content(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages)

    def again(self, receive: Receive) -> Receive:
        pending = iter(self.messages)

        async def receive_again() -> Message:
            return next(pending, None) or await receive()

        return receive_again


class GateDoor:
    """Stands before the application. A stored scan is its own record, and not logged."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self._decoder = msgspec.json.Decoder(_Asked)
        self._encoder = msgspec.json.Encoder()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        call = _read_call(scope)
        if call is None:
            await self.app(scope, receive, send)
            return
        body = await _receive_all(receive)
        try:
            if call.path == BACKLOG:
                content = await self._answer_backlog(call, body.content, scope)
            else:
                question = self._read(body.content, call.token)
                answer = question and await self._ingest.verify(question)
                content = self._write(answer) if answer else None
        except DomainError as error:
            await _refuse(error, call, scope)(scope, receive, send)
        except Exception:
            log.exception("unexpected_error", path=call.path, request_id=call.request_id)
            refusal = InternalError(request_id=call.request_id)
            await _refuse(refusal, call, scope)(scope, receive, send)
        else:
            if content is None:
                await self.app(scope, body.again(receive), send)
            else:
                await _send(content, call.request_id, send)

    @property
    def _ingest(self) -> Ingest:
        ingest: Ingest = self.app.state.ingest
        return ingest

    async def _answer_backlog(self, call: _Call, content: bytes, scope: Scope) -> bytes | None:
        headers = Headers(scope=scope)
        answer = await answer_backlog(self.app.state, call.token, headers, content)
        if answer is not None:
            _log(call, HTTPStatus.OK.value)
        return answer

    def _read(self, content: bytes, token: str) -> Question | None:
        try:
            asked = self._decoder.decode(content)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None
        if not EARLIEST <= asked.scanned_at < LATEST:
            return None
        return Question(token, asked.code, asked.direction, asked.nonce, asked.scanned_at)

    def _write(self, answer: Answer) -> bytes:
        decision = Decision.ADMITTED if answer.admitted else Decision.REFUSED
        told = _Told(
            decision, answer.reason, answer.say, answer.tone, answer.worker, answer.check_in_id
        )
        return self._encoder.encode(told)


def _read_call(scope: Scope) -> _Call | None:
    """Return what a usual call of a gate says in its headers; None for any other call."""
    if scope["type"] != "http" or scope["path"] not in SHORTEST or scope["method"] != "POST":
        return None
    said: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in READ_HEADERS:
            if name in said:
                return None
            said[name] = value
    scheme, _, token = said.get(b"authorization", b"").partition(b" ")
    length = said.get(b"content-length", b"")
    if scheme != b"Bearer" or not token.strip():
        return None
    if said.get(b"content-type") != b"application/json":
        return None
    path: str = scope["path"]
    if not length.isdigit() or not SHORTEST[path] <= int(length) <= JSON_LIMIT:
        return None
    given = str(said.get(b"x-request-id", b""), "latin-1")
    request_id = given if REQUEST_ID.fullmatch(given) else new_id().hex
    return _Call(path, str(token, "latin-1"), request_id, perf_counter())


async def _send(content: bytes, request_id: str, send: Send) -> None:
    headers = [
        (b"content-length", b"%d" % len(content)),
        (b"x-request-id", request_id.encode()),
        *ANSWER_HEADERS,
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _refuse(error: DomainError, call: _Call, scope: Scope) -> Response:
    response = problem_response(error, Request(scope))
    response.headers.update({**SAFE_HEADERS, "X-Request-Id": call.request_id})
    _log(call, response.status_code)
    return response


def _log(call: _Call, status: int) -> None:
    log.info(
        "request",
        method="POST",
        path=call.path,
        status=status,
        ms=round((perf_counter() - call.begun) * 1000, 1),
        request_id=call.request_id,
    )


async def _receive_all(receive: Receive) -> _Body:
    messages: list[Message] = []
    has_more = True
    while has_more:
        message = await receive()
        messages.append(message)
        has_more = message["type"] == "http.request" and message.get("more_body", False)
    return _Body(messages)
