"""Words are what somebody can see."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import count_seen, drop_turns, says_something

UNSEEN = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u115f\u1160\u3164\uffa0\u2800\ufe0f\u180e"
    "\u3000 \t\n"
)


@pytest.mark.parametrize("character", UNSEEN)
def test_a_character_nobody_can_see_says_nothing(character: str) -> None:
    assert not says_something(character * 9)


@pytest.mark.parametrize("text", ["钱", "𠮷", "\ue000", "ok", "?", "👍", "\u200b王\u3164"])
def test_what_can_be_seen_says_something(text: str) -> None:
    assert says_something(text)


@given(st.text(), st.text(alphabet=UNSEEN))
def test_unseen_characters_never_change_what_is_counted(text: str, unseen: str) -> None:
    assert count_seen(text + unseen) == count_seen(text)


def test_nothing_turns_a_name_round() -> None:
    assert drop_turns("王\u202e五\u2066六\u2069\u200f 七") == "王五六 七"
