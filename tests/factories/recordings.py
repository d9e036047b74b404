"""The shortest sound files of each kind, as recorders write them, made up byte by byte."""

import struct


def _make_box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def _make_page(flags: int, packet: bytes) -> bytes:
    """Return an Ogg page with one packet (RFC 3533 §6)."""
    return b"OggS\x00" + bytes([flags]) + bytes(20) + bytes([1, len(packet)]) + packet


def make_wav(samples: bytes) -> bytes:
    """Return one channel of 8 kHz, 8 bits."""
    form = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8_000, 8_000, 1, 8)
    body = b"WAVE" + form + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body


MP3_FRAME = b"\xff\xfb\x90\x00" + bytes(413)
"""MPEG-1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes."""
SPEECH = b"\x1aE\xdf\xa3\x84\x42\x86\x81\x01\x18S\x80g\x01" + b"\xff" * 7 + b"\x1fC\xb6u" + bytes(9)
AAC_FRAME = b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(9)
"""ADTS without a checksum, 44.1 kHz, two channels: 16 bytes."""
RECORDINGS = {
    "audio/3gpp": _make_box(b"ftyp", b"3gp4" + bytes(8))
    + _make_box(b"moov", bytes(20))
    + _make_box(b"mdat", bytes(40)),
    "audio/aac": AAC_FRAME * 2,
    "audio/amr": b"#!AMR\n" + (b"\x3c" + bytes(31)) * 3,
    "audio/mpeg": b"ID3\x04\x00\x00\x00\x00\x00\x05" + bytes(5) + MP3_FRAME * 2,
    "audio/ogg": _make_page(2, b"OpusHead" + bytes(11)) + _make_page(4, bytes(40)),
    "audio/mp4": _make_box(b"ftyp", b"M4A " + bytes(8))
    + _make_box(b"moov", bytes(20))
    + _make_box(b"mdat", bytes(40)),
    "audio/wav": make_wav(bytes(80)),
    "audio/webm": SPEECH,
}
