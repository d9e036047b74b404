"""What the database itself refuses to somebody who writes its wage tables by hand."""

from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from core.clock import local_date
from core.keyring import Keyring
from core.wage_enums import CallBackOutcome, CallBackReason
from db.models import CallBack, PayBatch, Payslip, PayslipAnswer
from evidence import log
from payroll import bank
from payroll.bank_errors import ConfirmationUnprovedError, ReleaseUnprovedError
from payroll.bank_profiles import ProfileName
from payroll.bank_results import import_bank_result
from payroll.errors import NothingToPayError
from tests.factories.assisted import sign_in_at_kiosk
from tests.factories.payroll import (
    AT,
    Site,
    adjust,
    approve,
    card_of,
    confirm,
    confirm_all,
    draw_up_batch,
    make_result,
    make_second_manager,
    publish,
    release_batch,
)

CONFIRM = "UPDATE payslip SET answer_state = 'confirmed' WHERE id = :payslip"
FORGE_ANSWER = """
INSERT INTO payslip_answer
 (id, created_at, project_id, payslip_id, person_id, sign_in_family_id, state, content_hash,
  fields, receipt, kiosk_id)
SELECT uuidv7(), now(), project_id, id, {person}, uuidv7(), {state}, {content_hash}, '[]',
  {receipt}, {kiosk}
FROM payslip WHERE id = :payslip"""
TRUE_PARTS = {
    "person": "person_id",
    "state": "'confirmed'",
    "content_hash": "content_hash",
    "receipt": "'e30.e30.e30'",
    "kiosk": "NULL",
}
RELEASE = "UPDATE pay_batch SET state = 'released', decided_at = now(), decided_by = :second"
FORGE_ACT = """
INSERT INTO audit_entry
 (id, created_at, actor_id, actor_role, action, subject_kind, subject_id, reason, detail)
SELECT uuidv7(), now(), :second, 'labour_manager', 'payroll.pay-batch-released', 'pay_batch', id,
  '代发工资', jsonb_build_object(
    'file_hash', {file_hash}, 'row_count', row_count::text, 'total_fen', total_fen::text)
FROM pay_batch"""


def run(session: Session, statement: str, **values: object) -> None:
    session.flush()
    session.execute(sa.text(statement), values)


def commit(session: Session) -> None:
    """Check what a commit would check; the test rolls everything back."""
    session.flush()
    session.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))


def refused(what: str) -> AbstractContextManager[object]:
    return pytest.raises(IntegrityError, match=what)


def forge_answer(session: Session, payslip: Payslip, **parts: str) -> None:
    run(session, FORGE_ANSWER.format(**TRUE_PARTS | parts), payslip=payslip.id)


def forge_release(session: Session, site: Site) -> None:
    """Write a bank file released, and that somebody did it, without anybody having done it."""
    second = make_second_manager(session, site).person_id
    run(session, FORGE_ACT.format(file_hash="file_hash"), second=second)
    run(session, RELEASE, second=second)
    run(session, "UPDATE pay_batch_row SET state = 'submitted'")
    commit(session)
    session.expire_all()


def deny(session: Session, answer: PayslipAnswer) -> CallBack:
    """Write that the worker said afterwards that this was not their answer."""
    call = CallBack(
        project_id=answer.project_id,
        answer_id=answer.id,
        reason=CallBackReason.SAMPLE,
        due_date=local_date(AT),
        outcome=CallBackOutcome.DENIED,
    )
    session.add(call)
    session.flush()
    return call


def test_the_workers_own_confirmation_is_taken(
    session: Session, keyring: Keyring, payslip: Payslip
) -> None:
    confirm(session, keyring, payslip)

    commit(session)

    assert session.get_one(Payslip, payslip.id).answer_state == "confirmed"


def test_a_statement_does_not_confirm(session: Session, payslip: Payslip) -> None:
    run(session, CONFIRM, payslip=payslip.id)

    with refused("was not confirmed by its worker"):
        commit(session)


def test_a_table_of_the_same_name_does_not_help(session: Session, payslip: Payslip) -> None:
    run(
        session,
        "CREATE TEMPORARY TABLE payslip_answer (LIKE public.payslip_answer INCLUDING DEFAULTS)",
    )
    forge_answer(session, payslip)
    run(session, CONFIRM, payslip=payslip.id)

    with refused("was not confirmed by its worker"):
        commit(session)


def test_a_row_slipped_in_is_not_confirmed(session: Session, payslip: Payslip) -> None:
    values = payslip.model_dump(exclude={"id"}) | {"version": 2, "is_current": False}
    session.add(Payslip(**values | {"answer_state": "confirmed"}))

    with refused("was not confirmed by its worker"):
        commit(session)


def test_agreeing_with_one_version_is_not_agreeing_with_the_next(
    session: Session, keyring: Keyring, site: Site, payslip: Payslip
) -> None:
    confirm(session, keyring, payslip)
    newer = adjust(session, site, payslip)
    run(session, CONFIRM, payslip=newer.id)

    with refused("was not confirmed by its worker"):
        commit(session)


@pytest.mark.parametrize(
    "parts",
    [
        {"person": "(SELECT id FROM person WHERE id <> person_id LIMIT 1)"},
        {"state": "'disputed'"},
        {"content_hash": "repeat('0', 64)"},
        {"receipt": "NULL"},
        {"kiosk": "(SELECT id FROM device LIMIT 1)"},
    ],
    ids=["another's", "dispute", "other-content", "no-receipt", "no-witness"],
)
def test_an_answer_that_is_none_does_not_confirm(
    session: Session, site: Site, payslip: Payslip, parts: dict[str, str]
) -> None:
    sign_in_at_kiosk(session, site)
    forge_answer(session, payslip, **parts)
    run(session, CONFIRM, payslip=payslip.id)

    with refused("was not confirmed by its worker"):
        commit(session)


def test_a_confirmation_before_a_dispute_does_not_count(
    session: Session, keyring: Keyring, payslip: Payslip
) -> None:
    confirm(session, keyring, payslip)
    session.flush()
    forge_answer(session, payslip, state="'disputed'")
    run(session, CONFIRM, payslip=payslip.id)

    with refused("was not confirmed by its worker"):
        commit(session)


def test_a_confirmation_its_worker_denied_does_not_count(
    session: Session, keyring: Keyring, payslip: Payslip
) -> None:
    answer = confirm(session, keyring, payslip)
    session.flush()
    deny(session, answer)
    run(session, CONFIRM, payslip=payslip.id)

    with refused("was not confirmed by its worker"):
        commit(session)


def test_what_a_worker_said_when_called_back_stays(
    session: Session, keyring: Keyring, payslip: Payslip
) -> None:
    answer = confirm(session, keyring, payslip)
    session.flush()
    deny(session, answer)

    with refused("append-only"):
        run(session, "UPDATE call_back SET outcome = 'stands'")


def test_an_earlier_version_does_not_count_again(
    session: Session, site: Site, payslip: Payslip
) -> None:
    adjust(session, site, payslip)
    run(session, "UPDATE payslip SET is_current = false WHERE version = 2")

    with refused("append-only"):
        run(session, "UPDATE payslip SET is_current = true WHERE id = :id", id=payslip.id)


def test_a_column_alone_is_not_paid(session: Session, site: Site, payslip: Payslip) -> None:
    run(session, "UPDATE payslip SET answer_state = 'confirmed'")
    approve(session, site, payslip.pay_sheet_id)

    with pytest.raises(NothingToPayError):
        draw_up_batch(session, site, payslip.pay_sheet_id)


def test_a_denied_confirmation_is_not_paid(
    session: Session, keyring: Keyring, site: Site, payslip: Payslip
) -> None:
    answer = confirm(session, keyring, payslip)
    approve(session, site, payslip.pay_sheet_id)
    session.flush()
    deny(session, answer)

    with pytest.raises(NothingToPayError):
        draw_up_batch(session, site, payslip.pay_sheet_id)


def test_a_whole_forged_answer_is_not_paid(session: Session, site: Site, payslip: Payslip) -> None:
    forge_answer(session, payslip)
    run(session, CONFIRM, payslip=payslip.id)
    approve(session, site, payslip.pay_sheet_id)
    commit(session)
    session.expire_all()

    with pytest.raises(ConfirmationUnprovedError, match="王小明"):
        draw_up_batch(session, site, payslip.pay_sheet_id)


def test_a_forged_answer_keeps_nobody_else_waiting(
    session: Session, keyring: Keyring, site: Site
) -> None:
    forged, honest = publish(session, site)
    confirm(session, keyring, honest)
    forge_answer(session, forged)
    run(session, CONFIRM, payslip=forged.id)
    approve(session, site, forged.pay_sheet_id)
    commit(session)
    session.expire_all()

    created = draw_up_batch(session, site, forged.pay_sheet_id)

    assert (created.batch.row_count, created.left_out.unproved) == (1, ["王小明"])


def test_what_was_sealed_before_there_were_tags_is_paid(
    session: Session, keyring: Keyring, site: Site
) -> None:
    payslip, *_ = confirm_all(session, keyring, site)
    log.seal(session, keyring, at=AT)
    run(session, "ALTER TABLE evidence_entry DISABLE TRIGGER evidence_entry_append_only")
    run(session, "UPDATE evidence_entry SET tag = NULL")
    session.expire_all()

    created = draw_up_batch(session, site, payslip.pay_sheet_id)

    assert created.batch.row_count == 2


@pytest.fixture
def batch(session: Session, keyring: Keyring, site: Site) -> PayBatch:
    """A bank file that nobody has released."""
    payslip, *_ = confirm_all(session, keyring, site)
    batch = draw_up_batch(session, site, payslip.pay_sheet_id).batch
    session.flush()
    return batch


def read(session: Session, site: Site, batch: PayBatch) -> bytes:
    session.refresh(batch)
    return bank.read_bank_file(
        session,
        principal=site.manager,
        project_id=site.project.id,
        sheet_id=batch.pay_sheet_id,
        reference=batch.reference,
        profile=ProfileName.GENERIC,
    )


def test_a_release_by_two_people_is_taken(session: Session, site: Site, batch: PayBatch) -> None:
    release_batch(session, site, batch.reference)

    commit(session)

    assert batch.reference.encode() in read(session, site, batch)


def test_a_statement_does_not_release(session: Session, batch: PayBatch) -> None:
    run(session, "UPDATE pay_batch SET state = 'released'")

    with refused("was not released by a second person"):
        commit(session)


@pytest.mark.parametrize(
    "act",
    [
        "SELECT :second",
        FORGE_ACT.format(file_hash="repeat('0', 64)"),
        FORGE_ACT.format(file_hash="file_hash").replace(":second,", "NULL,"),
        FORGE_ACT.format(file_hash="file_hash").replace("row_count::text", "'9'"),
    ],
    ids=["no-act", "another-file", "nobody's", "other-rows"],
)
@pytest.mark.usefixtures("batch")
def test_a_release_needs_somebodys_act_on_just_this_file(
    session: Session, site: Site, act: str
) -> None:
    second = make_second_manager(session, site).person_id
    run(session, act, second=second)
    run(session, RELEASE, second=second)

    with refused("was not released by a second person"):
        commit(session)


def test_a_release_of_other_lines_is_refused(session: Session, site: Site, batch: PayBatch) -> None:
    release_batch(session, site, batch.reference)
    run(session, "ALTER TABLE pay_batch_row DISABLE TRIGGER pay_batch_row_frozen")
    run(session, "UPDATE pay_batch_row SET amount_fen = amount_fen + 100 WHERE row_number = 1")

    with refused("was not released by a second person"):
        commit(session)


def test_a_file_with_a_forged_release_does_not_leave(
    session: Session, site: Site, batch: PayBatch
) -> None:
    forge_release(session, site)

    with pytest.raises(ReleaseUnprovedError):
        read(session, site, batch)


def test_no_result_is_taken_over_for_a_forged_release(
    session: Session, site: Site, batch: PayBatch
) -> None:
    second = make_second_manager(session, site).person_id
    run(session, RELEASE, second=second)
    run(session, "UPDATE pay_batch_row SET state = 'submitted'")
    result = make_result(batch.reference, [(1, card_of(0), "7875.00", "成功", "")])

    with pytest.raises(ReleaseUnprovedError):
        import_bank_result(
            session,
            principal=site.manager,
            project_id=site.project.id,
            sheet_id=batch.pay_sheet_id,
            reference=batch.reference,
            content=result,
            at=AT,
        )
