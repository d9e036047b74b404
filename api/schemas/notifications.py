"""Wire shapes of messages: reports of providers, texts and approvals, wishes, the unreached."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from core.enums import ApprovalState, Language, ToldBy, Urgency
from core.masking import mask_name
from db.models import OutboxMessage, SmsSpending, TemplateApproval, ToldOtherwise
from notifications.approvals import Specimen
from notifications.queries import Reader
from notifications.templates import Template
from notifications.unreached import Unreached

MOST_ELEMENTS = 1000

AliyunPush = Annotated[list[Any], Field(max_length=MOST_ELEMENTS)]
"""Reports (SmsReport) or replies (SmsUp) in Aliyun's own words; anything else is passed over."""
ProviderCode = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=64, pattern=r"^[\x21-\x7e]+$")
]


class AliyunAckOut(BaseModel):
    """What Aliyun wants to hear; anything else makes it push again after 1, 5 and 10 minutes."""

    code: Literal[0] = 0
    msg: str = "接收成功"


class ApprovalIn(BaseModel):
    """What the operator of a gateway says about one version of a text."""

    version: int = Field(ge=1, le=10_000)
    language: Language = Language.CHINESE
    state: ApprovalState
    provider_code: ProviderCode | None = Field(
        default=None, description="What the gateway calls the text."
    )
    note: str | None = Field(default=None, max_length=200, description="Why it was rejected, …")


class ApprovalOut(BaseModel):
    """What is recorded about one version of a text at one gateway."""

    gateway: str
    template: Template
    version: int
    language: Language
    state: ApprovalState
    provider_code: str | None
    note: str | None

    @classmethod
    def of(cls, approval: TemplateApproval) -> Self:
        """Return the wire shape."""
        return cls.model_validate(approval, from_attributes=True)


class TemplateOut(BaseModel):
    """One text in one language."""

    template: Template
    version: int
    language: Language
    text: str = Field(description="With its placeholders, without the signature.")
    sample: str = Field(description="As somebody might read it; the values are invented.")
    units: int = Field(description="Length of the sample in the units of its alphabet.")
    segments: int
    urgency: Urgency
    is_optional: bool = Field(description="People may do without it.")
    approvals: list[ApprovalOut] = Field(description="Of this version.")

    @classmethod
    def of(cls, specimen: Specimen) -> Self:
        """Return the wire shape."""
        return cls(
            template=specimen.template,
            version=specimen.text.version,
            language=specimen.language,
            text=specimen.wording,
            sample=specimen.sample,
            units=specimen.units,
            segments=specimen.segments,
            urgency=specimen.text.urgency,
            is_optional=specimen.text.is_optional,
            approvals=[ApprovalOut.of(approval) for approval in specimen.approvals],
        )


class SpendingOut(BaseModel):
    """What one project has sent today."""

    project_id: UUID
    segments: int
    exhausted_at: datetime | None = Field(
        description="When the first message had to wait for tomorrow; null within the budget."
    )

    @classmethod
    def of(cls, spending: SmsSpending) -> Self:
        """Return the wire shape."""
        return cls.model_validate(spending, from_attributes=True)


class PreferenceIn(BaseModel):
    """How you want to be told."""

    language: Language
    wants_optional: bool = Field(
        description="False leaves out what no law asks for; wages not paid you are always told.",
    )


class PreferenceForm(PreferenceIn):
    """The same from a page, where a box that is not ticked is not sent."""

    wants_optional: bool = False


class PreferenceOut(PreferenceIn):
    """How you are told."""

    @classmethod
    def of(cls, preference: Reader) -> Self:
        """Return the wire shape."""
        return cls.model_validate(preference, from_attributes=True)


class UnreachedOut(BaseModel):
    """One message that somebody has to pass on by word of mouth; not what it says."""

    id: UUID
    masked_name: str | None = Field(description="Null for whoever left only a number.")
    team_name: str | None
    topic: str
    reason: str = Field(description="Why it did not arrive.")
    recorded_at: datetime

    @classmethod
    def of(cls, unreached: Unreached) -> Self:
        """Return the wire shape."""
        return cls(
            id=unreached.id,
            masked_name=mask_name(unreached.person.name) if unreached.person else None,
            team_name=unreached.team_name,
            topic=unreached.topic,
            reason=unreached.reason,
            recorded_at=unreached.notification.created_at,
        )


class ToldIn(BaseModel):
    """How you told the person."""

    how: ToldBy
    note: str | None = Field(default=None, max_length=200)


class ToldOut(BaseModel):
    """Who told the person, and when."""

    notification_id: UUID
    how: ToldBy
    note: str | None
    told_at: datetime

    @classmethod
    def of(cls, told: ToldOtherwise) -> Self:
        """Return the wire shape."""
        return cls(
            notification_id=told.notification_id,
            how=told.how,
            note=told.note,
            told_at=told.created_at,
        )


class StuckJobOut(BaseModel):
    """A job that was tried often and in vain; it is still tried every hour."""

    id: UUID
    task: str
    attempts: int
    recorded_at: datetime
    due_at: datetime

    @classmethod
    def of(cls, message: OutboxMessage) -> Self:
        """Return the wire shape; the payload stays inside, it names people's rows."""
        return cls(
            id=message.id,
            task=message.task,
            attempts=message.attempts,
            recorded_at=message.created_at,
            due_at=message.due_at,
        )


class SpokenOut(BaseModel):
    """What an operator, or a machine that speaks, reads out."""

    say: str
