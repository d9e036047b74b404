"""Signatures inside PDFs (ISO 32000-2 §12.8); the only importer of pyhanko.

The certificate is the installation's own: it proves that a paper is unchanged since it left here.
A "reliable electronic signature" (电子签名法 §13) needs a licensed authority's certificate, which
takes the place of `sign_locally` behind the same `SignPdf`.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko_certvalidator.registry import SimpleCertificateStore

from core.keyring import Keyring

SignPdf = Callable[[bytes, str], bytes]
"""Takes a PDF and the reason to show beside the signature; returns the signed PDF."""

COMMON_NAME = "安薪码 Anxinma"
VALID_FROM = datetime(2026, 1, 1, tzinfo=UTC)
VALID_UNTIL = datetime(2056, 1, 1, tzinfo=UTC)
"""As long as papers of a case are kept."""
SERIAL_BYTES = 8


def sign_locally(keyring: Keyring) -> SignPdf:
    """Return the signing door that uses the installation's receipt key."""
    signer = _open_signer(keyring.receipt_key)

    def sign(pdf: bytes, reason: str) -> bytes:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        metadata = PdfSignatureMetadata(field_name="Anxinma", md_algorithm="sha256", reason=reason)
        signed: BytesIO = sign_pdf(writer, metadata, signer=signer)
        return signed.getvalue()

    return sign


def make_certificate(keyring: Keyring) -> bytes:
    """Return the certificate in DER; the same facts at every call, so it can be published."""
    return _make_certificate(_load_key(keyring.receipt_key))


@lru_cache(maxsize=4)
def _open_signer(pem: str) -> SimpleSigner:
    key = _load_key(pem)
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SimpleSigner(
        signing_cert=Certificate.load(_make_certificate(key)),
        signing_key=PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )


def _load_key(pem: str) -> EllipticCurvePrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, EllipticCurvePrivateKey)
    return key


def _make_certificate(key: EllipticCurvePrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, COMMON_NAME)])
    public = key.public_key()
    identifier = x509.SubjectKeyIdentifier.from_public_key(public)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(int.from_bytes(identifier.digest[:SERIAL_BYTES], "big"))
        .not_valid_before(VALID_FROM)
        .not_valid_after(VALID_UNTIL)
        .add_extension(identifier, critical=False)
        .add_extension(_SIGNS_DOCUMENTS, critical=True)
    )
    return builder.sign(key, SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.DER)


_SIGNS_DOCUMENTS = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)
