"""Two people and a code: how a bank file gets out, and how it does not."""

import re

import pytest
from redis import Redis
from sqlmodel import Session, col, select

from core.enums import PayBatchState, PayRowState, PaySheetState, Role
from core.keyring import Keyring
from db.models import AuditEntry, Notification, PayBatch, PayBatchRow, PaySheet, Payslip
from identity.errors import StepUpCodeWrongError, StepUpPhoneMissingError
from identity.principal import Principal
from identity.service import list_accesses
from payroll import answers, bank, release
from payroll.bank_errors import (
    BatchCardChangedError,
    BatchDecidedError,
    BatchNotReleasedError,
    SecondPersonRequiredError,
)
from payroll.bank_profiles import ProfileName
from payroll.bank_results import import_bank_result
from payroll.errors import AttendanceChangedError, PayslipAtBankError
from tests.factories.identity import make_person, make_principal
from tests.factories.payroll import (
    AT,
    Site,
    adjust,
    card_of,
    confirm_all,
    draw_up_batch,
    make_attendance_lines,
    make_result,
    make_second_manager,
    make_site,
    send_to_bank,
)
from tests.factories.projects import make_party, make_project

CODE = re.compile(r"验证码(\d{6})")


@pytest.fixture
def payslip(session: Session, keyring: Keyring, site: Site) -> Payslip:
    return confirm_all(session, keyring, site)[0]


@pytest.fixture
def batch(session: Session, site: Site, payslip: Payslip) -> PayBatch:
    batch = draw_up_batch(session, site, payslip.pay_sheet_id).batch
    session.flush()
    return batch


@pytest.fixture
def second(session: Session, site: Site) -> Principal:
    return make_second_manager(session, site)


def texted(session: Session, principal: Principal) -> str:
    """Return the newest code that was texted to somebody."""
    statement = (
        select(Notification)
        .where(col(Notification.template).in_(["release_code", "bank_card_code"]))
        .order_by(col(Notification.id).desc())
    )
    body = session.exec(statement).first()
    assert body is not None
    found = CODE.search(body.body)
    assert found is not None
    return found.group(1)


def ask(session: Session, redis: Redis, principal: Principal, batch: PayBatch) -> str:
    release.request_release_code(
        session,
        redis,
        principal=principal,
        project_id=batch.project_id,
        sheet_id=batch.pay_sheet_id,
        reference=batch.reference,
    )
    session.flush()
    return texted(session, principal)


def let_out(
    session: Session, redis: Redis, principal: Principal, batch: PayBatch, code: str
) -> PayBatch:
    return release.release_pay_batch(
        session,
        redis,
        principal=principal,
        project_id=batch.project_id,
        sheet_id=batch.pay_sheet_id,
        reference=batch.reference,
        code=code,
        at=AT,
    )


def decide(session: Session, principal: Principal, batch: PayBatch, *, is_refusal: bool) -> None:
    act = release.refuse_pay_batch if is_refusal else release.withdraw_pay_batch
    act(
        session,
        principal=principal,
        project_id=batch.project_id,
        sheet_id=batch.pay_sheet_id,
        reference=batch.reference,
        reason="金额要再核对",
        at=AT,
    )
    session.flush()


def read(session: Session, site: Site, batch: PayBatch) -> bytes:
    return bank.read_bank_file(
        session,
        principal=site.manager,
        project_id=batch.project_id,
        sheet_id=batch.pay_sheet_id,
        reference=batch.reference,
        profile=ProfileName.GENERIC,
    )


def row_states(session: Session, batch: PayBatch) -> set[PayRowState]:
    rows = session.exec(select(PayBatchRow).where(PayBatchRow.batch_id == batch.id))
    return {row.state for row in rows}


def test_drafted_file_goes_nowhere(session: Session, site: Site, batch: PayBatch) -> None:
    with pytest.raises(BatchNotReleasedError):
        read(session, site, batch)

    assert batch.state is PayBatchState.DRAFTED
    assert row_states(session, batch) == {PayRowState.DRAFTED}
    assert session.get_one(PaySheet, batch.pay_sheet_id).state is PaySheetState.APPROVED


def test_somebody_else_releases_it_with_the_code(
    session: Session, redis: Redis, site: Site, batch: PayBatch, second: Principal
) -> None:
    code = ask(session, redis, second, batch)

    let_out(session, redis, second, batch, code)

    assert (batch.state, batch.decided_by) == (PayBatchState.RELEASED, second.person_id)
    assert row_states(session, batch) == {PayRowState.SUBMITTED}
    assert session.get_one(PaySheet, batch.pay_sheet_id).state is PaySheetState.INSTRUCTED
    assert card_of(0).encode() in read(session, site, batch)
    actions = set(session.exec(select(AuditEntry.action)))
    assert {"payroll.pay-batch-created", "payroll.pay-batch-released"} <= actions


def test_message_says_rows_and_total(
    session: Session, redis: Redis, batch: PayBatch, second: Principal
) -> None:
    ask(session, redis, second, batch)

    statement = select(Notification.body).where(Notification.template == "release_code")
    assert "2笔工资共15750.00元" in session.exec(statement).one()


def test_author_cannot_release_the_own_file(
    session: Session, redis: Redis, site: Site, batch: PayBatch
) -> None:
    with pytest.raises(SecondPersonRequiredError):
        ask(session, redis, site.manager, batch)
    with pytest.raises(SecondPersonRequiredError):
        let_out(session, redis, site.manager, batch, "000000")
    with pytest.raises(SecondPersonRequiredError):
        decide(session, site.manager, batch, is_refusal=True)


def test_author_in_another_role_is_still_the_author(
    session: Session, redis: Redis, site: Site, batch: PayBatch
) -> None:
    employer_id = make_party(session, site.project, party_type="009").employer_id
    same = make_principal(site.manager.person_id, Role.EMPLOYER_ADMIN, employer_id=employer_id)

    with pytest.raises(SecondPersonRequiredError):
        let_out(session, redis, same, batch, "000000")


def test_code_of_one_file_does_not_release_another(
    session: Session, redis: Redis, keyring: Keyring, batch: PayBatch, second: Principal
) -> None:
    site = make_site(session)
    other = draw_up_batch(session, site, confirm_all(session, keyring, site)[0].pay_sheet_id).batch
    code = ask(session, redis, second, batch)

    with pytest.raises(StepUpCodeWrongError):
        let_out(session, redis, second, other, code)


def test_code_of_one_person_does_not_help_another(
    session: Session, redis: Redis, site: Site, batch: PayBatch, second: Principal
) -> None:
    code = ask(session, redis, second, batch)

    with pytest.raises(StepUpCodeWrongError):
        let_out(session, redis, make_second_manager(session, site), batch, code)


def test_code_is_gone_after_five_wrong_tries(
    session: Session, redis: Redis, batch: PayBatch, second: Principal
) -> None:
    code = ask(session, redis, second, batch)
    wrong = "000000" if code != "000000" else "000001"
    for _ in range(5):
        with pytest.raises(StepUpCodeWrongError):
            let_out(session, redis, second, batch, wrong)

    with pytest.raises(StepUpCodeWrongError):
        let_out(session, redis, second, batch, code)


def test_whoever_has_no_phone_cannot_release(
    session: Session, redis: Redis, site: Site, batch: PayBatch
) -> None:
    person = make_person(session, name="无号")
    principal = make_principal(person.id, Role.LABOUR_MANAGER, project_id=site.project.id)

    with pytest.raises(StepUpPhoneMissingError):
        ask(session, redis, principal, batch)


@pytest.mark.parametrize("is_refusal", [True, False], ids=["refused", "withdrawn"])
def test_file_that_does_not_go_frees_its_lines(
    session: Session, site: Site, batch: PayBatch, second: Principal, is_refusal: bool
) -> None:
    decide(session, second if is_refusal else site.manager, batch, is_refusal=is_refusal)

    again = draw_up_batch(session, site, batch.pay_sheet_id)

    assert row_states(session, batch) == {PayRowState.WITHDRAWN}
    assert (again.batch.row_count, again.batch.lines_hash) == (2, batch.lines_hash)
    assert again.batch.reference != batch.reference
    assert batch.reason == "金额要再核对"


def test_released_file_cannot_be_taken_back(
    session: Session, redis: Redis, site: Site, batch: PayBatch, second: Principal
) -> None:
    let_out(session, redis, second, batch, ask(session, redis, second, batch))

    with pytest.raises(BatchDecidedError):
        decide(session, site.manager, batch, is_refusal=False)


def test_released_file_is_not_released_again(
    session: Session, redis: Redis, batch: PayBatch, second: Principal
) -> None:
    let_out(session, redis, second, batch, ask(session, redis, second, batch))

    with pytest.raises(BatchDecidedError):
        ask(session, redis, second, batch)


def test_days_changed_since_stop_the_release(
    session: Session, redis: Redis, site: Site, batch: PayBatch, second: Principal
) -> None:
    code = ask(session, redis, second, batch)
    site.attendance.lines = make_attendance_lines(site.workers, units=2300)
    session.flush()

    with pytest.raises(AttendanceChangedError):
        let_out(session, redis, second, batch, code)


def test_card_changed_since_stops_the_release(
    session: Session, redis: Redis, site: Site, batch: PayBatch, second: Principal
) -> None:
    code = ask(session, redis, second, batch)
    site.workers[0].bank_card = "6217000000009999"
    session.flush()

    with pytest.raises(BatchCardChangedError) as refusal:
        let_out(session, redis, second, batch, code)

    assert refusal.value.facts["names"] == "王小明"


def test_line_in_a_draft_is_neither_adjusted_nor_shown_to_the_worker(
    session: Session, site: Site, batch: PayBatch, payslip: Payslip
) -> None:
    shown = answers.get_payslip(session, person_id=payslip.person_id, payslip_id=payslip.id)
    assert (shown.bank_row, batch.state) == (None, PayBatchState.DRAFTED)

    with pytest.raises(PayslipAtBankError):
        adjust(session, site, payslip, None)


def test_result_of_an_unreleased_file_is_refused(
    session: Session, site: Site, batch: PayBatch
) -> None:
    content = make_result(batch.reference, [(1, card_of(0), "7875.00", "成功", "")])

    with pytest.raises(BatchNotReleasedError):
        import_bank_result(
            session,
            principal=site.manager,
            project_id=batch.project_id,
            sheet_id=batch.pay_sheet_id,
            reference=batch.reference,
            content=content,
            at=AT,
        )


def test_worker_sees_that_the_file_with_the_card_was_read(
    session: Session, site: Site, payslip: Payslip
) -> None:
    batch = send_to_bank(session, site, payslip.pay_sheet_id).batch
    read(session, site, batch)
    session.flush()

    entries = list_accesses(session, person_id=payslip.person_id, before=None, limit=10)

    assert {entry.detail["field"] for entry in entries} == {"bank_card", "id_number"}
    assert {entry.actor_role for entry in entries} == {Role.LABOUR_MANAGER}


def test_only_the_general_contractors_administrator_and_the_managers_may_release(
    session: Session, site: Site
) -> None:
    builder = make_party(session, site.project, party_type="009").employer_id
    subcontractor = make_party(session, site.project).employer_id
    elsewhere = make_party(session, make_project(session), party_type="009").employer_id

    def may(role: Role, **scope: object) -> bool:
        principal = make_principal(site.manager.person_id, role, **scope)  # type: ignore[arg-type]
        return release.may_release(session, principal=principal, project_id=site.project.id, at=AT)

    assert may(Role.EMPLOYER_ADMIN, employer_id=builder)
    assert may(Role.LABOUR_MANAGER, project_id=site.project.id)
    assert not may(Role.EMPLOYER_ADMIN, employer_id=subcontractor)
    assert not may(Role.EMPLOYER_ADMIN, employer_id=elsewhere)
    assert not may(Role.EMPLOYER_ADMIN)
    assert not may(Role.LABOUR_MANAGER, project_id=elsewhere)


def test_waiting_files_are_listed_for_both_kinds_of_people_and_nobody_else(
    session: Session, site: Site, batch: PayBatch, second: Principal
) -> None:
    builder = make_party(session, site.project, party_type="009").employer_id
    admin = make_principal(second.person_id, Role.EMPLOYER_ADMIN, employer_id=builder)
    nobody = make_principal(second.person_id, Role.EMPLOYER_ADMIN)

    def listed(principal: Principal) -> list[str]:
        waiting = release.list_waiting_batches(
            session, principal=principal, before=None, limit=10, at=AT
        )
        return [each.batch.reference for each in waiting]

    assert listed(second) == listed(admin) == [batch.reference]
    assert listed(nobody) == []
