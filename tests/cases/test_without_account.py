"""Complaining at the poster and following by number and PIN, without an account."""

from datetime import date
from uuid import uuid4

import pytest
from redis import Redis
from sqlmodel import Session, select

from cases import by_pin, service, throttle, tracking
from cases.errors import (
    FilingThrottledError,
    LookupThrottledError,
    LookupUnavailableError,
    WrongNumberOrPinError,
)
from cases.filing import FiledComplaint
from core.case_enums import ComplaintKind, Disclosure
from db.models import Complaint, Notification
from projects.errors import UnknownPosterError
from tests.factories.cases import FILED_AT, make_complaint
from tests.factories.projects import make_project


def look_up(session: Session, redis: Redis, number: str, pin: str, address: str = "::1") -> str:
    timeline = by_pin.look_up_complaint(
        session, redis, number=number, pin=pin, address=address, at=FILED_AT
    )
    return timeline.number


def test_number_and_pin_open_a_complaint(session: Session, redis: Redis) -> None:
    filed = make_complaint(session, disclosure=Disclosure.ANONYMOUS)

    assert look_up(session, redis, filed.number.lower(), filed.pin) == filed.number


def test_wrong_number_and_wrong_pin_get_the_same_answer(session: Session, redis: Redis) -> None:
    filed = make_complaint(session)
    unused = tracking.format_number(date(2020, 1, 1), 1)
    answers = []

    for number, pin in [(filed.number, "nope"), (unused, filed.pin), ("AX1", filed.pin)]:
        with pytest.raises(WrongNumberOrPinError) as refusal:
            look_up(session, redis, number, pin)
        answers.append(refusal.value.facts)

    assert answers == [{}, {}, {}]


def test_guessing_a_pin_is_stopped_even_with_the_right_one(session: Session, redis: Redis) -> None:
    filed = make_complaint(session)
    for guess in range(throttle.LOOKUPS_PER_NUMBER.amount):
        with pytest.raises(WrongNumberOrPinError):
            look_up(session, redis, filed.number, "wrong", address=f"10.0.0.{guess}")

    with pytest.raises(LookupThrottledError) as refusal:
        look_up(session, redis, filed.number, filed.pin, address="10.0.1.1")

    assert 0 < refusal.value.retry_after <= 3600


def test_guessing_many_numbers_from_one_address_is_stopped(session: Session, redis: Redis) -> None:
    filed = make_complaint(session)
    for _ in range(throttle.LOOKUPS_PER_ADDRESS.amount):
        throttle.count_wrong(redis, number=str(uuid4()), address="10.0.0.1")

    with pytest.raises(LookupThrottledError):
        look_up(session, redis, filed.number, filed.pin, address="10.0.0.1")


@pytest.fixture
def no_valkey() -> Redis:
    """A client whose server is not there."""
    return Redis(unix_socket_path="/nonexistent/valkey.sock")


def test_nobody_guesses_uncounted(session: Session, no_valkey: Redis) -> None:
    filed = make_complaint(session)

    with pytest.raises(LookupUnavailableError):
        look_up(session, no_valkey, filed.number, filed.pin)


def file_at_poster(
    session: Session,
    valkey: Redis,
    token: str,
    *,
    phone: str | None = None,
    disclosure: Disclosure = Disclosure.SHIELDED,
) -> FiledComplaint:
    return service.file_poster_complaint(
        session,
        valkey,
        poster_token=token,
        kind=ComplaintKind.REPORT,
        disclosure=disclosure,
        phone=phone,
        statement="工地没有发十月工资",
        address="10.0.0.1",
        at=FILED_AT,
    )


def test_poster_leads_to_the_projects_county(session: Session, redis: Redis) -> None:
    project = make_project(session, county_code="330203")

    filed = file_at_poster(session, redis, project.poster_token)

    complaint = session.exec(select(Complaint).where(Complaint.number == filed.number)).one()
    assert (complaint.project_id, complaint.county_code) == (project.id, "330203")


def test_number_left_at_the_poster_is_told(session: Session, redis: Redis) -> None:
    project = make_project(session)

    file_at_poster(session, redis, project.poster_token, phone="+8619100000001")

    message = session.exec(select(Notification)).one()
    assert (message.person_id, message.phone) == (None, "+8619100000001")


def test_unknown_poster_is_refused(session: Session, redis: Redis) -> None:
    with pytest.raises(UnknownPosterError):
        file_at_poster(session, redis, "nosuchposter")


def test_flood_from_one_address_is_stopped(session: Session, redis: Redis) -> None:
    project = make_project(session)
    for _ in range(throttle.FILINGS_PER_ADDRESS.amount):
        throttle.count_filing(redis, address="10.0.0.1")

    with pytest.raises(FilingThrottledError):
        file_at_poster(session, redis, project.poster_token)


def test_complaints_are_taken_without_valkey(session: Session, no_valkey: Redis) -> None:
    project = make_project(session)

    assert file_at_poster(session, no_valkey, project.poster_token).number
