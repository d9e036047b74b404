"""The 安薪码 itself: what verifying one costs."""

import hmac
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import partial
from time import process_time
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.harness import Sides, bench, calls_per_second
from bench.rig import Rig
from core.keyring import load_keyring
from qr.code import (
    CODE_BYTES,
    decode,
    derive_gate_key,
    derive_holder_key,
    derive_project_day_key,
    encode,
    is_gate_tag_good,
    is_holder_tag_good,
    make_code,
    step_day,
)
from qr.tag_keys import TagKeys

BUDGET_MICROSECONDS = 25.0
CALLS = 20_000
GATE_KEY = bytes(range(16))
HOLDER_KEY = bytes(range(32))


@bench(unit="µs of CPU", ratio="<=", target=1)
@contextmanager
def code_verify_cpu(rig: Rig) -> Generator[Sides]:
    """Read a code and check both tags as a server does, its derived keys at hand; of 25 µs."""
    keyring = load_keyring(rig.directory / "codes-keys.json")
    keys, project_id, step = TagKeys(keyring), UUID(int=1), 1
    day_key = derive_project_day_key(
        keyring.gate_masters[1], project_id=project_id, day=step_day(step)
    )
    holder_key = derive_holder_key(keyring.holder_masters[1], worker_ref=bytes(6), key_generation=1)
    gate_key = derive_gate_key(day_key, worker_ref=bytes(6))
    text = encode(
        make_code(worker_ref=bytes(6), step=step, gate_key=gate_key, holder_key=holder_key)
    )

    def verify() -> None:
        read = decode(text)
        assert keys.is_gate_tag_good(read, project_id)
        assert keys.is_holder_tag_good(read, 1)

    yield Sides(ours=partial(_cpu_microseconds, verify), baseline=lambda: BUDGET_MICROSECONDS)


def _cpu_microseconds(function: Callable[[], object]) -> float:
    started = process_time()
    for _ in range(CALLS):
        function()
    return 1e6 * (process_time() - started) / CALLS


@bench(unit="verifications/s", ratio=">=", target=4)
@contextmanager
def code_verify_vs_ed25519(_rig: Rig) -> Generator[Sides]:
    """Read a code and check both tags; a signature check of the same bytes is the alternative."""
    code = make_code(worker_ref=bytes(6), step=1, gate_key=GATE_KEY, holder_key=HOLDER_KEY)
    text = encode(code)

    def verify() -> None:
        read = decode(text)
        assert is_gate_tag_good(read, GATE_KEY)
        assert is_holder_tag_good(read, HOLDER_KEY)

    private = Ed25519PrivateKey.generate()
    message = bytes(CODE_BYTES)
    check = partial(private.public_key().verify, private.sign(message), message)

    def two_tags() -> None:
        hmac.digest(GATE_KEY, message, "sha256")
        hmac.digest(HOLDER_KEY, message, "sha256")

    yield Sides(
        ours=partial(calls_per_second, verify),
        baseline=partial(calls_per_second, check),
        limit=partial(calls_per_second, two_tags),
    )
