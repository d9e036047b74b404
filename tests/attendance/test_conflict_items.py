"""Conflicts have an owner, are told to the worker once a day, and close without changing a day."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from attendance import conflict_items
from attendance.conflict_items import lose_device, resolve_conflict, take_up_conflicts
from attendance.conflicts import count_waiting, list_conflicts
from attendance.errors import (
    ConflictNotFoundError,
    ConflictResolvedError,
    GuardNameNeededError,
    NotAnnulledError,
)
from core.clock import SHANGHAI, now
from core.enums import ConflictKind, ConflictOutcome, Direction, Role, ScanReason
from db.models import AuditEntry, CheckIn, CheckInAnnulment, GateConflict, Notification, WorkDay
from db.session import Database
from identity.principal import Principal
from notifications.templates import Template
from tests.factories.attendance import GateSite, make_check_in, make_conflict, make_gate_site
from tests.factories.identity import make_grant, make_principal, make_worker_person
from tests.factories.projects import make_project

AT = datetime(2026, 11, 20, 8, tzinfo=SHANGHAI)
Find = Callable[..., CheckIn]
Resolve = Callable[..., GateConflict]


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def manager(session: Session, site: GateSite) -> Principal:
    person = make_worker_person(session, name="某专管员")
    make_grant(session, person, Role.LABOUR_MANAGER, project_id=site.project_id)
    return make_principal(person.id, Role.LABOUR_MANAGER, project_id=site.project_id)


@pytest.fixture
def find(session: Session, site: GateSite) -> Find:
    def make(reason: ScanReason = ScanReason.ALREADY_USED, *, at: datetime = AT) -> CheckIn:
        return make_conflict(
            session,
            site.project_id,
            site.gate.device_id,
            worker=site.worker,
            reason=reason,
            occurred_at=at,
        )

    return make


@pytest.fixture
def resolve(session: Session, site: GateSite, manager: Principal) -> Resolve:
    def close(
        check_in: CheckIn,
        outcome: ConflictOutcome = ConflictOutcome.ACKNOWLEDGED,
        *,
        guard_name: str | None = None,
    ) -> GateConflict:
        return resolve_conflict(
            session,
            principal=manager,
            project_id=site.project_id,
            conflict_id=check_in.id,
            outcome=outcome,
            note="看过监控，是本人",
            guard_name=guard_name,
            at=now(),
        )

    return close


def told(session: Session, template: Template) -> list[str]:
    statement = select(col(Notification.body)).where(col(Notification.template) == template)
    return list(session.scalars(statement.order_by(col(Notification.id))))


def test_a_conflict_is_the_labour_managers(
    session: Session, site: GateSite, manager: Principal, find: Find
) -> None:
    check_in = find()

    (view,) = list_conflicts(session, project_id=site.project_id, before=None, limit=9)

    assert (view.id, view.conflict.kind) == (check_in.id, ConflictKind.ADMITTED_WRONGLY)
    assert (view.conflict.owner_id, view.owner_name) == (manager.person_id, "某专管员")


def test_without_a_labour_manager_it_is_an_administrators(
    session: Session, site: GateSite, find: Find
) -> None:
    find()
    assert session.scalars(select(col(GateConflict.owner_id))).all() == [None]
    administrator = make_worker_person(session)
    make_grant(session, administrator, Role.ADMIN)
    second = find()
    assert session.get_one(GateConflict, second.id).owner_id == administrator.id


def test_a_crossing_that_is_right_or_was_refused_is_no_conflict(
    session: Session, site: GateSite
) -> None:
    make_check_in(session, site.worker, Direction.IN, AT)
    make_check_in(session, site.worker, Direction.IN, AT, valid=False)
    assert take_up_conflicts(session) == 0


def test_more_than_one_batch_is_taken_up_once(
    session: Session, site: GateSite, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conflict_items, "AT_ONCE", 2)
    made = {make_unlisted(session, site).id for _ in range(5)}
    assert take_up_conflicts(session) == 5
    assert take_up_conflicts(session) == 0
    assert set(session.scalars(select(col(GateConflict.id)))) == made


def make_unlisted(session: Session, site: GateSite) -> CheckIn:
    """Write a conflict that nobody has looked for yet."""
    check_in = make_check_in(session, site.worker, Direction.IN, AT)
    twin = CheckIn(
        **check_in.model_dump(exclude={"id", "nonce", "reason", "valid"}),
        nonce=f"twin-{check_in.nonce}"[:64],
        reason=ScanReason.ALREADY_USED,
        valid=False,
    )
    session.add(twin)
    session.flush()
    return twin


def test_taking_up_at_once_from_two_sides_tells_once(live_database: Database) -> None:
    with live_database.transaction() as session:
        site = make_gate_site(session)
        make_unlisted(session, site)

    def take_up(_: int) -> None:
        with live_database.transaction() as session:
            take_up_conflicts(session)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(take_up, range(8)))

    with live_database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(GateConflict)) == 1
        assert len(told(session, Template.CONFLICT_FOUND)) == 1


def test_the_worker_is_told_once_for_each_day(session: Session, find: Find) -> None:
    find()
    find(ScanReason.BAD_HOLDER_TAG, at=AT + timedelta(hours=9))
    find(at=AT + timedelta(hours=18))  # two in the morning: still the shift of the day before
    find(at=AT + timedelta(days=1))

    bodies = told(session, Template.CONFLICT_FOUND)

    assert ["2026年11月20日" in body for body in bodies] == [True, False]
    assert "2026年11月21日" in bodies[1]


def test_a_worker_whose_day_counts_is_not_alarmed(session: Session, find: Find) -> None:
    find(ScanReason.NO_CONTRACT)
    assert told(session, Template.CONFLICT_FOUND) == []


def test_closing_changes_no_check_in_and_no_day(
    session: Session, site: GateSite, manager: Principal, find: Find, resolve: Resolve
) -> None:
    check_in = find()
    before = check_in.model_dump()

    conflict = resolve(check_in)

    session.refresh(check_in)
    assert check_in.model_dump() == before
    assert session.scalars(select(WorkDay)).all() == []
    assert (conflict.resolved_by_id, conflict.note) == (manager.person_id, "看过监控，是本人")
    assert "2026年11月20日" in told(session, Template.CONFLICT_RESOLVED)[0]


def test_a_closed_conflict_stays_as_it_was_closed(find: Find, resolve: Resolve) -> None:
    check_in = find()
    resolve(check_in)
    with pytest.raises(ConflictResolvedError):
        resolve(check_in, ConflictOutcome.GUARD_STATEMENT, guard_name="门卫老李")


def test_a_turnstile_that_did_not_turn_has_been_reported_by_its_gate(
    session: Session, site: GateSite, find: Find, resolve: Resolve
) -> None:
    check_in = find()
    with pytest.raises(NotAnnulledError):
        resolve(check_in, ConflictOutcome.NO_CROSSING)
    annulment = CheckInAnnulment(
        project_id=site.project_id, check_in_id=check_in.id, device_id=site.gate.device_id
    )
    session.add(annulment)
    assert resolve(check_in, ConflictOutcome.NO_CROSSING).annulment_id == annulment.id


def test_a_statement_is_somebodys(find: Find, resolve: Resolve) -> None:
    check_in = find()
    with pytest.raises(GuardNameNeededError):
        resolve(check_in, ConflictOutcome.GUARD_STATEMENT)
    closed = resolve(check_in, ConflictOutcome.GUARD_STATEMENT, guard_name="门卫老李")
    assert closed.guard_name == "门卫老李"


def test_a_conflict_of_another_project_does_not_exist(
    session: Session, manager: Principal, find: Find
) -> None:
    check_in = find()
    with pytest.raises(ConflictNotFoundError):
        resolve_conflict(
            session,
            principal=manager,
            project_id=make_project(session).id,
            conflict_id=check_in.id,
            outcome=ConflictOutcome.ACKNOWLEDGED,
            note="看过监控",
            guard_name=None,
            at=now(),
        )


def test_the_list_shows_open_closed_or_all(
    session: Session, site: GateSite, find: Find, resolve: Resolve
) -> None:
    closed, left = find(), find(at=AT + timedelta(days=1))
    resolve(closed)

    def listed(*, is_open: bool | None) -> list[CheckIn]:
        found = list_conflicts(
            session, project_id=site.project_id, is_open=is_open, before=None, limit=9
        )
        return [view.check_in for view in found]

    assert listed(is_open=None) == [left, closed]
    assert listed(is_open=True) == [left]
    assert listed(is_open=False) == [closed]
    assert count_waiting(session, project_id=site.project_id).open_conflicts == 1


def test_what_a_lost_gate_reported_since_is_looked_at_and_still_counts(
    session: Session, site: GateSite, manager: Principal, find: Find
) -> None:
    lost_at = AT + timedelta(hours=1)
    before = find(ScanReason.OK, at=AT)
    since = find(ScanReason.OK, at=AT + timedelta(hours=2))
    wrong = find(at=AT + timedelta(hours=3))

    lose_device(
        session,
        principal=manager,
        project_id=site.project_id,
        device_id=site.gate.device_id,
        lost_at=lost_at,
        at=now(),
    )

    views = list_conflicts(session, project_id=site.project_id, before=None, limit=9)
    assert {view.check_in.id: view.conflict.kind for view in views} == {
        since.id: ConflictKind.LOST_DEVICE,
        wrong.id: ConflictKind.ADMITTED_WRONGLY,
    }
    assert before.id not in {view.id for view in views}
    assert since.valid
    assert "丢失" in next(view.explanation for view in views if view.id == since.id)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.subject_id) == ("device.lost", site.gate.device_id)
