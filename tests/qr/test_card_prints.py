"""The papers of a batch: what stands on them, and what does not."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from PIL import Image
from pypdf import PdfReader
from sqlmodel import Session

from core.enums import Role
from core.masking import mask_name
from identity.photos import NOTICE_VERSION, keep_own_photo
from qr.card_pins import RenewedPin
from qr.card_prints import print_batch, print_letter
from qr.cards import IssuedCard, number_of
from tests.factories.attendance import GateSite, make_gate_site
from tests.factories.cards import make_card
from tests.factories.identity import make_principal


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def issued(session: Session, site: GateSite) -> IssuedCard:
    return make_card(session, site.worker)


def read(pdf: bytes) -> str:
    pages = PdfReader(BytesIO(pdf)).pages
    return "".join(page.extract_text() for page in pages).replace("\u200b", "").replace("\n", "")


def test_a_batch_holds_cards_stickers_and_a_letter_for_each(
    session: Session, issued: IssuedCard
) -> None:
    with ZipFile(BytesIO(print_batch(session, [issued]))) as papers:
        names = papers.namelist()
        texts = {name: read(papers.read(name)) for name in names}

    letter = f"密码信/{number_of(issued.card)}.pdf"
    assert names == ["卡片.pdf", "安全帽贴.pdf", letter]
    masked = mask_name(issued.holder.person.name)
    assert masked in texts["卡片.pdf"]
    assert masked in texts[letter]
    for text in texts.values():
        assert issued.holder.person.name not in text
    assert issued.pin not in texts["卡片.pdf"] + texts["安全帽贴.pdf"]


def test_a_worker_who_keeps_a_photo_has_it_on_the_card(
    session: Session, site: GateSite, issued: IssuedCard
) -> None:
    def count_pictures() -> int:
        with ZipFile(BytesIO(print_batch(session, [issued]))) as papers:
            pages = PdfReader(BytesIO(papers.read("卡片.pdf"))).pages
            return sum(len(page.images) for page in pages)

    without = count_pictures()
    picture = BytesIO()
    Image.new("RGB", (240, 320), "red").save(picture, "PNG")
    keep_own_photo(
        session,
        principal=make_principal(site.person_id, Role.WORKER),
        content=picture.getvalue(),
        notice_version=NOTICE_VERSION,
    )

    assert count_pictures() == without + 1


def test_no_cards_make_an_empty_archive(session: Session) -> None:
    with ZipFile(BytesIO(print_batch(session, []))) as papers:
        assert papers.namelist() == []


def test_a_new_letter_names_the_card_and_its_pin(issued: IssuedCard) -> None:
    letter = read(print_letter(RenewedPin(issued.card, issued.holder, "204815")))
    assert number_of(issued.card) in letter
    assert "204815" in letter.replace(" ", "")
