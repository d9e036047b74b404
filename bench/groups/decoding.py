"""How often a camera reads a code: the live code, the card, and a token that says as much."""

from base64 import b32encode
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from itertools import count
from random import Random
from uuid import UUID

import zxingcpp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jose import jws
from PIL import Image
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.image.pil import PilImage

from bench.degradations import DEGRADATIONS
from bench.harness import Sides, bench
from bench.rig import Rig
from core.crypto import b64url
from qr import code, image

TRIALS = 8
"""Of each degradation, in each of the rounds."""
CARD_VERSION_BYTE = b"\x02"
CARD_RANDOM_BYTES = 14

Drawn = tuple[str, Image.Image]
Draw = Callable[[Random], Drawn]


def draw_live(random: Random) -> Drawn:
    """Draw a live code as the product does."""
    text = code.encode(
        code.make_code(
            worker_ref=random.randbytes(code.REF_BYTES),
            step=random.getrandbits(32),
            gate_key=random.randbytes(code.GATE_KEY_BYTES),
            holder_key=random.randbytes(code.KEY_BYTES),
        )
    )
    return text, Image.open(BytesIO(image.png(text))).convert("L")


def draw_card(random: Random) -> Drawn:
    """Draw a card's code as `image.card_svg` lays it out."""
    raw = CARD_VERSION_BYTE + random.randbytes(CARD_RANDOM_BYTES)
    text = b32encode(raw).decode("ascii")
    return text, _draw(text, ERROR_CORRECT_Q)


def draw_jws(random: Random, *, key: str) -> Drawn:
    """Draw worker, moment and project under an ES256 signature, with nothing else."""
    claims = {
        "sub": b64url(random.randbytes(code.REF_BYTES)),
        "iat": random.getrandbits(31),
        "aud": str(UUID(bytes=random.randbytes(16))),
    }
    text = jws.sign(claims, key, algorithm="ES256")
    return text, _draw(text, ERROR_CORRECT_M)


def percent_read(draw: Draw, seeds: Iterator[int]) -> float:
    """Return of how many degraded pictures zxing-cpp reads the very text."""
    seed = next(seeds)
    read = sum(
        is_read(draw, name, Random(f"{seed}/{name}/{trial}"))  # noqa: S311 - to be repeated
        for name in DEGRADATIONS
        for trial in range(TRIALS)
    )
    return 100 * read / (TRIALS * len(DEGRADATIONS))


def is_read(draw: Draw, degradation: str, random: Random) -> bool:
    """Tell whether one degraded picture is read."""
    text, picture = draw(random)
    seen = DEGRADATIONS[degradation](picture, random)
    found = zxingcpp.read_barcodes(
        seen, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    return any(barcode.text == text for barcode in found)


@bench(unit="% read", ratio=">=", target=1.5)
@contextmanager
def code_decode_rate(_rig: Rig) -> Generator[Sides]:
    """The live code as zxing-cpp reads it, wanted ≥ 97 %, beside a JWS of the same facts."""
    yield Sides(
        ours=partial(percent_read, draw_live, count()),
        baseline=partial(percent_read, partial(draw_jws, key=_make_key()), count()),
    )


@bench(unit="% read", ratio=">=", target=0.98)
@contextmanager
def card_decode_rate(_rig: Rig) -> Generator[Sides]:
    """The printed card's code beside the live code."""
    yield Sides(
        ours=partial(percent_read, draw_card, count()),
        baseline=partial(percent_read, draw_live, count()),
    )


def _draw(text: str, error_correction: int) -> Image.Image:
    """Draw a code as small as holds the text."""
    drawn = QRCode(error_correction=error_correction, border=4, image_factory=PilImage)
    drawn.add_data(text, optimize=0)
    drawn.make(fit=True)
    return drawn.make_image().get_image().convert("L")


def _make_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
