"""A receiver of webhooks and the wire to it."""

from collections.abc import Generator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.notifications.peers.receiver import Receiver, Wire, receiving


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def wire(receiver: Receiver, var: Path) -> Generator[Wire]:
    with receiving(receiver, var, f"hook-{uuid4().hex[:6]}") as wire:
        yield wire
