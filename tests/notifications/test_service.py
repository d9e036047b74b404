"""Messages are recorded once, in their reader's language, and with what keeps them back."""

import pytest
from sqlalchemy import event, text
from sqlmodel import Session, select

from core.clock import now
from core.enums import Language, NotificationState, Urgency
from db.models import Notification, OutboxMessage
from db.session import Database
from notifications import service
from notifications.delivery.reports import take_reply
from notifications.errors import TemplateError
from notifications.gateways.base import Reply
from notifications.preferences import get_preference, set_preference
from notifications.service import Telling
from notifications.templates import Template
from tests.notifications.post import PHONE, make_person, tell


def test_message_waits_with_what_it_will_say(session: Session) -> None:
    tell(session, make_person(session))

    notification = session.exec(select(Notification)).one()
    assert notification.state is NotificationState.PENDING
    assert notification.phone == PHONE
    assert notification.body.startswith("【安薪码】你2026年10月的工资条出来了")
    assert (notification.template, notification.template_version) == ("payslip_published", 1)
    assert notification.urgency is Urgency.NORMAL


def test_message_is_handed_to_the_job_by_its_id_alone(session: Session) -> None:
    tell(session, make_person(session))

    notification = session.exec(select(Notification)).one()
    message = session.exec(select(OutboxMessage)).one()
    assert message.task == "notifications.deliver"
    assert message.payload == {"notification_id": str(notification.id)}


def test_same_key_tells_a_person_once(session: Session) -> None:
    person = make_person(session)
    tell(session, person)

    tell(session, person)

    assert len(session.exec(select(Notification)).all()) == 1
    assert len(session.exec(select(OutboxMessage)).all()) == 1


def test_two_people_are_told_of_the_same_event(session: Session) -> None:
    tell(session, make_person(session))

    tell(session, make_person(session))

    assert len(session.exec(select(OutboxMessage)).all()) == 2


def test_person_without_a_phone_is_left_to_a_person(session: Session) -> None:
    tell(session, make_person(session, phone=None))

    notification = session.exec(select(Notification)).one()
    assert (notification.state, notification.error) == (NotificationState.FAILED, "no_phone")
    assert session.exec(select(OutboxMessage)).all() == []


def test_malformed_value_is_refused_before_anything_is_recorded(session: Session) -> None:
    person = make_person(session)

    with pytest.raises(TemplateError):
        service.notify(
            session,
            template=Template.PAYSLIP_PUBLISHED,
            person_id=person.id,
            key="payslip:1",
            month="last",
        )

    assert session.exec(select(Notification)).all() == []


def test_sign_in_code_goes_to_a_number_of_nobody_known(session: Session) -> None:
    service.send_code(session, phone=PHONE, code="271828", key="one")

    notification = session.exec(select(Notification)).one()
    assert notification.person_id is None
    assert "271828" in notification.body
    assert notification.urgency is Urgency.URGENT


def test_number_and_text_are_unreadable_in_the_table(session: Session) -> None:
    service.send_code(session, phone=PHONE, code="271828", key="one")

    row = session.connection().execute(text("SELECT * FROM notification")).one()
    raw = b"".join(value for value in row if isinstance(value, bytes))
    assert raw
    assert PHONE.encode() not in raw
    assert b"271828" not in raw
    assert PHONE not in str(row)


def test_many_are_told_at_once_and_each_once(session: Session) -> None:
    people = [make_person(session), make_person(session, phone=None), make_person(session)]
    tellings = [Telling(person.id, "payslip:1", {"month": "2026-10"}) for person in people]

    for _ in range(2):
        service.notify_many(session, template=Template.PAYSLIP_PUBLISHED, tellings=tellings)

    found = session.exec(select(Notification)).all()
    assert sorted((one.state, one.error) for one in found) == [
        (NotificationState.FAILED, "no_phone"),
        (NotificationState.PENDING, None),
        (NotificationState.PENDING, None),
    ]
    assert len(session.exec(select(OutboxMessage)).all()) == 2


def test_telling_nobody_records_nothing(session: Session) -> None:
    service.notify_many(session, template=Template.PAYSLIP_PUBLISHED, tellings=[])

    assert session.exec(select(OutboxMessage)).all() == []


def test_telling_many_takes_a_handful_of_statements(session: Session, database: Database) -> None:
    people = [make_person(session) for _ in range(200)]
    tellings = [Telling(person.id, "payslip:1", {"month": "2026-10"}) for person in people]
    statements: list[str] = []

    def count(_c: object, _k: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", count)
    service.notify_many(session, template=Template.PAYSLIP_PUBLISHED, tellings=tellings)
    event.remove(database.engine, "before_cursor_execute", count)

    assert len(statements) <= 6


@pytest.mark.parametrize(
    ("phone", "error"),
    [
        ("+8657187654321", "landline"),
        ("+15005550006", "foreign_number"),
        ("13812345678", "malformed_number"),
    ],
)
def test_number_no_text_can_reach_is_left_to_a_person(
    session: Session, phone: str, error: str
) -> None:
    tell(session, make_person(session, phone=phone))

    notification = session.exec(select(Notification)).one()
    assert (notification.state, notification.error) == (NotificationState.FAILED, error)
    assert session.exec(select(OutboxMessage)).all() == []


def test_urgent_message_is_handed_over_before_all_others(session: Session) -> None:
    service.send_code(session, phone=PHONE, code="271828", key="one")

    assert session.exec(select(OutboxMessage)).one().is_urgent


def test_message_is_written_in_the_language_its_reader_chose(session: Session) -> None:
    person = make_person(session)
    set_preference(
        session,
        person_id=person.id,
        language=Language.SICHUANESE,
        wants_optional=True,
        at=now(),
    )

    tell(session, person)

    notification = session.exec(select(Notification)).one()
    assert notification.language is Language.SICHUANESE
    assert "出来咯" in notification.body


def test_reader_without_a_wish_gets_everything_in_chinese(session: Session) -> None:
    preference = get_preference(session, person_id=make_person(session).id)

    assert (preference.language, preference.wants_optional) == (Language.CHINESE, True)


def test_last_wish_counts(session: Session) -> None:
    person = make_person(session)
    for wants_optional in (True, False):
        set_preference(
            session,
            person_id=person.id,
            language=Language.CHINESE,
            wants_optional=wants_optional,
            at=now(),
        )

    assert not get_preference(session, person_id=person.id).wants_optional


def test_refusal_by_text_is_a_wish_that_a_later_one_takes_back(session: Session) -> None:
    person = make_person(session)
    take_reply(session, Reply(phone=PHONE, text="退订"), at=now())
    before = get_preference(session, person_id=person.id).wants_optional

    after = set_preference(
        session,
        person_id=person.id,
        language=Language.CHINESE,
        wants_optional=True,
        at=now(),
    )

    assert (before, after.wants_optional) == (False, True)
    service.notify(
        session, template=Template.WAGE_PAID, person_id=person.id, key="1", month="2026-10"
    )
    assert session.exec(select(Notification)).one().state is NotificationState.PENDING


def test_unwanted_message_is_recorded_but_not_sent(session: Session) -> None:
    person = make_person(session)
    set_preference(
        session,
        person_id=person.id,
        language=Language.CHINESE,
        wants_optional=False,
        at=now(),
    )

    service.notify(
        session, template=Template.WAGE_PAID, person_id=person.id, key="1", month="2026-10"
    )

    assert session.exec(select(Notification)).one().error == "opted_out"
