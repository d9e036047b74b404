"""PINs that tell nothing, and those that others try first."""

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from core import pins


@pytest.fixture(autouse=True)
def _real_hasher(real_hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "_hasher", real_hasher)


def test_pin_keeps_its_leading_zeros() -> None:
    assert pins.format_pin(42) == "000042"


def test_right_pin_is_recognised() -> None:
    assert pins.is_right_pin(pins.hash_pin("204815"), "204815")


def test_wrong_pin_is_refused() -> None:
    assert not pins.is_right_pin(pins.hash_pin("204815"), "204816")


@pytest.mark.parametrize("pin", ["", "204815"])
def test_nobodys_pin_is_always_wrong(pin: str) -> None:
    assert not pins.is_right_pin(None, pin)


@pytest.mark.parametrize(
    "pin",
    ["000000", "888888", "123456", "901234", "654321", "210987", "131313", "121121", "199003"],
)
def test_what_others_try_first_is_guessable(pin: str) -> None:
    assert pins.is_guessable(pin, known_numbers=["330106199003070014", "+8619100000017"])


@given(number=st.text("0123456789", min_size=6, max_size=18), start=st.integers(0, 12))
def test_no_part_of_a_known_number_will_do(number: str, start: int) -> None:
    pin = number[min(start, len(number) - 6) :][:6]
    assert pins.is_guessable(pin, known_numbers=[number])


@pytest.mark.parametrize("pin", ["204815", "730194", "112233", "100001"])
def test_other_pins_will_do(pin: str) -> None:
    assert not pins.is_guessable(pin, known_numbers=["330106199003070014"])
