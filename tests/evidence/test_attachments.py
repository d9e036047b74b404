"""Only pictures, recordings and plain PDFs are kept, and nothing rides along with them."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from PIL import Image

from evidence.attachments import LARGEST_RECORDING, read_attachment
from evidence.errors import (
    PictureUnreadableError,
    TooManyPixelsError,
    UnknownAttachmentError,
    UploadTooLargeError,
)
from tests.factories.recordings import RECORDINGS
from tests.identity.test_portraits import photograph


def pack(comment: bytes) -> bytes:
    """Return a ZIP with one page in it."""
    file = BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("index.html", "<script>alert(1)</script>")
        archive.comment = comment
    return file.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_jpeg_of_bounded_size(kind: str) -> None:
    kept = read_attachment(photograph((3_000, 2_000), kind))

    assert kept.media_type == "image/jpeg"
    assert Image.open(BytesIO(kept.content)).size == (1_600, 1_067)


def test_a_small_picture_is_not_blown_up() -> None:
    kept = read_attachment(photograph((320, 200)))
    assert Image.open(BytesIO(kept.content)).size == (320, 200)


def test_what_hides_behind_a_picture_is_gone() -> None:
    kept = read_attachment(photograph() + b"PK\x03\x04<script>alert(1)</script>")
    assert b"script" not in kept.content
    assert b"PK\x03\x04" not in kept.content


def test_a_picture_bomb_is_refused_before_it_is_drawn() -> None:
    file = BytesIO()
    Image.new("1", (10_000, 10_000)).save(file, "PNG", optimize=True)
    with pytest.raises(TooManyPixelsError):
        read_attachment(file.getvalue())


def test_a_recording_that_is_too_long_is_refused() -> None:
    with pytest.raises(UploadTooLargeError):
        read_attachment(b"#!AMR\n" + bytes(LARGEST_RECORDING))


def test_a_plain_pdf_is_kept_as_it_is() -> None:
    assert read_attachment(PDF).content == PDF


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b"GIF89a" + bytes(100),
        b"PK\x03\x04" + bytes(100),
        b"MZ" + bytes(100),
        PDF + b"PK\x03\x04 another file behind it",
        PDF.replace(b"<< >>", b"<< /OpenAction << /S /JavaScript >> >>", 1),
        PDF[:-7],
        RECORDINGS["audio/ogg"] + pack(b""),
        RECORDINGS["audio/mpeg"] + pack(b"a comment"),
        PDF + pack(b"\n%%EOF\n"),
    ],
    ids=[
        "empty",
        "page",
        "gif",
        "zip",
        "program",
        "pdf and zip",
        "active pdf",
        "half a pdf",
        "recording and zip",
        "recording and zip with a comment",
        "zip whose comment ends as a pdf does",
    ],
)
def test_other_files_are_refused(content: bytes) -> None:
    with pytest.raises(UnknownAttachmentError):
        read_attachment(content)


def test_a_page_that_calls_itself_a_jpeg_is_refused() -> None:
    with pytest.raises(PictureUnreadableError):
        read_attachment(b"\xff\xd8\xff<html><script>alert(1)</script></html>")
