"""Making any photograph of a person small and harmless; Pillow is here and in `qr.reading`."""

import struct
from io import BytesIO
from threading import BoundedSemaphore

from PIL import Image, ImageOps

from identity.errors import PhotoTooLargeError, PhotoUnreadableError

WIDTH, HEIGHT = 120, 160
"""Enough to know a face again on a gate's screen, too little to copy it from."""
LARGEST_UPLOAD = 10_000_000
MOST_PIXELS = 40_000_000
"""Of what is uploaded: a few kilobytes can claim to be gigapixels."""
LARGEST_PORTRAIT = 12_000
QUALITIES = (82, 72, 62, 50, 38, 26, 14)
FORMATS = ("JPEG", "PNG", "WEBP")
DAMAGES = (OSError, SyntaxError, ValueError, TypeError, EOFError, IndexError, struct.error)
"""What Pillow raises over files that are not what they say."""
DRAWING = BoundedSemaphore(2)
"""A small file can unpack to a hundred megabytes; so many are unpacked at a time."""
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def make_portrait(content: bytes) -> bytes:
    """Return a JPEG of 120×160 pixels and at most 12 kB, upright, without any metadata.

    Everything is drawn anew, so neither position nor camera nor a hidden thumbnail survives.
    Raises PhotoTooLargeError, PhotoUnreadableError.
    """
    if len(content) > LARGEST_UPLOAD:
        raise PhotoTooLargeError(max_megabytes=LARGEST_UPLOAD // 1_000_000)
    try:
        with DRAWING:
            drawn = _draw(content)
    except BOMBS as error:
        raise PhotoTooLargeError(max_megabytes=LARGEST_UPLOAD // 1_000_000) from error
    except DAMAGES as error:
        raise PhotoUnreadableError from error
    portraits = (_write(drawn, quality) for quality in QUALITIES)
    return next(portrait for portrait in portraits if len(portrait) <= LARGEST_PORTRAIT)


def _draw(content: bytes) -> Image.Image:
    with Image.open(BytesIO(content), formats=FORMATS) as photograph:
        if photograph.width * photograph.height > MOST_PIXELS:
            raise Image.DecompressionBombError
        photograph.draft("RGB", (2 * WIDTH, 2 * HEIGHT))  # a JPEG is read no larger than needed
        photograph.thumbnail((8 * WIDTH, 8 * HEIGHT))  # before copies are made of it
        upright = ImageOps.exif_transpose(photograph)
        small = ImageOps.fit(upright.convert("RGB"), (WIDTH, HEIGHT), centering=(0.5, 0.4))
    drawn = Image.new("RGB", small.size)
    drawn.paste(small)
    return drawn


def _write(drawn: Image.Image, quality: int) -> bytes:
    file = BytesIO()
    drawn.save(file, "JPEG", quality=quality, optimize=True)
    return file.getvalue()
