"""Many rows in one statement."""

from sqlmodel import Session, select

from core.clock import now
from db.base import new_id
from db.bulk import insert_rows
from db.models import OutboxMessage, Person


def test_sealed_and_empty_values_arrive(session: Session) -> None:
    at = now()
    rows = [
        {"id": new_id(), "created_at": at, "name": name, "phone": phone}
        for name, phone in (("王小明", "+8619100000001"), ("李强", None))
    ]

    session.execute(insert_rows(Person, rows))

    people = session.exec(select(Person).order_by(Person.name)).all()
    assert {(person.name, person.phone) for person in people} >= {
        ("王小明", "+8619100000001"),
        ("李强", None),
    }


def test_json_arrives_and_used_keys_are_left_out(session: Session) -> None:
    at = now()
    rows = [
        {
            "id": new_id(),
            "created_at": at,
            "task": "x",
            "payload": {"number": str(number)},
            "dedupe_key": "one",
            "due_at": at,
            "is_urgent": False,
            "attempts": 0,
        }
        for number in range(2)
    ]

    session.execute(insert_rows(OutboxMessage, rows).on_conflict_do_nothing())

    message = session.exec(select(OutboxMessage).where(OutboxMessage.dedupe_key == "one")).one()
    assert message.payload == {"number": "0"}
