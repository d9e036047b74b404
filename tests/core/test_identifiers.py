"""Identity numbers, company codes and card numbers: published vectors and properties."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.identifiers import (
    USCC_ALPHABET,
    IdNumberError,
    IdNumberFault,
    age_on,
    birth_date_of,
    gender_of,
    id_check_character,
    is_valid_uscc,
    luhn_sum,
    parse_id_number,
    passes_luhn,
    uscc_check_character,
)

VALID = [
    "11010519491231002X",
    "440524188001010014",
    "330106200001011235",
    "911124198108030024",
    "810000199001010019",
    "830000199001010012",
]
ABOLISHED_AREAS = ["330103", "330184", "330621", "332525", "339005"]

id_numbers = st.builds(
    lambda area, born, serial: (
        (body := f"{area:06d}{born:%Y%m%d}{serial:03d}") + id_check_character(body)
    ),
    st.integers(110000, 999999),
    st.dates(date(1000, 1, 1)),
    st.integers(0, 999),
)
uscc_codes = st.text(USCC_ALPHABET, min_size=17, max_size=17).map(
    lambda body: body + uscc_check_character(body)
)


def fault_of(text: str) -> IdNumberFault:
    with pytest.raises(IdNumberError) as caught:
        parse_id_number(text)
    return caught.value.fault


@pytest.mark.parametrize("number", VALID)
def test_published_numbers_are_accepted(number: str) -> None:
    assert parse_id_number(number) == number


@pytest.mark.parametrize("area", ABOLISHED_AREAS)
def test_a_number_keeps_its_abolished_area_code(area: str) -> None:
    body = f"{area}19850101123"

    assert parse_id_number(body + id_check_character(body)).startswith(area)


@pytest.mark.parametrize(
    "typed",
    ["１１０１０５１９４９１２３１００２Ｘ", " 11010519491231002x ", "110105 19491231 002X\u200b"],
)
def test_typed_forms_are_normalized(typed: str) -> None:
    assert parse_id_number(typed) == "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("110105491231002", IdNumberFault.FIFTEEN_DIGITS),
        ("1101051949123100", IdNumberFault.LENGTH),
        ("", IdNumberFault.LENGTH),
        ("11010519491231002Y", IdNumberFault.CHARACTERS),
        ("A1010519491231002X", IdNumberFault.CHARACTERS),
        ("010105194912310020", IdNumberFault.CHARACTERS),
        ("110105194902300029", IdNumberFault.BIRTH_DATE),
        ("110105194912310021", IdNumberFault.CHECKSUM),
    ],
)
def test_each_fault_is_named(text: str, fault: IdNumberFault) -> None:
    assert fault_of(text) is fault


def test_a_refusal_does_not_repeat_the_number() -> None:
    with pytest.raises(IdNumberError) as caught:
        parse_id_number("110105194912310021")

    assert "1949" not in str(caught.value)


@given(id_numbers)
def test_every_well_formed_number_is_its_own_normal_form(number: str) -> None:
    assert parse_id_number(number) == number


@given(id_numbers, st.integers(0, 17), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(number: str, place: int, shift: int) -> None:
    wrong = str((int(number[place].replace("X", "0")) + shift) % 10)
    changed = number[:place] + wrong + number[place + 1 :]

    if changed != number:
        fault_of(changed)


@given(id_numbers, st.integers(0, 16))
def test_every_swap_of_neighbours_is_found(number: str, place: int) -> None:
    changed = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    if changed != number:
        fault_of(changed)


@given(st.text())
def test_any_text_is_a_number_or_a_named_fault(text: str) -> None:
    with suppress(IdNumberError):
        assert len(parse_id_number(text)) == 18


def test_birth_date_and_gender_are_read() -> None:
    assert birth_date_of("11010519491231002X") == date(1949, 12, 31)
    assert gender_of("11010519491231002X") == "1"
    assert gender_of("330106200001011235") == "0"


def test_a_number_without_a_date_has_no_birth_date() -> None:
    with pytest.raises(IdNumberError):
        birth_date_of("110105194902300029")


@pytest.mark.parametrize(
    ("day", "age"),
    [
        (date(2026, 2, 28), 17),
        (date(2026, 3, 1), 18),
        (date(2028, 2, 28), 19),
        (date(2028, 2, 29), 20),
    ],
)
def test_somebody_born_on_a_leap_day_ages_on_the_first_of_march(day: date, age: int) -> None:
    assert age_on(date(2008, 2, 29), day) == age


def test_a_birthday_counts_from_its_day() -> None:
    assert age_on(date(2010, 10, 1), date(2026, 9, 30)) == 15
    assert age_on(date(2010, 10, 1), date(2026, 10, 1)) == 16


def test_published_company_code_is_accepted() -> None:
    assert is_valid_uscc("91350100M000100Y43")


@pytest.mark.parametrize(
    "code", ["91350100M000100Y44", "91350100M000100Y4", "91350100I000100Y43", ""]
)
def test_wrong_company_codes_are_refused(code: str) -> None:
    assert not is_valid_uscc(code)


@given(uscc_codes, st.integers(0, 17), st.sampled_from(USCC_ALPHABET))
def test_every_single_wrong_character_of_a_company_code_is_found(
    code: str, place: int, character: str
) -> None:
    changed = code[:place] + character + code[place + 1 :]

    assert is_valid_uscc(changed) == (changed == code)


def test_published_card_numbers_pass_and_a_typo_does_not() -> None:
    assert passes_luhn("4111111111111111")
    assert not passes_luhn("4111111111111112")


@given(st.text("0123456789", min_size=15, max_size=18))
def test_one_digit_completes_a_card_number(body: str) -> None:
    assert sum(passes_luhn(f"{body}{digit}") for digit in range(10)) == 1
    assert luhn_sum(f"{body}0") >= 0
