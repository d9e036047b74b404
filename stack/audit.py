"""`make audit`: hold the rows of this installation against its evidence log."""

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from dotenv import dotenv_values

from stack import postgres
from stack.children import ROOT, StackError
from stack.occupancy import OccupiedError


def main(var: Path = ROOT / "var") -> int:
    """Run the audit against `DATABASE_URL`, or the bundled server, started if it is not up."""
    given = {**dotenv_values(ROOT / ".env"), **os.environ}
    environment = {name: value for name, value in given.items() if value is not None}
    environment.setdefault("KEYS_FILE", str(var / "keys.json"))
    # The audit speaks to nothing else.
    environment.setdefault("REDIS_URL", "redis://localhost")
    environment.setdefault("CELERY_BROKER_URL", "redis://localhost")
    try:
        with _database_url(var, environment.get("DATABASE_URL")) as url:
            command = [sys.executable, "-m", "jobs.audit"]
            done = subprocess.run(
                command, env={**environment, "DATABASE_URL": url}, cwd=ROOT, check=False
            )
    except StackError as error:
        sys.exit(f"{error}")
    return done.returncode


@contextmanager
def _database_url(var: Path, given: str | None) -> Generator[str]:
    if given:
        yield given
        return
    if not (var / "pg").exists():
        raise StackError("还没有数据，请先执行 make run。(no data yet; run make run first)")
    try:
        with postgres.running(var / "pg") as server:
            yield server.url
    except OccupiedError:
        yield postgres.url_of_running(var / "pg")


if __name__ == "__main__":
    sys.exit(main())
