"""Child processes: started so that they end with us, watched, and stopped in order."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
NOBODY = 65534
"""Conventional id of the user who owns nothing; PostgreSQL refuses to run as root."""
POLL_SECONDS = 0.05
STOP_SECONDS = 8
LOG_BYTES = 10_000_000
TAIL_LINES = 15

Command = Sequence[str | Path]


class StackError(Exception):
    """Something keeps the parts from running; the message says what, for a person."""


class ChildEndedError(StackError):
    """A child stopped on its own; the message holds its last lines."""


class Child:
    """One running program whose output goes to a log file."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path, stop: int) -> None:
        self.name = name
        self.process = process
        self.log = log
        self._stop = stop

    def check(self) -> None:
        """Raise ChildEndedError when the program is no longer running."""
        if self.process.poll() is not None:
            raise ChildEndedError(
                f"{self.name} 意外退出 (stopped unexpectedly, exit {self.process.returncode})。"
                f" 日志 (log): {self.log}\n{_tail(self.log)}"
            )

    def wait_until(self, is_ready: Callable[[], bool], *, seconds: float) -> None:
        """Wait for the condition while the program lives; StackError when time is up."""
        deadline = monotonic() + seconds
        while not is_ready():
            self.check()
            if monotonic() > deadline:
                raise StackError(
                    f"{self.name} 在 {seconds:.0f} 秒内没有就绪 (not ready in time)。"
                    f" 日志 (log): {self.log}\n{_tail(self.log)}"
                )
            sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Ask the program to end, ask harder, then end it with everything it started.

        Celery needs the last now and then: a job that finishes during the shutdown can keep its
        pool process waiting for 30 s (billiard). The outbox makes that harmless.
        """
        for sign in (self._stop, signal.SIGQUIT):
            if self.process.poll() is None:
                self.process.send_signal(sign)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End the program and everything it started at once, as a power cut would."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)  # `running_child` gave it its own group
        self.process.wait()


class Server(NamedTuple):
    """A bundled server and how to reach it."""

    url: str
    child: Child


@contextmanager
def running_child(
    name: str,
    command: Command,
    *,
    log: Path,
    stop: signal.Signals = signal.SIGTERM,
    env: Mapping[str, str] | None = None,
    unprivileged: bool = False,
) -> Generator[Child]:
    """Start the program, stop it on leaving. `unprivileged` drops root (see `run_as_nobody`)."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".old.log"))
    prefix = run_as_nobody() if unprivileged else []
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*_die_with_parent(stop, prefix), *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=ROOT,
            process_group=0,  # Ctrl-C reaches only us; we stop the children in order
        )
    child = Child(name, process, log, stop)
    try:
        yield child
    finally:
        child.stop()


def run_as_nobody() -> list[str]:
    """Return the prefix that makes root an ordinary user; nothing for an ordinary user.

    The checkout may stand in a directory only root may enter, hence the one capability kept;
    without `no_setuid_fixup` access(2) would ignore it and PostgreSQL not find itself.
    """
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        raise StackError(
            "以 root 运行需要 setpriv（util-linux），请安装它或换普通用户运行。"
            " (as root, setpriv from util-linux is needed; install it or use an ordinary user)"
        )
    only = "-all,+dac_override"
    identity = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    capabilities = [f"--inh-caps={only}", f"--ambient-caps={only}", f"--bounding-set={only}"]
    return ["setpriv", *identity, "--securebits=+no_setuid_fixup", *capabilities]


def own_directory(directory: Path) -> Path:
    """Make a directory that only the (unprivileged) servers may enter; StackError if not ours."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = NOBODY if os.geteuid() == 0 else os.geteuid()
    if os.geteuid() == 0 and directory.stat().st_uid == 0:
        os.chown(directory, NOBODY, NOBODY)
    found = directory.stat()
    if found.st_uid != owner or found.st_mode & 0o077:
        raise StackError(
            f"{directory} 属于另一个用户或权限过宽；请用原来的用户运行，或删除该目录。"
            f" ({directory} belongs to another user; use that user, or remove the directory)"
        )
    return directory


def _die_with_parent(stop: signal.Signals, prefix: list[str]) -> list[str]:
    """Have the kernel signal the child when we are gone, where setpriv (Linux) can ask for it."""
    if shutil.which("setpriv") is None:
        return prefix
    return [*(prefix or ["setpriv"]), f"--pdeathsig={stop.name.removeprefix('SIG')}", "--"]


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
    return "\n".join(f"    {line}" for line in lines)
