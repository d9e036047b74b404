"""Wire shapes of what labour managers do about days: rules, entries by hand, replies."""

from datetime import date, time
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, WithJsonSchema, model_validator

from api.schemas.attendance import ObjectionOut
from api.schemas.gate import Instant
from api.schemas.words import NO_NUL, SEEN, Words
from attendance.day_rules import LONGEST_OVERTIME, DayRules
from attendance.facts import ObjectionView
from attendance.manual import DayEntry, EntryResult
from core.day_enums import EntryOutcome
from core.masking import mask_name
from db.models import DayRule

LATEST_START = time(12)
"""A day that starts later would be the next one."""
WallClock = Annotated[
    time, WithJsonSchema({"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}(:[0-9]{2})?$"})
]
"""A time of day in Shanghai: no `time` of RFC 3339, which would have an offset."""
Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=NO_NUL),
    SEEN,
]


class DayRulesIn(BaseModel):
    """What counts as a day, from a date on."""

    from_date: date = Field(ge=date(2020, 1, 1), le=date(2099, 12, 31))
    day_starts_at: WallClock = Field(
        le=LATEST_START, description="Shanghai wall clock; night shifts belong to the day before."
    )
    full_day_minutes: int = Field(ge=60, le=960, examples=[480])
    half_day_minutes: int = Field(ge=30, examples=[240])
    break_minutes: int = Field(
        default=0, ge=0, le=240, description="Rest on the site that is no work."
    )
    overtime_cap_minutes: int = Field(
        default=LONGEST_OVERTIME,
        ge=0,
        le=LONGEST_OVERTIME,
        description="Days longer than a full day and this are asked about.",
    )
    reason: Reason = Field(examples=["冬季作息"])

    @model_validator(mode="after")
    def _check_half(self) -> Self:
        if self.half_day_minutes > self.full_day_minutes:
            raise ValueError("half_day_minutes is more than full_day_minutes")
        if self.day_starts_at.tzinfo is not None:
            raise ValueError("day_starts_at is a wall clock without a zone")
        return self

    def to_rules(self) -> DayRules:
        """Return the rules without their date."""
        return DayRules(
            self.day_starts_at,
            self.full_day_minutes,
            self.half_day_minutes,
            self.break_minutes,
            self.overtime_cap_minutes,
        )


class DayRulesOut(BaseModel):
    """What counts as a day, from a date on."""

    from_date: date | None = Field(description="Null: since the project began.")
    day_starts_at: WallClock
    full_day_minutes: int
    half_day_minutes: int
    break_minutes: int
    overtime_cap_minutes: int
    reason: str | None

    @classmethod
    def of(cls, rule: DayRule) -> Self:
        """Return the wire shape of rules as they were set."""
        return cls(
            from_date=rule.from_date,
            day_starts_at=rule.day_starts_at,
            full_day_minutes=rule.full_day_minutes,
            half_day_minutes=rule.half_day_minutes,
            break_minutes=rule.break_minutes,
            overtime_cap_minutes=rule.overtime_cap_minutes,
            reason=rule.reason,
        )

    @classmethod
    def of_first(cls, rules: DayRules) -> Self:
        """Return the wire shape of the rules a project begins with."""
        return cls(
            from_date=None,
            day_starts_at=rules.day_starts_at,
            full_day_minutes=rules.full_day_minutes,
            half_day_minutes=rules.half_day_minutes,
            break_minutes=rules.break_minutes,
            overtime_cap_minutes=rules.overtime_cap_minutes,
            reason=None,
        )


class DayEntryIn(BaseModel):
    """When somebody came and left, as far as no gate saw it."""

    project_worker_id: UUID
    in_at: Instant | None = None
    out_at: Instant | None = None

    def to_entry(self) -> DayEntry:
        """Return the entry."""
        return DayEntry(self.project_worker_id, self.in_at, self.out_at)


class DayEntriesIn(BaseModel):
    """Days to enter by hand."""

    reason: Reason = Field(examples=["闸机停电，按班组点名补记"])
    entries: list[DayEntryIn] = Field(min_length=1, max_length=500)


class DayEntryOut(BaseModel):
    """What became of an entry."""

    project_worker_id: UUID
    outcome: EntryOutcome
    check_in_ids: list[UUID] = Field(description="Empty unless recorded, and in a dry run.")


class DayEntriesOut(BaseModel):
    """What became of every entry, in the same order."""

    recorded: int
    results: list[DayEntryOut]

    @classmethod
    def of(cls, results: list[EntryResult], *, dry_run: bool) -> Self:
        """Return the wire shape of the results."""
        return cls(
            recorded=sum(result.outcome is EntryOutcome.RECORDED for result in results),
            results=[
                DayEntryOut(
                    project_worker_id=result.entry.project_worker_id,
                    outcome=result.outcome,
                    check_in_ids=[] if dry_run else [row.id for row in result.check_ins],
                )
                for result in results
            ],
        )


class AcceptIn(BaseModel):
    """What was missing, and why it is entered."""

    reason: Words = Field(examples=["监控看到晚上九点才走"])
    in_at: Instant | None = None
    out_at: Instant | None = None


class RejectIn(BaseModel):
    """Why the day stays as it is."""

    reason: Words = Field(examples=["那天下雨停工，班组没有出工"])


class ProjectObjectionOut(ObjectionOut):
    """A worker's word against a day, and who says so."""

    project_worker_id: UUID
    masked_name: str

    @classmethod
    def of_worker(cls, view: ObjectionView, name: str) -> Self:
        """Return the wire shape of an objection with its worker's masked name."""
        return cls(
            **ObjectionOut.of(view).model_dump(),
            project_worker_id=view.project_worker_id,
            masked_name=mask_name(name),
        )
