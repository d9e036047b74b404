"""Merkle trees as RFC 6962 §2.1 hashes them: roots, proofs, and checking proofs.

Pure. A tree over leaves 0…size-1 is read through its *nodes*: the hashes of its complete subtrees,
addressed by `(level, index)` and never changing once they exist. Whoever holds the nodes looks up
the few that `list_nodes` names; nobody walks all leaves.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence

Node = tuple[int, int]
"""Level (0 is the leaves) and index from the left: covers leaves index·2^level onwards."""
Range = tuple[int, int]
"""Leaves from the first up to, not including, the second."""

EMPTY_ROOT = hashlib.sha256().digest()


def hash_leaf(entry: bytes) -> bytes:
    """Return the hash of one leaf; the prefix keeps a leaf from passing for a node."""
    return hashlib.sha256(b"\x00" + entry).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over its two halves."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def list_nodes(leaves: Range) -> list[Node]:
    """Name the complete subtrees that a range of leaves falls into, left to right.

    The range must be one that a tree has: from a multiple of the power of two it fits into.
    """
    begin, end = leaves
    nodes: list[Node] = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        nodes.append((level, begin >> level))
        begin += 1 << level
    return nodes


def hash_range(leaves: Range, nodes: Mapping[Node, bytes]) -> bytes:
    """Return the root over a range of leaves; `nodes` holds what `list_nodes` named."""
    if leaves[0] == leaves[1]:
        return EMPTY_ROOT
    hashes = [nodes[node] for node in list_nodes(leaves)]
    root = hashes.pop()
    while hashes:
        root = hash_node(hashes.pop(), root)
    return root


def extend(size: int, nodes: Mapping[Node, bytes], leaves: Sequence[bytes]) -> dict[Node, bytes]:
    """Return the nodes that appear when leaf hashes are appended to a tree of `size`.

    `nodes` holds what `list_nodes((0, size))` names.
    """
    known = dict(nodes)
    fresh: dict[Node, bytes] = {}
    for position, leaf in enumerate(leaves, start=size):
        level, index, digest = 0, position, leaf
        known[level, index] = fresh[level, index] = digest
        while index % 2:
            digest = hash_node(known[level, index - 1], digest)
            level, index = level + 1, index // 2
            known[level, index] = fresh[level, index] = digest
    return fresh


def inclusion_ranges(position: int, size: int) -> list[Range]:
    """Return the ranges whose roots prove that leaf `position` is in a tree of `size`.

    RFC 6962 §2.1.1, in the order of the proof. Requires 0 <= position < size.
    """
    return _path(position, (0, size))


def consistency_ranges(earlier: int, size: int) -> list[Range]:
    """Return the ranges whose roots prove that a tree of `size` extends the one of `earlier`.

    RFC 6962 §2.1.2, in the order of the proof. Requires 0 < earlier <= size.
    """
    return _subproof(earlier, (0, size), is_known=True)


def verify_inclusion(
    leaf: bytes, *, position: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Tell whether the proof leads from the leaf's hash to the root (RFC 9162 §2.1.3.2)."""
    if not 0 <= position < size:
        return False
    index, last, digest = position, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if index % 2 or index == last:
            digest = hash_node(sibling, digest)
            while not index % 2 and index:
                index, last = index >> 1, last >> 1
        else:
            digest = hash_node(digest, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and digest == root


def verify_consistency(
    *, earlier: int, size: int, earlier_root: bytes, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Tell whether the tree of `size` begins with the one of `earlier` (RFC 9162 §2.1.4.2)."""
    if not 0 < earlier <= size:
        return False
    if earlier == size:
        return not proof and earlier_root == root
    path = list(proof) if earlier & (earlier - 1) else [earlier_root, *proof]
    if not path:
        return False
    index, last = _skip_ones(earlier - 1, size - 1)
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if index % 2 or index == last:
            old, new = hash_node(sibling, old), hash_node(sibling, new)
            while not index % 2 and index:
                index, last = index >> 1, last >> 1
        else:
            new = hash_node(new, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and (old, new) == (earlier_root, root)


def _path(position: int, leaves: Range) -> list[Range]:
    begin, end = leaves
    if end - begin == 1:
        return []
    middle = _middle(leaves)
    if position < middle:
        return [*_path(position, (begin, middle)), (middle, end)]
    return [*_path(position, (middle, end)), (begin, middle)]


def _subproof(earlier: int, leaves: Range, *, is_known: bool) -> list[Range]:
    begin, end = leaves
    if earlier == end:
        return [] if is_known else [leaves]
    middle = _middle(leaves)
    if earlier <= middle:
        return [*_subproof(earlier, (begin, middle), is_known=is_known), (middle, end)]
    return [*_subproof(earlier, (middle, end), is_known=False), (begin, middle)]


def _middle(leaves: Range) -> int:
    """Split where RFC 6962 does: after the largest power of two that is less than the length."""
    begin, end = leaves
    return begin + (1 << (end - begin - 1).bit_length() - 1)


def _skip_ones(index: int, last: int) -> tuple[int, int]:
    while index % 2:
        index, last = index >> 1, last >> 1
    return index, last


def nodes_of(ranges: Sequence[Range]) -> Iterator[Node]:
    """Yield every node that the given ranges are hashed from."""
    for leaves in ranges:
        yield from list_nodes(leaves)
