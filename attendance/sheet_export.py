"""The attendance sheet as the usual 考勤表 in Excel: a row a worker, a column a day."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO
from uuid import UUID

from sqlmodel import Session

from attendance import queries, sheet_queries
from attendance.day_rules import FULL_DAY_UNITS, HALF_DAY_UNITS
from attendance.drawing import Period, read_cells
from attendance.due_folds import fold_due_workers, refold
from attendance.facts import Line
from attendance.regularity import Suspicion
from attendance.sheet_acts import ShownAct, get_own_sheet, list_shown_acts
from attendance.sheet_chain import NAMES
from attendance.sheet_queries import ENTERED_MARK, IMPORTED_MARK, UNSURE_MARK, Cell, SheetWorker
from attendance.sheets import period_of
from attendance.staleness import check_fresh
from attendance.suspicions import list_suspicions
from core.clock import ONE_DAY, SHANGHAI, local_date
from core.enums import SheetState
from core.masking import mask_id_number, mask_name
from core.sheet_enums import SheetAct, SheetStep
from db.models import AttendanceSheet
from identity import audit
from identity.principal import Principal
from projects import dictionaries
from projects.workbook_writer import PrintedTable, WrittenCell, write_printed_table

WORKERS_AT_ONCE = 500
MEMORY_BYTES = 4_000_000
"""A larger file waits on disk to be sent."""
SHEET_NAME = "考勤表"
NUMBER, NAME, ID_NUMBER, TRADE = "序号", "姓名", "证件编号", "工种"
UNITS, HOURS, ORIGINAL, OPEN_DAYS = "工日合计", "小时", "原记工日", "待核天数"
GRADES, SIGNATURE = "证据", "工人签字"
OBJECTED = "议"
SIGNS = {UNSURE_MARK: "?", ENTERED_MARK: "补", IMPORTED_MARK: "导"}
COLOURS = {"?": "#FFE2B8", "补": "#DCE9F7", "导": "#E4E4E4", OBJECTED: "#F9D0CE"}
LEGEND = (
    "记号：√ 一天；半 半天；数字为工日；? 缺进场或出场，待核对；补 人工补记；导 外来表导入；"
    "议 工人有异议。"
)
GRADE_LEGEND = (
    "证据：A 本人手机码，B 闸机识别或刷卡核对照片，C 手机定位，D 人工补记，E 导入；数字为打卡次数。"
    "“原记工日”为补记、导入之前的工日。"
)
ACTS = {
    SheetAct.APPROVED: "已核对",
    SheetAct.SENT_BACK: "退回",
    SheetAct.SKIPPED: "未在网上核对",
    SheetAct.LOCKED: "锁定",
    SheetAct.REOPENED: "重新打开",
}


@dataclass(frozen=True, slots=True)
class SheetExport:
    """A finished file; whoever sends it closes it."""

    name: str
    content: IO[bytes]


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One worker as the paper shows them."""

    worker: SheetWorker
    line: Line
    cells: Sequence[Cell]
    objected_days: frozenset[int]


@dataclass(frozen=True, slots=True)
class PaperSheet:
    """Everything that stands on the paper besides the workers' rows."""

    lines: Sequence[str]
    """Above the table."""
    closing: Sequence[str]
    """Below it: legend, warnings, who looked it over, where to sign."""
    day_count: int
    is_a3: bool


def export_sheet(
    session: Session,
    *,
    principal: Principal,
    project_id: UUID,
    sheet_id: UUID,
    reason: str | None,
    is_a3: bool,
    at: datetime,
) -> SheetExport:
    """Return the sheet as .xlsx, locked days as they were locked.

    Names and document numbers are masked unless there is a `reason`, which is audited. For
    whoever has a step on the sheet; SheetNotFoundError for others. Raises SheetStaleError for a
    draft whose days do not add up to its totals any more.
    """
    sheet = get_own_sheet(
        session, principal=principal, project_id=project_id, sheet_id=sheet_id, at=at
    )
    suspicions = list_suspicions(session, sheet)
    worker_ids = sheet_queries.list_line_workers(session, sheet)
    check_fresh(session, sheet)
    if sheet.state is SheetState.DRAFT:
        _fold_waiting(session, worker_ids, at)
    if reason is not None:
        _record_export(session, principal, sheet, reason, workers=len(worker_ids))
    paper = _lay_out(session, sheet, suspicions, is_a3=is_a3, at=at)
    content = SpooledTemporaryFile(max_size=MEMORY_BYTES)  # noqa: SIM115  the sender closes it
    write_sheet(_list_rows(session, sheet, is_masked=reason is None), paper, content)
    content.seek(0)
    return SheetExport(f"{SHEET_NAME} {sheet.month}.xlsx", content)


def write_sheet(rows: Iterable[SheetRow], paper: PaperSheet, target: IO[bytes]) -> None:
    """Write the file row by row."""
    days = [str(day) for day in range(1, paper.day_count + 1)]
    columns = {
        NUMBER: 5.0,
        NAME: 9.0,
        ID_NUMBER: 20.0,
        TRADE: 8.0,
        **dict.fromkeys(days, 4.3),
        UNITS: 8.0,
        HOURS: 8.0,
        ORIGINAL: 8.0,
        OPEN_DAYS: 6.0,
        GRADES: 12.0,
        SIGNATURE: 12.0,
    }
    table = PrintedTable(
        name=SHEET_NAME,
        lines=paper.lines,
        columns=columns,
        rows=write_rows(rows, paper),
        text_columns=frozenset({ID_NUMBER}),
        marked_columns=days,
        marks=COLOURS,
        is_a3=paper.is_a3,
        frozen_columns=2,
    )
    write_printed_table(table, target)


def write_sign(units: int, marks: str, *, is_objected: bool) -> str:
    """Return what stands in a day's cell."""
    shown = {FULL_DAY_UNITS: "√", HALF_DAY_UNITS: "半"}.get(units, f"{units / FULL_DAY_UNITS:g}")
    return shown + "".join(SIGNS[mark] for mark in marks) + (OBJECTED if is_objected else "")


def write_rows(rows: Iterable[SheetRow], paper: PaperSheet) -> Iterator[list[WrittenCell]]:
    """Yield the cells of each worker, of the totals, and of what stands below them."""
    present = [0] * paper.day_count
    units = minutes = 0
    for number, row in enumerate(rows, start=1):
        for day, _, _ in row.cells:
            present[day - 1] += 1
        units += row.line["units"]
        minutes += row.line["minutes"]
        yield _write_row(number, row, paper.day_count)
    blanks: list[WrittenCell] = [None] * 4
    totals: list[WrittenCell] = [units / FULL_DAY_UNITS, round(minutes / 60, 2)]
    yield ["合计", None, None, "出勤人数", *(count or None for count in present), *totals, *blanks]
    for text in paper.closing:
        yield [text, *[None] * (paper.day_count + 9)]


def _write_row(number: int, row: SheetRow, day_count: int) -> list[WrittenCell]:
    line = row.line
    original = line.get("original")
    return [
        number,
        row.worker.name,
        row.worker.id_number,
        dictionaries.WORK_TYPE.name_of(row.worker.work_type),
        *_write_days(row, day_count),
        line["units"] / FULL_DAY_UNITS,
        round(line["minutes"] / 60, 2),
        original["units"] / FULL_DAY_UNITS if original else None,
        line["needs_confirmation"] or None,
        " ".join(f"{grade}{count}" for grade, count in sorted(line["grades"].items())),
        None,
    ]


def _write_days(row: SheetRow, day_count: int) -> list[WrittenCell]:
    written: list[WrittenCell] = [None] * day_count
    for day in row.objected_days:
        written[day - 1] = OBJECTED
    for day, units, marks in row.cells:
        written[day - 1] = write_sign(units, marks, is_objected=day in row.objected_days)
    return written


def _list_rows(session: Session, sheet: AttendanceSheet, *, is_masked: bool) -> Iterator[SheetRow]:
    """Yield a row for each line; of a few hundred at a time everything is in memory."""
    for lines in sheet_queries.stream_lines(session, sheet, at_once=WORKERS_AT_ONCE):
        yield from _list_some(session, lines, period=period_of(sheet), is_masked=is_masked)


def _list_some(
    session: Session, lines: Sequence[Line], *, period: Period, is_masked: bool
) -> Iterator[SheetRow]:
    worker_ids = [UUID(line["project_worker_id"]) for line in lines]
    workers = sheet_queries.list_sheet_workers(session, worker_ids)
    cells = read_cells(session, lines, period=period)
    objected: dict[UUID, set[int]] = {}
    for objection in queries.list_worker_objections(
        session, worker_ids=worker_ids, first=period.first, until=period.until
    ):
        objected.setdefault(objection.project_worker_id, set()).add(objection.work_date.day)
    for worker_id, line in zip(worker_ids, lines, strict=True):
        worker = workers[worker_id]
        yield SheetRow(
            _mask(worker) if is_masked else worker,
            line,
            cells.get(worker_id, []),
            frozenset(objected.get(worker_id, ())),
        )


def _fold_waiting(session: Session, worker_ids: Sequence[UUID], at: datetime) -> None:
    """Fold what the days do not show yet: little, for they are folded as check-ins come in."""
    for start in range(0, len(worker_ids), WORKERS_AT_ONCE):
        some = worker_ids[start : start + WORKERS_AT_ONCE]
        fold_due_workers(session, some)
        refold(session, some, until=local_date(at))


def _lay_out(
    session: Session,
    sheet: AttendanceSheet,
    suspicions: Sequence[Suspicion],
    *,
    is_a3: bool,
    at: datetime,
) -> PaperSheet:
    project_name, team_name = sheet_queries.get_names(session, sheet)
    state = "已锁定" if sheet.state is SheetState.LOCKED else "草稿，未锁定"
    acts = [_write_act(shown) for shown in list_shown_acts(session, sheet)]
    return PaperSheet(
        lines=(
            f"{sheet.month[:4]} 年 {int(sheet.month[5:])} 月考勤表",
            f"项目：{project_name}    班组：{team_name}    {state}    打印：{_show(at)}",
        ),
        closing=(
            LEGEND,
            GRADE_LEGEND,
            *(f"注意：{suspicion.say}。" for suspicion in suspicions),
            *acts,
            "签字：" + "        ".join(f"{NAMES[step]}：____________" for step in SheetStep),
        ),
        day_count=(period_of(sheet).until - ONE_DAY).day,
        is_a3=is_a3,
    )


def _write_act(shown: ShownAct) -> str:
    act = shown.act
    reason = f"，原因：{act.reason}" if act.reason else ""
    who = f"（{shown.masked_name}）" if shown.masked_name else ""
    return f"{_show(act.created_at)} {NAMES[act.step]}{who}：{ACTS[act.act]}{reason}"


def _show(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _mask(worker: SheetWorker) -> SheetWorker:
    number = worker.id_number and mask_id_number(worker.id_number)
    return SheetWorker(mask_name(worker.name), number, worker.work_type)


def _record_export(
    session: Session, principal: Principal, sheet: AttendanceSheet, reason: str, *, workers: int
) -> None:
    audit.record(
        session,
        actor=principal,
        action="attendance.export-sheet",
        subject_kind="attendance_sheet",
        subject_id=sheet.id,
        reason=reason,
        workers=str(workers),
    )
