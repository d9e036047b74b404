"""ASGI entry point: ``uvicorn main:app``."""

from api.app import create_app
from api.gate_door import GateDoor
from core.settings import load_settings

app = GateDoor(create_app(load_settings()))
