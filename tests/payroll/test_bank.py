"""Bank batches and the bank's answers."""

import csv
import io

import pytest
from sqlmodel import Session, select

from core.enums import PayRowState, PaySheetState
from core.keyring import Keyring
from db.models import AuditEntry, Notification, PaySheet, Payslip
from payroll import answers, bank, service
from payroll.bank import ImportedResult
from payroll.errors import (
    NothingToPayError,
    PayBatchNotFoundError,
    ResultContradictsError,
    ResultRowNeverSentError,
    ResultWrongBatchError,
    ResultWrongTotalError,
    SheetActionNotAllowedError,
)
from tests.factories.payroll import (
    AT,
    Site,
    approve,
    card_of,
    confirm,
    confirm_all,
    current_payslips,
    make_result,
    make_site,
    publish,
    send_to_bank,
)

PAID = (1, card_of(0), "7875.00", "成功", "")
REFUSED = (2, card_of(1), "7875.00", "失败", "户名不符")


def import_result(
    session: Session, site: Site, payslip: Payslip, reference: str, content: bytes
) -> ImportedResult:
    return bank.import_bank_result(
        session,
        principal=site.manager,
        project_id=site.project.id,
        sheet_id=payslip.pay_sheet_id,
        reference=reference,
        content=content,
        at=AT,
    )


def sent(session: Session, keyring: Keyring) -> tuple[Site, list[Payslip], str]:
    site = make_site(session)
    payslips = confirm_all(session, keyring, site)
    created = send_to_bank(session, site, payslips[0].pay_sheet_id)
    session.flush()
    return site, payslips, created.batch.reference


def sheet_of(session: Session, payslip: Payslip) -> PaySheet:
    return session.get_one(PaySheet, payslip.pay_sheet_id)


def told(session: Session, template: str) -> int:
    statement = select(Notification).where(Notification.template == template)
    return len(session.exec(statement).all())


def test_batch_holds_confirmed_lines_with_totals(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    payslips = confirm_all(session, keyring, site)

    created = send_to_bank(session, site, payslips[0].pay_sheet_id)

    assert (created.batch.row_count, created.batch.total_fen) == (2, 1_575_000)
    assert (created.card_changed, created.remaining_count) == ((), 0)
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
            encoding="gb18030",
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

    with pytest.raises(NothingToPayError):
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

    assert created.card_changed == ("王小明",)
    assert "9999" not in created.batch.file


def test_file_holds_at_most_a_thousand_lines(
    session: Session, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("payroll.bank_file.MAX_ROWS", 2)
    site = make_site(session, worker_count=3)
    payslips = confirm_all(session, keyring, site)

    first = send_to_bank(session, site, payslips[0].pay_sheet_id)
    second = send_to_bank(session, site, payslips[0].pay_sheet_id)

    assert (first.batch.row_count, first.remaining_count) == (2, 1)
    assert (second.batch.row_count, second.remaining_count) == (1, 0)


def test_each_row_is_settled_on_its_own_and_its_worker_told(
    session: Session, keyring: Keyring
) -> None:
    site, payslips, reference = sent(session, keyring)

    imported = import_result(
        session, site, payslips[0], reference, make_result(reference, [PAID, REFUSED])
    )

    assert imported.changed_count == 2
    states = [row.state for row, _ in imported.rows]
    assert states == [PayRowState.ACKNOWLEDGED, PayRowState.REJECTED]
    assert imported.rows[1][0].rejection == "户名不符"
    assert (told(session, "wage_paid"), told(session, "wage_rejected")) == (1, 1)
    assert sheet_of(session, payslips[0]).state is PaySheetState.INSTRUCTED


def test_sheet_is_settled_when_the_bank_has_acknowledged_every_line(
    session: Session, keyring: Keyring
) -> None:
    site, payslips, reference = sent(session, keyring)
    both = [PAID, (2, card_of(1), "7875.00", "成功", "")]

    import_result(session, site, payslips[0], reference, make_result(reference, both))

    assert sheet_of(session, payslips[0]).state is PaySheetState.SETTLED


def test_result_may_come_in_parts(session: Session, keyring: Keyring) -> None:
    site, payslips, reference = sent(session, keyring)

    first = import_result(session, site, payslips[0], reference, make_result(reference, [PAID]))
    assert first.count(PayRowState.SUBMITTED) == 1
    second = import_result(
        session, site, payslips[0], reference, make_result(reference, [PAID, REFUSED])
    )

    assert second.changed_count == 1


def test_same_result_again_changes_nothing_and_tells_nobody(
    session: Session, keyring: Keyring
) -> None:
    site, payslips, reference = sent(session, keyring)
    content = make_result(reference, [PAID, REFUSED])
    import_result(session, site, payslips[0], reference, content)

    again = import_result(session, site, payslips[0], reference, content)

    assert again.changed_count == 0
    assert (told(session, "wage_paid"), told(session, "wage_rejected")) == (1, 1)


def test_rejected_line_is_paid_by_a_later_batch_and_each_rejection_is_told(
    session: Session, keyring: Keyring
) -> None:
    site, payslips, reference = sent(session, keyring)
    result = make_result(reference, [PAID, REFUSED])
    import_result(session, site, payslips[0], reference, result)

    second = send_to_bank(session, site, payslips[0].pay_sheet_id).batch.reference
    again = make_result(second, [(1, card_of(1), "7875.00", "失败", "户名不符")])
    import_result(session, site, payslips[0], second, again)

    assert told(session, "wage_rejected") == 2


def test_rejected_line_may_be_adjusted_and_waits_for_a_new_answer(
    session: Session, keyring: Keyring
) -> None:
    site, payslips, reference = sent(session, keyring)
    result = make_result(reference, [PAID, REFUSED])
    import_result(session, site, payslips[0], reference, result)
    site.workers[1].bank_card = "6217000000008888"
    adjusted = service.adjust_payslip(
        session,
        principal=site.manager,
        project_id=site.project.id,
        payslip_id=payslips[1].id,
        items=None,
        note="换了新卡",
        at=AT,
    )

    with pytest.raises(NothingToPayError):
        send_to_bank(session, site, payslips[0].pay_sheet_id)
    confirm(session, keyring, adjusted)

    assert "8888" in send_to_bank(session, site, payslips[0].pay_sheet_id).batch.file


@pytest.mark.parametrize(
    "row",
    [
        (3, card_of(0), "7875.00", "成功", ""),
        (1, card_of(1), "7875.00", "成功", ""),
        (1, card_of(0), "7875.01", "成功", ""),
    ],
    ids=["number", "account", "amount"],
)
def test_row_that_was_never_sent_refuses_the_whole_file(
    session: Session, keyring: Keyring, row: tuple[int, str, str, str, str]
) -> None:
    site, payslips, reference = sent(session, keyring)

    with pytest.raises(ResultRowNeverSentError) as refusal:
        import_result(session, site, payslips[0], reference, make_result(reference, [REFUSED, row]))

    assert refusal.value.facts["lines"] == "4"
    assert told(session, "wage_rejected") == 0


def test_result_of_another_batch_is_refused(session: Session, keyring: Keyring) -> None:
    site, payslips, reference = sent(session, keyring)
    content = make_result("AX20261103000000000000", [PAID])

    with pytest.raises(ResultWrongBatchError):
        import_result(session, site, payslips[0], reference, content)


def test_wrong_control_total_is_refused(session: Session, keyring: Keyring) -> None:
    site, payslips, reference = sent(session, keyring)
    content = make_result(reference, [PAID]).replace(b"7875.00\n", b"7875.01\n", 1)

    with pytest.raises(ResultWrongTotalError):
        import_result(session, site, payslips[0], reference, content)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (PAID, (1, card_of(0), "7875.00", "失败", "退回")),
        ((1, card_of(0), "7875.00", "失败", "退回"), PAID),
    ],
)
def test_bank_cannot_say_the_opposite_later(
    session: Session,
    keyring: Keyring,
    first: tuple[int, str, str, str, str],
    second: tuple[int, str, str, str, str],
) -> None:
    site, payslips, reference = sent(session, keyring)
    import_result(session, site, payslips[0], reference, make_result(reference, [first]))

    with pytest.raises(ResultContradictsError):
        import_result(session, site, payslips[0], reference, make_result(reference, [second]))


def test_batch_of_another_sheet_does_not_exist(session: Session, keyring: Keyring) -> None:
    _, _, reference = sent(session, keyring)
    site = make_site(session)
    payslip = confirm_all(session, keyring, site)[0]

    with pytest.raises(PayBatchNotFoundError):
        import_result(session, site, payslip, reference, make_result(reference, [PAID]))


def test_paying_confirms_nothing(session: Session, keyring: Keyring) -> None:
    site = make_site(session)
    payslips = publish(session, site)
    confirm(session, keyring, payslips[0])
    approve(session, site, payslips[0].pay_sheet_id)
    reference = send_to_bank(session, site, payslips[0].pay_sheet_id).batch.reference
    import_result(session, site, payslips[0], reference, make_result(reference, [PAID]))

    states = [
        slip.answer_state.value for slip in current_payslips(session, payslips[0].pay_sheet_id)
    ]
    assert states == ["confirmed", "awaiting"]
