"""The pictures of codes, read back by an independent decoder."""

from base64 import b32encode
from io import BytesIO
from random import Random

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from qr.image import card_svg, link_svg, png, svg
from tests.qr.reading import draw_svg

CODE = "AFCEM2DJNJUHNCVSCP4RQSDP4EZ7MHYZLDPVY"
CARD = b32encode(b"\x02" + bytes(range(14))).decode("ascii")


def test_picture_reads_back_as_a_small_alphanumeric_code() -> None:
    picture = Image.open(BytesIO(png(CODE)))

    (barcode,) = zxingcpp.read_barcodes(picture)

    assert barcode.text == CODE
    assert barcode.format == zxingcpp.BarcodeFormat.QRCode
    assert picture.size == (330, 330), "25 modules and the quiet zone: version 2"
    assert barcode.ec_level == "M"


@pytest.mark.parametrize("number", range(20))
def test_fixed_mask_still_gives_a_valid_code(number: int) -> None:
    text = b32encode(b"\x01" + Random(number).randbytes(22)).decode("ascii").rstrip("=")

    (barcode,) = zxingcpp.read_barcodes(Image.open(BytesIO(png(text))))

    assert barcode.text == text


def test_drawing_shows_the_modules_of_the_picture() -> None:
    drawn = draw_svg(svg(CODE), pixels=330)
    picture = Image.open(BytesIO(png(CODE))).convert("L")

    middles = [(x * 10 + 5, y * 10 + 5) for x in range(33) for y in range(33)]
    assert [drawn.getpixel(at) for at in middles] == [picture.getpixel(at) for at in middles]


def test_card_code_fits_25_modules_and_loses_a_scratch() -> None:
    drawn = draw_svg(card_svg(CARD), pixels=330)
    ImageDraw.Draw(drawn).line((140, 160, 190, 220), fill=255, width=12)

    (barcode,) = zxingcpp.read_barcodes(drawn)

    assert 'viewBox="0 0 33 33"' in card_svg(CARD)
    assert (barcode.text, barcode.ec_level) == (CARD, "Q")


def test_address_is_drawn_as_small_as_it_fits() -> None:
    address = "https://anxinma.example/s/AbCdEfGhIjKlMnOpQrStUv"

    (barcode,) = zxingcpp.read_barcodes(draw_svg(link_svg(address), pixels=500))

    assert (barcode.text, barcode.ec_level) == (address, "Q")
