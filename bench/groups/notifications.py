"""Messages: how fast a backlog is sent, and how soon after its commit a message leaves."""

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from statistics import median

from bench.harness import Sides, bench
from bench.post import BareCelery, Post, running_bare_celery, running_post
from bench.rig import Rig

ROWS = 5_000
MANY_ROWS = 20_000
WARM_UP_ROWS = 2_000
SINGLES = 20
MOST_GROWTH = 1.15
MS = 1000


@bench(unit="messages/s", ratio=">=", target=0.5)
@contextmanager
def drain_vs_celery(rig: Rig) -> Generator[Sides]:
    """Recorded messages, claimed, sent and recorded, against tasks that do nothing."""
    with _sides(rig, ROWS) as sides:
        yield sides


@bench(unit="messages/s", ratio=">=", target=0.5, large=True)
@contextmanager
def drain_20k_vs_celery(rig: Rig) -> Generator[Sides]:
    """The same with 20,000 messages waiting."""
    with _sides(rig, MANY_ROWS) as sides:
        yield sides


@contextmanager
def _sides(rig: Rig, rows: int) -> Generator[Sides]:
    with running_post(rig) as post, running_bare_celery(rig) as bare:
        post.drained_per_second(WARM_UP_ROWS)
        before = post.resident_bytes()
        yield Sides(
            ours=partial(post.drained_per_second, rows),
            baseline=partial(bare.drained_per_second, rows),
        )
        growth = post.resident_bytes() / before
        assert growth < MOST_GROWTH, f"the workers' memory grew by the factor {growth:.2f}"


@bench(unit="ms", ratio="<=", target=4)
@contextmanager
def commit_to_gateway_vs_celery(rig: Rig) -> Generator[Sides]:
    """From commit to the gateway's call on an idle system, against publish to a task's start."""
    with running_post(rig) as post, running_bare_celery(rig) as bare:
        yield Sides(ours=partial(_gateway_ms, post), baseline=partial(_start_ms, bare))


def _gateway_ms(post: Post) -> float:
    return median(post.seconds_to_gateway() for _ in range(SINGLES)) * MS


def _start_ms(bare: BareCelery) -> float:
    return median(bare.seconds_to_start() for _ in range(SINGLES)) * MS
