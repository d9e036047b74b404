"""Which months the desk lists, and which teams stand in them."""

from datetime import date

import pytest

from api.pages.months import arrange_months, find_first_month
from core.enums import PaySheetState, PayslipAnswerState, SheetState
from db.base import new_id
from db.models import AttendanceSheet, PaySheet, Team
from payroll.desk_queries import SheetProgress

TODAY = date(2026, 11, 23)
PROJECT = new_id()


def make_team(name: str) -> Team:
    return Team(id=new_id(), project_id=PROJECT, party_id=new_id(), name=name)


def make_sheet(team: Team, month: str) -> AttendanceSheet:
    return AttendanceSheet(
        id=new_id(), project_id=PROJECT, team_id=team.id, month=month, state=SheetState.DRAFT
    )


def make_progress(team: Team, month: str) -> SheetProgress:
    sheet = PaySheet(
        project_id=PROJECT,
        team_id=team.id,
        attendance_sheet_id=new_id(),
        month=month,
        state=PaySheetState.PUBLISHED,
    )
    return SheetProgress(
        sheet, {PayslipAnswerState.AWAITING: 2, PayslipAnswerState.DISPUTED: 1}, 100
    )


def test_last_month_shows_every_team_and_earlier_ones_what_was_begun() -> None:
    first, second = make_team("钢筋一班"), make_team("木工二班")
    attendance = [make_sheet(first, "2026-08")]
    pay = [make_progress(second, "2026-10")]

    months = arrange_months([first, second], attendance, pay, today=TODAY)

    assert [month.month for month in months] == ["2026-10", "2026-08"]
    assert [row.team.name for row in months[0].teams] == ["钢筋一班", "木工二班"]
    assert [row.team.name for row in months[1].teams] == ["钢筋一班"]
    assert months[0].teams[1].pay is pay[0]
    assert months[1].teams[0].attendance is attendance[0]


def test_progress_counts_every_payslip_once() -> None:
    assert make_progress(make_team("钢筋一班"), "2026-10").payslip_count == 3


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 23), "2025-12"),
        (date(2026, 12, 1), "2026-01"),
        (date(2027, 1, 31), "2026-02"),
    ],
)
def test_twelve_months_are_listed_with_the_running_one(today: date, first: str) -> None:
    assert find_first_month(today) == first
