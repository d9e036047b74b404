"""Remembering up to where a terminal's tables were stored."""

import re

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from db.models import Device, TerminalStamp

STAMP = re.compile(r"[0-9A-Za-z]{1,32}")
TABLE = re.compile(r"[0-9A-Z_]{1,32}")


def keep_stamp(session: Session, *, device: Device, table: str, stamp: str) -> None:
    """Remember a mark in the transaction of the rows before it; what is no mark is passed over."""
    if not STAMP.fullmatch(stamp) or not TABLE.fullmatch(table):
        return
    mark = TerminalStamp(device_id=device.id, table_name=table, stamp=stamp)
    session.execute(
        insert(TerminalStamp)
        .values(mark.model_dump())
        .on_conflict_do_update(
            index_elements=["device_id", "table_name"], set_={"stamp": mark.stamp}
        )
    )
