"""One whole installation on this machine: servers, schema, demo project, worker, HTTP."""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from demo.welcome import is_empty
from stack import postgres, valkey
from stack.children import ROOT, Child, Command, StackError, running_child

HOST = "127.0.0.1"
START_SECONDS = 60
PROBE_SECONDS = 2

Say = Callable[[str], None]


@dataclass(frozen=True)
class Instance:
    """What runs, where it answers and where its files are."""

    base_url: str
    var: Path
    database_url: str
    children: list[Child]

    @property
    def sms_file(self) -> Path:
        """Every text message sent, one JSON object a line."""
        return self.var / "sms.jsonl"

    def check(self) -> None:
        """Raise ChildEndedError when a part is no longer running."""
        for child in self.children:
            child.check()


@contextmanager
def running_instance(
    var: Path, *, port: int, given: Mapping[str, str], say: Say
) -> Generator[Instance]:
    """Start everything under `var`, stop it on leaving.

    `given` are environment variables that win over ours; an address among them (`DATABASE_URL`,
    `REDIS_URL`, `CELERY_BROKER_URL`) replaces the bundled part. Raises StackError.
    """
    check_port(port)
    with ExitStack() as running:
        children, addresses = _start_servers(running, var, given, say)
        environment = _environment(var, port, given, addresses)
        say("升级数据库结构 (migrating)")
        _run_step("alembic", ["alembic", "upgrade", "head"], environment)
        say("启动后台任务与网站 (starting worker and web)")
        children += [_start(running, *part, var, environment) for part in _programs(var, port)]
        database_url = environment["DATABASE_URL"]
        if is_empty(database_url):
            say("载入示范项目 (loading the demo project)")
            _run_step("demo", ["stack.demo"], environment)
        instance = Instance(f"http://{HOST}:{port}", var, database_url, children)
        children[-1].wait_until(partial(_is_ready, instance), seconds=START_SECONDS)
        yield instance


def check_port(port: int) -> None:
    """Refuse a port that something else listens on or that we may not use."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise StackError(
                f"端口 {port} 不能使用（可能已被占用），请换一个，例如 make run PORT=8765。"
                f" (port {port} cannot be used: {error}; choose another with PORT=…)"
            ) from None


def free_port() -> int:
    """Return a port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def _start_servers(
    running: ExitStack, var: Path, given: Mapping[str, str], say: Say
) -> tuple[list[Child], dict[str, str]]:
    children: list[Child] = []
    addresses: dict[str, str] = {}
    if not given.get("DATABASE_URL"):
        say("启动 PostgreSQL 18")
        database = running.enter_context(postgres.running(var / "pg"))
        children.append(database.child)
        addresses["DATABASE_URL"] = database.url
    if not (given.get("REDIS_URL") and given.get("CELERY_BROKER_URL")):
        say("启动 Valkey 9")
        cache = running.enter_context(valkey.running(var / "valkey"))
        children.append(cache.child)
        addresses["REDIS_URL"] = cache.url
        addresses["CELERY_BROKER_URL"] = valkey.broker_url(cache.url)
    return children, addresses


def _environment(
    var: Path, port: int, given: Mapping[str, str], addresses: Mapping[str, str]
) -> dict[str, str]:
    files = {
        "KEYS_FILE": str(var / "keys.json"),
        "BLOBS_DIR": str(var / "blobs"),
        "SMS__CONSOLE_FILE": str(var / "sms.jsonl"),
    }
    # Messages on a screen wake nobody, and whoever tries the product at night wants to see them.
    awake = {"SMS__QUIET_FROM": "00:00", "SMS__QUIET_UNTIL": "00:00"}
    # Unset, uvicorn would believe whatever address a caller on this machine writes down.
    own = {"PUBLIC_BASE_URL": f"http://localhost:{port}", "FORWARDED_ALLOW_IPS": ""}
    ours = {**addresses, **files, **awake, **own}
    return {**os.environ, **ours, **{name: value for name, value in given.items() if value}}


def _programs(var: Path, port: int) -> list[tuple[str, list[str]]]:
    worker = ["celery", "-A", "jobs.app", "worker", "--beat", "--concurrency=2", "--loglevel=INFO"]
    worker += ["--schedule", str(var / "beat"), "--without-gossip", "--without-mingle"]
    web = ["uvicorn", "main:app", "--host", HOST, "--port", str(port)]
    web += ["--timeout-graceful-shutdown", "5"]  # pages hold a connection open for news
    return [("worker", worker), ("api", web)]


def _start(
    running: ExitStack, name: str, module: list[str], var: Path, environment: Mapping[str, str]
) -> Child:
    log = var / "log" / f"{name}.log"
    command = [sys.executable, "-m", *module]
    return running.enter_context(running_child(name, command, log=log, env=environment))


def _run_step(name: str, module: list[str], environment: Mapping[str, str]) -> None:
    """Run one preparing program to its end."""
    command: Command = [sys.executable, "-m", *module]
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise StackError(f"{name} 失败 (failed):\n{done.stderr.strip()[-2000:]}")


def _is_ready(instance: Instance) -> bool:
    instance.check()
    try:
        with urllib.request.urlopen(f"{instance.base_url}/readyz", timeout=PROBE_SECONDS) as answer:  # noqa: S310
            return bool(answer.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False
