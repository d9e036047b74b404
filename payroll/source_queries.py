"""Every SELECT about the check-ins behind a payslip."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session, col, select

from db.models import CheckIn, Device


def map_check_ins(
    session: Session, *, project_id: UUID, check_in_ids: Collection[UUID]
) -> dict[UUID, tuple[CheckIn, str | None]]:
    """Return these check-ins of a project, each with the name of its gate."""
    statement = (
        select(CheckIn, Device.name)
        .outerjoin(Device, col(Device.id) == CheckIn.device_id)
        .where(CheckIn.project_id == project_id, col(CheckIn.id).in_(check_in_ids))
    )
    return {row[0].id: (row[0], row[1]) for row in session.exec(statement)}
