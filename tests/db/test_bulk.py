"""Many rows in one statement."""

from datetime import date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from attendance.work_days import DAY_KEY, REPLACED
from core.clock import now
from core.enums import WorkDayState
from db.base import new_id
from db.bulk import insert_rows, is_any, put_rows, update_rows
from db.models import OutboxMessage, Person, ProjectWorker, WorkDay
from tests.factories.attendance import make_gate_site


def test_sealed_and_empty_values_arrive(session: Session) -> None:
    at = now()
    rows = [
        {"id": new_id(), "created_at": at, "name": name, "phone": phone}
        for name, phone in (("王小明", "+8619100000001"), ("李强", None))
    ]

    insert_rows(session, Person, rows)

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

    inserted = insert_rows(session, OutboxMessage, rows, once_per="dedupe_key")

    message = session.exec(select(OutboxMessage).where(OutboxMessage.dedupe_key == "one")).one()
    assert message.payload == {"number": "0"}
    assert inserted == {message.id}


@pytest.mark.parametrize("count", [1, 3])
def test_rows_get_defaults_for_what_they_leave_out(session: Session, count: int) -> None:
    rows = [{"id": new_id(), "created_at": now(), "name": "陈大勇"} for _ in range(count)]

    assert insert_rows(session, Person, rows) == set()

    found = session.exec(select(Person).where(Person.name == "陈大勇")).all()
    assert [person.phone for person in found] == [None] * count


def test_no_rows_are_no_statement(session: Session) -> None:
    assert insert_rows(session, Person, [], once_per="id") == set()
    update_rows(session, Person, [])


def test_each_row_is_changed_by_its_id(session: Session) -> None:
    ids = [new_id() for _ in range(3)]
    rows = [{"id": one, "created_at": now(), "name": "张建国"} for one in ids]
    insert_rows(session, Person, rows)

    changes: list[dict[str, object]] = [
        {"id": ids[0], "phone": "+8619100000003"},
        {"id": ids[2], "phone": None},
    ]
    update_rows(session, Person, changes)

    found = session.exec(
        select(Person).where(col(Person.id).in_(ids)).order_by(col(Person.id))
    ).all()
    assert [person.phone for person in found] == ["+8619100000003", None, None]


def test_condition_takes_any_number_of_values(session: Session) -> None:
    ids = [new_id() for _ in range(3)]
    rows = [{"id": one, "created_at": now(), "name": "刘洋"} for one in ids]
    insert_rows(session, Person, rows)
    statement = sa.select(col(Person.id)).where(is_any(col(Person.id), "people"))

    found = [set(session.scalars(statement, {"people": ids[:most]})) for most in range(3)]

    assert found == [set(), set(ids[:1]), set(ids[:2])]


def test_what_is_sealed_is_sealed_for_each_row(session: Session) -> None:
    phone = "+8619100000004"
    rows = [{"id": new_id(), "created_at": now(), "name": "李强", "phone": phone} for _ in range(2)]

    insert_rows(session, Person, rows)

    sealed = sa.text("SELECT count(DISTINCT phone) FROM person WHERE id = ANY(:people)")
    assert session.scalar(sealed, {"people": [row["id"] for row in rows]}) == 2


def test_what_rows_have_in_common_reaches_all_of_them(session: Session) -> None:
    at = now()
    common = {"created_at": at, "task": "x", "payload": {"a": "b"}, "due_at": at, "done_at": None}
    kept = {"is_urgent": False, "attempts": 0}
    rows = [
        {"id": new_id(), "dedupe_key": f"common:{number}", **common, **kept} for number in range(3)
    ]

    insert_rows(session, OutboxMessage, rows)

    found = session.exec(select(OutboxMessage).where(OutboxMessage.task == "x")).all()
    assert [(one.payload, one.due_at, one.done_at) for one in found] == [({"a": "b"}, at, None)] * 3


def test_a_row_whose_key_is_taken_is_written_over_and_keeps_its_id(session: Session) -> None:
    worker = make_gate_site(session).worker
    first, again = (make_day(worker, minutes, None) for minutes in (480, 600))

    for row in (first, again):
        put_rows(session, WorkDay, [row], key=DAY_KEY, replaced=REPLACED)

    day = session.exec(select(WorkDay)).one()
    assert (day.id, day.minutes, day.grades) == (first["id"], 600, {"A": 600})
    assert (day.first_in_at, day.state) == (None, WorkDayState.COMPLETE)


def test_a_row_that_would_stay_as_it_is_stays_untouched(session: Session) -> None:
    worker, at = make_gate_site(session).worker, now()
    version = sa.select(sa.literal_column("xmin::text || ctid::text", sa.Text)).select_from(WorkDay)
    put_rows(session, WorkDay, [make_day(worker, 480, at)], key=DAY_KEY, replaced=REPLACED)
    before = session.scalar(version)

    put_rows(session, WorkDay, [make_day(worker, 480, at)], key=DAY_KEY, replaced=REPLACED)

    assert session.scalar(version) == before


def test_nothing_to_put_is_no_statement(session: Session) -> None:
    put_rows(session, WorkDay, [], key=DAY_KEY, replaced=REPLACED)


def make_day(worker: ProjectWorker, minutes: int, first_in_at: datetime | None) -> dict[str, Any]:
    """Return the row of a day."""
    return {
        "id": new_id(),
        "created_at": now(),
        "project_id": worker.project_id,
        "project_worker_id": worker.id,
        "work_date": date(2026, 10, 8),
        "first_in_at": first_in_at,
        "last_out_at": None,
        "minutes": minutes,
        "units": 100,
        "overtime_minutes": 0,
        "state": WorkDayState.COMPLETE,
        "grades": {"A": minutes},
        "rule_version": 1,
    }
