"""Bare FastAPI: a validated body in, the same body out. No database, no sign-in."""

from typing import Any

from fastapi import FastAPI

from bench.apps.events import GateEvent

app = FastAPI()


@app.post("/echo")
async def echo(event: GateEvent) -> dict[str, Any]:
    """Return what came in."""
    return event.model_dump()
