"""The usual 考勤表 in Excel: a row a worker, a column a day, and nothing Excel could run."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from sqlalchemy import inspect, select
from sqlmodel import Session

from attendance import sheet_export, sheets, work_days
from attendance.errors import SheetNotFoundError
from attendance.queries import get_sheet
from attendance.sheet_errors import SheetStaleError
from attendance.sheet_queries import list_line_workers, stream_lines
from attendance.sheets import LockExcuses
from core.clock import day_start, local_date, month_start, next_month, now
from core.enums import CheckInMethod, Direction, Grade, Role
from db.models import AttendanceSheet, AuditEntry, FoldDue, RefoldDue
from identity.principal import Principal
from tests.factories.attendance import (
    GateSite,
    long_ago,
    make_check_in,
    make_gate_site,
    make_objection,
)
from tests.factories.identity import make_principal, make_worker_person
from tests.factories.projects import make_project_worker

DAY = (local_date(now()) - timedelta(days=31)).replace(day=15)
MONTH = f"{DAY:%Y-%m}"
HEADER_ROW = 3


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def manager(site: GateSite) -> Principal:
    return make_principal(site.person_id, Role.LABOUR_MANAGER, project_id=site.project_id)


@pytest.fixture
def sheet(session: Session, site: GateSite) -> AttendanceSheet:
    """Two good days, one without an exit, one entered by hand, and an objection."""
    for offset, leaves in ((0, True), (1, True), (2, False)):
        start = day_start(DAY + timedelta(days=offset))
        make_check_in(session, site.worker, Direction.IN, start + timedelta(hours=7))
        if leaves:
            make_check_in(session, site.worker, Direction.OUT, start + timedelta(hours=17))
    for direction, hour in ((Direction.IN, 8), (Direction.OUT, 14)):
        make_check_in(
            session,
            site.worker,
            direction,
            day_start(DAY + timedelta(days=3)) + timedelta(hours=hour),
            grade=Grade.D,
            method=CheckInMethod.MANUAL,
        )
    make_objection(session, site.worker, DAY)
    work_days.fold_month(
        session, project_id=site.project_id, worker_ids=[site.worker_id], month=MONTH
    )
    return sheets.draw_up_sheet(
        session, project_id=site.project_id, team_id=site.team_id, month=MONTH, at=now()
    )


def export(
    session: Session,
    sheet: AttendanceSheet,
    principal: Principal,
    *,
    reason: str | None = None,
    is_a3: bool = True,
) -> Any:
    made = sheet_export.export_sheet(
        session,
        principal=principal,
        project_id=sheet.project_id,
        sheet_id=sheet.id,
        reason=reason,
        is_a3=is_a3,
        at=now(),
    )
    with made.content:
        return load_workbook(BytesIO(made.content.read()))[sheet_export.SHEET_NAME]


def draw_again(session: Session, sheet: AttendanceSheet) -> AttendanceSheet:
    return sheets.draw_up_sheet(
        session, project_id=sheet.project_id, team_id=sheet.team_id, month=sheet.month, at=now()
    )


def read_row(paper: Any, number: int) -> dict[str, Any]:
    headers = [cell.value for cell in paper[HEADER_ROW]]
    return dict(zip(headers, (cell.value for cell in paper[number]), strict=True))


def read_text(paper: Any) -> str:
    return "\n".join(str(cell.value) for row in paper.iter_rows() for cell in row if cell.value)


def test_a_worker_is_a_row_and_a_day_a_column(
    session: Session, sheet: AttendanceSheet, manager: Principal
) -> None:
    row = read_row(export(session, sheet, manager), HEADER_ROW + 1)

    assert {name: row[name] for name in ("14", "15", "16", "17", "18", "19")} == {
        "14": None,
        "15": "√议",
        "16": "√",
        "17": "半?",
        "18": "0.75补",
        "19": None,
    }
    assert (row["工日合计"], row["小时"], row["待核天数"]) == (3.25, 30, 1)
    assert (row["原记工日"], row["证据"]) == (2.5, "B5 D2")


def test_the_header_has_the_days_of_the_month(
    session: Session, sheet: AttendanceSheet, manager: Principal
) -> None:
    headers = [cell.value for cell in export(session, sheet, manager)[HEADER_ROW]]
    first = month_start(MONTH)
    length = (next_month(first) - first).days
    assert headers[4 : 4 + length + 1] == [*map(str, range(1, length + 1)), "工日合计"]


def test_below_stand_totals_legend_warnings_acts_and_lines_to_sign(
    session: Session, sheet: AttendanceSheet, manager: Principal
) -> None:
    sheets.lock_sheet(
        session,
        project_id=sheet.project_id,
        sheet_id=sheet.id,
        at=now(),
        actor=manager,
        excuses=LockExcuses("工人已回家", "已在纸上签字"),
    )
    paper = export(session, sheet, manager)
    totals = read_row(paper, HEADER_ROW + 2)
    text = read_text(paper)

    assert (totals["工种"], totals["15"], totals["工日合计"]) == ("出勤人数", 1, 3.25)
    assert "已锁定" in text
    assert "记号：√ 一天" in text
    assert "施工总承包单位（王*明）：锁定，原因：工人已回家" in text
    assert "班组长（王*明）：未在网上核对，原因：已在纸上签字" in text
    assert "签字：班组长：____" in text
    assert "注意：100% 的打卡落在每分钟的同一秒" not in text


def test_what_looks_made_up_is_said_on_the_paper(
    session: Session, site: GateSite, manager: Principal
) -> None:
    for offset in range(12):
        start = day_start(DAY.replace(day=1) + timedelta(days=offset))
        make_check_in(session, site.worker, Direction.IN, start + timedelta(minutes=400 + offset))
        make_check_in(session, site.worker, Direction.OUT, start + timedelta(minutes=940 + offset))
    sheet = sheets.draw_up_sheet(
        session, project_id=site.project_id, team_id=site.team_id, month=MONTH, at=now()
    )
    text = read_text(export(session, sheet, manager))
    assert "注意：有人每天在工地的时间长短分秒不差：最多的有 100% 的天数完全相同" in text


def test_names_and_numbers_are_masked_unless_there_is_a_reason(
    session: Session, site: GateSite, sheet: AttendanceSheet, manager: Principal
) -> None:
    site.person.id_number = "33010619900101123X"
    masked = read_row(export(session, sheet, manager), HEADER_ROW + 1)
    full = read_row(export(session, sheet, manager, reason="交班组签字"), HEADER_ROW + 1)

    assert (masked["姓名"], masked["证件编号"]) == ("王*明", "3301**********123X")
    assert (full["姓名"], full["证件编号"]) == ("王小明", "33010619900101123X")
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.reason) == ("attendance.export-sheet", "交班组签字")


def test_a_number_stays_text_and_a_name_is_no_formula(
    session: Session, site: GateSite, manager: Principal
) -> None:
    site.person.id_number = "330106199001011234"
    rogue = make_worker_person(session, name='=HYPERLINK("x")')
    make_project_worker(session, site.team, rogue, entered_date=long_ago())
    sheet = sheets.draw_up_sheet(
        session, project_id=site.project_id, team_id=site.team_id, month=MONTH, at=now()
    )
    paper = export(session, sheet, manager, reason="交班组签字")

    cells = [cell for row in paper.iter_rows() for cell in row]
    assert paper.cell(HEADER_ROW + 1, 3).value == "330106199001011234"
    assert paper.cell(HEADER_ROW + 1, 3).number_format == "@"
    assert '=HYPERLINK("x")' in [cell.value for cell in cells]
    assert "f" not in {cell.data_type for cell in cells}


@pytest.mark.parametrize(("is_a3", "size"), [(True, 8), (False, 9)])
def test_it_prints_on_one_page_across(
    session: Session, sheet: AttendanceSheet, manager: Principal, is_a3: bool, size: int
) -> None:
    paper = export(session, sheet, manager, is_a3=is_a3)
    setup = paper.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToHeight) == ("landscape", size, 0)
    assert paper.sheet_properties.pageSetUpPr.fitToPage
    assert paper.print_title_rows == f"$1:${HEADER_ROW}"


def test_a_locked_sheet_is_exported_as_it_was_locked(
    session: Session, site: GateSite, sheet: AttendanceSheet, manager: Principal
) -> None:
    sheets.lock_sheet(
        session,
        project_id=sheet.project_id,
        sheet_id=sheet.id,
        at=now(),
        excuses=LockExcuses("工人已回家", "已在纸上签字"),
    )
    start = day_start(DAY.replace(day=5))
    make_check_in(session, site.worker, Direction.IN, start + timedelta(hours=7))
    work_days.fold_month(
        session, project_id=site.project_id, worker_ids=[site.worker_id], month=MONTH
    )
    row = read_row(export(session, sheet, manager), HEADER_ROW + 1)
    assert (row["5"], row["工日合计"]) == (None, 3.25)


def test_what_no_fold_has_seen_yet_is_drawn_again_and_folded_for_the_paper(
    session: Session, site: GateSite, sheet: AttendanceSheet, manager: Principal
) -> None:
    day = DAY.replace(day=5)
    for direction, hour in ((Direction.IN, 7), (Direction.OUT, 17)):
        at = day_start(day) + timedelta(hours=hour)
        crossing = make_check_in(session, site.worker, direction, at)
        mark = FoldDue(
            project_id=site.project_id,
            project_worker_id=site.worker_id,
            check_in_id=crossing.id,
            day=day,
        )
        session.add(mark)
    session.flush()

    with pytest.raises(SheetStaleError):
        export(session, sheet, manager)
    row = read_row(export(session, draw_again(session, sheet), manager), HEADER_ROW + 1)

    assert (row["5"], row["工日合计"]) == ("√", 4.25)


def test_days_that_count_otherwise_now_are_folded_for_the_paper(
    session: Session, site: GateSite, sheet: AttendanceSheet, manager: Principal
) -> None:
    site.project.full_day_minutes = 1_200
    session.add(
        RefoldDue(
            project_id=site.project_id,
            project_worker_id=site.worker_id,
            since_date=DAY.replace(day=1),
        )
    )
    session.flush()

    row = read_row(export(session, draw_again(session, sheet), manager), HEADER_ROW + 1)

    assert row["15"] == "半议"


def test_nobody_else_exports_it(session: Session, site: GateSite, sheet: AttendanceSheet) -> None:
    with pytest.raises(SheetNotFoundError):
        export(session, sheet, make_principal(site.person_id))


def test_lines_are_read_some_at_a_time_and_never_all(
    session: Session, site: GateSite, sheet: AttendanceSheet, manager: Principal
) -> None:
    for _ in range(2):
        make_project_worker(
            session, site.team, make_worker_person(session), entered_date=long_ago()
        )
    sheets.draw_up_sheet(
        session, project_id=site.project_id, team_id=site.team_id, month=MONTH, at=now()
    )
    ids = [line["project_worker_id"] for line in sheet.lines]
    session.expunge_all()
    stored = get_sheet(session, project_id=site.project_id, sheet_id=sheet.id)

    parts = list(stream_lines(session, stored, at_once=2))
    export(session, stored, manager)

    assert [len(part) for part in parts] == [2, 1]
    assert [line["project_worker_id"] for part in parts for line in part] == ids
    assert list_line_workers(session, stored) == [UUID(each) for each in ids]
    assert "lines" in inspect(stored).unloaded
