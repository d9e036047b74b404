"""Numbers that notice a slip of the pen."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cases import tracking

serials = st.integers(0, tracking.SERIALS - 1)
days = st.dates(date(2020, 1, 1), date(2099, 12, 31))
numbers = st.builds(tracking.format_number, days, serials)


def test_number_shows_its_day() -> None:
    assert tracking.format_number(date(2026, 11, 23), 42719).startswith("AX261123042719")


@given(number=numbers)
def test_number_reads_back(number: str) -> None:
    assert tracking.parse_number(number) == number
    assert len(number) == 16


@given(number=numbers, place=st.integers(2, 15), digit=st.sampled_from("0123456789"))
def test_one_wrong_digit_is_noticed(number: str, place: int, digit: str) -> None:
    assume(number[place] != digit)

    assert tracking.parse_number(number[:place] + digit + number[place + 1 :]) is None


@given(number=numbers, place=st.integers(2, 14))
def test_two_swapped_digits_are_noticed(number: str, place: int) -> None:
    assume(number[place] != number[place + 1])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    assert tracking.parse_number(swapped) is None


@pytest.mark.parametrize(
    "typed",
    [
        "ax26112304271962",
        " AX 261123 0427 1962 ",
        "AX-261123-042719-62",
        "ＡＸ２６１１２３０４２７１９６２",
    ],
)
def test_number_may_be_typed_carelessly(typed: str) -> None:
    assert tracking.parse_number(typed) == tracking.format_number(date(2026, 11, 23), 42719)


@pytest.mark.parametrize(
    "typed", ["", "AX", "BX26112304271962", "AX261123042719" * 9, "AX२६112304271962"]
)
def test_anything_else_is_no_number(typed: str) -> None:
    assert tracking.parse_number(typed) is None
