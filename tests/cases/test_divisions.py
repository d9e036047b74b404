"""The data file of Zhejiang's cities and counties."""

import pytest

from cases import divisions


def test_file_holds_eleven_cities_and_ninety_counties() -> None:
    counties = [code for code in divisions.names() if divisions.is_county(code)]

    assert (len(divisions.names()), len(counties)) == (101, 90)


def test_every_county_lies_in_a_known_city() -> None:
    for code in divisions.names():
        assert divisions.full_name(code)


@pytest.mark.parametrize("code", ["330100", "330103", "320102", "", "330106 "])
def test_cities_abolished_and_foreign_codes_are_no_county(code: str) -> None:
    assert not divisions.is_county(code)


def test_full_name_says_city_and_county() -> None:
    assert divisions.full_name("330106") == "杭州市西湖区"
