"""Check-ins taken in one by one and in uploads of 200, judged and folded as everywhere."""

import json
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

from bench.groups.baselines import CONNECTIONS, EVENT, SECONDS, answers_per_second
from bench.groups.gates import (
    FEW_CONNECTIONS,
    open_full_sites,
    open_sites,
    verified_per_second,
)
from bench.harness import ROUNDS, Sides, bench
from bench.load import Address, Result, post_json, run_load
from bench.rig import SCRIPTS, Rig
from bench.sites import BATCH, Sites

UPLOADERS = 8
BACKFILLED = 1_000_000
LONGEST_BACKFILL_SECONDS = 3_600
QUIET_SECONDS = 20
PAUSE_SECONDS = 0.04
"""Between two people at one gate: eight of them ask 200 times a second."""
MOST_UPLOADS_PER_SECOND = 150
ORM_BATCHES_PER_SECOND = 60


@bench(unit="requests/s", ratio=">=", target=15)
@contextmanager
def ingest_single_vs_usual(rig: Rig) -> Generator[Sides]:
    """One check-in a request, with the full judgement, against the usual endpoint."""
    yield Sides(
        ours=partial(verified_per_second, open_sites(rig)),
        baseline=partial(answers_per_second, rig.usual, "/check-ins"),
        limit=partial(answers_per_second, rig.echo, "/echo"),
    )


@bench(unit="rows/s", ratio=">=", target=0.32)
@contextmanager
def ingest_single_vs_pgbench(rig: Rig) -> Generator[Sides]:
    """One check-in a request, with the full judgement, against pgbench's bare INSERT."""
    assert rig.usual  # makes the table
    script = SCRIPTS / "single_insert.pgbench"
    yield Sides(
        ours=partial(verified_per_second, open_sites(rig)),
        baseline=partial(rig.pgbench, script, clients=CONNECTIONS, seconds=SECONDS),
    )


@bench(unit="rows/s", ratio=">=", target=0.45)
@contextmanager
def ingest_batch_vs_pgbench200(rig: Rig) -> Generator[Sides]:
    """Uploads of 200 scans against 200 rows that PostgreSQL makes up itself.

    The limit is the same statement into our own table: its keys, its indexes, no judgement.
    """
    assert rig.usual  # makes the table
    yield Sides(
        ours=partial(_uploaded_per_second, open_sites(rig)),
        baseline=partial(_made_up_per_second, rig, SCRIPTS / "batch_insert.pgbench"),
        limit=partial(_made_up_per_second, rig, SCRIPTS / "own_batch_insert.pgbench"),
    )


@bench(unit="rows/s", ratio=">=", target=10)
@contextmanager
def ingest_batch_vs_orm(rig: Rig) -> Generator[Sides]:
    """Uploads of 200 scans against `add_all` and one commit of as many."""
    yield Sides(
        ours=partial(_uploaded_per_second, open_sites(rig)),
        baseline=partial(_added_per_second, rig.usual),
    )


@bench(unit="ms", ratio="<=", target=2, large=True)
@contextmanager
def backfill_live_p99(rig: Rig) -> Generator[Sides]:
    """How long gates wait, at worst, while a million kept scans come in, and while none do."""
    sites = open_sites(rig)
    yield Sides(
        ours=partial(_live_p99_beside_backfill, sites),
        baseline=lambda: _live_p99_ms(sites, seconds=QUIET_SECONDS),
    )


def _live_p99_beside_backfill(sites: Sites) -> float:
    """Upload a round's share of the million, and ask for as long as that takes."""
    latencies: list[float] = []
    with ThreadPoolExecutor(1) as threads:
        filling = threads.submit(_upload, sites, BACKFILLED // ROUNDS // BATCH)
        while not filling.done():
            latencies += _ask_at_leisure(sites, seconds=SECONDS).latencies
        filling.result()
    return Result(SECONDS, latencies).percentile_ms(0.99)


def _upload(sites: Sites, count: int) -> None:
    """Send so many uploads, as many at a time as there are gates that come back at once."""
    requests = iter(sites.uploads(count))
    stored = sites.count_admitted()
    run_load(
        sites.address,
        lambda _: next(requests, None),
        connections=UPLOADERS,
        seconds=LONGEST_BACKFILL_SECONDS,
    )
    assert sites.count_admitted() - stored >= count * BATCH


def _live_p99_ms(sites: Sites, *, seconds: float) -> float:
    return _ask_at_leisure(sites, seconds=seconds).percentile_ms(0.99)


def _ask_at_leisure(sites: Sites, *, seconds: float) -> Result:
    most = int(FEW_CONNECTIONS * seconds / PAUSE_SECONDS)
    questions = sites.questions(most + FEW_CONNECTIONS)
    return run_load(
        sites.address,
        questions.__getitem__,
        connections=FEW_CONNECTIONS,
        seconds=seconds,
        pause=PAUSE_SECONDS,
    )


@bench(unit="rows/s", ratio=">=", target=0.85, large=True)
@contextmanager
def ingest_single_flat_20m(rig: Rig) -> Generator[Sides]:
    """One check-in a request beside 20 million in 24 partitions, and in an empty table."""
    yield from _compare_full_to_empty(rig, verified_per_second)


@bench(unit="rows/s", ratio=">=", target=0.85, large=True)
@contextmanager
def ingest_flat_20m(rig: Rig) -> Generator[Sides]:
    """Uploads of 200 scans beside 20 million in 24 partitions, and into an empty table."""
    yield from _compare_full_to_empty(rig, _uploaded_per_second)


def _compare_full_to_empty(rig: Rig, measure: Callable[[Sites], float]) -> Generator[Sides]:
    full, empty = open_full_sites(rig), open_sites(rig)
    yield Sides(ours=partial(measure, full), baseline=partial(measure, empty))


def _uploaded_per_second(sites: Sites) -> float:
    """Return how many scans were stored for good in a second."""
    requests = sites.uploads(MOST_UPLOADS_PER_SECOND * SECONDS)
    admitted = sites.count_admitted()
    result = run_load(sites.address, requests.__getitem__, connections=UPLOADERS, seconds=SECONDS)
    stored = sites.count_admitted() - admitted
    assert stored >= BATCH * len(result.latencies), f"{len(result.latencies)} uploads, {stored}"
    return BATCH * result.per_second


def _made_up_per_second(rig: Rig, script: Path) -> float:
    return BATCH * rig.pgbench(script, clients=UPLOADERS, seconds=SECONDS)


def _added_per_second(address: Address) -> float:
    requests = [
        post_json(
            "/check-ins/batch",
            json.dumps([{**EVENT, "nonce": str(uuid4())} for _ in range(BATCH)]).encode(),
        )
        for _ in range(ORM_BATCHES_PER_SECOND * SECONDS)
    ]
    result = run_load(address, requests.__getitem__, connections=UPLOADERS, seconds=SECONDS)
    return BATCH * result.per_second
