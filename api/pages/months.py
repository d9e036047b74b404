"""The months of a project, team by team, as the labour manager's first page lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.clock import ONE_DAY
from db.models import AttendanceSheet, Team
from payroll.desk_queries import SheetProgress

MONTHS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class TeamMonth:
    """How far a team's month has come; None is not begun."""

    team: Team
    attendance: AttendanceSheet | None
    pay: SheetProgress | None


@dataclass(frozen=True, slots=True)
class Month:
    """A ``YYYY-MM`` month with every team that has something in it."""

    month: str
    teams: list[TeamMonth]


def find_first_month(today: date) -> str:
    """Return the oldest month that is listed."""
    months = today.year * 12 + today.month - MONTHS_SHOWN
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def arrange_months(
    teams: Sequence[Team],
    attendance: Sequence[AttendanceSheet],
    pay: Sequence[SheetProgress],
    *,
    today: date,
) -> list[Month]:
    """Return the months newest first: last month with all teams, others with what there is."""
    drawn = {(sheet.month, sheet.team_id): sheet for sheet in attendance}
    paid = {(each.sheet.month, each.sheet.team_id): each for each in pay}
    last = f"{today.replace(day=1) - ONE_DAY:%Y-%m}"
    begun = {month for month, _ in drawn.keys() | paid.keys()}
    months = []
    for month in sorted(begun | {last}, reverse=True):
        rows = [
            TeamMonth(team, drawn.get((month, team.id)), paid.get((month, team.id)))
            for team in teams
        ]
        months.append(Month(month, [row for row in rows if month == last or _is_begun(row)]))
    return months


def _is_begun(row: TeamMonth) -> bool:
    return row.attendance is not None or row.pay is not None
