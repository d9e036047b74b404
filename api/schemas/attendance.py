"""Wire shapes of work days, objections and imports."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.schemas.words import Words
from attendance.day_rules import format_units
from attendance.facts import ObjectionView, SeenCrossing
from attendance.imports import ImportReport
from attendance.months import DayView, MonthView
from attendance.withdrawal_queries import WithdrawnEntry
from core.day_enums import ObjectionOutcome
from core.enums import CheckInMethod, Direction, Grade, ScanReason, WorkDayState
from db.models import DayConfirmation, ObjectionPhoto, ObjectionReply
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


class ReplyOut(BaseModel):
    """What the labour manager answered."""

    outcome: ObjectionOutcome
    reason: str
    created_at: datetime

    @classmethod
    def of(cls, reply: ObjectionReply) -> Self:
        """Return the wire shape of a reply."""
        return cls(outcome=reply.outcome, reason=reply.reason, created_at=reply.created_at)


class ObjectionOut(BaseModel):
    """A worker's word against a day."""

    id: UUID
    project_id: UUID
    date: date
    note: str
    created_at: datetime
    photo_ids: list[UUID]
    reply: ReplyOut | None = Field(description="Null while nobody has answered.")

    @classmethod
    def of(cls, view: ObjectionView) -> Self:
        """Return the wire shape of an objection."""
        objection = view.objection
        return cls(
            id=objection.id,
            project_id=objection.project_id,
            date=objection.work_date,
            note=objection.note,
            created_at=objection.created_at,
            photo_ids=[photo.id for photo in view.photos],
            reply=None if view.reply is None else ReplyOut.of(view.reply),
        )


class CrossingOut(BaseModel):
    """A check-in behind a day."""

    at: datetime
    direction: Direction
    method: CheckInMethod
    grade: Grade
    gate_name: str | None = Field(description="Null when no gate was passed.")
    note: str | None = Field(description="Why it was entered by hand.")
    is_undated: bool = Field(description="The gate's clock was wrong; the time is a guess.")

    @classmethod
    def of(cls, seen: SeenCrossing) -> Self:
        """Return the wire shape of a check-in."""
        return cls(
            at=seen.crossing.at,
            direction=seen.crossing.direction,
            method=seen.method,
            grade=seen.crossing.grade,
            gate_name=seen.gate_name,
            note=seen.note,
            is_undated=seen.crossing.is_undated,
        )


class WorkDayOut(BaseModel):
    """One day on one project."""

    date: date
    project_id: UUID
    project_name: str
    first_in_at: datetime | None
    last_out_at: datetime | None
    minutes: int
    overtime_minutes: int = Field(description="Of `minutes`, beyond a full day.")
    overlap_minutes: int = Field(description="Of `minutes`, also counted on another project.")
    units: str = Field(description=UNITS, examples=["1.00"])
    state: WorkDayState
    grades: dict[Grade, int] = Field(
        description="How many check-ins of each grade stand behind it."
    )
    crossings: list[CrossingOut]
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
            overtime_minutes=work_day.overtime_minutes,
            overlap_minutes=view.overlap_minutes,
            units=format_units(work_day.units),
            state=work_day.state,
            grades={Grade(grade): count for grade, count in work_day.grades.items()},
            crossings=[CrossingOut.of(seen) for seen in view.crossings],
            say=view.say,
        )


class WithdrawnOut(BaseModel):
    """A check-in that was entered or imported and counts no more."""

    project_id: UUID
    project_name: str
    at: datetime
    direction: Direction
    method: CheckInMethod
    note: str | None = Field(description="Why it had been entered, or from where it came.")
    reason: str = Field(description="Why it was taken back.")
    withdrawn_at: datetime

    @classmethod
    def of(cls, entry: WithdrawnEntry) -> Self:
        """Return the wire shape of an entry that was taken back."""
        return cls(
            project_id=entry.project_id,
            project_name=entry.project_name,
            at=entry.at,
            direction=entry.direction,
            method=entry.method,
            note=entry.note,
            reason=entry.withdrawal.reason,
            withdrawn_at=entry.withdrawal.created_at,
        )


class MonthOut(BaseModel):
    """A worker's month."""

    month: str
    units: str = Field(description=UNITS)
    minutes: int
    overlap_minutes: int = Field(description="Of `minutes`, counted on two projects.")
    days: list[WorkDayOut]
    withdrawn: list[WithdrawnOut] = Field(description="Taken back by the site; counts no more.")
    objections: list[ObjectionOut]

    @classmethod
    def of(cls, view: MonthView, withdrawn: list[WithdrawnEntry]) -> Self:
        """Return the wire shape of a month and of what was taken back of it."""
        return cls(
            month=view.month,
            units=format_units(view.units),
            minutes=view.minutes,
            overlap_minutes=view.overlap_minutes,
            days=[WorkDayOut.of(day) for day in view.days],
            withdrawn=[WithdrawnOut.of(entry) for entry in withdrawn],
            objections=[ObjectionOut.of(objection) for objection in view.objections],
        )


class ConfirmDayIn(BaseModel):
    """The day as it was shown."""

    minutes: int = Field(ge=0, le=1440)
    units: str = Field(pattern=r"^[01]\.[0-9]{2}$", examples=["0.50"])
    project_id: UUID | None = Field(
        default=None, description="Only needed when you were on several projects that day."
    )


class ConfirmationOut(BaseModel):
    """The worker accepts an uncertain day."""

    id: UUID
    project_id: UUID
    date: date
    minutes: int
    units: str = Field(description=UNITS)
    created_at: datetime

    @classmethod
    def of(cls, confirmation: DayConfirmation) -> Self:
        """Return the wire shape of a confirmation."""
        return cls(
            id=confirmation.id,
            project_id=confirmation.project_id,
            date=confirmation.work_date,
            minutes=confirmation.minutes,
            units=format_units(confirmation.units),
            created_at=confirmation.created_at,
        )


class ObjectionPhotoOut(BaseModel):
    """A picture that goes with an objection."""

    id: UUID
    created_at: datetime

    @classmethod
    def of(cls, photo: ObjectionPhoto) -> Self:
        """Return the wire shape of a picture."""
        return cls(id=photo.id, created_at=photo.created_at)


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
