from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.webhooks import rules

BEGAN = datetime(2026, 11, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/axm",
        "https://hooks.example.com:8443/axm?key=1",
        "https://8.8.8.8/axm",
        "https://[2606:4700::1111]/",
    ],
)
def test_public_https_addresses_may_be_registered(url: str) -> None:
    assert rules.is_fit_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/axm",
        "ftp://hooks.example.com/",
        "https:///axm",
        "https://user@hooks.example.com/",
        "https://user:word@hooks.example.com/",
        "https://hooks.example.com/#part",
        "https://hooks.example.com:0/",
        "https://hooks.example.com:99999/",
        "https://[::1/",
        "https://localhost/",
        "https://printer/",
        "https://valkey.internal/",
        "https://127.0.0.1/",
        "https://10.0.0.8/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.100.100.200/",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://[::ffff:10.0.0.8]/",
        "https://[64:ff9b::a00:8]/",
        "https://钩.example.com/",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/" + "a" * 500,
    ],
)
def test_addresses_inside_or_ambiguous_are_refused(url: str) -> None:
    assert not rules.is_fit_url(url)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fc00::1",
        "fe80::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:a00::1",
    ],
)
def test_no_notation_of_an_inner_address_is_public(address: str) -> None:
    assert not rules.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert rules.is_public(address)


def test_pauses_grow_from_seconds_to_hours() -> None:
    pauses = [rules.choose_pause(attempts).total_seconds() for attempts in range(1, 11)]

    assert pauses == [5, 15, 45, 135, 405, 1215, 3645, 10935, 21600, 21600]


@given(st.integers(1, 10_000))
def test_pauses_never_shrink_and_end_at_the_longest(attempts: int) -> None:
    pause = rules.choose_pause(attempts)

    assert rules.FIRST_PAUSE <= pause <= rules.choose_pause(attempts + 1) <= rules.LONGEST_PAUSE
    assert rules.choose_rest(attempts) <= rules.LONGEST_REST


def test_trying_ends_after_three_days() -> None:
    last = BEGAN + timedelta(days=3)

    assert not rules.is_hopeless(round_began_at=BEGAN, next_at=last)
    assert rules.is_hopeless(round_began_at=BEGAN, next_at=last + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("status", "taken"), [(200, True), (204, True), (302, False), (500, False)]
)
def test_only_a_2xx_means_taken(status: int, taken: bool) -> None:
    assert rules.is_success(status) is taken
