"""The sealed letter that brings a worker the PIN of a card."""

from dataclasses import dataclass

from qr.prints.press import print_pdf, soften


@dataclass(frozen=True, slots=True)
class PinLetter:
    """What the letter says; only the outside may be read by whoever hands it over."""

    masked_name: str
    team: str
    project: str
    card_number: str
    pin: str


def print_pin_letter(letter: PinLetter) -> bytes:
    """Return the letter: A4, two sides, folded twice at 99 mm and 198 mm.

    Folded like a Z the upper third faces out with the address, in the window of a DL envelope or
    closed with a sticker; the PIN lies between the other two thirds, behind a printed pattern, so
    that it cannot be read against the light.
    """
    return print_pdf(
        "pin_letter",
        {
            "name": soften(letter.masked_name),
            "team": soften(letter.team),
            "project": soften(letter.project),
            "number": soften(letter.card_number),
            "pin": letter.pin,
        },
    )
