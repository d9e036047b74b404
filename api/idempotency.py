"""`Idempotency-Key`: a POST repeated by the same caller is answered again, not done again."""

import base64
import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from redis import Redis, RedisError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import (
    IdempotencyMismatchError,
    InvalidIdempotencyKeyError,
    RequestInFlightError,
)
from api.problems import problem_response
from core.errors import DomainError, UnauthorizedError
from core.keyring import Keyring
from identity.tokens import read_access_token

KEPT_SECONDS = 24 * 3600
IN_FLIGHT_SECONDS = 120
"""Longer than any request; after a crash the same key works again then."""
RETRY_AFTER_SECONDS = 2
LARGEST_KEPT = 256_000
"""Bytes; larger answers are rare, are not personal records and are simply made again."""
KEY = re.compile(r"[\x21-\x7e]{1,128}")
BOUNDARY = re.compile(r'multipart/form-data;.*boundary="?([^";]+)', re.IGNORECASE)
COVERED = "/v1/"
NEVER_STORED = re.compile(
    r"/v1/(auth/|devices/pair|me/code-kit$|webhooks$"
    r"|projects/[^/]+/(workers/[^/]+/)?cards(/[^/]+/pin-letter)?$"
    r"|projects/[^/]+/(terminals(/[^/]+/secret)?|devices(/[^/]+/pairing)?)$)"
)
"""Answers that are credentials."""
TRANSIENT = {409, 429}
"""Answers that may differ next time, as every 5xx."""
SEAL_CONTEXT = "idempotency.answer"
FINGERPRINT_BYTES = 32

log = structlog.get_logger(__name__)


class IdempotencyMiddleware:
    """Keep the answer of a keyed POST for 24 hours and give it again.

    A key belongs to its caller and path: a person in a role, or nobody. Devices are left alone,
    their nonces do the same. Answers are sealed with the field keys, they hold personal facts.
    When Valkey is down requests are served unprotected: refusing a worker's answer is worse than
    the rare repetition, which unique constraints still catch.
    """

    def __init__(self, app: ASGIApp, *, valkey: Redis, keyring: Keyring) -> None:
        self.app = app
        self._keyring = keyring
        self._answers = _Answers(valkey, keyring)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, at most once per key."""
        if not _is_covered(scope):
            await self.app(scope, receive, send)
            return
        try:
            caller = self._caller(scope)
        except UnauthorizedError:  # the endpoint refuses it, or it is a device
            await self.app(scope, receive, send)
            return
        try:
            await self._serve_once(scope, receive, send, caller)
        except DomainError as error:
            response = problem_response(error, Request(scope))
            if isinstance(error, RequestInFlightError):
                response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
            await response(scope, receive, send)

    def _caller(self, scope: Scope) -> str:
        """Return what stays the same when the caller's access token is renewed."""
        kind, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return "nobody"
        principal = read_access_token(self._keyring, token)
        return f"{principal.person_id}|{principal.role}|{principal.scope}"

    async def _serve_once(self, scope: Scope, receive: Receive, send: Send, caller: str) -> None:
        headers = Headers(scope=scope)
        key = headers["idempotency-key"]
        if not KEY.fullmatch(key):
            raise InvalidIdempotencyKeyError
        body = await _read_body(receive)
        if body is None:
            return
        place = _hash(caller, scope["path"], key).hex()
        content = _without_boundary(body, headers.get("content-type", ""))
        fingerprint = _hash(scope["path"], scope["query_string"], content)
        try:
            earlier = await run_in_threadpool(self._answers.claim, place, fingerprint)
        except RedisError as error:
            log.warning("idempotency_store_down", error=repr(error))
            await self.app(scope, _replay_body(body, receive), send)
            return
        if earlier is not None:
            await _send_again(earlier, send)
            return
        await self._serve_and_keep(
            scope, _replay_body(body, receive), send, place=place, fingerprint=fingerprint
        )

    async def _serve_and_keep(
        self, scope: Scope, receive: Receive, send: Send, *, place: str, fingerprint: bytes
    ) -> None:
        recorder = _Recorder(send, lambda answer: self._keep(place, fingerprint, answer))
        try:
            await self.app(scope, receive, recorder.send)
        finally:
            if not recorder.is_kept:
                await self._quietly(self._answers.forget, place)

    async def _keep(self, place: str, fingerprint: bytes, answer: "_Answer") -> None:
        await self._quietly(self._answers.keep, place, fingerprint, answer)

    async def _quietly(self, step: Callable[..., None], *arguments: object) -> None:
        """Run a step whose failure must not spoil an answer that is already true."""
        try:
            await run_in_threadpool(step, *arguments)
        except RedisError as error:
            log.warning("idempotency_store_down", error=repr(error))


@dataclass(slots=True)
class _Answer:
    """A complete response."""

    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    @property
    def is_worth_keeping(self) -> bool:
        is_final = self.status not in TRANSIENT and self.status < 500  # noqa: PLR2004  HTTP
        return is_final and len(self.body) <= LARGEST_KEPT


class _Recorder:
    """Passes a response on and has it kept just before its last byte leaves."""

    def __init__(self, send: Send, keep: Callable[[_Answer], Awaitable[None]]) -> None:
        self._send = send
        self._keep = keep
        self._answer = _Answer()
        self.is_kept = False

    async def send(self, message: Message) -> None:
        """Record and pass on one ASGI message."""
        if message["type"] == "http.response.start":
            self._answer.status = message["status"]
            self._answer.headers = Headers(raw=message["headers"]).items()
        else:
            self._answer.body += message.get("body", b"")
            if not message.get("more_body", False) and self._answer.is_worth_keeping:
                await self._keep(self._answer)
                self.is_kept = True
        await self._send(message)


class _Answers:
    """The stored answers; a value is a fingerprint, then the sealed answer once there is one."""

    def __init__(self, valkey: Redis, keyring: Keyring) -> None:
        self._valkey = valkey
        self._keys = keyring.fields

    def claim(self, place: str, fingerprint: bytes) -> _Answer | None:
        """Reserve the place, or return the answer kept there.

        Raises IdempotencyMismatchError for another request, RequestInFlightError while the same
        one is being worked on.
        """
        stored = self._valkey.set(_key(place), fingerprint, nx=True, ex=IN_FLIGHT_SECONDS, get=True)
        if not isinstance(stored, bytes):
            return None
        if stored[:FINGERPRINT_BYTES] != fingerprint:
            raise IdempotencyMismatchError
        if len(stored) == FINGERPRINT_BYTES:
            raise RequestInFlightError
        return self._open(stored[FINGERPRINT_BYTES:])

    def keep(self, place: str, fingerprint: bytes, answer: _Answer) -> None:
        """Store the answer for 24 hours."""
        document = {
            "status": answer.status,
            "headers": answer.headers,
            "body": base64.b64encode(answer.body).decode(),
        }
        sealed = self._keys.seal(SEAL_CONTEXT, json.dumps(document).encode())
        self._valkey.set(_key(place), fingerprint + sealed, ex=KEPT_SECONDS)

    def forget(self, place: str) -> None:
        """Free the place, so that the request may be tried again."""
        self._valkey.delete(_key(place))

    def _open(self, sealed: bytes) -> _Answer:
        document: dict[str, Any] = json.loads(self._keys.open(SEAL_CONTEXT, sealed))
        headers = [(str(name), str(value)) for name, value in document["headers"]]
        return _Answer(document["status"], headers, base64.b64decode(document["body"]))


def is_covered_path(path: str) -> bool:
    """Tell whether a POST to this path may carry a key."""
    return path.startswith(COVERED) and not NEVER_STORED.match(path)


def _is_covered(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] == "POST"
        and is_covered_path(scope["path"])
        and "idempotency-key" in Headers(scope=scope)
    )


def _key(place: str) -> str:
    return f"api:idempotency:{place}"


def _hash(*parts: str | bytes) -> bytes:
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.digest()


def _without_boundary(body: bytes, content_type: str) -> bytes:
    """Return the body without its multipart boundary, which clients draw anew for each try."""
    boundary = BOUNDARY.search(content_type)
    return body.replace(boundary[1].encode(), b"") if boundary else body


async def _read_body(receive: Receive) -> bytes | None:
    """Return the whole body, or None when the caller left in the middle of it."""
    chunks = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


def _replay_body(body: bytes, receive: Receive) -> Receive:
    """Give the body once more, then whatever the connection says (a disconnect)."""
    pending = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return pending.pop() if pending else await receive()

    return receive_again


async def _send_again(answer: _Answer, send: Send) -> None:
    headers = [*answer.headers, ("idempotency-replayed", "true")]
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": answer.body})
