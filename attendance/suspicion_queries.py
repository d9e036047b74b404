"""The SELECT of the "too regular" detector: the crossings behind a sheet, in few bytes."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Integer, Uuid, any_, cast, func, literal_column, select
from sqlmodel import Session, col

from attendance.folding import RECORDED_GRADES
from attendance.rules import CLOCK_TRUST_MS
from attendance.scan_queries import IS_STANDING
from core.enums import Direction
from db.models import AttendanceSheet, CheckIn

_SECOND = cast(func.floor(func.extract("epoch", col(CheckIn.occurred_at))), BigInteger)
_IS_ENTRY = cast(col(CheckIn.direction) == Direction.IN, Integer)


def list_moments(
    session: Session,
    sheet: AttendanceSheet,
    *,
    worker_ids: Collection[UUID],
    since: datetime,
    until: datetime,
) -> dict[UUID, list[int]]:
    """Return by worker the crossings that gates and phones recorded before the sheet was drawn.

    Each is twice its second since 1970, plus one for an entry: one number is read in a tenth of
    the time a row takes. A gate whose clock is not believed says nothing about regularity.
    """
    statement = (
        select(col(CheckIn.project_worker_id), func.array_agg(2 * _SECOND + _IS_ENTRY))
        .where(
            col(CheckIn.project_id) == sheet.project_id,
            col(CheckIn.project_worker_id) == any_(cast(list(worker_ids), ARRAY(Uuid))),
            col(CheckIn.valid),
            IS_STANDING,
            col(CheckIn.grade).in_(RECORDED_GRADES),
            col(CheckIn.occurred_at) >= since,
            col(CheckIn.occurred_at) < until,
            col(CheckIn.received_at) <= sheet.drawn_at,
            # a parameter would hide the partial index
            col(CheckIn.clock_bound_ms) <= literal_column(str(CLOCK_TRUST_MS)),
        )
        .group_by(col(CheckIn.project_worker_id))
    )
    return dict(iter(session.execute(statement)))
