"""What hangs on the fence: the poster with the site's code, and the rights notice board."""

from enum import StrEnum
from typing import Any

from projects.notice_board import NoticeBoard
from qr.image import link_svg
from qr.prints.press import print_pdf, soften

PENDING = "待补"


class PaperSize(StrEnum):
    """ISO 216."""

    A3 = "a3"
    A4 = "a4"


def make_site_address(public_base_url: str, poster_token: str) -> str:
    """Return the address a poster's code opens."""
    return f"{public_base_url.rstrip('/')}/s/{poster_token}"


def print_poster(board: NoticeBoard, *, address: str, size: PaperSize) -> bytes:
    """Return the poster: one large code that opens `address`, and what it is good for."""
    return print_pdf("poster", _describe(address, size) | {"project": soften(board.project_name)})


def print_notice_board(
    board: NoticeBoard, *, address: str, size: PaperSize, is_draft: bool
) -> bytes:
    """Return the board of 条例 §34; a draft is marked as one and shows what is missing as 待补."""
    sections = [
        {
            "title": section.title,
            "entries": [
                {"label": entry.label, "text": entry.text and soften(entry.text)}
                for entry in section.entries
            ],
        }
        for section in board.sections
    ]
    facts = {"sections": sections, "is_draft": is_draft, "pending": PENDING}
    return print_pdf("notice_board", _describe(address, size) | facts)


def _describe(address: str, size: PaperSize) -> dict[str, Any]:
    return {"size": size.value, "address": address, "code": link_svg(address)}
