"""Pictures of codes; the only importer of qrcode."""

from io import BytesIO
from itertools import groupby

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.image.pil import PilImage

SMALL_VERSION = 2
"""25×25 modules: small codes are what bad cameras still read."""
LIVE_MASK = 2
"""Saves the search through all eight, two thirds of the time; see docs/decisions/0009."""
MODULE_PIXELS = 10
QUIET_ZONE_MODULES = 4
"""ISO/IEC 18004 §6.3.8."""


def png(text: str) -> bytes:
    """Return a live code (37 base32 characters) as a PNG of 330×330 pixels, version 2-M."""
    file = BytesIO()
    _make_live(text).make_image().save(file, "PNG")
    return file.getvalue()


def svg(text: str) -> str:
    """Return a live code as an SVG of 33×33 units, version 2-M: sharp at every size."""
    return _draw(_make_live(text))


def card_svg(text: str) -> str:
    """Return a card code (24 base32 characters) as an SVG of 33×33 units.

    Version 2-Q: as many modules as 2-M, but a quarter of the code may be scratched off.
    """
    card = _empty(SMALL_VERSION, ERROR_CORRECT_Q)
    card.add_data(text, optimize=0)
    card.make(fit=False)
    return _draw(card)


def link_svg(address: str) -> str:
    """Return a web address as an SVG, as small a code as holds it with a quarter missing."""
    link = _empty(None, ERROR_CORRECT_Q)
    link.add_data(address, optimize=0)
    link.make(fit=True)
    return _draw(link)


def _make_live(text: str) -> QRCode[PilImage]:
    live = _empty(SMALL_VERSION, ERROR_CORRECT_M, mask_pattern=LIVE_MASK)
    live.add_data(text, optimize=0)  # one segment; base32 fits the alphanumeric mode
    live.make(fit=False)
    return live


def _empty(
    version: int | None, error_correction: int, *, mask_pattern: int | None = None
) -> QRCode[PilImage]:
    return QRCode(
        version=version,
        error_correction=error_correction,
        box_size=MODULE_PIXELS,
        border=QUIET_ZONE_MODULES,
        mask_pattern=mask_pattern,
        image_factory=PilImage,
    )


def _draw(code: QRCode[PilImage]) -> str:
    """Return the code as one path of horizontal bars, a module being a unit."""
    matrix = code.get_matrix()
    side = len(matrix)
    bars = "".join(
        f"M{column} {row}h{length}v1h-{length}z"
        for row, modules in enumerate(matrix)
        for column, length in _find_bars(modules)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"'
        f' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path d="{bars}"/></svg>'
    )


def _find_bars(modules: list[bool]) -> list[tuple[int, int]]:
    """Return (first column, length) of each run of dark modules."""
    bars, column = [], 0
    for is_dark, run in groupby(modules):
        length = len(list(run))
        if is_dark:
            bars.append((column, length))
        column += length
    return bars
