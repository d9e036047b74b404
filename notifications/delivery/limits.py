"""When a message may leave: quiet hours, how many a number gets, how long it is worth sending."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from core.clock import ONE_DAY, SHANGHAI, day_start, local_date
from core.enums import NumberTrouble

NOTICES_PER_DAY = 50
"""Carriers deliver no more notices of one signature to a number in 24 hours (rolling)."""
TROUBLE_HOLDS = timedelta(days=30)
"""After that a number is tried again: phones are paid for, numbers are given to others."""
MOBILE = re.compile(r"\+861[3-9]\d{9}")
LANDLINE = re.compile(r"\+860?(10|[2-9]\d{1,2})\d{7,8}")
MORNING = time(8)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Wall clock in Shanghai; equal ends mean that it is never quiet."""

    start: time
    end: time

    def end_after(self, at: datetime) -> datetime | None:
        """Return when the quiet hours that `at` falls into end, or None outside of them."""
        clock = at.astimezone(SHANGHAI).time()
        is_overnight = self.start > self.end
        is_late = clock >= self.start
        is_early = clock < self.end
        if not (is_late or is_early if is_overnight else is_late and is_early):
            return None
        day = local_date(at) + ONE_DAY if is_overnight and is_late else local_date(at)
        return day_start(day, at=self.end)


def next_morning(at: datetime) -> datetime:
    """Return eight o'clock of the day after (Shanghai)."""
    return day_start(local_date(at) + ONE_DAY, at=MORNING)


def compute_slot(sent: Sequence[datetime], *, at: datetime) -> datetime | None:
    """Return when the number may get its next notice, or None if it may now.

    `sent` are the instants at which notices to it left, in any order.
    """
    recent = sorted(instant for instant in sent if instant > at - ONE_DAY)
    if len(recent) < NOTICES_PER_DAY:
        return None
    return recent[-NOTICES_PER_DAY] + ONE_DAY


def judge_number(phone: str | None) -> str | None:
    """Return why no message can go to a number, or None if one can.

    Only mainland mobiles get messages: a landline cannot show them, and texts abroad cost as much
    as fraud pays.
    """
    if phone is None:
        return "no_phone"
    if MOBILE.fullmatch(phone):
        return None
    if LANDLINE.fullmatch(phone):
        return "landline"
    is_foreign = phone.startswith("+") and not phone.startswith("+86") and phone[1:].isdigit()
    return "foreign_number" if is_foreign else "malformed_number"


def judge_trouble(
    trouble: NumberTrouble | None, *, since: datetime | None, at: datetime, is_code: bool
) -> str | None:
    """Return why a number in known trouble gets no message, or None if it is to be tried.

    Sign-in codes are tried whatever was reported, because somebody is waiting for one; but never
    where a stranger now has the number: a code would let him in.
    """
    if trouble is None or since is None or at >= since + TROUBLE_HOLDS:
        return None
    if is_code and trouble is not NumberTrouble.RECYCLED:
        return None
    return f"number_{trouble.value}"


def is_expired(expires_after: timedelta, *, created_at: datetime, at: datetime) -> bool:
    """Tell whether the message has become useless to its reader."""
    return at >= created_at + expires_after
