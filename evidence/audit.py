"""Looking for rows that were changed behind the product's back, and naming them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlmodel import Session

from core.enums import EvidenceKind
from db.models import EvidenceSeal
from evidence import merkle, queries
from evidence.leaves import digest, leaf_content
from evidence.log import chain
from evidence.receipts import SEAL, NotGenuineError, verify

Witness = Callable[[Session], Iterator[tuple[UUID, Mapping[str, Any]]]]
"""Yields what every row of a table says now, by ascending id, as it was recorded."""
Fault = Literal["altered", "missing", "unrecorded", "entry altered", "seal broken"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One row that does not say what the log says it said."""

    fault: Fault
    kind: str
    """`EvidenceKind`, or `seal`."""
    subject: str
    """The row's id, or the sealed day."""


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
                if digest(row[1]) != entry[1]:
                    yield Finding("altered", kind, str(row[0]))
                row, entry = next(rows, None), next(entries, None)


def check_log(session: Session, key_set: Mapping[str, Any]) -> Iterator[Finding]:
    """Build the tree anew from the entries, and hold every seal against it."""
    seals = sorted(
        queries.list_seals(session, before=None, limit=queries.ALL_SEALS),
        key=lambda seal: seal.sealed_date,
    )
    roots = _Roots({seal.tree_size for seal in seals})
    for entry in queries.iterate_leaves(session):
        content = leaf_content(entry.id, entry.kind, entry.subject_id, entry.digest)
        if merkle.hash_leaf(content) != entry.leaf_hash:
            yield Finding("entry altered", entry.kind, str(entry.subject_id))
        roots.add(entry.leaf_hash)
    previous: EvidenceSeal | None = None
    for seal in seals:
        if not _is_whole(seal, previous, roots, key_set):
            yield Finding("seal broken", "seal", seal.sealed_date.isoformat())
        previous = seal


class _Roots:
    """The roots of a growing tree at the sizes asked for; keeps only the frontier."""

    def __init__(self, sizes: set[int]) -> None:
        self._wanted = sizes
        self._size = 0
        self._nodes: dict[merkle.Node, bytes] = {}
        self._found = {0: merkle.EMPTY_ROOT}

    def add(self, leaf_hash: bytes) -> None:
        fresh = self._nodes | merkle.extend(self._size, self._nodes, [leaf_hash])
        self._size += 1
        self._nodes = {node: fresh[node] for node in merkle.list_nodes((0, self._size))}
        if self._size in self._wanted:
            self._found[self._size] = merkle.hash_range((0, self._size), self._nodes)

    def get(self, size: int) -> bytes | None:
        return self._found.get(size)


def _is_whole(
    seal: EvidenceSeal,
    previous: EvidenceSeal | None,
    roots: _Roots,
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
    return roots.get(seal.tree_size) == seal.root and expected.items() <= said.items()
