"""Posters and notice boards, read as they will hang on the fence."""

import pypdfium2
import pytest

from projects.notice_board import Entry, NoticeBoard, Section
from qr.prints.posters import PaperSize, make_site_address, print_notice_board, print_poster
from tests.qr.reading import (
    MILLIMETRES_PER_POINT,
    list_fonts,
    measure_pages,
    read_codes,
    read_text,
)

ADDRESS = make_site_address("https://anxinma.example/", "AbCdEfGhIjKlMnOpQrStUv")
SIZES = {PaperSize.A3: (297.0, 420.0), PaperSize.A4: (210.0, 297.0)}


def make_board(*texts: str | None, name: str = "西湖区某安置房工程") -> NoticeBoard:
    entries = [Entry(f"entry{n}", f"第{n}项", text) for n, text in enumerate(texts)]
    return NoticeBoard(name, "AbCdEfGhIjKlMnOpQrStUv", [Section("工地和单位", entries)])


def print_board(
    board: NoticeBoard, *, size: PaperSize = PaperSize.A4, draft: bool = False
) -> bytes:
    return print_notice_board(board, address=ADDRESS, size=size, is_draft=draft)


def find_height(pdf: bytes, words: str) -> float:
    """Return how far below the upper edge the words stand, in millimetres."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0].get_textpage()
        index, _ = page.search(words).get_next()
        below: float = document[0].get_height() - page.get_charbox(index)[1]
    return below * MILLIMETRES_PER_POINT


def test_address_has_one_slash_before_the_token() -> None:
    assert ADDRESS == "https://anxinma.example/s/AbCdEfGhIjKlMnOpQrStUv"


@pytest.mark.parametrize("size", PaperSize)
def test_poster_opens_the_site_page_from_any_paper(size: PaperSize) -> None:
    pdf = print_poster(make_board(), address=ADDRESS, size=size)

    assert measure_pages(pdf) == [SIZES[size]]
    assert read_codes(pdf) == [ADDRESS]
    text = read_text(pdf)
    assert "西湖区某安置房工程" in text
    assert all(words in text for words in ("看权益", "打卡", "投诉", "12333"))


@pytest.mark.parametrize("size", PaperSize)
def test_board_shows_every_entry_and_the_code(size: PaperSize) -> None:
    pdf = print_board(make_board("某某建设集团", "每月15日"), size=size)

    assert measure_pages(pdf) == [SIZES[size]]
    assert read_codes(pdf) == [ADDRESS]
    text = read_text(pdf)
    assert "某某建设集团" in text
    assert "每月15日" in text
    assert "第三十四条" in text
    assert "草稿" not in text


def test_draft_says_that_it_is_one_and_what_is_missing() -> None:
    text = read_text(print_board(make_board("某某建设集团", None), draft=True))

    assert "草稿" in text
    assert "待补" in text


def test_much_text_shrinks_onto_the_one_page() -> None:
    many = "；".join(f"杭州某某第{number}建筑劳务有限公司" for number in range(60))

    pdf = print_board(make_board(*[many] * 4, "最后一项"))

    assert len(measure_pages(pdf)) == 1
    assert find_height(pdf, "最后一项") < 240, "above the code, not cut off"
    assert read_codes(pdf) == [ADDRESS]


@pytest.mark.parametrize(
    "name", ["𠮷㙟工程", "Xihu District Resettlement Housing " * 5, "工" * 200]
)
def test_any_project_name_prints(name: str) -> None:
    pdf = print_poster(make_board(name=name), address=ADDRESS, size=PaperSize.A4)

    assert name[:5].replace(" ", "") in read_text(pdf)
    assert read_codes(pdf) == [ADDRESS]


def test_fonts_are_embedded() -> None:
    for pdf in (
        print_board(make_board("某某"), draft=True),
        print_poster(make_board(), address=ADDRESS, size=PaperSize.A3),
    ):
        fonts = list_fonts(pdf)
        assert fonts
        assert all(fonts.values())


def test_same_board_gives_the_same_bytes() -> None:
    assert print_board(make_board("甲")) == print_board(make_board("甲"))
    assert print_board(make_board("甲")) != print_board(make_board("乙"))
