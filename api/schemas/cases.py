"""Wire shapes of complaints and cases."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import UploadFile
from pydantic import BaseModel, Field, StringConstraints

from api.schemas.auth import Mobile
from api.schemas.bodies import Body
from api.schemas.case_papers import OwnPaperOut
from api.schemas.words import EMPTY_IF_UNSEEN, NO_NUL, SEEN
from cases import clocks, divisions, rules
from cases.desk import ClockReading, ListedCase
from cases.filing import FiledComplaint
from cases.list_queries import CaseRow
from cases.step import Form
from cases.timeline import Timeline
from cases.words import STATE_NAMES
from core.case_enums import (
    CaseAction,
    CaseState,
    Channel,
    ClockChangeKind,
    ClockKind,
    ComplaintKind,
    Conclusion,
    Disclosure,
    PoliceAttachment,
    Received,
    RefusalGround,
    Silence,
)
from core.clock import local_date
from core.enums import Role
from core.masking import mask_name, mask_phone
from core.money import parse_yuan
from db.models import Case, CaseEvent, CaseRequest

Statement = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=NO_NUL),
    SEEN,
]
Note = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=1000, pattern=NO_NUL),
    EMPTY_IF_UNSEEN,
]
Mark = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
Yuan = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,10}(\.[0-9]{1,2})?$", max_length=13)]
"""Yuan as a decimal string."""

Attachments = Annotated[
    list[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{32}$")]],
    Field(max_length=10, description="Tokens of uploads from `POST /v1/complaint-files`."),
]

HandedIn = Annotated[list[UploadFile], Field(max_length=10)]
"""Files as a page's form sends them; an empty one stands for nothing chosen."""

EmployerName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=200, pattern=NO_NUL),
    SEEN,
]


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
    people: int = Field(default=1, ge=1, le=1000, description="For how many you speak, you too.")
    mark: Mark | None = Field(
        default=None, description="Fresh for each form: the same mark is the same tap."
    )
    attachments: Attachments = []


class LookupIn(BaseModel):
    """What the complainant was given when filing."""

    number: str = Field(max_length=40, examples=["AX26112304271906"])
    pin: str = Field(max_length=20, examples=["204815"])


class FiledComplaintOut(BaseModel):
    """Number and PIN; keep both, the PIN is shown for half an hour."""

    number: str
    pin: str
    case_number: str = Field(description="The same number, from filing to closing.")
    ticket: str = Field(description="Shows number and PIN again for half an hour.")

    @classmethod
    def of(cls, filed: FiledComplaint) -> Self:
        """Return the wire shape of a fresh complaint."""
        return cls.model_validate(filed, from_attributes=True)


class OwnActionIn(Body):
    """What the complainant says with it; an unknown field is refused, nothing said is dropped."""

    note: Note | None = Field(
        default=None, description="Need not be said where a picture or a recording says it."
    )
    attachments: Attachments = Field(default=[])
    satisfaction: int | None = Field(
        default=None, ge=1, le=5, description="After closing: 1 not at all, 5 very."
    )
    received: Received | None = Field(
        default=None, description="With `reopen`: `partly` or `nothing` came."
    )

    def as_form(self) -> Form:
        """Return what the workflow takes."""
        return Form(note=self.note or None, satisfaction=self.satisfaction, received=self.received)


class OwnActionForm(OwnActionIn):
    """What the page sends: the files come with the words."""

    files: HandedIn = Field(default=[])


class ActionIn(Body):
    """Why, or with what result; the complainant reads the note."""

    note: Note | None = None
    ground: RefusalGround | None = Field(default=None, description="For `refuse`.")
    ended_date: date | None = Field(
        default=None, description="When the violation ended, to refuse it as older than two years."
    )
    county_code: str | None = Field(
        default=None, pattern=r"^[0-9]{6}$", description="Where to, for `transfer`, `designate`."
    )
    due_date: date | None = Field(default=None, description="Last day to pay.")
    amount: Yuan | None = Field(
        default=None, description="Yuan ordered, agreed, advanced, or recovered at closing."
    )
    amount_reason: Note | None = Field(
        default=None,
        description="Why another amount came back, or is ordered, than was claimed.",
    )
    employer_name: EmployerName | None = Field(
        default=None, description="Who signs, for `propose_agreement` where it is not known."
    )
    conclusion: Conclusion | None = Field(default=None, description="For `close`.")
    attachments: list[PoliceAttachment] = Field(
        default=[], max_length=5, description="For `hand_to_police`: all five."
    )

    def as_form(self) -> Form:
        """Return what the workflow takes."""
        return Form(
            note=self.note,
            ground=self.ground,
            ended_date=self.ended_date,
            county_code=self.county_code,
            due_date=self.due_date,
            amount_fen=None if self.amount is None else parse_yuan(self.amount),
            amount_reason=self.amount_reason or None,
            employer_name=self.employer_name,
            conclusion=self.conclusion,
            attachments=frozenset(self.attachments),
        )


class StepOut(BaseModel):
    """One thing that happened to a complaint, in plain words."""

    at: datetime
    say: str
    note: str | None
    files: int = Field(description="How many you handed in with it.")


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
    hint: str | None = Field(description="What else is good to know, e.g. about old claims.")
    actions: list[CaseAction] = Field(description="What the complainant may do now.")

    @classmethod
    def of(cls, timeline: Timeline) -> Self:
        """Return the wire shape of a complaint."""
        return cls.model_validate(timeline, from_attributes=True)


class TimelineOut(ComplaintOut):
    """A complaint with everything that happened to it, oldest first."""

    steps: Annotated[list[StepOut], Field(description="Names no official.")]
    papers: list[OwnPaperOut] = Field(description="By number and PIN: `read_paper_by_pin`.")


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
        name = person.name if person else rules.read_given_name(row.complaint.personal)
        phone = person.phone if person else row.complaint.phone
        return cls(
            person_id=person.id if person else None,
            masked_name=mask_name(name) if name else None,
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
    is_paused: bool
    channel: Channel
    people: int = Field(description="For how many it speaks.")
    group_id: UUID | None

    @classmethod
    def of(cls, listed: ListedCase, *, at: datetime) -> Self:
        """Return the wire shape of a line."""
        return cls(**make_line(listed, at=at))


class CaseEventOut(BaseModel):
    """One step of a case."""

    at: datetime
    action: CaseAction | None = Field(description="Null for the filing itself.")
    from_state: CaseState | None
    to_state: CaseState
    actor_role: Role | None
    note: str | None
    details: dict[str, Any]
    silence: Silence | None = Field(description="Why the complainant was not told.")

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
            details=event.details,
            silence=event.silence,
        )


class ClockChangeOut(BaseModel):
    """A pause, its end, or an extension."""

    kind: ClockChangeKind
    on_date: date
    added_days: int = Field(description="Working days.")
    tell_by_date: date = Field(description="Last day to tell the complainant.")


class ClockOut(BaseModel):
    """A period with the days it counts, and what moved its end."""

    kind: ClockKind
    started_date: date = Field(description="Not counted itself.")
    due_date: date
    due_at: datetime | None = Field(description="The instant, for a period in hours.")
    is_provisional: bool
    is_paused: bool
    stopped_at: datetime | None
    source: str | None = Field(description="The law or the promise; null for an order's day.")
    lawful_due_date: date = Field(description="Later than `due_date` where less was promised.")
    counted: list[date]
    changes: list[ClockChangeOut]

    @classmethod
    def of(cls, reading: ClockReading) -> Self:
        """Return the wire shape of a clock."""
        clock = reading.clock
        return cls(
            kind=clock.kind,
            started_date=clock.started_date,
            due_date=clock.due_date,
            due_at=clock.due_at,
            is_provisional=clock.is_provisional,
            is_paused=clock.is_paused,
            stopped_at=clock.stopped_at,
            source=clock.promise_source or clocks.find_source(clock.kind),
            lawful_due_date=reading.lawful_due_date,
            counted=list(reading.counted),
            changes=[
                ClockChangeOut.model_validate(change, from_attributes=True)
                for change in reading.changes
            ],
        )


def make_line(listed: ListedCase, *, at: datetime) -> dict[str, Any]:
    """Return the fields of a line, for the list and for the case in full."""
    case, complaint = listed.row.case, listed.row.complaint
    due_date = listed.clock.due_date if listed.clock else None
    return {
        "number": case.number,
        "state": case.state,
        "state_name": STATE_NAMES[case.state],
        "kind": complaint.kind,
        "disclosure": complaint.disclosure,
        "county_code": case.county_code,
        "county_name": divisions.full_name(case.county_code),
        "filed_at": complaint.created_at,
        "project_name": listed.row.project.name if listed.row.project else None,
        "complainant": ComplainantOut.of(listed.row),
        "due_date": due_date,
        "is_overdue": clocks.is_overdue(due_date, today=local_date(at)),
        "is_paused": listed.clock is not None and listed.clock.is_paused,
        "channel": complaint.channel,
        "people": complaint.people,
        "group_id": case.group_id,
    }


class ActedOut(BaseModel):
    """Where a case stands after a step; it may have left your county."""

    number: str
    state: CaseState
    state_name: str
    county_code: str
    county_name: str
    request_id: UUID | None = Field(description="The request, if the head must decide first.")

    @classmethod
    def of(cls, case: Case, request: CaseRequest | None = None) -> Self:
        """Return the wire shape of a case after a step."""
        return cls(
            number=case.number,
            state=case.state,
            state_name=STATE_NAMES[case.state],
            county_code=case.county_code,
            county_name=divisions.full_name(case.county_code),
            request_id=request.id if request else None,
        )


class PinOut(BaseModel):
    """A new PIN; keep it, it is not shown again."""

    pin: str
