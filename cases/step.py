"""The parts one step of a case is made of: what it needs, what must hold, which clocks it turns."""

from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Self

from cases.errors import NoteRequiredError, StepIncompleteError, WordsRequiredError
from core.case_enums import (
    CaseState,
    ClockKind,
    Conclusion,
    DocumentKind,
    Office,
    PoliceAttachment,
    Received,
    RefusalGround,
    Silence,
)
from core.text import says_something
from notifications.templates import Template

WORKER = frozenset({Office.WORKER})
INSPECTOR = frozenset({Office.INSPECTOR})


class Need(StrEnum):
    """What a step must say; the value names the field of the form."""

    NOTE = "note"
    """The worker reads it: a decision gives its reason."""
    GROUND = "ground"
    COUNTY = "county_code"
    DUE_DATE = "due_date"
    AMOUNT = "amount_fen"
    CONCLUSION = "conclusion"
    ATTACHMENTS = "attachments"


NEED_NAMES = {
    Need.NOTE: "说明",
    Need.GROUND: "不受理的理由",
    Need.COUNTY: "转到哪个区县",
    Need.DUE_DATE: "最后一天",
    Need.AMOUNT: "金额（要大于 0）",
    Need.CONCLUSION: "办理结果",
    Need.ATTACHMENTS: "移送材料",
}


class Guard(StrEnum):
    """What must hold for a step; `cases.guards` knows how to tell."""

    TWO_INSPECTORS = "two_inspectors"
    GROUND_HOLDS = "ground_holds"
    OTHER_COUNTY = "other_county"
    COUNTY_BELOW = "county_below"
    TRANSFERRED_BEFORE = "transferred_before"
    BEFORE_THE_END = "before_the_end"
    DATE_AHEAD = "date_ahead"
    ORDER_UNPAID = "order_unpaid"
    CRIME_NOT_RULED_OUT = "crime_not_ruled_out"
    FIVE_ATTACHMENTS = "five_attachments"
    WITHIN_ARREARS = "within_arrears"
    WITHIN_ADVANCE = "within_advance"
    AGREEMENT_SIGNED = "agreement_signed"
    QUESTION_OPEN = "question_open"
    PROMISE_OVER = "promise_over"
    EMPLOYER_KNOWN = "employer_known"
    RECOVERY_EXPLAINED = "recovery_explained"
    CLAIM_EXPLAINED = "claim_explained"
    MONEY_MISSING = "money_missing"
    MONEY_CAME = "money_came"
    NO_ORDER = "no_order"


@dataclass(frozen=True, slots=True)
class Clocks:
    """Which periods a step turns."""

    stops: ClockKind | None = None
    starts: ClockKind | None = None
    pauses: ClockKind | None = None
    resumes: ClockKind | None = None
    extends: ClockKind | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """The head of the bureau, or the superior, decides; never whoever asks."""

    within: ClockKind | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """Where an action leads, who may take it, and what follows from it."""

    to: CaseState
    offices: frozenset[Office]
    tells: Template | Silence
    """What the worker is told, or why they are not."""
    clocks: Clocks = Clocks()
    needs: frozenset[Need] = frozenset()
    guards: tuple[Guard, ...] = ()
    approval: Approval | None = None
    is_once: bool = False
    document: DocumentKind | None = None
    """The paper that must be drawn up for it."""


@dataclass(frozen=True, slots=True)
class Form:
    """What somebody says with a step."""

    note: str | None = None
    ground: RefusalGround | None = None
    ended_date: date | None = None
    """When the violation ended, for the limit of two years."""
    county_code: str | None = None
    due_date: date | None = None
    """The day by which must be paid."""
    amount_fen: int | None = None
    amount_reason: str | None = None
    """Why another amount came back, or is ordered, than was claimed."""
    conclusion: Conclusion | None = None
    attachments: frozenset[PoliceAttachment] = field(default_factory=frozenset)
    satisfaction: int | None = None
    employer_name: str | None = None
    """Who signs an agreement, where the complaint does not say."""
    received: Received | None = None
    """How much of the money came, with a reopening."""

    def as_details(self) -> dict[str, Any]:
        """Return all but the note, as JSON; what was not said is left out."""
        said = {name: _plain(value) for name, value in asdict(self).items() if name != "note"}
        return {name: value for name, value in said.items() if value not in (None, [])}

    def as_json(self) -> dict[str, Any]:
        """Return everything, for a request that waits."""
        return self.as_details() | ({"note": self.note} if self.note else {})

    @classmethod
    def of_json(cls, said: dict[str, Any]) -> Self:
        """Return the form that `as_json` wrote down."""
        ended, due = said.get("ended_date"), said.get("due_date")
        ground, conclusion = said.get("ground"), said.get("conclusion")
        received = said.get("received")
        return cls(
            note=said.get("note"),
            ground=RefusalGround(ground) if ground else None,
            ended_date=date.fromisoformat(ended) if ended else None,
            county_code=said.get("county_code"),
            due_date=date.fromisoformat(due) if due else None,
            amount_fen=said.get("amount_fen"),
            amount_reason=said.get("amount_reason"),
            conclusion=Conclusion(conclusion) if conclusion else None,
            attachments=frozenset(map(PoliceAttachment, said.get("attachments", ()))),
            satisfaction=said.get("satisfaction"),
            employer_name=said.get("employer_name"),
            received=Received(received) if received else None,
        )


def check_form(transition: Transition, form: Form, *, has_files: bool = False) -> None:
    """Refuse a step that leaves out what it must say.

    A complainant who cannot write says it with a picture or a recording. Raises NoteRequiredError,
    WordsRequiredError, StepIncompleteError.
    """
    missing = {need for need in transition.needs if not _is_said(getattr(form, need.value))}
    is_complainants = bool(transition.offices & WORKER)
    if is_complainants and has_files:
        missing.discard(Need.NOTE)
    if Need.NOTE in missing and is_complainants:
        raise WordsRequiredError
    if Need.NOTE in missing:
        raise NoteRequiredError
    if missing:
        raise StepIncompleteError(
            fields=sorted(need.value.removesuffix("_fen") for need in missing),
            missing="、".join(NEED_NAMES[need] for need in sorted(missing)),
        )


def _is_said(value: object) -> bool:
    """Tell whether a field says something; no act is about nothing, so an amount of 0 does not."""
    return says_something(value) if isinstance(value, str) else value not in (None, 0, frozenset())


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset | set):
        return sorted(value)
    return value.isoformat() if isinstance(value, date) else value
