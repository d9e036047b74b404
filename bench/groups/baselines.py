"""The three baselines against each other: is this machine as the targets assume?"""

import json
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from uuid import UUID, uuid4

from bench.harness import Sides, bench
from bench.load import Address, post_json, run_load
from bench.rig import SCRIPTS, Rig

CONNECTIONS = 32
SECONDS = 2
EVENT = {
    "worker_id": str(UUID(int=1)),
    "project_id": str(UUID(int=2)),
    "device_id": str(UUID(int=3)),
    "direction": "in",
    "occurred_at": "2026-10-08T07:58:00+08:00",
}


def answers_per_second(address: Address, path: str, *, connections: int = CONNECTIONS) -> float:
    """Return how many new gate events a second a baseline program answers."""

    def request(_number: int) -> bytes:
        return post_json(path, json.dumps({**EVENT, "nonce": str(uuid4())}).encode())

    return run_load(address, request, connections=connections, seconds=SECONDS).per_second


@bench(unit="requests/s", ratio="<=", target=0.1)
@contextmanager
def baseline_usual_vs_echo(rig: Rig) -> Generator[Sides]:
    """The price of the usual way to store one row, in units of doing nothing."""
    yield Sides(
        ours=partial(answers_per_second, rig.usual, "/check-ins"),
        baseline=partial(answers_per_second, rig.echo, "/echo"),
    )


@bench(unit="rows/s", ratio="<=", target=0.1)
@contextmanager
def baseline_usual_vs_pgbench(rig: Rig) -> Generator[Sides]:
    """The same row stored by the usual endpoint and by pgbench alone."""
    usual = rig.usual  # makes the table
    script = SCRIPTS / "single_insert.pgbench"
    yield Sides(
        ours=partial(answers_per_second, usual, "/check-ins"),
        baseline=partial(rig.pgbench, script, clients=CONNECTIONS, seconds=SECONDS),
    )
