"""Finding the poster's code on what people photograph."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from qr import reading
from qr.errors import CodePhotoTooLargeError, NoPosterInPhotoError
from qr.image import link_svg, png
from qr.reading import read_poster_token
from tests.qr.reading import draw_svg

ADDRESS = "https://anxin.example/s/abc_DEF-123"


def photograph(address: str = ADDRESS, *, kind: str = "JPEG", scale: int = 400) -> bytes:
    """Return a picture of a poster that hangs somewhat crooked on a grey wall."""
    wall = Image.new("L", (3 * scale, 4 * scale), 150)
    wall.paste(draw_svg(link_svg(address), pixels=scale), (scale, scale))
    crooked = wall.rotate(7, fillcolor=150).filter(ImageFilter.GaussianBlur(1))
    file = BytesIO()
    crooked.convert("RGB").save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_poster_is_found_on_a_photograph(kind: str) -> None:
    assert read_poster_token(photograph(kind=kind)) == "abc_DEF-123"


def test_large_photograph_of_a_far_poster_is_read() -> None:
    assert read_poster_token(photograph(scale=1_200)) == "abc_DEF-123"


@pytest.mark.parametrize(
    "address",
    ["https://anxin.example/", "https://evil.example/x/s/abc", "javascript:/s/abc", "just words"],
)
def test_code_that_is_no_poster_is_refused(address: str) -> None:
    with pytest.raises(NoPosterInPhotoError):
        read_poster_token(photograph(address))


def test_live_code_is_no_poster() -> None:
    with pytest.raises(NoPosterInPhotoError):
        read_poster_token(png("A" * 37))


@given(st.binary(max_size=2_000) | st.integers(0, 3_000).map(lambda cut: photograph()[:cut]))
def test_what_is_no_picture_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(NoPosterInPhotoError):
        read_poster_token(content)


@pytest.mark.parametrize("side", [6_500, 20_000])
def test_picture_bomb_is_refused_before_it_is_drawn(side: int) -> None:
    file = BytesIO()
    Image.new("1", (side, side)).save(file, "PNG", optimize=True)
    with pytest.raises(CodePhotoTooLargeError):
        read_poster_token(file.getvalue())


def test_too_many_bytes_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_UPLOAD", 10)
    with pytest.raises(CodePhotoTooLargeError):
        read_poster_token(b"x" * 11)
