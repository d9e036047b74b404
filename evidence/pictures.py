"""Uploaded pictures: opened without trusting them, and drawn anew without what they carry along.

Pillow is here, in `identity.portraits` and in `qr.reading`.
"""

import struct
from collections.abc import Generator
from contextlib import contextmanager
from io import BytesIO
from threading import BoundedSemaphore

from PIL import Image, ImageOps

from evidence.errors import PictureUnreadableError, TooManyPixelsError, UploadTooLargeError

LARGEST_UPLOAD = 10_000_000
MOST_PIXELS = 40_000_000
"""Of what is uploaded: a few kilobytes can claim to be gigapixels."""
LONGEST_SIDE = 1_600
"""Enough to read a photographed page."""
QUALITY = 80
FORMATS = ("JPEG", "PNG", "WEBP")
DAMAGES = (OSError, SyntaxError, ValueError, TypeError, EOFError, IndexError, struct.error)
"""What Pillow raises over files that are not what they say."""
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
DRAWING = BoundedSemaphore(2)
"""A small file can unpack to a hundred megabytes; so many are unpacked at a time."""


def redraw(content: bytes) -> bytes:
    """Return the picture as an upright JPEG of at most 1,600 pixels a side, without metadata.

    Neither position nor camera nor a hidden second file survives. Raises UploadTooLargeError,
    TooManyPixelsError, PictureUnreadableError.
    """
    with opened(content, (LONGEST_SIDE, LONGEST_SIDE)) as photograph:
        photograph.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(photograph).convert("RGB")
        drawn = Image.new("RGB", upright.size)
        drawn.paste(upright)
    file = BytesIO()
    drawn.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


@contextmanager
def opened(content: bytes, size: tuple[int, int]) -> Generator[Image.Image]:
    """Open an upload about to be shrunk to `size`; whatever fails inside is its fault.

    Raises UploadTooLargeError, TooManyPixelsError, PictureUnreadableError.
    """
    if len(content) > LARGEST_UPLOAD:
        raise UploadTooLargeError(max_megabytes=LARGEST_UPLOAD // 1_000_000)
    try:
        with DRAWING, Image.open(BytesIO(content), formats=FORMATS) as photograph:
            if photograph.width * photograph.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            photograph.draft("RGB", size)  # a JPEG is read no larger than needed
            yield photograph
    except BOMBS as error:
        raise TooManyPixelsError(max_megapixels=MOST_PIXELS // 1_000_000) from error
    except DAMAGES as error:
        raise PictureUnreadableError from error
