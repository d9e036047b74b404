"""Every SELECT on devices."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, String, case, cast, exists, func, null, or_, text
from sqlmodel import Session, col, select

from core.enums import ScanReason
from db.models import (
    Contract,
    Device,
    DeviceAlarm,
    DeviceHealth,
    GateBlock,
    ProjectWorker,
    WorkerCode,
)
from devices.errors import DeviceNotFoundError


def get_device(session: Session, *, project_id: UUID, device_id: UUID) -> Device:
    """Return the project's device; DeviceNotFoundError for any other."""
    statement = select(Device).where(Device.id == device_id, Device.project_id == project_id)
    device = session.exec(statement).one_or_none()
    if device is None:
        raise DeviceNotFoundError
    return device


def list_devices(
    session: Session, *, project_id: UUID, before: UUID | None, limit: int
) -> list[tuple[Device, DeviceHealth | None]]:
    """Return up to `limit` devices created before one, newest first, revoked ones too."""
    statement = (
        select(Device, DeviceHealth)
        .outerjoin(DeviceHealth, col(DeviceHealth.device_id) == Device.id)
        .where(Device.project_id == project_id)
        .order_by(col(Device.id).desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(Device.id < before)
    return [(device, health) for device, health in session.exec(statement)]


def find_health(session: Session, device_id: UUID) -> DeviceHealth | None:
    """Return what the device last said about itself."""
    return session.exec(
        select(DeviceHealth).where(DeviceHealth.device_id == device_id)
    ).one_or_none()


def list_watched(session: Session) -> list[tuple[Device, DeviceHealth | None]]:
    """Return every device in use, of all projects."""
    statement = (
        select(Device, DeviceHealth)
        .outerjoin(DeviceHealth, col(DeviceHealth.device_id) == Device.id)
        .where(col(Device.revoked_at).is_(None), col(Device.last_seen_at).is_not(None))
    )
    return [(device, health) for device, health in session.exec(statement)]


def list_open_alarms(
    session: Session, *, device_ids: Collection[UUID] | None = None
) -> list[DeviceAlarm]:
    """Return the troubles that are not over, of these devices or of all."""
    statement = select(DeviceAlarm).where(col(DeviceAlarm.ended_at).is_(None))
    if device_ids is not None:
        statement = statement.where(col(DeviceAlarm.device_id).in_(device_ids))
    return list(session.exec(statement.order_by(col(DeviceAlarm.id))))


def count_troubles(session: Session, project_id: UUID) -> int:
    """Return how much is wrong with a project's devices right now."""
    statement = (
        select(func.count())
        .select_from(DeviceAlarm)
        .where(DeviceAlarm.project_id == project_id, col(DeviceAlarm.ended_at).is_(None))
    )
    return session.exec(statement).one()


def find_paired_device(session: Session, token_hash: bytes) -> Device | None:
    """Return the device that holds this token, in use or next, unless it was revoked."""
    statement = select(Device).where(
        or_(col(Device.token_hash) == token_hash, col(Device.next_token_hash) == token_hash),
        col(Device.revoked_at).is_(None),
    )
    return session.exec(statement).one_or_none()


def lock_device(session: Session, device: Device) -> None:
    """Let one transaction at a time take in what this device reports."""
    session.refresh(device, with_for_update={"key_share": True})


def get_block_revision(session: Session, project_id: UUID) -> int:
    """Return the last revision of the project's block list; 0 before there is one."""
    statement = select(func.max(GateBlock.revision)).where(GateBlock.project_id == project_id)
    return session.exec(statement).one() or 0


def list_blocks(
    session: Session, *, project_id: UUID, after: int, upto: int, limit: int
) -> list[GateBlock]:
    """Return up to `limit` entries whose revision lies after one and not after another."""
    statement = (
        select(GateBlock)
        .where(
            GateBlock.project_id == project_id,
            GateBlock.revision > after,
            GateBlock.revision <= upto,
        )
        .order_by(col(GateBlock.revision))
        .limit(limit)
    )
    return list(session.exec(statement))


def list_block_changes(
    session: Session, *, project_id: UUID, on: date
) -> list[tuple[bytes, ScanReason | None]]:
    """Return for whom the list differs from what is true that day, and what is true."""
    reason = _reason_to_block(on)
    due = (
        select(col(WorkerCode.worker_ref).label("worker_ref"), reason.label("reason"))
        .join(ProjectWorker, col(ProjectWorker.person_id) == WorkerCode.person_id)
        .where(ProjectWorker.project_id == project_id, reason.is_not(None))
        .subquery()
    )
    listed = (
        select(col(GateBlock.worker_ref), cast(GateBlock.reason, String).label("reason"))
        .where(GateBlock.project_id == project_id)
        .subquery()
    )
    worker_ref = func.coalesce(due.c.worker_ref, listed.c.worker_ref).label("worker_ref")
    statement = (
        select(worker_ref, due.c.reason)
        .select_from(due)
        .join(listed, due.c.worker_ref == listed.c.worker_ref, full=True)
        .where(due.c.reason.is_distinct_from(listed.c.reason))
        .order_by(worker_ref)
    )
    return [(ref, reason and ScanReason(reason)) for ref, reason in session.exec(statement)]


def lock_blocks(session: Session, project_id: UUID) -> None:
    """Let one transaction at a time write the project's block list."""
    session.connection().execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
        {"key": f"gate_block {project_id}"},
    )


def _reason_to_block(on: date) -> ColumnElement[str | None]:
    """Return what `attendance.rules.judge_standing` says of an entry, in SQL."""
    has_contract = exists().where(
        col(Contract.project_worker_id) == col(ProjectWorker.id),
        col(Contract.start_date) <= on,
        or_(col(Contract.end_date).is_(None), col(Contract.end_date) >= on),
    )
    return case(
        (col(ProjectWorker.entered_date) > on, ScanReason.NOT_ON_PROJECT.value),
        (col(ProjectWorker.left_date) < on, ScanReason.LEFT_PROJECT.value),
        (~has_contract, ScanReason.NO_CONTRACT.value),
        else_=null(),
    )
