"""Wire shapes of who acts for a company."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from api.schemas.auth import Mobile
from api.schemas.words import NO_NUL, SEEN, Words
from core.masking import mask_phone
from identity.grant_queries import Appointment


class AppointmentIn(BaseModel):
    """Whom to appoint; they sign in with this phone."""

    name: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=50, pattern=NO_NUL),
        SEEN,
    ]
    phone: Mobile


class AppointmentOut(BaseModel):
    """Somebody who acts for a company."""

    grant_id: UUID
    person_id: UUID
    name: str
    masked_phone: str | None
    appointed_at: datetime

    @classmethod
    def of(cls, appointment: Appointment) -> Self:
        """Return the wire shape of an appointment."""
        person, grant = appointment.person, appointment.grant
        return cls(
            grant_id=grant.id,
            person_id=person.id,
            name=person.name,
            masked_phone=person.phone and mask_phone(person.phone),
            appointed_at=grant.created_at,
        )


class DismissalIn(BaseModel):
    """Why the appointment ends."""

    reason: Words
