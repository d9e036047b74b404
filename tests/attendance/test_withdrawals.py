"""What was entered by hand or imported is taken back: it stays, says why, and counts no more."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from attendance import manual, months, sheets, withdrawals
from attendance.day_views import view_worker_days
from attendance.manual import DayEntry
from attendance.sheet_acts import approve_sheet, reopen_sheet, send_back_sheet
from attendance.sheet_chain import hash_lines
from attendance.sheets import LockExcuses
from attendance.withdrawals import WithdrawalResult
from core.clock import day_start, local_date, now
from core.day_enums import EntryOutcome, WithdrawalOutcome
from core.enums import Direction, PaySheetState, Role
from db.models import (
    AttendanceSheet,
    AuditEntry,
    CheckIn,
    CheckInAnnulment,
    EntryWithdrawal,
    Notification,
    PaySheet,
    WorkDay,
)
from identity.principal import Principal
from notifications.templates import Template
from tests.factories.attendance import GateSite, make_check_in, make_gate_site
from tests.factories.identity import make_person, make_principal

DAY = (local_date(now()) - timedelta(days=31)).replace(day=15)
MONTH = f"{DAY:%Y-%m}"
OUTCOME = WithdrawalOutcome
Withdraw = Callable[..., list[WithdrawalResult]]


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def manager(session: Session, site: GateSite) -> Principal:
    return make_principal(
        make_person(session, name="某经理").id, Role.LABOUR_MANAGER, project_id=site.project_id
    )


@pytest.fixture
def withdraw(session: Session, site: GateSite, manager: Principal) -> Withdraw:
    def take_back(*check_in_ids: UUID, reason: str = "补错了人") -> list[WithdrawalResult]:
        return withdrawals.withdraw_entries(
            session,
            principal=manager,
            project_id=site.project_id,
            check_in_ids=check_in_ids,
            reason=reason,
            at=now(),
        )

    return take_back


def enter(
    session: Session,
    manager: Principal,
    site: GateSite,
    since: float | None = 7,
    until: float | None = 17,
    *,
    day_of_month: int = DAY.day,
) -> list[UUID]:
    """Enter a day by hand; return its check-ins."""
    hours = [
        None if hour is None else day_start(DAY.replace(day=day_of_month)) + timedelta(hours=hour)
        for hour in (since, until)
    ]
    (result,) = manual.enter_days(
        session,
        principal=manager,
        project_id=site.project_id,
        entries=[DayEntry(site.worker_id, *hours)],
        reason="闸机停电",
        dry_run=False,
        at=now(),
    )
    assert result.outcome is EntryOutcome.RECORDED
    return [check_in.id for check_in in result.check_ins]


def list_days(session: Session) -> list[tuple[int, int, dict[str, int]]]:
    days = session.scalars(select(WorkDay).order_by(col(WorkDay.work_date)))
    return [(day.work_date.day, day.units, day.grades) for day in days]


def told(session: Session, template: Template) -> list[Notification]:
    statement = select(Notification).where(col(Notification.template) == template)
    return list(session.scalars(statement))


def outcomes(results: list[WithdrawalResult]) -> list[WithdrawalOutcome]:
    return [result.outcome for result in results]


def draw_up(session: Session, site: GateSite, month: str = MONTH) -> AttendanceSheet:
    return sheets.draw_up_sheet(
        session, project_id=site.project_id, team_id=site.team_id, month=month, at=now()
    )


def lock(session: Session, site: GateSite, month: str = MONTH) -> AttendanceSheet:
    return sheets.lock_sheet(
        session,
        project_id=site.project_id,
        sheet_id=draw_up(session, site, month).id,
        at=now(),
        excuses=LockExcuses("已当面核对", "已在纸上签字"),
    )


def test_a_day_taken_back_stays_on_record_and_counts_no_more(
    session: Session, site: GateSite, manager: Principal, withdraw: Withdraw
) -> None:
    entered = enter(session, manager, site)

    results = withdraw(*entered)

    assert outcomes(results) == [OUTCOME.WITHDRAWN, OUTCOME.WITHDRAWN]
    assert list_days(session) == []
    assert {row.id for row in session.scalars(select(CheckIn))} == set(entered)
    (withdrawal,) = session.scalars(select(EntryWithdrawal))
    assert (withdrawal.reason, withdrawal.withdrawn_by_id) == ("补错了人", manager.person_id)
    (audited,) = session.scalars(
        select(AuditEntry).where(col(AuditEntry.action) == "attendance.withdraw-entries")
    )
    assert (audited.reason, audited.detail["check_ins"]) == ("补错了人", "2")


def test_what_gates_recorded_counts_again_alone(
    session: Session, site: GateSite, manager: Principal, withdraw: Withdraw
) -> None:
    make_check_in(session, site.worker, Direction.IN, day_start(DAY) + timedelta(hours=7))
    withdraw(*enter(session, manager, site, None, 17))
    assert list_days(session) == [(15, 50, {"B": 1})]


def test_the_worker_is_told_which_day_and_sees_why(
    session: Session, site: GateSite, manager: Principal, withdraw: Withdraw
) -> None:
    withdraw(*enter(session, manager, site))

    (notification,) = told(session, Template.CHECK_IN_WITHDRAWN)
    assert notification.person_id == site.person_id
    assert f"{DAY.month}月{DAY.day}日" in notification.body
    assert months.get_month(session, person_id=site.person_id, month=MONTH).days == []
    seen = withdrawals.list_own_withdrawn(session, person_id=site.person_id, month=MONTH)
    assert [(one.direction, one.note, one.withdrawal.reason) for one in seen] == [
        (Direction.IN, "闸机停电", "补错了人"),
        (Direction.OUT, "闸机停电", "补错了人"),
    ]


def test_several_days_of_a_month_are_told_in_one_message(
    session: Session, site: GateSite, manager: Principal, withdraw: Withdraw
) -> None:
    days = [enter(session, manager, site, day_of_month=number) for number in (3, 4, 5)]
    withdraw(*(check_in_id for day in days for check_in_id in day))
    (notification,) = told(session, Template.CHECK_INS_WITHDRAWN)
    assert "3天" in notification.body


def test_taking_back_twice_gives_the_first_result(
    session: Session, site: GateSite, manager: Principal, withdraw: Withdraw
) -> None:
    entered = enter(session, manager, site)
    first = withdraw(*entered)
    assert withdraw(*entered, reason="另一个原因") == first
    assert len(session.scalars(select(EntryWithdrawal)).all()) == 1
    assert len(told(session, Template.CHECK_IN_WITHDRAWN)) == 1


def test_the_same_day_can_be_entered_again_and_taken_back_again(
    session: Session, site: GateSite, manager: Principal, withdraw: Withdraw
) -> None:
    for _ in range(3):
        entered = enter(session, manager, site)
        assert list_days(session) == [(15, 100, {"D": 2})]
        assert outcomes(withdraw(*entered)) == [OUTCOME.WITHDRAWN] * 2
        assert list_days(session) == []
    assert len(session.scalars(select(CheckIn)).all()) == 6


def test_what_nobody_entered_is_never_taken_back(
    session: Session, site: GateSite, withdraw: Withdraw
) -> None:
    scanned = make_check_in(session, site.worker, Direction.IN, day_start(DAY))
    elsewhere = make_gate_site(session)
    other = make_principal(
        make_person(session).id, Role.LABOUR_MANAGER, project_id=elsewhere.project_id
    )
    theirs = enter(session, other, elsewhere)
    assert outcomes(withdraw(scanned.id, *theirs, uuid4())) == [OUTCOME.NOT_ENTERED] * 4
    assert session.scalars(select(CheckInAnnulment)).all() == []


def test_nobody_takes_back_their_own_day(
    session: Session, site: GateSite, manager: Principal
) -> None:
    entered = enter(session, manager, site)
    results = withdrawals.withdraw_entries(
        session,
        principal=make_principal(site.person_id, Role.LABOUR_MANAGER, project_id=site.project_id),
        project_id=site.project_id,
        check_in_ids=entered,
        reason="不想算",
        at=now(),
    )
    assert outcomes(results) == [OUTCOME.OWN_RECORD] * 2


def test_an_approved_sheet_is_sent_back_first(
    session: Session, site: GateSite, manager: Principal, withdraw: Withdraw
) -> None:
    entered = enter(session, manager, site)
    sheet = draw_up(session, site)
    chosen: dict[str, Any] = {
        "principal": manager,
        "project_id": site.project_id,
        "sheet_id": sheet.id,
    }
    approve_sheet(session, content_hash=hash_lines(sheet.lines), at=now(), **chosen)
    assert outcomes(withdraw(*entered)) == [OUTCOME.SHEET_APPROVED] * 2

    send_back_sheet(session, reason="补错了人", at=now(), **chosen)

    assert outcomes(withdraw(*entered)) == [OUTCOME.WITHDRAWN] * 2


def test_a_locked_sheet_is_reopened_first(
    session: Session, site: GateSite, manager: Principal, withdraw: Withdraw
) -> None:
    entered = enter(session, manager, site)
    sheet = lock(session, site)
    assert outcomes(withdraw(*entered)) == [OUTCOME.SHEET_LOCKED] * 2
    assert list_days(session) == [(15, 100, {"D": 2})]

    reopen_sheet(
        session,
        principal=manager,
        project_id=site.project_id,
        sheet_id=sheet.id,
        reason="补错了人",
    )

    assert outcomes(withdraw(*entered)) == [OUTCOME.WITHDRAWN] * 2


def test_a_paid_day_is_corrected_on_the_payslip(
    session: Session, site: GateSite, manager: Principal, withdraw: Withdraw
) -> None:
    entered = enter(session, manager, site)
    sheet = lock(session, site)
    session.add(
        PaySheet(
            project_id=site.project_id,
            team_id=site.team_id,
            attendance_sheet_id=sheet.id,
            month=MONTH,
            state=PaySheetState.SETTLED,
        )
    )
    session.flush()
    assert outcomes(withdraw(*entered)) == [OUTCOME.SHEET_PAID] * 2


def test_a_night_shifts_exit_is_of_the_month_it_began_in(
    session: Session, site: GateSite, manager: Principal, withdraw: Withdraw
) -> None:
    first = DAY.replace(day=1)
    site.worker.entered_date = first - timedelta(days=40)
    begun = day_start(first) - timedelta(hours=2)
    make_check_in(session, site.worker, Direction.IN, begun)
    entered = enter(session, manager, site, None, 6, day_of_month=1)
    lock(session, site, f"{begun - timedelta(days=1):%Y-%m}")
    assert outcomes(withdraw(*entered)) == [OUTCOME.SHEET_LOCKED]


def test_the_sheets_page_shows_what_was_taken_back(
    session: Session, site: GateSite, manager: Principal, withdraw: Withdraw
) -> None:
    withdraw(*enter(session, manager, site))

    shown = view_worker_days(
        session,
        principal=manager,
        project_id=site.project_id,
        sheet_id=draw_up(session, site).id,
        worker_id=site.worker_id,
        at=now(),
    )

    (day,) = shown.days
    assert (day.work_date, day.units, day.crossings) == (DAY, 0, ())
    assert [entry.withdrawal.reason for entry in day.withdrawn] == ["补错了人", "补错了人"]


def test_a_withdrawal_is_never_changed(
    session: Session, site: GateSite, manager: Principal, withdraw: Withdraw
) -> None:
    withdraw(*enter(session, manager, site))
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(update(EntryWithdrawal).values(reason="别的"))
