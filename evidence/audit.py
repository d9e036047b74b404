"""Looking for rows that were changed behind the product's back, and naming them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlmodel import Session

from core.enums import EvidenceKind
from db.base import field_keys
from db.models import EvidenceEntry, EvidenceNode, EvidenceSeal
from evidence import merkle, queries
from evidence.leaves import digest
from evidence.log import chain, judge_entry
from evidence.receipts import SEAL, NotGenuineError, verify

Witness = Callable[[Session], Iterator[tuple[UUID, Mapping[str, Any] | None]]]
"""Yields what every row of a table says now, by ascending id, as it was recorded; None of a row
that cannot be read."""
Fault = Literal[
    "altered",
    "unreadable",
    "missing",
    "unrecorded",
    "entry altered",
    "entry forged",
    "node altered",
    "seal broken",
    "not the worker's answer",
    "receipt not genuine",
    "not the last version",
    "not released by two",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One row that does not say what the log says it said."""

    fault: Fault
    kind: str
    """`EvidenceKind`, `seal` or `node`."""
    subject: str
    """The row's id, the sealed day, or the node's level and index."""


def check_rows(session: Session, witnesses: Mapping[EvidenceKind, Witness]) -> Iterator[Finding]:
    """Compare every row with what was recorded last about it, a chunk in memory at a time."""
    for kind, witness in witnesses.items():
        rows, entries = witness(session), queries.iterate_latest(session, kind)
        row, entry = next(rows, None), next(entries, None)
        while row or entry:
            if entry is None or (row and row[0] < entry[0]):
                assert row is not None
                yield Finding("unrecorded", kind, str(row[0]))
                row = next(rows, None)
            elif row is None or entry[0] < row[0]:
                yield Finding("missing", kind, str(entry[0]))
                entry = next(entries, None)
            else:
                if fault := _compare(row[1], entry[1]):
                    yield Finding(fault, kind, str(row[0]))
                row, entry = next(rows, None), next(entries, None)


def _compare(document: Mapping[str, Any] | None, recorded: bytes) -> Fault | None:
    if document is None:
        return "unreadable"
    return None if digest(document) == recorded else "altered"


def check_log(session: Session, key_set: Mapping[str, Any]) -> Iterator[Finding]:
    """Build the tree anew from the entries; hold every seal and every stored node against it."""
    seals = sorted(
        queries.list_seals(session, before=None, limit=queries.ALL_SEALS),
        key=lambda seal: seal.sealed_date,
    )
    keys = field_keys(session.get_bind().dialect)
    tree = _Tree({seal.tree_size for seal in seals}, queries.iterate_nodes(session))
    is_whole = True
    for entry in queries.iterate_entries(session):
        if fault := judge_entry(entry, keys, tree.sealed_size):
            is_whole = False
            yield Finding(fault, entry.kind, str(entry.subject_id))
        tree.add(entry)
    previous: EvidenceSeal | None = None
    for seal in seals:
        if not _is_whole(seal, previous, tree, key_set):
            is_whole = False
            yield Finding("seal broken", "seal", seal.sealed_date.isoformat())
        previous = seal
    stray = tree.finish()
    # What is hashed from altered entries differs as well; that would only be said twice.
    if is_whole and stray:
        yield stray


class _Tree:
    """The sealed tree as it grows: its roots at the sizes asked for; keeps only the frontier."""

    def __init__(self, sizes: set[int], stored: Iterator[EvidenceNode]) -> None:
        self.sealed_size = max(sizes, default=0)
        self._wanted = sizes
        self._stored = stored
        self._stray: Finding | None = None
        self._size = 0
        self._nodes: dict[merkle.Node, bytes] = {}
        self._found = {0: merkle.EMPTY_ROOT}

    def add(self, entry: EvidenceEntry) -> None:
        """Append the leaf of an entry that has a place in the tree."""
        if entry.position is None:
            return
        if self._size == self.sealed_size:
            self._stray = self._stray or Finding("entry forged", entry.kind, str(entry.subject_id))
            return
        fresh = merkle.extend(self._size, self._nodes, [entry.leaf_hash])
        self._compare(fresh)
        known = self._nodes | fresh
        self._size += 1
        self._nodes = {node: known[node] for node in merkle.list_nodes((0, self._size))}
        if self._size in self._wanted:
            self._found[self._size] = merkle.hash_range((0, self._size), self._nodes)

    def get(self, size: int) -> bytes | None:
        """Return the root at a size; None if the tree never had it."""
        return self._found.get(size)

    def finish(self) -> Finding | None:
        """Return the first node, or placed entry, that does not belong to the tree."""
        for node in self._stored:
            self._stray = self._stray or Finding(
                "node altered", "node", f"{node.level}/{node.index}"
            )
        return self._stray

    def _compare(self, fresh: Mapping[merkle.Node, bytes]) -> None:
        for (level, index), hashed in fresh.items():
            node = next(self._stored, None)
            if node is None or (node.level, node.index, node.digest) != (level, index, hashed):
                place = f"{level}/{index}"
                self._stray = self._stray or Finding("node altered", "node", place)


def _is_whole(
    seal: EvidenceSeal,
    previous: EvidenceSeal | None,
    tree: _Tree,
    key_set: Mapping[str, Any],
) -> bool:
    try:
        said = verify(seal.statement, key_set, SEAL)
    except NotGenuineError:
        return False
    expected = {
        "sealed_date": seal.sealed_date.isoformat(),
        "tree_size": seal.tree_size,
        "root": seal.root.hex(),
        "previous": chain(previous),
    }
    return tree.get(seal.tree_size) == seal.root and expected.items() <= said.items()
