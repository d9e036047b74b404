"""Backlogs leave room for the gates that are asked right now."""

from contextlib import ExitStack

import pytest

from attendance.errors import GatesBusyError
from attendance.places import BACKLOGS_AT_ONCE, SMALL_UPLOAD, place_for_upload

BACKLOG = SMALL_UPLOAD + 1


def test_only_so_many_backlogs_come_in_at_once() -> None:
    with ExitStack() as held:
        for _ in range(BACKLOGS_AT_ONCE):
            held.enter_context(place_for_upload(BACKLOG))
        with pytest.raises(GatesBusyError) as refused, place_for_upload(BACKLOG):
            pass
        assert refused.value.retry_after > 0
        with place_for_upload(SMALL_UPLOAD):
            pass
    with place_for_upload(BACKLOG):
        pass
