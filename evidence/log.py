"""The evidence log: facts go in with the rows they speak of, and are sealed once a day.

Hashing and proofs are RFC 6962's. An entry is written in the transaction of its row; the seal
gives the day's entries their places in the tree, and signs its root together with the hash of the
seal before. What was sealed can therefore neither be changed nor left out unnoticed.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, func, insert, literal, select, update
from sqlmodel import Session, col

from core.clock import local_date
from core.crypto import FieldKeys
from core.enums import EvidenceKind
from core.keyring import Keyring
from db.base import field_keys, new_id
from db.bulk import insert_rows
from db.models import EvidenceEntry, EvidenceNode, EvidenceSeal
from evidence import merkle, queries
from evidence.errors import NoSuchTreeError
from evidence.leaves import digest, leaf_content
from evidence.receipts import SEAL, sign

TAG = "evidence_entry.tag"


@dataclass(frozen=True, slots=True)
class Proof:
    """The hashes that lead from a leaf, or from an earlier root, to the root of a tree."""

    tree_size: int
    root: bytes
    hashes: tuple[bytes, ...]
    position: int | None = None
    """The leaf's place, from 0; None in a consistency proof."""


def record(
    session: Session,
    *,
    kind: EvidenceKind,
    documents: Mapping[UUID, Mapping[str, Any]],
    at: datetime,
) -> None:
    """Note what rows say, by the id of each; in one statement, in the rows' own transaction."""
    if not documents:
        return
    keys = field_keys(session.get_bind().dialect)
    rows = []
    for subject_id, document in documents.items():
        entry_id, said = new_id(), digest(document)
        leaf_hash = merkle.hash_leaf(leaf_content(entry_id, kind, subject_id, said))
        rows.append(
            {
                "id": entry_id,
                "created_at": at,
                "kind": kind,
                "subject_id": subject_id,
                "digest": said,
                "leaf_hash": leaf_hash,
                "tag": make_tag(keys, leaf_hash),
            }
        )
    insert_rows(session, EvidenceEntry, rows)


def make_tag(keys: FieldKeys, leaf_hash: bytes) -> bytes:
    """Return what only a process with this installation's keys can write beside a leaf."""
    return keys.blind_index(TAG, leaf_hash.hex())


def find_unrecorded(
    session: Session, *, kind: EvidenceKind, documents: Mapping[UUID, Mapping[str, Any]]
) -> set[UUID]:
    """Return those of the rows of which the product itself did not record last just this."""
    entries = queries.map_latest_entries(session, kind, documents)
    latest = queries.find_latest_seal(session)
    keys, sealed_size = field_keys(session.get_bind().dialect), latest.tree_size if latest else 0
    return {
        subject_id
        for subject_id, document in documents.items()
        if (entry := entries.get(subject_id)) is None
        or entry.digest != digest(document)
        or judge_entry(entry, keys, sealed_size) is not None
    }


def count_recorded(session: Session, *, kind: EvidenceKind, subject_id: UUID) -> int:
    """Return how often the product itself recorded what a row says."""
    latest = queries.find_latest_seal(session)
    keys, sealed_size = field_keys(session.get_bind().dialect), latest.tree_size if latest else 0
    return sum(
        judge_entry(entry, keys, sealed_size) is None
        for entry in queries.list_entries(session, kind=kind, subject_id=subject_id)
    )


def judge_entry(
    entry: EvidenceEntry, keys: FieldKeys, sealed_size: int
) -> Literal["entry altered", "entry forged"] | None:
    """Return what is wrong with an entry of a log whose last seal counts `sealed_size` leaves."""
    content = leaf_content(entry.id, entry.kind, entry.subject_id, entry.digest)
    if merkle.hash_leaf(content) != entry.leaf_hash:
        return "entry altered"
    if entry.tag is None and entry.position is not None and entry.position < sealed_size:
        return None  # from before there were tags; the seals vouch for it
    return None if entry.tag == make_tag(keys, entry.leaf_hash) else "entry forged"


def seal(session: Session, keyring: Keyring, *, at: datetime) -> EvidenceSeal:
    """Seal what was recorded since the last seal; a day is sealed once, also by two jobs.

    An entry without the product's tag is left for `make audit` to name.
    """
    queries.lock_log(session)
    today = local_date(at)
    if done := queries.find_seal(session, today):
        return done
    previous = queries.find_latest_seal(session)
    size = previous.tree_size if previous else 0
    unsealed = [
        (entry_id, leaf_hash)
        for entry_id, leaf_hash, tag in queries.list_unsealed(session)
        if tag == make_tag(keyring.fields, leaf_hash)
    ]
    frontier = queries.map_nodes(session, merkle.list_nodes((0, size)))
    fresh = merkle.extend(size, frontier, [leaf_hash for _, leaf_hash in unsealed])
    _store(session, size, [entry_id for entry_id, _ in unsealed], fresh)
    size += len(unsealed)
    root = merkle.hash_range((0, size), frontier | fresh)
    sealed = EvidenceSeal(
        created_at=at,
        sealed_date=today,
        tree_size=size,
        root=root,
        previous_id=previous.id if previous else None,
        statement=sign(
            keyring,
            SEAL,
            {
                "iat": int(at.timestamp()),
                "sealed_date": today.isoformat(),
                "tree_size": size,
                "root": root.hex(),
                "previous": chain(previous),
            },
        ),
    )
    session.add(sealed)
    session.flush()
    return sealed


def chain(previous: EvidenceSeal | None) -> str | None:
    """Return the SHA-256 (hex) of the seal before, which the next one signs as well."""
    if previous is None:
        return None
    return hashlib.sha256(previous.statement.encode()).hexdigest()


def prove_inclusion(session: Session, *, leaf_hash: bytes, tree_size: int | None = None) -> Proof:
    """Prove that a leaf is in the tree of a size, by default the last sealed one.

    Raises LeafNotFoundError, NoSuchTreeError.
    """
    position = queries.get_position(session, leaf_hash)
    size = _check_size(session, tree_size)
    if position >= size:
        raise NoSuchTreeError
    return _prove(session, size, merkle.inclusion_ranges(position, size), position=position)


def prove_consistency(session: Session, *, earlier: int, tree_size: int | None = None) -> Proof:
    """Prove that a tree begins with an earlier one; NoSuchTreeError."""
    size = _check_size(session, tree_size)
    if not 0 < earlier <= size:
        raise NoSuchTreeError
    return _prove(session, size, merkle.consistency_ranges(earlier, size))


def _check_size(session: Session, tree_size: int | None) -> int:
    latest = queries.find_latest_seal(session)
    sealed = latest.tree_size if latest else 0
    size = sealed if tree_size is None else tree_size
    if not 0 < size <= sealed:
        raise NoSuchTreeError
    return size


def _prove(
    session: Session, size: int, ranges: Sequence[merkle.Range], *, position: int | None = None
) -> Proof:
    whole = (0, size)
    nodes = queries.map_nodes(session, list(merkle.nodes_of([*ranges, whole])))
    return Proof(
        tree_size=size,
        root=merkle.hash_range(whole, nodes),
        hashes=tuple(merkle.hash_range(leaves, nodes) for leaves in ranges),
        position=position,
    )


def _store(
    session: Session, size: int, entry_ids: Sequence[UUID], nodes: Mapping[merkle.Node, bytes]
) -> None:
    if not entry_ids:
        return
    placed = select(
        func.unnest(literal(list(entry_ids), ARRAY(Uuid))).label("id"),
        func.generate_series(size, size + len(entry_ids) - 1).label("position"),
    ).subquery()
    session.execute(
        update(EvidenceEntry)
        .where(col(EvidenceEntry.id) == placed.c.id)
        .values(position=placed.c.position)
    )
    session.execute(
        insert(EvidenceNode),
        [
            {"level": level, "index": index, "digest": hashed}
            for (level, index), hashed in nodes.items()
        ],
    )
