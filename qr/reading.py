"""Codes on photographs that people upload; the only importer of zxing-cpp."""

import re
import struct
from io import BytesIO
from threading import BoundedSemaphore

import zxingcpp
from PIL import Image

from qr.errors import CodePhotoTooLargeError, NoPosterInPhotoError

LARGEST_UPLOAD = 10_000_000
MOST_PIXELS = 40_000_000
"""Of what is uploaded: a few kilobytes can claim to be gigapixels."""
LONGEST_SIDE = 1_600
"""Pixels that are looked at: a poster's code is read with far fewer."""
FORMATS = ("JPEG", "PNG", "WEBP")
DAMAGES = (OSError, SyntaxError, ValueError, TypeError, EOFError, IndexError, struct.error)
"""What Pillow raises over files that are not what they say."""
OPENING = BoundedSemaphore(2)
"""A small file can unpack to a hundred megabytes; so many are unpacked at a time."""
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
POSTER = re.compile(r"https?://[^/?#\s]+/s/([A-Za-z0-9_-]{1,32})/?")


def read_poster_token(content: bytes) -> str:
    """Return the token of the poster on a photograph; the photograph itself is not kept.

    Raises CodePhotoTooLargeError, NoPosterInPhotoError.
    """
    tokens = [found[1] for found in map(POSTER.fullmatch, read_codes(content)) if found]
    if not tokens:
        raise NoPosterInPhotoError
    return tokens[0]


def read_codes(content: bytes) -> list[str]:
    """Return what the QR codes on a picture say; nothing for what is no picture.

    Raises CodePhotoTooLargeError.
    """
    if len(content) > LARGEST_UPLOAD:
        raise _too_large()
    try:
        with OPENING:
            picture = _open(content)
    except BOMBS as error:
        raise _too_large() from error
    except DAMAGES:
        return []
    wanted = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    return [code.text for code in zxingcpp.read_barcodes(picture, formats=wanted)]


def _too_large() -> CodePhotoTooLargeError:
    return CodePhotoTooLargeError(
        max_megabytes=LARGEST_UPLOAD // 1_000_000, max_megapixels=MOST_PIXELS // 1_000_000
    )


def _open(content: bytes) -> Image.Image:
    """Return the picture in grey, no larger than it has to be."""
    with Image.open(BytesIO(content), formats=FORMATS) as photograph:
        if photograph.width * photograph.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        photograph.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
        grey = photograph.convert("L")
    grey.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return grey
