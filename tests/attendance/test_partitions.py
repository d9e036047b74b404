"""Monthly partitions: made ahead, made once, and never in the way of a punch."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from attendance.errors import StorageUnavailableError
from attendance.partitions import (
    LOCK_TIMEOUT,
    ensure_months,
    ensure_partitions,
    ensure_partitions_for,
)
from attendance.queries import list_partitions
from core.clock import day_start
from core.enums import Direction
from db.models import CheckIn
from db.session import Database
from tests.factories.attendance import make_check_in, make_gate_site

NOVEMBER = date(2031, 11, 15)


def made(session: Session) -> set[str]:
    present = list_partitions(session) - {"check_in_default"}
    return {name for name in present if name >= "check_in_2030"}


def partition_of(session: Session, check_in: CheckIn) -> str:
    statement = text("SELECT tableoid::regclass::text FROM check_in WHERE id = :id")
    return str(session.scalar(statement, {"id": check_in.id}))


def test_this_month_and_the_next_three_are_made_once(session: Session) -> None:
    ensure_partitions(session, today=NOVEMBER)
    ensure_partitions(session, today=NOVEMBER)
    assert made(session) == {
        "check_in_2031_11",
        "check_in_2031_12",
        "check_in_2032_01",
        "check_in_2032_02",
    }


def test_an_import_makes_only_months_that_can_be_true(session: Session) -> None:
    days = [date(2019, 1, 1), date(2029, 10, 31), date(2030, 1, 2), date(2030, 1, 3)]
    days += [date(2032, 2, 1), date(2038, 1, 19)]
    ensure_partitions_for(session, days, today=NOVEMBER)
    assert made(session) == {"check_in_2030_01", "check_in_2032_02"}


def test_months_begin_in_shanghai(session: Session) -> None:
    ensure_months(session, [date(2031, 11, 1)])
    worker = make_gate_site(session).worker
    first = make_check_in(session, worker, Direction.IN, day_start(date(2031, 11, 1)))
    next_one = make_check_in(session, worker, Direction.IN, day_start(date(2031, 12, 1)))
    assert partition_of(session, first) == "check_in_2031_11"
    assert partition_of(session, next_one) == "check_in_default"


def test_a_month_already_in_the_default_partition_stays_there(session: Session) -> None:
    worker = make_gate_site(session).worker
    early = make_check_in(session, worker, Direction.IN, day_start(date(2031, 12, 5)))

    ensure_partitions(session, today=NOVEMBER)

    assert made(session) == {"check_in_2031_11", "check_in_2032_01", "check_in_2032_02"}
    late = make_check_in(session, worker, Direction.OUT, day_start(date(2031, 12, 6)))
    assert partition_of(session, early) == partition_of(session, late) == "check_in_default"


@pytest.mark.parametrize("statement", ["UPDATE check_in SET valid = false", "DELETE FROM check_in"])
@pytest.mark.parametrize("month", [date(2031, 11, 1), date(2019, 1, 1)])
def test_no_partition_forgets_or_changes_a_punch(
    session: Session, statement: str, month: date
) -> None:
    ensure_months(session, [date(2031, 11, 1)])
    make_check_in(session, make_gate_site(session).worker, Direction.IN, day_start(month))
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(text(statement))


def test_partitions_have_every_index_and_constraint_of_their_parent(session: Session) -> None:
    ensure_months(session, [date(2031, 11, 1)])

    def shape(table: str) -> tuple[int, int, int]:
        statement = text(
            "SELECT (SELECT count(*) FROM pg_index WHERE indrelid = CAST(:t AS regclass)),"
            " (SELECT count(*) FROM pg_constraint WHERE conrelid = CAST(:t AS regclass)),"
            " (SELECT count(*) FROM pg_trigger WHERE tgrelid = CAST(:t AS regclass)"
            "  AND tgname LIKE 'check_in%append_only')"
        )
        indexes, constraints, triggers = session.execute(statement, {"t": table}).one()
        return indexes, constraints, triggers

    assert shape("check_in_2031_11") == shape("check_in")


def test_two_importers_of_the_same_old_month_take_turns(live_database: Database) -> None:
    together = Barrier(4)

    def ensure(_: int) -> None:
        with live_database.transaction() as session:
            session.connection()
            together.wait(timeout=10)
            ensure_months(session, [date(2031, 11, 1)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ensure, range(4)))
    with live_database.transaction() as session:
        assert made(session) == {"check_in_2031_11"}


def test_a_new_partition_gives_way_to_whoever_is_recording(live_database: Database) -> None:
    with live_database.transaction() as recording:
        recording.execute(text("LOCK TABLE device IN ROW EXCLUSIVE MODE"))
        with pytest.raises(StorageUnavailableError), live_database.transaction() as session:
            ensure_partitions(session, today=NOVEMBER)
        # It had not got as far as keeping others from looking at what is stored.
        recording.execute(text("SELECT count(*) FROM check_in"))
    with live_database.transaction() as session:
        ensure_partitions(session, today=NOVEMBER)
        assert len(made(session)) == 4
        assert session.scalar(text("SHOW lock_timeout")) == "0"
        shorter = text(
            "SELECT CAST(:ours AS interval) < current_setting('deadlock_timeout')::interval"
        )
        assert session.scalar(shorter, {"ours": LOCK_TIMEOUT})


def test_a_month_that_stays_in_the_default_partition_is_not_tried_again(
    session: Session,
) -> None:
    make_check_in(
        session, make_gate_site(session).worker, Direction.IN, day_start(date(2031, 12, 5))
    )
    seen: list[str] = []
    listen = (session.connection(), "before_cursor_execute", lambda *call: seen.append(call[2]))
    event.listen(*listen)
    ensure_months(session, [date(2031, 12, 1)])
    event.remove(*listen)
    assert not [statement for statement in seen if "CREATE TABLE" in statement]
