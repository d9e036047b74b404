"""What a gate needs to decide alone: day keys and whom to keep out; no names, no personal data."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from core.clock import local_date
from core.enums import DeviceProfile, ScanReason
from core.keyring import Keyring
from db.models import Device, GateBlock
from devices import queries
from qr import code

KEY_DAYS = 8
"""Today and the next seven: how long a gate can be cut off, or do harm once stolen."""
PAGE_BLOCKS = 5_000


@dataclass(frozen=True, slots=True)
class DayKey:
    """The project's key for one Shanghai day."""

    day: date
    suite: code.Suite
    key: bytes


@dataclass(frozen=True, slots=True)
class SyncPage:
    """What changed since a cursor; day keys are always whole."""

    server_time: datetime
    project_id: UUID
    is_full: bool
    day_keys: list[DayKey]
    blocks: dict[bytes, ScanReason]
    unblocked: list[bytes]
    cursor: str
    has_more: bool
    etag: str


def sync_gate(
    session: Session,
    keyring: Keyring,
    *,
    device: Device,
    cursor: str | None,
    known_etag: str | None,
    at: datetime,
) -> SyncPage | None:
    """Return what a device does not know yet, or None when it knows everything.

    Only a gate gets keys and blocks: a kiosk or a supervisor's phone decides nothing alone. A
    cursor that is not ours, or is ahead of us after a restored backup, gets the full list.
    """
    is_gate = device.profile is DeviceProfile.GATE
    today = local_date(at)
    if is_gate:
        _bring_up_to_date(session, device.project_id, today)
    revision = queries.get_block_revision(session, device.project_id) if is_gate else 0
    etag = _make_etag(keyring, device, today, revision)
    since = _read_cursor(cursor, revision)
    if known_etag == etag and since == revision:
        return None
    found = queries.list_blocks(
        session,
        project_id=device.project_id,
        after=since or 0,
        upto=revision,
        limit=PAGE_BLOCKS + 1,
    )
    shown, has_more = found[:PAGE_BLOCKS], len(found) > PAGE_BLOCKS
    return SyncPage(
        server_time=at,
        project_id=device.project_id,
        is_full=since is None,
        day_keys=_derive_keys(keyring, device.project_id, today) if is_gate else [],
        blocks={block.worker_ref: block.reason for block in shown if block.reason},
        unblocked=[block.worker_ref for block in shown if not block.reason],
        cursor=str(shown[-1].revision if has_more else revision),
        has_more=has_more,
        etag=etag,
    )


def _bring_up_to_date(session: Session, project_id: UUID, today: date) -> None:
    """Write down who may no longer, or may again, enter since a gate last asked."""
    if not queries.list_block_changes(session, project_id=project_id, on=today):
        return
    queries.lock_blocks(session, project_id)  # gates that sync at once take turns
    changes = queries.list_block_changes(session, project_id=project_id, on=today)
    if not changes:
        return
    revision = queries.get_block_revision(session, project_id)
    statement = insert(GateBlock)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["project_id", "worker_ref"],
            set_={name: statement.excluded[name] for name in ("reason", "revision")},
        ),
        [
            GateBlock(
                project_id=project_id, worker_ref=worker_ref, reason=reason, revision=number
            ).model_dump()
            for number, (worker_ref, reason) in enumerate(changes, start=revision + 1)
        ],
    )


def _derive_keys(keyring: Keyring, project_id: UUID, today: date) -> list[DayKey]:
    days = [today + timedelta(days=ahead) for ahead in range(KEY_DAYS)]
    return [
        DayKey(
            day,
            code.Suite.SHA256,
            code.derive_project_day_key(keyring.gate_master, project_id=project_id, day=day),
        )
        for day in days
    ]


def _make_etag(keyring: Keyring, device: Device, today: date, revision: int) -> str:
    master = max(keyring.gate_masters)
    facts = f"{device.project_id}|{device.profile}|{today}|{master}|{revision}"
    return hashlib.sha256(facts.encode()).hexdigest()[:32]


def _read_cursor(cursor: str | None, revision: int) -> int | None:
    """Return the revision a gate has seen; None if it must begin anew."""
    if cursor is None or not cursor.isascii() or not cursor.isdecimal():
        return None
    seen = int(cursor[:10])
    return seen if seen <= revision else None
