"""An invented site of which everything is known that a notice board shows."""

from datetime import date
from pathlib import Path

from sqlmodel import Session

from core.enums import Role
from db.models import Person, Project, RoleGrant
from tests.factories.identity import make_person, make_worker_person
from tests.factories.projects import (
    make_contract,
    make_employer,
    make_party,
    make_project,
    make_project_worker,
    make_team,
)

MANAGER_PHONE = "+8619100000901"


def write_county_facts(folder: Path, *, county_code: str = "330106") -> Path:
    """Write what an operator would enter for a county; the figures are invented."""
    (folder / "minimum_wages.csv").write_text(
        "county_code,in_force_from,monthly_yuan,hourly_yuan,source\n"
        f"{county_code},2026-01-01,2400,24,某市人民政府通知\n",
        encoding="utf-8",
    )
    (folder / "complaint_channels.csv").write_text(
        "county_code,bureau,bureau_phone,industry_authority,industry_phone,arbitration,legal_aid,"
        "source\n"
        f"{county_code},某区劳动保障监察大队,0571-00000010,某区住房和城乡建设局,0571-00000011,"
        "某区仲裁院 0571-00000012,某区法律援助中心 0571-00000013,某区公告\n",
        encoding="utf-8",
    )
    return folder


def make_known_site(session: Session) -> tuple[Project, Person]:
    """Write a project whose board is complete with `write_county_facts`, and its manager."""
    project = make_project(session)
    project.owner_name = "杭州某某城市建设投资有限公司"
    general = make_party(
        session, project, make_employer(session, name="浙江某某建设集团"), party_type="009"
    )
    general.wage_bank_name = "某银行杭州某某支行"
    general.manager_name = "周某某"
    general.manager_phone = "+8619100000777"
    team = make_team(session, project)
    worker = make_project_worker(
        session, team, make_worker_person(session), entered_date=date(2026, 9, 1)
    )
    make_contract(session, worker)
    manager = make_person(session, name="赵主管", phone=MANAGER_PHONE)
    session.add(RoleGrant(person_id=manager.id, role=Role.LABOUR_MANAGER, project_id=project.id))
    session.flush()
    return project, manager
