"""What the embedded fonts can show of a text, and what stands on paper for the rest."""

import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

from fontTools.ttLib import TTFont

from core.text import UNSEEN

FONT_PACKAGES = ("noto_cjk_sans_otc", "noto_cjk_sans_jp_bold")
"""Noto Sans CJK (OFL 1.1): 65,535 glyphs, so that rare surnames print; subset into each PDF."""
REGULAR = "NotoSansCJK-Regular.ttc"
"""The bold file has the same characters."""
BOX = "□"
ZERO_WIDTH_SPACE = "\u200b"
LAID_OUT = frozenset(f"\n\t{ZERO_WIDTH_SPACE}")
"""What no font draws and the press obeys."""
INVISIBLE = frozenset({"Cc", "Cf"})
"""Controls of writing direction among them: they would print a name backwards."""
BLANKS = frozenset({"Zs", "Zl", "Zp"})
VARIATION_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


def make_showable(fact: Any) -> Any:
    """Return what a template is given with every text in it as the fonts can show it."""
    if isinstance(fact, str):
        return "".join(map(_show, fact))
    if isinstance(fact, dict):
        return {name: make_showable(member) for name, member in fact.items()}
    return [make_showable(one) for one in fact] if isinstance(fact, list | tuple) else fact


def _show(character: str) -> str:
    """Return a character, a box for what no font has, nothing for what nobody would see."""
    if character in LAID_OUT:
        return character
    category = unicodedata.category(character)
    if category in INVISIBLE or character in UNSEEN or _selects_a_form(character):
        return ""
    if ord(character) in _load_characters():
        return character
    return " " if category in BLANKS else BOX


def _selects_a_form(character: str) -> bool:
    return any(ord(character) in selectors for selectors in VARIATION_SELECTORS)


@cache
def _load_characters() -> frozenset[int]:
    with TTFont(str(files(FONT_PACKAGES[0]) / REGULAR), fontNumber=0, lazy=True) as font:
        return frozenset(font.getBestCmap())
