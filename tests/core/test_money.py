"""Yuan on the wire, fen inside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import parse_yuan, round_half_up, to_yuan


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_every_amount_survives_the_wire(fen: int) -> None:
    assert parse_yuan(to_yuan(fen)) == fen


@pytest.mark.parametrize(
    ("text", "fen"),
    [("0", 0), ("12.5", 1250), (" 300.00 ", 30000), ("-1.05", -105), ("1e2", 10000)],
)
def test_plain_amounts_are_read_exactly(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize("text", ["", "一百", "1.005", "NaN", "Infinity", "1,000", "1e999999"])
def test_amounts_that_are_unclear_or_finer_than_a_fen_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"yuan|finer"):
        parse_yuan(text)


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [(1, 2, 1), (3, 2, 2), (5, 10, 1), (49, 100, 0), (-1, 2, -1)],
)
def test_halves_round_away_from_zero(numerator: int, denominator: int, rounded: int) -> None:
    assert round_half_up(numerator, denominator) == rounded
