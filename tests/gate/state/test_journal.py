"""The journal against power cuts, full disks and damage."""

import random
import resource
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.enums import Direction
from gate.alarms import Alarm, Alarms
from gate.state.database import FILE_NAME, open_database, put_entries
from gate.state.entry import Entry, State
from gate.state.journal import HELD, REMEMBERED, Journal, JournalError
from gate.wire import ScanResult

ROOT = Path(__file__).parents[3]
CODE = "AEQHCZRTKBYF4BQO3UXWZ3MDTZGOTTUFRYUDK"
SCANNED_AT = datetime.fromisoformat("2026-11-23T06:30:00.000+08:00")


def make_entry(sequence: int, **changes: Any) -> Entry:
    entry = Entry(
        sequence=sequence,
        nonce=f"{sequence:032x}",
        code=CODE,
        direction=Direction.IN,
        scanned_at="2026-11-23T06:30:00.000+08:00",
        clock_bound_ms=120,
        boot_id="boot-1",
        uptime_ms=1000 * sequence,
        admitted=True,
        reason="ok",
        state=State.WAITING,
    )
    return replace(entry, **changes)


@pytest.fixture
def alarms() -> Alarms:
    return Alarms()


@pytest.fixture
def journal(tmp_path: Path, alarms: Alarms) -> Generator[Journal]:
    journal = Journal(tmp_path, alarms)
    journal.recover()
    yield journal
    journal.close()


@contextmanager
def full_disk(path: Path) -> Generator[None]:
    """No file of this process may grow beyond the size the given one has."""
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, unlimited[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)


def filled(directory: Path) -> Path:
    """A journal of 199 entries."""
    path = directory / FILE_NAME
    with closing(open_database(path)) as database:
        put_entries(database, map(make_entry, range(1, 200)))
    return path


def reopened(directory: Path) -> list[Entry]:
    journal = Journal(directory, Alarms())
    journal.recover()
    entries = journal.pending(State.WAITING, 1000)
    journal.close()
    return entries


def test_what_was_put_is_there_after_a_restart(journal: Journal, tmp_path: Path) -> None:
    entries = [make_entry(1), make_entry(2, clock_bound_ms=None)]

    for entry in entries:
        journal.put(entry)

    assert reopened(tmp_path) == entries


def test_a_commit_is_on_the_disk_when_it_returns(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / FILE_NAME)) as database:
        settings = [
            database.execute(f"PRAGMA {name}").fetchone()
            for name in ("journal_mode", "synchronous")
        ]

    assert settings == [("wal",), (2,)]  # 2 is FULL (sqlite.org/pragma.html)


def test_putting_a_nonce_again_replaces_what_is_known_of_it(journal: Journal) -> None:
    journal.put(make_entry(1, state=State.OPEN, admitted=False))

    journal.put(make_entry(1))

    assert journal.pending(State.WAITING, 9) == [make_entry(1)]


def test_a_scan_without_an_answer_did_not_open_the_gate(journal: Journal, tmp_path: Path) -> None:
    undecided = Entry(1, "n", CODE, Direction.IN, "2026-11-23T06:30:00.000+08:00", 0, "b", 1)
    journal.put(undecided)

    (entry,) = reopened(tmp_path)

    assert (entry.admitted, entry.reason, entry.decided_offline) == (False, "interrupted", True)


def test_numbers_go_on_after_a_restart(journal: Journal, tmp_path: Path) -> None:
    journal.put(make_entry(journal.next_sequence()))
    journal.put(make_entry(journal.next_sequence()))
    journal.close()

    again = Journal(tmp_path, Alarms())
    again.recover()

    assert again.next_sequence() == 3
    again.close()


def test_the_oldest_wait_first_and_no_more_than_asked_for(journal: Journal) -> None:
    for sequence in range(1, 6):
        journal.put(make_entry(sequence))

    assert [entry.sequence for entry in journal.pending(State.WAITING, 3)] == [1, 2, 3]


def test_a_settled_entry_is_kept_with_its_answer(journal: Journal, tmp_path: Path) -> None:
    journal.put(make_entry(1))
    journal.put(make_entry(2))

    journal.settle(
        [
            ScanResult(make_entry(1).nonce, is_taken=True, answer="{}"),
            ScanResult(make_entry(2).nonce, is_taken=False, answer='{"status": "rejected"}'),
        ]
    )

    (refused,) = journal.pending(State.QUARANTINED, 9)
    assert refused.answer == '{"status": "rejected"}'
    assert journal.pending(State.TAKEN, 9)[0].answer == "{}"
    assert journal.pending(State.WAITING, 9) == []


def test_what_the_server_took_is_emptied_and_later_removed(journal: Journal) -> None:
    for sequence, state in enumerate(
        (State.TAKEN, State.WAITING, State.QUARANTINED, State.LOOK), 1
    ):
        journal.put(make_entry(sequence, state=state, answer="{}"))
    journal.put(make_entry(9, scanned_at="2026-11-23T06:35:00.000+08:00", state=State.TAKEN))
    while journal.next_sequence() < 9:
        pass

    journal.forget(SCANNED_AT + HELD)
    kept = journal.pending(State.TAKEN, 9)
    journal.forget(SCANNED_AT + HELD + timedelta(seconds=1))
    emptied = journal.pending(State.TAKEN, 9)
    journal.forget(SCANNED_AT + REMEMBERED + timedelta(hours=1))

    assert [(entry.code, entry.answer) for entry in kept] == [(CODE, "{}"), (CODE, None)]
    assert emptied == [replace(kept[0], code="", answer=None), kept[1]]
    assert [entry.sequence for entry in journal.pending(State.TAKEN, 9)] == [9]
    for state in (State.WAITING, State.QUARANTINED, State.LOOK):
        assert [entry.code for entry in journal.pending(state, 9)] == [CODE]


def test_what_was_forgotten_is_nowhere_in_the_files(journal: Journal, tmp_path: Path) -> None:
    for sequence in range(1, 40):
        journal.put(make_entry(sequence, code=f"{CODE}{sequence}", state=State.TAKEN))
    assert CODE.encode() in everything_in(tmp_path)

    journal.forget(SCANNED_AT + HELD + timedelta(seconds=1))

    assert CODE.encode() not in everything_in(tmp_path)
    assert make_entry(39).nonce.encode() in everything_in(tmp_path)


def everything_in(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.iterdir())


def test_quarantined_entries_can_be_sent_again(journal: Journal) -> None:
    journal.put(make_entry(1, state=State.QUARANTINED))

    assert journal.release_quarantined() == 1
    assert len(journal.pending(State.WAITING, 9)) == 1


def test_a_full_disk_loses_nothing_and_raises_the_alarm(
    journal: Journal, alarms: Alarms, tmp_path: Path
) -> None:
    journal.put(make_entry(1))

    with full_disk(tmp_path / FILE_NAME):
        for sequence in range(2, 60):
            journal.put(make_entry(sequence))
        assert len(journal.pending(State.WAITING, 1000)) == 59
        assert journal.counts()[State.WAITING] == 59
        assert alarms.active == [Alarm.DISK]
        with pytest.raises(JournalError):
            journal.flush()
    journal.put(make_entry(60))

    assert alarms.active == []
    assert [entry.sequence for entry in reopened(tmp_path)] == list(range(1, 61))


def test_what_is_only_in_memory_is_uploaded_too(journal: Journal, tmp_path: Path) -> None:
    journal.put(make_entry(1))

    with full_disk(tmp_path / FILE_NAME):
        journal.put(make_entry(2, code="X" * 100_000))
        assert [entry.sequence for entry in journal.pending(State.WAITING, 9)] == [1, 2]
        journal.settle([ScanResult(make_entry(2).nonce, is_taken=True, answer="{}")])
        assert [entry.sequence for entry in journal.pending(State.WAITING, 9)] == [1]
    journal.flush()

    assert [entry.sequence for entry in journal.pending(State.TAKEN, 9)] == [2]


def test_a_power_cut_at_any_byte_of_a_write_leaves_a_whole_prefix(
    journal: Journal, tmp_path: Path
) -> None:
    entries = [make_entry(sequence) for sequence in range(1, 6)]
    for entry in entries:
        journal.put(entry)
    database = (tmp_path / FILE_NAME).read_bytes()
    log = (tmp_path / f"{FILE_NAME}-wal").read_bytes()

    counts = set()
    for length in [*range(0, len(log), 509), len(log)]:
        after = tmp_path / f"cut-{length}"
        after.mkdir()
        (after / FILE_NAME).write_bytes(database)
        (after / f"{FILE_NAME}-wal").write_bytes(log[:length])
        found = reopened(after)
        assert found == entries[: len(found)]
        counts.add(len(found))

    assert counts == set(range(6))


@pytest.mark.parametrize("part", [0.0, 0.1, 0.3, 0.6, 0.95])
def test_a_damaged_file_is_set_aside_and_the_gate_goes_on(tmp_path: Path, part: float) -> None:
    path = filled(tmp_path)
    whole = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(int(whole * part) or 10)

    alarms = Alarms()
    journal = Journal(tmp_path, alarms)
    journal.recover()
    journal.put(make_entry(500))

    assert make_entry(500) in reopened(tmp_path)
    assert alarms.active == [Alarm.JOURNAL_DAMAGED]
    assert (tmp_path / f"{FILE_NAME}.damaged-0").stat().st_size == (int(whole * part) or 10)
    journal.close()


def overwrite(path: Path, *, begin: int, length: int) -> None:
    with path.open("r+b") as file:
        file.seek(begin)
        file.write(b"\xff" * length)


def test_entries_outside_the_damage_are_saved(tmp_path: Path) -> None:
    path = filled(tmp_path)
    overwrite(path, begin=path.stat().st_size // 8192 * 4096, length=4096)

    assert len(reopened(tmp_path)) > 150


def test_damage_found_while_running_costs_no_scan(
    journal: Journal, alarms: Alarms, tmp_path: Path
) -> None:
    path = filled(tmp_path)
    journal.close()
    overwrite(path, begin=0, length=path.stat().st_size)

    journal.put(make_entry(500))

    assert [entry.sequence for entry in reopened(tmp_path)] == [500]
    assert alarms.active == [Alarm.JOURNAL_DAMAGED]


@pytest.mark.parametrize("room", [0, 40_960], ids=["none", "to read, not to mend"])
def test_damage_on_a_full_disk_is_mended_when_there_is_room(
    journal: Journal, alarms: Alarms, tmp_path: Path, room: int
) -> None:
    path = filled(tmp_path)
    journal.close()
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    (tmp_path / "room").write_bytes(bytes(room))

    with full_disk(tmp_path / "room"):
        journal.put(make_entry(500))
        assert Alarm.DISK in alarms.active
        assert make_entry(500) in journal.pending(State.WAITING, 1000)
    journal.put(make_entry(501))

    saved = [entry.sequence for entry in reopened(tmp_path)]
    assert saved[-2:] == [500, 501]
    assert len(saved) > 50
    assert Alarm.DISK not in alarms.active


def test_whoever_only_looks_mends_nothing(tmp_path: Path) -> None:
    path = filled(tmp_path)
    overwrite(path, begin=0, length=path.stat().st_size)
    looking = Journal(tmp_path, Alarms())

    with pytest.raises(JournalError):
        looking.last_admitted(9)

    assert [found.name for found in tmp_path.iterdir()] == [FILE_NAME]
    looking.close()


KEEP_PUTTING = """
import itertools, sys
from pathlib import Path
from gate.alarms import Alarms
from gate.state.journal import Journal
from tests.gate.state.test_journal import make_entry

journal = Journal(Path(sys.argv[1]), Alarms())
journal.recover()
for sequence in itertools.count(1):
    journal.put(make_entry(sequence))
    print(sequence, flush=True)
"""


@pytest.mark.parametrize("seed", range(3))
def test_a_put_that_returned_survives_kill_minus_nine(tmp_path: Path, seed: int) -> None:
    enough = random.Random(seed).randint(1, 60)
    child = subprocess.Popen(
        [sys.executable, "-c", KEEP_PUTTING, tmp_path], stdout=subprocess.PIPE, cwd=ROOT
    )
    assert child.stdout is not None
    told = [int(child.stdout.readline()) for _ in range(enough)]
    child.send_signal(signal.SIGKILL)
    told += [int(line) for line in child.stdout.read().splitlines()]
    child.wait()
    child.stdout.close()

    found = [entry.sequence for entry in reopened(tmp_path)]

    assert found[: len(told)] == told
