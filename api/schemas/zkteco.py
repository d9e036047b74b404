"""Wire shapes of what ZKTeco terminals are asked to do."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from core.enums import TerminalCommandKind
from db.models import TerminalCommand
from devices.zkteco.tables import explain_return


class LogQueryIn(BaseModel):
    """Which days a terminal is to send again; both included, at most 31."""

    first_date: date
    last_date: date


class TerminalCommandOut(BaseModel):
    """One thing a terminal was asked to do, and what became of it."""

    id: UUID
    number: int
    kind: TerminalCommandKind
    pin: str | None = Field(description="Whom it is about.")
    asked_at: datetime
    sent_at: datetime | None = Field(description="When it was handed out last.")
    answered_at: datetime | None
    return_code: int | None = Field(description="The terminal's own; null without an answer.")
    result: str | None = Field(description="In plain words; null while it waits.")

    @classmethod
    def of(cls, command: TerminalCommand) -> Self:
        """Return the wire shape of a command."""
        is_over = command.answered_at is not None
        return cls(
            id=command.id,
            number=command.number,
            kind=command.kind,
            pin=command.pin,
            asked_at=command.created_at,
            sent_at=command.sent_at,
            answered_at=command.answered_at,
            return_code=command.return_code,
            result=explain_return(command.return_code) if is_over else None,
        )
