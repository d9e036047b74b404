"""Opening a site by the token on its poster, and guessing tokens."""

from datetime import date

import pytest
from limits import RateLimitItemPerHour
from redis import Redis
from sqlmodel import Session

from projects import posters
from projects.errors import TooManyGuessesError, UnknownPosterError
from projects.notice_board import NoticeBoard
from projects.posters import open_poster
from tests.factories.projects import make_project


@pytest.fixture
def token(session: Session) -> str:
    return make_project(session).poster_token


@pytest.fixture
def few_guesses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posters, "GUESSES_PER_ADDRESS", RateLimitItemPerHour(3))


def scan(session: Session, valkey: Redis, token: str, *, address: str = "10.0.0.1") -> NoticeBoard:
    return open_poster(
        session,
        valkey,
        poster_token=token,
        address=address,
        county_facts=None,
        on=date(2026, 11, 23),
    )


def test_token_opens_the_site(session: Session, redis: Redis, token: str) -> None:
    assert scan(session, redis, token).poster_token == token


@pytest.mark.parametrize("wrong", ["nowhere", "a" * 500, "x'; --", "\0", "码", ""])
def test_every_wrong_token_is_told_the_same(session: Session, redis: Redis, wrong: str) -> None:
    with pytest.raises(UnknownPosterError):
        scan(session, redis, wrong)


def test_a_crew_may_scan_as_often_as_it_likes(
    session: Session, redis: Redis, token: str, few_guesses: None
) -> None:
    assert all(scan(session, redis, token) for _ in range(10))


def test_guessing_ends_and_closes_the_door_for_that_address_only(
    session: Session, redis: Redis, token: str, few_guesses: None
) -> None:
    for _ in range(3):
        with pytest.raises(UnknownPosterError):
            scan(session, redis, "guess")

    with pytest.raises(TooManyGuessesError) as refused:
        scan(session, redis, token)

    assert 0 < refused.value.retry_after <= 3600
    assert scan(session, redis, token, address="10.0.0.2")


def test_rights_can_be_read_without_valkey(session: Session, token: str) -> None:
    with Redis.from_url("unix:///nowhere/valkey.sock") as away:
        assert scan(session, away, token)
        with pytest.raises(UnknownPosterError):
            scan(session, away, "guess")
