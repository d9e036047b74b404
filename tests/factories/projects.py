"""Invented projects, companies, teams, workers and contracts."""

from datetime import date
from itertools import count

from sqlmodel import Session

from core.enums import ContractKind, PayBasis
from db.models import Contract, Employer, Person, Project, ProjectParty, ProjectWorker, Team
from db.session import blind_index

ENTERED = date(2026, 9, 1)

_numbers = count(1)


def make_employer(session: Session, *, name: str = "杭州某某劳务有限公司") -> Employer:
    """Write one company; its USCC is unique but not checksum-valid."""
    employer = Employer(uscc=f"91330106TEST{next(_numbers):06d}", name=name)
    session.add(employer)
    session.flush()
    return employer


def make_project(
    session: Session, *, name: str = "西湖区某安置房工程", county_code: str = "330106"
) -> Project:
    """Write one project under construction."""
    serial = next(_numbers)
    project = Project(
        code=f"TEST{serial:010d}",
        name=name,
        category="01",
        status="003",
        county_code=county_code,
        poster_token=f"poster{serial:010d}",
    )
    session.add(project)
    session.flush()
    return project


def make_party(
    session: Session, project: Project, employer: Employer | None = None, *, party_type: str = "006"
) -> ProjectParty:
    """Write one company's part on the project; a labour subcontractor unless told otherwise."""
    employer = employer or make_employer(session)
    party = ProjectParty(project_id=project.id, employer_id=employer.id, party_type=party_type)
    session.add(party)
    session.flush()
    return party


def make_team(
    session: Session, project: Project, party: ProjectParty | None = None, *, name: str = "钢筋一班"
) -> Team:
    """Write one team."""
    party = party or make_party(session, project)
    team = Team(project_id=project.id, party_id=party.id, name=name)
    session.add(team)
    session.flush()
    return team


def make_project_worker(
    session: Session,
    team: Team,
    person: Person,
    *,
    entered_date: date = ENTERED,
    left_date: date | None = None,
    card_number: str | None = None,
    bank_card: str | None = None,
) -> ProjectWorker:
    """Write one person's engagement in the team."""
    worker = ProjectWorker(
        project_id=team.project_id,
        person_id=person.id,
        team_id=team.id,
        work_type="020",
        worker_role="20",
        card_number=card_number,
        entered_date=entered_date,
        left_date=left_date,
        bank_card=bank_card,
    )
    if bank_card is not None:
        worker.bank_card_index = blind_index(session, "project_worker.bank_card", bank_card)
    session.add(worker)
    session.flush()
    return worker


def make_contract(
    session: Session,
    worker: ProjectWorker,
    *,
    pay_basis: PayBasis = PayBasis.DAY,
    unit_price_fen: int = 35_000,
    start_date: date = ENTERED,
    end_date: date | None = None,
) -> Contract:
    """Write a labour contract: 350 yuan a day unless told otherwise."""
    contract = Contract(
        project_id=worker.project_id,
        project_worker_id=worker.id,
        kind=ContractKind.LABOUR_CONTRACT,
        period_type="1",
        start_date=start_date,
        end_date=end_date,
        pay_basis=pay_basis,
        unit_price_fen=unit_price_fen,
    )
    session.add(contract)
    session.flush()
    return contract
