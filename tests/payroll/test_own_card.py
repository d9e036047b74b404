"""The worker's own card: only the worker changes it, and what was sent back goes there."""

from datetime import timedelta
from typing import Any

import pytest
from redis import Redis
from sqlmodel import Session, select

from core.identifiers import passes_luhn
from core.keyring import Keyring
from db.models import AuditEntry, Notification, Payslip
from identity.errors import StepUpCodeWrongError
from payroll import own_card
from payroll.bank_errors import (
    BankCardInvalidError,
    CardHolderDiffersError,
    CardRejectedError,
    NotOnProjectError,
)
from payroll.own_card import ChangedCard, NewCard
from tests.factories.payroll import (
    AT,
    Site,
    card_of,
    confirm_all,
    draw_up_batch,
    import_result,
    send_to_bank,
)
from tests.factories.projects import make_project
from tests.payroll.test_release import texted


def make_card_number(tail: int = 0) -> str:
    """Return an invented number with a good check digit."""
    body = f"621700000012{tail:06d}"
    return next(f"{body}{digit}" for digit in range(10) if passes_luhn(f"{body}{digit}"))


def ask(session: Session, redis: Redis, site: Site, number: str) -> str:
    own_card.request_card_code(
        session, redis, principal=site.worker, project_id=site.project.id, bank_card=number
    )
    session.flush()
    return texted(session, site.worker)


def change(
    session: Session, redis: Redis, site: Site, number: str, code: str, **values: Any
) -> ChangedCard:
    facts = {"holder_name": "王小明", "bank_name": "中国银行杭州分行"} | values
    changed = own_card.change_bank_card(
        session,
        redis,
        principal=site.worker,
        project_id=site.project.id,
        card=NewCard(number, bank_link_number="104331000000", **facts),
        code=code,
        at=AT,
    )
    session.flush()
    return changed


def test_worker_changes_the_card_and_is_told(session: Session, redis: Redis, site: Site) -> None:
    number = make_card_number()

    changed = change(session, redis, site, number, ask(session, redis, site, number))

    worker = site.workers[0]
    assert (worker.bank_card, worker.bank_name) == (number, "中国银行杭州分行")
    assert (worker.card_chosen_at, changed.is_old_card_in_use) == (AT, False)
    statement = select(Notification.body).where(Notification.template == "bank_card_changed")
    assert f"尾号{number[-4:]}" in session.exec(statement).one()
    audited = select(AuditEntry).where(AuditEntry.action == "payroll.bank-card-chosen")
    assert number not in str(session.exec(audited).one().detail)


def test_code_is_good_for_one_card_only(session: Session, redis: Redis, site: Site) -> None:
    code = ask(session, redis, site, make_card_number())

    with pytest.raises(StepUpCodeWrongError):
        change(session, redis, site, make_card_number(1), code)

    assert site.workers[0].bank_card == card_of(0)


@pytest.mark.parametrize("number", ["6217000000120000008", "621700", "62170000001200000a", ""])
def test_what_is_no_card_number_is_refused(
    session: Session, redis: Redis, site: Site, number: str
) -> None:
    with pytest.raises(BankCardInvalidError):
        ask(session, redis, site, number)


def test_card_in_another_name_is_refused(session: Session, redis: Redis, site: Site) -> None:
    number = make_card_number()
    code = ask(session, redis, site, number)

    with pytest.raises(CardHolderDiffersError):
        change(session, redis, site, number, code, holder_name="李强")


def test_nobody_learns_without_a_code_whose_card_a_number_is(
    session: Session, redis: Redis, site: Site
) -> None:
    number = make_card_number()
    change(session, redis, site, number, ask(session, redis, site, number))
    colleague = own_card.NewCard(number, "李强", "中国银行", None)

    with pytest.raises(StepUpCodeWrongError):
        own_card.change_bank_card(
            session,
            redis,
            principal=site.principal(1),
            project_id=site.project.id,
            card=colleague,
            code="000000",
            at=AT,
        )


def test_only_own_projects_have_a_card_to_change(
    session: Session, redis: Redis, site: Site
) -> None:
    with pytest.raises(NotOnProjectError):
        own_card.request_card_code(
            session,
            redis,
            principal=site.worker,
            project_id=make_project(session).id,
            bank_card=make_card_number(),
        )


def test_worker_learns_that_a_file_with_the_old_card_is_on_its_way(
    session: Session, redis: Redis, keyring: Keyring, site: Site
) -> None:
    draw_up_batch(session, site, confirm_all(session, keyring, site)[0].pay_sheet_id)
    number = make_card_number()

    changed = change(session, redis, site, number, ask(session, redis, site, number))

    assert changed.is_old_card_in_use


def test_rejected_wage_goes_to_the_corrected_card_with_the_next_file(
    session: Session, redis: Redis, keyring: Keyring, site: Site
) -> None:
    payslip = reject(session, keyring, site)
    number = make_card_number()
    change(session, redis, site, number, ask(session, redis, site, number))

    created = draw_up_batch(session, site, payslip.pay_sheet_id)

    assert (created.batch.row_count, created.left_out.card_rejected) == (1, [])
    assert number in created.batch.file


def test_wage_does_not_go_to_a_closed_account_twice(
    session: Session, redis: Redis, keyring: Keyring, site: Site
) -> None:
    payslip = reject(session, keyring, site)

    with pytest.raises(CardRejectedError, match="王小明"):
        draw_up_batch(session, site, payslip.pay_sheet_id)

    account = site.workers[0].bank_card
    assert account is not None
    site.workers[0].card_chosen_at = AT + timedelta(days=1)
    session.flush()
    assert account in draw_up_batch(session, site, payslip.pay_sheet_id).batch.file


def reject(session: Session, keyring: Keyring, site: Site) -> Payslip:
    payslip = confirm_all(session, keyring, site)[0]
    batch = send_to_bank(session, site, payslip.pay_sheet_id).batch
    rows = [
        (1, card_of(0), "7875.00", "失败", "账号不存在"),
        (2, card_of(1), "7875.00", "成功", ""),
    ]
    import_result(session, site, batch, *rows)
    session.flush()
    return payslip
