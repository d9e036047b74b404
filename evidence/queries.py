"""Every SELECT of the evidence log."""

from collections.abc import Collection, Iterator
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import func, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session, col, select

from core.enums import EvidenceKind
from db.models import EvidenceEntry, EvidenceNode, EvidenceSeal
from evidence.errors import LeafNotFoundError
from evidence.merkle import Node

CHUNK_ROWS = 5_000
ALL_SEALS = 100_000
"""One a day for longer than any installation lives."""


def lock_log(session: Session) -> None:
    """Wait until nobody else is sealing; held to the end of the transaction."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("evidence_log"))))


def find_latest_seal(session: Session) -> EvidenceSeal | None:
    """Return the last seal; None before the first."""
    newest_first = col(EvidenceSeal.sealed_date).desc()
    return session.exec(select(EvidenceSeal).order_by(newest_first).limit(1)).first()


def list_seals(session: Session, *, before: UUID | None, limit: int) -> list[EvidenceSeal]:
    """Return seals older than `before`, newest first; their ids grow with time."""
    query = select(EvidenceSeal).order_by(col(EvidenceSeal.id).desc()).limit(limit)
    if before is not None:
        query = query.where(col(EvidenceSeal.id) < before)
    return list(session.exec(query))


def find_seal(session: Session, sealed_date: date) -> EvidenceSeal | None:
    """Return the seal of a day."""
    return session.exec(
        select(EvidenceSeal).where(EvidenceSeal.sealed_date == sealed_date)
    ).one_or_none()


def list_unsealed(session: Session) -> list[tuple[UUID, bytes, bytes | None]]:
    """Return id, leaf hash and tag of entries no seal counts yet, in the order of writing."""
    query = (
        select(EvidenceEntry.id, EvidenceEntry.leaf_hash, EvidenceEntry.tag)
        .where(col(EvidenceEntry.position).is_(None))
        .order_by(col(EvidenceEntry.created_at), col(EvidenceEntry.id))
    )
    return list(session.exec(query))


def get_position(session: Session, leaf_hash: bytes) -> int:
    """Return where a sealed leaf stands; LeafNotFoundError before it is sealed."""
    query = select(EvidenceEntry.position).where(EvidenceEntry.leaf_hash == leaf_hash)
    position = session.exec(query).one_or_none()
    if position is None:
        raise LeafNotFoundError
    return position


def map_nodes(session: Session, nodes: Collection[Node]) -> dict[Node, bytes]:
    """Return the hashes of the named nodes."""
    address = tuple_(col(EvidenceNode.level), col(EvidenceNode.index))
    query = select(EvidenceNode).where(address.in_(nodes))
    return {(node.level, node.index): node.digest for node in session.exec(query)}


def find_latest_entry(
    session: Session, *, kind: EvidenceKind, subject_id: UUID
) -> EvidenceEntry | None:
    """Return what was recorded last about a row."""
    return session.exec(
        select(EvidenceEntry)
        .where(EvidenceEntry.kind == kind, EvidenceEntry.subject_id == subject_id)
        .order_by(col(EvidenceEntry.id).desc())
        .limit(1)
    ).first()


def list_entries(session: Session, *, kind: EvidenceKind, subject_id: UUID) -> list[EvidenceEntry]:
    """Return all that was recorded about a row."""
    query = select(EvidenceEntry).where(
        EvidenceEntry.kind == kind, EvidenceEntry.subject_id == subject_id
    )
    return list(session.exec(query))


def map_latest_entries(
    session: Session, kind: EvidenceKind, subject_ids: Collection[UUID]
) -> dict[UUID, EvidenceEntry]:
    """Return what was recorded last about each of these rows."""
    query = (
        select(EvidenceEntry)
        .where(EvidenceEntry.kind == kind, col(EvidenceEntry.subject_id).in_(subject_ids))
        .ext(distinct_on(col(EvidenceEntry.subject_id)))
        .order_by(col(EvidenceEntry.subject_id), col(EvidenceEntry.id).desc())
    )
    return {entry.subject_id: entry for entry in session.exec(query)}


def iterate_entries(session: Session) -> Iterator[EvidenceEntry]:
    """Yield entries in the order of the tree, unsealed ones last, a chunk in memory at a time."""
    query = (
        select(EvidenceEntry)
        .order_by(col(EvidenceEntry.position).nulls_last())
        .execution_options(yield_per=CHUNK_ROWS)
    )
    yield from session.exec(query)


def iterate_nodes(session: Session) -> Iterator[EvidenceNode]:
    """Yield stored nodes in the order in which they appear as leaves are appended."""
    last_leaf = (col(EvidenceNode.index) + 1).op("<<")(sa.cast(EvidenceNode.level, sa.Integer))
    query = (
        select(EvidenceNode)
        .order_by(last_leaf, col(EvidenceNode.level))
        .execution_options(yield_per=CHUNK_ROWS)
    )
    yield from session.exec(query)


def iterate_latest(session: Session, kind: EvidenceKind) -> Iterator[tuple[UUID, bytes]]:
    """Yield subject and digest of the last entry about every row, by subject."""
    query = (
        select(EvidenceEntry.subject_id, EvidenceEntry.digest)
        .where(EvidenceEntry.kind == kind)
        .ext(distinct_on(col(EvidenceEntry.subject_id)))
        .order_by(col(EvidenceEntry.subject_id), col(EvidenceEntry.id).desc())
        .execution_options(yield_per=CHUNK_ROWS)
    )
    yield from session.exec(query)
