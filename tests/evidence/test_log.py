"""The evidence log on a real database: sealing, proofs, and what cannot be changed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core.enums import EvidenceKind
from core.keyring import Keyring
from db.models import EvidenceEntry, EvidenceNode, EvidenceSeal
from db.session import Database
from evidence import log, merkle
from evidence.errors import LeafNotFoundError, NoSuchTreeError
from evidence.receipts import SEAL, jwks, verify

DAY = datetime(2026, 11, 3, 16, 20, tzinfo=UTC)
"""00:20 on 4 November in Shanghai."""


def record(session: Session, count: int) -> list[bytes]:
    """Record so many invented rows, and return the hashes of their leaves."""
    ids = [uuid4() for _ in range(count)]
    documents = {subject_id: {"amount_fen": number} for number, subject_id in enumerate(ids)}
    log.record(session, kind=EvidenceKind.PAYSLIP, documents=documents, at=DAY)
    query = select(EvidenceEntry.leaf_hash).where(col(EvidenceEntry.subject_id).in_(ids))
    return list(session.exec(query))


def seal_days(session: Session, keyring: Keyring, *counts: int) -> list[EvidenceSeal]:
    """Seal one day after another with so many entries each."""
    seals = []
    for day, count in enumerate(counts):
        record(session, count)
        seals.append(log.seal(session, keyring, at=DAY + timedelta(days=day)))
    return seals


def test_a_seal_signs_day_size_and_root(session: Session, keyring: Keyring) -> None:
    [seal] = seal_days(session, keyring, 3)

    assert verify(seal.statement, jwks(keyring), SEAL) == {
        "iss": "anxinma",
        "iat": int(DAY.timestamp()),
        "sealed_date": "2026-11-04",
        "tree_size": 3,
        "root": seal.root.hex(),
        "previous": None,
    }


def test_each_seal_signs_the_one_before(session: Session, keyring: Keyring) -> None:
    first, second = seal_days(session, keyring, 1, 0)

    said = verify(second.statement, jwks(keyring), SEAL)
    assert said["previous"] == log.chain(first)
    assert (second.root, second.previous_id) == (first.root, first.id)


def test_a_day_is_sealed_once(session: Session, keyring: Keyring) -> None:
    [seal] = seal_days(session, keyring, 2)
    record(session, 1)

    again = log.seal(session, keyring, at=DAY + timedelta(hours=3))

    assert again.id == seal.id
    assert session.scalar(select(sa.func.count()).select_from(EvidenceSeal)) == 1


def test_every_sealed_leaf_is_proved(session: Session, keyring: Keyring) -> None:
    leaves = record(session, 5)
    seal_days(session, keyring, 0, 4)

    for leaf in leaves:
        proof = log.prove_inclusion(session, leaf_hash=leaf)
        assert proof.position is not None
        assert merkle.verify_inclusion(
            leaf,
            position=proof.position,
            size=proof.tree_size,
            proof=proof.hashes,
            root=proof.root,
        )


def test_the_log_is_proved_to_have_only_grown(session: Session, keyring: Keyring) -> None:
    first, second, third = seal_days(session, keyring, 3, 6, 2)

    proof = log.prove_consistency(session, earlier=first.tree_size, tree_size=second.tree_size)

    assert proof.root == second.root
    assert merkle.verify_consistency(
        earlier=first.tree_size,
        size=second.tree_size,
        earlier_root=first.root,
        root=second.root,
        proof=proof.hashes,
    )
    assert third.tree_size == 11


def test_an_entry_of_today_is_not_yet_proved(session: Session, keyring: Keyring) -> None:
    seal_days(session, keyring, 1)
    [leaf] = record(session, 1)

    with pytest.raises(LeafNotFoundError):
        log.prove_inclusion(session, leaf_hash=leaf)


@pytest.mark.parametrize("size", [0, 4, 2**40])
def test_a_tree_that_never_was_proves_nothing(
    session: Session, keyring: Keyring, size: int
) -> None:
    seal_days(session, keyring, 3)

    with pytest.raises(NoSuchTreeError):
        log.prove_consistency(session, earlier=1, tree_size=size)


def test_a_leaf_is_not_in_a_tree_from_before(session: Session, keyring: Keyring) -> None:
    seal_days(session, keyring, 2, 0)
    [leaf] = record(session, 1)
    log.seal(session, keyring, at=DAY + timedelta(days=5))

    with pytest.raises(NoSuchTreeError):
        log.prove_inclusion(session, leaf_hash=leaf, tree_size=2)


def test_nothing_is_proved_before_the_first_seal(session: Session) -> None:
    with pytest.raises(NoSuchTreeError):
        log.prove_consistency(session, earlier=1)


Change = Callable[[Session, UUID], object]


@pytest.mark.parametrize(
    "change",
    [
        lambda session, _: session.execute(sa.delete(EvidenceEntry)),
        lambda session, _: session.execute(sa.update(EvidenceEntry).values(digest=b"x" * 32)),
        lambda session, _: session.execute(sa.update(EvidenceEntry).values(position=9)),
        lambda session, _: session.execute(sa.update(EvidenceNode).values(digest=b"x" * 32)),
        lambda session, _: session.execute(sa.update(EvidenceSeal).values(tree_size=9)),
        lambda session, _: session.execute(sa.text("TRUNCATE evidence_entry")),
    ],
)
def test_what_was_sealed_cannot_be_changed(
    session: Session, keyring: Keyring, change: Change
) -> None:
    seal_days(session, keyring, 1)

    with pytest.raises(IntegrityError, match="append-only"):
        change(session, uuid4())


def test_two_jobs_at_once_seal_one_day_once(live_database: Database, keyring: Keyring) -> None:
    with live_database.transaction() as session:
        record(session, 20)

    def seal(_: int) -> UUID:
        with live_database.transaction() as session:
            return log.seal(session, keyring, at=DAY).id

    with ThreadPoolExecutor(4) as pool:
        sealed = set(pool.map(seal, range(4)))

    assert len(sealed) == 1
    with live_database.transaction() as session:
        positions = session.exec(select(EvidenceEntry.position)).all()
        assert sorted(position for position in positions if position is not None) == [*range(20)]
