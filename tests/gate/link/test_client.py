"""HTTP calls: what counts as an answer of our server."""

from collections.abc import Generator
from threading import Event

import pytest

from gate.link.client import AddressError, Client, ContactError, open_connection
from tests.gate.peer import TOKEN, Peer
from tests.gate.wire_server import Fault
from tests.gate.world import MORNING, World


@pytest.fixture
def client(address: str, world: World) -> Generator[Client]:
    client = Client(
        address,
        timeout=5,
        uptime=world.uptime,
        headers=lambda: {"Authorization": f"Bearer {TOKEN}"},
    )
    yield client
    client.close()


def test_an_answer_is_read_whatever_its_status(client: Client, peer: Peer) -> None:
    peer.faults = [Fault("/v1/gate/sync", status=503, headers={"Retry-After": "7"})]

    response = client.call("GET", "/v1/gate/sync")

    assert (response.status, response.retry_after) == (503, 7.0)


def test_a_connection_the_server_has_closed_meanwhile_is_opened_again(
    client: Client, peer: Peer
) -> None:
    client.call("GET", "/v1/gate/sync")
    peer.faults = [Fault("/v1/gate/sync", drops_answer=True)]

    assert client.call("GET", "/v1/gate/sync").status == 200


def test_a_call_is_not_repeated_for_ever(client: Client, peer: Peer) -> None:
    peer.faults = [Fault("/v1/gate/sync", drops_answer=True) for _ in range(3)]

    with pytest.raises(ContactError):
        client.call("GET", "/v1/gate/sync")

    assert len(peer.calls) == 1


@pytest.mark.parametrize("headers", [{"Content-Type": "application/json"}, {}], ids=str)
def test_broken_json_is_no_answer(client: Client, peer: Peer, headers: dict[str, str]) -> None:
    peer.faults = [Fault("/v1/gate/sync", is_portal=True, headers=headers)]

    assert client.call("GET", "/v1/gate/sync").body is None


def test_an_answer_of_any_size_is_not_taken(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gate.link.client.LARGEST_BODY", 10)

    with pytest.raises(ContactError, match="large"):
        client.call("GET", "/v1/gate/sync")


def test_a_server_that_is_not_there_is_a_contact_error(world: World) -> None:
    client = Client("unix:/nowhere", timeout=1, uptime=world.uptime, headers=dict)

    with pytest.raises(ContactError):
        client.call("GET", "/v1/gate/sync")


def test_a_silent_server_is_given_up(address: str, peer: Peer, world: World) -> None:
    peer.faults = [Fault("/v1/gate/sync", held=(held := Event()))]
    client = Client(address, timeout=0.05, uptime=world.uptime, headers=dict)

    with pytest.raises(ContactError):
        client.call("GET", "/v1/gate/sync")
    held.set()
    client.close()


TIME = {"Server-Time": "2026-11-23T06:30:00.125+08:00"}


def test_an_answer_without_a_body_tells_the_servers_time(client: Client, peer: Peer) -> None:
    peer.faults = [Fault("/v1/gate/sync", status=304, headers=TIME)]

    timed = client.call("GET", "/v1/gate/sync").timed

    assert timed is not None
    assert (timed.server, timed.resolution) == (MORNING.timestamp() + 0.125, 0.001)


@pytest.mark.parametrize(
    "headers",
    [
        {"Date": "Sun, 22 Nov 2026 22:30:00 GMT"},
        {"Server-Time": "soon"},
        {"Server-Time": "2026-11-23T06:30:00"},
        {**TIME, "Age": "30"},
    ],
    ids=str,
)
def test_a_coarse_stored_or_broken_time_tells_nothing(
    client: Client, peer: Peer, headers: dict[str, str]
) -> None:
    peer.faults = [Fault("/v1/gate/sync", status=304, headers=headers)]

    response = client.call("GET", "/v1/gate/sync")

    assert response.timed is None


@pytest.mark.parametrize(
    "address",
    ["http://example.com", "ftp://example.com", "example.com", "https://", "https://example.com:x"],
)
def test_the_token_is_not_sent_over_an_open_network(address: str) -> None:
    with pytest.raises(AddressError, match="https"):
        open_connection(address, timeout=1)


@pytest.mark.parametrize(
    "address", ["https://example.com", "https://example.com:8443", "http://localhost:8000"]
)
def test_encrypted_and_local_servers_are_spoken_to(address: str) -> None:
    assert open_connection(address, timeout=1).sock is None
