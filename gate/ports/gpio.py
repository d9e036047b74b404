"""A GPIO line through the kernel's character device (linux/gpio.h, v2 interface, Linux ≥ 5.10).

Not through sysfs: a line of the character device falls back when its holder dies, so a program
killed in the middle of a pulse does not leave the turnstile open.
"""

import fcntl
import os
import struct
from pathlib import Path

LINE_REQUEST = struct.Struct("=64I 32s Q I 20x 240x I I 20x i")
"""struct gpio_v2_line_request: offsets, consumer, config (flags, number of attributes, …), number
of lines, size of the event buffer, …, and the line's descriptor as the answer."""
LINE_VALUES = struct.Struct("=QQ")
"""struct gpio_v2_line_values: bits, mask."""
GET_LINE = 0xC250B407
SET_VALUES = 0xC010B40F
FLAG_OUTPUT = 1 << 3
CONSUMER = b"anxinma-gate"
OTHER_OFFSETS = (0,) * 63


def open_line(chip: Path, offset: int) -> int:
    """Return the descriptor of one output line, low; OSError if the chip or the line is taken."""
    request = bytearray(
        LINE_REQUEST.pack(offset, *OTHER_OFFSETS, CONSUMER, FLAG_OUTPUT, 0, 1, 0, 0)
    )
    device = os.open(chip, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.ioctl(device, GET_LINE, request)
    finally:
        os.close(device)
    line: int = LINE_REQUEST.unpack(request)[-1]
    return line


def set_line(line: int, *, is_high: bool) -> None:
    """Drive the line; OSError if it is gone."""
    fcntl.ioctl(line, SET_VALUES, LINE_VALUES.pack(int(is_high), 1))
