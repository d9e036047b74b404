"""Both tags under every master key in force."""

from dataclasses import replace
from uuid import uuid4

import pytest

from core.clock import now
from core.keyring import Keyring
from qr import code as ax
from qr.code import LiveCode, Suite
from qr.tag_keys import TagKeys

PROJECT = uuid4()
REF = bytes(range(6))


def show(keyring: Keyring, *, generation: int = 1, suite: Suite = Suite.SHA256) -> LiveCode:
    step = ax.step_at(now())
    day_key = ax.derive_project_day_key(
        keyring.gate_masters[1], project_id=PROJECT, day=ax.step_day(step), suite=suite
    )
    holder_key = ax.derive_holder_key(
        keyring.holder_masters[1], worker_ref=REF, key_generation=generation, suite=suite
    )
    gate_key = ax.derive_gate_key(day_key, worker_ref=REF, suite=suite)
    return ax.make_code(
        worker_ref=REF, step=step, gate_key=gate_key, holder_key=holder_key, suite=suite
    )


def rotated(keyring: Keyring) -> Keyring:
    return replace(
        keyring,
        gate_masters={**keyring.gate_masters, 2: bytes(32)},
        holder_masters={**keyring.holder_masters, 2: bytes(range(32))},
    )


@pytest.mark.parametrize("suite", list(Suite))
def test_a_code_of_either_suite_is_proved(keyring: Keyring, suite: Suite) -> None:
    keys = TagKeys(keyring)
    code = show(keyring, suite=suite)
    assert keys.is_gate_tag_good(code, PROJECT)
    assert keys.is_holder_tag_good(code, 1)


def test_codes_of_the_master_before_stay_good(keyring: Keyring) -> None:
    keys = TagKeys(rotated(keyring))
    for master in (keyring, rotated(keyring)):
        code = show(master)
        assert keys.is_gate_tag_good(code, PROJECT)
        assert keys.is_holder_tag_good(code, 1)


def test_a_master_that_was_taken_out_proves_nothing(keyring: Keyring) -> None:
    changed = rotated(keyring)
    keys = TagKeys(
        replace(changed, gate_masters={2: bytes(32)}, holder_masters={2: bytes(range(32))})
    )
    code = show(keyring)
    assert not keys.is_gate_tag_good(code, PROJECT)
    assert not keys.is_holder_tag_good(code, 1)


def test_another_project_or_generation_is_not_proved(keyring: Keyring) -> None:
    keys = TagKeys(keyring)
    code = show(keyring)
    assert not keys.is_gate_tag_good(code, uuid4())
    assert not keys.is_holder_tag_good(code, 2)
