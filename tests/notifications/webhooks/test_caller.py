import socket
from pathlib import Path

import pytest

from notifications.webhooks import caller
from notifications.webhooks.caller import Caller, Outcome
from tests.notifications.peers.receiver import PUBLIC, Receiver, Wire
from tests.notifications.peers.wire import (
    HANG,
    HANG_UP,
    HTML_502,
    Answer,
    make_certificate,
)

URL = "https://hooks.example.com/axm?key=k-1"


def post(calling: Caller, url: str = URL) -> Outcome:
    return calling.post(url, b'{"type":"x"}', {"webhook-id": "1"})


def test_event_arrives_as_json_with_its_headers(receiver: Receiver, wire: Wire) -> None:
    assert post(wire.caller()) == Outcome(204, None)

    (request,) = receiver.requests
    assert (request.method, request.path, request.query) == ("POST", "/axm", "key=k-1")
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-id"] == "1"
    assert request.headers["host"] == "hooks.example.com"
    assert request.body == '{"type":"x"}'


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["169.254.169.254"], ["::ffff:10.0.0.8"], [PUBLIC, "10.0.0.8"], []],
)
def test_name_that_leads_inside_is_never_called(
    receiver: Receiver, wire: Wire, addresses: list[str]
) -> None:
    calling = Caller(resolve=lambda *_: addresses, dial=wire._dial, authorities=wire.authorities)

    assert post(calling) == Outcome(None, "private_address")
    assert receiver.requests == []


def test_address_that_was_judged_is_the_one_that_is_called(wire: Wire) -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    calling = Caller(
        resolve=lambda *_: next(answers), dial=wire._dial, authorities=wire.authorities
    )

    assert post(calling).is_taken
    assert post(calling) == Outcome(None, "private_address")


def test_address_in_the_url_is_judged_too(receiver: Receiver, wire: Wire) -> None:
    calling = Caller(resolve=lambda host, _: [host], dial=wire._dial, authorities=wire.authorities)

    assert post(calling, "https://10.0.0.8/").error == "private_address"


def test_unknown_name_is_said_so(wire: Wire) -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise socket.gaierror("no such name")

    assert post(Caller(resolve=resolve)).error == "unknown_host"


def test_redirect_is_not_followed(receiver: Receiver, wire: Wire) -> None:
    receiver.faults = [Answer(307, "")]

    assert post(wire.caller()) == Outcome(307, "http_307")
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (HTML_502, Outcome(502, "http_502")),
        (Answer(410, ""), Outcome(410, "http_410")),
        (Answer(200, "<html>" + "x" * 1_000_000, "text/html"), Outcome(200, None)),
        (HANG_UP, Outcome(None, "no_connection")),
    ],
)
def test_every_answer_has_its_outcome(
    receiver: Receiver, wire: Wire, fault: Answer, outcome: Outcome
) -> None:
    receiver.faults = [fault]

    assert post(wire.caller()) == outcome


def test_receiver_that_never_answers_is_left(
    receiver: Receiver, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caller, "ANSWER_SECONDS", 0.2)
    receiver.faults = [HANG]

    assert post(wire.caller()).error == "timeout"


def test_the_whole_call_is_bounded_however_lively_the_receiver(
    receiver: Receiver, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caller, "WHOLE_SECONDS", 0.2)
    receiver.faults = [HANG]

    assert post(wire.caller()).error == "no_connection"


def test_strangers_certificate_is_refused(receiver: Receiver, wire: Wire, tmp_path: Path) -> None:
    others = make_certificate(tmp_path, "others")
    calling = Caller(resolve=lambda *_: [PUBLIC], dial=wire._dial, authorities=str(others))

    assert post(calling).error == "bad_certificate"
    assert receiver.requests == []


def test_certificate_for_another_name_is_refused(receiver: Receiver, wire: Wire) -> None:
    assert post(wire.caller(), "https://other.example.com/").error == "bad_certificate"
    assert receiver.requests == []


def test_refused_connection_is_an_outcome() -> None:
    def dial(address: str, port: int, seconds: float) -> socket.socket:
        raise ConnectionRefusedError

    calling = Caller(resolve=lambda *_: [PUBLIC], dial=dial)

    assert post(calling).error == "no_connection"
