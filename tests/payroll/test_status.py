"""The wage status from stored facts."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import Session, select

from core.case_enums import CaseState
from core.clock import day_start
from core.enums import WageSeverity, WorkDayState
from core.keyring import Keyring
from db.models import Case, ProjectWorker, WorkDay
from payroll import answers
from payroll.severity import ReasonCode, WageStatus
from payroll.status import get_wage_status
from tests.factories.cases import make_complaint
from tests.factories.identity import make_person
from tests.factories.payroll import (
    AT,
    MONTH,
    Site,
    approve,
    card_of,
    confirm,
    confirm_all,
    draw_up,
    import_result,
    make_site,
    publish,
    send_to_bank,
)

PAYDAY = day_start(date(2026, 11, 13))


def status_of(session: Session, site: Site, at: datetime = PAYDAY) -> WageStatus:
    session.flush()
    return get_wage_status(session, person_id=site.workers[0].person_id, at=at)


def codes(status: WageStatus) -> list[ReasonCode]:
    return [reason.code for reason in status.reasons]


def add_work_day(
    session: Session,
    worker: ProjectWorker,
    *,
    day: date = date(2026, 10, 20),
    units: int = 100,
    state: WorkDayState = WorkDayState.COMPLETE,
) -> None:
    session.add(
        WorkDay(
            project_id=worker.project_id,
            project_worker_id=worker.id,
            work_date=day,
            minutes=units * 480 // 100,
            units=units,
            state=state,
            rule_version=1,
        )
    )


def settle(session: Session, site: Site, sheet_id: UUID, status: str) -> None:
    batch = send_to_bank(session, site, sheet_id).batch
    import_result(session, site, batch, (1, card_of(0), "7875.00", status, "户名不符"))


def test_person_on_no_project_has_no_status(session: Session) -> None:
    person = make_person(session)

    assert get_wage_status(session, person_id=person.id, at=AT).label == "none"


def test_worker_on_a_project_without_any_wage_yet_is_safe(session: Session) -> None:
    assert status_of(session, make_site(session)).label == "安"


def test_worker_who_left_with_everything_paid_has_no_status(
    session: Session, keyring: Keyring
) -> None:
    site = make_site(session, worker_count=1)
    [payslip] = confirm_all(session, keyring, site)
    settle(session, site, payslip.pay_sheet_id, "成功")
    site.workers[0].left_date = date(2026, 10, 31)

    assert status_of(session, site, PAYDAY + timedelta(days=90)).label == "none"


def test_status_follows_the_main_job(session: Session, keyring: Keyring) -> None:
    site = make_site(session, worker_count=1)
    sheet = draw_up(session, site)
    assert codes(status_of(session, site)) == []  # a draft is nobody's news

    [payslip] = publish(session, site)
    assert codes(status_of(session, site)) == [ReasonCode.PAYSLIP_UNANSWERED]

    confirm(session, keyring, payslip)
    assert status_of(session, site).severity is WageSeverity.SAFE

    late = PAYDAY + timedelta(days=16)
    assert codes(status_of(session, site, late)) == [ReasonCode.WAGE_IN_ARREARS]

    approve_and_pay(session, site, sheet.id)
    assert status_of(session, site, late).label == "安"


def approve_and_pay(session: Session, site: Site, sheet_id: UUID) -> None:
    approve(session, site, sheet_id)
    settle(session, site, sheet_id, "成功")


def test_bounced_payment_and_the_workers_no_are_seen(session: Session, keyring: Keyring) -> None:
    site = make_site(session, worker_count=1)
    [payslip] = confirm_all(session, keyring, site)
    settle(session, site, payslip.pay_sheet_id, "失败")
    assert codes(status_of(session, site)) == [ReasonCode.PAYMENT_REJECTED]

    settle(session, site, payslip.pay_sheet_id, "成功")
    answers.report_received(
        session, principal=site.worker, payslip_id=payslip.id, received=False, at=AT
    )

    assert codes(status_of(session, site)) == [ReasonCode.SAID_NOT_RECEIVED]


@pytest.mark.parametrize(
    ("units", "state"),
    [(100, WorkDayState.COMPLETE), (0, WorkDayState.NEEDS_CONFIRMATION)],
)
def test_finished_month_of_work_without_a_payslip_is_seen(
    session: Session, units: int, state: WorkDayState
) -> None:
    site = make_site(session)
    add_work_day(session, site.workers[0], units=units, state=state)

    [reason] = status_of(session, site).reasons

    assert (reason.code, reason.month, reason.amount_fen) == (
        ReasonCode.PAYSLIP_MISSING,
        MONTH,
        None,
    )


def test_running_month_needs_no_payslip_yet(session: Session) -> None:
    site = make_site(session)
    add_work_day(session, site.workers[0], day=date(2026, 11, 2))

    assert codes(status_of(session, site)) == []


def test_day_without_work_needs_no_payslip(session: Session) -> None:
    site = make_site(session)
    add_work_day(session, site.workers[0], units=0)

    assert codes(status_of(session, site)) == []


def test_draft_is_no_payslip_and_a_published_one_is(session: Session) -> None:
    site = make_site(session)
    add_work_day(session, site.workers[0])
    draw_up(session, site)
    assert codes(status_of(session, site)) == [ReasonCode.PAYSLIP_MISSING]

    publish(session, site)

    assert codes(status_of(session, site)) == [ReasonCode.PAYSLIP_UNANSWERED]


def test_two_days_of_a_month_are_one_reason(session: Session) -> None:
    site = make_site(session)
    for day in (19, 20, 21):
        add_work_day(session, site.workers[0], day=date(2026, 10, day))

    assert len(status_of(session, site).reasons) == 1


def test_work_without_contract_is_due_at_the_end_of_the_next_month(session: Session) -> None:
    site = make_site(session, with_contracts=False)
    add_work_day(session, site.workers[0])

    on_last_day = status_of(session, site, day_start(date(2026, 11, 30)))
    day_after = status_of(session, site, day_start(date(2026, 12, 1)))

    assert (on_last_day.severity, day_after.severity) == (1, 2)


def test_colleagues_wages_are_not_mine(session: Session) -> None:
    site = make_site(session)
    add_work_day(session, site.workers[1])

    assert codes(status_of(session, site)) == []


def test_accepted_case_is_arrears(session: Session) -> None:
    site = make_site(session)
    make_complaint(session, person_id=site.workers[0].person_id)
    assert codes(status_of(session, site)) == [ReasonCode.COMPLAINT_WAITING]
    session.exec(select(Case)).one().state = CaseState.ACCEPTED

    assert status_of(session, site).label == "欠薪"
