"""The paper of new cards: sheets to cut, helmet stickers and sealed letters, in one archive."""

from collections.abc import Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from sqlmodel import Session

from core.masking import mask_name
from projects.dictionaries import WORK_TYPE
from qr.card_pins import RenewedPin
from qr.card_queries import list_photos
from qr.cards import IssuedCard, number_of
from qr.prints.cards import CardFace, print_cards, print_stickers
from qr.prints.letters import PinLetter, print_pin_letter

CARDS, STICKERS, LETTERS = "卡片.pdf", "安全帽贴.pdf", "密码信"


def print_batch(session: Session, issued: Sequence[IssuedCard]) -> bytes:
    """Return a zip of the cards, the stickers, and one letter for each card.

    A worker who keeps a photo here for guards to compare with has it on the card.
    """
    photos = list_photos(session, [card.holder.person.id for card in issued])
    faces = [_face(card, photos.get(card.holder.person.id)) for card in issued]
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as papers:
        if faces:
            papers.writestr(CARDS, print_cards(faces))
            papers.writestr(STICKERS, print_stickers(faces))
        for card in issued:
            papers.writestr(f"{LETTERS}/{number_of(card.card)}.pdf", print_letter(card))
    return archive.getvalue()


def print_letter(issued: IssuedCard | RenewedPin) -> bytes:
    """Return the sealed letter of one card."""
    holder = issued.holder
    return print_pin_letter(
        PinLetter(
            masked_name=mask_name(holder.person.name),
            team=holder.team.name,
            project=holder.project.name,
            card_number=number_of(issued.card),
            pin=issued.pin,
        )
    )


def _face(issued: IssuedCard, photo: str | None) -> CardFace:
    holder = issued.holder
    return CardFace(
        code=issued.code,
        masked_name=mask_name(holder.person.name),
        trade=WORK_TYPE.name_of(holder.place.work_type),
        team=holder.team.name,
        project=holder.project.name,
        number=number_of(issued.card),
        photo=photo,
    )
