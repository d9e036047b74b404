"""Reading answers: what is not in the agreed shape is told apart from a decision."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.enums import Tone
from gate import wire
from gate.wire import WireError, Worker

ADMITTED = {
    "decision": "admitted",
    "reason": "ok",
    "say": "请进，注意安全",
    "tone": "welcome",
    "worker": {"masked_name": "王*明", "team": "钢筋一班", "trade": "钢筋工"},
    "check_in_id": "0198f0c2",
}
SYNC = {
    "server_time": "2026-11-23T06:30:00.125+08:00",
    "project_id": "0198f0c2-7d1c-7000-8000-000000000000",
    "full": True,
    "day_keys": [{"day": "2026-11-23", "suite": 1, "key": wire.to_text(bytes(32))}],
    "blocks": [{"worker_ref": wire.to_text(b"worker"), "reason": "left_project"}],
    "cards": [{"digest": wire.to_text(b"card"), "worker_ref": wire.to_text(b"worker")}],
    "tombstones": {"blocks": [wire.to_text(b"gone-1")], "cards": []},
    "cursor": "7",
    "more": False,
}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def test_an_admission_is_read() -> None:
    answer = wire.parse_answer(ADMITTED)

    assert answer.admitted
    assert answer.tone is Tone.WELCOME
    assert answer.worker == Worker("王*明", "钢筋一班", "钢筋工")


def test_a_refusal_needs_no_worker() -> None:
    answer = wire.parse_answer(
        {
            "decision": "refused",
            "reason": "a_later_reason",
            "say": "请找劳资专管员",
            "tone": "refuse",
        }
    )

    assert (answer.admitted, answer.worker, answer.check_in_id) == (False, None, None)


@pytest.mark.parametrize(
    ("decision", "tone"), [("admitted", Tone.NOTICE), ("refused", Tone.REFUSE)]
)
def test_a_tone_of_a_later_server_becomes_one_this_gate_has(decision: str, tone: Tone) -> None:
    assert wire.parse_answer({**ADMITTED, "decision": decision, "tone": "sparkling"}).tone is tone


def test_sync_is_read() -> None:
    page = wire.parse_sync(SYNC)

    assert page.day_keys[0].day == date(2026, 11, 23)
    assert page.blocks == {b"worker": "left_project"}
    assert page.unblocked == {b"gone-1"}
    assert (page.cursor, page.has_more, page.is_full) == ("7", False, True)


@pytest.mark.parametrize("missing", sorted({*SYNC} - {"tombstones"}))
def test_sync_with_a_missing_part_is_refused(missing: str) -> None:
    with pytest.raises(WireError):
        wire.parse_sync({name: value for name, value in SYNC.items() if name != missing})


@pytest.mark.parametrize(
    "change",
    [
        {"server_time": "2026-11-23T06:30:00"},
        {"server_time": "yesterday"},
        {"project_id": 7},
        {"day_keys": [{"day": "2026-13-01", "suite": 1, "key": ""}]},
        {"day_keys": [{"day": "2026-11-23", "suite": 1, "key": "***"}]},
        {"blocks": None},
        {"cards": ["ü"]},
        {"cards": [wire.to_text(b"card")]},
        {"cards": [{"digest": "ü", "worker_ref": ""}]},
    ],
    ids=lambda change: str(change)[:40],
)
def test_sync_with_a_broken_part_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(WireError):
        wire.parse_sync({**SYNC, **change})


@pytest.mark.parametrize(
    "parse", [wire.parse_answer, wire.parse_sync, wire.parse_results, wire.parse_pairing]
)
@settings(deadline=None)
@given(body=json_values)
def test_any_other_json_is_refused_and_nothing_else_happens(parse: Any, body: object) -> None:
    with pytest.raises(WireError):
        parse(body)


@pytest.mark.parametrize("token", [None, "", 7])
def test_a_pairing_without_a_token_is_none(token: object) -> None:
    with pytest.raises(WireError):
        wire.parse_pairing({"token": token})


@settings(deadline=None)
@given(st.binary())
def test_bytes_survive_the_wire(raw: bytes) -> None:
    assert wire.to_bytes(wire.to_text(raw)) == raw


def test_only_taken_scans_count_as_taken() -> None:
    statuses = ["recorded", "duplicate", "conflict", "rejected", "a_later_status"]

    results = wire.parse_results(
        {"results": [{"nonce": status, "status": status} for status in statuses]}
    )

    assert [result.is_taken for result in results] == [True, True, True, False, False]
