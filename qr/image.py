"""Pictures of codes; the only importer of qrcode and Pillow."""

from io import BytesIO

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.pil import PilImage

LIVE_VERSION = 2
"""25×25 modules: small codes are what bad cameras still read."""
MODULE_PIXELS = 10
QUIET_ZONE_MODULES = 4
"""ISO/IEC 18004 §6.3.8."""


def png(text: str) -> bytes:
    """Return a live code (37 base32 characters) as a PNG of 330×330 pixels, version 2-M."""
    picture = QRCode(
        version=LIVE_VERSION,
        error_correction=ERROR_CORRECT_M,
        box_size=MODULE_PIXELS,
        border=QUIET_ZONE_MODULES,
        image_factory=PilImage,
    )
    picture.add_data(text, optimize=0)  # one segment; base32 fits the alphanumeric mode
    picture.make(fit=False)
    file = BytesIO()
    picture.make_image().save(file, "PNG")
    return file.getvalue()
