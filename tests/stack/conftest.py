"""Directories and small programs for tests that start servers of their own."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

import psycopg
import pytest

from stack.children import ROOT
from tests.memory import MEMORY


@pytest.fixture
def place() -> Generator[Path]:
    """An empty directory whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="axm-t-", dir=MEMORY) as directory:
        yield Path(directory)


@pytest.fixture
def run_python() -> Callable[[str], subprocess.CompletedProcess[str]]:
    """Run a few lines in another Python process and wait for its end."""

    def run(source: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", source]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    return run


@pytest.fixture
def query() -> Callable[[str, str], list[tuple[object, ...]]]:
    """Run one committed SQL statement."""

    def run(url: str, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    return run
