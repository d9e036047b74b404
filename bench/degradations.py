"""What a bad camera makes of a printed or shown code: seeded, so that a run can be repeated.

The set of the issue: small, blurred, turned, seen from the side, pale, noisy, with a light on it.
"""

from collections.abc import Callable
from random import Random

from PIL import Image, ImageDraw, ImageFilter, ImageMath

FRAME = (640, 480)
WHITE = 255
NOISE_SIGMA = 36.8
"""Of the mean of four uniform bytes."""

Degradation = Callable[[Image.Image, Random], Image.Image]
Point = tuple[float, float]


def place(picture: Image.Image, random: Random, *, pixels: int, margin: int = 20) -> Image.Image:
    """Return a camera frame with the picture somewhere in it, `pixels` wide with its quiet zone."""
    seen = picture.resize((pixels, pixels), Image.Resampling.BOX)
    frame = Image.new("L", FRAME, random.randint(150, 220))
    left, top = (random.randint(margin, side - pixels - margin) for side in FRAME)
    frame.paste(seen, (left, top))
    return frame


def sized(pixels: int) -> Degradation:
    """Nothing wrong but the size."""
    return lambda picture, random: place(picture, random, pixels=pixels)


def blurred(sigma: float) -> Degradation:
    """Out of focus."""

    def blur(picture: Image.Image, random: Random) -> Image.Image:
        return place(picture, random, pixels=240).filter(ImageFilter.GaussianBlur(sigma))

    return blur


def rotated(picture: Image.Image, random: Random) -> Image.Image:
    """Turned by 15°."""
    frame = place(picture, random, pixels=200)
    return frame.rotate(random.choice((-15, 15)), Image.Resampling.BILINEAR, fillcolor=180)


def tilted(strength: float, *, pixels: int = 240) -> Degradation:
    """Seen from the side: the frame's corners move by up to `strength` of its sides."""

    def tilt(picture: Image.Image, random: Random) -> Image.Image:
        width, height = FRAME
        corners = [(0, 0), (width, 0), (width, height), (0, height)]
        moved = [
            (
                x + random.uniform(-strength, strength) * width,
                y + random.uniform(-strength, strength) * height,
            )
            for x, y in corners
        ]
        return place(picture, random, pixels=pixels, margin=90).transform(
            FRAME,
            Image.Transform.PERSPECTIVE,
            perspective(moved),
            Image.Resampling.BILINEAR,
            fillcolor=180,
        )

    return tilt


def perspective(corners: list[Point]) -> tuple[float, ...]:
    """Return Pillow's eight numbers for: the frame's corners, clockwise, come from these points.

    The unit square onto a quadrilateral (Heckbert 1989, §2.2.3), scaled to the frame.
    """
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    dx1, dx2, sx = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, sy = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    area = dx1 * dy2 - dx2 * dy1
    g, h = (sx * dy2 - dx2 * sy) / area, (dx1 * sy - sx * dy1) / area
    width, height = FRAME
    return (
        (x1 - x0 + g * x1) / width,
        (x3 - x0 + h * x3) / height,
        x0,
        (y1 - y0 + g * y1) / width,
        (y3 - y0 + h * y3) / height,
        y0,
        g / width,
        h / height,
    )


def noisy(strength: float, *, contrast: float = 1.0) -> Degradation:
    """Gaussian noise of `strength` of the range, after squeezing the contrast around grey."""

    def disturb(picture: Image.Image, random: Random) -> Image.Image:
        frame = place(picture, random, pixels=240)
        return add_noise(
            frame.point(lambda value: 128 + (value - 128) * contrast), random, strength
        )

    return disturb


def add_noise(frame: Image.Image, random: Random, strength: float) -> Image.Image:
    """Return the frame under noise that is Gaussian enough: the mean of four uniform bytes."""
    grains = [Image.frombytes("L", FRAME, random.randbytes(FRAME[0] * FRAME[1])) for _ in range(4)]
    mean = Image.blend(
        Image.blend(grains[0], grains[1], 0.5), Image.blend(grains[2], grains[3], 0.5), 0.5
    )
    gain = strength * WHITE / NOISE_SIGMA
    disturbed: Image.Image = ImageMath.lambda_eval(
        lambda seen: seen["convert"](seen["frame"] + (seen["mean"] - 127.5) * gain, "L"),
        frame=frame.convert("F"),
        mean=mean.convert("F"),
    )
    return disturbed


def glaring(picture: Image.Image, random: Random) -> Image.Image:
    """A lamp reflected on a part of the code."""
    seen = picture.resize((240, 240), Image.Resampling.BOX)
    x, y, radius = random.uniform(30, 210), random.uniform(30, 210), random.uniform(10, 20)
    lamp = Image.new("L", seen.size, 0)
    ImageDraw.Draw(lamp).ellipse((x - radius, y - radius, x + radius, y + radius), fill=WHITE)
    lamp = lamp.filter(ImageFilter.GaussianBlur(radius / 3))
    lit = Image.composite(Image.new("L", seen.size, WHITE), seen, lamp)
    return place(lit, random, pixels=240)


def combined(picture: Image.Image, random: Random) -> Image.Image:
    """A little of everything."""
    frame = tilted(0.06, pixels=200)(picture, random)
    frame = frame.rotate(15, Image.Resampling.BILINEAR, fillcolor=180)
    return add_noise(frame.filter(ImageFilter.GaussianBlur(1)), random, 0.08)


DEGRADATIONS: dict[str, Degradation] = {
    "240 px": sized(240),
    "160 px": sized(160),
    "120 px": sized(120),
    "90 px": sized(90),
    "blur 2 px": blurred(2),
    "blur 3 px": blurred(3),
    "rotation 15°": rotated,
    "perspective 12 %": tilted(0.12),
    "contrast 15 % + noise 3 %": noisy(0.03, contrast=0.15),
    "noise 30 %": noisy(0.30),
    "glare": glaring,
    "all together": combined,
}
