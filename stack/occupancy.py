"""Who uses a data directory: one launcher at a time, and no server of an earlier one."""

import fcntl
import signal
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

import psutil

from stack.children import POLL_SECONDS, STOP_SECONDS, StackError


class OccupiedError(StackError):
    """Another launcher holds the data directory."""


@contextmanager
def exclusive(directory: Path) -> Generator[None]:
    """Hold the directory against a second launcher; the kernel lets go when we die."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    with directory.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OccupiedError(
                f"{directory} 正被另一个进程使用；请先停止它（同一目录里的另一个 make run？）。"
                f" ({directory} is in use; stop the other `make run` of this checkout first)"
            ) from None
        yield


def stop_leftovers(directory: Path, stop: signal.Signals) -> None:
    """Stop servers a killed launcher left on this directory (resolved, as the kernel names it).

    Servers stand in their data directory, so the working directory tells them from a stranger
    to whom the kernel has given a dead server's process id.
    """
    for sign in (stop, signal.SIGKILL):
        for process in _standing_in(directory):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(sign)
        deadline = monotonic() + STOP_SECONDS
        while _standing_in(directory) and monotonic() < deadline:
            sleep(POLL_SECONDS)


def _standing_in(directory: Path) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if _place_of(process) == str(directory)]


def _place_of(process: psutil.Process) -> str:
    try:
        return process.cwd()
    except psutil.Error:
        return ""  # ended, or another user's
