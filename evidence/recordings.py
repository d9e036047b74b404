"""Sound files told from what only begins like one: the first of what each container is made of.

What is kept is never played here; this only keeps somebody from relying on a recording that is
none. Sources: RFC 4867 §5 (AMR), RFC 3533 (Ogg), RFC 9559 (WebM), ISO 14496-12 (MP4), RIFF,
3GPP TS 26.244 (3GP), ISO 14496-3 §1.A.2 (ADTS).
"""

from collections.abc import Callable, Generator

AMR_FRAMES = {
    b"#!AMR\n": (12, 13, 15, 17, 19, 20, 26, 31, 5),
    b"#!AMR-WB\n": (17, 23, 32, 36, 40, 46, 50, 58, 60, 5),
}
"""Bytes of a frame after its header, by frame type (RFC 4867 §5.3)."""
NO_SPEECH = frozenset({14, 15})
"""Frame types without a body."""
AMR_RESERVED = 0b10000011
OGG, OGG_HEAD = b"OggS", 27
OGG_CODECS = (b"OpusHead", b"\x01vorbis", b"Speex   ", b"\x7fFLAC")
EBML, SEGMENT, CLUSTER = b"\x1aE\xdf\xa3", b"\x18S\x80g", b"\x1fC\xb6u"
ID3_HEAD = 10
WAV_FORMAT = 16
"""Bytes of the shortest description of samples."""
MPEG_RATES = (44_100, 48_000, 32_000)
MPEG_HEAD, MPEG_MASK, MPEG_LAYER_3 = 4, 0xFFE60000, 0xFFE20000
FAST = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
SLOW = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
ADTS_HEAD, ADTS_MASK, ADTS_SYNC, ADTS_RATES = 7, 0xFFF6, 0xFFF0, 13
"""An AAC frame says its length itself; layer bits are always 0."""
MPEG_VERSIONS = {3: (144_000, 0, FAST), 2: (72_000, 1, SLOW), 0: (72_000, 2, SLOW)}
"""Of each version: bytes a frame has per kilobit and hertz, halvings of the rate, kilobits."""


def is_amr(content: bytes) -> bool:
    """Tell whether speech frames follow the mark, up to the end; the last may be cut off."""
    mark, sizes = next(
        ((mark, sizes) for mark, sizes in AMR_FRAMES.items() if content.startswith(mark)), (b"", ())
    )
    place, frames = len(mark), 0
    while mark and place < len(content):
        kind = content[place] >> 3 & 15
        if content[place] & AMR_RESERVED or (kind >= len(sizes) and kind not in NO_SPEECH):
            return False
        place += 1 + (sizes[kind] if kind < len(sizes) else 0)
        frames += place <= len(content)
    return frames > 0


def is_mp3(content: bytes) -> bool:
    """Tell whether two frames follow each other, after the tag if there is one."""
    place = 0
    if content.startswith(b"ID3") and len(content) >= ID3_HEAD:
        place = ID3_HEAD + sum(part << 7 * (3 - at) for at, part in enumerate(content[6:10]))
    length = _measure_mpeg_frame(content[place : place + 4])
    return length > 0 and _measure_mpeg_frame(content[place + length :][:4]) > 0


def _measure_mpeg_frame(head: bytes) -> int:
    """Return the length of a layer III frame in bytes; 0 of what is none."""
    bits = int.from_bytes(head)
    if len(head) < MPEG_HEAD or bits & MPEG_MASK != MPEG_LAYER_3:
        return 0
    version, kilobits, rate = bits >> 19 & 3, bits >> 12 & 15, bits >> 10 & 3
    if version not in MPEG_VERSIONS or kilobits in {0, 15} or rate == len(MPEG_RATES):
        return 0
    bytes_per_kilobit, halvings, table = MPEG_VERSIONS[version]
    return bytes_per_kilobit * table[kilobits - 1] // (MPEG_RATES[rate] >> halvings) + (
        bits >> 9 & 1
    )


def is_aac(content: bytes) -> bool:
    """Tell whether two ADTS frames follow each other."""
    length = _measure_adts_frame(content[:ADTS_HEAD])
    return length > 0 and _measure_adts_frame(content[length:][:ADTS_HEAD]) > 0


def _measure_adts_frame(head: bytes) -> int:
    """Return the length of an AAC frame in bytes, its head included; 0 of what is none."""
    is_begun = int.from_bytes(head[:2]) & ADTS_MASK == ADTS_SYNC
    if len(head) < ADTS_HEAD or not is_begun or head[2] >> 2 & 15 >= ADTS_RATES:
        return 0
    length = int.from_bytes(head[3:6]) >> 5 & 0x1FFF
    return length if length > ADTS_HEAD else 0


def is_ogg(content: bytes) -> bool:
    """Tell whether the first page begins a stream of sound, and another page follows."""
    head = content[:OGG_HEAD]
    if len(head) < OGG_HEAD or not head.startswith(OGG) or head[4] != 0 or not head[5] & 2:
        return False
    body = OGG_HEAD + head[26]
    end = body + sum(content[OGG_HEAD:body])
    return content.startswith(OGG_CODECS, body) and content.startswith(OGG, end)


def is_webm(content: bytes) -> bool:
    """Tell whether a segment with a cluster of frames follows the header."""
    header = content[4] if len(content) > len(EBML) else 0
    segment = len(EBML) + 1 + (header & 0x7F)
    is_begun = content.startswith(EBML) and content.startswith(SEGMENT, segment)
    return is_begun and CLUSTER in content[segment:]


def is_mp4(content: bytes) -> bool:
    """Tell whether the boxes add up and hold a description and sound."""
    kinds = [kind for kind, size in _walk_boxes(content) if size > 0]
    return kinds[:1] == [b"ftyp"] and b"moov" in kinds and b"mdat" in kinds


def _walk_boxes(content: bytes) -> Generator[tuple[bytes, int]]:
    """Yield kind and body size of each box; one that claims too much ends it."""
    place = 0
    while place + 8 <= len(content):
        size, head = int.from_bytes(content[place : place + 4]), 8
        if size == 1:
            size, head = int.from_bytes(content[place + 8 : place + 16]), 16
        size = len(content) - place if size == 0 else size
        if size < head or place + size > len(content):
            return
        yield content[place + 4 : place + 8], size - head
        place += size


def is_wav(content: bytes) -> bool:
    """Tell whether a format and samples are in it; an unfinished one may state too many."""
    place, is_described = 12, False
    while place + 8 <= len(content):
        kind, size = content[place : place + 4], content[place + 4 : place + 8]
        length = int.from_bytes(size, "little")
        if kind == b"data":
            return is_described and place + 8 < len(content) and length > 0
        is_described |= kind == b"fmt " and length >= WAV_FORMAT
        place += 8 + length + length % 2
    return False


KINDS: tuple[tuple[int, bytes, str, Callable[[bytes], bool]], ...] = (
    (0, b"#!AMR", "audio/amr", is_amr),
    (0, b"ID3", "audio/mpeg", is_mp3),
    (0, b"\xff\xfb", "audio/mpeg", is_mp3),
    (0, b"\xff\xf3", "audio/mpeg", is_mp3),
    (0, b"\xff\xf2", "audio/mpeg", is_mp3),
    (0, b"\xff\xf1", "audio/aac", is_aac),
    (0, b"\xff\xf9", "audio/aac", is_aac),
    (0, OGG, "audio/ogg", is_ogg),
    (0, EBML, "audio/webm", is_webm),
    (4, b"ftypM4A", "audio/mp4", is_mp4),
    (4, b"ftypmp42", "audio/mp4", is_mp4),
    (4, b"ftypisom", "audio/mp4", is_mp4),
    (4, b"ftyp3g", "audio/3gpp", is_mp4),
    (8, b"WAVE", "audio/wav", is_wav),
)
"""Where each kind says what it is, and how its word is checked."""


def find_kind(content: bytes) -> str | None:
    """Return the media type of a recording; None of what is none, whatever it begins with."""
    for offset, mark, media_type, holds in KINDS:
        if content.startswith(mark, offset):
            return media_type if holds(content) else None
    return None
