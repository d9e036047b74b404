"""Whatever is uploaded becomes a small JPEG without metadata, or is refused."""

import random
from io import BytesIO

import pytest
from PIL import Image

from evidence import pictures
from evidence.errors import PictureUnreadableError, TooManyPixelsError, UploadTooLargeError
from identity.portraits import make_portrait

ORIENTATION = 0x0112
GPS = 0x8825


def photograph(size: tuple[int, int] = (600, 800), kind: str = "JPEG", **options: object) -> bytes:
    """Return a noisy picture, the hardest kind to make small; red on its left half."""
    noise = random.Random(7).randbytes(size[0] * size[1])
    picture = Image.frombytes("L", size, noise).convert("RGB")
    picture.paste((255, 0, 0), (0, 0, size[0] // 2, size[1]))
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def opened(portrait: bytes) -> Image.Image:
    return Image.open(BytesIO(portrait))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(600, 800), (800, 600), (3000, 200), (1, 1), (120, 160)])
def test_a_portrait_has_one_size_and_few_bytes(kind: str, size: tuple[int, int]) -> None:
    portrait = make_portrait(photograph(size, kind))
    assert (opened(portrait).format, opened(portrait).size) == ("JPEG", (120, 160))
    assert len(portrait) <= 12_000


def test_nothing_but_the_picture_survives() -> None:
    exif = Image.Exif()
    exif[GPS] = {1: "N", 2: (30.0, 15.0, 0.0)}
    exif[0x010F] = "Camera of Wang"
    upload = photograph(exif=exif.tobytes(), comment=b"330106199003070014")

    portrait = make_portrait(upload)

    assert opened(portrait).getexif() == {}
    assert "comment" not in opened(portrait).info
    assert b"Camera of Wang" in upload
    assert b"Camera of Wang" not in portrait
    assert b"330106" not in portrait


def test_a_phone_held_sideways_makes_an_upright_portrait() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # to be turned a quarter clockwise: left becomes top
    portrait = opened(make_portrait(photograph(exif=exif.tobytes())))
    top, bottom = portrait.getpixel((60, 10)), portrait.getpixel((60, 150))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 200
    assert top[1] < 80
    assert bottom[1] > 80


@pytest.mark.parametrize("mode", ["P", "L", "LA", "RGBA", "1", "I;16"])
def test_every_kind_of_pixel_is_drawn(mode: str) -> None:
    file = BytesIO()
    Image.new(mode, (50, 50)).save(file, "PNG")
    assert opened(make_portrait(file.getvalue())).mode == "RGB"


@pytest.mark.parametrize(
    "content",
    [b"", b"no picture", b"%PDF-1.7", b"GIF89a" + bytes(100), photograph()[:500], b"\xff\xd8\xff"],
    ids=["empty", "text", "pdf", "gif", "cut off", "only a beginning"],
)
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    with pytest.raises(PictureUnreadableError):
        make_portrait(content)


@pytest.mark.parametrize("seed", range(60))
def test_damaged_photos_are_refused_or_drawn_and_nothing_else(seed: int) -> None:
    chance = random.Random(seed)
    kind = chance.choice(["JPEG", "PNG", "WEBP"])
    damaged = bytearray(photograph((60, 80), kind))
    for _ in range(chance.randint(1, 40)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    try:
        portrait = make_portrait(bytes(damaged))
    except (PictureUnreadableError, TooManyPixelsError, UploadTooLargeError):
        return
    assert len(portrait) <= 12_000


@pytest.mark.parametrize("side", [6_500, 10_000, 20_000])
def test_a_picture_bomb_is_refused_before_it_is_drawn(side: int) -> None:
    file = BytesIO()
    Image.new("1", (side, side)).save(file, "PNG", optimize=True)
    assert len(file.getvalue()) < 200_000
    with pytest.raises(TooManyPixelsError):
        make_portrait(file.getvalue())


def test_too_many_bytes_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "LARGEST_UPLOAD", 10)
    with pytest.raises(UploadTooLargeError):
        make_portrait(b"x" * 11)
