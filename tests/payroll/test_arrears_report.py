"""Who owes whom, from stored facts, and a worker's year."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from core.clock import day_start
from core.enums import Role, WorkDayState
from core.keyring import Keyring
from db.models import Employer, PayBatchRow, Payslip, ProjectWorker, WorkDay
from payroll.accounts import get_wage_account
from payroll.arrears_report import get_project_arrears, list_county_arrears, list_my_arrears
from payroll.pay_rules import PayItem
from payroll.year import get_my_year
from projects.errors import ProjectNotFoundError
from tests.factories.identity import make_person, make_principal
from tests.factories.payroll import (
    MONTH,
    Site,
    adjust,
    card_of,
    confirm_all,
    import_result,
    make_site,
    publish,
    send_to_bank,
)

LATE = day_start(date(2026, 12, 20))


def work_in_september(session: Session, worker: ProjectWorker) -> None:
    session.add(
        WorkDay(
            project_id=worker.project_id,
            project_worker_id=worker.id,
            work_date=date(2026, 9, 8),
            minutes=480,
            units=100,
            state=WorkDayState.COMPLETE,
            rule_version=1,
        )
    )
    session.flush()


def pay(session: Session, keyring: Keyring, site: Site) -> None:
    sheet_id = confirm_all(session, keyring, site)[0].pay_sheet_id
    batch = send_to_bank(session, site, sheet_id).batch
    import_result(session, site, batch, (1, card_of(0), "7875.00", "成功", ""))
    session.flush()


def test_unpaid_month_and_month_without_payslip_are_both_owed(session: Session) -> None:
    site = make_site(session)
    publish(session, site)
    work_in_september(session, site.workers[0])

    arrears = list_my_arrears(session, person_id=site.workers[0].person_id, at=LATE)

    assert [(one.wage.month, one.open_fen) for one in arrears] == [
        ("2026-09", None),
        (MONTH, 787_500),
    ]


def test_paid_wage_is_owed_by_nobody(session: Session, keyring: Keyring) -> None:
    site = make_site(session, worker_count=1)
    pay(session, keyring, site)

    assert list_my_arrears(session, person_id=site.workers[0].person_id, at=LATE) == []


def test_part_that_a_bank_paid_is_taken_off(session: Session, keyring: Keyring) -> None:
    site = make_site(session, worker_count=1)
    pay(session, keyring, site)
    raise_wage(session, session.exec(select(PayBatchRow)).one())

    [arrear] = list_my_arrears(session, person_id=site.workers[0].person_id, at=LATE)

    assert arrear.open_fen == 87_500


def raise_wage(session: Session, row: PayBatchRow) -> None:
    """Let the wage be more than what went to the bank, as a payer may owe the difference."""
    payslip = session.get_one(Payslip, row.payslip_id)
    session.connection().exec_driver_sql("SET LOCAL session_replication_role = replica")
    payslip.gross_fen, payslip.net_fen = 875_000, 875_000
    session.flush()
    session.connection().exec_driver_sql("SET LOCAL session_replication_role = origin")


def test_project_is_summed_up_by_employer(session: Session) -> None:
    site = make_site(session)
    publish(session, site)

    report = get_project_arrears(
        session, principal=site.manager, project_id=site.project.id, at=LATE
    )

    [owed] = report.employers
    assert (owed.people, owed.open_fen) == (2, 1_575_000)
    assert len(report.arrears) == 2


def test_on_the_payday_nothing_is_late(session: Session) -> None:
    site = make_site(session)
    [payslip, _] = publish(session, site)

    at = day_start(payslip.due_date) + timedelta(hours=23)

    assert list_my_arrears(session, person_id=payslip.person_id, at=at) == []


def test_inspector_sees_employers_of_the_own_county_only(session: Session) -> None:
    site = make_site(session)
    publish(session, site)
    name = session.exec(select(Employer.name)).one()

    own = list_county_arrears(session, county_code=site.project.county_code, at=LATE)

    assert [owed.employer_name for owed in own] == [name]
    assert list_county_arrears(session, county_code="330110", at=LATE) == []


def test_another_projects_arrears_do_not_exist(session: Session) -> None:
    site, other = make_site(session), make_site(session)
    stranger = make_principal(
        make_person(session).id, Role.LABOUR_MANAGER, project_id=other.project.id
    )

    with pytest.raises(ProjectNotFoundError):
        get_project_arrears(session, principal=stranger, project_id=site.project.id, at=LATE)


def test_year_shows_paid_open_and_unknown_months(session: Session, keyring: Keyring) -> None:
    site = make_site(session, worker_count=1)
    pay(session, keyring, site)
    work_in_september(session, site.workers[0])

    year = get_my_year(session, person_id=site.workers[0].person_id, year=2026, at=LATE)

    unknown, paid = year.months
    assert (unknown.month, unknown.due_fen, unknown.payslip_id) == ("2026-09", None, None)
    assert (paid.month, paid.open_fen, paid.units) == (MONTH, 0, "22.50")
    assert paid.paid_date == date(2026, 11, 3)
    assert (year.due_fen, year.paid_fen, year.open_fen) == (787_500, 787_500, 0)


def test_another_year_is_empty(session: Session) -> None:
    site = make_site(session)
    publish(session, site)

    year = get_my_year(session, person_id=site.workers[0].person_id, year=2025, at=LATE)

    assert (year.months, year.due_fen) == ([], 0)


def test_account_and_arrears_owe_the_same_until_less_is_agreed_to(session: Session) -> None:
    site = make_site(session)
    [payslip, _] = publish(session, site)
    adjust(session, site, payslip, (PayItem("计日工资", "1", "项", 700_000, "项", 700_000),))

    account = get_wage_account(session, project_id=site.project.id, at=LATE)
    report = get_project_arrears(
        session, principal=site.manager, project_id=site.project.id, at=LATE
    )

    late = [each.open_fen or 0 for each in report.arrears]
    assert account.unpaid_fen == sum(late) == 1_575_000
