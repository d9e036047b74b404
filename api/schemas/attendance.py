"""Wire shapes of work days, objections, imports and attendance sheets."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.schemas.words import Words
from attendance.folding import format_units
from attendance.imports import ImportReport
from attendance.months import DayView, MonthView
from attendance.sheets import SheetLine, SheetView
from core.enums import Grade, ScanReason, SheetState, WorkDayState
from db.models import AttendanceSheet, WorkDayObjection
from devices.zkteco.attlog import AttlogFault

Month = Annotated[
    str,
    StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$"),
    Field(description="`YYYY-MM`", examples=["2026-10"]),
]
UNITS = "工日 with two decimals; 1.00 is one full day."


class ObjectionIn(BaseModel):
    """Why a day is wrong, in the worker's own words."""

    note: Words = Field(examples=["这天我加班到晚上九点，没有记上"])
    project_id: UUID | None = Field(
        default=None, description="Only needed when you were on several projects that day."
    )


class ObjectionOut(BaseModel):
    """A worker's word against a day."""

    id: UUID
    project_id: UUID
    date: date
    note: str
    created_at: datetime

    @classmethod
    def of(cls, objection: WorkDayObjection) -> Self:
        """Return the wire shape of an objection."""
        return cls(
            id=objection.id,
            project_id=objection.project_id,
            date=objection.work_date,
            note=objection.note,
            created_at=objection.created_at,
        )


class WorkDayOut(BaseModel):
    """One day on one project."""

    date: date
    project_id: UUID
    project_name: str
    first_in_at: datetime | None
    last_out_at: datetime | None
    minutes: int
    units: str = Field(description=UNITS, examples=["1.00"])
    state: WorkDayState
    grades: dict[Grade, int] = Field(
        description="How many check-ins of each grade stand behind it."
    )
    say: str | None = Field(description="In plain words what is missing; null when nothing is.")

    @classmethod
    def of(cls, view: DayView) -> Self:
        """Return the wire shape of a day."""
        work_day = view.work_day
        return cls(
            date=work_day.work_date,
            project_id=work_day.project_id,
            project_name=view.project_name,
            first_in_at=work_day.first_in_at,
            last_out_at=work_day.last_out_at,
            minutes=work_day.minutes,
            units=format_units(work_day.units),
            state=work_day.state,
            grades={Grade(grade): count for grade, count in work_day.grades.items()},
            say=view.say,
        )


class MonthOut(BaseModel):
    """A worker's month."""

    month: str
    units: str = Field(description=UNITS)
    minutes: int
    days: list[WorkDayOut]
    objections: list[ObjectionOut]

    @classmethod
    def of(cls, view: MonthView) -> Self:
        """Return the wire shape of a month."""
        return cls(
            month=view.month,
            units=format_units(view.units),
            minutes=view.minutes,
            days=[WorkDayOut.of(day) for day in view.days],
            objections=[ObjectionOut.of(objection) for objection in view.objections],
        )


class FaultOut(BaseModel):
    """A line that could not be read."""

    line: int
    column: str = Field(description="`columns`, `pin`, `time` or `status`.")
    text: str = Field(description="Its beginning; long numbers are starred.")

    @classmethod
    def of(cls, fault: AttlogFault) -> Self:
        """Return the wire shape of a fault."""
        return cls(line=fault.number, column=fault.column, text=fault.text)


class ImportReportOut(BaseModel):
    """What became of every line of the file."""

    read: int = Field(description="Lines that could be read: `inserted` + `repeated`.")
    inserted: int
    repeated: int = Field(description="Already taken in before, or twice in the file.")
    not_counted: dict[ScanReason, int] = Field(
        description="Inserted, but not counted as work, by reason."
    )
    unknown_pins: list[str] = Field(description="Numbers nobody on the project has.")
    faults: list[FaultOut]
    first_date: date | None
    last_date: date | None

    @classmethod
    def of(cls, report: ImportReport) -> Self:
        """Return the wire shape of a report."""
        return cls(
            read=report.read,
            inserted=report.inserted,
            repeated=report.repeated,
            not_counted=report.not_counted,
            unknown_pins=report.unknown_pins,
            faults=[FaultOut.of(fault) for fault in report.faults],
            first_date=report.first_date,
            last_date=report.last_date,
        )


class SheetIn(BaseModel):
    """Whose month to draw up."""

    month: Month
    team_id: UUID


class SheetOut(BaseModel):
    """An attendance sheet."""

    id: UUID
    project_id: UUID
    team_id: UUID
    month: str
    state: SheetState
    workers: int

    @classmethod
    def of(cls, sheet: AttendanceSheet) -> Self:
        """Return the wire shape of a sheet without its lines."""
        return cls(
            id=sheet.id,
            project_id=sheet.project_id,
            team_id=sheet.team_id,
            month=sheet.month,
            state=sheet.state,
            workers=len(sheet.lines),
        )


class SheetLineOut(BaseModel):
    """One worker's month."""

    project_worker_id: UUID
    masked_name: str
    units: str = Field(description=UNITS)
    minutes: int
    days: int
    needs_confirmation: int = Field(description="Days that lack an entry or an exit.")
    grades: dict[Grade, int]
    objections: list[ObjectionOut]

    @classmethod
    def of(cls, line: SheetLine) -> Self:
        """Return the wire shape of a line."""
        return cls(
            project_worker_id=line.project_worker_id,
            masked_name=line.masked_name,
            units=format_units(line.units),
            minutes=line.minutes,
            days=line.days,
            needs_confirmation=line.needs_confirmation,
            grades={Grade(grade): count for grade, count in line.grades.items()},
            objections=[ObjectionOut.of(objection) for objection in line.objections],
        )


class SheetDetailOut(SheetOut):
    """An attendance sheet with its lines."""

    lines: list[SheetLineOut]

    @classmethod
    def of_view(cls, view: SheetView) -> Self:
        """Return the wire shape of a sheet with its lines."""
        head = SheetOut.of(view.sheet)
        return cls(**head.model_dump(), lines=[SheetLineOut.of(line) for line in view.lines])
