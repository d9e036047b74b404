"""What a project counts as a day, from which date on; pure."""

from dataclasses import dataclass
from datetime import date, datetime, time

from core.clock import ONE_DAY, SHANGHAI
from core.money import round_half_up

FULL_DAY_UNITS = 100
"""工日 are counted in hundredths."""
HALF_DAY_UNITS = 50
LONGEST_OVERTIME = 480
"""Minutes; with a full day of 8 hours as much as one shift can be long."""


@dataclass(frozen=True, slots=True)
class DayRules:
    """What counts as a day."""

    day_starts_at: time
    full_day_minutes: int
    half_day_minutes: int
    break_minutes: int = 0
    """Rest that is no work; taken off a day longer than half one, less what was spent outside."""
    overtime_cap_minutes: int = LONGEST_OVERTIME
    """Longer than a full day and this is asked about; 劳动法 §41 allows 180 minutes a day."""


@dataclass(frozen=True, slots=True)
class RuleBook:
    """A project's rules over time."""

    first: DayRules
    later: tuple[tuple[date, DayRules], ...] = ()
    """(from which date on, rules), oldest first; of one date the last counts."""

    def on(self, day: date) -> DayRules:
        """Return the rules of a day."""
        for since, rules in reversed(self.later):
            if since <= day:
                return rules
        return self.first

    def work_date(self, at: datetime) -> date:
        """Return the day an instant counts for: a day lasts until the next one starts."""
        local = at.astimezone(SHANGHAI)
        day = local.date()
        return day if local.time() >= self.on(day).day_starts_at else day - ONE_DAY


def work_date(at: datetime, day_starts_at: time) -> date:
    """Return the day an instant counts for by the wall clock in Shanghai."""
    local = at.astimezone(SHANGHAI)
    return local.date() if local.time() >= day_starts_at else local.date() - ONE_DAY


def compute_worked(present_minutes: int, outside_minutes: int, rules: DayRules) -> int:
    """Return the minutes that are work; never less than half a day for having stayed longer."""
    rest = max(rules.break_minutes - outside_minutes, 0)
    if present_minutes <= rules.half_day_minutes:
        return present_minutes
    return max(rules.half_day_minutes, present_minutes - rest)


def compute_units(minutes: int, rules: DayRules) -> int:
    """Return 工日 in hundredths: in proportion, half from the half-day mark on, at most one."""
    if minutes >= rules.full_day_minutes:
        return FULL_DAY_UNITS
    floor = HALF_DAY_UNITS if minutes >= rules.half_day_minutes else 0
    return max(floor, round_half_up(minutes * FULL_DAY_UNITS, rules.full_day_minutes))


def compute_overtime(minutes: int, rules: DayRules) -> int:
    """Return how much of a day is overtime; what is beyond the cap is asked about first."""
    return min(max(minutes - rules.full_day_minutes, 0), rules.overtime_cap_minutes)


def format_units(hundredths: int) -> str:
    """Return hundredths as decimal text, e.g. ``"22.50"``."""
    return f"{hundredths // FULL_DAY_UNITS}.{hundredths % FULL_DAY_UNITS:02d}"


def parse_units(text: str) -> int:
    """Return hundredths for decimal text with two decimals, e.g. ``"0.50"``."""
    whole, _, hundredths = text.partition(".")
    return int(whole) * FULL_DAY_UNITS + int(hundredths)
