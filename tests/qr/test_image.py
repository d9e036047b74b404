"""The picture of a live code, read back by an independent decoder."""

from io import BytesIO

import zxingcpp
from PIL import Image

from qr.image import png

CODE = "AFCEM2DJNJUHNCVSCP4RQSDP4EZ7MHYZLDPVY"


def test_picture_reads_back_as_a_small_alphanumeric_code() -> None:
    picture = Image.open(BytesIO(png(CODE)))

    (barcode,) = zxingcpp.read_barcodes(picture)

    assert barcode.text == CODE
    assert barcode.format == zxingcpp.BarcodeFormat.QRCode
    assert picture.size == (330, 330), "25 modules and the quiet zone: version 2"
    assert barcode.ec_level == "M"
