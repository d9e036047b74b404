"""A foreign sheet that was the wrong one is taken back whole, as far as nobody has relied on it."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from attendance import withdrawals
from attendance.errors import SheetImportNotFoundError
from attendance.sheet_acts import reopen_sheet
from attendance.sheet_import import DayCounts
from attendance.withdrawals import withdraw_import
from core.clock import now
from core.day_enums import WithdrawalOutcome
from core.enums import Grade, Role
from db.models import CheckIn, SheetImport
from identity.principal import Principal
from notifications.templates import Template
from tests.attendance.test_sheet_import import MONTH, month_of, take
from tests.attendance.test_withdrawals import list_days, lock, told
from tests.factories.attendance import GateSite, make_gate_site
from tests.factories.identity import make_person, make_principal

OUTCOME = WithdrawalOutcome
WithdrawFile = Callable[[UUID | None], withdrawals.ImportWithdrawal]


@pytest.fixture
def site(session: Session) -> GateSite:
    return make_gate_site(session)


@pytest.fixture
def manager(session: Session, site: GateSite) -> Principal:
    return make_principal(
        make_person(session, name="某经理").id, Role.LABOUR_MANAGER, project_id=site.project_id
    )


@pytest.fixture
def withdraw_file(session: Session, site: GateSite, manager: Principal) -> WithdrawFile:
    def take_back(import_id: UUID | None) -> withdrawals.ImportWithdrawal:
        assert import_id is not None
        return withdraw_import(
            session,
            principal=manager,
            project_id=site.project_id,
            import_id=import_id,
            reason="传错了文件",
            at=now(),
        )

    return take_back


def test_a_whole_file_is_taken_back_and_the_right_one_taken_in(
    session: Session, site: GateSite, withdraw_file: WithdrawFile
) -> None:
    wrong = take(session, site, [1, "王小明", None, *month_of(d13="√", d14="√", d15="半")])

    done = withdraw_file(wrong.import_id)

    assert (done.view.withdrawn_days, done.view.days_left, done.kept) == (3, 0, {})
    assert list_days(session) == []
    (notification,) = told(session, Template.CHECK_INS_WITHDRAWN)
    assert (notification.person_id, "3天" in notification.body) == (site.person_id, True)
    right = take(session, site, [1, "王小明", None, *month_of(d14="√", d15="√")])
    assert right.days == DayCounts(imported=2)
    assert list_days(session) == [(14, 100, {"E": 2}), (15, 100, {"E": 2})]


def test_taking_a_file_back_twice_gives_the_first_result(
    session: Session, site: GateSite, withdraw_file: WithdrawFile
) -> None:
    report = take(session, site, [1, "王小明", None, *month_of(d14="√")])
    first = withdraw_file(report.import_id)
    assert withdraw_file(report.import_id) == first
    assert len(told(session, Template.CHECK_IN_WITHDRAWN)) == 1


def test_a_file_of_a_locked_month_stays_until_it_is_reopened(
    session: Session,
    site: GateSite,
    manager: Principal,
    withdraw_file: WithdrawFile,
) -> None:
    report = take(session, site, [1, "王小明", None, *month_of(d14="√", d15="√")])
    sheet = lock(session, site, MONTH)
    done = withdraw_file(report.import_id)
    assert (done.view.withdrawn_days, done.kept) == (0, {OUTCOME.SHEET_LOCKED: 2})
    reopen_sheet(
        session,
        principal=manager,
        project_id=site.project_id,
        sheet_id=sheet.id,
        reason="传错了文件",
    )
    assert withdraw_file(report.import_id).kept == {}


def test_days_taken_back_one_by_one_are_gone_from_the_files_count(
    session: Session,
    site: GateSite,
    manager: Principal,
    withdraw_file: WithdrawFile,
) -> None:
    report = take(session, site, [1, "王小明", None, *month_of(d14="√", d15="√")])
    stored = session.scalars(select(CheckIn).order_by(col(CheckIn.occurred_at)))
    withdrawals.withdraw_entries(
        session,
        principal=manager,
        project_id=site.project_id,
        check_in_ids=[row.id for row in list(stored)[:2]],
        reason="补错了人",
        at=now(),
    )
    (view,) = withdrawals.list_imports(
        session, project_id=site.project_id, month=MONTH, before=None, limit=9
    )
    assert (view.id, view.days_left, view.withdrawn_days) == (report.import_id, 1, 1)
    assert [row.reason for row in withdraw_file(report.import_id).view.withdrawals] == [
        "补错了人",
        "传错了文件",
    ]


def test_another_projects_file_does_not_exist(
    session: Session, manager: Principal, withdraw_file: WithdrawFile
) -> None:
    elsewhere = make_gate_site(session)
    report = take(session, elsewhere, [1, "王小明", None, *month_of(d14="√")])
    with pytest.raises(SheetImportNotFoundError):
        withdraw_file(report.import_id)


def test_a_file_names_its_days_and_who_brought_it(session: Session, site: GateSite) -> None:
    report = take(session, site, [1, "王小明", None, *month_of(d14="√")])
    (kept,) = session.scalars(select(SheetImport))
    assert (kept.id, kept.days, kept.month) == (report.import_id, 1, MONTH)
    assert {row.source_id for row in session.scalars(select(CheckIn))} == {kept.id}
    assert {row.grade for row in session.scalars(select(CheckIn))} == {Grade.E}
