"""Days entered by hand: beside what gates recorded, marked, told, and never over it."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from attendance import manual
from attendance.manual import DayEntry, EntryResult
from attendance.work_days import fold_days
from core.clock import ONE_DAY, day_start, local_date, now
from core.day_enums import EntryOutcome
from core.enums import CheckInMethod, Direction, Grade, Role, SheetState, WorkDayState
from db.models import AttendanceSheet, AuditEntry, CheckIn, Notification, WorkDay
from identity.principal import Principal
from notifications.templates import Template
from tests.factories.attendance import GateSite, make_check_in, make_gate_site
from tests.factories.identity import make_person, make_principal

DAY = (local_date(now()) - timedelta(days=31)).replace(day=15)
LAST_DAY = DAY.replace(day=1) - ONE_DAY
IN, OUT = Direction.IN, Direction.OUT


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def manager(session: Session, site: GateSite) -> Principal:
    return make_principal(
        make_person(session, name="某经理").id, Role.LABOUR_MANAGER, project_id=site.project_id
    )


def clock(hour: float, day: date = DAY) -> datetime:
    return day_start(day) + timedelta(hours=hour)


def entry(site: GateSite, since: float | None, until: float | None, *, day: date = DAY) -> DayEntry:
    return DayEntry(
        site.worker_id,
        None if since is None else clock(since, day),
        None if until is None else clock(until, day),
    )


def enter(
    session: Session,
    manager: Principal,
    site: GateSite,
    *entries: DayEntry,
    dry_run: bool = False,
) -> list[EntryResult]:
    return manual.enter_days(
        session,
        principal=manager,
        project_id=site.project_id,
        entries=entries,
        reason="闸机停电",
        dry_run=dry_run,
        at=now(),
    )


def outcome_of(session: Session, manager: Principal, site: GateSite, one: DayEntry) -> EntryOutcome:
    (result,) = enter(session, manager, site, one)
    return result.outcome


def scan(session: Session, site: GateSite, *punches: tuple[Direction, float]) -> None:
    for direction, hour in punches:
        make_check_in(session, site.worker, direction, clock(hour))
    fold_days(
        session, project_id=site.project_id, worker_ids=[site.worker_id], since=DAY, until=DAY
    )


def days_of(session: Session, site: GateSite) -> list[WorkDay]:
    statement = select(WorkDay).where(col(WorkDay.project_worker_id) == site.worker_id)
    return list(session.scalars(statement))


def entered(session: Session, site: GateSite) -> list[CheckIn]:
    statement = select(CheckIn).where(
        col(CheckIn.project_id) == site.project_id, col(CheckIn.method) == CheckInMethod.MANUAL
    )
    return list(session.scalars(statement))


def told(session: Session, template: Template) -> list[Notification]:
    statement = select(Notification).where(col(Notification.template) == template)
    return list(session.scalars(statement))


def test_a_day_without_scans_is_entered_with_grade_d(
    session: Session, site: GateSite, manager: Principal
) -> None:
    assert outcome_of(session, manager, site, entry(site, 7, 17)) is EntryOutcome.RECORDED

    (day,) = days_of(session, site)
    assert (day.minutes, day.grades, day.state) == (600, {"D": 2}, WorkDayState.COMPLETE)
    came, left = entered(session, site)
    assert {came.source_id, left.source_id} == {manager.person_id}
    assert (came.grade, came.note, came.admitted) == (Grade.D, "闸机停电", False)


def test_the_worker_is_told_which_day_was_entered(
    session: Session, site: GateSite, manager: Principal
) -> None:
    enter(session, manager, site, entry(site, 7, 17))

    (notification,) = told(session, Template.CHECK_IN_ENTERED)
    assert notification.person_id == site.person_id
    assert f"{DAY.month}月{DAY.day}日" in notification.body


def test_a_month_of_entries_is_told_in_one_message(
    session: Session, site: GateSite, manager: Principal
) -> None:
    enter(session, manager, site, *(entry(site, 7, 17, day=DAY.replace(day=n)) for n in (3, 4, 5)))

    (notification,) = told(session, Template.CHECK_INS_ENTERED)
    assert "3天" in notification.body
    assert told(session, Template.CHECK_IN_ENTERED) == []


def test_who_entered_what_is_audited(session: Session, site: GateSite, manager: Principal) -> None:
    enter(session, manager, site, entry(site, 7, 17))

    (audited,) = session.scalars(
        select(AuditEntry).where(col(AuditEntry.action) == "attendance.enter-days")
    )
    assert (audited.actor_id, audited.reason) == (manager.person_id, "闸机停电")


def test_a_dry_run_says_the_same_and_records_nothing(
    session: Session, site: GateSite, manager: Principal
) -> None:
    rows = [entry(site, 7, 17), entry(site, 17, 7), entry(site, 7, 17)]

    tried = enter(session, manager, site, *rows, dry_run=True)
    assert (entered(session, site), told(session, Template.CHECK_IN_ENTERED)) == ([], [])
    done = enter(session, manager, site, *rows)

    outcomes = [EntryOutcome.RECORDED, EntryOutcome.IMPOSSIBLE, EntryOutcome.REPEATED]
    assert [result.outcome for result in tried] == outcomes
    assert [result.outcome for result in done] == outcomes


def test_entering_the_same_again_changes_nothing(
    session: Session, site: GateSite, manager: Principal
) -> None:
    enter(session, manager, site, entry(site, 7, 17))
    assert outcome_of(session, manager, site, entry(site, 7, 17)) is EntryOutcome.REPEATED
    assert len(entered(session, site)) == 2


def test_a_missing_exit_is_filled(session: Session, site: GateSite, manager: Principal) -> None:
    scan(session, site, (IN, 7))
    assert outcome_of(session, manager, site, entry(site, None, 17)) is EntryOutcome.RECORDED
    (day,) = days_of(session, site)
    assert (day.minutes, day.grades) == (600, {"B": 1, "D": 1})


@pytest.mark.parametrize(
    ("since", "until"),
    [(9, 15), (None, 12), (12, None), (None, 7)],
    ids=["within", "exit within", "entry within", "exit at entry"],
)
def test_what_gates_recorded_whole_is_not_entered_over(
    session: Session,
    site: GateSite,
    manager: Principal,
    since: float | None,
    until: float | None,
) -> None:
    scan(session, site, (IN, 7), (OUT, 17))
    assert outcome_of(session, manager, site, entry(site, since, until)) is EntryOutcome.SCANS_STAND


def test_an_entry_never_makes_a_day_worth_less(
    session: Session, site: GateSite, manager: Principal
) -> None:
    scan(session, site, (IN, 7))
    assert outcome_of(session, manager, site, entry(site, None, 8)) is EntryOutcome.SCANS_STAND


def test_overtime_no_gate_saw_is_added(
    session: Session, site: GateSite, manager: Principal
) -> None:
    scan(session, site, (IN, 7), (OUT, 17))
    assert outcome_of(session, manager, site, entry(site, None, 20)) is EntryOutcome.RECORDED
    (day,) = days_of(session, site)
    assert (day.minutes, day.overtime_minutes) == (780, 300)


@pytest.mark.parametrize(
    ("since", "until"),
    [(None, None), (17, 7), (7, 7), (7, 24), (7, None), (None, 1)],
    ids=["nothing", "exit first", "no time", "17 hours", "entry only", "exit only"],
)
def test_what_cannot_be_is_not_entered(
    session: Session,
    site: GateSite,
    manager: Principal,
    since: float | None,
    until: float | None,
) -> None:
    assert outcome_of(session, manager, site, entry(site, since, until)) is EntryOutcome.IMPOSSIBLE


def test_a_day_to_come_is_not_entered(session: Session, site: GateSite, manager: Principal) -> None:
    tomorrow = local_date(now()) + timedelta(days=1)
    one = entry(site, 7, 17, day=tomorrow)
    assert outcome_of(session, manager, site, one) is EntryOutcome.NOT_YET


def test_a_day_before_entry_or_after_leaving_is_not_entered(
    session: Session, site: GateSite, manager: Principal
) -> None:
    site.worker.left_date = DAY
    session.flush()
    early = entry(site, 7, 17, day=site.worker.entered_date - timedelta(days=1))
    late = entry(site, 7, 17, day=DAY + timedelta(days=1))
    assert outcome_of(session, manager, site, early) is EntryOutcome.NOT_ON_PROJECT
    assert outcome_of(session, manager, site, late) is EntryOutcome.LEFT_PROJECT


@pytest.mark.parametrize("is_scanned", [True, False], ids=["exit alone", "whole shift"])
def test_the_last_night_shift_of_who_leaves_is_entered(
    session: Session, site: GateSite, manager: Principal, *, is_scanned: bool
) -> None:
    site.worker.left_date = DAY
    if is_scanned:
        scan(session, site, (IN, 20))

    outcome = outcome_of(session, manager, site, entry(site, None if is_scanned else 20, 29))

    (day,) = days_of(session, site)
    assert (outcome, day.work_date) == (EntryOutcome.RECORDED, DAY)
    assert (day.minutes, day.state) == (540, WorkDayState.COMPLETE)


def test_another_projects_worker_is_unknown(
    session: Session, site: GateSite, manager: Principal
) -> None:
    other = entry(make_gate_site(session), 7, 17)
    assert outcome_of(session, manager, site, other) is EntryOutcome.UNKNOWN_WORKER


def test_nobody_enters_their_own_days(session: Session, site: GateSite) -> None:
    own = make_principal(site.person_id, Role.LABOUR_MANAGER, project_id=site.project_id)
    assert outcome_of(session, own, site, entry(site, 7, 17)) is EntryOutcome.OWN_RECORD


def lock(session: Session, site: GateSite, month: date) -> None:
    session.add(
        AttendanceSheet(
            project_id=site.project_id,
            team_id=site.team_id,
            month=f"{month:%Y-%m}",
            state=SheetState.LOCKED,
        )
    )
    session.flush()


def test_a_locked_month_takes_no_entries(
    session: Session, site: GateSite, manager: Principal
) -> None:
    lock(session, site, DAY)
    assert outcome_of(session, manager, site, entry(site, 7, 17)) is EntryOutcome.SHEET_LOCKED


@pytest.mark.parametrize(
    ("locked", "expected"),
    [(LAST_DAY, EntryOutcome.SHEET_LOCKED), (LAST_DAY + ONE_DAY, EntryOutcome.RECORDED)],
    ids=["its own month", "the month after"],
)
@pytest.mark.parametrize("is_scanned", [True, False], ids=["exit alone", "whole shift"])
def test_a_night_shift_is_of_the_month_in_which_it_began(
    session: Session,
    site: GateSite,
    manager: Principal,
    *,
    is_scanned: bool,
    locked: date,
    expected: EntryOutcome,
) -> None:
    if is_scanned:
        make_check_in(session, site.worker, IN, clock(20, LAST_DAY))
    lock(session, site, locked)

    one = entry(site, None if is_scanned else 20, 29, day=LAST_DAY)

    assert outcome_of(session, manager, site, one) is expected
