"""Wire shapes of groups of cases and of a division's numbers."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from api.schemas.bodies import Body
from api.schemas.case_desk import NoteText
from cases import divisions
from cases.groups import GroupFile
from cases.statistics import Statistics
from cases.statistics_queries import Punctuality
from cases.words import STATE_NAMES
from core.case_enums import CaseAction, CaseState, ClockKind, DispatchKind, GroupState
from core.money import to_yuan
from db.models import BureauContact, Case, CaseGroup, Complaint, DispatchEntry, GroupAlert, Person


class MemberIn(Body):
    """A case of the group."""

    number: str = Field(pattern=r"^AX[0-9]{14}$", examples=["AX26112304271906"])


class DispatchEntryIn(Body):
    """A line on the board of a mass event."""

    kind: DispatchKind
    text: NoteText = Field(description="Who, what was promised, what was seen.")
    next_report_at: AwareDatetime | None = None


class GroupOut(BaseModel):
    """Cases that look as if they belonged together; never fewer than three people."""

    id: UUID
    county_code: str
    county_name: str
    project_id: UUID | None
    employer_name: str | None
    state: GroupState
    people: int
    since: datetime
    last_filed_at: datetime
    mass_since: datetime | None = Field(description="When it became 群体性: 10 people and more.")

    @classmethod
    def of(cls, group: CaseGroup) -> Self:
        """Return the wire shape of a group."""
        return cls(**describe(group))


class MemberOut(BaseModel):
    """A case of the group."""

    number: str
    state: CaseState
    state_name: str
    people: int
    is_representative: bool

    @classmethod
    def of(cls, case: Case, complaint: Complaint, *, is_representative: bool) -> Self:
        """Return the wire shape of a member."""
        return cls(
            number=case.number,
            state=case.state,
            state_name=STATE_NAMES[case.state],
            people=complaint.people,
            is_representative=is_representative,
        )


class AlertOut(BaseModel):
    """Who was called about a mass event, and whether they have heard."""

    at: datetime
    division_name: str
    contact: str
    acknowledged_at: datetime | None
    is_passed_on: bool = Field(description="Nobody answered; the division above was called.")

    @classmethod
    def of(cls, alert: GroupAlert, contact: BureauContact) -> Self:
        """Return the wire shape of a call."""
        return cls(
            at=alert.created_at,
            division_name=divisions.full_name(alert.division_code),
            contact=contact.name,
            acknowledged_at=alert.acknowledged_at,
            is_passed_on=alert.is_passed_on,
        )


class DispatchEntryOut(BaseModel):
    """A line on the board."""

    at: datetime
    kind: DispatchKind
    author: str
    text: str
    next_report_at: datetime | None

    @classmethod
    def of(cls, entry: DispatchEntry, author: Person) -> Self:
        """Return the wire shape of a line."""
        return cls(
            at=entry.created_at,
            kind=entry.kind,
            author=author.name,
            text=entry.text,
            next_report_at=entry.next_report_at,
        )


class GroupFileOut(GroupOut):
    """A group with its cases, who was called, and the board."""

    members: list[MemberOut]
    alerts: list[AlertOut]
    board: list[DispatchEntryOut]
    on_the_way: list[str]
    next_report_at: datetime | None

    @classmethod
    def of_file(cls, file: GroupFile) -> Self:
        """Return the wire shape of a group in full."""
        speaking = {one.case_id for one in file.representatives}
        return cls(
            **describe(file.group),
            members=[
                MemberOut.of(case, complaint, is_representative=case.id in speaking)
                for case, complaint in file.members
            ],
            alerts=[AlertOut.of(*row) for row in file.alerts],
            board=[DispatchEntryOut.of(*row) for row in file.entries],
            on_the_way=file.on_the_way,
            next_report_at=file.next_report_at,
        )


class PunctualityOut(BaseModel):
    """How many periods of a kind that ended were met."""

    kind: ClockKind
    ended: int
    in_time: int

    @classmethod
    def of(cls, row: Punctuality) -> Self:
        """Return the wire shape of a row."""
        return cls.model_validate(row, from_attributes=True)


class StatisticsOut(BaseModel):
    """The numbers of a division between two days, both included."""

    since: date
    until: date
    received: int
    steps: dict[CaseAction, int] = Field(description="How often each step was taken.")
    punctuality: list[PunctualityOut]
    overdue_now: int
    recovered: str = Field(description="Yuan at the closings of the period, less what never came.")
    advanced: str
    advance_recovered: str
    rated: int = Field(description="How often a complainant gave 1 to 5.")
    satisfaction: str | None = Field(description="Their average, one decimal.", examples=["4.5"])

    @classmethod
    def of(cls, numbers: Statistics) -> Self:
        """Return the wire shape of the numbers."""
        money = numbers.money
        average = f"{money.satisfaction_sum / money.rated:.1f}" if money.rated else None
        return cls(
            since=numbers.since,
            until=numbers.until,
            received=numbers.received,
            steps=numbers.steps,
            punctuality=[PunctualityOut.of(row) for row in numbers.punctuality],
            overdue_now=numbers.overdue_now,
            recovered=to_yuan(money.recovered_fen),
            advanced=to_yuan(money.advanced_fen),
            advance_recovered=to_yuan(money.advance_recovered_fen),
            rated=money.rated,
            satisfaction=average,
        )


def describe(group: CaseGroup) -> dict[str, object]:
    """Return the fields of a group, for the list and for the group in full."""
    return {
        **group.model_dump(exclude={"created_at"}),
        "since": group.created_at,
        "county_name": divisions.full_name(group.county_code),
    }
