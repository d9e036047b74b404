"""Checking a live code's two tags by every master key in force, with the derived keys at hand."""

from datetime import date
from functools import lru_cache
from uuid import UUID

from core.keyring import Keyring
from qr.code import (
    LiveCode,
    Suite,
    derive_gate_key,
    derive_holder_key,
    derive_project_day_key,
    is_gate_tag_good,
    is_holder_tag_good,
    step_day,
)

MASTERS_KEPT = 16
"""Days; codes are of yesterday, today or tomorrow."""
DAYS_KEPT = 4_096
"""(project, day, suite); a busy installation needs two days of each project."""
HOLDERS_KEPT = 65_536
"""(worker, project or generation, day, suite); each kind is about 20 MB when full."""


class TagKeys:
    """What an installation's masters say of a code.

    Every version that a code of its day may be from is tried, the newest first, so that a master
    is replaced without a downtime. Derived keys are remembered, the longest unused ones forgotten;
    safe to share between threads.
    """

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring
        self._holder_masters = lru_cache(MASTERS_KEPT)(keyring.holder_masters_of)
        self._day_keys = lru_cache(DAYS_KEPT)(self._derive_day_keys)
        self._gate_keys = lru_cache(HOLDERS_KEPT)(self._derive_gate_keys)
        self._holder_keys = lru_cache(HOLDERS_KEPT)(self._derive_holder_keys)

    def is_gate_tag_good(self, code: LiveCode, project_id: UUID) -> bool:
        """Tell whether the phone had a gate key of this project and the code's day."""
        day = step_day(code.step)
        for gate_key in self._gate_keys(code.worker_ref, project_id, day, code.suite):
            if is_gate_tag_good(code, gate_key):
                return True
        return False

    def is_holder_tag_good(self, code: LiveCode, key_generation: int) -> bool:
        """Tell whether the worker's own phone of this generation made the code."""
        day = step_day(code.step)
        for holder_key in self._holder_keys(code.worker_ref, key_generation, day, code.suite):
            if is_holder_tag_good(code, holder_key):
                return True
        return False

    def _derive_gate_keys(
        self, worker_ref: bytes, project_id: UUID, day: date, suite: Suite
    ) -> tuple[bytes, ...]:
        return tuple(
            derive_gate_key(day_key, worker_ref=worker_ref, suite=suite)
            for day_key in self._day_keys(project_id, day, suite)
        )

    def _derive_day_keys(self, project_id: UUID, day: date, suite: Suite) -> tuple[bytes, ...]:
        return tuple(
            derive_project_day_key(master, project_id=project_id, day=day, suite=suite)
            for master in self.keyring.gate_masters_of(day)
        )

    def _derive_holder_keys(
        self, worker_ref: bytes, key_generation: int, day: date, suite: Suite
    ) -> tuple[bytes, ...]:
        return tuple(
            derive_holder_key(
                master, worker_ref=worker_ref, key_generation=key_generation, suite=suite
            )
            for master in self._holder_masters(day)
        )
