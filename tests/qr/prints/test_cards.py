"""Cards and stickers, looked at as an office printer and a gate would."""

from base64 import b32encode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO
from random import Random
from subprocess import run
from sys import executable

import pytest
import zxingcpp
from PIL import Image, ImageChops

from core.masking import mask_name
from qr.prints.cards import CardFace, print_cards, print_stickers
from tests.qr.reading import (
    DOTS_PER_INCH,
    list_fonts,
    measure_pages,
    read_codes,
    read_text,
    see_page,
)

A4 = (210.0, 297.0)
NAMES = (
    "欧阳某某某某某某某某某某某某某某某某某明",
    "买买提·吐尔逊·阿不都热合曼",
    "Christopher Alexander Montgomery",
    "㙟大",
    "𠮷田",
    "😀ཨ王",
)


def make_faces(count: int, photo: str | None = None) -> list[CardFace]:
    return [
        CardFace(
            code=b32encode(b"\x02" + Random(number).randbytes(14)).decode("ascii"),
            masked_name="王*明",
            trade="钢筋工",
            team="钢筋一班",
            project="西湖区某安置房工程",
            number=f"AX-{number:06d}",
            photo=photo,
        )
        for number in range(count)
    ]


def make_photo(colour: tuple[int, int, int]) -> str:
    file = BytesIO()
    Image.new("RGB", (240, 320), colour).save(file, "JPEG")
    return b64encode(file.getvalue()).decode()


def places(pdf: bytes, page: int) -> dict[str, tuple[float, float]]:
    """Return where each code begins, in millimetres."""
    found = zxingcpp.read_barcodes(see_page(pdf, page))
    scale = 25.4 / DOTS_PER_INCH
    return {
        code.text: (code.position.top_left.x * scale, code.position.top_left.y * scale)
        for code in found
    }


def test_every_card_has_a_front_and_a_back_that_read() -> None:
    faces = make_faces(10)

    pdf = print_cards(faces)

    codes = [face.code for face in faces]
    assert measure_pages(pdf) == [A4] * 4
    assert sorted(read_codes(pdf, 0)) == sorted(read_codes(pdf, 1)) == sorted(codes[:8])
    assert sorted(read_codes(pdf, 2)) == sorted(read_codes(pdf, 3)) == sorted(codes[8:])


def test_cards_have_the_size_of_a_bank_card() -> None:
    first, right, below = (face.code for face in make_faces(3))

    at = places(print_cards(make_faces(3)), 0)

    gap = 8
    assert at[right][0] - at[first][0] == pytest.approx(85.60 + gap, abs=0.4)
    assert at[below][1] - at[first][1] == pytest.approx(53.98 + gap, abs=0.4)


def test_a_back_lies_behind_its_front_when_turned_on_the_long_edge() -> None:
    left, right = make_faces(2)

    pdf = print_cards([left, right])

    front, back = places(pdf, 0), places(pdf, 1)
    assert front[left.code][0] < front[right.code][0]
    assert back[left.code][0] > back[right.code][0]
    assert back[left.code][1] == pytest.approx(back[right.code][1], abs=0.4)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("print_faces", [print_cards, print_stickers])
def test_any_name_prints(print_faces: Callable[[Sequence[CardFace]], bytes], name: str) -> None:
    face = replace(make_faces(1)[0], masked_name=mask_name(name))

    pdf = print_faces([face])

    assert name[0] in read_text(pdf) or name == "😀ཨ王", "no font has it: a crossed box"
    assert face.code in read_codes(pdf)


def test_missing_glyph_prints_a_box_beside_the_rest() -> None:
    face = replace(make_faces(1)[0], masked_name="😀*明")
    blank = replace(face, masked_name="　*明")

    assert "*明" in read_text(print_cards([face]))
    assert see_page(print_cards([face])) != see_page(print_cards([blank]))


@pytest.mark.parametrize("times", [3, 60])
def test_long_texts_stay_on_the_card(times: int) -> None:
    long = "杭州某某建筑劳务有限公司钢筋绑扎作业第一班组" * times
    face = replace(
        make_faces(1)[0], trade=long, team=long, project=long, masked_name="欧" + "*" * 20 * times
    )
    faces = [face, *make_faces(4)[1:]]

    pdf = print_cards(faces)

    codes = sorted(face.code for face in faces)
    assert sorted(read_codes(pdf)) == codes, "nothing lies over this code or a neighbour's"
    assert crop_gap_below_first(pdf).getextrema() == (255, 255)
    assert measure_pages(pdf) == [A4] * 2


def crop_gap_below_first(pdf: bytes) -> Image.Image:
    """Return the paper between the first card and the one below it, crop marks left out."""
    pixels = DOTS_PER_INCH / 25.4
    left, bottom = 15.4 * pixels, (28.54 + 53.98) * pixels
    box = (left + 5 * pixels, bottom + pixels, left + 80 * pixels, bottom + 6.5 * pixels)
    return see_page(pdf).convert("L").crop(box)


def test_photo_is_shown_where_there_is_one() -> None:
    with_photo, without = make_faces(1, make_photo((200, 30, 30))), make_faces(1)

    square_millimetres = [count_red(print_cards(faces)) for faces in (with_photo, without)]

    assert square_millimetres == [pytest.approx(21 * 28, rel=0.05), 0]
    assert "无照片" in read_text(print_cards(without))


def count_red(pdf: bytes) -> float:
    """Return how much of the first page is red, in mm²."""
    red, green, _ = see_page(pdf).convert("RGB").split()
    is_red = ImageChops.subtract(red, green).point(lambda value: 255 if value > 100 else 0)
    return is_red.histogram()[255] * (25.4 / DOTS_PER_INCH) ** 2


def test_fonts_are_embedded_and_none_is_the_machines_own() -> None:
    rare = replace(make_faces(1)[0], masked_name="𠮷*😀")

    fonts = list_fonts(print_cards([rare]))

    assert fonts
    assert all(fonts.values())
    assert all("NotoSansCJK" in name for name in fonts)


def test_same_cards_give_the_same_bytes() -> None:
    assert print_cards(make_faces(3)) == print_cards(make_faces(3))


def test_words_on_a_card_are_never_instructions() -> None:
    face = replace(make_faces(1)[0], team='#read("cards.typ") *粗* $x$ \\ "')

    assert '#read("cards.typ")*粗*$x$\\"' in read_text(print_cards([face]))


def test_stickers_are_fifty_millimetres_square() -> None:
    faces = make_faces(16)

    pdf = print_stickers(faces)

    at = places(pdf, 0)
    assert measure_pages(pdf) == [A4] * 2
    assert at[faces[1].code][0] - at[faces[0].code][0] == pytest.approx(58, abs=0.4)
    assert at[faces[3].code][1] - at[faces[0].code][1] == pytest.approx(58, abs=0.4)
    assert read_codes(pdf, 1) == [faces[15].code]


def test_five_hundred_cards_print_in_one_run_in_less_than_600_megabytes() -> None:
    program = """
from pathlib import Path
from tests.qr.prints.test_cards import make_faces, make_photo, print_cards
faces = [face for number in range(500) for face in make_faces(1, make_photo((number % 256, 9, 9)))]
pdf = print_cards(faces)
(peak,) = [line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line]
print(pdf.count(b"/MediaBox"), int(peak.split()[1]) // 1024)
"""
    done = run([executable, "-c", program], capture_output=True, text=True, check=True)

    pages, megabytes = map(int, done.stdout.split())
    assert pages == 126
    assert megabytes < 600
