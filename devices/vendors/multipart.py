"""Reading multipart bodies as terminals write them: any boundary, any names, maybe cut off."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

LONGEST_BOUNDARY = 200


@dataclass(slots=True)
class Part:
    """One part; the bytes of a picture are not collected."""

    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""

    @property
    def is_picture(self) -> bool:
        """Whether its headers say that it is an image."""
        return self.headers.get("content-type", "").startswith("image/")


def read_parts(content_type: str, body: bytes) -> list[Part]:
    """Return the parts up to where the body ends or makes no sense any more; perhaps none."""
    boundary = _find_boundary(content_type, body)
    if not boundary:
        return []
    collector = _Collector()
    try:
        MultipartParser(boundary, callbacks=collector.callbacks()).write(body)
    except MultipartParseError:
        return collector.parts
    return collector.parts


def _find_boundary(content_type: str, body: bytes) -> bytes:
    """Return the boundary that the body really begins with; the header may name another."""
    first_line = body.lstrip().partition(b"\n")[0].strip()
    if first_line.startswith(b"--") and len(first_line) <= LONGEST_BOUNDARY:
        return first_line[2:]
    return parse_options_header(content_type)[1].get(b"boundary", b"")


class _Collector:
    """Gathers what the parser calls out."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self._name = b""
        self._value = b""

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": lambda: self.parts.append(Part()),
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_part_data": self._on_part_data,
        }

    def _on_header_field(self, chunk: bytes, start: int, end: int) -> None:
        self._name += chunk[start:end]

    def _on_header_value(self, chunk: bytes, start: int, end: int) -> None:
        self._value += chunk[start:end]

    def _on_header_end(self) -> None:
        name, value = self._name.decode("latin-1"), self._value.decode("latin-1")
        self.parts[-1].headers[name.strip().lower()] = value.strip().lower()
        self._name = self._value = b""

    def _on_part_data(self, chunk: bytes, start: int, end: int) -> None:
        if not self.parts[-1].is_picture:
            self.parts[-1].content += chunk[start:end]
