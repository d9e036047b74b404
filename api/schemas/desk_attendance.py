"""What the desk's forms about attendance send."""

from datetime import date, datetime, time
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from api.schemas.attendance_sheets import LockIn
from api.schemas.days import Reason
from api.schemas.words import Words
from core.clock import ONE_DAY, SHANGHAI
from core.day_enums import ObjectionOutcome


def _read_blank(text: object) -> object:
    return None if isinstance(text, str) and not text.strip() else text


Blank = BeforeValidator(_read_blank)
"""A field left empty arrives as empty text."""
WallTime = Annotated[time | None, Blank]


class LockForm(LockIn):
    """Why the sheet is locked although something is open; empty where nothing is."""

    unsettled_reason: Annotated[Words | None, Blank] = None
    skipped_reason: Annotated[Words | None, Blank] = None


class TimesForm(BaseModel):
    """When somebody came and left on a day, by the wall clock in Shanghai."""

    work_date: date = Field(ge=date(2020, 1, 1), le=date(2099, 12, 31))
    in_time: WallTime = None
    out_time: WallTime = None
    is_next_day: bool = False
    """They left the morning after."""
    reason: Reason

    @property
    def in_at(self) -> datetime | None:
        """When they came."""
        return self._moment(self.in_time)

    @property
    def out_at(self) -> datetime | None:
        """When they left."""
        left = self._moment(self.out_time)
        return left + ONE_DAY if left is not None and self.is_next_day else left

    def _moment(self, clock: time | None) -> datetime | None:
        if clock is None:
            return None
        return datetime.combine(self.work_date, clock.replace(tzinfo=None), SHANGHAI)


class ReplyForm(TimesForm):
    """The answer to an objection, with the times to enter where it is right."""

    outcome: ObjectionOutcome
