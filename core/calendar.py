"""Working days in China: statutory holidays, and the weekends worked in exchange (调休)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from chinese_calendar import holidays, workdays

from core.clock import ONE_DAY
from core.statutory import STATUTORY_HOLIDAYS

SATURDAY = 5
FIRST_PUBLISHED_YEAR = min(holidays).year
LAST_PUBLISHED_YEAR = max(holidays).year
"""The State Council announces a year's holidays in the November before it."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of a period counted in working days, with the count that led there."""

    due_date: date
    counted: tuple[date, ...]
    """Every day counted, in order; the start day is never one of them (民法典 §201)."""
    is_provisional: bool
    """Some day on the way lies in a year whose holidays are not published, so it may move."""


class WorkingDays:
    """The calendar of working days.

    `overrides` decides single days (True: worked) before anything else. Where the year's
    arrangement is not published, Monday to Friday are working days but for the statutory holidays,
    which need no announcement (全国年节及纪念日放假办法 §2), and results say that they are
    provisional: the days off around those holidays are still to come.
    """

    def __init__(self, overrides: Mapping[date, bool] = MappingProxyType({})) -> None:
        self._overrides = overrides

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices work on that day."""
        if day in self._overrides:
            return self._overrides[day]
        if day in STATUTORY_HOLIDAYS:
            return False
        return day in workdays or (day.weekday() < SATURDAY and day not in holidays)

    def is_published(self, day: date) -> bool:
        """Tell whether `is_working_day` is the State Council's word, not a guess by weekday."""
        is_known_year = FIRST_PUBLISHED_YEAR <= day.year <= LAST_PUBLISHED_YEAR
        return is_known_year or day in self._overrides

    def add_working_days(self, start: date, count: int) -> Deadline:
        """Return the deadline `count` working days after `start`; ValueError if negative."""
        if count < 0:
            raise ValueError(f"a period cannot run backwards: {count} working days")
        day, counted, is_provisional = start, list[date](), False
        while len(counted) < count:
            day += ONE_DAY
            is_provisional |= not self.is_published(day)
            if self.is_working_day(day):
                counted.append(day)
        return Deadline(day, tuple(counted), is_provisional)

    def on_or_before(self, day: date) -> date:
        """Return the day, or the nearest working day before it.

        A payday that is a rest day moves *earlier* (保障农民工工资支付条例 §14).
        """
        while not self.is_working_day(day):
            day -= ONE_DAY
        return day


WORKING_DAYS = WorkingDays()
"""The published calendar alone."""
