"""What a gate needs to decide alone: day keys, whom to keep out, good cards; no personal data."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from core.clock import local_date
from core.enums import DeviceProfile, ScanReason
from core.keyring import Keyring
from db.models import Device, GateBlock
from devices import card_queries, gate_cards, queries
from devices.token_roll import is_roll_wanted
from qr import code

KEY_DAYS = range(-1, 8)
"""Today and the next seven: how long a gate can be cut off, or do harm once stolen. Yesterday,
because just after midnight the codes of just before it are fresh."""
PAGE_BLOCKS = 5_000
PAGE_CARDS = 5_000
CURSOR = re.compile(r"([0-9]{1,10})\.([0-9]{1,10})")


class Revisions(NamedTuple):
    """How far each of a project's lists has come, or a gate has seen it."""

    blocks: int
    cards: int


NOTHING = Revisions(0, 0)


@dataclass(frozen=True, slots=True)
class DayKey:
    """A key of the project for one Shanghai day; of two versions while masters rotate."""

    day: date
    suite: code.Suite
    key: bytes


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of what changed in the lists, up to some revisions."""

    blocks: dict[bytes, ScanReason]
    unblocked: list[bytes]
    cards: dict[bytes, bytes]
    """Digest of a good printed card → worker_ref of its holder."""
    ended_cards: list[bytes]
    upto: Revisions


@dataclass(frozen=True, slots=True)
class SyncPage:
    """What changed since a cursor; day keys are always whole."""

    server_time: datetime
    project_id: UUID
    is_full: bool
    day_keys: list[DayKey]
    changes: Changes
    cursor: str
    has_more: bool
    roll_token: bool
    """The device is to exchange its token."""
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

    Only a gate gets keys and lists: a kiosk or a supervisor's phone decides nothing alone. A
    cursor that is not ours, or is ahead of us after a restored backup, gets the full lists.
    """
    is_gate = device.profile is DeviceProfile.GATE
    today = local_date(at)
    revisions = _bring_up_to_date(session, device.project_id, today) if is_gate else NOTHING
    roll_token = is_roll_wanted(device, at=at)
    etag = _make_etag(keyring, device, today, revisions, roll_token=roll_token)
    since = _read_cursor(cursor, revisions)
    if known_etag == etag and since == revisions:
        return None
    changes = _list_changes(session, device.project_id, since or NOTHING, revisions)
    return SyncPage(
        server_time=at,
        project_id=device.project_id,
        is_full=since is None,
        day_keys=_derive_keys(keyring, device.project_id, today) if is_gate else [],
        changes=changes,
        cursor=f"{changes.upto.blocks}.{changes.upto.cards}",
        has_more=changes.upto != revisions,
        roll_token=roll_token,
        etag=etag,
    )


def _bring_up_to_date(session: Session, project_id: UUID, today: date) -> Revisions:
    _update_blocks(session, project_id, today)
    return Revisions(
        blocks=queries.get_block_revision(session, project_id),
        cards=gate_cards.bring_up_to_date(session, project_id),
    )


def _list_changes(session: Session, project_id: UUID, since: Revisions, upto: Revisions) -> Changes:
    blocks = queries.list_blocks(
        session, project_id=project_id, after=since.blocks, upto=upto.blocks, limit=PAGE_BLOCKS
    )
    cards = card_queries.list_gate_cards(
        session, project_id=project_id, after=since.cards, upto=upto.cards, limit=PAGE_CARDS
    )
    return Changes(
        blocks={block.worker_ref: block.reason for block in blocks if block.reason},
        unblocked=[block.worker_ref for block in blocks if not block.reason],
        cards={card.digest: card.worker_ref for card in cards if card.worker_ref},
        ended_cards=[card.digest for card in cards if not card.worker_ref],
        upto=Revisions(
            blocks=blocks[-1].revision if len(blocks) == PAGE_BLOCKS else upto.blocks,
            cards=cards[-1].revision if len(cards) == PAGE_CARDS else upto.cards,
        ),
    )


def _update_blocks(session: Session, project_id: UUID, today: date) -> None:
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
    days = [today + timedelta(days=ahead) for ahead in KEY_DAYS]
    return [
        DayKey(
            day,
            code.Suite.SHA256,
            code.derive_project_day_key(master, project_id=project_id, day=day),
        )
        for day in days
        for master in keyring.gate_masters_of(day)
    ]


def _make_etag(
    keyring: Keyring, device: Device, today: date, revisions: Revisions, *, roll_token: bool
) -> str:
    days = [today + timedelta(days=ahead) for ahead in KEY_DAYS]
    versions = [keyring.gate_versions_of(day) for day in days]
    facts = f"{device.project_id}|{device.profile}|{today}|{versions}|{revisions}|{roll_token}"
    return hashlib.sha256(facts.encode()).hexdigest()[:32]


def _read_cursor(cursor: str | None, revisions: Revisions) -> Revisions | None:
    """Return the revisions a gate has seen; None if it must begin anew."""
    match = CURSOR.fullmatch(cursor or "")
    if match is None:
        return None
    seen = Revisions(*map(int, match.groups()))
    is_ahead = seen.blocks > revisions.blocks or seen.cards > revisions.cards
    return None if is_ahead else seen
