"""A signed paper says when it was changed, and anybody's reader can tell."""

from io import BytesIO

import pytest
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from core.keyring import Keyring
from evidence.pdf_signing import make_certificate, sign_locally
from qr.prints.letters import PinLetter, print_pin_letter


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return print_pin_letter(PinLetter("王*明", "钢筋一班", "某项目", "AX-1", "204815"))


def examine(pdf: bytes, keyring: Keyring) -> PdfSignatureStatus:
    (signature,) = PdfFileReader(BytesIO(pdf)).embedded_signatures
    root = Certificate.load(make_certificate(keyring))
    return validate_pdf_signature(signature, ValidationContext(trust_roots=[root]))


def test_a_signed_paper_is_intact_and_trusted(keyring: Keyring, pdf: bytes) -> None:
    status = examine(sign_locally(keyring)(pdf, "受理"), keyring)

    assert (status.intact, status.valid, status.trusted) == (True, True, True)


def test_one_changed_byte_breaks_the_signature(keyring: Keyring, pdf: bytes) -> None:
    signed = bytearray(sign_locally(keyring)(pdf, "受理"))
    signed[len(pdf) // 2] ^= 1

    assert not examine(bytes(signed), keyring).intact


def test_the_certificate_is_the_same_each_time(keyring: Keyring) -> None:
    assert make_certificate(keyring) == make_certificate(keyring)
