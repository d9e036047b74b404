"""ASGI entry point: ``uvicorn main:app``."""

import gc

gc.disable()  # what a start makes stays to the end: looking through it took a third of the start

from api.app import create_app  # noqa: E402
from api.gate_door import GateDoor  # noqa: E402
from core.settings import load_settings  # noqa: E402

app = GateDoor(create_app(load_settings()))
gc.freeze()
gc.enable()
