"""What every table promises: sealed columns, aware instants, closed sets, append-only history."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, StatementError
from sqlmodel import Session

from core.crypto import FieldKeys, SealError
from core.enums import Role
from db.base import new_id
from db.models import AuditEntry, Person
from db.session import Database, blind_index

PHONE = "+8619100000099"


def make_person(session: Session) -> Person:
    person = Person(
        name="测试", phone=PHONE, phone_index=blind_index(session, "person.phone", PHONE)
    )
    session.add(person)
    session.flush()
    return person


def test_a_sealed_column_reads_back_and_shows_nothing_in_the_table(session: Session) -> None:
    person = make_person(session)
    session.expire(person)
    stored = session.execute(
        sa.text("SELECT phone FROM person WHERE id = :id"), {"id": person.id}
    ).scalar_one()
    assert person.phone == PHONE
    assert PHONE.encode() not in bytes(stored)


def test_an_engine_with_other_keys_cannot_read(database: Database) -> None:
    with database.transaction() as session:
        person_id = make_person(session).id
    stranger = Database(
        database.engine.url.render_as_string(hide_password=False),
        FieldKeys({1: b"x" * 32}, 1, b"y" * 32),
        pool_size=1,
    )
    with pytest.raises(SealError), stranger.transaction() as session:
        session.get(Person, person_id)
    stranger.close()
    with database.transaction() as session:
        session.execute(sa.text("DELETE FROM person WHERE id = :id"), {"id": person_id})


def test_an_engine_without_keys_says_so(database: Database) -> None:
    bare = sa.create_engine(database.engine.url)
    with Session(bare) as session:
        session.add(Person(name="测试", phone=PHONE))
        with pytest.raises(StatementError, match="field keys"):
            session.flush()
    bare.dispose()


def test_a_naive_instant_is_refused_and_any_zone_comes_back_as_utc(session: Session) -> None:
    person = make_person(session)
    person.created_at = datetime(2026, 10, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    session.flush()
    session.expire(person)
    assert person.created_at == datetime(2026, 10, 1, tzinfo=UTC)
    assert person.created_at.tzinfo is UTC
    person.created_at = datetime(2026, 10, 1)  # noqa: DTZ001
    with pytest.raises(StatementError, match="naive"):
        session.flush()


def test_enums_are_stored_by_value_and_the_database_knows_the_set(session: Session) -> None:
    person = make_person(session)
    entry = AuditEntry(
        actor_id=person.id,
        actor_role=Role.INSPECTOR,
        action="test",
        subject_kind="person",
        subject_id=person.id,
        reason="测试",
    )
    session.add(entry)
    session.flush()
    role = session.execute(sa.text("SELECT actor_role FROM audit_entry")).scalar_one()
    assert role == "inspector"
    with pytest.raises(DBAPIError, match="ck_role_grant_role"):
        session.execute(
            sa.text(
                "INSERT INTO role_grant (id, created_at, person_id, role) "
                "VALUES (:id, now(), :person, 'king')"
            ),
            {"id": new_id(), "person": person.id},
        )


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET reason = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"],
)
def test_history_refuses_every_change(session: Session, statement: str) -> None:
    session.add(
        AuditEntry(action="test", subject_kind="person", subject_id=new_id(), reason="测试")
    )
    session.flush()
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(sa.text(statement))


def test_ids_are_version_7_and_ordered() -> None:
    ids = [new_id() for _ in range(100)]
    assert all(isinstance(each, UUID) and each.version == 7 for each in ids)
    assert ids == sorted(ids)
