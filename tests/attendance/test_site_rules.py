"""Day rules with dates: unlocked days are counted anew, locked ones stay."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from attendance import queries, site_rules
from attendance.day_rules import DayRules
from attendance.due_folds import list_open_spans, refold
from attendance.errors import DayRulesTooEarlyError
from attendance.folding import RULE_VERSION
from attendance.work_days import fold_days
from core.clock import day_start, local_date, next_month, now
from core.enums import Direction, Role, SheetState
from db.models import AttendanceSheet, DayRule, RefoldDue, WorkDay
from tests.factories.attendance import GateSite, make_check_in, make_gate_site
from tests.factories.identity import make_person, make_principal

DAY = (local_date(now()) - timedelta(days=31)).replace(day=15)
LATER = next_month(DAY.replace(day=1))
SHORT = DayRules(time(4), full_day_minutes=300, half_day_minutes=150)


@pytest.fixture
def site(session: Session) -> GateSite:
    site = make_gate_site(session)
    for day in (DAY, LATER):
        for direction, hour in ((Direction.IN, 7), (Direction.OUT, 12)):
            make_check_in(session, site.worker, direction, day_start(day) + timedelta(hours=hour))
    fold_days(
        session, project_id=site.project_id, worker_ids=[site.worker_id], since=DAY, until=LATER
    )
    return site


def set_rules(
    session: Session, site: GateSite, from_date: date, rules: DayRules = SHORT
) -> DayRule:
    return site_rules.set_day_rules(
        session,
        principal=make_principal(make_person(session, name="某经理").id, Role.LABOUR_MANAGER),
        project_id=site.project_id,
        from_date=from_date,
        rules=rules,
        reason="冬季作息",
        at=now(),
    )


def lock_month(session: Session, site: GateSite, day: date) -> None:
    session.add(
        AttendanceSheet(
            project_id=site.project_id,
            team_id=site.team_id,
            month=f"{day:%Y-%m}",
            state=SheetState.LOCKED,
        )
    )
    session.flush()


def units_of(session: Session, site: GateSite) -> list[int]:
    session.expire_all()
    statement = (
        select(WorkDay)
        .where(col(WorkDay.project_worker_id) == site.worker_id)
        .order_by(col(WorkDay.work_date))
    )
    return [day.units for day in session.scalars(statement)]


def fold_marked(session: Session, site: GateSite) -> None:
    refold(session, [site.worker_id], until=LATER)


def test_new_rules_count_the_days_since_then_anew(session: Session, site: GateSite) -> None:
    assert units_of(session, site) == [63, 63]

    set_rules(session, site, LATER)
    fold_marked(session, site)

    assert units_of(session, site) == [63, 100]


def test_of_rules_from_one_date_the_last_count(session: Session, site: GateSite) -> None:
    set_rules(session, site, DAY)
    set_rules(session, site, DAY, DayRules(time(4), 600, 300))
    assert queries.get_day_rules(session, site.project_id).on(LATER).full_day_minutes == 600


def test_rules_cannot_begin_in_a_locked_month(session: Session, site: GateSite) -> None:
    lock_month(session, site, DAY)

    with pytest.raises(DayRulesTooEarlyError) as refusal:
        set_rules(session, site, LATER - timedelta(days=1))

    assert refusal.value.facts["earliest"] == str(LATER)


def test_days_of_a_locked_month_are_not_folded_again(session: Session, site: GateSite) -> None:
    set_rules(session, site, DAY)
    lock_month(session, site, DAY)

    fold_marked(session, site)

    assert units_of(session, site) == [63, 100]


def test_unlocked_days_of_an_earlier_version_are_folded_again(
    session: Session, site: GateSite
) -> None:
    session.execute(
        update(WorkDay)
        .where(col(WorkDay.project_worker_id) == site.worker_id)
        .values(rule_version=RULE_VERSION - 1, units=1)
    )
    lock_month(session, site, DAY)

    site_rules.mark_outdated(session)
    fold_marked(session, site)

    assert units_of(session, site) == [1, 63]
    assert session.scalars(select(RefoldDue)).all() == []


def test_days_of_this_version_are_not_marked(session: Session, site: GateSite) -> None:
    site_rules.mark_outdated(session)
    theirs = select(RefoldDue).where(col(RefoldDue.project_worker_id) == site.worker_id)
    assert session.scalars(theirs).all() == []


def test_open_spans_leave_locked_months_out() -> None:
    spans = list_open_spans(date(2026, 8, 30), date(2026, 11, 3), {"2026-09", "2026-11"})
    assert spans == [
        (date(2026, 8, 30), date(2026, 8, 31)),
        (date(2026, 10, 1), date(2026, 10, 31)),
    ]
