"""The 安薪码 itself: what verifying one costs."""

import hmac
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.harness import Sides, bench, calls_per_second
from bench.rig import Rig
from qr.code import CODE_BYTES, decode, encode, is_gate_tag_good, is_holder_tag_good, make_code

GATE_KEY = bytes(range(16))
HOLDER_KEY = bytes(range(32))


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
