"""Check-ins taken in one by one and in uploads of 200, judged and folded as everywhere."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from uuid import uuid4

from bench.groups.baselines import CONNECTIONS, EVENT, SECONDS, answers_per_second
from bench.groups.gates import open_sites, verified_per_second
from bench.harness import Sides, bench
from bench.load import Address, post_json, run_load
from bench.rig import SCRIPTS, Rig
from bench.sites import BATCH, Sites

UPLOADERS = 8
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
    """Uploads of 200 scans against 200 rows that PostgreSQL makes up itself."""
    assert rig.usual  # makes the table
    script = SCRIPTS / "batch_insert.pgbench"
    yield Sides(
        ours=partial(_uploaded_per_second, open_sites(rig)),
        baseline=lambda: BATCH * rig.pgbench(script, clients=UPLOADERS, seconds=SECONDS),
    )


@bench(unit="rows/s", ratio=">=", target=10)
@contextmanager
def ingest_batch_vs_orm(rig: Rig) -> Generator[Sides]:
    """Uploads of 200 scans against `add_all` and one commit of as many."""
    yield Sides(
        ours=partial(_uploaded_per_second, open_sites(rig)),
        baseline=partial(_added_per_second, rig.usual),
    )


def _uploaded_per_second(sites: Sites) -> float:
    """Return how many scans were stored for good in a second."""
    requests = sites.uploads(MOST_UPLOADS_PER_SECOND * SECONDS)
    admitted = sites.count_admitted()
    result = run_load(sites.address, requests.__getitem__, connections=UPLOADERS, seconds=SECONDS)
    stored = sites.count_admitted() - admitted
    assert stored >= BATCH * len(result.latencies), f"{len(result.latencies)} uploads, {stored}"
    return BATCH * result.per_second


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
