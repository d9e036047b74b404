"""Telling workers which of their days somebody at the site has touched: once a month and person."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlmodel import Session

from notifications.service import Telling, notify_many
from notifications.templates import Template


def tell_days(
    session: Session,
    *,
    project_id: UUID,
    days: Mapping[UUID, set[date]],
    key: str,
    single: Template,
    several: Template,
) -> None:
    """Tell each person which day it was, or of how many days of a month; `key` names the act."""
    months: dict[tuple[UUID, str], set[date]] = defaultdict(set)
    for person_id, theirs in days.items():
        for day in theirs:
            months[person_id, f"{day:%Y-%m}"].add(day)
    of_one = [
        Telling(person_id, f"{key}:{day}", {"work_date": str(day)})
        for (person_id, _), theirs in months.items()
        if len(theirs) == 1
        for day in theirs
    ]
    of_many = [
        Telling(person_id, f"{key}:{month}", {"month": month, "count": str(len(theirs))})
        for (person_id, month), theirs in months.items()
        if len(theirs) > 1
    ]
    notify_many(session, template=single, tellings=of_one, project_id=project_id)
    notify_many(session, template=several, tellings=of_many, project_id=project_id)
