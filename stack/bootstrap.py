"""Turns a bare Python with pip into `.venv` with exactly what a lock file lists.

Standard library only: it runs before anything is installed. Usage:
``python3 stack/bootstrap.py run|dev``.
"""

from __future__ import annotations  # so that an old Python reaches the sentence that says so

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
LOCKS = ROOT / "requirements"
OLDEST_PYTHON = (3, 11)
INCLUDED_IN = {"run": ("run", "dev"), "dev": ("dev",)}
"""An environment made from `dev` already holds everything of `run`."""


class SetupError(Exception):
    """The machine lacks something; the message is one clear sentence."""


def main(lock: str) -> None:
    """Make `.venv` match the lock file, or leave it alone when it already does."""
    check_version()
    if is_ready(lock):
        return
    check_pip()
    with _one_at_a_time():
        if not is_ready(lock):
            _install(lock)


def check_version() -> None:
    """Refuse a Python that is too old."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        raise SetupError(
            f"需要 Python 3.11 或更高版本，当前是 {found}；可用 make PYTHON=python3.11 指定。"
            f" (Python >= 3.11 is needed, this is {found}; choose one with make PYTHON=…)"
        )


def check_pip() -> None:
    """Refuse a Python without pip."""
    python = _interpreter()
    pip = [python, "-m", "pip", "--version"]
    if subprocess.run(pip, capture_output=True, check=False).returncode:
        raise SetupError(
            f"{python} 没有 pip，请先安装（Debian/Ubuntu: apt install python3-pip）。"
            f" ({python} has no pip; install it first, e.g. apt install python3-pip)"
        )


def _install(lock: str) -> None:
    _say(f"首次准备，安装 requirements/{lock}.lock … (installing, once)")
    if _read(TOOLS / ".lock-hash") != _fingerprint("bootstrap"):
        _say("  1/3 uv → .tools")
        _run_pip()
        (TOOLS / ".lock-hash").write_text(_fingerprint("bootstrap"))
    uv = TOOLS / "bin" / "uv"
    if not _has_working_python():
        _say("  2/3 .venv")
        _run([uv, "venv", "--quiet", "--clear", "--python", _interpreter(), VENV])
    _say("  3/3 依赖 (packages)")
    _stamp().unlink(missing_ok=True)
    python = VENV / "bin" / "python"
    locked = LOCKS / f"{lock}.lock"
    _run([uv, "pip", "sync", "--quiet", "--python", python, "--require-hashes", locked])
    _stamp().write_text(stamp_of(lock))


def _run_pip() -> None:
    locked = LOCKS / "bootstrap.lock"
    pip = [_interpreter(), "-m", "pip", "install", "--quiet", "--upgrade", "--require-hashes"]
    _run([*pip, "--target", TOOLS, "-r", locked])


def _run(command: list[str | Path]) -> None:
    """Run quietly; on failure show what the tool said."""
    # No interpreter downloads: the Python that runs this is the one that is wanted.
    quiet = {"UV_PYTHON_DOWNLOADS": "never", "PIP_ROOT_USER_ACTION": "ignore", "PIP_NO_INPUT": "1"}
    environment = {k: v for k, v in os.environ.items() if k != "VIRTUAL_ENV"} | quiet
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, cwd=ROOT, check=False
    )
    if done.returncode:
        raise SetupError(
            f"安装失败，请检查网络后重试。(installation failed; check the network and run again)\n"
            f"{Path(command[0]).name}: {(done.stderr or done.stdout).strip()}"
        )


def is_ready(lock: str) -> bool:
    """Tell whether `.venv` already holds what the lock file lists."""
    ready = {stamp_of(name) for name in INCLUDED_IN[lock]}
    return _read(_stamp()) in ready and _has_working_python()


def stamp_of(lock: str) -> str:
    """Return what is written into an environment made from this lock file."""
    return f"{lock}:{_fingerprint(lock)}"


def _interpreter() -> str:
    """Return the Python to build on: never the one inside the environment being rebuilt."""
    inside = Path(sys.prefix) == VENV
    return str(Path(sys.base_prefix) / "bin" / "python3") if inside else sys.executable


def _has_working_python() -> bool:
    return (VENV / "bin" / "python").exists()  # False also for a link to a Python that is gone


def _fingerprint(lock: str) -> str:
    return hashlib.sha256((LOCKS / f"{lock}.lock").read_bytes()).hexdigest()


def _stamp() -> Path:
    return VENV / ".lock-hash"


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


@contextmanager
def _one_at_a_time() -> Generator[None]:
    """Let a second `make` in the same checkout wait instead of installing over the first."""
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / ".busy").open("w") as busy:
        fcntl.flock(busy, fcntl.LOCK_EX)
        yield


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except SetupError as error:
        sys.exit(str(error))
