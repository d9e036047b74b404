"""Storing many check-ins at once, each report only the first time, with marks for their days."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, bindparam, text
from sqlmodel import Session

from attendance.due_folds import wake_fold
from core.enums import CheckInMethod, Direction, Grade, ScanReason

CHUNK_ROWS = 5_000
LINES = """
line AS MATERIALIZED (
  -- One parameter: a hundred thousand bound values would cost more than the insert itself.
  SELECT * FROM json_to_recordset(:lines) AS line (
    id uuid, nonce text, project_worker_id uuid, direction text, method text, grade text,
    occurred_at timestamptz, received_at timestamptz, clock_bound_ms int, admitted boolean,
    valid boolean, reason text, decided_offline boolean, gate_report jsonb, code_step bigint,
    presented text, note text, day date
  )
)"""
INSERT = """
  INSERT INTO check_in (
    id, project_id, source_id, device_id, nonce, project_worker_id, direction, method, grade,
    occurred_at, received_at, clock_bound_ms, admitted, valid, reason, decided_offline,
    gate_report, code_step, presented, note
  )
  SELECT
    id, :project_id, :device_id, :device_id, nonce, project_worker_id, direction, method, grade,
    occurred_at, received_at, clock_bound_ms, admitted, valid, reason, decided_offline,
    gate_report, code_step, presented, note
  FROM line"""
ONCE = """
  ON CONFLICT (project_id, source_id, nonce, occurred_at) DO NOTHING
  RETURNING id"""
MARK = """
mark AS (
  -- One a worker and day: thousands of crossings are folded as few days.
  INSERT INTO fold_due (project_id, project_worker_id, check_in_id, day)
  SELECT DISTINCT ON (project_worker_id, day) :project_id, project_worker_id, id, day
  FROM line JOIN stored USING (id) WHERE valid
)"""
STORE = (
    text(f"WITH {LINES}, stored AS ({INSERT}{ONCE}), {MARK} SELECT id FROM stored")  # noqa: S608
    .bindparams(bindparam("project_id", type_=Uuid), bindparam("device_id", type_=Uuid))
    .columns(id=Uuid)
)


class NewCheckIn(msgspec.Struct, frozen=True, kw_only=True):
    """A check-in of a device before it is stored; a row of the model would take ten times as long.

    Fields as in `db.models.CheckIn`.
    """

    id: UUID
    nonce: str
    project_worker_id: UUID | None
    direction: Direction
    method: CheckInMethod
    grade: Grade
    occurred_at: datetime
    received_at: datetime
    clock_bound_ms: int
    admitted: bool
    valid: bool
    reason: ScanReason
    decided_offline: bool
    gate_report: dict[str, object] | None = None
    code_step: int | None = None
    presented: str | None = None
    note: str | None = None
    day: date | None
    """Of a valid one the Shanghai day to fold; it counts for this day or the one before."""


def store_check_ins(
    session: Session,
    check_ins: Sequence[NewCheckIn],
    *,
    project_id: UUID,
    device_id: UUID,
    at: datetime,
) -> set[UUID]:
    """Store the device's check-ins that are new, mark their days, and return their ids."""
    new_ids: set[UUID] = set()
    for start in range(0, len(check_ins), CHUNK_ROWS):
        lines = msgspec.json.encode(check_ins[start : start + CHUNK_ROWS]).decode()
        facts = {"lines": lines, "project_id": project_id, "device_id": device_id}
        new_ids.update(session.scalars(STORE, facts))
    if any(check_in.valid and check_in.id in new_ids for check_in in check_ins):
        wake_fold(session, source=str(device_id), at=at)
    return new_ids
