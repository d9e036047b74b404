"""The program as it is started: pair, run, status, retry; and killed in the middle."""

import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from secrets import token_bytes

import pytest

from core.clock import now
from gate.__main__ import _end_at_once, main
from gate.alarms import Alarms
from gate.state import pairing
from gate.state.database import FILE_NAME
from gate.state.entry import State
from gate.state.journal import Journal
from tests.gate.peer import PAIRING_CODE, Peer
from tests.gate.state.test_journal import make_entry
from tests.gate.world import Phone, Project
from tests.live import wait_until

ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-m", "gate", "--state")
OPENED = "[闸门] 打开"
MOST_MEMORY_MB = 60
BIG_SITE = 2_000
"""Workers on a site of the larger kind, were all of them gone and all their cards listed."""


class Running:
    """`python -m gate run`, fed through its standard input."""

    def __init__(self, directory: Path) -> None:
        self._errors = (directory.parent / "errors.log").open("ab")
        self.process = subprocess.Popen(
            [*PROGRAM, directory, "run", "--direction", "in", "--page", f"unix:{directory}/page"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            cwd=ROOT,
        )

    def scan(self, code: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{code}\n")
        self.process.stdin.flush()

    def read(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def kill(self) -> list[str]:
        """Pull the plug; return what it had still said."""
        self.process.send_signal(signal.SIGKILL)
        return self.close()

    def close(self) -> list[str]:
        """End its input and wait; return what it had still said."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        if self.process.stdout.closed:
            return []
        self.process.stdin.close()
        with self.process.stdout as output, self._errors:
            said: list[str] = output.read().splitlines()
        self.process.wait(30)
        return said

    def peak_memory_mb(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (peak,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024


@pytest.fixture
def peer(project: Project) -> Peer:
    """A server in real time, as the program under test is."""
    return Peer(project, now=now)


@pytest.fixture
def state(tmp_path: Path, address: str) -> Path:
    """The directory of a paired gate."""
    directory = tmp_path / "gate"
    assert main(["--state", str(directory), "pair", address, PAIRING_CODE]) == 0
    return directory


@pytest.fixture
def run(state: Path) -> Generator[Callable[[], Running]]:
    started: list[Running] = []

    def start() -> Running:
        started.append(Running(state))
        return started[-1]

    yield start
    for running in started:
        running.kill()


@pytest.fixture
def synced(run: Callable[[], Running], state: Path) -> Path:
    """The directory of a gate that has run and synced."""
    gate = run()
    wait_until(lambda: status(state) == 0)
    gate.close()
    return state


def status(directory: Path) -> int:
    return main(["--state", str(directory), "status"])


def journal_of(directory: Path) -> Journal:
    return Journal(directory, Alarms())


@contextmanager
def full_disk(running: Running, path: Path) -> Generator[None]:
    pid, unlimited = running.process.pid, resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (path.stat().st_size, unlimited[1]))
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, unlimited)


def fresh_code(project: Project, at: datetime | None = None) -> str:
    return Phone(project).show(at or now())


def test_a_paired_gate_reads_a_code_decides_and_opens(
    run: Callable[[], Running], state: Path, project: Project
) -> None:
    gate = run()
    wait_until(lambda: (state / "lists.json").exists() and status(state) == 0)

    gate.scan(fresh_code(project))

    assert gate.read() == OPENED
    assert gate.read().endswith("：请进，注意安全")
    assert gate.peak_memory_mb() < MOST_MEMORY_MB


def test_without_a_network_it_works_on_and_uploads_later(
    run: Callable[[], Running], synced: Path, peer: Peer, project: Project
) -> None:
    peer.is_reachable = False
    gate = run()

    gate.scan(fresh_code(project))

    assert gate.read() == OPENED
    assert gate.read().startswith("离线核验（名单 不到 1 分钟前更新）")
    assert peer.scans == {}
    peer.is_reachable = True
    wait_until(lambda: len(peer.scans) == 1, seconds=60)


def test_the_lists_of_a_big_site_and_a_thousand_decisions_fit_in_60_mb(
    run: Callable[[], Running], state: Path, peer: Peer, project: Project
) -> None:
    for _ in range(BIG_SITE):
        peer.block(token_bytes(6), "left_project")
        peer.list_card(token_bytes(32), token_bytes(6))
    gate = run()
    wait_until(lambda: (state / "lists.json").exists() and status(state) == 0)

    for number in range(1_000):
        peer.is_reachable = number % 200 < 100
        gate.scan(fresh_code(project))
        assert gate.read() == OPENED
        gate.read()

    assert gate.peak_memory_mb() < MOST_MEMORY_MB


@pytest.mark.parametrize("number", [1, 7, 23])
def test_every_opening_is_in_the_journal_after_kill_minus_nine(
    run: Callable[[], Running], synced: Path, peer: Peer, project: Project, number: int
) -> None:
    peer.is_reachable = False
    gate = run()
    for _ in range(60):
        gate.scan(fresh_code(project))

    said = [gate.read() for _ in range(number)]
    said += gate.kill()

    journal = journal_of(synced)
    assert len(journal.last_admitted(1000)) >= said.count(OPENED) > 0
    journal.close()


def test_a_full_disk_stops_nobody_and_loses_nothing(
    run: Callable[[], Running], synced: Path, peer: Peer, project: Project
) -> None:
    peer.is_reachable = False
    gate = run()

    gate.scan(fresh_code(project))
    said = [gate.read(), gate.read()]
    with full_disk(gate, synced / FILE_NAME):
        for _ in range(40):
            gate.scan(fresh_code(project))
            said += [gate.read(), gate.read()]
    gate.scan(fresh_code(project))
    said += [gate.read(), gate.read()]

    assert said.count(OPENED) == 42
    journal = journal_of(synced)
    assert journal.counts()[State.WAITING] == 42
    journal.close()
    assert "alarm DISK on" in (synced.parent / "errors.log").read_text()


def test_two_programs_never_share_one_journal(
    run: Callable[[], Running], state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run()
    wait_until(lambda: status(state) == 0)

    code = main(["--state", str(state), "run", "--direction", "in"])

    assert code == 1
    assert "已在运行" in capsys.readouterr().err


def test_a_stop_signal_ends_it_at_once_and_in_order(
    run: Callable[[], Running], state: Path
) -> None:
    gate = run()
    wait_until(lambda: status(state) == 0)

    gate.process.send_signal(signal.SIGTERM)

    assert gate.process.wait(10) == 0


def test_a_terminal_without_chinese_stops_nobody(
    synced: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    gate = Running(synced)

    gate.scan(fresh_code(project))

    assert gate.read().isascii()
    assert gate.read().isascii()
    gate.close()
    assert gate.process.returncode == 0


def test_a_failed_thread_ends_the_program_and_says_why(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    codes: list[int] = []
    monkeypatch.setattr(os, "_exit", codes.append)

    _end_at_once(threading.ExceptHookArgs((ValueError, ValueError("a bug"), None, None)))

    assert codes == [70]
    assert "a bug" in caplog.text


def test_status_says_what_a_person_needs_to_know(
    synced: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    assert status(synced) == 0

    said = capsys.readouterr().out
    for part in ("东门 1 号闸机", "可离线核验到", "前更新", "待上传 0，被拒收 0", "已修正"):
        assert part in said


def test_status_before_the_first_run_says_what_is_missing(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(state) == 1

    said = capsys.readouterr().out
    assert "请先联网一次" in said
    assert "还没有同步过" in said


def test_status_says_that_the_server_does_not_know_this_gate(
    run: Callable[[], Running], synced: Path, peer: Peer, capsys: pytest.CaptureFixture[str]
) -> None:
    known, peer.tokens = peer.tokens, set()
    running = run()
    wait_until((synced / "refused.json").exists)
    running.close()
    capsys.readouterr()

    assert status(synced) == 0
    refused = capsys.readouterr().out
    peer.tokens, peer.pairing_codes = known, {PAIRING_CODE}
    assert main(["--state", str(synced), "pair", pairing.load(synced).server, PAIRING_CODE]) == 0
    status(synced)

    assert "服务器不认这台闸机：请重新配对（" in refused
    assert "服务器不认" not in capsys.readouterr().out


def test_an_unpaired_gate_says_how_to_pair(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["status"], ["retry"], ["run", "--direction", "in"]):
        assert main(["--state", str(tmp_path), *command]) == 1
        assert "还没有配对" in capsys.readouterr().err


def test_a_wrong_pairing_code_is_one_sentence(
    tmp_path: Path, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--state", str(tmp_path), "pair", address, "00000000"]) == 1
    assert "请让劳资专管员重新生成" in capsys.readouterr().err


def test_quarantined_scans_are_sent_again_on_request(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = journal_of(state)
    journal.put(make_entry(1, state=State.QUARANTINED))
    journal.close()
    capsys.readouterr()

    assert main(["--state", str(state), "retry"]) == 0

    assert capsys.readouterr().out.startswith("1 条")
