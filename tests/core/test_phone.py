"""Mobile numbers as people type them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.phone import PhoneError, parse_mobile


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "１３８１２３４５６７８",
        "+86 138 1234 5678",
        "008613812345678",
        "8613812345678",
    ],
)
def test_typed_forms_become_one(typed: str) -> None:
    assert parse_mobile(typed) == "+8613812345678"


@pytest.mark.parametrize("prefix", ["162", "165", "167", "170", "171", "191"])
def test_virtual_operators_have_ordinary_users(prefix: str) -> None:
    assert parse_mobile(f"{prefix}12345678") == f"+86{prefix}12345678"


@pytest.mark.parametrize(
    "typed",
    ["", "1381234567", "138123456789", "12812345678", "0571-88888888", "+85291234567", "张三",
     "13812345678 ext. 5"],
)  # fmt: skip
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(PhoneError):
        parse_mobile(typed)


def test_a_refusal_does_not_repeat_the_number() -> None:
    with pytest.raises(PhoneError) as caught:
        parse_mobile("1381234567")

    assert "138" not in str(caught.value)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_every_mobile_shape_is_accepted_and_stable(number: str) -> None:
    parsed = parse_mobile(number)

    assert parsed == f"+86{number}"
    assert parse_mobile(parsed) == parsed


@given(st.text())
def test_any_text_is_a_number_or_refused(text: str) -> None:
    with suppress(PhoneError):
        assert len(parse_mobile(text)) == len("+8613812345678")
