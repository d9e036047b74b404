"""`make run` as its user meets it: started, interrupted, killed, with a part missing."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from stack.children import ROOT
from tests.live import wait_until
from tests.memory import MEMORY

START_SECONDS = 120
FREE_PORT = "from stack.instance import free_port; print(free_port())"
RUN = """
import pathlib, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from stack.run import main
main(pathlib.Path(sys.argv[1]))
"""
"""Hears Ctrl-C as in a terminal: whoever runs the tests in the background passes on deaf ears."""


@dataclass(frozen=True)
class Launcher:
    """`make run` in a directory of its own."""

    process: "subprocess.Popen[bytes]"
    screen: Path
    var: Path

    def wait_for(self, text: str) -> None:
        wait_until(lambda: text in self.screen.read_text() or self.has_ended, seconds=START_SECONDS)
        assert text in self.screen.read_text(), self.screen.read_text()

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def parts(self) -> list[psutil.Process]:
        """Every process that belongs to this directory, the launcher aside."""
        return [
            process
            for process in psutil.process_iter(["cmdline"])
            if str(self.var) in " ".join(process.info["cmdline"] or ())
            and process.pid != self.process.pid
        ]

    def part(self, word: str) -> psutil.Process:
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if word in " ".join(child.cmdline()))


@pytest.fixture(scope="module")
def installation() -> Generator[Path]:
    """A directory that keeps its data between the tests of this file."""
    with tempfile.TemporaryDirectory(prefix="axm-run-", dir=MEMORY) as directory:
        yield Path(directory) / "var"


@pytest.fixture
def launch(installation: Path, tmp_path: Path) -> Generator[Callable[[str], Launcher]]:
    """Run the launcher on a port, its screen in a file."""
    started: list[Launcher] = []

    def run(port: str) -> Launcher:
        screen = tmp_path / "screen"
        with screen.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-c", RUN, str(installation)],
                cwd=ROOT, env={**os.environ, "PORT": port}, stdout=output, stderr=output,
            )  # fmt: skip
        started.append(Launcher(process, screen, installation))
        return started[-1]

    yield run
    for launcher in started:
        launcher.process.kill()
        launcher.process.wait()


@pytest.fixture
def port(run_python: Callable[[str], "subprocess.CompletedProcess[str]"]) -> str:
    return run_python(FREE_PORT).stdout.strip()


def test_ctrl_c_stops_everything_and_leaves_no_trace(
    launch: Callable[[str], Launcher], port: str
) -> None:
    launcher = launch(port)
    launcher.wait_for("(ready)")
    believed = launcher.part("uvicorn").environ()["FORWARDED_ALLOW_IPS"]

    launcher.process.send_signal(signal.SIGINT)
    launcher.process.wait(START_SECONDS)

    screen = launcher.screen.read_text()
    assert launcher.process.returncode == 0
    assert "19100000901" in screen, "how to sign in is shown"
    assert "Traceback" not in screen
    assert believed == "", "where a caller comes from is not what the caller says"
    assert launcher.parts() == []


def test_a_part_that_dies_is_named_and_stops_the_rest(
    launch: Callable[[str], Launcher], port: str
) -> None:
    launcher = launch(port)
    launcher.wait_for("(ready)")

    launcher.part("uvicorn").kill()
    launcher.process.wait(START_SECONDS)

    assert launcher.process.returncode == 1
    assert "api 意外退出" in launcher.screen.read_text()
    assert "Application startup complete" in launcher.screen.read_text(), "its last lines are shown"
    assert launcher.parts() == []


def test_nothing_outlives_a_launcher_that_is_killed(
    launch: Callable[[str], Launcher], port: str
) -> None:
    launcher = launch(port)
    launcher.wait_for("(ready)")

    launcher.process.kill()

    wait_until(lambda: launcher.parts() == [], seconds=START_SECONDS)


@pytest.mark.parametrize(
    ("port", "sentence"), [("99999", "端口 99999 "), ("八千", "PORT 应为数字")]
)
def test_a_port_that_cannot_be_used_is_one_sentence(
    launch: Callable[[str], Launcher], port: str, sentence: str
) -> None:
    launcher = launch(port)

    launcher.process.wait(START_SECONDS)

    assert launcher.process.returncode == 1
    assert sentence in launcher.screen.read_text()
    assert "Traceback" not in launcher.screen.read_text()


def test_a_taken_port_is_one_sentence(launch: Callable[[str], Launcher], port: str) -> None:
    with _listener(port):
        launcher = launch(port)
        launcher.process.wait(START_SECONDS)

    assert launcher.process.returncode == 1
    assert f"端口 {port} 不能使用" in launcher.screen.read_text()


@contextmanager
def _listener(port: str) -> Generator[None]:
    """Another program that listens on the port."""
    listen = "import socket, sys; s = socket.create_server(('127.0.0.1', int(sys.argv[1])));"
    listen += " print('up', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", listen, port]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        process.kill()
