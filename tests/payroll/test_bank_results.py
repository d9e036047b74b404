"""The bank's answers, row by row."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from core.enums import PayRowState, PaySheetState
from core.keyring import Keyring
from db.models import Notification, Payslip
from payroll import answers, bank_results
from payroll.bank_results import ImportedResult
from payroll.errors import (
    NothingToPayError,
    PayBatchNotFoundError,
    ResultContradictsError,
    ResultRowNeverSentError,
    ResultUnreadableError,
    ResultWrongBatchError,
    ResultWrongTotalError,
)
from tests.factories.payroll import (
    AT,
    Site,
    adjust,
    approve,
    card_of,
    confirm,
    confirm_all,
    current_payslips,
    draw_up_batch,
    make_result,
    make_site,
    publish,
    send_to_bank,
    tell_results,
)
from tests.payroll.test_bank import sent, sheet_of

PAID = (1, card_of(0), "7875.00", "成功", "")
REFUSED = (2, card_of(1), "7875.00", "失败", "户名不符")


def import_result(
    session: Session,
    site: Site,
    payslip: Payslip,
    reference: str,
    content: bytes,
    *,
    at: datetime = AT,
) -> ImportedResult:
    return bank_results.import_bank_result(
        session,
        principal=site.manager,
        project_id=site.project.id,
        sheet_id=payslip.pay_sheet_id,
        reference=reference,
        content=content,
        at=at,
    )


def told(session: Session, template: str) -> int:
    """Return how many messages of a kind there are once all jobs have run."""
    tell_results(session)
    statement = select(Notification).where(Notification.template == template)
    return len(session.exec(statement).all())


def test_each_row_is_settled_on_its_own_and_its_worker_told(
    session: Session, keyring: Keyring
) -> None:
    site, payslips, reference = sent(session, keyring)

    imported = import_result(
        session, site, payslips[0], reference, make_result(reference, [PAID, REFUSED])
    )

    assert imported.changed_count == 2
    states = [row.state for row in imported.rows]
    assert states == [PayRowState.ACKNOWLEDGED, PayRowState.REJECTED]
    assert imported.rows[1].rejection == "户名不符"
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


def test_file_that_decides_nothing_leaves_no_job(session: Session, keyring: Keyring) -> None:
    site, payslips, reference = sent(session, keyring)
    content = make_result(reference, [PAID, REFUSED])
    import_result(session, site, payslips[0], reference, content)

    import_result(session, site, payslips[0], reference, content)

    assert tell_results(session) == 1


def test_job_that_runs_again_tells_nobody_twice(session: Session, keyring: Keyring) -> None:
    site, payslips, reference = sent(session, keyring)
    import_result(session, site, payslips[0], reference, make_result(reference, [PAID]))
    tell_results(session)
    import_result(session, site, payslips[0], reference, make_result(reference, [PAID, REFUSED]))

    jobs = tell_results(session)

    assert jobs == 2
    assert (told(session, "wage_paid"), told(session, "wage_rejected")) == (1, 1)


def test_undecided_line_is_told_nothing(session: Session, keyring: Keyring) -> None:
    site, payslips, reference = sent(session, keyring)

    import_result(session, site, payslips[0], reference, make_result(reference, [REFUSED]))

    assert (told(session, "wage_paid"), told(session, "wage_rejected")) == (0, 1)


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


def test_result_with_another_date_for_a_settled_row_is_refused(
    session: Session, keyring: Keyring
) -> None:
    site, payslips, reference = sent(session, keyring)
    content = make_result(reference, [PAID])
    tomorrow = AT + timedelta(days=1)
    said = content.replace(b"2026-11-03", b"2026-11-04")
    import_result(session, site, payslips[0], reference, said, at=tomorrow)

    with pytest.raises(ResultContradictsError):
        import_result(session, site, payslips[0], reference, content, at=tomorrow)


def test_money_that_came_before_the_file_was_released_is_refused(
    session: Session, keyring: Keyring
) -> None:
    site, payslips, reference = sent(session, keyring)
    content = make_result(reference, [PAID]).replace(b"2026-11-03", b"2026-11-02")

    with pytest.raises(ResultUnreadableError) as refusal:
        import_result(session, site, payslips[0], reference, content)

    assert refusal.value.facts["line"] == 3
    assert "放行以前" in str(refusal.value.facts["problem"])


def test_late_result_of_an_undecided_row_is_taken_weeks_later(
    session: Session, keyring: Keyring
) -> None:
    site, payslips, reference = sent(session, keyring)
    import_result(session, site, payslips[0], reference, make_result(reference, [REFUSED]))

    content = make_result(reference, [PAID])
    late = import_result(session, site, payslips[0], reference, content, at=AT + timedelta(weeks=5))

    assert (late.changed_count, late.count(PayRowState.ACKNOWLEDGED)) == (1, 1)


def test_rejection_has_an_owner_and_a_day_by_which_to_act(
    session: Session, keyring: Keyring
) -> None:
    site, payslips, reference = sent(session, keyring)

    imported = import_result(
        session, site, payslips[0], reference, make_result(reference, [REFUSED])
    )

    assert imported.rows[1].correct_by == date(2026, 11, 6)
    assert imported.rows[0].correct_by is None


def test_draft_that_replaces_a_rejected_line_leaves_the_rejection_in_sight(
    session: Session, keyring: Keyring
) -> None:
    site, payslips, reference = sent(session, keyring)
    import_result(session, site, payslips[0], reference, make_result(reference, [REFUSED]))

    draw_up_batch(session, site, payslips[0].pay_sheet_id)
    session.flush()

    shown = answers.get_payslip(session, person_id=payslips[1].person_id, payslip_id=payslips[1].id)
    assert shown.bank_row is not None
    assert shown.bank_row.state is PayRowState.REJECTED


def test_rejected_line_may_be_adjusted_and_waits_for_a_new_answer(
    session: Session, keyring: Keyring
) -> None:
    site, payslips, reference = sent(session, keyring)
    result = make_result(reference, [PAID, REFUSED])
    import_result(session, site, payslips[0], reference, result)
    site.workers[1].bank_card = "6217000000008888"
    adjusted = adjust(session, site, payslips[1], None)

    with pytest.raises(NothingToPayError):
        send_to_bank(session, site, payslips[0].pay_sheet_id)
    confirm(session, keyring, adjusted)
    approve(session, site, adjusted.pay_sheet_id)

    assert "8888" in send_to_bank(session, site, payslips[0].pay_sheet_id).batch.file


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
