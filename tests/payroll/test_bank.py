"""Bank batches: what is drawn up, what is left out."""

import csv
import io

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from core.enums import PaySheetState
from core.keyring import Keyring
from db.models import AuditEntry, PayBatch, PaySheet, Payslip, Person
from payroll import answers, bank
from payroll.bank_errors import CardChangedError, LinesInBatchError, NotSentToBankError
from payroll.bank_profiles import ProfileName
from payroll.errors import (
    NothingToPayError,
    SheetActionNotAllowedError,
)
from tests.factories.payroll import (
    AT,
    Site,
    approve,
    card_of,
    confirm,
    confirm_all,
    draw_up_batch,
    make_site,
    publish,
    send_to_bank,
)


def sent(session: Session, keyring: Keyring) -> tuple[Site, list[Payslip], str]:
    site = make_site(session)
    payslips = confirm_all(session, keyring, site)
    created = send_to_bank(session, site, payslips[0].pay_sheet_id)
    session.flush()
    return site, payslips, created.batch.reference


def sheet_of(session: Session, payslip: Payslip) -> PaySheet:
    return session.get_one(PaySheet, payslip.pay_sheet_id)


def test_batch_holds_confirmed_lines_with_totals(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    payslips = confirm_all(session, keyring, site)

    created = send_to_bank(session, site, payslips[0].pay_sheet_id)

    assert (created.batch.row_count, created.batch.total_fen) == (2, 1_575_000)
    assert (created.left_out, created.remaining_count) == (bank.LeftOut(), 0)
    assert sheet_of(session, payslips[0]).state is PaySheetState.INSTRUCTED


def test_file_is_the_same_at_every_download_and_each_is_recorded(
    session: Session, keyring: Keyring
) -> None:
    site, payslips, reference = sent(session, keyring)
    site.workers[0].bank_card = "6217000000009999"

    files = [
        bank.read_bank_file(
            session,
            principal=site.manager,
            project_id=site.project.id,
            sheet_id=payslips[0].pay_sheet_id,
            reference=reference,
            profile=ProfileName.GENERIC_GB18030,
        )
        for _ in range(2)
    ]

    rows = list(csv.reader(io.StringIO(files[0].decode("gb18030"))))
    assert files[0] == files[1]
    assert [row[3] for row in rows[2:]] == [card_of(0), card_of(1)]
    actions = [entry.action for entry in session.exec(select(AuditEntry))]
    assert actions.count("payroll.bank-file-read") == 2


def test_only_confirmed_lines_are_paid(session: Session, keyring: Keyring) -> None:
    site = make_site(session, worker_count=3)
    payslips = publish(session, site)
    confirm(session, keyring, payslips[0])
    answers.dispute_payslip(
        session,
        principal=site.principal(1),
        payslip_id=payslips[1].id,
        reason="少了",
        fields=[],
        at=AT,
    )
    approve(session, site, payslips[0].pay_sheet_id)
    session.flush()

    created = send_to_bank(session, site, payslips[0].pay_sheet_id)

    rows = list(csv.reader(io.StringIO(created.batch.file)))
    assert [row[1] for row in rows[2:]] == ["王小明"]


def test_sheet_must_be_approved_first(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    payslips = publish(session, site)
    confirm(session, keyring, payslips[0])

    with pytest.raises(SheetActionNotAllowedError):
        send_to_bank(session, site, payslips[0].pay_sheet_id)


def test_line_is_not_sent_twice(session: Session, keyring: Keyring) -> None:
    site, payslips, _ = sent(session, keyring)

    with pytest.raises(LinesInBatchError):
        send_to_bank(session, site, payslips[0].pay_sheet_id)


def test_latecomer_gets_a_second_batch(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    payslips = publish(session, site)
    confirm(session, keyring, payslips[0])
    approve(session, site, payslips[0].pay_sheet_id)
    first = send_to_bank(session, site, payslips[0].pay_sheet_id)
    confirm(session, keyring, payslips[1])

    second = send_to_bank(session, site, payslips[0].pay_sheet_id)

    assert first.batch.reference != second.batch.reference
    assert "李强" in second.batch.file
    assert "王小明" not in second.batch.file


def test_month_that_pays_nothing_is_not_sent(session: Session, keyring: Keyring) -> None:
    site = make_site(session, worker_count=1)
    site.attendance.lines = [{**site.attendance.lines[0], "units": 0}]
    payslips = confirm_all(session, keyring, site)

    with pytest.raises(NothingToPayError):
        send_to_bank(session, site, payslips[0].pay_sheet_id)


def test_card_changed_after_confirmation_is_not_paid_to(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    payslips = confirm_all(session, keyring, site)
    site.workers[0].bank_card = "6217000000009999"

    created = send_to_bank(session, site, payslips[0].pay_sheet_id)

    assert created.left_out.card_changed == ["王小明"]
    assert "9999" not in created.batch.file


def test_file_holds_at_most_a_thousand_lines(
    session: Session, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("payroll.bank_order.MAX_ROWS", 2)
    site = make_site(session, worker_count=3)
    payslips = confirm_all(session, keyring, site)

    first = send_to_bank(session, site, payslips[0].pay_sheet_id)
    second = send_to_bank(session, site, payslips[0].pay_sheet_id)

    assert (first.batch.row_count, first.remaining_count) == (2, 1)
    assert (second.batch.row_count, second.remaining_count) == (1, 0)


def test_only_card_changes_in_the_way_are_named(session: Session, keyring: Keyring) -> None:
    site = make_site(session, worker_count=1)
    payslips = confirm_all(session, keyring, site)
    site.workers[0].bank_card = "6217000000009999"

    with pytest.raises(CardChangedError) as refusal:
        send_to_bank(session, site, payslips[0].pay_sheet_id)

    assert refusal.value.facts["names"] == "王小明"


def test_name_that_no_bank_takes_is_left_out_and_named(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    payslips = confirm_all(session, keyring, site)
    session.get_one(Person, site.workers[0].person_id).name = "=1+1"

    created = send_to_bank(session, site, payslips[0].pay_sheet_id)

    assert (created.left_out.unusable, created.batch.row_count) == (["王小明"], 1)


def test_same_lines_are_never_in_two_open_files(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    payslips = confirm_all(session, keyring, site)
    batch = draw_up_batch(session, site, payslips[0].pay_sheet_id).batch
    twin = PayBatch(**batch.model_dump(exclude={"id", "reference"}), reference="AX0")
    session.add(twin)

    with pytest.raises(IntegrityError, match="lines_hash"):
        session.flush()


def test_received_before_any_bank_was_told_to_pay_is_refused(
    session: Session, keyring: Keyring
) -> None:
    site = make_site(session)
    payslip = confirm_all(session, keyring, site)[0]
    draw_up_batch(session, site, payslip.pay_sheet_id)

    with pytest.raises(NotSentToBankError):
        answers.report_received(
            session, principal=site.worker, payslip_id=payslip.id, received=True, at=AT
        )
    said = answers.report_received(
        session, principal=site.worker, payslip_id=payslip.id, received=False, at=AT
    )

    assert said.received is False
