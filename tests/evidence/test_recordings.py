"""A recording is one by what is in it, not by its first bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.attachments import read_attachment
from evidence.errors import UnknownAttachmentError
from evidence.recordings import KINDS, find_kind
from tests.factories.recordings import MP3_FRAME, RECORDINGS, make_wav

BEFORE = {0: b"", 4: b"\x00\x00\x00\x18", 8: b"RIFF\x24\x00\x00\x00"}
PAGE = b"<html><body><script>alert(1)</script></body></html>" * 20


@pytest.mark.parametrize(("media_type", "content"), RECORDINGS.items())
def test_a_recording_is_kept_as_it_is(media_type: str, content: bytes) -> None:
    kept = read_attachment(content)
    assert (kept.content, kept.media_type) == (content, media_type)


@pytest.mark.parametrize(
    "content",
    [
        b"#!AMR-WB\n" + b"\x44" + bytes(60),
        b"#!AMR\n" + (b"\x3c" + bytes(31)) * 3 + b"\x3c" + bytes(7),
        MP3_FRAME * 2,
        b"\xff\xf3\x80\xc4" + bytes(204) + b"\xff\xf3\x80\xc4" + bytes(204),
        RECORDINGS["audio/mp4"].replace(b"M4A ", b"isom"),
    ],
    ids=["wide AMR", "cut off AMR", "MP3 without a tag", "MPEG-2", "MP4 of another brand"],
)
def test_other_sound_of_the_kinds_is_kept(content: bytes) -> None:
    assert find_kind(content) is not None


@pytest.mark.parametrize(("offset", "mark"), [kind[:2] for kind in KINDS])
def test_a_page_that_begins_like_a_recording_is_refused(offset: int, mark: bytes) -> None:
    with pytest.raises(UnknownAttachmentError):
        read_attachment((BEFORE[offset] + mark).ljust(12) + PAGE)


def test_an_empty_recording_is_refused() -> None:
    with pytest.raises(UnknownAttachmentError):
        read_attachment(make_wav(b""))


@pytest.mark.parametrize(("media_type", "content"), RECORDINGS.items())
def test_the_beginning_of_a_recording_alone_is_refused(media_type: str, content: bytes) -> None:
    assert find_kind(content[:12]) is None, media_type


@given(st.sampled_from([kind[:2] for kind in KINDS]), st.binary(max_size=80))
def test_nothing_breaks_on_any_bytes(kind: tuple[int, bytes], rest: bytes) -> None:
    offset, mark = kind
    assert find_kind(BEFORE[offset] + mark + rest) in {None, *RECORDINGS}
