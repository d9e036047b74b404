"""Scans that a gate decided alone: each is kept, judged for its own moment, and counted once."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from redis import Redis
from sqlalchemy import event, func, select
from sqlmodel import Session, col

from attendance import offline, service
from attendance.day_rules import work_date
from attendance.offline import ScanOutcome, UnreadReport
from attendance.rejudge import Arrival, ScanReport
from attendance.storing import NewCheckIn
from core.clock import ONE_DAY, day_start, local_date, now
from core.enums import Direction, Grade, ScanReason, ScanStatus, WorkDayState
from core.keyring import Keyring
from db.models import CheckIn, Device, UnreadScan, WorkDay, WorkerCode
from qr import code as ax1
from qr.service import issue_worker_code, make_live_code
from tests.factories.attendance import GateSite, fold_waiting, make_gate, make_gate_site
from tests.factories.identity import make_worker_person
from tests.factories.projects import make_contract, make_project_worker

NOW = now()
MORNING = day_start(local_date(NOW) - 3 * ONE_DAY) + timedelta(hours=7)  # three days ago
EVENING = MORNING + timedelta(hours=10)
Upload = Callable[..., list[ScanOutcome]]
Show = Callable[[datetime], str]


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def show(session: Session, keyring: Keyring, site: GateSite) -> Show:
    return lambda at: site.live_code(session, keyring, at=at)


@pytest.fixture
def upload(session: Session, keyring: Keyring, site: GateSite) -> Upload:
    def take(
        *reports: ScanReport | UnreadReport, device: Device | None = None
    ) -> list[ScanOutcome]:
        return offline.take_scans(
            session,
            keyring,
            device=device or site.gate.device,
            reports=reports,
            arrival=Arrival(NOW, "boot-9", 0),
            clock_offset_ms=40,
        )

    return take


def report(code: str, at: datetime, **changes: Any) -> ScanReport:
    said: dict[str, Any] = {
        "code": code,
        "direction": Direction.IN,
        "nonce": uuid4().hex,
        "scanned_at": at,
        "clock_bound_ms": 120,
        "admitted": True,
        "reason": "ok",
        "decided_offline": True,
        "sequence": 7,
        "boot_id": "boot-1",
        "uptime_ms": 5_000,
    }
    return ScanReport(**said | changes)


def stored(outcome: ScanOutcome) -> CheckIn | NewCheckIn:
    assert outcome.check_in is not None
    return outcome.check_in


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(CheckIn)) or 0


def test_a_day_offline_is_stored_proved_and_folded(
    session: Session, site: GateSite, upload: Upload, show: Show
) -> None:
    entry, leaving = upload(
        report(show(MORNING), MORNING),
        report(show(EVENING), EVENING, direction=Direction.OUT),
    )

    assert (entry.status, leaving.status) == (ScanStatus.RECORDED, ScanStatus.RECORDED)
    rows = session.scalars(select(CheckIn).order_by(col(CheckIn.occurred_at))).all()
    assert [row.id for row in rows] == [stored(entry).id, stored(leaving).id]
    for row in rows:
        assert (row.admitted, row.valid, row.grade) == (True, True, Grade.A)
        assert (row.reason, row.project_worker_id) == (ScanReason.OK, site.worker_id)
        assert (row.decided_offline, row.received_at, row.clock_bound_ms) == (True, NOW, 120)
    fold_waiting(session)
    day = session.scalars(select(WorkDay)).one()
    assert (day.work_date, day.state) == (local_date(MORNING), WorkDayState.COMPLETE)
    assert (day.first_in_at, day.minutes, day.grades) == (MORNING, 600, {"A": 2})


def test_what_the_gate_said_is_kept_beside_what_is_true(upload: Upload, show: Show) -> None:
    (outcome,) = upload(report(show(MORNING), MORNING, admitted=False, reason="no_day_key"))

    check_in = stored(outcome)
    assert (check_in.admitted, check_in.valid, check_in.reason) == (False, False, ScanReason.OK)
    assert check_in.gate_report is not None
    assert check_in.gate_report["reason"] == "no_day_key"
    assert check_in.gate_report["sequence"] == 7


@pytest.mark.parametrize(
    ("seconds", "reason"), [(-60, ScanReason.EXPIRED_CODE), (60, ScanReason.FUTURE_CODE)]
)
def test_freshness_is_that_of_the_scan_and_not_of_its_arrival(
    upload: Upload, show: Show, seconds: int, reason: ScanReason
) -> None:
    (outcome,) = upload(report(show(MORNING + timedelta(seconds=seconds)), MORNING))
    check_in = stored(outcome)
    assert (check_in.admitted, check_in.valid, check_in.reason) == (True, False, reason)


def test_an_old_phone_gives_an_admission_that_is_not_valid(
    session: Session, upload: Upload, show: Show
) -> None:
    code = show(MORNING)
    session.scalars(select(WorkerCode)).one().key_generation = 2

    check_in = stored(upload(report(code, MORNING))[0])

    assert (check_in.admitted, check_in.valid) == (True, False)
    assert (check_in.reason, check_in.grade) == (ScanReason.BAD_HOLDER_TAG, Grade.E)


def test_who_left_before_that_day_was_let_in_but_did_not_work(
    session: Session, site: GateSite, upload: Upload, show: Show
) -> None:
    code = show(MORNING)
    site.worker.left_date = local_date(MORNING) - ONE_DAY
    check_in = stored(upload(report(code, MORNING))[0])
    assert (check_in.admitted, check_in.reason) == (True, ScanReason.LEFT_PROJECT)
    fold_waiting(session)
    assert session.scalars(select(WorkDay)).all() == []


def test_who_left_after_that_day_worked(site: GateSite, upload: Upload, show: Show) -> None:
    code = show(MORNING)
    site.worker.left_date = local_date(MORNING)
    assert stored(upload(report(code, MORNING))[0]).valid


def test_a_missing_contract_costs_the_worker_no_day(session: Session, keyring: Keyring) -> None:
    site = make_gate_site(session, has_contract=False)

    (outcome,) = offline.take_scans(
        session,
        keyring,
        device=site.gate.device,
        reports=[report(site.live_code(session, keyring, at=MORNING), MORNING)],
        arrival=Arrival(NOW, None, None),
        clock_offset_ms=None,
    )

    assert (stored(outcome).valid, stored(outcome).reason) == (True, ScanReason.NO_CONTRACT)


@pytest.mark.parametrize("batches", [1, 2])
def test_one_code_at_two_gates_counts_once(
    session: Session, site: GateSite, upload: Upload, show: Show, batches: int
) -> None:
    code = show(MORNING)
    first, second = report(code, MORNING), report(code.lower(), MORNING + timedelta(seconds=9))
    if batches == 1:
        outcomes = upload(first, second)
    else:
        other_gate = make_gate(session, site.project).device
        outcomes = upload(first) + upload(second, device=other_gate)

    assert [stored(outcome).reason for outcome in outcomes] == ["ok", "already_used"]
    assert [stored(outcome).valid for outcome in outcomes] == [True, False]
    fold_waiting(session)
    assert session.scalars(select(WorkDay)).one().grades == {"A": 1}


def test_a_code_used_online_does_not_count_again_offline(
    session: Session, redis: Redis, keyring: Keyring, *, site: GateSite, upload: Upload, show: Show
) -> None:
    code = show(now())
    verify(session, redis, keyring, site.gate.device, code)
    other_gate = make_gate(session, site.project).device

    (outcome,) = upload(report(code, now()), device=other_gate)

    assert stored(outcome).reason is ScanReason.ALREADY_USED


def test_a_code_counted_offline_opens_no_gate_online(
    session: Session, redis: Redis, keyring: Keyring, *, site: GateSite, upload: Upload, show: Show
) -> None:
    code = show(now())
    upload(report(code, now()))
    other_gate = make_gate(session, site.project).device
    assert not verify(session, redis, keyring, other_gate, code).admitted


def test_a_refused_scan_uses_nothing_up(upload: Upload, show: Show) -> None:
    code = show(MORNING)
    refused, admitted = upload(report(code, MORNING, admitted=False), report(code, MORNING))
    assert (stored(refused).valid, stored(admitted).valid) == (False, True)


def test_an_upload_sent_again_is_answered_alike_and_stored_once(
    session: Session, upload: Upload, show: Show
) -> None:
    batch = [report(show(MORNING), MORNING), report("no code", MORNING)]
    first = upload(*batch)

    again = upload(*batch)

    assert [outcome.status for outcome in again] == [ScanStatus.DUPLICATE] * 2
    assert [stored(each).id for each in again] == [stored(each).id for each in first]
    assert count(session) == 2


def test_one_nonce_twice_in_an_upload_is_one_scan(
    session: Session, upload: Upload, show: Show
) -> None:
    scan = report(show(MORNING), MORNING)
    first, second = upload(scan, scan)
    assert (first.status, second.status) == (ScanStatus.RECORDED, ScanStatus.DUPLICATE)
    assert stored(first).id == stored(second).id
    assert count(session) == 1


@pytest.mark.parametrize("times", [1, 3])
def test_a_nonce_that_says_otherwise_is_kept_beside_the_first(
    session: Session, upload: Upload, show: Show, times: int
) -> None:
    first = report("no code", MORNING, admitted=False)
    upload(first)

    for _ in range(times):
        (second,) = upload(report(show(MORNING), MORNING, nonce=first.nonce))

    assert (second.status, second.nonce) == (ScanStatus.CONFLICT, first.nonce)
    assert stored(second).valid
    assert count(session) == 2


def test_a_scan_whose_answer_was_lost_is_known(
    session: Session, redis: Redis, keyring: Keyring, *, site: GateSite, upload: Upload, show: Show
) -> None:
    code, at = show(now()), now()
    decision = verify(session, redis, keyring, site.gate.device, code, at=at, nonce="scan-0001")

    (outcome,) = upload(report(code, at, nonce="scan-0001"))

    assert outcome.status is ScanStatus.DUPLICATE
    assert stored(outcome).id == decision.check_in.id


@pytest.mark.parametrize("garbage", ["", "\x00\x1b" * 99, "码", "\ud800", "A" * 50_000])
def test_garbage_is_kept(session: Session, upload: Upload, garbage: str) -> None:
    (outcome,) = upload(report(garbage, MORNING, admitted=False))
    assert (outcome.status, stored(outcome).reason) == ("recorded", "malformed_code")
    assert count(session) == 1


def test_an_identity_number_held_to_the_reader_is_not_kept(upload: Upload) -> None:
    (outcome,) = upload(report("330106199001010013", MORNING))
    assert stored(outcome).presented == "***"


def test_a_stranger_is_kept_without_a_name(upload: Upload, show: Show) -> None:
    known = ax1.decode(show(MORNING))
    stranger = ax1.LiveCode(known.suite, b"nobody", known.step, known.gate_tag, known.holder_tag)
    check_in = stored(upload(report(ax1.encode(stranger), MORNING))[0])
    assert (check_in.reason, check_in.project_worker_id) == (ScanReason.UNKNOWN_WORKER, None)


def test_what_is_no_scan_is_kept_sealed_and_once(session: Session, upload: Upload) -> None:
    unread = UnreadReport('{"id": "330106199001010013"}', "scan-0001")

    outcomes = upload(unread, unread)

    assert outcomes == [ScanOutcome("scan-0001", ScanStatus.REJECTED, None)] * 2
    assert session.scalars(select(UnreadScan)).one().content == unread.content


def test_a_gate_that_knew_no_time_is_dated_by_the_phone(
    session: Session, site: GateSite, upload: Upload, show: Show
) -> None:
    unknown = datetime.fromisoformat("2019-01-01T00:00:00+08:00")

    (outcome,) = upload(report(show(MORNING), unknown, clock_bound_ms=None))

    assert stored(outcome).valid
    fold_waiting(session)
    day = session.scalars(select(WorkDay)).one()
    assert day.work_date == work_date(MORNING, site.project.day_starts_at)
    again = upload(report(show(MORNING), unknown, clock_bound_ms=None, nonce=outcome.nonce))
    assert again[0].status is ScanStatus.DUPLICATE


def test_scans_of_a_replaced_master_key_stay_good(
    session: Session, keyring: Keyring, site: GateSite, show: Show
) -> None:
    code = show(MORNING)
    rotated = Keyring(
        gate_masters={**keyring.gate_masters, 2: b"g" * 32},
        holder_masters={**keyring.holder_masters, 2: b"h" * 32},
        fields=keyring.fields,
        token_key=keyring.token_key,
        receipt_key=keyring.receipt_key,
    )

    (outcome,) = offline.take_scans(
        session,
        rotated,
        device=site.gate.device,
        reports=[report(code, MORNING)],
        arrival=Arrival(NOW, None, None),
        clock_offset_ms=None,
    )

    assert stored(outcome).valid


def test_the_device_was_heard(site: GateSite, upload: Upload) -> None:
    upload(report("no code", MORNING))
    assert (site.gate.device.last_seen_at, site.gate.device.clock_offset_ms) == (NOW, 40)


def test_statements_do_not_grow_with_the_upload(
    session: Session, keyring: Keyring, site: GateSite, upload: Upload
) -> None:
    first_contact, few, many = (make_day(session, keyring, site, workers) for workers in (1, 2, 40))
    upload(*first_contact)
    with counting(session) as first:
        upload(*few)
    with counting(session) as second:
        upload(*many)
    assert len(first) == len(second)


def make_day(session: Session, keyring: Keyring, site: GateSite, workers: int) -> list[ScanReport]:
    reports = []
    for _ in range(workers):
        person = make_worker_person(session)
        worker = make_project_worker(session, site.team, person)
        make_contract(session, worker)
        issue_worker_code(session, person_id=person.id)
        for at, direction in ((MORNING, Direction.IN), (EVENING, Direction.OUT)):
            code = make_live_code(session, keyring, person_id=person.id, at=at)
            reports.append(report(code, at, direction=direction))
    session.flush()
    return reports


@contextmanager
def counting(session: Session) -> Generator[list[str]]:
    statements: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        statements.append(statement)

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def verify(
    session: Session,
    redis: Redis,
    keyring: Keyring,
    device: Device,
    code: str,
    *,
    at: datetime | None = None,
    nonce: str | None = None,
) -> service.ScanDecision:
    return service.verify_scan(
        session,
        redis,
        keyring,
        device=device,
        code=code,
        direction=Direction.IN,
        nonce=nonce or uuid4().hex,
        scanned_at=at or now(),
    )
