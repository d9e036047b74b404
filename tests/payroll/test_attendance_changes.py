"""Attendance reopened after publishing: nothing made of the earlier days is reviewed or paid."""

from collections.abc import Callable

import pytest
from sqlmodel import Session

from core.enums import SheetState
from core.keyring import Keyring
from payroll import service
from payroll.errors import AttendanceChangedError, AttendanceNotLockedError
from payroll.newer import Newer, NewerKind
from tests.factories.payroll import (
    HALF_DAY_MORE,
    Site,
    adjust,
    approve,
    confirm_all,
    draw_up_batch,
    make_attendance_lines,
    make_site,
    publish,
)


def open_again(session: Session, site: Site) -> None:
    site.attendance.state = SheetState.DRAFT
    session.flush()


def lock_with_more(session: Session, site: Site) -> None:
    """Lock anew, with another half day of the first worker's."""
    site.attendance.lines = [
        *make_attendance_lines(site.workers[:1], units=2300),
        *make_attendance_lines(site.workers[1:]),
    ]
    site.attendance.state = SheetState.LOCKED
    session.flush()


Change = Callable[[Session, Site], None]
CHANGES = [(open_again, AttendanceNotLockedError), (lock_with_more, AttendanceChangedError)]


@pytest.mark.parametrize(("change", "refusal"), CHANGES)
def test_sheet_of_other_days_is_not_approved(
    session: Session, change: Change, refusal: type[Exception]
) -> None:
    site = make_site(session)
    sheet_id = publish(session, site)[0].pay_sheet_id
    change(session, site)

    with pytest.raises(refusal):
        approve(session, site, sheet_id)


@pytest.mark.parametrize(("change", "refusal"), CHANGES)
def test_sheet_of_other_days_makes_no_bank_file(
    session: Session, keyring: Keyring, change: Change, refusal: type[Exception]
) -> None:
    site = make_site(session)
    sheet_id = confirm_all(session, keyring, site)[0].pay_sheet_id
    change(session, site)

    with pytest.raises(refusal):
        draw_up_batch(session, site, sheet_id)


@pytest.mark.parametrize(
    ("change", "newer"),
    [
        (open_again, [Newer(NewerKind.ATTENDANCE, None)]),
        (lock_with_more, [Newer(NewerKind.ATTENDANCE, "王小明")]),
    ],
)
def test_published_sheet_shows_whose_days_changed(
    session: Session, change: Change, newer: list[Newer]
) -> None:
    site = make_site(session)
    sheet_id = publish(session, site)[0].pay_sheet_id
    change(session, site)

    overview = service.get_pay_sheet(session, project_id=site.project.id, sheet_id=sheet_id)

    assert overview.newer == newer


def test_payslip_is_not_worked_out_from_open_attendance(session: Session) -> None:
    site = make_site(session)
    payslip = publish(session, site)[0]
    open_again(session, site)

    with pytest.raises(AttendanceNotLockedError):
        adjust(session, site, payslip, items=HALF_DAY_MORE)


def test_adjusting_who_changed_lets_the_sheet_go_on(session: Session) -> None:
    site = make_site(session)
    payslip = publish(session, site)[0]
    open_again(session, site)
    lock_with_more(session, site)

    adjusted = adjust(session, site, payslip, items=None)
    approve(session, site, payslip.pay_sheet_id)

    assert adjusted.net_fen == 805_000
