"""When cases belong together, when they are shown as a group, and when a group is a mass event."""

from datetime import timedelta

PERIOD = timedelta(days=30)
"""Complaints of one project or employer no further apart than this belong together."""
SHOWN_FROM = 3
"""Fewer people are never shown as a group: one would know who they are."""
MASS_FROM = 10
"""群体性: 浙江省劳动人事争议调解仲裁条例 §40, and the province's 无欠薪 standard."""
MOST_REPRESENTATIVES = 5
"""浙江省劳动保障监察条例 §20."""
ANSWER_WITHIN = timedelta(minutes=30)
"""A contact who has not acknowledged by then is passed over; a local promise."""
MOST_TOLD = 99
"""The largest number a message names."""


def is_shown(people: int) -> bool:
    """Tell whether so many people may be shown as a group."""
    return people >= SHOWN_FROM


def is_mass(people: int) -> bool:
    """Tell whether so many people make a mass event."""
    return people >= MASS_FROM


def say_count(people: int) -> str:
    """Return how many, as a message says it."""
    return str(min(people, MOST_TOLD))
