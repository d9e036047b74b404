"""Wire shapes of the inspector's desk: a case in full, handlers, requests, notes, identities."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from api.schemas.auth import Mobile
from api.schemas.bodies import Body
from api.schemas.cases import (
    CaseEventOut,
    CaseOut,
    ClockOut,
    Statement,
    make_line,
)
from api.schemas.findings import CellFindingOut
from api.schemas.words import Name, Words
from cases import identities
from cases.bureaus import Bureau
from cases.clue_findings import ClueFindingCode
from cases.crime import Screening
from cases.desk import CaseFile
from cases.intake import ClueResult
from core.case_enums import (
    CaseAction,
    CrimeVerdict,
    RetaliationKind,
)
from core.money import to_yuan
from db.models import (
    AuditEntry,
    BureauAlarm,
    BureauContact,
    Case,
    CaseHandler,
    CaseNote,
    CaseRequest,
    Person,
    RetaliationSign,
)
from identity.rules import SeenField
from projects.findings import FindingCode

Reason = Words
NoteText = Statement


class HandlerIn(Body):
    """Who is to investigate."""

    person_id: UUID


class RecusalIn(Body):
    """Who steps back, and from what interest."""

    person_id: UUID
    reason: Reason


class NoteIn(Body):
    """A note for colleagues."""

    text: NoteText


class DecisionIn(Body):
    """What the head decides on a request."""

    granted: bool
    reason: Reason | None = Field(default=None, description="Needed to decline.")

    @model_validator(mode="after")
    def _check_reason(self) -> Self:
        if not self.granted and self.reason is None:
            raise ValueError("reason is needed to decline")
        return self


class UnlockIn(Body):
    """Why you must know who complained."""

    reason: Reason


class FindingIn(Body):
    """What came of looking into a sign of revenge."""

    finding: Reason


class ComplainantOut(BaseModel):
    """Who complained; each look is recorded."""

    name: str | None
    phone: str | None


class UnlockOut(BaseModel):
    """One look at the complainant's identity."""

    at: datetime
    actor_id: UUID | None
    reason: str
    fields: list[SeenField] = Field(description="What the look showed.")

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        """Return the wire shape of an audit row."""
        return cls(
            at=entry.created_at,
            actor_id=entry.actor_id,
            reason=entry.reason,
            fields=identities.list_fields(entry),
        )


class UnlocksOut(BaseModel):
    """Every look, newest first."""

    items: list[UnlockOut]


class ColleagueOut(BaseModel):
    """An inspector of your division."""

    person_id: UUID
    name: str

    @classmethod
    def of(cls, person: Person) -> Self:
        """Return the wire shape of an inspector."""
        return cls(person_id=person.id, name=person.name)


class ColleaguesOut(BaseModel):
    """The inspectors of your division."""

    items: list[ColleagueOut]


class HandlerOut(ColleagueOut):
    """Somebody who investigates the case, or did."""

    since: datetime
    left_at: datetime | None
    recusal: str | None = Field(description="The conflict of interest, if that is why.")

    @classmethod
    def of_handler(cls, handler: CaseHandler, person: Person) -> Self:
        """Return the wire shape of a handler."""
        return cls(
            person_id=person.id,
            name=person.name,
            since=handler.created_at,
            left_at=handler.left_at,
            recusal=handler.recusal,
        )


class RequestOut(BaseModel):
    """A step that waits for the head, or waited."""

    id: UUID
    at: datetime
    action: CaseAction
    form: dict[str, Any]
    requested_by: UUID
    decided_by: UUID | None
    decided_at: datetime | None
    is_granted: bool | None
    reason: str | None

    @classmethod
    def of(cls, request: CaseRequest) -> Self:
        """Return the wire shape of a request."""
        return cls.model_validate({**request.model_dump(), "at": request.created_at})


class NoteOut(BaseModel):
    """A note of a colleague."""

    at: datetime
    author: str
    text: str

    @classmethod
    def of(cls, note: CaseNote, author: Person) -> Self:
        """Return the wire shape of a note."""
        return cls(at=note.created_at, author=author.name, text=note.text)


class SignOut(BaseModel):
    """Something that looks like revenge; the employer never learns of it."""

    id: UUID
    at: datetime
    kind: RetaliationKind
    facts: dict[str, Any]
    settled_at: datetime | None
    finding: str | None

    @classmethod
    def of(cls, sign: RetaliationSign) -> Self:
        """Return the wire shape of a sign."""
        return cls.model_validate({**sign.model_dump(), "at": sign.created_at})


class ScreeningOut(BaseModel):
    """How the arrears compare with the amounts of 刑法 §276-1."""

    verdict: CrimeVerdict
    people: int
    total: str = Field(description="Yuan owed in all open cases against the employer.")
    source: str

    @classmethod
    def of(cls, screening: Screening) -> Self:
        """Return the wire shape of a screening."""
        return cls(
            verdict=screening.verdict,
            people=screening.people,
            total=to_yuan(screening.total_fen),
            source=screening.source,
        )


class CaseFileOut(CaseOut):
    """Everything about one case."""

    statement: str
    quotable: str = Field(
        description="The statement as it may be quoted to the employer: no abuse, name or number."
    )
    amount: str | None = Field(description="Yuan the complaint is about.", examples=["5280.00"])
    recovered: str
    advanced: str = Field(description="Yuan paid out of 应急周转金.")
    advance_recovered: str
    satisfaction: int | None
    facts: dict[str, Any] = Field(description="What was known at filing.")
    events: list[CaseEventOut]
    clocks: list[ClockOut]
    actions: list[CaseAction] = Field(description="What you may do now.")
    handlers: list[HandlerOut]
    requests: list[RequestOut]
    notes: list[NoteOut]
    signs: list[SignOut]
    screening: ScreeningOut

    @classmethod
    def of_file(cls, file: CaseFile, *, at: datetime) -> Self:
        """Return the wire shape of a case in full."""
        case, complaint = file.listed.row.case, file.listed.row.complaint
        return cls(
            **make_line(file.listed, at=at),
            statement=complaint.statement,
            quotable=file.quotable,
            amount=None if complaint.amount_fen is None else to_yuan(complaint.amount_fen),
            recovered=to_yuan(case.recovered_fen),
            advanced=to_yuan(case.advanced_fen),
            advance_recovered=to_yuan(case.advance_recovered_fen),
            satisfaction=case.satisfaction,
            facts=complaint.facts,
            events=[CaseEventOut.of(event) for event in file.events],
            clocks=[ClockOut.of(reading) for reading in file.clocks],
            actions=file.actions,
            handlers=[HandlerOut.of_handler(*handler) for handler in file.handlers],
            requests=[RequestOut.of(request) for request in file.requests],
            notes=[NoteOut.of(*note) for note in file.notes],
            signs=[SignOut.of(sign) for sign in file.signs],
            screening=ScreeningOut.of(file.screening),
        )


class ClueFindingOut(CellFindingOut[ClueFindingCode | FindingCode]):
    """What is wrong about one cell, and what to do in the sheet."""


class ClueOut(BaseModel):
    """What became of one line of a clue file, or in a dry run would become of it."""

    line: int = Field(description="Row number as Excel shows it.")
    number: str | None = Field(description="Null for what was not filed, and in a dry run.")
    is_rejected: bool
    findings: list[ClueFindingOut]

    @classmethod
    def of(cls, result: ClueResult) -> Self:
        """Return the wire shape of one line."""
        return cls(
            line=result.line,
            number=result.number,
            is_rejected=bool(result.found),
            findings=[ClueFindingOut.of(finding) for finding in result.found],
        )


class CluesOut(BaseModel):
    """Every line, in order."""

    is_dry_run: bool
    items: list[ClueOut]


class BureauContactIn(Body):
    """Somebody the bureau can be reached through."""

    name: Name
    phone: Mobile
    is_emergency: bool = Field(description="Is called at any hour about mass events.")


class BureauContactOut(BaseModel):
    """A contact of a bureau."""

    id: UUID
    name: str
    phone: str
    is_emergency: bool
    from_date: date

    @classmethod
    def of(cls, contact: BureauContact) -> Self:
        """Return the wire shape of a contact."""
        return cls.model_validate(contact, from_attributes=True)


class BureauOut(BaseModel):
    """A bureau with who is there today."""

    code: str
    name: str
    heads: list[UUID] = Field(description="Persons who decide on requests.")
    contacts: list[BureauContactOut]
    is_silent: bool = Field(description="It has a case and nobody who could be told.")

    @classmethod
    def of(cls, bureau: Bureau) -> Self:
        """Return the wire shape of a bureau."""
        return cls(
            code=bureau.code,
            name=bureau.name,
            heads=[head.person_id for head in bureau.heads],
            contacts=[BureauContactOut.of(contact) for contact in bureau.contacts],
            is_silent=bureau.alarm is not None,
        )


class AlarmOut(BaseModel):
    """A bureau that has a case and nobody who could be told."""

    division_code: str
    since: datetime
    case_number: str

    @classmethod
    def of(cls, alarm: BureauAlarm, case: Case) -> Self:
        """Return the wire shape of an alarm."""
        return cls(
            division_code=alarm.division_code, since=alarm.created_at, case_number=case.number
        )


class AlarmsOut(BaseModel):
    """Every silent bureau."""

    items: list[AlarmOut]
