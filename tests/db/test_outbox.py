from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import make_url, text
from sqlmodel import Session, select

from core.clock import now
from db import outbox
from db.base import first_id_at
from db.models import OutboxMessage
from db.session import Database

LEASE = timedelta(seconds=60)


class Broker:
    """Remembers what it was handed."""

    def __init__(self) -> None:
        self.handed: list[tuple[str, Any]] = []
        self.urgent: list[str] = []

    def send(self, task: str, payload: Any, is_urgent: bool) -> None:
        self.handed.append((task, payload))
        self.urgent += [task] if is_urgent else []


@pytest.fixture
def broker() -> Broker:
    return Broker()


def enqueue(session: Session, name: str) -> None:
    outbox.enqueue(session, "some.job", dedupe_key=name, name=name)


def list_messages(session: Session) -> list[OutboxMessage]:
    return list(session.exec(select(OutboxMessage)))


def relay(
    session: Session, broker: Broker, *, after: timedelta = timedelta(), limit: int = 100
) -> int:
    return outbox.relay(session, broker.send, at=now() + after, lease=LEASE, limit=limit)


def test_second_message_with_the_same_key_is_dropped(session: Session) -> None:
    enqueue(session, "one")

    outbox.enqueue(session, "some.job", dedupe_key="one", name="other")

    assert [message.payload for message in list_messages(session)] == [{"name": "one"}]


def test_handed_over_job_can_name_its_message(session: Session, broker: Broker) -> None:
    enqueue(session, "one")

    relay(session, broker)

    (message,) = list_messages(session)
    assert broker.handed == [("some.job", {"name": "one", "message_id": str(message.id)})]


def test_message_is_not_handed_over_before_it_is_due(session: Session, broker: Broker) -> None:
    due_at = now() + timedelta(hours=1)
    outbox.enqueue(session, "some.job", dedupe_key="one", due_at=due_at)

    assert relay(session, broker) == 0
    assert relay(session, broker, after=timedelta(hours=1, seconds=1)) == 1


def test_leased_message_is_left_alone(session: Session, broker: Broker) -> None:
    enqueue(session, "one")
    relay(session, broker)

    assert relay(session, broker, after=LEASE / 2) == 0


def test_message_is_handed_over_again_after_its_lease(session: Session, broker: Broker) -> None:
    enqueue(session, "one")
    relay(session, broker)

    assert relay(session, broker, after=LEASE * 1.1) == 1
    assert [message.attempts for message in list_messages(session)] == [2]


def test_completed_message_is_never_handed_over_again(session: Session, broker: Broker) -> None:
    enqueue(session, "one")
    relay(session, broker)

    outbox.complete(session, UUID(broker.handed[0][1]["message_id"]))

    assert relay(session, broker, after=timedelta(days=30)) == 0


def test_completing_twice_keeps_the_first_instant(session: Session) -> None:
    enqueue(session, "one")
    (message,) = list_messages(session)
    outbox.complete(session, message.id)
    session.refresh(message)
    first = message.done_at

    outbox.complete(session, message.id)

    session.refresh(message)
    assert message.done_at == first is not None


def test_longest_due_messages_go_first(session: Session, broker: Broker) -> None:
    for minutes in (1, 3, 2):
        due_at = now() - timedelta(minutes=minutes)
        outbox.enqueue(
            session, "some.job", dedupe_key=str(minutes), due_at=due_at, name=str(minutes)
        )

    relay(session, broker, limit=2)

    assert [payload["name"] for _, payload in broker.handed] == ["3", "2"]


def test_broker_that_refuses_costs_no_attempt(live_database: Database) -> None:
    def refuse(_task: str, _payload: object, _is_urgent: bool) -> None:
        raise ConnectionError

    with live_database.transaction() as session:
        enqueue(session, "one")

    with pytest.raises(ConnectionError), live_database.transaction() as session:
        outbox.relay(session, refuse, at=now(), lease=LEASE, limit=10)

    with live_database.transaction() as session:
        assert [message.attempts for message in list_messages(session)] == [0]


def test_rolled_back_work_leaves_no_message(live_database: Database) -> None:
    with live_database.transaction() as session:
        enqueue(session, "one")
        session.rollback()

    with live_database.transaction() as session:
        assert list_messages(session) == []


def test_message_locked_by_one_relay_is_skipped_by_the_other(
    live_database: Database, broker: Broker
) -> None:
    with live_database.transaction() as session:
        enqueue(session, "one")
        enqueue(session, "two")

    with live_database.transaction() as first, live_database.transaction() as second:
        counts = [relay(first, broker, limit=1), relay(second, broker), relay(first, broker)]

    assert counts == [1, 1, 0]
    assert sorted(payload["name"] for _, payload in broker.handed) == ["one", "two"]


def test_racing_relays_hand_each_message_over_once(live_database: Database, broker: Broker) -> None:
    with live_database.transaction() as session:
        for number in range(100):
            enqueue(session, str(number))
    start = Barrier(4)

    def race() -> None:
        start.wait()
        handed_over = 1
        while handed_over:
            with live_database.transaction() as session:
                handed_over = relay(session, broker, limit=7)

    racers = [Thread(target=race) for _ in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    names = sorted(int(payload["name"]) for _, payload in broker.handed)
    assert names == list(range(100))


@contextmanager
def listening(database: Database) -> Generator[psycopg.Connection]:
    address = make_url(database.engine.url).set(drivername="postgresql")
    with psycopg.connect(
        address.render_as_string(hide_password=False), autocommit=True
    ) as connection:
        connection.execute(f"LISTEN {outbox.CHANNEL}")
        yield connection


def test_commit_wakes_whoever_listens(live_database: Database) -> None:
    with listening(live_database) as listener:
        with live_database.transaction() as session:
            enqueue(session, "one")

        assert len(list(listener.notifies(timeout=10, stop_after=1))) == 1


def test_rollback_wakes_nobody(live_database: Database) -> None:
    with listening(live_database) as listener:
        with live_database.transaction() as session:
            enqueue(session, "one")
            session.rollback()

        assert list(listener.notifies(timeout=0.1)) == []


def test_pauses_double_and_end_at_an_hour() -> None:
    minutes = [outbox.compute_wait(attempts, LEASE) // LEASE for attempts in range(1, 10)]

    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_poison_waits_an_hour_however_short_the_lease() -> None:
    wait = outbox.compute_wait(outbox.POISON_ATTEMPTS, timedelta(seconds=1))

    assert wait == timedelta(hours=1)


@given(attempts=st.integers(1, 10_000), seconds=st.integers(1, 3600))
def test_pauses_never_shrink(attempts: int, seconds: int) -> None:
    lease = timedelta(seconds=seconds)

    wait = outbox.compute_wait(attempts, lease)

    assert lease <= wait <= outbox.compute_wait(attempts + 1, lease) <= outbox.POISON_WAIT


def test_urgent_message_goes_before_all_that_wait_longer(session: Session, broker: Broker) -> None:
    for number in range(3):
        enqueue(session, str(number))
    outbox.enqueue(session, "some.job", dedupe_key="code", is_urgent=True, name="code")

    relay(session, broker, limit=1)

    assert [payload["name"] for _, payload in broker.handed] == ["code", "0"]
    assert len(broker.urgent) == 1


def test_messages_of_a_batched_task_travel_together(session: Session, broker: Broker) -> None:
    for number in range(5):
        enqueue(session, str(number))
    outbox.enqueue(session, "some.job", dedupe_key="code", is_urgent=True, name="code")
    outbox.enqueue(session, "other.job", dedupe_key="other", name="other")

    outbox.relay(session, broker.send, at=now(), lease=LEASE, limit=100, batches={"some.job": 2})

    jobs = [
        (task, [one["name"] for one in payload.get("messages", [payload])])
        for task, payload in broker.handed
    ]
    assert sorted(jobs) == [
        ("other.job", ["other"]),
        ("some.job", ["0", "1"]),
        ("some.job", ["2", "3"]),
        ("some.job", ["4"]),
        ("some.job", ["code"]),
    ]


def test_batched_messages_can_be_completed_together(session: Session, broker: Broker) -> None:
    for number in range(3):
        enqueue(session, str(number))

    outbox.complete(session, *(message.id for message in list_messages(session)))

    assert relay(session, broker, after=LEASE * 2) == 0


def test_message_put_off_is_handed_over_then_and_has_not_failed(
    session: Session, broker: Broker
) -> None:
    enqueue(session, "one")
    relay(session, broker)
    (message,) = list_messages(session)

    outbox.put_off(session, now() + timedelta(hours=5), message.id)
    session.refresh(message)

    assert message.attempts == 0
    assert relay(session, broker, after=LEASE * 2) == 0
    assert relay(session, broker, after=timedelta(hours=5, seconds=1)) == 1


def test_finished_message_cannot_be_put_off(session: Session, broker: Broker) -> None:
    enqueue(session, "one")
    (message,) = list_messages(session)
    outbox.complete(session, message.id)

    outbox.put_off(session, now(), message.id)

    assert relay(session, broker, after=LEASE) == 0


def test_jobs_under_way_are_counted_until_they_are_done(session: Session, broker: Broker) -> None:
    for number in range(3):
        enqueue(session, str(number))
    outbox.enqueue(session, "some.job", dedupe_key="later", due_at=now() + LEASE / 2, name="later")
    relay(session, broker)

    def count() -> int:
        return outbox.count_under_way(session, at=now(), lease=LEASE, limit=10)

    before = count()
    done = next(one for one in list_messages(session) if one.attempts)
    outbox.complete(session, done.id)

    assert (before, count()) == (3, 2)


def test_message_that_keeps_failing_ends_in_a_list(session: Session, broker: Broker) -> None:
    enqueue(session, "poison")
    enqueue(session, "fine")
    poison = next(one for one in list_messages(session) if one.payload["name"] == "poison")
    poison.attempts = outbox.POISON_ATTEMPTS

    listed = outbox.list_poison(session, before=None, limit=10)

    assert [message.payload["name"] for message in listed] == ["poison"]


def test_poison_is_tried_again_when_somebody_says_so(session: Session, broker: Broker) -> None:
    enqueue(session, "poison")
    (poison,) = list_messages(session)
    poison.attempts, poison.due_at = outbox.POISON_ATTEMPTS, now() + timedelta(hours=1)

    assert outbox.hand_over_now(session, poison.id)

    assert relay(session, broker) == 1


def test_finished_jobs_are_forgotten_after_a_week_and_others_never(session: Session) -> None:
    ages = {"old": 8, "unfinished": 8, "recent": 6}
    for name, days in ages.items():
        enqueue(session, name)
        message = session.exec(select(OutboxMessage).where(OutboxMessage.dedupe_key == name)).one()
        message.id = first_id_at(now() - timedelta(days=days))
        message.done_at = None if name == "unfinished" else now()
        session.flush()

    may_be_more = outbox.forget_finished(session, at=now())

    assert not may_be_more
    assert {message.dedupe_key for message in list_messages(session)} == {"unfinished", "recent"}


def test_finished_jobs_are_forgotten_in_portions(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "FORGET_ROWS", 2)
    for name in ("one", "two", "three"):
        enqueue(session, name)
    outbox.complete(session, *[message.id for message in list_messages(session)])
    later = now() + timedelta(days=8)

    assert [outbox.forget_finished(session, at=later) for _ in range(2)] == [True, False]
    assert list_messages(session) == []


def test_relay_looks_only_at_what_is_to_do(session: Session) -> None:
    session.execute(text("SET LOCAL enable_seqscan = off"))
    due = text(
        "EXPLAIN SELECT id FROM outbox_message WHERE done_at IS NULL AND is_urgent IS false"
        " AND due_at <= now() ORDER BY due_at LIMIT 200 FOR UPDATE SKIP LOCKED"
    )

    plan = "\n".join(session.connection().execute(due).scalars())

    assert "ix_outbox_message_is_urgent_due_at" in plan
    assert "Sort" not in plan
