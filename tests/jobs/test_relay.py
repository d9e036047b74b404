from collections.abc import Callable, Generator
from contextlib import ExitStack
from datetime import timedelta

import pytest
from redis import Redis
from sqlalchemy import text

from db import outbox
from db.session import Database
from jobs.relay import LEAD, Relay, compute_back_off
from tests.live import wait_until

LEASE = timedelta(seconds=60)


class Broker:
    """Remembers the jobs it was handed; refuses as often as told."""

    def __init__(self) -> None:
        self.handed: list[str] = []
        self.refusals = 0

    def send(self, task: str, _payload: object, _is_urgent: bool) -> None:
        if self.refusals:
            self.refusals -= 1
            raise ConnectionError
        self.handed.append(task)


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def start_relay(
    live_database: Database, redis: Redis, broker: Broker
) -> Generator[Callable[[], Relay]]:
    with ExitStack() as stops:

        def start() -> Relay:
            relay = Relay(live_database, redis, broker.send, lease=LEASE, batches={})
            relay.start()
            stops.callback(relay.stop)
            return relay

        yield start


def enqueue(database: Database, *names: str) -> None:
    with database.transaction() as session:
        for name in names:
            outbox.enqueue(session, name, dedupe_key=name)


def test_work_left_from_before_is_handed_over(
    live_database: Database, broker: Broker, start_relay: Callable[[], Relay]
) -> None:
    enqueue(live_database, "early")

    start_relay()

    wait_until(lambda: broker.handed == ["early"])


def test_new_work_is_handed_over_once_by_several_relays(
    live_database: Database, broker: Broker, start_relay: Callable[[], Relay]
) -> None:
    relays = [start_relay() for _ in range(3)]

    names = [f"job-{number}" for number in range(250)]
    enqueue(live_database, *names)
    wait_until(lambda: len(broker.handed) >= len(names))
    for relay in relays:
        relay.stop()

    assert sorted(broker.handed) == sorted(names)


def test_relay_shows_that_it_is_alive(redis: Redis, start_relay: Callable[[], Relay]) -> None:
    start_relay()

    wait_until(lambda: redis.exists(outbox.WORKER_ALIVE_KEY) == 1)
    assert 0 < int(str(redis.ttl(outbox.WORKER_ALIVE_KEY))) <= 15


def test_relay_outlives_a_broker_that_refuses(
    live_database: Database, broker: Broker, start_relay: Callable[[], Relay]
) -> None:
    broker.refusals = 1
    start_relay()

    enqueue(live_database, "one")

    wait_until(lambda: broker.handed == ["one"])


def test_relay_outlives_its_connection_to_the_database(
    live_database: Database, broker: Broker, start_relay: Callable[[], Relay]
) -> None:
    start_relay()
    wait_until(lambda: _end_listeners(live_database) == 1)

    enqueue(live_database, "one")

    wait_until(lambda: broker.handed == ["one"])


def _end_listeners(database: Database) -> int:
    with database.transaction() as session:
        listeners = text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query = 'LISTEN outbox'"
        )
        return len(session.connection().execute(listeners).all())


def test_stopped_relay_ends(start_relay: Callable[[], Relay]) -> None:
    relay = start_relay()

    relay.stop()

    assert not relay.is_alive()


def test_pauses_after_failures_double_up_to_half_a_minute() -> None:
    assert [compute_back_off(failures) for failures in range(1, 8)] == [1, 2, 4, 8, 16, 30, 30]


def test_another_relay_follows_one_that_froze_with_the_lead(
    live_database: Database, broker: Broker, start_relay: Callable[[], Relay]
) -> None:
    with live_database.engine.connect() as frozen:
        assert frozen.scalar(text(LEAD))
        start_relay()

        enqueue(live_database, "one")

        wait_until(lambda: broker.handed == ["one"])


def test_only_one_relay_is_woken_by_a_commit(
    live_database: Database, start_relay: Callable[[], Relay]
) -> None:
    relays = [start_relay() for _ in range(3)]
    wait_until(lambda: _count_listeners(live_database) == 1)

    assert all(relay.is_alive() for relay in relays)
    with live_database.engine.connect() as other:
        assert not other.scalar(text(LEAD))


def _count_listeners(database: Database) -> int:
    with database.transaction() as session:
        listeners = text(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query = 'LISTEN outbox'"
        )
        return int(session.connection().execute(listeners).scalar_one())
