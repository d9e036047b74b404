"""Whoever looks a sheet over next is told that it waits, once for what has been done so far."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from attendance import sheet_acts, sheets
from attendance.sheet_chain import hash_lines
from attendance.sheet_queries import get_team_facts
from core.clock import day_start, local_date, now
from core.enums import Direction, NotificationState, Role
from db.models import AttendanceSheet, Notification, Person
from identity.principal import Principal
from tests.factories.attendance import GateSite, make_check_in, make_gate_site
from tests.factories.identity import make_grant, make_person, make_principal

DAY = (local_date(now()) - timedelta(days=31)).replace(day=15)
MONTH = f"{DAY:%Y-%m}"


@pytest.fixture
def site(session: Session) -> GateSite:
    site = make_gate_site(session)
    site.worker.is_team_leader = True
    return site


@pytest.fixture
def leader(site: GateSite) -> Principal:
    return make_principal(site.person_id)


@pytest.fixture
def company(session: Session, site: GateSite) -> Principal:
    """An administrator of the team's own company, a subcontractor."""
    person = make_person(session, name="钱经理")
    employer_id = get_team_facts(
        session, project_id=site.project_id, team_id=site.team_id, on=DAY
    ).employer_id
    make_grant(session, person, Role.EMPLOYER_ADMIN, employer_id=employer_id)
    return make_principal(person.id, Role.EMPLOYER_ADMIN, employer_id=employer_id)


@pytest.fixture
def manager(session: Session, site: GateSite) -> Principal:
    person = make_person(session, name="赵主管")
    make_grant(session, person, Role.LABOUR_MANAGER, project_id=site.project_id)
    return make_principal(person.id, Role.LABOUR_MANAGER, project_id=site.project_id)


def draw_up(session: Session, site: GateSite, *, month: str = MONTH) -> AttendanceSheet:
    return sheets.draw_up_sheet(
        session, project_id=site.project_id, team_id=site.team_id, month=month, at=now()
    )


def work(session: Session, site: GateSite) -> None:
    start = day_start(DAY)
    make_check_in(session, site.worker, Direction.IN, start + timedelta(hours=7))
    make_check_in(session, site.worker, Direction.OUT, start + timedelta(hours=17))


def approve(session: Session, sheet: AttendanceSheet, principal: Principal) -> None:
    sheet_acts.approve_sheet(
        session,
        principal=principal,
        project_id=sheet.project_id,
        sheet_id=sheet.id,
        content_hash=hash_lines(sheet.lines),
        at=now(),
    )


def send_back(session: Session, sheet: AttendanceSheet, principal: Principal) -> None:
    sheet_acts.send_back_sheet(
        session,
        principal=principal,
        project_id=sheet.project_id,
        sheet_id=sheet.id,
        reason="少记了两天",
        at=now(),
    )


def told(session: Session) -> list[tuple[str, UUID | None]]:
    rows = session.scalars(select(Notification).order_by(col(Notification.id)))
    return [(row.template, row.person_id) for row in rows]


def test_each_is_told_when_it_is_their_turn(
    session: Session, site: GateSite, leader: Principal, company: Principal, manager: Principal
) -> None:
    sheet = draw_up(session, site)
    assert told(session) == [("sheet_waits", leader.person_id)]

    approve(session, sheet, leader)
    approve(session, sheet, company)

    assert told(session)[1:] == [
        ("sheet_at_company", company.person_id),
        ("sheet_ready", manager.person_id),
    ]


def test_the_leader_reads_which_month_and_what_to_do(session: Session, site: GateSite) -> None:
    draw_up(session, site)
    (message,) = session.scalars(select(Notification))
    assert message.state is NotificationState.PENDING
    assert message.body.startswith(f"【安薪码】你班组{DAY.year}年{DAY.month}月的考勤表等你核对。")


def test_a_leader_without_a_phone_is_left_to_somebody_who_tells_them(
    session: Session, site: GateSite
) -> None:
    session.get_one(Person, site.person_id).phone = None
    draw_up(session, site)
    (message,) = session.scalars(select(Notification))
    assert (message.state, message.project_id) == (NotificationState.FAILED, site.project_id)


def test_without_a_leader_the_company_is_told_at_once(
    session: Session, site: GateSite, company: Principal
) -> None:
    site.worker.is_team_leader = False
    draw_up(session, site)
    assert told(session) == [("sheet_at_company", company.person_id)]


def test_where_nobody_looks_it_over_the_one_who_draws_it_is_not_told(
    session: Session, site: GateSite, manager: Principal
) -> None:
    site.worker.is_team_leader = False
    draw_up(session, site)
    assert told(session) == []


def test_a_running_month_waits_for_nobody(session: Session, site: GateSite) -> None:
    draw_up(session, site, month=f"{local_date(now()):%Y-%m}")
    assert told(session) == []


def test_drawing_again_tells_nobody_twice(session: Session, site: GateSite) -> None:
    draw_up(session, site)
    work(session, site)
    draw_up(session, site)
    assert len(told(session)) == 1


def test_an_approval_that_does_not_stand_any_more_is_asked_for_again(
    session: Session, site: GateSite, leader: Principal
) -> None:
    approve(session, draw_up(session, site), leader)
    draw_up(session, site)
    assert len(told(session)) == 1
    work(session, site)

    draw_up(session, site)

    assert told(session) == [("sheet_waits", leader.person_id)] * 2


def test_after_sending_it_back_the_leader_is_told_of_the_next_drawing(
    session: Session, site: GateSite, leader: Principal
) -> None:
    sheet = draw_up(session, site)
    send_back(session, sheet, leader)
    assert len(told(session)) == 1

    draw_up(session, site)

    assert told(session) == [("sheet_waits", leader.person_id)] * 2
