"""Relays: one pulse per opening, and a failure that is noticed."""

import http.client
import os
from collections.abc import Callable, Generator
from pathlib import Path
from threading import Event

import pytest

from gate.link.client import open_connection
from gate.ports import gpio
from gate.ports.relays import (
    DryRunRelay,
    GpioRelay,
    HttpRelay,
    RelayDescriptionError,
    RelayError,
    open_relay,
)
from tests.gate.peer import Peer
from tests.gate.wire_server import Fault
from tests.live import wait_until


class Wire:
    """Where a GPIO line leads; the descriptor only has to be one."""

    def __init__(self) -> None:
        self.levels: list[bool] = []
        self.fell = Event()
        self.is_cut = False

    def set(self, _line: int, *, is_high: bool) -> None:
        if self.is_cut:
            raise OSError("cut")
        self.levels.append(is_high)
        if not is_high:
            self.fell.set()


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def gpio_relay(wire: Wire) -> Generator[GpioRelay]:
    relay = GpioRelay(os.open(os.devnull, os.O_RDWR), wire.set)
    yield relay
    relay.close()


def test_one_opening_is_one_pulse(gpio_relay: GpioRelay, wire: Wire) -> None:
    gpio_relay.open()

    assert wire.levels == [True]
    assert wire.fell.wait(5)
    assert wire.levels == [True, False]


def test_opening_again_makes_the_pulse_longer_not_shorter(
    gpio_relay: GpioRelay, wire: Wire
) -> None:
    gpio_relay.open()
    first_pulse = gpio_relay._pulse
    gpio_relay.open()

    assert first_pulse.finished.is_set()
    assert wire.fell.wait(5)
    assert wire.levels == [True, True, False]


def test_a_cut_wire_is_noticed(gpio_relay: GpioRelay, wire: Wire) -> None:
    wire.is_cut = True

    with pytest.raises(RelayError, match="cut"):
        gpio_relay.open()


def test_a_wire_cut_during_the_pulse_is_logged(
    gpio_relay: GpioRelay, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    gpio_relay.open()
    wire.is_cut = True

    wait_until(lambda: "may stay open" in caplog.text)


def test_the_kernels_structures_have_the_kernels_sizes() -> None:
    # linux/gpio.h: _IOWR(0xB4, nr, struct) carries the size in bits 16-29.
    assert gpio.LINE_REQUEST.size == (gpio.GET_LINE >> 16) & 0x3FFF == 592
    assert gpio.LINE_VALUES.size == (gpio.SET_VALUES >> 16) & 0x3FFF == 16


def test_a_file_that_is_no_gpio_chip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "chip").touch()

    with pytest.raises(RelayError, match="chip"):
        open_relay(f"gpio:{tmp_path}/chip:17")


def test_a_dry_run_says_that_it_would_open(capfd: pytest.CaptureFixture[str]) -> None:
    open_relay("dry-run").open()

    assert capfd.readouterr().out == "[闸门] 打开\n"


@pytest.fixture
def connect(address: str) -> Callable[[], http.client.HTTPConnection]:
    return lambda: open_connection(address, timeout=1)


def test_a_web_relay_is_called(
    connect: Callable[[], http.client.HTTPConnection], peer: Peer
) -> None:
    peer.faults = [Fault("/relay", status=200)]

    HttpRelay(connect, "/relay/0?turn=on").open()

    assert [(method, path) for method, path, _ in peer.calls] == [("GET", "/relay/0?turn=on")]


def test_a_web_relay_that_refuses_is_noticed(
    connect: Callable[[], http.client.HTTPConnection], peer: Peer
) -> None:
    peer.faults = [Fault("/relay", status=500)]

    with pytest.raises(RelayError, match="500"):
        HttpRelay(connect, "/relay/0").open()


def test_a_web_relay_that_is_not_there_is_noticed() -> None:
    with pytest.raises(RelayError):
        HttpRelay(lambda: open_connection("unix:/nowhere", timeout=1), "/").open()


@pytest.mark.parametrize(
    ("description", "kind"), [("dry-run", DryRunRelay), ("http://192.0.2.7/open", HttpRelay)]
)
def test_a_relay_is_named_in_one_word(description: str, kind: type) -> None:
    relay = open_relay(description)
    relay.close()

    assert isinstance(relay, kind)


@pytest.mark.parametrize(
    "description", ["", "dry-run:x", "gpio:", "gpio:/dev/gpiochip0", "gpio:/dev/x:y", "http:", "x"]
)
def test_an_unknown_relay_is_answered_with_what_is_possible(description: str) -> None:
    with pytest.raises(RelayDescriptionError, match="dry-run"):
        open_relay(description)
