"""Readers: a pipe, a serial port that is pulled out, a reader that types."""

import fcntl
import os
import select
import sys
import termios
from collections.abc import Generator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from gate.alarms import Alarm, Alarms
from gate.ports.keyboard import EVENT, Keyboard
from gate.ports.readers import DeviceReader, ReaderError, StreamReader, open_reader
from gate.ports.serial import open_serial
from tests.live import wait_until

KEY_CODES = {"a": 30, "q": 16, "z": 44, "2": 3, "7": 8, "/": 53, "shift": 42, "enter": 28}
EV_KEY, EV_SYN = 1, 0


@pytest.fixture
def alarms() -> Alarms:
    return Alarms()


class SerialPort:
    """A pseudo terminal under a name that stays when it is replaced, like /dev/ttyUSB0."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ends: tuple[int, ...] = ()
        self.plug()

    def plug(self) -> None:
        self._ends = os.openpty()
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(self._ends[1]))

    def unplug(self) -> None:
        self.path.unlink(missing_ok=True)
        for end in self._ends:
            with suppress(OSError):
                os.close(end)
        self._ends = ()

    def send(self, line: bytes) -> None:
        os.write(self._ends[0], line)

    def unread(self) -> int:
        """How many bytes have arrived at the gate's end."""
        arrived = bytearray(4)
        fcntl.ioctl(self._ends[1], termios.FIONREAD, arrived)
        return int.from_bytes(arrived, sys.byteorder)

    def open_and_send(self, line: bytes) -> int:
        """Open it as the gate does; then something is scanned."""
        descriptor = open_serial(self.path, 9600)
        self.send(line)
        return descriptor


@pytest.fixture
def port(tmp_path: Path) -> Generator[SerialPort]:
    port = SerialPort(tmp_path / "ttyUSB0")
    yield port
    port.unplug()


def events(*keys: tuple[str, int]) -> bytes:
    packed = b""
    for name, value in keys:
        packed += EVENT.pack(0, 0, 4, 4, 458_756)  # EV_MSC, as keyboards send before each key
        packed += EVENT.pack(0, 0, EV_KEY, KEY_CODES[name], value)
        packed += EVENT.pack(0, 0, EV_SYN, 0, 0)
    return packed


def test_a_pipe_is_read_to_its_end() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"ONE\r\n\r\nTWO\nunfinished")
    os.close(writing)

    assert list(StreamReader(reading).codes()) == ["ONE", "TWO"]
    os.close(reading)


def test_a_serial_reader_is_read_line_by_line(port: SerialPort, alarms: Alarms) -> None:
    codes = DeviceReader(lambda: port.open_and_send(b"ONE\rTW"), alarms).codes()
    first = next(codes)
    port.send(b"O\r\n")

    assert (first, next(codes)) == ("ONE", "TWO")


def test_half_a_code_is_forgotten_when_its_rest_does_not_come(
    port: SerialPort, alarms: Alarms, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait = select.select

    def wait_out(*watched: Any) -> Any:
        arrived = wait(*watched)
        if not arrived[0]:
            port.send(b"GOOD\n")  # only once the silence has been noticed
        return arrived

    monkeypatch.setattr(select, "select", wait_out)
    codes = DeviceReader(lambda: port.open_and_send(b"half-a-co"), alarms).codes()

    assert next(codes) == "GOOD"


def test_what_was_read_before_the_program_started_opens_nothing(
    port: SerialPort, alarms: Alarms
) -> None:
    port.send(b"YESTERDAY\n")
    wait_until(lambda: port.unread() > 0)

    codes = DeviceReader(lambda: port.open_and_send(b"NOW\n"), alarms).codes()

    assert next(codes) == "NOW"


def test_a_serial_port_is_set_to_8n1_and_interprets_nothing(port: SerialPort) -> None:
    descriptor = open_serial(port.path, 115_200)
    _, _, control, local, _, speed, _ = termios.tcgetattr(descriptor)
    os.close(descriptor)

    assert control & termios.CSIZE == termios.CS8
    assert not control & (termios.PARENB | termios.CSTOPB | termios.CRTSCTS)
    assert not local & (termios.ICANON | termios.ECHO)
    assert speed == termios.B115200


@pytest.mark.parametrize("baud", [9600, 12_345])
def test_what_is_no_serial_port_or_too_odd_a_speed_is_refused(
    port: SerialPort, tmp_path: Path, baud: int
) -> None:
    path = tmp_path / "file" if baud == 9600 else port.path
    (tmp_path / "file").touch()

    with pytest.raises(OSError, match="no serial port"):
        open_serial(path, baud)


def test_a_reader_that_is_pulled_out_and_put_back_goes_on(port: SerialPort, alarms: Alarms) -> None:
    pauses: list[list[Alarm]] = []

    def put_back(_: float) -> None:
        pauses.append(alarms.active)
        if len(pauses) == 2:
            port.plug()

    scans = iter([b"ONE\n", b"TWO\n"])
    reader = DeviceReader(
        lambda: port.open_and_send(next(scans) if port.path.exists() else b""),
        alarms,
        pause=put_back,
    )
    codes = reader.codes()
    first = next(codes)
    port.unplug()

    assert (first, next(codes)) == ("ONE", "TWO")
    assert pauses == [[Alarm.READER], [Alarm.READER]]
    assert alarms.active == []


def test_a_typing_reader_is_read_with_shift_and_enter(tmp_path: Path, alarms: Alarms) -> None:
    path = tmp_path / "event3"
    typed = events(
        ("a", 1), ("a", 0), ("2", 1), ("2", 2), ("2", 0), ("shift", 1), ("q", 1), ("/", 1),
        ("shift", 0), ("z", 1), ("7", 1), ("enter", 1),
    )  # fmt: skip
    path.write_bytes(typed)

    codes = open_reader(f"keyboard:{path}", alarms).codes()

    assert list(islice(codes, 1)) == ["a2Q?z7"]


def test_an_event_cut_in_two_is_put_together() -> None:
    keyboard, stream = Keyboard(), events(("a", 1), ("enter", 1))

    typed = b"".join(keyboard.feed(stream[place : place + 7]) for place in range(0, len(stream), 7))

    assert typed == b"a\n"


def test_standard_input_is_the_reader_of_a_keyboard_wedge(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, alarms: Alarms
) -> None:
    (tmp_path / "input").write_bytes(b"ONE\n")
    with (tmp_path / "input").open() as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert list(open_reader("stdin", alarms).codes()) == ["ONE"]


@pytest.mark.parametrize(
    "description", ["", "stdin:x", "serial:", "serial:/dev/x@fast", "usb:/dev/x", "keyboard:"]
)
def test_an_unknown_reader_is_answered_with_what_is_possible(
    alarms: Alarms, description: str
) -> None:
    with pytest.raises(ReaderError, match="serial"):
        open_reader(description, alarms)
