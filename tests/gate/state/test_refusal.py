"""Since when the server refuses this gate, as it stands on the disk."""

from datetime import timedelta
from pathlib import Path

import pytest

from gate.state import refusal
from tests.gate.world import MORNING


def test_the_first_refusal_counts_until_the_server_knows_the_gate_again(tmp_path: Path) -> None:
    refusal.note(tmp_path, MORNING)
    refusal.note(tmp_path, MORNING + timedelta(hours=1))
    since = refusal.load(tmp_path)

    refusal.clear(tmp_path)
    refusal.clear(tmp_path)

    assert since == MORNING
    assert refusal.load(tmp_path) is None


@pytest.mark.parametrize("content", ["", "{}", '{"refused_at": "today"}'])
def test_a_damaged_note_says_nothing_and_is_set_aside(tmp_path: Path, content: str) -> None:
    (tmp_path / refusal.FILE_NAME).write_text(content)

    assert refusal.load(tmp_path) is None
    assert not (tmp_path / refusal.FILE_NAME).exists()
