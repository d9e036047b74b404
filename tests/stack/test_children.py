"""Child processes: their logs, their ends, and what a person is told."""

import sys
from pathlib import Path

import pytest

from stack import children
from stack.children import ChildEndedError, StackError, own_directory, running_child


def test_a_child_that_ends_is_named_with_its_last_lines(place: Path) -> None:
    program = [sys.executable, "-c", "print('the reason'); raise SystemExit(3)"]

    with running_child("worker", program, log=place / "worker.log") as child:
        child.process.wait()
        with pytest.raises(ChildEndedError, match=r"worker .*exit 3[\s\S]*the reason"):
            child.check()


def test_waiting_ends_when_time_is_up(place: Path) -> None:
    program = [sys.executable, "-c", "import time; time.sleep(60)"]

    with (
        running_child("worker", program, log=place / "worker.log") as child,
        pytest.raises(StackError, match="not ready in time"),
    ):
        child.wait_until(lambda: False, seconds=0)


def test_a_child_that_ignores_the_request_is_ended(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "STOP_SECONDS", 0.2)
    stubborn = "import signal, time; [signal.signal(s, signal.SIG_IGN) for s in (3, 15)]"
    program = [sys.executable, "-c", f"{stubborn}; print('up', flush=True); time.sleep(60)"]

    with running_child("worker", program, log=place / "worker.log") as child:
        child.wait_until(lambda: "up" in child.log.read_text(), seconds=10)

    assert child.process.returncode == -9


def test_a_log_does_not_grow_for_ever(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "LOG_BYTES", 3)
    log = place / "worker.log"
    log.write_text("an earlier run")

    with running_child("worker", [sys.executable, "-c", "print('new')"], log=log) as child:
        child.process.wait()

    assert log.read_text() == "new\n"
    assert (place / "worker.old.log").read_text() == "an earlier run"


def test_a_directory_open_to_others_is_refused(place: Path) -> None:
    own_directory(place / "data").chmod(0o755)

    with pytest.raises(StackError, match="belongs to another user"):
        own_directory(place / "data")


def test_root_without_setpriv_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setenv("PATH", "")

    with pytest.raises(StackError, match="setpriv"):
        children.run_as_nobody()
