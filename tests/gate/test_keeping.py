"""What is written down of a scanned text: nothing that opens, nothing personal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.keeping import is_kept_card, to_keepable
from gate.ports.lines import to_text
from gate.wire import LONGEST_CODE
from qr import code as ax
from tests.gate.world import MORNING, Phone, Project

SECRET = b"fourteen bytes"
CARD = ax.encode_card(SECRET)


def test_a_live_code_is_kept_for_the_server_to_judge() -> None:
    shown = Phone(Project()).show(MORNING)

    assert to_keepable(shown) == shown
    assert not is_kept_card(shown)


@pytest.mark.parametrize("text", [CARD, CARD.lower(), f" {CARD} "])
def test_of_a_card_only_what_the_server_knows_it_by_is_kept(text: str) -> None:
    kept = to_keepable(text)

    assert is_kept_card(kept)
    assert ax.read_card_digest(kept) == ax.card_digest(SECRET)
    assert ax.tell_kind(kept) is None


@pytest.mark.parametrize(
    ("scanned", "kept"),
    [
        ("13001019900307453X", "***"),
        ("1300 1019 9003 0745 31", "***"),
        ("+86 199-1550-0001", "+***"),
        ('{"name": "张三", "id": "130010199003074531"}', '{"name": "***", "id": "***"}'),
        ("姓名张三", "***"),
        ('{"name":"ZHANG SAN","age":41}', '{"name":"***","age":41}'),
        ("https://example.com/s/AbCdEfGhIjKlMnOpQrStUvWx", "https://example.com/s/***"),
        (f"\x02{CARD}\x03", "*********"),
        (f"]Q1{CARD}", "]***"),
        (ax.encode_card_reference(ax.card_digest(SECRET)), "AX2-SHA256:***"),
        ("half-a-co", "half-a-co"),
        ("", ""),
    ],
)
def test_of_anything_else_only_what_kind_of_thing_it_was(scanned: str, kept: str) -> None:
    assert to_keepable(to_text(scanned.encode())) == kept


@given(st.binary(max_size=400))
def test_what_is_kept_is_short_and_never_passes_for_a_card(line: bytes) -> None:
    kept = to_keepable(to_text(line))

    assert len(kept) <= LONGEST_CODE
    assert not is_kept_card(kept) or "***" in kept
