"""Seven days with twenty gates, after which the record says what a perfect observer saw.

The real gate program runs on twenty computers with bad clocks, cut lines and failing power; the
product's services answer it on PostgreSQL; an observer sees every passage with a true clock. What
"the same" means where no clock on the site can tell the truth:

- A check-in is dated within the error it states itself (`clock_bound_ms`). First entry, last exit
  and minutes of a work day differ from the truth by no more than that; which days there are,
  their state and their grades do not differ at all. A day that lacks an entry or an exit needs
  confirmation, for the observer too, and is never missing.
- A gate that has heard no time since its power came back, and loses power again before it is
  heard, leaves one witness: the worker's own phone. Its code is taken for the time, even from a
  picture shown later, unless that code was used elsewhere.
- Of two uses of one code the one the server heard first counts; the other is the conflict.
- What the server let in stands unless the gate denies within 15 minutes that it opened: no gate
  takes a working day away later. The denial is on record, and a conflict.
- A scan that a power cut overtakes before it is on the disk has opened nothing, and may be lost.

Run again with the seed that a failure names: ``SIMULATION_SEED=… pytest tests/simulation``; longer
with ``SIMULATION_DAYS`` and ``SIMULATION_WORKERS``.
"""

import os
import secrets
from collections import Counter
from datetime import date, timedelta

import pytest
from redis import Redis

from attendance.folding import FoldedDay
from core.enums import AnnulmentReason, ScanReason
from core.keyring import Keyring
from db.models import CheckIn, WorkDay
from db.session import Database
from tests.simulation.run import CONTRADICTION, Outcome, nonce_of, simulate

pytestmark = pytest.mark.no_cover  # slow, and what it runs is covered by quicker tests

FIRST_DAY = date(2026, 10, 28)
"""A Wednesday; the month ends on the fourth day."""
DAYS = int(os.environ.get("SIMULATION_DAYS", "7"))
WORKERS = int(os.environ.get("SIMULATION_WORKERS", "200"))
FIXED_SEED = 20261031
TOLERANCE = timedelta(seconds=1)
"""Of an answer under way, which a check-in made online does not count."""


@pytest.mark.parametrize("seed", [FIXED_SEED, None], ids=["fixed", "random"])
def test_the_record_is_what_a_perfect_observer_saw(
    live_database: Database, redis: Redis, keyring: Keyring, seed: int | None
) -> None:
    seed = seed or int(os.environ.get("SIMULATION_SEED") or secrets.randbelow(10**9))
    outcome = simulate(
        live_database,
        redis,
        keyring,
        seed=seed,
        first_day=FIRST_DAY,
        days=DAYS,
        workers=WORKERS,
    )
    try:
        for check in CHECKS:
            check(outcome)
        if seed == FIXED_SEED:
            check_that_much_happened(outcome)
    except AssertionError as failure:
        failure.add_note(f"again with SIMULATION_SEED={seed}")
        raise


def check_machines(outcome: Outcome) -> None:
    """Nothing broke that was not meant to, and nobody who may enter was kept out."""
    assert outcome.plot.server.failures == []
    assert outcome.plot.kept_out == []
    assert outcome.waiting == 0


def check_scans(outcome: Outcome) -> None:
    """Every scan is on record once, with what the gate did."""
    observer, rows = outcome.observer, outcome.record.check_ins
    first_reports = Counter(row.nonce for row in rows if not row.nonce.startswith(CONTRADICTION))
    written = {n for n, seen in observer.sightings.items() if seen.passage.is_written}

    assert observer.nameless == []
    assert set(first_reports.values()) == {1}
    assert written <= set(first_reports) <= set(observer.sightings)
    assert outcome.record.unread == len(outcome.plot.garbled)
    contradicted = sorted(nonce_of(row) for row in rows if row.nonce.startswith(CONTRADICTION))
    unlike = observer.contradicted ^ set(contradicted)
    assert contradicted == sorted(observer.contradicted), outcome.tell(unlike)


def check_conflicts(outcome: Outcome) -> None:
    """Each opening that was not right is listed with the reason, and no other."""
    expected = Counter(outcome.observer.conflicts.items())
    found = outcome.record.conflicts
    unlike = [nonce for nonce, _ in (found - expected) + (expected - found)]
    assert found == expected, outcome.tell(unlike)


def check_refusals(outcome: Outcome) -> None:
    """Whoever was refused with a good code is listed; nobody who was let in, or rightly refused."""
    observer, refused = outcome.observer, outcome.record.refused
    good = {
        nonce_of(row)
        for row in outcome.record.check_ins
        if row.decided_offline
        and not row.admitted
        and row.reason is ScanReason.OK
        and row.gate_report
        and row.gate_report["reason"] not in set(AnnulmentReason)
    }

    assert refused == good, outcome.tell(refused ^ good)
    wrong = [n for n in refused if observer.is_opened(n) or not observer.is_good(n)]
    assert wrong == [], outcome.tell(wrong)


def check_crossings(outcome: Outcome) -> None:
    """What counts is what happened, and is dated within the error it states."""
    counted, verdicts = outcome.record.counted, outcome.observer.counted

    assert set(counted) == set(verdicts), outcome.tell(set(counted) ^ set(verdicts))
    wrongly_dated = [
        nonce
        for nonce, row in counted.items()
        if abs(row.occurred_at - verdicts[nonce].at) > error_of(row)
    ]
    assert wrongly_dated == [], outcome.tell(wrongly_dated)
    for nonce, row in counted.items():
        assert row.direction is outcome.observer.sightings[nonce].direction


def check_days(outcome: Outcome) -> None:
    """The work days are those of the observer, as exactly as their check-ins are dated."""
    expected, found = outcome.observer.work_days(outcome.record.rules), outcome.record.days
    errors = [error_of(row) for row in outcome.record.counted.values()]
    error = max(errors, default=TOLERANCE)

    assert set(found) ^ set(expected) == set()
    unlike = [key for key, day in found.items() if not is_like(day, expected[key], error)]
    assert [(found[key], expected[key]) for key in unlike] == []


CHECKS = (check_machines, check_scans, check_conflicts, check_refusals, check_crossings, check_days)


def check_that_much_happened(outcome: Outcome) -> None:
    """A quiet week proves nothing."""
    observer = outcome.observer
    heard = Counter(hearing.decided is None for hearing in outcome.plot.server.hearings)
    reasons = set(observer.conflicts.values()) - {ScanReason.OK}

    assert min(heard.values()) > 200
    assert len(observer.contradicted) > 0
    assert outcome.record.annulled
    assert outcome.record.unread
    assert reasons == {
        ScanReason.ALREADY_USED,
        ScanReason.BAD_HOLDER_TAG,
        ScanReason.EXPIRED_CODE,
        ScanReason.FUTURE_CODE,
        ScanReason.LEFT_PROJECT,
        ScanReason.NOT_ON_PROJECT,
        ScanReason.NO_CONTRACT,
        ScanReason.UNKNOWN_WORKER,
    }
    assert any(not seen.passage.is_written for seen in observer.sightings.values())
    assert any(not seen.is_clock_good for seen in observer.sightings.values())


def error_of(check_in: CheckIn) -> timedelta:
    """Return how far a check-in may be from the truth by its own account."""
    return timedelta(milliseconds=check_in.clock_bound_ms) + TOLERANCE


def is_like(found: WorkDay, expected: FoldedDay, error: timedelta) -> bool:
    """Tell whether a recorded day says what is true of it."""
    ends = ((found.first_in_at, expected.first_in_at), (found.last_out_at, expected.last_out_at))
    spread = 2 * len(expected.crossing_ids) * error // timedelta(minutes=1) + 1
    return (
        found.state is expected.state
        and found.grades == expected.grades
        and all((is_at is None) is (was_at is None) for is_at, was_at in ends)
        and all(abs(is_at - was_at) <= error for is_at, was_at in ends if is_at and was_at)
        and abs(found.minutes - expected.minutes) <= spread
    )
