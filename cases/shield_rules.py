"""When something that happened to a complainant looks like revenge."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from core.case_enums import RetaliationKind

WATCHED = timedelta(days=90)
"""How long after filing somebody is watched over; a local promise."""
WINDOW_DAYS = 14
"""Days before the filing and after it that are compared."""
CUT = Fraction(1, 2)
"""Days fell to less than half of what the crew's fall leads one to expect."""
FEWEST_DAYS = 4
"""Worked before the filing; with fewer there is nothing to compare."""
RATE_DROP = Fraction(9, 10)


@dataclass(frozen=True, slots=True)
class Days:
    """Days worked in the window before the filing and in the one after it."""

    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of a complainant on the project since the filing."""

    left_date: date | None
    """When they were taken off the roster, if after the filing."""
    crew_left: int
    """How many crew mates left within a week of that day."""
    crew_size: int
    denied: int
    """Entries refused at gates since, for reasons of the roster."""
    own: Days
    crew: Days
    """Of all crew mates together."""
    is_window_over: bool
    rate_before_fen: int | None
    rate_after_fen: int | None
    crew_rate_fell: bool


def judge(watched: Watched) -> dict[RetaliationKind, dict[str, Any]]:
    """Return what looks like revenge, with the figures; a whole crew's fate is nobody's revenge."""
    signs: dict[RetaliationKind, dict[str, Any]] = {}
    if watched.left_date is not None and not _left_with_crew(watched):
        signs[RetaliationKind.REMOVED] = {"left_date": watched.left_date.isoformat()}
    if watched.denied:
        signs[RetaliationKind.DENIED_ENTRY] = {"times": watched.denied}
    if watched.is_window_over and watched.left_date is None and _is_cut(watched):
        own, crew = watched.own, watched.crew
        signs[RetaliationKind.FEWER_DAYS] = {
            "before": own.before,
            "after": own.after,
            "crew_before": crew.before,
            "crew_after": crew.after,
        }
    if _is_rate_lower(watched):
        signs[RetaliationKind.LOWER_RATE] = {
            "before_fen": watched.rate_before_fen,
            "after_fen": watched.rate_after_fen,
        }
    return signs


def _left_with_crew(watched: Watched) -> bool:
    return 2 * watched.crew_left >= watched.crew_size > 0


def _is_cut(watched: Watched) -> bool:
    own, crew = watched.own, watched.crew
    if own.before < FEWEST_DAYS or crew.before == 0:
        return False
    return own.after < CUT * own.before * Fraction(crew.after, crew.before)


def _is_rate_lower(watched: Watched) -> bool:
    before, after = watched.rate_before_fen, watched.rate_after_fen
    if before is None or after is None or watched.crew_rate_fell:
        return False
    return after < RATE_DROP * before
