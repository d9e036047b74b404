"""Calls of a paired gate that are refused for their shape: answered so, and kept to be read."""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from attendance.unread import keep_refused
from core.errors import DomainError
from devices.errors import UnknownDeviceError, WrongProfileError
from devices.service import authenticate_gate

UNREADABLE = "unreadable body"

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class GateRoute(APIRoute):
    """A route for gates that opens no transaction; a body beyond the limit never gets here."""

    def get_route_handler(self) -> Handler:
        """Return the handler that also keeps what it refuses."""
        handle = super().get_route_handler()

        async def handle_and_keep(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as refusal:
                await _keep(request, _explain(refusal))
                raise
            except HTTPException as refusal:
                if _is_about_body(refusal):
                    await _keep(request, UNREADABLE)
                raise

        return handle_and_keep


def _is_about_body(refusal: HTTPException) -> bool:
    """Tell whether FastAPI could not read the body; what was refused while it came is not here."""
    is_refused = isinstance(refusal.__cause__, DomainError)
    return refusal.status_code == HTTPStatus.BAD_REQUEST and not is_refused


def _explain(refusal: RequestValidationError) -> str:
    """Return the first thing that is wrong, e.g. ``direction: enum``."""
    first = refusal.errors()[0]
    place = ".".join(str(step) for step in first["loc"][1:]) or "body"
    return f"{place}: {first['type']}"


async def _keep(request: Request, reason: str) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if request.method == "POST" and scheme.lower() == "bearer" and token:
        body = (await request.body()).decode("utf-8", "replace")
        await run_in_threadpool(_keep_of_gate, request, token.strip(), reason, body)


def _keep_of_gate(request: Request, token: str, reason: str, body: str) -> None:
    with (
        suppress(UnknownDeviceError, WrongProfileError),
        request.app.state.database.transaction() as session,
    ):
        device = authenticate_gate(session, token)
        keep_refused(session, request.app.state.valkey, device=device, reason=reason, body=body)
