"""Payslips from everything on record: overtime, entries, advances, minimum wages, and races."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, select

from core.enums import Direction, PayBasis
from core.pay_enums import DeductionKind, PayEntryKind
from db.models import AdvanceRecovery, Payslip
from payroll import advances, entries, line_sources, service
from payroll.errors import PieceQuantitiesMissingError
from payroll.term_errors import (
    AttendanceMovedError,
    DeductionTooLargeError,
    LineNotFoundError,
    PaySheetStaleError,
)
from tests.factories.attendance import make_check_in
from tests.factories.notice_boards import write_county_facts
from tests.factories.pay_terms import (
    make_advance,
    make_entry,
    make_line,
    make_terms,
    make_work_days,
)
from tests.factories.payroll import (
    AT,
    MONTH,
    Site,
    adjust,
    current_payslips,
    draw_up,
    make_attendance,
    make_site,
    publish,
)
from tests.factories.projects import make_team

WORKED = [
    (date(2026, 10, 1), 480, 0),
    (date(2026, 10, 8), 540, 60),
    (date(2026, 10, 17), 480, 0),
]
"""A statutory holiday, a long working day, a Saturday."""


def make_overtime_site(session: Session) -> Site:
    site = make_site(session, worker_count=1)
    make_terms(session, site.workers[0])
    make_work_days(session, site.workers[0], WORKED)
    site.attendance.lines = [make_line(site.workers[0].id, WORKED)]
    return site


def draw(session: Session, site: Site) -> Payslip:
    return current_payslips(session, draw_up(session, site).id)[0]


def net_of(session: Session, site: Site) -> int:
    return draw(session, site).net_fen


def test_overtime_is_worked_out_from_the_days(session: Session) -> None:
    payslip = draw(session, make_overtime_site(session))

    lines = {line["name"]: (line["amount"], line["days"]) for line in payslip.content["items"]}
    assert lines == {
        "计日工资": ("350.00", [8]),
        "加班工资（工作日 150%）": ("65.63", [8]),
        "加班工资（休息日 200%）": ("700.00", [17]),
        "加班工资（法定节假日 300%）": ("1050.00", [1]),
    }
    assert payslip.net_fen == 216_563


def test_overtime_is_refused_by_name_where_the_days_are_not_the_locked_ones(
    session: Session,
) -> None:
    site = make_overtime_site(session)
    make_work_days(session, site.workers[0], [(date(2026, 10, 18), 480, 0)])

    with pytest.raises(AttendanceMovedError) as refusal:
        draw_up(session, site)
    assert refusal.value.facts["names"] == "王小明"


def test_plain_pay_goes_on_by_the_locked_sums_and_says_so(session: Session) -> None:
    site = make_site(session, worker_count=1)
    make_work_days(session, site.workers[0], [(date(2026, 10, 18), 480, 0)])

    payslip = draw(session, site)

    assert payslip.net_fen == 787_500
    assert payslip.content["items"][0]["days"] == []
    assert "考勤表锁定以后考勤又有变化，这里按锁定的合计算" in payslip.content["remarks"]


def test_piece_work_is_paid_by_what_was_measured(session: Session) -> None:
    site = make_site(session, worker_count=1, pay_basis=PayBasis.PIECE)
    with pytest.raises(PieceQuantitiesMissingError):
        draw_up(session, site)
    entry = make_entry(session, site.workers[0], PayEntryKind.PIECE, amount_fen=657_000)

    [line] = draw(session, site).content["items"]

    assert (line["name"], line["amount"], line["entry_id"]) == ("砌筑", "6570.00", str(entry.id))


def test_supplement_names_its_month_and_is_paid_without_work(session: Session) -> None:
    site = make_site(session, worker_count=2)
    site.attendance.lines = site.attendance.lines[1:]
    make_entry(session, site.workers[0], PayEntryKind.SUPPLEMENT, amount_fen=35_000)

    payslip = draw(session, site)

    [line] = payslip.content["items"]
    assert (payslip.net_fen, line["for_month"]) == (35_000, "2026-09")


def test_deduction_waits_for_the_worker_and_the_payslip_says_so(session: Session) -> None:
    site = make_site(session, worker_count=1)
    entry = make_entry(session, site.workers[0])
    waiting = draw(session, site)
    assert waiting.net_fen == 787_500
    assert "扣款“宿舍电费”要你本人同意才能扣，这次没有扣" in waiting.content["remarks"]

    entries.agree_to_deduction(session, principal=site.worker, entry_id=entry.id, at=AT)
    agreed = draw(session, site)

    assert (agreed.gross_fen, agreed.deductions_fen, agreed.net_fen) == (787_500, 6_000, 781_500)
    assert agreed.content["deductions"][0]["reason"] == "登记的说明；本人已同意"


def test_deduction_beyond_the_bound_refuses_the_sheet_by_name(session: Session) -> None:
    site = make_site(session, worker_count=1)
    make_entry(session, site.workers[0], amount_fen=157_501, agreed_at=AT)

    with pytest.raises(DeductionTooLargeError) as refusal:
        draw_up(session, site)
    assert refusal.value.facts["name"] == "王小明"


def test_minimum_wage_bounds_a_deduction_where_the_county_has_one(
    session: Session, tmp_path: Path
) -> None:
    site = make_site(session, worker_count=1, units=700)
    make_entry(session, site.workers[0], amount_fen=5_001, agreed_at=AT)
    draw_up(session, site)

    with pytest.raises(DeductionTooLargeError) as refusal:
        service.create_pay_sheet(
            session,
            project_id=site.project.id,
            team_id=site.team.id,
            month=MONTH,
            at=AT,
            county_facts=write_county_facts(tmp_path),
        )
    assert refusal.value.facts["limit"] == "50.00"


def test_unknown_minimum_wage_refuses_nothing_and_is_said(session: Session) -> None:
    payslip = draw(session, make_site(session, worker_count=1))

    assert payslip.content["minimum_wage"] is None
    assert payslip.content["remarks"] == ["当地最低工资标准还没有登记，这张工资条没有和它核对"]


def test_payday_in_a_year_without_published_holidays_is_said_to_be_unsure(
    session: Session,
) -> None:
    site = make_site(session, worker_count=1)
    site.attendance.month = "2026-12"
    session.flush()

    sheet = service.create_pay_sheet(
        session, project_id=site.project.id, team_id=site.team.id, month="2026-12", at=AT
    )

    [payslip] = current_payslips(session, sheet.id)
    assert payslip.due_date == date(2027, 1, 15)
    assert "2027 年的放假安排还没有公布，发薪日可能还会提前" in payslip.content["remarks"]


def test_advance_is_taken_off_once_however_often_the_sheet_is_drawn(session: Session) -> None:
    site = make_site(session, worker_count=1)
    advance = make_advance(session, site.workers[0])

    assert net_of(session, site) == net_of(session, site) == 737_500

    [view] = advances.list_own_advances(session, person_id=site.worker.person_id)
    assert (view.advance.id, view.taken_fen, view.remaining_fen) == (advance.id, 50_000, 0)


def test_advance_larger_than_the_wage_goes_on_to_the_next_sheet(session: Session) -> None:
    site = make_site(session, worker_count=1)
    make_advance(session, site.workers[0], 800_000)
    assert net_of(session, site) == 0

    team = make_team(session, site.project, name="木工二班")
    make_attendance(session, team, site.workers)
    sheet = service.create_pay_sheet(
        session, project_id=site.project.id, team_id=team.id, month=MONTH, at=AT
    )

    assert current_payslips(session, sheet.id)[0].net_fen == 787_500 - 12_500


def test_advance_paid_after_the_month_is_not_taken_off_it(session: Session) -> None:
    site = make_site(session, worker_count=1)
    make_advance(session, site.workers[0], paid_date=date(2026, 11, 1))

    assert net_of(session, site) == 787_500


def test_entry_counts_on_one_sheet_only(session: Session) -> None:
    site = make_site(session, worker_count=1)
    make_entry(session, site.workers[0], PayEntryKind.SUPPLEMENT, amount_fen=35_000)
    assert net_of(session, site) == 822_500

    team = make_team(session, site.project, name="木工二班")
    make_attendance(session, team, site.workers)
    sheet = service.create_pay_sheet(
        session, project_id=site.project.id, team_id=team.id, month=MONTH, at=AT
    )

    assert current_payslips(session, sheet.id)[0].net_fen == 787_500


def test_draft_that_counts_something_withdrawn_is_not_published(session: Session) -> None:
    site = make_site(session, worker_count=1)
    advance = make_advance(session, site.workers[0])
    sheet = draw_up(session, site)
    advances.withdraw_advance(
        session,
        principal=site.manager,
        project_id=site.project.id,
        advance_id=advance.id,
        reason="登记错了人",
        at=AT,
    )

    with pytest.raises(PaySheetStaleError):
        service.publish_pay_sheet(session, project_id=site.project.id, sheet_id=sheet.id, at=AT)

    assert publish(session, site)[0].net_fen == 787_500
    assert session.exec(select(AdvanceRecovery)).all() == []


def test_adjusting_takes_advances_and_deductions_along(session: Session) -> None:
    site = make_site(session, worker_count=1)
    [payslip] = publish(session, site)
    make_advance(session, site.workers[0])
    make_entry(
        session,
        site.workers[0],
        deduction_kind=DeductionKind.INCOME_TAX,
        name="个人所得税",
        source="税单 0001",
    )

    adjusted = adjust(session, site, payslip, None)

    assert (adjusted.gross_fen, adjusted.deductions_fen) == (787_500, 56_000)
    assert adjusted.promised_fen == 787_500


def test_line_lists_its_check_ins_day_by_day(session: Session) -> None:
    site = make_site(session, worker_count=1)
    worker = site.workers[0]
    for hour, direction in ((0, Direction.IN), (8, Direction.OUT)):
        make_check_in(session, worker, direction, datetime(2026, 10, 8, hour, tzinfo=UTC))
    make_work_days(session, worker, [(date(2026, 10, 8), 480, 0)])
    site.attendance.lines = [make_line(worker.id, [(date(2026, 10, 8), 480, 0)])]
    [payslip] = publish(session, site)

    sources = line_sources.list_my_line_check_ins(
        session, person_id=site.worker.person_id, payslip_id=payslip.id, number=1
    )

    [day] = sources.days
    assert day.folded is not None
    assert (day.date, day.folded.minutes, day.folded.units) == (date(2026, 10, 8), 480, 100)
    assert [each.check_in.direction for each in day.check_ins] == [Direction.IN, Direction.OUT]
    assert payslip.net_fen == day.folded.units * 35_000 // 100


def test_line_that_was_entered_shows_the_entry(session: Session) -> None:
    site = make_site(session, worker_count=1)
    entry = make_entry(session, site.workers[0], PayEntryKind.SUPPLEMENT)
    payslip = draw(session, site)

    sources = line_sources.list_line_check_ins(
        session, project_id=site.project.id, payslip_id=payslip.id, number=2
    )

    assert (sources.days, sources.entry) == ([], entry)


@pytest.mark.parametrize("number", [0, 2, -1, 10**12])
def test_line_that_is_not_there_is_not_found(session: Session, number: int) -> None:
    site = make_site(session, worker_count=1)
    payslip = draw(session, site)

    with pytest.raises(LineNotFoundError):
        line_sources.list_line_check_ins(
            session, project_id=site.project.id, payslip_id=payslip.id, number=number
        )
