"""Wire shapes of complaints and cases."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from api.schemas.auth import Mobile
from api.schemas.words import NO_NUL
from cases import clocks, divisions, workflow
from cases.desk import CaseFile, ClockReading, ListedCase
from cases.queries import CaseRow
from cases.service import FiledComplaint
from cases.timeline import Timeline
from core.clock import local_date
from core.enums import CaseAction, CaseState, ClockKind, ComplaintKind, Disclosure, Role
from core.masking import mask_name, mask_phone
from core.money import to_yuan
from db.models import CaseEvent

Statement = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=NO_NUL)
]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000, pattern=NO_NUL)]


class PosterComplaintIn(BaseModel):
    """A complaint from the notice board of a site: what happened, and how to reach you."""

    poster_token: str = Field(pattern=r"^[A-Za-z0-9_-]{1,32}$", description="From the poster.")
    statement: Statement = Field(description="What happened, in the complainant's own words.")
    kind: ComplaintKind = Field(
        default=ComplaintKind.COMPLAINT,
        description="`complaint` by somebody who is owed, `report` by anybody else.",
    )
    disclosure: Disclosure = Field(
        default=Disclosure.SHIELDED, description="Who may learn who complains."
    )
    phone: Mobile | None = Field(
        default=None, description="Gets a message at every step; not kept when anonymous."
    )


class LookupIn(BaseModel):
    """What the complainant was given when filing."""

    number: str = Field(max_length=40, examples=["AX26112304271906"])
    pin: str = Field(max_length=20, examples=["204815"])


class FiledComplaintOut(BaseModel):
    """Number and PIN; keep both, the PIN is never shown again."""

    number: str
    pin: str
    case_number: str = Field(description="The same number, from filing to closing.")

    @classmethod
    def of(cls, filed: FiledComplaint) -> Self:
        """Return the wire shape of a fresh complaint."""
        return cls(number=filed.number, pin=filed.pin, case_number=filed.case_number)


class ActionIn(BaseModel):
    """Why, or with what result; the complainant reads it."""

    note: Note | None = None


class StepOut(BaseModel):
    """One thing that happened to a complaint, in plain words."""

    at: datetime
    say: str
    note: str | None


class ComplaintOut(BaseModel):
    """A complaint as its complainant sees it."""

    number: str
    state: CaseState
    state_name: str
    county_name: str
    filed_at: datetime
    due_date: date | None = Field(description="Last day of the legal period now running.")
    is_provisional: bool = Field(
        description="The due date may move: holidays of that year are not published yet."
    )
    next_step: str = Field(description="What happens next, in one sentence.")
    actions: list[CaseAction] = Field(description="What the complainant may do now.")

    @classmethod
    def of(cls, timeline: Timeline) -> Self:
        """Return the wire shape of a complaint."""
        return cls.model_validate(timeline, from_attributes=True)


class TimelineOut(ComplaintOut):
    """A complaint with everything that happened to it, oldest first."""

    steps: Annotated[list[StepOut], Field(description="Names no official.")]


class ComplaintsOut(BaseModel):
    """Somebody's complaints, newest first."""

    items: list[ComplaintOut]


class ComplainantOut(BaseModel):
    """Who complains, where the complaint lets the inspector know."""

    person_id: UUID | None = Field(description="For `/v1/persons/{person_id}/unmask`.")
    masked_name: str | None
    masked_phone: str | None

    @classmethod
    def of(cls, row: CaseRow) -> Self | None:
        """Return what may be shown: nothing of a shielded or anonymous complaint."""
        if row.complaint.disclosure is not Disclosure.NAMED:
            return None
        person = row.complainant
        phone = person.phone if person else row.complaint.phone
        return cls(
            person_id=person.id if person else None,
            masked_name=mask_name(person.name) if person else None,
            masked_phone=mask_phone(phone) if phone else None,
        )


class CaseOut(BaseModel):
    """A case as a line of the inspector's list."""

    number: str
    state: CaseState
    state_name: str
    kind: ComplaintKind
    disclosure: Disclosure
    county_code: str
    county_name: str
    filed_at: datetime
    project_name: str | None
    complainant: ComplainantOut | None = Field(
        description="Null for shielded and anonymous complaints."
    )
    due_date: date | None = Field(description="Last day of the legal period now running.")
    is_overdue: bool

    @classmethod
    def of(cls, listed: ListedCase, *, at: datetime) -> Self:
        """Return the wire shape of a line."""
        return cls(**_line(listed, at=at))


class CaseEventOut(BaseModel):
    """One step of a case."""

    at: datetime
    action: CaseAction | None = Field(description="Null for the filing itself.")
    from_state: CaseState | None
    to_state: CaseState
    actor_role: Role | None
    note: str | None

    @classmethod
    def of(cls, event: CaseEvent) -> Self:
        """Return the wire shape of a step."""
        return cls(
            at=event.created_at,
            action=event.action,
            from_state=event.from_state,
            to_state=event.to_state,
            actor_role=event.actor_role,
            note=event.note,
        )


class ClockOut(BaseModel):
    """A legal period with the working days it counts."""

    kind: ClockKind
    started_date: date = Field(description="Not counted itself.")
    due_date: date
    is_provisional: bool
    stopped_at: datetime | None
    counted: list[date]

    @classmethod
    def of(cls, reading: ClockReading) -> Self:
        """Return the wire shape of a clock."""
        clock = reading.clock
        return cls(
            kind=clock.kind,
            started_date=clock.started_date,
            due_date=clock.due_date,
            is_provisional=clock.is_provisional,
            stopped_at=clock.stopped_at,
            counted=list(reading.counted),
        )


class CaseFileOut(CaseOut):
    """Everything about one case."""

    statement: str
    amount: str | None = Field(description="Yuan the complaint is about.", examples=["5280.00"])
    facts: dict[str, Any] = Field(description="What was known at filing.")
    events: list[CaseEventOut]
    clocks: list[ClockOut]
    actions: list[CaseAction] = Field(description="What the inspector may do now.")

    @classmethod
    def of_file(cls, file: CaseFile, *, at: datetime) -> Self:
        """Return the wire shape of a case in full."""
        complaint = file.listed.row.complaint
        return cls(
            **_line(file.listed, at=at),
            statement=complaint.statement,
            amount=None if complaint.amount_fen is None else to_yuan(complaint.amount_fen),
            facts=complaint.facts,
            events=[CaseEventOut.of(event) for event in file.events],
            clocks=[ClockOut.of(reading) for reading in file.clocks],
            actions=file.actions,
        )


def _line(listed: ListedCase, *, at: datetime) -> dict[str, Any]:
    case, complaint = listed.row.case, listed.row.complaint
    due_date = listed.clock.due_date if listed.clock else None
    return {
        "number": case.number,
        "state": case.state,
        "state_name": workflow.STATE_NAMES[case.state],
        "kind": complaint.kind,
        "disclosure": complaint.disclosure,
        "county_code": case.county_code,
        "county_name": divisions.full_name(case.county_code),
        "filed_at": complaint.created_at,
        "project_name": listed.row.project.name if listed.row.project else None,
        "complainant": ComplainantOut.of(listed.row),
        "due_date": due_date,
        "is_overdue": clocks.is_overdue(due_date, today=local_date(at)),
    }
