"""Wire shapes of what a signed-in person sees about themselves."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from core.enums import Role
from core.masking import mask_id_number, mask_phone
from db.models import AuditEntry, Person
from identity.principal import Principal
from identity.queries import Engagement
from identity.rules import Identity, SeenField


class RoleOut(BaseModel):
    """One thing this person can sign in as."""

    role: Role
    scope: str | None = Field(examples=["county:330106"])
    scope_label: str

    @classmethod
    def of(cls, identity: Identity) -> Self:
        """Return the wire shape of one identity."""
        return cls(role=identity.role, scope=identity.scope, scope_label=identity.scope_label)


class EngagementOut(BaseModel):
    """A project the person works on now."""

    project_id: UUID
    project_name: str
    team_name: str
    entered_date: date

    @classmethod
    def of(cls, engagement: Engagement) -> Self:
        """Return the wire shape of one engagement."""
        return cls(
            project_id=engagement.project_id,
            project_name=engagement.project_name,
            team_name=engagement.team_name,
            entered_date=engagement.entered_date,
        )


class MeOut(BaseModel):
    """The signed-in person; numbers are masked even for their owner, screens get watched."""

    person_id: UUID
    name: str
    masked_id_number: str | None
    masked_phone: str | None
    role: Role = Field(description="The role of this sign-in.")
    scope: str | None = Field(examples=["project:0199f0d2-7c5e-7b3a-9d7e-0f6a2b1c3d4e"])
    roles: list[RoleOut] = Field(description="Every role the person can sign in as.")
    projects: list[EngagementOut] = Field(description="Where the person works today.")

    @classmethod
    def of(
        cls,
        principal: Principal,
        person: Person,
        roles: Sequence[Identity],
        engagements: Sequence[Engagement],
    ) -> Self:
        """Return the wire shape of the caller."""
        return cls(
            person_id=person.id,
            name=person.name,
            masked_id_number=person.id_number and mask_id_number(person.id_number),
            masked_phone=person.phone and mask_phone(person.phone),
            role=principal.role,
            scope=principal.scope,
            roles=[RoleOut.of(identity) for identity in roles],
            projects=[EngagementOut.of(engagement) for engagement in engagements],
        )


class AccessOut(BaseModel):
    """Somebody looked at one full value of yours."""

    at: datetime
    role: Role | None = Field(description="As what they looked.")
    field: SeenField
    reason: str

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        """Return the wire shape of an audit row; who it was stays with the authority."""
        return cls(
            at=entry.created_at,
            role=entry.actor_role,
            field=SeenField(entry.detail["field"]),
            reason=entry.reason,
        )
