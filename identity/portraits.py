"""Making any photograph of a person small and harmless."""

from io import BytesIO

from PIL import Image, ImageOps

from evidence.pictures import opened

WIDTH, HEIGHT = 120, 160
"""Enough to know a face again on a gate's screen, too little to copy it from."""
LARGEST_PORTRAIT = 12_000
QUALITIES = (82, 72, 62, 50, 38, 26, 14)


def make_portrait(content: bytes) -> bytes:
    """Return a JPEG of 120×160 pixels and at most 12 kB, upright, without any metadata.

    Everything is drawn anew, so neither position nor camera nor a hidden thumbnail survives.
    Raises UploadTooLargeError, TooManyPixelsError, PictureUnreadableError.
    """
    with opened(content, (2 * WIDTH, 2 * HEIGHT)) as photograph:
        drawn = _draw(photograph)
    portraits = (_write(drawn, quality) for quality in QUALITIES)
    return next(portrait for portrait in portraits if len(portrait) <= LARGEST_PORTRAIT)


def _draw(photograph: Image.Image) -> Image.Image:
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
