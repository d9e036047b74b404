"""The audit: every wage row says what the evidence log says it said, and a changed one is named."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from core.enums import EvidenceKind
from core.keyring import Keyring
from db.models import EvidenceEntry, Payslip, PayslipAnswer, PayslipReceived
from evidence import audit, log
from evidence.audit import Finding
from evidence.receipts import jwks
from payroll import answers, service
from payroll.witnesses import WITNESSES
from tests.factories.identity import make_principal
from tests.factories.payroll import (
    AT,
    Site,
    adjust,
    card_of,
    confirm_all,
    draw_up,
    import_result,
    make_site,
    publish,
    send_to_bank,
)


@pytest.fixture
def site(session: Session, keyring: Keyring) -> Site:
    """A month as far as the bank, with one worker's word on the money."""
    site = make_site(session)
    payslip, *_ = confirm_all(session, keyring, site)
    send_to_bank(session, site, payslip.pay_sheet_id)
    answers.report_received(
        session,
        principal=make_principal(payslip.person_id),
        payslip_id=payslip.id,
        received=False,
        at=AT,
    )
    session.flush()
    session.expire_all()
    return site


def findings(session: Session) -> list[Finding]:
    session.flush()
    session.expire_all()
    return list(audit.check_rows(session, WITNESSES))


def tamper(session: Session, statement: str, **values: object) -> None:
    """Change a row as somebody with the database's password would: triggers off."""
    session.flush()
    session.execute(sa.text("SET LOCAL session_replication_role = replica"))
    session.execute(sa.text(statement), values)
    session.execute(sa.text("SET LOCAL session_replication_role = origin"))


def first_id(session: Session, model: type[Payslip | PayslipAnswer | PayslipReceived]) -> UUID:
    return session.exec(select(model.id).order_by(sa.text("id")).limit(1)).one()


@pytest.mark.usefixtures("site")
def test_an_untouched_month_is_as_recorded(session: Session) -> None:
    assert findings(session) == []


@pytest.mark.usefixtures("site")
def test_every_kind_of_row_is_recorded(session: Session) -> None:
    assert set(session.exec(select(EvidenceEntry.kind))) == set(WITNESSES)


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("payslip", "UPDATE payslip SET net_fen = net_fen + 1, gross_fen = gross_fen + 1"),
        ("payslip", 'UPDATE payslip SET content = content || \'{"net": "9.00"}\''),
        ("payslip", "UPDATE payslip SET due_date = due_date + 1"),
        ("payslip_answer", "UPDATE payslip_answer SET state = 'disputed'"),
        ("payslip_received", "UPDATE payslip_received SET received = true"),
        ("pay_batch_row", "UPDATE pay_batch_row SET state = 'acknowledged'"),
    ],
)
def test_a_changed_row_is_named(session: Session, kind: str, change: str) -> None:
    subject = session.execute(sa.text(f"SELECT min(id::text) FROM {kind}")).scalar_one()

    tamper(session, f"{change} WHERE id = CAST(:id AS uuid)", id=subject)

    assert findings(session) == [Finding("altered", kind, subject)]


def test_a_draft_that_was_changed_before_anybody_saw_it_is_named(session: Session) -> None:
    site = make_site(session, worker_count=1)
    sheet = draw_up(session, site)
    tamper(session, 'UPDATE payslip SET content = content || \'{"net": "9.00"}\'')

    service.publish_pay_sheet(session, project_id=site.project.id, sheet_id=sheet.id, at=AT)

    subject = str(first_id(session, Payslip))
    assert findings(session) == [Finding("altered", "payslip", subject)]


@pytest.mark.usefixtures("site")
def test_a_deleted_row_is_named(session: Session) -> None:
    subject = first_id(session, PayslipReceived)

    tamper(session, "DELETE FROM payslip_received WHERE id = :id", id=subject)

    assert findings(session) == [Finding("missing", "payslip_received", str(subject))]


def test_a_row_slipped_in_is_named(session: Session, site: Site) -> None:
    subject = first_id(session, Payslip)
    slipped = PayslipReceived(project_id=site.project.id, payslip_id=subject, received=True)
    session.add(slipped)

    assert findings(session) == [Finding("unrecorded", "payslip_received", str(slipped.id))]


def test_a_bank_answer_is_recorded_over_the_instruction(session: Session, keyring: Keyring) -> None:
    site = make_site(session, worker_count=1)
    [payslip] = confirm_all(session, keyring, site)
    batch = send_to_bank(session, site, payslip.pay_sheet_id).batch

    import_result(session, site, batch, (1, card_of(0), "7875.00", "成功", ""))

    assert findings(session) == []
    row_entries = select(EvidenceEntry).where(EvidenceEntry.kind == EvidenceKind.PAY_BATCH_ROW)
    assert len(session.exec(row_entries).all()) == 3


def test_an_adjusted_payslip_is_recorded_too(session: Session) -> None:
    site = make_site(session)
    payslip, *_ = publish(session, site)

    adjust(session, site, payslip)

    assert findings(session) == []


@pytest.mark.usefixtures("site")
def test_a_sealed_log_holds(session: Session, keyring: Keyring) -> None:
    for day in range(3):
        log.seal(session, keyring, at=AT + timedelta(days=day))

    assert list(audit.check_log(session, jwks(keyring))) == []


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("change", "faults"),
    [
        (
            "UPDATE evidence_entry SET digest = leaf_hash WHERE position = 1",
            [("entry altered", "payslip")],
        ),
        (
            "UPDATE evidence_entry SET leaf_hash = digest WHERE position = 1",
            [("entry altered", "payslip"), ("seal broken", "seal")],
        ),
        ("DELETE FROM evidence_entry WHERE position = 4", [("seal broken", "seal")]),
        ("UPDATE evidence_seal SET tree_size = 3", [("seal broken", "seal")]),
        (
            "UPDATE evidence_seal SET statement = statement || 'x'",
            [("seal broken", "seal")],
        ),
    ],
)
def test_an_altered_log_does_not_hold(
    session: Session, keyring: Keyring, change: str, faults: list[tuple[str, str]]
) -> None:
    log.seal(session, keyring, at=AT)

    tamper(session, change)

    session.expire_all()
    found = audit.check_log(session, jwks(keyring))
    assert [(finding.fault, finding.kind) for finding in found] == faults


@pytest.mark.usefixtures("site")
def test_a_seal_cut_out_of_the_chain_is_noticed(session: Session, keyring: Keyring) -> None:
    for day in range(3):
        log.seal(session, keyring, at=AT + timedelta(days=day))

    tamper(session, "DELETE FROM evidence_seal WHERE sealed_date = '2026-11-04'")

    session.expire_all()
    found = list(audit.check_log(session, jwks(keyring)))
    assert found == [Finding("seal broken", "seal", "2026-11-05")]
