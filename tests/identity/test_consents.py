"""Agreeing to a notice, changing one's mind, and what the database lets nobody do."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core.clock import now
from core.enums import Notice
from db.models import Consent, Person
from identity import consents
from tests.factories.identity import make_person

AT = now() - timedelta(days=1)


@pytest.fixture
def person(session: Session) -> Person:
    return make_person(session)


def agree(session: Session, person: Person, version: str | None = None) -> bool:
    return consents.agree(
        session,
        person_id=person.id,
        notice=Notice.LOCATION,
        version=version or consents.LOCATION_NOTICE_VERSION,
        at=AT,
    )


def has_agreed(session: Session, person: Person) -> bool:
    return consents.has_agreed(session, person_id=person.id, notice=Notice.LOCATION)


def withdraw(session: Session, person: Person) -> None:
    consents.withdraw(session, person_id=person.id, notice=Notice.LOCATION, at=now())


def test_nobody_has_agreed_by_saying_nothing(session: Session, person: Person) -> None:
    assert not has_agreed(session, person)


def test_agreeing_twice_is_kept_once_with_its_time(session: Session, person: Person) -> None:
    assert agree(session, person)
    assert agree(session, person)

    kept = session.exec(select(Consent)).one()
    assert (kept.version, kept.agreed_at) == (consents.LOCATION_NOTICE_VERSION, AT)
    assert has_agreed(session, person)


def test_notice_of_another_version_is_not_agreed_to(session: Session, person: Person) -> None:
    assert not agree(session, person, "1999-01")
    assert not has_agreed(session, person)


def test_new_notice_asks_again_and_ends_the_old_consent(
    session: Session, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    agree(session, person)
    monkeypatch.setitem(consents.CURRENT_VERSIONS, Notice.LOCATION, "2027-01")

    assert not has_agreed(session, person)
    assert agree(session, person, "2027-01")

    rows = session.exec(select(Consent).order_by(col(Consent.version))).all()
    assert [(row.version, row.withdrawn_at is None) for row in rows] == [
        (consents.LOCATION_NOTICE_VERSION, False),
        ("2027-01", True),
    ]


def test_withdrawing_keeps_that_there_was_consent(session: Session, person: Person) -> None:
    agree(session, person)
    withdraw(session, person)
    withdraw(session, person)
    agree(session, person)

    withdrawn = [row.withdrawn_at is not None for row in session.exec(select(Consent))]
    assert sorted(withdrawn) == [False, True]
    assert has_agreed(session, person)


@pytest.mark.parametrize("change", ["UPDATE consent SET version = 'x'", "DELETE FROM consent"])
def test_what_was_agreed_to_does_not_change(session: Session, person: Person, change: str) -> None:
    agree(session, person)

    with pytest.raises(IntegrityError):
        session.execute(text(change))
