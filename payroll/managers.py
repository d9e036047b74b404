"""Telling the labour managers of a project what waits for them."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core.clock import local_date
from identity.queries import list_managers
from notifications.service import Telling, notify_many
from notifications.templates import Template


def tell_managers(
    session: Session, template: Template, *, project_id: UUID, month: str, at: datetime
) -> None:
    """Tell them once a day and month of wages, however many workers it is about; no names."""
    key = f"{project_id}:{month}:{local_date(at)}"
    tellings = [
        Telling(manager_id, key, {"month": month})
        for manager_id in list_managers(session, project_id)
    ]
    notify_many(session, template=template, tellings=tellings)
