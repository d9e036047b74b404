"""Masked values: enough to recognise, never the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.masking import mask_card, mask_id_number, mask_name, mask_path, mask_phone


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王小明", "王*明"),
        ("王明", "王*"),
        ("欧阳小明", "欧**明"),
        ("王", "*"),
        ("", ""),
    ],
)
def test_names_keep_their_ends(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("330106200001011235", "3301**********1235"),
        ("E12345678", "*******78"),
        ("1", "*"),
    ],
)
def test_document_numbers_keep_their_ends(number: str, masked: str) -> None:
    assert mask_id_number(number) == masked


@pytest.mark.parametrize(
    ("phone", "masked"), [("+8613812345678", "138****5678"), ("+85291234567", "+85*****4567")]
)
def test_phones_lose_their_middle(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


def test_cards_keep_their_last_four() -> None:
    assert mask_card("6222021202001234567") == "**** **** **** 4567"


@given(st.text("0123456789X", min_size=1, max_size=30))
def test_no_masked_number_shows_more_than_half(number: str) -> None:
    shown = sum(character != "*" for character in mask_id_number(number))

    assert shown == 0 or shown <= max(8 * len(number) // 15, 2)


@given(st.text(min_size=2, max_size=50))
def test_no_masked_name_is_the_name(name: str) -> None:
    masked = mask_name(name)

    assert len(masked) == len(name)
    assert "*" in masked


@pytest.mark.parametrize(
    ("path", "masked"),
    [
        ("/t/s3cret/hikvision", "/t/*/hikvision"),
        ("/t/s3cret", "/t/*"),
        ("/v1/notifications/callbacks/aliyun/s3cret", "/v1/notifications/callbacks/aliyun/*"),
        ("/v1/projects/1/terminals", "/v1/projects/1/terminals"),
    ],
)
def test_secrets_in_paths_are_hidden(path: str, masked: str) -> None:
    assert mask_path(path) == masked
