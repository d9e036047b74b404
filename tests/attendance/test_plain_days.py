"""Sums made inside the database are those of the fold, or the worker is left to the fold."""

import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from attendance import drawing, queries, work_days
from attendance.drawing import Period
from attendance.plain_days import fold_team_days, sum_plain_days
from attendance.work_days import REPLACED
from core.clock import ONE_DAY, day_start, local_date, month_start, next_month, now
from core.enums import CheckInMethod, Direction, Grade
from db.models import DayRule, WorkDay
from tests.factories.attendance import GateSite, long_ago, make_check_in, make_gate_site
from tests.factories.identity import make_worker_person
from tests.factories.projects import make_project_worker

FIRST = month_start(f"{local_date(now()) - timedelta(days=31):%Y-%m}")
PERIOD = Period(FIRST, next_month(FIRST))
LAST = PERIOD.until - ONE_DAY
HABITS = ("plain", "night", "forgets", "comes twice", "by hand", "late clock", "long")


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


def live(session: Session, site: GateSite, habit: str, chance: random.Random) -> None:
    """Write a worker's month from two days before it until two after it."""
    worker = make_project_worker(
        session, site.team, make_worker_person(session), entered_date=long_ago()
    )
    for number in range(-2, (PERIOD.until - FIRST).days + 2, 5):
        start = day_start(FIRST + timedelta(days=number))
        come, go = chance.uniform(6, 9), chance.uniform(11, 19)
        if habit == "night":
            come, go = come + 12, go + 14
        bound = 10**6 if habit == "late clock" and number == 3 else 0
        entered, left = start + timedelta(hours=come), start + timedelta(hours=go)
        make_check_in(session, worker, Direction.IN, entered, clock_bound_ms=bound)
        if habit == "comes twice":
            make_check_in(session, worker, Direction.OUT, entered + timedelta(hours=1))
            make_check_in(session, worker, Direction.IN, entered + timedelta(hours=2))
        if habit == "long" and number == 3:
            left = entered + timedelta(hours=16, minutes=1)
        if habit != "forgets" or chance.random() < 0.7:
            is_by_hand = habit == "by hand" and number == 3
            make_check_in(
                session,
                worker,
                Direction.OUT,
                left,
                grade=Grade.D if is_by_hand else Grade.A,
                method=CheckInMethod.MANUAL if is_by_hand else CheckInMethod.LIVE_CODE,
            )


def list_days(session: Session) -> list[tuple[object, ...]]:
    """Return every stored day without when and as what row it was stored."""
    session.expire_all()
    names = ("project_worker_id", "work_date", *REPLACED)
    days = session.scalars(
        select(WorkDay).order_by(col(WorkDay.project_worker_id), col(WorkDay.work_date))
    )
    return [tuple(getattr(day, name) for name in names) for day in days]


def span_of(site: GateSite) -> dict[str, Any]:
    return {"project_id": site.project_id, "since": FIRST, "until": LAST}


def right_but(day: WorkDay, **changes: object) -> dict[str, Any]:
    """Return the same day with changes, as another row."""
    return day.model_dump(exclude={"id", "created_at"}) | changes


@pytest.mark.parametrize("seed", range(2))
def test_both_ways_draw_the_same_lines(session: Session, site: GateSite, seed: int) -> None:
    chance = random.Random(seed)
    for habit in HABITS:
        live(session, site, habit, chance)
    members = queries.list_team_members(session, team_id=site.team_id, first=FIRST, last=LAST)
    project_id = site.project_id

    anew = drawing.draw_lines_anew(
        session, project_id=project_id, worker_ids=members, period=PERIOD
    )
    work_days.fold_days(session, project_id=project_id, worker_ids=members, since=FIRST, until=LAST)

    assert anew == drawing.draw_lines(
        session, project_id=project_id, worker_ids=members, period=PERIOD
    )


@pytest.mark.parametrize("seed", range(2))
def test_a_team_is_folded_as_each_of_its_workers(
    session: Session, site: GateSite, seed: int
) -> None:
    chance = random.Random(seed)
    for habit in HABITS:
        live(session, site, habit, chance)
    members = queries.list_team_members(session, team_id=site.team_id, first=FIRST, last=LAST)
    span = span_of(site)

    fold_team_days(session, worker_ids=members, **span)

    folded = list_days(session)
    work_days.fold_days(session, worker_ids=members, **span)
    assert folded == list_days(session)


def test_folding_a_team_puts_right_what_was_stored(session: Session, site: GateSite) -> None:
    start = day_start(FIRST + ONE_DAY)
    make_check_in(session, site.worker, Direction.IN, start + timedelta(hours=7))
    make_check_in(session, site.worker, Direction.OUT, start + timedelta(hours=15))
    span = span_of(site)
    fold_team_days(session, worker_ids=[site.worker_id], **span)
    right = list_days(session)
    (day,) = session.scalars(select(WorkDay))
    day.minutes = 1
    session.add(WorkDay(**right_but(day, work_date=LAST)))
    session.flush()

    fold_team_days(session, worker_ids=[site.worker_id], **span)

    assert (len(right), list_days(session)) == (1, right)


def test_plain_days_need_no_stored_day(session: Session, site: GateSite) -> None:
    for number in (0, 1):
        start = day_start(FIRST + timedelta(days=number))
        make_check_in(session, site.worker, Direction.IN, start + timedelta(hours=7))
        make_check_in(session, site.worker, Direction.OUT, start + timedelta(hours=15))

    sums = sum_plain_days(
        session,
        project_id=site.project_id,
        worker_ids=[site.worker_id],
        since=FIRST,
        until=LAST,
    )

    assert (sums.odd, sums.lines[str(site.worker_id)]["units"]) == ([], 200)
    assert session.scalars(select(WorkDay)).all() == []


def test_a_month_with_a_change_of_rules_is_left_to_the_fold(
    session: Session, site: GateSite
) -> None:
    session.add(
        DayRule(
            project_id=site.project_id,
            from_date=FIRST + ONE_DAY,
            day_starts_at=site.project.day_starts_at,
            full_day_minutes=540,
            half_day_minutes=270,
            break_minutes=60,
            overtime_cap_minutes=180,
            reason="试行",
            set_by_id=site.person_id,
        )
    )
    session.flush()
    sums = sum_plain_days(
        session,
        project_id=site.project_id,
        worker_ids=[site.worker_id],
        since=FIRST,
        until=LAST,
    )
    assert sums.odd == [site.worker_id]
