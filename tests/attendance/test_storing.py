"""Many check-ins are stored by one statement, each report once, with marks for their days."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text
from sqlmodel import Session, col

from attendance.storing import NewCheckIn, store_check_ins
from core.clock import now
from core.enums import CheckInMethod, Direction, Grade, ScanReason
from db.base import new_id
from db.models import CheckIn, FoldDue
from tests.factories.attendance import GateSite, make_gate_site

AT = now()
DAY = date(2026, 11, 20)


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


def make(worker_id: UUID | None, **changes: Any) -> NewCheckIn:
    facts: dict[str, Any] = {
        "id": new_id(),
        "nonce": uuid4().hex,
        "project_worker_id": worker_id,
        "direction": Direction.IN,
        "method": CheckInMethod.LIVE_CODE,
        "grade": Grade.A,
        "occurred_at": AT,
        "received_at": AT,
        "clock_bound_ms": 0,
        "admitted": True,
        "valid": worker_id is not None,
        "reason": ScanReason.OK,
        "decided_offline": True,
        "day": DAY,
    }
    return NewCheckIn(**facts | changes)


def store(session: Session, site: GateSite, *check_ins: NewCheckIn, at: datetime = AT) -> set[UUID]:
    return store_check_ins(
        session, check_ins, project_id=site.project_id, device_id=site.gate.device_id, at=at
    )


def list_marks(session: Session) -> list[tuple[UUID, date]]:
    marks = select(col(FoldDue.project_worker_id), col(FoldDue.day)).order_by(col(FoldDue.day))
    return [(worker_id, day) for worker_id, day in session.execute(marks)]


def test_what_was_given_is_what_is_read(session: Session, site: GateSite) -> None:
    given = make(
        site.worker_id,
        gate_report={"nonce": 'quote " and 码', "sequence": 7},
        code_step=118_000_000,
        presented="·",
        note="门禁",
    )
    store(session, site, given)

    kept = session.scalars(select(CheckIn)).one()
    fields = [name for name in given.__struct_fields__ if name != "day"]
    assert {name: getattr(kept, name) for name in fields} == {
        name: getattr(given, name) for name in fields
    }
    gate_id = site.gate.device_id
    assert (kept.source_id, kept.device_id, kept.project_id) == (gate_id, gate_id, site.project_id)


def test_a_report_is_stored_once(session: Session, site: GateSite) -> None:
    first = make(site.worker_id)
    again = make(site.worker_id, nonce=first.nonce)
    other = make(site.worker_id)

    assert store(session, site, first) == {first.id}
    assert store(session, site, again, other) == {other.id}
    assert session.scalar(select(func.count()).select_from(CheckIn)) == 2


def test_a_day_of_a_worker_is_marked_once(session: Session, site: GateSite) -> None:
    tomorrow = DAY + timedelta(days=1)
    store(
        session,
        site,
        make(site.worker_id),
        make(site.worker_id),
        make(site.worker_id, day=tomorrow),
        make(site.worker_id, valid=False, day=None),
        make(None, day=None),
    )
    assert list_marks(session) == [(site.worker_id, DAY), (site.worker_id, tomorrow)]


def test_what_is_known_already_wakes_nobody(session: Session, site: GateSite) -> None:
    first = make(site.worker_id)
    store(session, site, first)
    session.execute(text("DELETE FROM fold_due"))
    session.execute(text("DELETE FROM outbox_message"))

    store(session, site, make(site.worker_id, nonce=first.nonce))

    assert list_marks(session) == []
    assert session.scalar(text("SELECT count(*) FROM outbox_message")) == 0


def test_nothing_is_nothing(session: Session, site: GateSite) -> None:
    assert store(session, site) == set()
