"""The national code lists."""

import pytest

from projects import dictionaries
from projects.dictionaries import Dictionary

ALL = [value for value in vars(dictionaries).values() if isinstance(value, Dictionary)]


def test_the_lists_have_the_standards_sizes() -> None:
    sizes = [
        len(dictionaries.WORK_TYPE.names),
        len(dictionaries.PARTY_TYPE.names),
        len(dictionaries.PROJECT_CATEGORY.names),
        len(dictionaries.PROJECT_STATUS.names),
        len(dictionaries.ID_CARD_TYPE.names),
        len(dictionaries.CONTRACT_PERIOD_TYPE.names),
        len(dictionaries.BANK.names),
    ]

    assert sizes == [39, 12, 13, 5, 17, 2, 89]


@pytest.mark.parametrize("dictionary", ALL)
def test_every_code_and_name_finds_its_code(dictionary: Dictionary) -> None:
    for name, code in dictionary.codes.items():
        assert dictionary.find_code(name) == code
        assert dictionary.find_code(code) == code


@pytest.mark.parametrize("dictionary", ALL)
def test_no_two_codes_share_a_name(dictionary: Dictionary) -> None:
    assert len(dictionary.codes) == len(dictionary.names)


def test_codes_may_lack_their_leading_zeros() -> None:
    assert dictionaries.WORK_TYPE.find_code("20") == "020"
    assert dictionaries.WORK_TYPE.find_code("1000") == "1000"
    assert dictionaries.WORK_TYPE.find_code("21") is None


def test_an_unknown_code_is_its_own_name() -> None:
    assert dictionaries.WORK_TYPE.name_of("020") == "钢筋工"
    assert dictionaries.WORK_TYPE.name_of("999") == "999"
