"""From a month of check-ins to the fen and back: what is stored is what its days make."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlmodel import Session

from attendance.sheets import LockExcuses, draw_up_sheet, lock_sheet
from core.calendar import WORKING_DAYS
from core.enums import Direction, PayBasis
from db.models import AttendanceSheet, Payslip
from payroll import line_sources, pay_rules
from payroll.pay_rules import PayMonth, PayTerms, TermsFrom, WorkedDay
from tests.factories.attendance import make_check_in
from tests.factories.pay_terms import make_terms
from tests.factories.payroll import AT, MONTH, Site, current_payslips, draw_up, make_site

OCTOBER = PayMonth(MONTH, WORKING_DAYS, 480)
LAST_DAY = 31


def work_month(session: Session, site: Site, seed: int) -> None:
    """Let the worker come on some days of October, early or late, for a few hours or many."""
    random = Random(seed)
    for day in sorted(random.sample(range(1, LAST_DAY + 1), 12)):
        arrived = datetime(2026, 10, day, tzinfo=UTC) + timedelta(minutes=random.randint(-60, 120))
        left = arrived + timedelta(minutes=random.randint(30, 700))
        make_check_in(session, site.workers[0], Direction.IN, arrived)
        make_check_in(session, site.workers[0], Direction.OUT, left)


def lock_month(session: Session, site: Site) -> AttendanceSheet:
    session.delete(site.attendance)
    session.flush()
    project_id = site.project.id
    sheet = draw_up_sheet(session, project_id=project_id, team_id=site.team.id, month=MONTH, at=AT)
    excuses = LockExcuses(unsettled_reason="已当面核对", skipped_reason="纸上签过字")
    return lock_sheet(session, project_id=project_id, sheet_id=sheet.id, at=AT, excuses=excuses)


def read_days(session: Session, payslip: Payslip, project_id: UUID) -> list[WorkedDay]:
    """Return the days behind all lines, folded again from their check-ins."""
    found: dict[date, WorkedDay] = {}
    for number in range(1, len(payslip.content["items"]) + 1):
        sources = line_sources.list_line_check_ins(
            session, project_id=project_id, payslip_id=payslip.id, number=number
        )
        for day in sources.days:
            assert day.folded is not None
            assert len(day.check_ins) == len(day.folded.crossing_ids) > 0
            folded = day.folded
            found[day.date] = WorkedDay(
                day.date, folded.units, folded.minutes, folded.overtime_minutes
            )
    return [found[day] for day in sorted(found)]


@pytest.mark.parametrize("basis", [PayBasis.HOUR, PayBasis.DAY, PayBasis.MONTH])
@pytest.mark.parametrize("pays_overtime", [False, True])
@pytest.mark.parametrize("seed", [1, 2])
def test_every_line_is_what_its_check_ins_make(
    session: Session, basis: PayBasis, pays_overtime: bool, seed: int
) -> None:
    site = make_site(session, worker_count=1, pay_basis=basis)
    make_terms(session, site.workers[0], pays_overtime=pays_overtime)
    work_month(session, site, seed)
    lock_month(session, site)

    payslip = current_payslips(session, draw_up(session, site).id)[0]

    days = read_days(session, payslip, site.project.id)
    terms = PayTerms(basis, 35_000, 15, pays_overtime=pays_overtime)
    again = pay_rules.compute_earned(
        (TermsFrom(OCTOBER.first, terms),), pay_rules.sum_days(days), days, OCTOBER
    )
    assert len(days) == 12
    assert [item.amount_fen for item in again] == [
        int(line["amount"].replace(".", "")) for line in payslip.content["items"]
    ]
    assert payslip.net_fen == sum(item.amount_fen for item in again)
