"""Sealed fields open only with their key, in their column, unaltered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.crypto import FieldKeys, SealError, b64url, token_hash

KEYS = FieldKeys({1: b"1" * 32}, 1, b"i" * 32)
ROTATED = FieldKeys({1: b"1" * 32, 2: b"2" * 32}, 2, b"i" * 32)


@given(st.binary(max_size=200))
def test_what_was_sealed_opens_again(plaintext: bytes) -> None:
    assert KEYS.open("person.phone", KEYS.seal("person.phone", plaintext)) == plaintext


def test_the_same_text_never_looks_the_same_twice() -> None:
    assert KEYS.seal("person.phone", b"x") != KEYS.seal("person.phone", b"x")


def test_a_value_moved_to_another_column_does_not_open() -> None:
    sealed = KEYS.seal("person.phone", b"x")
    with pytest.raises(SealError):
        KEYS.open("person.address", sealed)


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_no_altered_byte_goes_unnoticed(position: int, flip: int) -> None:
    sealed = bytearray(KEYS.seal("person.phone", b"13800000000"))
    sealed[position % len(sealed)] ^= flip
    with pytest.raises(SealError):
        KEYS.open("person.phone", bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01\x01short"])
def test_fragments_are_refused(sealed: bytes) -> None:
    with pytest.raises(SealError):
        KEYS.open("person.phone", sealed)


def test_old_values_open_after_the_key_is_rotated_and_new_ones_use_the_new_key() -> None:
    assert ROTATED.open("person.phone", KEYS.seal("person.phone", b"x")) == b"x"
    with pytest.raises(SealError):
        KEYS.open("person.phone", ROTATED.seal("person.phone", b"x"))


def test_blind_indexes_agree_for_equal_values_of_one_column_only() -> None:
    assert KEYS.blind_index("person.phone", "a") == ROTATED.blind_index("person.phone", "a")
    assert KEYS.blind_index("person.phone", "a") != KEYS.blind_index("person.id_number", "a")
    assert KEYS.blind_index("person.phone", "a") != KEYS.blind_index("person.phone", "b")


def test_base64url_has_no_padding() -> None:
    assert b64url(b"\xff\xfe\xfd\xfc") == "__79_A"


def test_tokens_are_kept_as_sha256() -> None:
    assert token_hash("abc").hex().startswith("ba7816bf")
