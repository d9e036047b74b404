"""A scanned poster on its way through signing in."""

import pytest

from api.pages.posters import make_check_in_address, make_sign_in_address


@pytest.mark.parametrize(
    ("query", "address"),
    [
        ({}, "/sign-in"),
        ({"poster_token": "abc_DEF-1"}, "/sign-in?poster_token=abc_DEF-1"),
        ({"poster_token": "//evil.example"}, "/sign-in"),
        ({"poster_token": "a\r\nb"}, "/sign-in"),
        ({"next": "https://evil.example"}, "/sign-in"),
    ],
)
def test_only_a_token_is_carried_along(query: dict[str, str], address: str) -> None:
    assert make_sign_in_address(query) == address


@pytest.mark.parametrize(("token", "address"), [(None, "/"), ("a", "/check-in?poster_token=a")])
def test_after_signing_in_the_check_in_follows(token: str | None, address: str) -> None:
    assert make_check_in_address(token) == address
