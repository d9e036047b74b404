"""True time, one for the server and everybody on the site; only the simulation moves it."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo

import pytest


class TrueTime:
    """What time it really is."""

    def __init__(self, at: datetime) -> None:
        self.now = at

    def reach(self, at: datetime) -> None:
        """Go on to an instant, unless it is past already."""
        self.now = max(self.now, at)

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class _Face:
    """Stands where `core.clock` keeps the class it asks for the time."""

    combine = datetime.combine
    strptime = datetime.strptime

    def __init__(self, time: TrueTime) -> None:
        self._time = time

    def now(self, zone: tzinfo) -> datetime:
        return self._time.now.astimezone(zone)


@contextmanager
def told_by(time: TrueTime) -> Generator[None]:
    """Let `core.clock.now`, the product's one reader of the clock, tell the simulated time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.clock.datetime", _Face(time))
        yield
