"""What the hot lane knows by heart: the people of each project, and the devices that may ask.

Triggers tell of every change at its commit (migration 0004), whoever makes it and however: by
NOTIFY rather than through Valkey, because a notification is part of the transaction, and cannot
be lost between a commit and a publish, or with a cache. What is kept for long is read again
anyway.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Generic, Self, TypeVar
from uuid import UUID

from attendance.judgement import Finders
from attendance.roster_queries import Roster
from db.models import Device

FRESH_SECONDS = 30.0
"""Afterwards a value is read again in the background, and used until that is done."""
LONGEST_KEPT_SECONDS = 60.0
"""How stale a fact may be if a notification never came, e.g. through a pooler that eats them."""

Key = TypeVar("Key")
Value = TypeVar("Value")


class NotOnRosterError(Exception):
    """Nobody of the project: the database knows whether the code or card is anybody's at all."""


def make_finders(roster: Roster) -> Finders:
    """Return how to look somebody up; NotOnRosterError for whoever is not of the project."""
    return Finders(partial(_find, roster.codes), partial(_find, roster.cards))


def _find(known: Mapping[bytes, Value], key: bytes) -> Value:
    try:
        return known[key]
    except KeyError:
        raise NotOnRosterError from None


@dataclass(frozen=True, slots=True)
class _Kept(Generic[Value]):
    value: Value
    since: float


@dataclass(slots=True)
class Memory(Generic[Key, Value]):
    """Values by key, each loaded once for all who wait for it, until it is forgotten.

    A load that was under way when its key was forgotten serves those who waited, and is not kept:
    it may have looked before the change. For one event loop.
    """

    load: Callable[[Key], Awaitable[Value]]
    most: int
    """Values kept; what is in use is read again now and then, so the longest unread one goes."""
    _kept: dict[Key, _Kept[Value]] = field(default_factory=dict)
    _loads: "dict[Key, asyncio.Task[Value]]" = field(default_factory=dict)

    def peek(self, key: Key) -> Value | None:
        """Return the value if it is fresh."""
        kept = self._kept.get(key)
        return kept.value if kept and monotonic() - kept.since < FRESH_SECONDS else None

    async def get(self, key: Key) -> Value:
        """Return the value, loading it if need be; whatever the load raises."""
        kept = self._kept.get(key)
        age = monotonic() - kept.since if kept else LONGEST_KEPT_SECONDS
        if kept is not None and age < FRESH_SECONDS:
            return kept.value
        task = self._loads.get(key)
        if task is None:
            task = self._loads[key] = asyncio.create_task(self._load(key))
            task.add_done_callback(_look_at_end)
        if kept is not None and age < LONGEST_KEPT_SECONDS:
            return kept.value
        return await asyncio.shield(task)

    def forget(self, key: Key) -> None:
        """Load the value again before it is used again."""
        self._kept.pop(key, None)
        self._loads.pop(key, None)

    def forget_where(self, is_meant: Callable[[Value], bool]) -> None:
        """Forget the values that are meant, and whatever is being loaded."""
        self._loads.clear()
        for key in [key for key, kept in self._kept.items() if is_meant(kept.value)]:
            del self._kept[key]

    def forget_all(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._loads.clear()

    async def _load(self, key: Key) -> Value:
        own, begun = asyncio.current_task(), monotonic()
        kept: _Kept[Value] | None = None
        try:
            kept = _Kept(await self.load(key), begun)
        finally:
            if self._loads.get(key) is own:
                self.forget(key)
                if kept is not None:
                    self._kept[key] = kept
                    while len(self._kept) > self.most:
                        del self._kept[next(iter(self._kept))]
        return kept.value


def _look_at_end(task: "asyncio.Task[Value]") -> None:
    """A load in the background may fail without anybody waiting; whoever asks next is told."""
    if not task.cancelled():
        task.exception()


@dataclass(slots=True)
class Gate:
    """What the lane knows of a gate; every scan looks, so it is no row of SQLAlchemy's."""

    id: UUID
    project_id: UUID
    last_seen_at: datetime | None
    clock_offset_ms: int | None

    @classmethod
    def of(cls, device: Device) -> Self:
        """Return what a device's row says."""
        return cls(device.id, device.project_id, device.last_seen_at, device.clock_offset_ms)


Gates = Memory[str, Gate]
"""By the token they show."""
Rosters = Memory[UUID, Finders]
"""By project."""
