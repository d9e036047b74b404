"""A terminal as the dialects know it."""

from collections.abc import Callable
from typing import Any

import pytest

from core.enums import Direction
from devices.vendors.reading import Terminal

Describe = Callable[..., Terminal]


@pytest.fixture
def describe() -> Describe:
    """Describe a terminal; its digests can be seen through."""

    def describe(direction: Direction | None = Direction.IN, **settings: Any) -> Terminal:
        return Terminal(direction, settings, lambda number: f"digest-{len(number)}")

    return describe
