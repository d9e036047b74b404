"""Who is on the site: the last crossing decides, whoever a gate let in counts."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import Session

from attendance.presence import Presence, get_presence, list_for_evacuation
from core.clock import now
from core.enums import Direction, Role
from db.models import AuditEntry, CheckInAnnulment, ProjectWorker
from tests.factories.attendance import (
    GateSite,
    long_ago,
    make_check_in,
    make_conflict,
    make_gate_site,
)
from tests.factories.identity import make_principal, make_worker_person
from tests.factories.projects import make_project_worker, make_team

NOW = now()


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


def cross(
    session: Session,
    site: GateSite,
    direction: Direction,
    hours_ago: float,
    *,
    worker: ProjectWorker | None = None,
    received_at: datetime | None = None,
    clock_bound_ms: int = 0,
) -> None:
    make_check_in(
        session,
        worker or site.worker,
        direction,
        NOW - timedelta(hours=hours_ago),
        received_at=received_at,
        clock_bound_ms=clock_bound_ms,
        device=site.gate.device,
    )


def look(session: Session, site: GateSite) -> Presence:
    return get_presence(session, project_id=site.project_id, at=NOW)


def test_whoever_came_in_is_there_with_the_gate_and_the_time(
    session: Session, site: GateSite
) -> None:
    cross(session, site, Direction.IN, 3)
    (there,) = look(session, site).on_site
    assert (there.name, there.team_name) == ("王小明", "钢筋一班")
    assert (there.at, there.gate) == (NOW - timedelta(hours=3), site.gate.device.name)


def test_whoever_left_is_not_there(session: Session, site: GateSite) -> None:
    cross(session, site, Direction.IN, 3)
    cross(session, site, Direction.OUT, 1)
    presence = look(session, site)
    assert (presence.on_site, presence.unclear) == ([], [])


def test_whoever_came_back_is_there(session: Session, site: GateSite) -> None:
    cross(session, site, Direction.OUT, 2)
    cross(session, site, Direction.IN, 1)
    assert len(look(session, site).on_site) == 1


def test_an_exit_missing_since_yesterday_is_set_apart(session: Session, site: GateSite) -> None:
    cross(session, site, Direction.IN, 25)
    presence = look(session, site)
    assert presence.on_site == []
    assert [crossing.project_worker_id for crossing in presence.unclear] == [site.worker_id]


def test_the_night_shift_is_there_for_as_long_as_a_shift_can_be(
    session: Session, site: GateSite
) -> None:
    cross(session, site, Direction.IN, 15.9)
    assert len(look(session, site).on_site) == 1


def test_teams_are_counted(session: Session, site: GateSite) -> None:
    other = make_team(session, site.project, name="木工二班")
    for _ in range(2):
        person = make_worker_person(session)
        worker = make_project_worker(session, other, person, entered_date=long_ago())
        cross(session, site, Direction.IN, 1, worker=worker)
    cross(session, site, Direction.IN, 1)

    assert {name: count for (_, name), count in look(session, site).teams.items()} == {
        "木工二班": 2,
        "钢筋一班": 1,
    }


def test_whoever_was_let_in_wrongly_has_to_be_found_too(session: Session, site: GateSite) -> None:
    make_conflict(
        session,
        site.project_id,
        site.gate.device_id,
        worker=site.worker,
        occurred_at=NOW - timedelta(hours=1),
    )
    make_conflict(
        session, site.project_id, site.gate.device_id, occurred_at=NOW - timedelta(hours=1)
    )
    presence = look(session, site)
    assert (len(presence.on_site), presence.unrecognised) == (1, 1)


def test_a_crossing_that_was_annulled_never_happened(session: Session, site: GateSite) -> None:
    entry = make_check_in(session, site.worker, Direction.IN, NOW - timedelta(hours=1))
    session.add(
        CheckInAnnulment(
            project_id=site.project_id, check_in_id=entry.id, device_id=site.gate.device_id
        )
    )
    session.flush()
    assert look(session, site).on_site == []


def test_a_gate_with_a_wrong_clock_is_read_by_arrival(session: Session, site: GateSite) -> None:
    cross(
        session,
        site,
        Direction.IN,
        24 * 365 * 7,
        received_at=NOW - timedelta(hours=1),
        clock_bound_ms=10**9,
    )
    assert len(look(session, site).on_site) == 1


def test_other_sites_are_no_business_of_this_one(session: Session, site: GateSite) -> None:
    elsewhere = make_gate_site(session)
    cross(session, elsewhere, Direction.IN, 1)
    assert look(session, site).on_site == []


def test_the_list_to_call_the_roll_from_has_full_names_and_leaves_a_trace(
    session: Session, site: GateSite
) -> None:
    cross(session, site, Direction.IN, 1)
    manager = make_principal(site.person_id, Role.LABOUR_MANAGER, project_id=site.project_id)

    listed = list_for_evacuation(session, principal=manager, project_id=site.project_id, at=NOW)

    assert (listed.total, listed.teams[0].workers[0].name) == (1, "王小明")
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.detail) == ("attendance.list-for-evacuation", {"workers": "1"})
