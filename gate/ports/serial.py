"""A serial port as a file: 8 data bits, no parity, 1 stop bit, nothing interpreted (termios)."""

import os
import termios
import tty
from pathlib import Path

DEFAULT_BAUD = 9600
INPUT_SPEED, OUTPUT_SPEED = 4, 5
"""Places in the list that tcgetattr returns."""
CONTROL_FLAGS = 2


def open_serial(path: Path, baud: int) -> int:
    """Return a descriptor that delivers what the reader sends; OSError if there is no such port."""
    port = os.open(path, os.O_RDWR | os.O_NOCTTY)
    try:
        _configure(port, baud)
    except (termios.error, AttributeError) as error:
        os.close(port)
        raise OSError(f"{path} is no serial port, or cannot do {baud} baud") from error
    return port


def _configure(port: int, baud: int) -> None:
    tty.setraw(port)
    settings = termios.tcgetattr(port)
    flags = settings[CONTROL_FLAGS]
    flags &= ~(termios.CSIZE | termios.PARENB | termios.CSTOPB | termios.CRTSCTS)
    settings[CONTROL_FLAGS] = flags | termios.CS8 | termios.CREAD | termios.CLOCAL
    settings[INPUT_SPEED] = settings[OUTPUT_SPEED] = getattr(termios, f"B{baud}")
    termios.tcsetattr(port, termios.TCSANOW, settings)
