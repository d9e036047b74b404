"""What stands on the rights notice board, and what keeps it from being final."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, select

from core.enums import PayBasis
from db.models import Project, RoleGrant
from projects.errors import NoticeBoardIncompleteError, ProjectNotFoundError
from projects.notice_board import SUPPLIERS, NoticeBoard, Supplier, check_complete, get_notice_board
from tests.factories.identity import make_worker_person
from tests.factories.notice_boards import make_known_site, write_county_facts
from tests.factories.projects import (
    make_contract,
    make_employer,
    make_party,
    make_project,
    make_project_worker,
    make_team,
)

TODAY = date(2026, 11, 23)


@pytest.fixture
def site(session: Session) -> Project:
    return make_known_site(session)[0]


@pytest.fixture
def county_facts(tmp_path: Path) -> Path:
    return write_county_facts(tmp_path)


def board_of(session: Session, project: Project, county_facts: Path | None) -> NoticeBoard:
    return get_notice_board(session, project_id=project.id, county_facts=county_facts, on=TODAY)


def text_of(board: NoticeBoard, field: str) -> str | None:
    (entry,) = (
        entry for section in board.sections for entry in section.entries if entry.field == field
    )
    return entry.text


def test_board_of_a_known_site_is_complete(
    session: Session, site: Project, county_facts: Path
) -> None:
    board = board_of(session, site, county_facts)

    check_complete(board)
    assert text_of(board, "owner") == "杭州某某城市建设投资有限公司"
    assert text_of(board, "general_contractor") == "浙江某某建设集团（项目负责人：周某某）"
    assert text_of(board, "subcontractors") == "杭州某某劳务有限公司"
    assert text_of(board, "labour_manager") == "赵主管 19100000901"
    assert text_of(board, "labour_inspection") == "某区劳动保障监察大队 0571-00000010"
    assert "某银行杭州某某支行" in (text_of(board, "wage_account") or "")
    assert text_of(board, "minimum_wage") == (
        "每月 2400 元，非全日制每小时 24 元（2026年1月1日起执行，某市人民政府通知）"
    )


def test_everything_missing_is_named_with_who_supplies_it(session: Session) -> None:
    board = board_of(session, make_project(session), None)

    with pytest.raises(NoticeBoardIncompleteError) as refused:
        check_complete(board)

    missing = refused.value.facts["missing"]
    assert isinstance(missing, list)
    suppliers = {entry["field"]: entry["supplier"] for entry in missing}
    assert suppliers == {
        "owner": SUPPLIERS[Supplier.PROJECT_SHEET][0],
        "general_contractor": SUPPLIERS[Supplier.PROJECT_SHEET][0],
        "industry_authority": SUPPLIERS[Supplier.COUNTY_FACTS][0],
        "labour_manager": SUPPLIERS[Supplier.ADMIN][0],
        "pay_standard": SUPPLIERS[Supplier.ROSTER][0],
        "payday": SUPPLIERS[Supplier.ROSTER][0],
        "wage_account": SUPPLIERS[Supplier.PROJECT_SHEET][0],
        "minimum_wage": SUPPLIERS[Supplier.COUNTY_FACTS][0],
        "labour_inspection": SUPPLIERS[Supplier.COUNTY_FACTS][0],
        "industry_hotline": SUPPLIERS[Supplier.COUNTY_FACTS][0],
        "arbitration": SUPPLIERS[Supplier.COUNTY_FACTS][0],
        "legal_aid": SUPPLIERS[Supplier.COUNTY_FACTS][0],
    }


def test_paydays_and_pay_bases_come_from_contracts_in_force(
    session: Session, site: Project, county_facts: Path
) -> None:
    team = make_team(session, site, name="木工二班")
    current = make_project_worker(session, team, make_worker_person(session))
    make_contract(session, current, pay_basis=PayBasis.PIECE).payday = 20
    gone = make_project_worker(
        session, team, make_worker_person(session), left_date=date(2026, 10, 1)
    )
    make_contract(session, gone, pay_basis=PayBasis.HOUR).payday = 25
    session.flush()

    board = board_of(session, site, county_facts)

    assert (text_of(board, "payday") or "").startswith("每月15日、20日发")
    assert (text_of(board, "pay_standard") or "").startswith("按天、按完成的量计算")


def test_owner_on_the_list_of_parties_comes_before_the_typed_name(
    session: Session, site: Project, county_facts: Path
) -> None:
    make_party(session, site, make_employer(session, name="某某交通投资"), party_type="008")

    assert text_of(board_of(session, site, county_facts), "owner") == "某某交通投资"


def test_labour_manager_who_left_office_is_not_shown(
    session: Session, site: Project, county_facts: Path
) -> None:
    grant = session.exec(select(RoleGrant).where(RoleGrant.project_id == site.id)).one()
    grant.revoked_at = datetime(2026, 11, 1, tzinfo=UTC)
    session.flush()

    board = board_of(session, site, county_facts)

    assert [entry.field for entry in board.missing] == ["labour_manager"]


def test_unknown_project_has_no_board(session: Session, site: Project) -> None:
    session.delete(project := make_project(session))
    session.flush()

    with pytest.raises(ProjectNotFoundError):
        board_of(session, project, None)
