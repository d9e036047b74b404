"""The gate exchanges its token: on disk first, and whatever fails, one that works is shown."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gate.alarms import Alarm
from gate.state import files, pairing
from tests.gate.conftest import Bench
from tests.gate.peer import TOKEN, Peer
from tests.gate.wire_server import Fault

Start = Callable[..., Bench]


def shown(peer: Peer) -> list[str]:
    """Return the token of each call."""
    return [headers["authorization"].removeprefix("Bearer ") for _, _, headers in peer.calls]


def test_a_gate_shows_its_new_token_at_the_next_call_and_after_a_restart(
    bench: Bench, peer: Peer, tmp_path: Path
) -> None:
    peer.wants_roll = True

    bench.contact()
    bench.contact()

    kept = pairing.load(tmp_path)
    assert shown(peer)[-1] == kept.token != TOKEN
    assert peer.paths().count("/v1/devices/token") == 1


def test_nothing_is_exchanged_unasked(bench: Bench, peer: Peer) -> None:
    bench.contact()
    assert "/v1/devices/token" not in peer.paths()


@pytest.mark.parametrize(
    "fault", [Fault("/v1/devices/token", status=500), Fault("/v1/devices/token", is_portal=True)]
)
def test_a_failed_exchange_is_tried_again_with_the_old_token(
    bench: Bench, peer: Peer, fault: Fault, tmp_path: Path
) -> None:
    peer.wants_roll = True
    peer.faults = [fault]

    bench.contact()
    assert shown(peer)[-1] == TOKEN
    bench.contact()
    bench.contact()

    assert shown(peer)[-1] == pairing.load(tmp_path).token != TOKEN


def test_a_token_that_cannot_be_kept_is_not_shown(
    bench: Bench, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("read-only file system")

    peer.wants_roll = True
    with monkeypatch.context() as broken:
        broken.setattr(files, "write_json", refuse)
        bench.contact()

    assert Alarm.DISK in bench.alarms.active
    bench.contact()
    assert shown(peer)[-2] == TOKEN
