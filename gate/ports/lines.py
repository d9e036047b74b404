"""From a reader's bytes to the text of a code."""

from gate.wire import LONGEST_CODE

LONGEST_LINE = 4096
"""A reader gone mad sends no line end; the rest of such a line is thrown away."""
PRINTABLE = range(0x20, 0x7F)


class LineSplitter:
    """Cuts a stream at CR, LF or CR LF; empty lines are none."""

    def __init__(self) -> None:
        self._begun = b""

    @property
    def has_begun(self) -> bool:
        """Tell whether there are bytes of a line that has not ended yet."""
        return bool(self._begun)

    def forget_begun(self) -> None:
        """Throw the begun line away: what comes next belongs to another scan."""
        self._begun = b""

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the lines that the chunk completes."""
        *lines, begun = (self._begun + chunk).replace(b"\r", b"\n").split(b"\n")
        self._begun = begun[:LONGEST_LINE]
        return [line[:LONGEST_LINE] for line in lines if line.strip()]


def to_text(line: bytes) -> str:
    r"""Return printable ASCII, other bytes as ``\x1b``, cut to what the server takes."""
    spelled = (chr(byte) if byte in PRINTABLE else f"\\x{byte:02x}" for byte in line.strip())
    return "".join(spelled)[:LONGEST_CODE]
