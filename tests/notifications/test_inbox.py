from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from core.clock import now
from core.enums import NotificationState
from db.models import Notification, Person
from notifications import inbox, service
from notifications.errors import MessageNotFoundError
from notifications.templates import Template
from tests.notifications.post import PHONE, make_person, tell

ADD_READ = text(
    """
INSERT INTO notification SELECT copy.*
FROM notification AS first, generate_series(1, 2000) AS number, jsonb_populate_record(
    first, jsonb_build_object('id', uuidv7(), 'dedupe_key', number, 'read_at', now())
) AS copy
WHERE first.person_id = :id
"""
)
"""Two thousand copies of a person's message, read."""


@pytest.fixture
def person(session: Session) -> Person:
    return make_person(session)


def list_all(session: Session, person: Person) -> list[Notification]:
    return list(inbox.list_messages(session, person_id=person.id, before=None, limit=50))


def test_newest_message_comes_first(session: Session, person: Person) -> None:
    for key in ("one", "two"):
        tell(session, person, key=key)

    keys = [one.dedupe_key.rpartition(":")[2] for one in list_all(session, person)]

    assert keys == ["two", "one"]


def test_message_that_could_not_be_sent_is_there(session: Session) -> None:
    person = make_person(session, phone=None)
    tell(session, person)

    assert [one.state for one in list_all(session, person)] == [NotificationState.FAILED]


def test_page_has_one_more_to_tell_that_there_is_a_next(session: Session, person: Person) -> None:
    for key in ("1", "2", "3"):
        tell(session, person, key=key)

    first = inbox.list_messages(session, person_id=person.id, before=None, limit=1)
    rest = inbox.list_messages(session, person_id=person.id, before=first[0].id, limit=5)

    assert (len(first), len(rest)) == (2, 2)


@pytest.mark.parametrize("template", [Template.SIGN_IN_CODE, Template.DIGEST])
def test_codes_and_digests_never_appear(
    session: Session, person: Person, template: Template
) -> None:
    tell(session, person)
    (message,) = list_all(session, person)
    message.template = template
    session.flush()

    assert list_all(session, person) == []
    assert inbox.count_unread(session, person_id=person.id) == 0
    with pytest.raises(MessageNotFoundError):
        inbox.read_message(session, person_id=person.id, message_id=message.id, at=now())


def test_sign_in_code_to_ones_own_number_does_not_appear(session: Session, person: Person) -> None:
    service.send_code(session, phone=PHONE, code="271828", key="one")

    assert list_all(session, person) == []


def test_reading_keeps_the_first_instant(session: Session, person: Person) -> None:
    tell(session, person)
    (message,) = list_all(session, person)
    first = now()

    for at in (first, first + timedelta(hours=1)):
        inbox.read_message(session, person_id=person.id, message_id=message.id, at=at)

    session.refresh(message)
    assert message.read_at == first
    assert inbox.count_unread(session, person_id=person.id) == 0


def test_anothers_message_cannot_be_read(session: Session, person: Person) -> None:
    other = make_person(session)
    tell(session, other)
    (message,) = list_all(session, other)

    with pytest.raises(MessageNotFoundError):
        inbox.read_message(session, person_id=person.id, message_id=message.id, at=now())


def test_what_came_later_stays_unread(session: Session, person: Person) -> None:
    tell(session, person, key="seen")
    seen = list_all(session, person)[0]
    tell(session, person, key="unseen")
    tell(session, make_person(session), key="another's")

    count = inbox.read_messages(session, person_id=person.id, newest_id=seen.id, at=now())

    assert count == 1
    assert inbox.count_unread(session, person_id=person.id) == 1
    unread = session.exec(select(Notification).where(Notification.read_at == None)).all()  # noqa: E711
    assert len(unread) == 2


def test_many_are_counted_at_once_zeros_included(session: Session, person: Person) -> None:
    other = make_person(session)
    tell(session, person, key="1")
    tell(session, person, key="2")

    counts = inbox.count_unread_of(session, {person.id, other.id})

    assert counts == {person.id: 2, other.id: 0}


def test_counting_unread_reads_an_index_of_unread_messages_only(
    session: Session, person: Person
) -> None:
    tell(session, person)
    session.flush()
    session.connection().execute(ADD_READ, {"id": person.id})
    session.connection().execute(text("ANALYZE notification"))
    plan = session.connection().execute(
        text("EXPLAIN SELECT count(*) FROM notification WHERE person_id = :id AND read_at IS NULL"),
        {"id": person.id},
    )

    assert "ix_notification_unread" in "\n".join(plan.scalars())
