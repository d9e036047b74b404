"""The bundled Valkey through starts, crashes and neighbours."""

from pathlib import Path

import pytest
from redis import Redis

from stack import valkey
from stack.children import StackError


def test_what_was_answered_survives_kill_nine_and_an_immediate_restart(place: Path) -> None:
    with valkey.running(place / "valkey") as server:
        with Redis.from_url(server.url) as client:
            client.set("answer", 42)
        server.child.process.kill()
        server.child.process.wait()

    with valkey.running(place / "valkey") as server, Redis.from_url(server.url) as client:
        assert client.get("answer") == b"42"


def test_the_queues_stand_apart_from_the_cache(place: Path) -> None:
    with valkey.running(place / "valkey") as server, Redis.from_url(server.url) as client:
        client.set("cached", 1)
        broker = valkey.broker_url(server.url)

        with Redis.from_url(server.url, db=int(broker.rpartition("=")[2])) as queues:
            assert broker.startswith("redis+socket:///")
            assert queues.dbsize() == 0


def test_it_listens_on_no_port(place: Path) -> None:
    with valkey.running(place / "valkey") as server, Redis.from_url(server.url) as client:
        assert client.config_get("port") == {"port": "0"}


def test_one_directory_has_one_launcher(place: Path) -> None:
    with (
        valkey.running(place / "valkey"),
        pytest.raises(StackError, match="in use"),
        valkey.running(place / "valkey"),
    ):
        pass
