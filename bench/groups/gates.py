"""A gate's question over HTTP: full judgement, and a durable check-in before the answer."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache, partial
from uuid import uuid4

from sqlalchemy import make_url

from bench.groups.baselines import CONNECTIONS, EVENT, SECONDS, answers_per_second
from bench.harness import Sides, bench
from bench.load import Address, Result, post_json, run_load
from bench.post import make_database
from bench.rig import SCRIPTS, Rig
from bench.sites import Sites

FEW_CONNECTIONS = 8
"""At 32 on two cores a 99th percentile says more about the scheduler than about the server."""
MOST_PER_SECOND = 8_000
MONTHS = 24
ROWS = 20_000_000


@cache
def open_sites(rig: Rig) -> Sites:
    """Return the sites, their server warm."""
    return _warm(Sites(rig, rig.database_url))


@cache
def open_full_sites(rig: Rig) -> Sites:
    """Return other sites, which have been at work for two years."""
    database_url = make_database(make_url(rig.database_url), "full_sites")
    sites = Sites(rig, database_url)
    sites.fill(months=MONTHS, rows=ROWS)
    return _warm(sites)


def _warm(sites: Sites) -> Sites:
    """Let the server read each site's roster, as it does at the first question."""
    questions = sites.questions(MOST_PER_SECOND * SECONDS)
    run_load(sites.address, questions.__getitem__, connections=CONNECTIONS, seconds=SECONDS)
    return sites


def verify(sites: Sites, *, connections: int) -> Result:
    """Ask with distinct good codes; every one must have opened its gate for good."""
    questions = sites.questions(MOST_PER_SECOND * SECONDS)
    admitted = sites.count_admitted()
    result = run_load(
        sites.address, questions.__getitem__, connections=connections, seconds=SECONDS
    )
    opened = sites.count_admitted() - admitted
    assert opened >= len(result.latencies), f"{len(result.latencies)} answers, {opened} opened"
    return result


def verified_per_second(sites: Sites) -> float:
    """Return how many gates opened in a second."""
    return verify(sites, connections=CONNECTIONS).per_second


@bench(unit="requests/s", ratio=">=", target=10)
@contextmanager
def gate_verify_vs_usual(rig: Rig) -> Generator[Sides]:
    """The whole judgement against the usual endpoint, which stores one row and judges nothing."""
    sites = open_sites(rig)
    yield Sides(
        ours=partial(verified_per_second, sites),
        baseline=partial(answers_per_second, rig.usual, "/check-ins"),
        limit=partial(answers_per_second, rig.echo, "/echo"),
    )


@bench(unit="rows/s", ratio=">=", target=0.28)
@contextmanager
def gate_verify_vs_pgbench(rig: Rig) -> Generator[Sides]:
    """The whole judgement against PostgreSQL's own client, which only inserts."""
    sites = open_sites(rig)
    assert rig.usual  # makes the table
    script = SCRIPTS / "single_insert.pgbench"
    yield Sides(
        ours=partial(verified_per_second, sites),
        baseline=partial(rig.pgbench, script, clients=CONNECTIONS, seconds=SECONDS),
    )


@bench(unit="ms", ratio="<=", target=6)
@contextmanager
def gate_verify_p99_vs_echo(rig: Rig) -> Generator[Sides]:
    """How long a worker waits at the turnstile, at worst, against an endpoint that does nothing."""
    sites = open_sites(rig)
    yield Sides(
        ours=lambda: verify(sites, connections=FEW_CONNECTIONS).percentile_ms(0.99),
        baseline=partial(_echo_p99_ms, rig.echo),
    )


def _echo_p99_ms(address: Address) -> float:
    body = post_json("/echo", json.dumps({**EVENT, "nonce": str(uuid4())}).encode())
    result = run_load(address, lambda _: body, connections=FEW_CONNECTIONS, seconds=SECONDS)
    return result.percentile_ms(0.99)
