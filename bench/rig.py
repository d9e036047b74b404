"""The servers and baseline programs that benches share, each started when first asked for."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from socket import AF_UNIX, socket
from typing import Self
from uuid import uuid4

from sqlalchemy import make_url

from bench.load import Address
from stack import postgres, valkey
from stack.children import running_child

START_SECONDS = 30
SCRIPTS = Path(__file__).parent / "apps"


class Rig:
    """Everything lives in one temporary directory and ends with the run."""

    def __init__(self) -> None:
        self._running = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._running.close()

    @cached_property
    def directory(self) -> Path:
        """A directory for sockets, logs and data; on the disk that `TMPDIR` names."""
        return Path(self._running.enter_context(tempfile.TemporaryDirectory(prefix="axm-bench-")))

    @cached_property
    def database_url(self) -> str:
        """PostgreSQL with fsync on, as in production."""
        return self._running.enter_context(postgres.running(self.directory / "pg")).url

    @cached_property
    def valkey_url(self) -> str:
        """Valkey, as in production."""
        return self._running.enter_context(valkey.running(self.directory / "valkey")).url

    @cached_property
    def echo(self) -> Address:
        """Baseline: bare FastAPI echo."""
        return self.serve("bench.apps.echo:app")

    @cached_property
    def usual(self) -> Address:
        """Baseline: the usual sync-SQLModel endpoint, one INSERT a request."""
        return self.serve("bench.apps.usual:app", {"BENCH_DATABASE_URL": self.database_url})

    def serve(self, application: str, environment: Mapping[str, str] | None = None) -> Address:
        """Run an ASGI application with one uvicorn process, as the product's is run."""
        name = f"{application.replace(':', '.')}-{uuid4().hex[:6]}"
        listening = self.directory / f"{name}.sock"
        command = [sys.executable, "-m", "uvicorn", application, "--uds", str(listening)]
        child = self._running.enter_context(
            running_child(
                name,
                [*command, "--no-access-log", "--log-level=warning"],
                log=self.directory / "log" / f"{name}.log",
                env={**os.environ, **(environment or {})},
            )
        )
        child.wait_until(lambda: _accepts(listening), seconds=START_SECONDS)
        return Address(socket=str(listening))

    def pgbench(self, script: Path, *, clients: int, seconds: int) -> float:
        """Return the transactions per second of one SQL script, prepared, as pgbench counts."""
        server = make_url(self.database_url)
        command: list[str | Path] = [
            postgres.program("pgbench"),
            "--no-vacuum",
            "--protocol=prepared",
            "--jobs=2",
        ]
        command += [f"--client={clients}", f"--time={seconds}", f"--file={script}"]
        command += [
            f"--host={server.query['host']}",
            f"--username={server.username}",
            f"{server.database}",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found = re.search(r"tps = ([\d.]+)", done.stdout)
        assert found, done.stdout
        return float(found[1])


def _accepts(listening: Path) -> bool:
    with socket(AF_UNIX) as probe:
        return probe.connect_ex(str(listening)) == 0
