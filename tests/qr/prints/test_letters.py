"""The PIN letter: what may be read outside, what only inside."""

import pypdfium2

from qr.prints.letters import PinLetter, print_pin_letter
from tests.qr.reading import MILLIMETRES_PER_POINT, list_fonts, measure_pages, see_page

LETTER = PinLetter(
    masked_name="王*明",
    team="钢筋一班",
    project="西湖区某安置房工程",
    card_number="AX-000123",
    pin="482915",
)
FIRST_FOLD, SECOND_FOLD, HEIGHT = 99, 198, 297


def read_between(pdf: bytes, top: float, bottom: float, page: int = 0) -> str:
    """Return the words between two heights, in millimetres from the upper edge."""
    with pypdfium2.PdfDocument(pdf) as document:
        words = document[page].get_textpage()
        text = words.get_text_bounded(
            top=(HEIGHT - top) / MILLIMETRES_PER_POINT,
            bottom=(HEIGHT - bottom) / MILLIMETRES_PER_POINT,
        )
    return "".join(text.split())


def test_pin_lies_between_the_folds_and_nowhere_else() -> None:
    pdf = print_pin_letter(LETTER)

    assert LETTER.pin not in read_between(pdf, 0, FIRST_FOLD)
    assert LETTER.pin in read_between(pdf, FIRST_FOLD + 5, SECOND_FOLD - 5)
    assert LETTER.pin not in read_between(pdf, SECOND_FOLD, HEIGHT)
    assert LETTER.pin not in read_between(pdf, 0, HEIGHT, page=1)


def test_outside_names_the_worker_only_masked() -> None:
    outside = read_between(print_pin_letter(LETTER), 0, FIRST_FOLD)

    assert LETTER.masked_name in outside
    assert LETTER.card_number in outside


def test_inside_says_what_to_do_when_the_card_is_lost() -> None:
    inside = read_between(print_pin_letter(LETTER), SECOND_FOLD, HEIGHT)

    assert "卡丢了" in inside
    assert "劳资专管员" in inside
    assert "12333" in inside


def test_back_is_dark_behind_the_pin_and_blank_behind_the_address() -> None:
    pdf = print_pin_letter(LETTER)

    back = see_page(pdf, 1).convert("L")

    fold = back.height * FIRST_FOLD // HEIGHT
    assert back.crop((0, 0, back.width, fold - 3)).getextrema() == (255, 255)
    darkest, lightest = back.crop((0, fold + 3, back.width, back.height)).getextrema()
    assert isinstance(lightest, int | float)
    assert lightest < 215
    assert darkest != lightest


def test_letter_is_one_sheet_with_embedded_fonts() -> None:
    pdf = print_pin_letter(LETTER)

    assert measure_pages(pdf) == [(210.0, 297.0)] * 2
    assert all(list_fonts(pdf).values())
    assert pdf == print_pin_letter(LETTER)
