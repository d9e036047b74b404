"""Printed cards: what stands on one, and the sheets of cards and helmet stickers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qr.image import card_svg
from qr.prints.press import print_pdf, soften


@dataclass(frozen=True, slots=True)
class CardFace:
    """What a stranger may read on somebody's card."""

    code: str
    """The 24 characters of an AX2 code."""
    masked_name: str
    trade: str
    team: str
    project: str
    number: str
    """The card's own label, to report a lost one by."""
    photo: str | None = None
    """JPEG, base64."""


def print_cards(faces: Sequence[CardFace]) -> bytes:
    """Return cards of 85.60 × 53.98 mm (ISO/IEC 7810 ID-1), eight to an A4 sheet, with backs.

    Every second page is the back of the one before it: print on both sides, turned on the long
    edge, and cut at the marks.
    """
    return print_pdf("cards", {"cards": [_describe(face) for face in faces]})


def print_stickers(faces: Sequence[CardFace]) -> bytes:
    """Return helmet stickers of 50 × 50 mm, fifteen to an A4 sheet, with marks to cut at."""
    return print_pdf("stickers", {"cards": [_describe(face) for face in faces]})


def _describe(face: CardFace) -> Mapping[str, str]:
    facts = {
        "code": card_svg(face.code),
        "name": soften(face.masked_name),
        "trade": soften(face.trade),
        "team": soften(face.team),
        "project": soften(face.project),
        "number": soften(face.number),
    }
    return facts if face.photo is None else {**facts, "photo": _frame(face.photo)}


def _frame(photo: str) -> str:
    """Return the photo inside an SVG, filling 3 × 4: it never touches a disk."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 4"><image width="3" height="4"'
        f' preserveAspectRatio="xMidYMid slice" href="data:image/jpeg;base64,{photo}"/></svg>'
    )
