"""JSON in which a field named twice is refused, where the wrong one of the two would be money."""

import json
from collections.abc import Callable, Coroutine, Sequence
from enum import Enum
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.params import Depends
from fastapi.routing import APIRoute

from api.errors import RepeatedFieldError

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class StrictRequest(Request):
    """A request whose JSON says everything once (RFC 8259 §4 leaves repeated names open)."""

    async def json(self) -> Any:
        """Return the body; RepeatedFieldError names a field that an object has twice."""
        return json.loads(await self.body(), object_pairs_hook=_make_object)


class StrictRoute(APIRoute):
    """A route that reads its body as `StrictRequest` does."""

    def get_route_handler(self) -> Handler:
        """Wrap the ordinary handler."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return handle_strictly


class StrictRouter(APIRouter):
    """A router of such routes: every call under ``/v1`` but those that read their bodies raw."""

    def __init__(
        self, *, tags: list[str | Enum], prefix: str = "", dependencies: Sequence[Depends] = ()
    ) -> None:
        super().__init__(
            prefix=prefix, tags=tags, dependencies=dependencies, route_class=StrictRoute
        )


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise RepeatedFieldError(name=next(name for name in names if names.count(name) > 1))
    return made
