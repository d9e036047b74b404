"""Text as people type it: what of it can be seen, whatever else it is made of."""

import unicodedata

UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs by their category that every font draws as nothing (Unicode 4.4, 18.6)."""
SEEN_CATEGORIES = ("L", "N", "P", "S", "Co")
"""Private use too: rare characters of names are kept there."""

TURNS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""What turns the direction of writing round (Unicode 9): a name would read backwards."""


def drop_turns(text: str) -> str:
    """Return a text without what makes the rest of a line read in another order."""
    return text.translate(TURNS)


def is_seen(character: str) -> bool:
    """Tell whether a character leaves a mark on paper by itself."""
    return character not in UNSEEN and unicodedata.category(character).startswith(SEEN_CATEGORIES)


def says_something(text: str) -> bool:
    """Tell whether somebody reading the text sees anything; blanks and joiners are nothing."""
    return any(map(is_seen, text))


def count_seen(text: str) -> int:
    """Return how many characters of a text are seen."""
    return sum(map(is_seen, text))
