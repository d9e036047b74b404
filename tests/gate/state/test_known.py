"""What the gate knows from the server, across restarts and reboots."""

from datetime import timedelta
from pathlib import Path

import pytest

from gate.alarms import Alarm, Alarms
from gate.clock import Anchor
from gate.state import anchor, pairing
from gate.state.anchor import LastContact, raise_floor
from gate.state.known import Known
from gate.state.pairing import NotPairedError, Pairing
from tests.gate.state.test_lists import make_page
from tests.gate.world import MORNING

ANCHOR = Anchor("boot-1", uptime=1.5, server=MORNING.timestamp(), bound=0.25, wall_offset=-3.0)
LATER = MORNING + timedelta(hours=1)


def test_lists_and_contact_are_there_after_a_restart(tmp_path: Path) -> None:
    known = Known(tmp_path, Alarms())
    known.take_page(make_page(blocks={b"worker": "left_project"}), etag="e")
    known.note_contact(LastContact(ANCHOR, MORNING))

    again = Known(tmp_path, Alarms())

    assert again.lists == known.lists
    assert (again.anchor, again.synced_at) == (ANCHOR, MORNING)


def test_a_disk_that_takes_nothing_does_not_stop_the_gate(tmp_path: Path) -> None:
    alarms = Alarms()
    known = Known(tmp_path / "gone", alarms)

    known.take_page(make_page(blocks={b"worker": "left_project"}), etag="e")

    assert known.lists.blocks == {b"worker": "left_project"}
    assert alarms.active == [Alarm.DISK]


def test_a_damaged_contact_is_none(tmp_path: Path) -> None:
    (tmp_path / anchor.FILE_NAME).write_text('{"anchor": {"boot_id": "b"}, "synced_at": "x"}')

    assert anchor.load(tmp_path) is None


def test_the_last_sure_scan_raises_the_floor_after_a_reboot() -> None:
    raised = raise_floor(ANCHOR, sure_at=LATER, boot_id="boot-2")

    assert raised is not None
    assert raised.server == LATER.timestamp()
    assert raised.wall_offset == ANCHOR.wall_offset


def test_the_floor_is_never_lowered() -> None:
    earlier = MORNING - timedelta(hours=1)

    assert raise_floor(ANCHOR, sure_at=earlier, boot_id="boot-2") == ANCHOR


def test_in_the_same_boot_the_anchor_is_left_alone() -> None:
    assert raise_floor(ANCHOR, sure_at=LATER, boot_id="boot-1") == ANCHOR


def test_the_pairing_is_kept(tmp_path: Path) -> None:
    paired = Pairing("https://example.com", "token", {"name": "东门 1 号闸机"})

    pairing.save(paired, tmp_path / "new")

    assert pairing.load(tmp_path / "new") == paired


def test_an_unpaired_gate_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotPairedError, match="gate pair"):
        pairing.load(tmp_path)
