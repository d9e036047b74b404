"""Asking 宇泛 terminals what they recorded, because what they post once may never have arrived."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from redis import Redis
from sqlmodel import Session

from attendance.deliveries import Delivery, describe, take_delivery
from core.clock import local_date
from core.enums import DeviceVendor
from core.keyring import Keyring
from db import outbox
from db.outbox import Work
from db.session import Database
from devices.terminal_client import TerminalCallError, TerminalClient
from devices.terminal_queries import find_terminal_by_id, list_terminals
from devices.terminal_settings import Target, find_target
from devices.vendors import uface

PULL_RECORDS = "attendance.pull_uface_records"
REACH = timedelta(days=3)
"""How far back each pull asks: a terminal may have been out of reach for a night or two."""

log = structlog.get_logger(__name__)


def plan_pulls(session: Session, *, at: datetime) -> None:
    """Have every terminal that may be called asked once on the day of `at`."""
    devices = list_terminals(session, DeviceVendor.UFACE)
    works = [
        Work(f"{PULL_RECORDS}:{device.id}:{local_date(at)}", {"device_id": str(device.id)})
        for device in devices
        if find_target(session, device) is not None
    ]
    outbox.enqueue_many(session, PULL_RECORDS, works)


def pull_records(
    database: Database,
    valkey: Redis,
    keyring: Keyring,
    client: TerminalClient,
    *,
    device_id: UUID,
    message_id: UUID,
    at: datetime,
) -> bool:
    """Take in what one terminal recorded in the last days; tell whether it answered.

    A crossing that had arrived before is not stored twice. No transaction is open while the
    terminal is called; one that does not answer is asked again the next day.
    """
    target = _claim(database, device_id=device_id, message_id=message_id)
    if target is None:
        return False
    try:
        body = client.find_records(target, at - REACH, at)
    except TerminalCallError as error:
        log.warning("terminal_not_pulled", device_id=str(device_id), reason=str(error))
        return False
    with database.transaction() as session:
        device = find_terminal_by_id(session, device_id)
        if device is not None:
            take_delivery(
                session,
                valkey,
                keyring,
                device=device,
                delivery=Delivery(uface.PULLED, "application/json", body, at),
                reading=uface.read_pulled(body, describe(session, device)),
            )
    return True


def _claim(database: Database, *, device_id: UUID, message_id: UUID) -> Target | None:
    with database.transaction() as session:
        outbox.complete(session, message_id)
        device = find_terminal_by_id(session, device_id)
        return None if device is None else find_target(session, device)
