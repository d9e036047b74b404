"""Projects as a whole: seeing them, registering them from their workbook."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlmodel import Session, select

from core.enums import Role
from db.base import new_id
from db.models import AuditEntry, Employer, Person, Project, ProjectParty, Team
from identity.principal import Principal
from projects import project_sheets, service
from projects.errors import ProjectNotFoundError, ProjectSheetInvalidError, SheetNotFoundError
from projects.findings import FindingCode
from tests.factories.identity import make_principal, make_worker_person
from tests.factories.projects import make_project, make_project_worker, make_team
from tests.factories.workbooks import GENERAL_CONTRACTOR, make_project_sheets, make_workbook

AT = datetime(2026, 9, 1, 2, tzinfo=UTC)

Sheets = dict[str, list[dict[str, object]]]


def register(session: Session, sheets: Sheets) -> Project:
    return service.import_project(session, content=make_workbook(sheets), at=AT)


def codes_of(session: Session, sheets: Sheets) -> list[object]:
    with pytest.raises(ProjectSheetInvalidError) as caught:
        register(session, sheets)
    findings = caught.value.facts["findings"]
    assert isinstance(findings, list)
    return [finding["code"] for finding in findings]


def acting(role: Role, **scope: object) -> Principal:
    return make_principal(new_id(), role, **scope)  # type: ignore[arg-type]


def ids(projects: list[Project]) -> list[UUID]:
    return [project.id for project in projects]


def test_a_workbook_becomes_a_project_with_companies_and_teams(session: Session) -> None:
    project = register(session, make_project_sheets())

    party = session.exec(select(ProjectParty)).one()
    employer = session.exec(select(Employer)).one()
    team = session.exec(select(Team)).one()
    assert (project.category, project.status, project.county_code) == ("01", "003", "330106")
    assert project.contract_amount_fen == 6_800_123_456
    assert (project.start_date, len(project.poster_token)) == (date(2026, 9, 1), 22)
    assert (party.party_type, party.manager_phone) == ("009", "+8619100000999")
    assert (party.wage_account, employer.uscc) == ("1202026609900123456", GENERAL_CONTRACTOR)
    assert (team.party_id, team.leader_name) == (party.id, "李大山")


def test_importing_a_project_twice_updates_it(session: Session) -> None:
    first = register(session, make_project_sheets())
    token = first.poster_token

    second = register(session, make_project_sheets(NAME="改名的项目"))

    assert (second.id, second.name, second.poster_token) == (first.id, "改名的项目", token)
    assert len(session.exec(select(Team)).all()) == 1
    assert len(session.exec(select(ProjectParty)).all()) == 1


def test_an_import_of_a_project_leaves_an_audit_row(session: Session) -> None:
    project = register(session, make_project_sheets())

    entry = session.exec(select(AuditEntry)).one()
    assert (entry.action, entry.subject_id) == ("projects.import_project", project.id)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"CODE": None}, FindingCode.MISSING_VALUE),
        ({"CATEGORY": "航天工程"}, FindingCode.UNKNOWN_CODE),
        ({"AREA_CODE": "西湖区"}, FindingCode.BAD_AREA_CODE),
        ({"OWNER_USCC": "91350100M000100Y44"}, FindingCode.BAD_USCC),
        ({"CONTRACT_AMOUNT": "很多"}, FindingCode.BAD_AMOUNT),
        ({"COMPLETE": "2026-08-31"}, FindingCode.DATES_REVERSED),
    ],
)
def test_each_mistake_in_the_project_is_named(
    session: Session, changes: dict[str, object], code: FindingCode
) -> None:
    assert codes_of(session, make_project_sheets(**changes)) == [code]


def test_mistakes_of_all_sheets_are_told_at_once_and_nothing_is_written(session: Session) -> None:
    sheets = make_project_sheets(CATEGORY="航天工程")
    sheets[project_sheets.PARTY_SHEET][0][project_sheets.MANAGER_PHONE] = "123"
    sheets[project_sheets.TEAM_SHEET][0][project_sheets.TEAM_USCC] = "91310000MA1FL0000Y"

    codes = codes_of(session, sheets)

    assert codes == [
        FindingCode.UNKNOWN_CODE,
        FindingCode.BAD_PHONE,
        FindingCode.BAD_USCC,
        FindingCode.UNKNOWN_PARTY,
    ]
    assert session.exec(select(Project)).all() == []


@pytest.mark.parametrize(
    "sheet", [project_sheets.PROJECT_SHEET, project_sheets.PARTY_SHEET, project_sheets.TEAM_SHEET]
)
def test_repeated_rows_are_refused(session: Session, sheet: str) -> None:
    sheets = make_project_sheets()
    sheets[sheet] = sheets[sheet] * 2

    assert codes_of(session, sheets) == [FindingCode.REPEATED_ROW]


def test_a_wage_account_stored_as_a_number_is_refused(session: Session) -> None:
    sheets = make_project_sheets()
    party = sheets[project_sheets.PARTY_SHEET][0]
    party[project_sheets.WAGE_ACCOUNT] = 1202026609900123456
    numeric = codes_of(session, sheets)
    party[project_sheets.WAGE_ACCOUNT] = "账户待定"

    assert (numeric, codes_of(session, sheets)) == (
        [FindingCode.NUMERIC_CELL],
        [FindingCode.BAD_BANK_CARD],
    )


def test_little_is_needed_to_register_a_project(session: Session) -> None:
    sheets = make_project_sheets(
        OWNER_USCC=None, CONTRACT_AMOUNT=None, START=None, COMPLETE=None, LICENCE=None
    )
    party = sheets[project_sheets.PARTY_SHEET][0]
    party |= {project_sheets.ENTERED: None, project_sheets.WAGE_ACCOUNT: None}
    sheets[project_sheets.PARTY_SHEET] = [party]

    project = register(session, sheets)

    assert (project.owner_uscc, project.contract_amount_fen) == (None, None)


def test_a_workbook_without_a_sheet_is_refused(session: Session) -> None:
    sheets = make_project_sheets()
    del sheets[project_sheets.TEAM_SHEET]

    with pytest.raises(SheetNotFoundError):
        register(session, sheets)


def test_everybody_sees_the_projects_of_their_scope_only(session: Session) -> None:
    here, there = make_project(session), make_project(session, county_code="330108")

    def visible(principal: Principal) -> list[UUID]:
        return ids(service.list_projects(session, principal=principal, before=None, limit=10))

    assert visible(acting(Role.ADMIN)) == [there.id, here.id]
    assert visible(acting(Role.LABOUR_MANAGER, project_id=here.id)) == [here.id]
    assert visible(acting(Role.INSPECTOR, county_code="330108")) == [there.id]
    assert visible(acting(Role.WORKER)) == []


def test_projects_come_in_pages(session: Session) -> None:
    older, newer = make_project(session), make_project(session)

    page = service.list_projects(session, principal=acting(Role.ADMIN), before=newer.id, limit=1)

    assert ids(page) == [older.id]


def test_a_project_outside_the_scope_does_not_exist(session: Session) -> None:
    project = make_project(session)
    make_team(session, project)
    inspector = acting(Role.INSPECTOR, county_code="330106")

    detail = service.get_project(session, principal=inspector, project_id=project.id)

    assert service.get_project(session, principal=acting(Role.ADMIN), project_id=project.id)
    assert (detail.project.id, len(detail.parties), len(detail.teams)) == (project.id, 1, 1)
    for stranger in (
        acting(Role.LABOUR_MANAGER, project_id=new_id()),
        acting(Role.INSPECTOR, county_code="330108"),
        acting(Role.WORKER),
    ):
        with pytest.raises(ProjectNotFoundError):
            service.get_project(session, principal=stranger, project_id=project.id)


def test_an_unknown_project_does_not_exist_for_anybody(session: Session) -> None:
    with pytest.raises(ProjectNotFoundError):
        service.get_project(session, principal=acting(Role.ADMIN), project_id=new_id())


def test_the_roster_comes_in_pages_newest_first(session: Session) -> None:
    team = make_team(session, make_project(session))
    people: list[Person] = [make_worker_person(session) for _ in range(3)]
    workers = [make_project_worker(session, team, person) for person in people]

    first = service.list_roster(session, project_id=team.project_id, before=None, limit=1)
    rest = service.list_roster(session, project_id=team.project_id, before=first[0].id, limit=9)

    assert [entry.id for entry in first] == [workers[2].id, workers[1].id]
    assert [entry.id for entry in rest] == [workers[1].id, workers[0].id]
    assert rest[0].person.id == people[1].id
