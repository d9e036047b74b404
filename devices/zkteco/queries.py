"""Every SELECT on ZKTeco terminals: their commands, their stamps, and whom they are to know."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session, col, select

from core.enums import DeviceVendor, TerminalCommandKind
from db.models import Device, Person, ProjectWorker, TerminalCommand, TerminalStamp

VENDORS = (DeviceVendor.ZKTECO_ATT, DeviceVendor.ZKTECO_ACC)
ABOUT_PEOPLE = (TerminalCommandKind.UPDATE_PERSON, TerminalCommandKind.DELETE_PERSON)


def list_by_serial(session: Session, serial_number: str) -> list[Device]:
    """Return the terminals of this serial number that were not revoked."""
    statement = select(Device).where(
        col(Device.vendor).in_(VENDORS),
        Device.serial_number == serial_number,
        col(Device.revoked_at).is_(None),
    )
    return list(session.exec(statement))


def list_stamps(session: Session, device_id: UUID) -> dict[str, str]:
    """Return up to where each table of the terminal was stored."""
    statement = select(TerminalStamp.table_name, TerminalStamp.stamp).where(
        TerminalStamp.device_id == device_id
    )
    return dict(session.exec(statement).all())


def get_last_number(session: Session, device_id: UUID) -> int:
    """Return the number of the terminal's newest command; 100 before there is one."""
    statement = select(func.max(TerminalCommand.number)).where(
        TerminalCommand.device_id == device_id
    )
    return session.exec(statement).one() or 100


def lock_waiting(
    session: Session, *, device_id: UUID, sent_before: datetime, limit: int
) -> list[TerminalCommand]:
    """Return the oldest commands that were never sent, or sent so long ago, with rows locked."""
    statement = (
        select(TerminalCommand)
        .where(
            TerminalCommand.device_id == device_id,
            col(TerminalCommand.answered_at).is_(None),
            or_(
                col(TerminalCommand.sent_at).is_(None),
                col(TerminalCommand.sent_at) <= sent_before,
            ),
        )
        .order_by(col(TerminalCommand.number))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.exec(statement))


def list_numbered(
    session: Session, *, device_id: UUID, numbers: Collection[int]
) -> list[TerminalCommand]:
    """Return the terminal's commands of these numbers."""
    statement = select(TerminalCommand).where(
        TerminalCommand.device_id == device_id, col(TerminalCommand.number).in_(numbers)
    )
    return list(session.exec(statement))


def list_commands(
    session: Session, *, project_id: UUID, device_id: UUID, before: UUID | None, limit: int
) -> list[TerminalCommand]:
    """Return what a terminal of the project was asked to do, newest first."""
    statement = (
        select(TerminalCommand)
        .where(TerminalCommand.project_id == project_id, TerminalCommand.device_id == device_id)
        .order_by(col(TerminalCommand.id).desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(col(TerminalCommand.id) < before)
    return list(session.exec(statement))


def list_written_people(
    session: Session, device_id: UUID
) -> dict[str, tuple[TerminalCommandKind, str]]:
    """Return the last that the terminal was told about each PIN."""
    statement = (
        select(TerminalCommand)
        .where(
            TerminalCommand.device_id == device_id,
            col(TerminalCommand.kind).in_(ABOUT_PEOPLE),
        )
        .ext(distinct_on(col(TerminalCommand.pin)))
        .order_by(col(TerminalCommand.pin), col(TerminalCommand.number).desc())
    )
    return {
        command.pin: (command.kind, command.content)
        for command in session.exec(statement)
        if command.pin is not None
    }


def list_present_people(session: Session, *, project_id: UUID, on: date) -> dict[str, str]:
    """Return the names of who is on the project that day and has a 门禁卡号, by that number."""
    statement = (
        select(ProjectWorker.card_number, Person.name)
        .join(Person, col(Person.id) == ProjectWorker.person_id)
        .where(
            ProjectWorker.project_id == project_id,
            col(ProjectWorker.card_number).is_not(None),
            ProjectWorker.entered_date <= on,
            or_(col(ProjectWorker.left_date).is_(None), col(ProjectWorker.left_date) >= on),
        )
    )
    return {number: name for number, name in session.exec(statement) if number is not None}
