"""The degradation set, and how often the codes of the product survive it."""

from itertools import repeat
from random import Random

import pytest
from PIL import Image, ImageChops, ImageStat

from bench.degradations import DEGRADATIONS, FRAME, perspective
from bench.groups.decoding import draw_card, draw_live, percent_read


def test_live_codes_are_read_in_97_percent_of_bad_pictures() -> None:
    assert percent_read(draw_live, repeat(1)) >= 97


def test_cards_are_read_in_95_percent_of_bad_pictures() -> None:
    assert percent_read(draw_card, repeat(1)) >= 95


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_a_picture_can_be_degraded_the_same_way_again(name: str) -> None:
    _, picture = draw_live(Random(1))

    first, second, other = (DEGRADATIONS[name](picture, Random(seed)) for seed in ("a", "a", "b"))

    assert first.size == FRAME
    assert ImageChops.difference(first, second).getbbox() is None
    assert ImageChops.difference(first, other).getbbox() is not None


def test_perspective_maps_the_frame_onto_the_points() -> None:
    width, height = FRAME
    points = [(10.0, 20.0), (600.0, 5.0), (630.0, 470.0), (3.0, 440.0)]
    a, b, c, d, e, f, g, h = perspective(points)

    mapped = [
        (
            (a * x + b * y + c) / (g * x + h * y + 1),
            (d * x + e * y + f) / (g * x + h * y + 1),
        )
        for x, y in [(0, 0), (width, 0), (width, height), (0, height)]
    ]

    assert mapped == [pytest.approx(point) for point in points]


def test_noise_has_the_strength_it_names() -> None:
    grey = Image.new("L", (330, 330), 128)

    noisy = DEGRADATIONS["noise 30 %"](grey, Random(1)).convert("F")

    (spread,) = ImageStat.Stat(noisy.crop((0, 0, 640, 20))).stddev
    assert 60 < spread < 80, "76 before clipping"
