"""Files people hand in as evidence: pictures drawn anew, recordings and PDFs by what is in them.

A file's name and declared type are never believed. What is kept is served as a download only, so
that nothing in it runs in a browser.
"""

from dataclasses import dataclass

from evidence.errors import UnknownAttachmentError, UploadTooLargeError
from evidence.pictures import redraw
from evidence.recordings import find_kind

LARGEST_RECORDING = 5_000_000
"""Five minutes of a phone's voice memo."""
LARGEST_PDF = 10_000_000
PICTURE_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
PDF_START, PDF_END = b"%PDF-", b"%%EOF"
PDF_TAIL = 8
"""Bytes after the end mark: line ends. More would be another file behind the first one."""
ARCHIVE_END = b"PK\x05\x06"
ARCHIVE_END_LENGTH, LONGEST_COMMENT = 22, 65_535
"""The end record of a ZIP (APPNOTE §4.3.16): read from behind, whatever stands in front."""
PDF_ACTIVE = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/OpenAction")


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is kept of an upload, and what it truly is."""

    content: bytes
    media_type: str


def read_attachment(content: bytes) -> Attachment:
    """Return the harmless form of an upload.

    Raises UploadTooLargeError, TooManyPixelsError, PictureUnreadableError,
    UnknownAttachmentError.
    """
    if content.startswith(PICTURE_STARTS) and not content.startswith(b"WAVE", 8):
        return Attachment(redraw(content), "image/jpeg")
    if _is_archive(content):
        raise UnknownAttachmentError
    media_type = find_kind(content)
    if media_type is not None:
        _check_size(content, LARGEST_RECORDING)
        return Attachment(content, media_type)
    if content.startswith(PDF_START):
        return _read_pdf(content)
    raise UnknownAttachmentError


def _read_pdf(content: bytes) -> Attachment:
    _check_size(content, LARGEST_PDF)
    end = content.rfind(PDF_END)
    is_whole = end >= 0 and len(content) - end - len(PDF_END) <= PDF_TAIL
    if not is_whole or any(mark in content for mark in PDF_ACTIVE):
        raise UnknownAttachmentError
    return Attachment(content, "application/pdf")


def _is_archive(content: bytes) -> bool:
    """Tell whether programs that unpack would find an archive, also behind a good beginning."""
    end = content.rfind(ARCHIVE_END, max(0, len(content) - ARCHIVE_END_LENGTH - LONGEST_COMMENT))
    comment = content[end + ARCHIVE_END_LENGTH - 2 : end + ARCHIVE_END_LENGTH]
    rest = len(content) - end - ARCHIVE_END_LENGTH
    return end >= 0 and rest >= 0 and int.from_bytes(comment, "little") == rest


def _check_size(content: bytes, most: int) -> None:
    if len(content) > most:
        raise UploadTooLargeError(max_megabytes=most // 1_000_000)
