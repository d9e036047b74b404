"""The night shift of somebody's last day, uploaded by a gate that was without a network."""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlmodel import Session

from attendance import offline
from attendance.rejudge import Arrival, ScanReport
from core.clock import ONE_DAY, day_start, local_date, now
from core.enums import Direction, ScanReason, WorkDayState
from core.keyring import Keyring
from db.models import WorkDay
from tests.factories.attendance import GateSite, fold_waiting, make_gate_site

LAST_DAY = local_date(now()) - 3 * ONE_DAY
EVENING = day_start(LAST_DAY) + timedelta(hours=20)
DAWN = EVENING + timedelta(hours=9)


def test_the_last_night_shift_of_who_leaves_is_whole(session: Session, keyring: Keyring) -> None:
    site = make_gate_site(session)
    scans = [
        _report(session, keyring, site, Direction.IN, EVENING),
        _report(session, keyring, site, Direction.OUT, DAWN),
        _report(session, keyring, site, Direction.IN, DAWN + timedelta(hours=2)),
    ]
    site.worker.left_date = LAST_DAY

    outcomes = offline.take_scans(
        session,
        keyring,
        device=site.gate.device,
        reports=scans,
        arrival=Arrival(now(), "boot-9", 0),
        clock_offset_ms=40,
    )

    reasons = [each.check_in.reason for each in outcomes if each.check_in]
    assert reasons == [ScanReason.OK, ScanReason.OK, ScanReason.LEFT_PROJECT]
    fold_waiting(session)
    day = session.scalars(select(WorkDay)).one()
    assert (day.work_date, day.minutes, day.state) == (LAST_DAY, 540, WorkDayState.COMPLETE)


def _report(
    session: Session, keyring: Keyring, site: GateSite, direction: Direction, at: datetime
) -> ScanReport:
    return ScanReport(
        code=site.live_code(session, keyring, at=at),
        direction=direction,
        nonce=uuid4().hex,
        scanned_at=at,
        clock_bound_ms=120,
        admitted=True,
        reason="ok",
        decided_offline=True,
        sequence=7,
        boot_id="boot-1",
        uptime_ms=5_000,
    )
