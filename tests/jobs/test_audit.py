"""`make audit`: what somebody who owns the tables, triggers switched off, changed is named."""

from datetime import timedelta
from typing import get_args
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from core.enums import EvidenceKind
from core.keyring import Keyring
from core.settings import Settings
from db.base import new_id
from db.models import EvidenceEntry, PayBatchRow
from db.session import Database
from evidence import log, merkle
from evidence.audit import Fault
from evidence.leaves import digest, leaf_content
from jobs import audit
from payroll.witnesses import describe_bank_row
from tests.factories.payroll import (
    AT,
    Site,
    confirm,
    confirm_all,
    draw_up_batch,
    make_second_manager,
    make_site,
    publish,
    send_to_bank,
)

Named = set[tuple[str, str]]


@pytest.fixture
def site(session: Session, keyring: Keyring) -> Site:
    """Two teams: the wages of one are at the bank, the other has a payslip nobody answered."""
    site = make_site(session)
    payslip, *_ = confirm_all(session, keyring, site)
    send_to_bank(session, site, payslip.pay_sheet_id)
    publish(session, make_site(session, worker_count=1))
    session.flush()
    return site


def tamper(session: Session, statement: str, **values: object) -> None:
    session.flush()
    session.execute(sa.text("SET LOCAL session_replication_role = replica"))
    session.execute(sa.text(statement), values)
    session.execute(sa.text("SET LOCAL session_replication_role = origin"))
    session.expire_all()


def named(session: Session, keyring: Keyring) -> Named:
    session.flush()
    session.expire_all()
    return {(finding.fault, finding.kind) for finding in audit.examine(session, keyring)}


def forge_entry(kind: EvidenceKind, subject_id: UUID, said: bytes) -> EvidenceEntry:
    """Return an entry as anybody can make it who has read how leaves are hashed."""
    entry_id = new_id()
    leaf_hash = merkle.hash_leaf(leaf_content(entry_id, kind, subject_id, said))
    return EvidenceEntry(
        id=entry_id, kind=kind, subject_id=subject_id, digest=said, leaf_hash=leaf_hash
    )


def test_every_fault_has_words() -> None:
    assert set(audit.FAULTS) == set(get_args(Fault))


@pytest.mark.usefixtures("site")
def test_an_untouched_installation_is_as_recorded(session: Session, keyring: Keyring) -> None:
    log.seal(session, keyring, at=AT)
    publish(session, make_site(session, worker_count=1))

    assert named(session, keyring) == set()


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            "UPDATE payslip SET answer_state = 'confirmed'",
            {("not the worker's answer", "payslip")},
        ),
        (
            "UPDATE payslip SET answer_state = 'awaiting'",
            {("not the worker's answer", "payslip")},
        ),
        (
            "UPDATE payslip SET content_hash = repeat('0', 64)",
            {("altered", "payslip"), ("not the worker's answer", "payslip")},
        ),
        (
            "UPDATE payslip SET net_fen = 1, gross_fen = deductions_fen + 1",
            {("altered", "payslip")},
        ),
        ("UPDATE payslip SET is_current = false", {("not the last version", "payslip")}),
        (
            "UPDATE payslip_answer SET receipt = replace(receipt, 'e', 'f')",
            {("altered", "payslip_answer"), ("receipt not genuine", "payslip_answer")},
        ),
        (
            "DELETE FROM payslip_answer",
            {("missing", "payslip_answer"), ("not the worker's answer", "payslip")},
        ),
        ("UPDATE pay_batch_row SET state = 'acknowledged'", {("altered", "pay_batch_row")}),
        ("UPDATE pay_batch_row SET account = 'x'", {("unreadable", "pay_batch_row")}),
        ("UPDATE pay_batch SET file = 'x'", {("unreadable", "pay_batch")}),
        (
            "UPDATE pay_batch SET total_fen = total_fen + 1",
            {("altered", "pay_batch"), ("not released by two", "pay_batch")},
        ),
        ("DELETE FROM audit_entry", {("not released by two", "pay_batch")}),
        (
            "UPDATE evidence_node SET digest = repeat('0', 32)::bytea WHERE level = 1",
            {("node altered", "node")},
        ),
        ("DELETE FROM evidence_node WHERE level = 0", {("node altered", "node")}),
        (
            "INSERT INTO evidence_node (level, index, digest) VALUES (9, 9, 'x')",
            {("node altered", "node")},
        ),
        (
            "UPDATE evidence_entry SET tag = NULL WHERE position IS NOT NULL",
            set(),  # the seal vouches for them, as for those from before there were tags
        ),
    ],
)
def test_a_change_is_named(session: Session, keyring: Keyring, change: str, found: Named) -> None:
    log.seal(session, keyring, at=AT)

    tamper(session, change)

    assert named(session, keyring) == found


def test_one_unreadable_field_hides_no_other_change(
    session: Session, keyring: Keyring, site: Site
) -> None:
    first, second = session.exec(select(PayBatchRow).order_by(sa.text("id"))).all()
    tamper(session, "UPDATE pay_batch_row SET account = 'x' WHERE id = :id", id=first.id)
    tamper(session, "UPDATE pay_batch_row SET rejection = 'x' WHERE id = :id", id=second.id)

    found = [(each.fault, each.subject) for each in audit.examine(session, keyring)]

    assert found == [("unreadable", str(first.id)), ("altered", str(second.id))]


def test_a_release_nobody_gave_is_named(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    payslip, *_ = confirm_all(session, keyring, site)
    draw_up_batch(session, site, payslip.pay_sheet_id)
    second = make_second_manager(session, site).person_id

    tamper(
        session,
        "UPDATE pay_batch SET state = 'released', decided_at = now(), decided_by = :second",
        second=second,
    )

    assert named(session, keyring) == {
        ("altered", "pay_batch"),
        ("not released by two", "pay_batch"),
    }


def test_a_confirmation_written_with_its_evidence_is_named(
    session: Session, keyring: Keyring
) -> None:
    """A whole answer, bound to the content: only our keys are missing."""
    payslip, other = publish(session, make_site(session))
    genuine = confirm(session, keyring, other)
    session.flush()
    answer_id = new_id()
    tamper(
        session,
        """INSERT INTO payslip_answer (id, created_at, project_id, payslip_id, person_id,
             sign_in_family_id, state, content_hash, fields, expected, receipt)
           SELECT :id, now(), project_id, id, person_id, :id, 'confirmed', content_hash, '[]',
             '{}', :receipt FROM payslip WHERE id = :payslip""",
        id=answer_id,
        receipt=genuine.receipt,
        payslip=payslip.id,
    )
    tamper(session, "UPDATE payslip SET answer_state = 'confirmed'")
    session.add(forge_entry(EvidenceKind.PAYSLIP_ANSWER, answer_id, b"0" * 32))

    assert named(session, keyring) >= {
        ("entry forged", "payslip_answer"),
        ("receipt not genuine", "payslip_answer"),
    }


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("is_placed", [False, True])
def test_a_payment_written_with_its_evidence_is_named(
    session: Session, keyring: Keyring, *, is_placed: bool
) -> None:
    log.seal(session, keyring, at=AT)
    tamper(session, "UPDATE pay_batch_row SET state = 'acknowledged', settled_date = now()")
    for row in session.exec(select(PayBatchRow)).all():
        entry = forge_entry(EvidenceKind.PAY_BATCH_ROW, row.id, digest(describe_bank_row(row)))
        entry.position = row.row_number + 100 if is_placed else None
        session.add(entry)

    assert named(session, keyring) == {("entry forged", "pay_batch_row")}


@pytest.mark.usefixtures("site")
def test_a_forged_entry_is_not_sealed(session: Session, keyring: Keyring) -> None:
    forged = forge_entry(EvidenceKind.PAY_BATCH_ROW, uuid4(), b"0" * 32)
    session.add(forged)
    session.flush()

    sealed = log.seal(session, keyring, at=AT)
    log.seal(session, keyring, at=AT + timedelta(days=1))

    session.refresh(forged)
    others = session.exec(select(EvidenceEntry).where(EvidenceEntry.id != forged.id)).all()
    assert (forged.position, sealed.tree_size) == (None, len(others))
    assert named(session, keyring) == {
        ("entry forged", "pay_batch_row"),
        ("missing", "pay_batch_row"),
    }


def test_the_program_names_what_it_found_and_fails(
    live_settings: Settings,
    live_database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with live_database.transaction() as session:
        payslip, *_ = publish(session, make_site(session, worker_count=1))
        session.flush()
        tamper(session, "UPDATE payslip SET answer_state = 'confirmed'")
        subject = payslip.id
    monkeypatch.setattr(audit, "load_settings", lambda: live_settings)

    code = audit.main()

    said = capsys.readouterr().out
    assert code == 1
    assert f"payslip {subject} 和本人的答复不符" in said
    assert "发现 1 处不符" in said
