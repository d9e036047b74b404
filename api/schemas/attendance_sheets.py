"""Wire shapes of attendance sheets: lines, chain, acts, suspicions, imports."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.schemas.attendance import UNITS, Month, ObjectionOut
from api.schemas.findings import CellFindingOut
from api.schemas.words import Words
from attendance.day_rules import format_units
from attendance.regularity import Suspicion, SuspicionKind
from attendance.sheet_acts import SheetLine, SheetView, ShownAct
from attendance.sheet_chain import Chain
from attendance.sheet_findings import SheetFindingCode
from attendance.sheet_import import DayCounts, ForeignReport, ForeignRowResult
from attendance.sheets import LockExcuses
from core.enums import Grade, Role, SheetState
from core.sheet_enums import SheetAct, SheetStep
from db.models import AttendanceSheet

ContentHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class SheetIn(BaseModel):
    """Whose month to draw up."""

    month: Month
    team_id: UUID


class ApprovalIn(BaseModel):
    """What is agreed with."""

    content_hash: ContentHash = Field(description="Of the sheet as you read it.")


class ReasonIn(BaseModel):
    """Why."""

    reason: Words = Field(examples=["李师傅 8 号到 10 号在工地，表上没有"])


class LockIn(BaseModel):
    """Why the sheet is locked although something is open; nothing when nothing is."""

    unsettled_reason: Words | None = Field(
        default=None, description="Why days without an entry or exit stay as they are."
    )
    skipped_reason: Words | None = Field(
        default=None, description="Why somebody who should approve has not, e.g. signed on paper."
    )

    def to_excuses(self) -> LockExcuses:
        """Return the same for the service."""
        return LockExcuses(self.unsettled_reason, self.skipped_reason)


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


class OriginalOut(BaseModel):
    """A month as gates and phones alone had recorded it."""

    units: str = Field(description=UNITS)
    minutes: int
    days: int


class SheetLineOut(BaseModel):
    """One worker's month."""

    project_worker_id: UUID
    masked_name: str
    units: str = Field(description=UNITS)
    minutes: int
    days: int
    needs_confirmation: int = Field(description="Days that lack an entry or an exit.")
    grades: dict[Grade, int]
    original: OriginalOut | None = Field(
        description="Before check-ins were entered by hand or imported; null when none were."
    )
    objections: list[ObjectionOut]

    @classmethod
    def of(cls, shown: SheetLine) -> Self:
        """Return the wire shape of a line."""
        line = shown.line
        original = line.get("original")
        return cls(
            project_worker_id=shown.project_worker_id,
            masked_name=shown.masked_name,
            units=format_units(line["units"]),
            minutes=line["minutes"],
            days=line["days"],
            needs_confirmation=line["needs_confirmation"],
            grades={Grade(grade): count for grade, count in line["grades"].items()},
            original=original
            and OriginalOut(
                units=format_units(original["units"]),
                minutes=original["minutes"],
                days=original["days"],
            ),
            objections=[ObjectionOut.of(objection) for objection in shown.objections],
        )


class ChainOut(BaseModel):
    """How far the sheet has come."""

    approved: list[SheetStep] = Field(description="Of the lines as they are now.")
    missing: list[SheetStep] = Field(description="Wanted before the lock, in this order.")

    @classmethod
    def of(cls, chain: Chain) -> Self:
        """Return the wire shape of a chain."""
        return cls(approved=list(chain.approved), missing=list(chain.missing))


class ActOut(BaseModel):
    """Something done about the sheet."""

    step: SheetStep
    act: SheetAct
    masked_name: str | None = Field(description="Null for the system itself.")
    role: Role | None
    reason: str | None
    at: datetime

    @classmethod
    def of(cls, shown: ShownAct) -> Self:
        """Return the wire shape of an act."""
        act = shown.act
        return cls(
            step=act.step,
            act=act.act,
            masked_name=shown.masked_name,
            role=act.role,
            reason=act.reason,
            at=act.created_at,
        )


class SuspicionOut(BaseModel):
    """A statistic too regular for people; it changes nobody's pay."""

    kind: SuspicionKind
    statistic: float
    limit: float
    sample: int = Field(description="How many crossings, days or pairs were looked at.")
    project_worker_ids: list[UUID] = Field(description="Empty when it is the whole team.")
    say: str

    @classmethod
    def of(cls, suspicion: Suspicion) -> Self:
        """Return the wire shape of a suspicion."""
        return cls(
            kind=suspicion.kind,
            statistic=round(suspicion.statistic, 4),
            limit=suspicion.limit,
            sample=suspicion.sample,
            project_worker_ids=list(suspicion.worker_ids),
            say=suspicion.say,
        )


class SheetDetailOut(SheetOut):
    """An attendance sheet with its lines."""

    content_hash: str = Field(description="What an approval names.")
    is_stale: bool = Field(
        description="Check-ins or corrections came since it was drawn up; until it is drawn up "
        "again it is neither approved nor locked nor exported. Never of a locked sheet."
    )
    lines: list[SheetLineOut]
    chain: ChainOut
    acts: list[ActOut] = Field(description="Oldest first.")
    suspicions: list[SuspicionOut]

    @classmethod
    def of_view(cls, view: SheetView) -> Self:
        """Return the wire shape of a sheet with its lines."""
        head = SheetOut.of(view.sheet)
        return cls(
            **head.model_dump(),
            content_hash=view.content_hash,
            is_stale=view.is_stale,
            lines=[SheetLineOut.of(line) for line in view.lines],
            chain=ChainOut.of(view.chain),
            acts=[ActOut.of(act) for act in view.acts],
            suspicions=[SuspicionOut.of(suspicion) for suspicion in view.suspicions],
        )


class SheetFindingOut(CellFindingOut[SheetFindingCode]):
    """What is wrong or noteworthy about one cell, and what to do in the sheet."""


class DayCountsOut(BaseModel):
    """What became of a row's filled days."""

    imported: int
    repeated: int = Field(description="Imported before with the same value.")
    kept: int = Field(description="Left alone, because the day is on record already.")

    @classmethod
    def of(cls, counts: DayCounts) -> Self:
        """Return the wire shape of the counts."""
        return cls(imported=counts.imported, repeated=counts.repeated, kept=counts.kept)


class ForeignRowOut(BaseModel):
    """What became of one row, or in a dry run would become of it."""

    row: int = Field(description="Row number as Excel shows it.")
    masked_name: str
    is_rejected: bool
    days: DayCountsOut
    findings: list[SheetFindingOut]

    @classmethod
    def of(cls, result: ForeignRowResult) -> Self:
        """Return the wire shape of one row."""
        return cls(
            row=result.row,
            masked_name=result.masked_name,
            is_rejected=result.is_rejected,
            days=DayCountsOut.of(result.days),
            findings=[SheetFindingOut.of(finding) for finding in result.findings],
        )


class ForeignReportOut(BaseModel):
    """Every row of the file, in its order; rejected rows change nothing."""

    is_dry_run: bool
    import_id: UUID | None = Field(
        description="By which it can be taken back; null where nothing was imported."
    )
    rejected: int
    days: DayCountsOut
    rows: list[ForeignRowOut]

    @classmethod
    def of(cls, report: ForeignReport) -> Self:
        """Return the wire shape of a report."""
        return cls(
            is_dry_run=report.is_dry_run,
            import_id=report.import_id,
            rejected=report.rejected,
            days=DayCountsOut.of(report.days),
            rows=[ForeignRowOut.of(row) for row in report.rows],
        )
