"""A backlog of the usual kind is stored by two statements, as the exact way would store it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import Session, col

from attendance import offline
from attendance.offline import ScanOutcome
from attendance.partitions import ensure_partitions_for
from attendance.plain_uploads import Known, NotPlainError, take_plain_scans
from attendance.rejudge import Arrival, ScanReport
from attendance.roster import Gate, make_finders
from attendance.roster_queries import get_roster
from attendance.rules import CLOCK_TRUST_MS
from core.clock import ONE_DAY, local_date
from core.enums import Direction, ScanReason, ScanStatus
from core.keyring import Keyring
from db.models import CheckIn, Device, FoldDue, ProjectWorker, WorkerCode
from qr import code as ax1
from qr.service import make_live_code
from qr.tag_keys import TagKeys
from tests.attendance.test_offline import EVENING, MORNING, NOW, report, stored
from tests.factories.attendance import (
    GateSite,
    long_ago,
    make_check_in,
    make_gate,
    make_gate_site,
)
from tests.factories.cards import make_card
from tests.factories.identity import make_worker_person
from tests.factories.projects import make_project_worker

ARRIVAL = Arrival(NOW, "boot-9", 0)
COMPARED = [name for name in CheckIn.model_fields if name != "id"]
Upload = Callable[..., list[ScanOutcome]]
Show = Callable[[datetime], str]


@pytest.fixture
def site(session: Session) -> GateSite:
    days = {local_date(MORNING), local_date(NOW)}
    ensure_partitions_for(session, days, today=local_date(NOW))
    return make_gate_site(session)


@pytest.fixture
def show(session: Session, keyring: Keyring, site: GateSite) -> Show:
    return lambda at: site.live_code(session, keyring, at=at)


@pytest.fixture
def upload(session: Session, keyring: Keyring, site: GateSite) -> Upload:
    def take(*scans: ScanReport, device: Device | None = None) -> list[ScanOutcome]:
        known = learn(session, keyring, device or site.gate.device)
        return take_plain_scans(session, known, scans=scans, arrival=ARRIVAL)

    return take


def learn(session: Session, keyring: Keyring, device: Device) -> Known:
    """Return what a hot lane would know of a gate."""
    session.flush()
    find = make_finders(get_roster(session, device.project_id))
    return Known(Gate.of(device), find, TagKeys(keyring))


def take_exactly(
    session: Session, keyring: Keyring, device: Device, scans: Sequence[ScanReport]
) -> list[ScanOutcome]:
    return offline.take_scans(
        session, keyring, device=device, reports=scans, arrival=ARRIVAL, clock_offset_ms=None
    )


def test_a_day_is_stored_proved_and_marked(
    session: Session, site: GateSite, upload: Upload, show: Show
) -> None:
    entry, leaving = upload(
        report(show(MORNING), MORNING),
        report(show(MORNING + timedelta(hours=9)), MORNING + timedelta(hours=9)),
    )

    assert (entry.status, leaving.status) == (ScanStatus.RECORDED, ScanStatus.RECORDED)
    row = session.scalars(select(CheckIn).order_by(col(CheckIn.occurred_at))).all()[0]
    assert (row.id, row.project_worker_id) == (stored(entry).id, site.worker_id)
    assert (row.valid, row.reason, row.received_at) == (True, ScanReason.OK, NOW)
    mark = session.scalars(select(FoldDue)).one()
    assert (mark.project_worker_id, mark.day) == (site.worker_id, local_date(MORNING))


SAID = st.fixed_dictionaries(
    {
        "admitted": st.booleans(),
        "direction": st.sampled_from(Direction),
        "clock_bound_ms": st.sampled_from([None, 0, 300_000]),
        "reason": st.sampled_from(["ok", "no_day_key", "call 13800000000"]),
        "uptime_ms": st.sampled_from([None, -3_600_000]),
        "boot_id": st.sampled_from(["boot-1", ARRIVAL.boot_id]),
        "sequence": st.sampled_from([None, 7]),
    }
)
KINDS = ("good", "stale", "altered", "left", "without contract", "card", "revoked card", "no code")
QUARTERS = [MORNING + number * timedelta(seconds=15) for number in range(6)]
SHOWN = st.lists(
    st.tuples(st.sampled_from(KINDS), st.sampled_from(range(len(QUARTERS))), SAID),
    min_size=1,
    max_size=20,
)


@pytest.fixture
def texts(session: Session, keyring: Keyring, site: GateSite) -> dict[str, list[str]]:
    """Return what is held to the reader in each quarter of a minute, by kind."""
    leaver, newcomer = (enter(session, site) for _ in range(2))
    card, revoked = (make_card(session, worker) for worker in (site.worker, newcomer))
    late = timedelta(minutes=10)
    good = show_all(session, keyring, site.worker)
    texts = {
        "good": good,
        "stale": [site.live_code(session, keyring, at=at - late) for at in QUARTERS],
        "altered": [alter(code) for code in good],
        "left": show_all(session, keyring, leaver),
        "without contract": show_all(session, keyring, newcomer),
        "card": [card.code] * len(QUARTERS),
        "revoked card": [revoked.code] * len(QUARTERS),
        "no code": [f"no code {at}" for at in QUARTERS],
    }
    leaver.left_date = local_date(MORNING) - ONE_DAY
    revoked.card.revoked_at = MORNING
    return texts


def show_all(session: Session, keyring: Keyring, worker: ProjectWorker) -> list[str]:
    show = partial(make_live_code, session, keyring, person_id=worker.person_id)
    return [show(at=at) for at in QUARTERS]


def enter(session: Session, site: GateSite) -> ProjectWorker:
    person = make_worker_person(session)
    return make_project_worker(session, site.team, person, entered_date=long_ago())


def alter(text: str) -> str:
    code = ax1.decode(text)
    return ax1.encode(replace(code, gate_tag=bytes(len(code.gate_tag))))


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(shown=SHOWN)
def test_both_ways_store_and_answer_the_same(
    session: Session,
    keyring: Keyring,
    *,
    site: GateSite,
    texts: dict[str, list[str]],
    shown: list[tuple[str, int, dict[str, Any]]],
) -> None:
    scans = [
        report(texts[kind][quarter], QUARTERS[quarter], **words) for kind, quarter, words in shown
    ]
    known = learn(session, keyring, site.gate.device)

    with session.begin_nested() as undo:
        try:
            plain = take_plain_scans(session, known, scans=scans, arrival=ARRIVAL)
        except NotPlainError:
            plain = []
        by_heart = tell(session, plain)
        undo.rollback()
    with session.begin_nested() as undo:
        exact = tell(session, take_exactly(session, keyring, site.gate.device, scans))
        undo.rollback()

    assert by_heart == exact or is_nobody_named(exact)


def is_nobody_named(told: list[tuple[object, ...]]) -> bool:
    """Tell whether an upload was left to the exact way because it has nobody to wait for."""
    return not any(row[COMPARED.index("project_worker_id")] for row in told if len(row) > 2)


def tell(session: Session, outcomes: Sequence[ScanOutcome]) -> list[tuple[object, ...]]:
    """Return the answers, the rows without their ids, and the marks of days."""
    rows = select(*(col(getattr(CheckIn, name)) for name in COMPARED)).order_by(col(CheckIn.nonce))
    marks = select(col(FoldDue.project_worker_id), col(FoldDue.day)).order_by(
        col(FoldDue.project_worker_id), col(FoldDue.day)
    )
    session.expire_all()
    answers = [(each.nonce, each.status) for each in outcomes]
    return [*answers, *map(tuple, session.execute(rows)), *map(tuple, session.execute(marks))]


def test_what_was_reported_before_is_left_to_the_exact_way(upload: Upload, show: Show) -> None:
    known = report("no code", MORNING)
    upload(known, report(show(MORNING), MORNING))
    with pytest.raises(NotPlainError):
        upload(report("no code", EVENING, nonce=known.nonce), report(show(EVENING), EVENING))


def test_a_step_that_was_used_at_another_gate_is_left_to_the_exact_way(
    session: Session, site: GateSite, upload: Upload, show: Show
) -> None:
    scan = report(show(MORNING), MORNING)
    upload(scan, device=make_gate(session, site.project).device)
    with pytest.raises(NotPlainError):
        upload(report(scan.code, MORNING))


def test_a_crossing_at_a_gate_with_a_wrong_clock_is_found_by_its_arrival(
    session: Session, site: GateSite, upload: Upload, show: Show
) -> None:
    at = NOW - timedelta(minutes=5)
    make_check_in(
        session,
        site.worker,
        Direction.IN,
        MORNING,
        received_at=at,
        clock_bound_ms=CLOCK_TRUST_MS + 1,
    )
    with pytest.raises(NotPlainError):
        upload(report(show(at), at))


@pytest.mark.parametrize(
    "odd",
    [
        {"nonce": "scan-0001"},
        {"admitted": False, "reason": "not_the_holder"},
        {"at": MORNING - 400 * ONE_DAY, "code": "no code"},
        {"at": NOW},
        {"code": "AX2-SHA256:" + "A" * 52},
    ],
    ids=["twice", "stranger", "no partition", "fresh", "unknown card"],
)
def test_one_odd_scan_leaves_all_to_the_exact_way(
    upload: Upload, show: Show, odd: dict[str, Any]
) -> None:
    plain = report(show(MORNING), MORNING, nonce="scan-0001")
    at = odd.get("at", EVENING)
    said = {"at": at, "code": odd.get("code") or show(at)} | odd
    with pytest.raises(NotPlainError):
        upload(plain, report(**said))


def test_a_code_of_an_earlier_phone_is_left_to_the_exact_way(
    session: Session, upload: Upload, show: Show
) -> None:
    code = show(MORNING)
    session.scalars(select(WorkerCode)).one().key_generation = 2
    with pytest.raises(NotPlainError):
        upload(report(code, MORNING))


def test_nobodys_code_alone_is_left_to_the_exact_way(upload: Upload) -> None:
    with pytest.raises(NotPlainError):
        upload(report("no code", MORNING))


def test_a_gate_that_was_revoked_in_this_moment_stores_nothing(
    session: Session, site: GateSite, upload: Upload, show: Show
) -> None:
    site.gate.device.revoked_at = NOW
    with pytest.raises(NotPlainError):
        upload(report(show(MORNING), MORNING))
    assert list(session.scalars(select(CheckIn))) == []
