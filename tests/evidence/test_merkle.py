import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence import merkle
from evidence.merkle import Node, Range

# The roots of RFC 6962's reference implementation over its eight test leaves.
RFC_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
RFC_ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


class Tree:
    """A tree that grew leaf by leaf, with every node it ever had."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self.leaves = [merkle.hash_leaf(entry) for entry in entries]
        self.nodes: dict[Node, bytes] = merkle.extend(0, {}, self.leaves)

    def root(self, size: int) -> bytes:
        return merkle.hash_range((0, size), self.nodes)

    def proof(self, ranges: Sequence[Range]) -> list[bytes]:
        return [merkle.hash_range(leaves, self.nodes) for leaves in ranges]


def tree_of(size: int) -> Tree:
    return Tree([number.to_bytes(4, "big") for number in range(size)])


SIZES = st.integers(min_value=1, max_value=130)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[int, int]:
    size = draw(SIZES)
    return draw(st.integers(min_value=1, max_value=size)), size


@pytest.mark.parametrize(("size", "root"), RFC_ROOTS.items())
def test_roots_are_those_of_the_standard(size: int, root: str) -> None:
    assert Tree(RFC_LEAVES[:size]).root(size).hex() == root


def test_a_tree_without_leaves_has_the_hash_of_nothing() -> None:
    assert merkle.hash_range((0, 0), {}) == hashlib.sha256(b"").digest()


@given(SIZES, SIZES)
def test_growing_in_two_steps_gives_the_same_nodes(first: int, more: int) -> None:
    whole = tree_of(first + more)
    frontier = {node: whole.nodes[node] for node in merkle.list_nodes((0, first))}

    fresh = merkle.extend(first, frontier, whole.leaves[first:])

    assert tree_of(first).nodes | fresh == whole.nodes


@given(pairs())
def test_every_leaf_is_proved_to_be_in_every_larger_tree(pair: tuple[int, int]) -> None:
    count, size = pair
    tree, position = tree_of(size), count - 1

    proof = tree.proof(merkle.inclusion_ranges(position, size))

    def is_proved(leaf: bytes, at: int) -> bool:
        return merkle.verify_inclusion(
            leaf, position=at, size=size, proof=proof, root=tree.root(size)
        )

    assert is_proved(tree.leaves[position], position)
    assert not is_proved(merkle.hash_leaf(b"another"), position)
    assert not any(
        is_proved(tree.leaves[position], other) for other in range(size) if other != position
    )


@given(pairs())
def test_a_proof_that_was_cut_or_lengthened_proves_nothing(pair: tuple[int, int]) -> None:
    count, size = pair
    tree, position = tree_of(size), count - 1
    proof = tree.proof(merkle.inclusion_ranges(position, size))

    for altered in ([*proof, proof[0]] if proof else [tree.root(size)], proof[:-1]):
        if altered != proof:
            assert not merkle.verify_inclusion(
                tree.leaves[position],
                position=position,
                size=size,
                proof=altered,
                root=tree.root(size),
            )


@given(pairs())
def test_every_tree_is_proved_to_begin_with_every_earlier_one(pair: tuple[int, int]) -> None:
    earlier, size = pair
    tree = tree_of(size)

    proof = tree.proof(merkle.consistency_ranges(earlier, size))

    assert merkle.verify_consistency(
        earlier=earlier,
        size=size,
        earlier_root=tree.root(earlier),
        root=tree.root(size),
        proof=proof,
    )


@given(pairs(), st.data())
def test_a_history_that_was_rewritten_is_not_consistent(
    pair: tuple[int, int], data: st.DataObject
) -> None:
    earlier, size = pair
    rewritten = data.draw(st.integers(min_value=0, max_value=earlier - 1))
    entries = [number.to_bytes(4, "big") for number in range(size)]
    entries[rewritten] = b"rewritten"
    forged, true = Tree(entries), tree_of(size)

    proof = forged.proof(merkle.consistency_ranges(earlier, size))

    assert not merkle.verify_consistency(
        earlier=earlier,
        size=size,
        earlier_root=true.root(earlier),
        root=forged.root(size),
        proof=proof,
    )


@pytest.mark.parametrize(("position", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_a_leaf_outside_the_tree_is_not_in_it(position: int, size: int) -> None:
    leaf = merkle.hash_leaf(b"")
    assert not merkle.verify_inclusion(leaf, position=position, size=size, proof=[], root=leaf)


@pytest.mark.parametrize(("earlier", "size"), [(0, 3), (4, 3)])
def test_only_a_tree_that_is_not_larger_can_come_earlier(earlier: int, size: int) -> None:
    root = tree_of(3).root(3)
    assert not merkle.verify_consistency(
        earlier=earlier, size=size, earlier_root=root, root=root, proof=[]
    )


def test_no_proof_is_no_consistency() -> None:
    tree = tree_of(7)
    assert not merkle.verify_consistency(
        earlier=3, size=7, earlier_root=tree.root(3), root=tree.root(7), proof=[]
    )


def test_a_consistency_proof_that_is_too_long_proves_nothing() -> None:
    tree = tree_of(7)
    proof = tree.proof(merkle.consistency_ranges(4, 7))
    assert not merkle.verify_consistency(
        earlier=4,
        size=7,
        earlier_root=tree.root(4),
        root=tree.root(7),
        proof=[*proof, tree.root(1), tree.root(1)],
    )
