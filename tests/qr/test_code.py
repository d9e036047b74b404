"""AX1 and AX2: the published vectors, and what must hold for every code."""

import contextlib
import json
import string
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.enums import ScanReason
from qr import code as ax1
from tests.qr import build_vectors

VECTORS: list[dict[str, Any]] = json.loads(build_vectors.VECTORS.read_text(encoding="utf-8"))
CARDS: list[dict[str, Any]] = json.loads(build_vectors.CARDS.read_text(encoding="utf-8"))
KEY = bytes(32)
NOON = datetime(2026, 10, 31, 4, tzinfo=UTC)


def judge_vector(vector: dict[str, Any]) -> str:
    """Do what the page beside the vectors tells a reader to do."""
    worker_ref = bytes.fromhex(vector["worker_ref"])
    try:
        code = ax1.decode(vector["code"])
    except ax1.MalformedCodeError:
        return "malformed_code"
    if code.worker_ref != worker_ref:
        return "unknown_worker"
    day_key = ax1.derive_project_day_key(
        bytes.fromhex(vector["gate_master"]),
        project_id=UUID(vector["project_id"]),
        day=ax1.step_day(code.step),
        suite=code.suite,
    )
    holder_key = ax1.derive_holder_key(
        bytes.fromhex(vector["holder_master"]),
        worker_ref=worker_ref,
        key_generation=vector["key_generation"],
        suite=code.suite,
    )
    gate_key = ax1.derive_gate_key(day_key, worker_ref=worker_ref, suite=code.suite)
    at = datetime.fromtimestamp(vector["now"], UTC)
    reason = ax1.judge(code, gate_key=gate_key, holder_key=holder_key, at=at)
    return "accept" if reason is ScanReason.OK else reason.value


def make_code(step: int = 1, suite: ax1.Suite = ax1.Suite.SHA256) -> ax1.LiveCode:
    return ax1.make_code(
        worker_ref=b"worker", step=step, gate_key=KEY[:16], holder_key=KEY, suite=suite
    )


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_published_vector_is_judged_as_it_says(vector: dict[str, Any]) -> None:
    assert judge_vector(vector) == vector["expect"]


def test_published_vectors_are_what_the_independent_builder_makes() -> None:
    assert build_vectors.build() == VECTORS
    assert len(VECTORS) >= 40


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["name"].endswith(": good")])
def test_code_made_here_is_the_published_one(vector: dict[str, Any]) -> None:
    suite = ax1.Suite(int(vector["suite"], 16))
    step = vector["unix_time"] // 15
    worker_ref = bytes.fromhex(vector["worker_ref"])
    day_key = ax1.derive_project_day_key(
        bytes.fromhex(vector["gate_master"]),
        project_id=UUID(vector["project_id"]),
        day=ax1.step_day(step),
        suite=suite,
    )
    code = ax1.make_code(
        worker_ref=worker_ref,
        step=step,
        gate_key=ax1.derive_gate_key(day_key, worker_ref=worker_ref, suite=suite),
        holder_key=ax1.derive_holder_key(
            bytes.fromhex(vector["holder_master"]),
            worker_ref=worker_ref,
            key_generation=1,
            suite=suite,
        ),
        suite=suite,
    )
    assert ax1.encode(code) == vector["code"]


@given(
    suite=st.sampled_from(ax1.Suite),
    worker_ref=st.binary(min_size=6, max_size=6),
    step=st.integers(0, 2**32 - 1),
    tags=st.binary(min_size=12, max_size=12),
)
def test_every_code_reads_back_as_it_was_written(
    suite: ax1.Suite, worker_ref: bytes, step: int, tags: bytes
) -> None:
    code = ax1.LiveCode(suite, worker_ref, step, tags[:4], tags[4:])
    text = ax1.encode(code)
    assert len(text) == ax1.TEXT_LENGTH
    assert set(text) <= set(string.ascii_uppercase + "234567")
    assert ax1.decode(text) == ax1.decode(text.lower()) == code


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ax1.MalformedCodeError):
        assert ax1.encode(ax1.decode(text)) == text.strip().upper()


@given(position=st.integers(1, 22), mask=st.integers(1, 255), suite=st.sampled_from(ax1.Suite))
def test_no_changed_byte_is_accepted(position: int, mask: int, suite: ax1.Suite) -> None:
    code = make_code(ax1.step_at(NOON), suite)
    raw = bytearray(code.holder_signed + code.holder_tag)
    raw[position] ^= mask
    changed = ax1.decode(build_vectors.spell(bytes(raw)))
    assert ax1.judge(changed, gate_key=KEY[:16], holder_key=KEY, at=NOON) is not ScanReason.OK


@pytest.mark.parametrize(
    ("difference", "reason"),
    [
        (-3, ScanReason.EXPIRED_CODE),
        (-2, ScanReason.OK),
        (0, ScanReason.OK),
        (2, ScanReason.OK),
        (3, ScanReason.FUTURE_CODE),
    ],
)
def test_two_steps_either_way_are_fresh(difference: int, reason: ScanReason) -> None:
    code = make_code(ax1.step_at(NOON) + difference)
    assert ax1.judge_freshness(code, NOON) is reason


def test_a_step_belongs_to_its_day_in_shanghai() -> None:
    midnight = datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert ax1.step_day(ax1.step_at(midnight)) == date(2026, 11, 1)
    assert ax1.step_day(ax1.step_at(midnight - timedelta(seconds=1))) == date(2026, 10, 31)


def test_a_long_text_is_refused_without_being_decoded() -> None:
    with pytest.raises(ax1.MalformedCodeError):
        ax1.decode("A" * 1_000_000)


@pytest.mark.parametrize("vector", CARDS, ids=lambda vector: vector["name"])
def test_published_card_is_read_as_it_says(vector: dict[str, Any]) -> None:
    read: tuple[str | None, str | None] = (None, None)
    with contextlib.suppress(ax1.MalformedCodeError):
        secret = ax1.decode_card(vector["code"])
        read = (secret.hex(), ax1.card_digest(secret).hex())

    assert read == (vector["secret"], vector["digest"])
    assert ax1.tell_kind(vector["code"]) == vector["kind"]


def test_published_cards_are_what_the_independent_builder_makes() -> None:
    assert build_vectors.build_cards() == CARDS
    assert len(CARDS) >= 15


card_secrets = st.binary(min_size=ax1.CARD_SECRET_BYTES, max_size=ax1.CARD_SECRET_BYTES)


@given(secret=card_secrets, upper=st.integers(0, 2**24 - 1))
def test_every_card_reads_back_as_it_was_printed(secret: bytes, upper: int) -> None:
    text = ax1.encode_card(secret)
    shown = "".join(c if upper >> i & 1 else c.lower() for i, c in enumerate(text))

    assert len(text) == ax1.CARD_TEXT_LENGTH
    assert ax1.decode_card(f" {shown}\n") == secret
    assert ax1.tell_kind(shown) is ax1.CodeKind.CARD


@given(secret=card_secrets)
def test_a_reference_names_the_card_and_opens_nothing(secret: bytes) -> None:
    reference = ax1.encode_card_reference(ax1.card_digest(secret))

    assert ax1.read_card_digest(reference) == ax1.read_card_digest(ax1.encode_card(secret))
    assert ax1.tell_kind(reference) is None


@pytest.mark.parametrize("text", ["", "AX2-SHA256:", f"AX2-SHA256:{'B' * 52}", "A" * 24])
def test_what_names_no_card_is_refused(text: str) -> None:
    with pytest.raises(ax1.MalformedCodeError):
        ax1.read_card_digest(text)


@given(secret=card_secrets, other=card_secrets)
def test_cards_share_a_digest_only_if_they_are_the_same(secret: bytes, other: bytes) -> None:
    assert (ax1.card_digest(secret) == ax1.card_digest(other)) == (secret == other)


@given(text=st.text(max_size=40) | st.text(string.ascii_letters + "234567", max_size=40))
def test_no_text_is_both_a_card_and_a_live_code(text: str) -> None:
    kinds = []
    for kind, read in ((ax1.CodeKind.LIVE, ax1.decode), (ax1.CodeKind.CARD, ax1.decode_card)):
        with contextlib.suppress(ax1.MalformedCodeError):
            read(text)
            kinds.append(kind)

    assert kinds == [kind for kind in [ax1.tell_kind(text)] if kind]


@given(step=st.integers(0, 2**32 - 1))
def test_a_live_code_is_never_taken_for_a_card(step: int) -> None:
    assert ax1.tell_kind(ax1.encode(make_code(step))) is ax1.CodeKind.LIVE
