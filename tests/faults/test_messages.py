"""Everything breaks once while ninety messages are sent; `tests.faults.messages` sends 5,000."""

import tempfile
from collections import Counter
from pathlib import Path

import pytest

from core.enums import NotificationState
from tests.faults.messages import Run
from tests.faults.provider import WIRE
from tests.memory import MEMORY

MESSAGES = 90


def test_no_message_is_lost_and_none_is_repeated_that_the_provider_had_not_left_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with tempfile.TemporaryDirectory(prefix="axm-fault-", dir=MEMORY) as directory:
        monkeypatch.setenv(WIRE, directory)
        run = Run(Path(directory), workers=1, freeze_seconds=6)
        with run.running():
            outcome = run.send(MESSAGES)

    assert outcome.states == Counter({NotificationState.DELIVERED: MESSAGES})
    assert outcome.lost == set()
    assert outcome.unexplained == set()
    assert outcome.ambiguous
