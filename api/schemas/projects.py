"""Wire shapes of projects, their rosters and the reports on imported workbooks."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from api.schemas.findings import CellFindingOut
from attendance.conflict_queries import GateCounts
from core.masking import mask_card, mask_id_number, mask_name, mask_phone
from core.money import to_yuan
from db.models import Employer, Project, ProjectParty, Team
from projects import dictionaries
from projects.findings import FindingCode
from projects.roster import RosterReport, RowOutcome, RowResult
from projects.service import ProjectDetail, RosterEntry


class ProjectOut(BaseModel):
    """A project in a list."""

    id: UUID
    code: str = Field(description="项目编号 of the national platform.")
    name: str
    category: str = Field(description="项目分类, national code.", examples=["01"])
    status: str = Field(description="项目状态, national code.", examples=["003"])
    county_code: str = Field(description="GB/T 2260.", examples=["330106"])
    address: str | None

    @classmethod
    def of(cls, project: Project) -> Self:
        """Return the wire shape of one project."""
        return cls.model_validate(project, from_attributes=True)


class PartyOut(BaseModel):
    """A company and its part."""

    employer_name: str
    uscc: str = Field(description="统一社会信用代码 (GB 32100).")
    party_type: str = Field(description="参建类型, national code.", examples=["009"])
    party_type_name: str

    @classmethod
    def of(cls, party: ProjectParty, employer: Employer) -> Self:
        """Return the wire shape of one company on a project."""
        return cls(
            employer_name=employer.name,
            uscc=employer.uscc,
            party_type=party.party_type,
            party_type_name=dictionaries.PARTY_TYPE.name_of(party.party_type),
        )


class TeamOut(BaseModel):
    """班组."""

    id: UUID
    name: str
    leader_name: str | None

    @classmethod
    def of(cls, team: Team) -> Self:
        """Return the wire shape of one team; its leader is masked like any worker."""
        return cls(
            id=team.id, name=team.name, leader_name=team.leader_name and mask_name(team.leader_name)
        )


class ProjectDetailOut(ProjectOut):
    """A project with who builds it and its teams."""

    owner_name: str | None
    licence_number: str | None = Field(description="施工许可证编号.")
    contract_amount: str | None = Field(description="Yuan.", examples=["68000000.00"])
    start_date: date | None
    complete_date: date | None
    parties: list[PartyOut]
    teams: list[TeamOut]
    open_gate_conflicts: int = Field(description="Crossings somebody still has to look at.")
    unread_scans: int = Field(description="Uploads of gates that nobody could read.")
    device_troubles: int = Field(description="What is wrong with devices right now.")

    @classmethod
    def of_detail(cls, detail: ProjectDetail, waiting: GateCounts, *, device_troubles: int) -> Self:
        """Return the wire shape of a project with its companies and teams."""
        project = detail.project
        amount = project.contract_amount_fen
        return cls(
            **ProjectOut.of(project).model_dump(),
            owner_name=project.owner_name,
            licence_number=project.licence_number,
            contract_amount=None if amount is None else to_yuan(amount),
            start_date=project.start_date,
            complete_date=project.complete_date,
            parties=[PartyOut.of(party, employer) for party, employer in detail.parties],
            teams=[TeamOut.of(team) for team in detail.teams],
            open_gate_conflicts=waiting.open_conflicts,
            unread_scans=waiting.unread_scans,
            device_troubles=device_troubles,
        )


class RosterEntryOut(BaseModel):
    """One worker's place on the project; personal values are masked."""

    project_worker_id: UUID
    person_id: UUID
    masked_name: str
    masked_id_number: str | None
    masked_phone: str | None = Field(description="Null for a worker without a phone.")
    masked_bank_card: str | None
    team_id: UUID
    team_name: str
    work_type: str = Field(description="工种, national code.", examples=["020"])
    work_type_name: str
    is_team_leader: bool
    card_number: str | None = Field(description="门禁卡号.")
    entered_date: date
    left_date: date | None

    @classmethod
    def of(cls, entry: RosterEntry) -> Self:
        """Return the wire shape of one place."""
        worker, person = entry.worker, entry.person
        return cls(
            project_worker_id=worker.id,
            person_id=person.id,
            masked_name=mask_name(person.name),
            masked_id_number=person.id_number and mask_id_number(person.id_number),
            masked_phone=person.phone and mask_phone(person.phone),
            masked_bank_card=worker.bank_card and mask_card(worker.bank_card),
            team_id=entry.team.id,
            team_name=entry.team.name,
            work_type=worker.work_type,
            work_type_name=dictionaries.WORK_TYPE.name_of(worker.work_type),
            is_team_leader=worker.is_team_leader,
            card_number=worker.card_number,
            entered_date=worker.entered_date,
            left_date=worker.left_date,
        )


class FindingOut(CellFindingOut[FindingCode]):
    """What is wrong or noteworthy about one cell, and what to do in the sheet."""


class RosterRowOut(BaseModel):
    """What became of one row, or in a dry run would become of it."""

    row: int = Field(description="Row number as Excel shows it.")
    masked_name: str
    outcome: RowOutcome
    findings: list[FindingOut]

    @classmethod
    def of(cls, result: RowResult) -> Self:
        """Return the wire shape of one row."""
        return cls(
            row=result.row,
            masked_name=result.masked_name,
            outcome=result.outcome,
            findings=[FindingOut.of(finding) for finding in result.findings],
        )


class RosterReportOut(BaseModel):
    """Every row of the file, in its order; rejected rows change nothing."""

    is_dry_run: bool
    imported: int = Field(description="Rows of workers new on this project.")
    updated: int = Field(description="Rows of workers who were on it already.")
    rejected: int
    rows: list[RosterRowOut]

    @classmethod
    def of(cls, report: RosterReport) -> Self:
        """Return the wire shape of a report."""
        return cls(
            is_dry_run=report.is_dry_run,
            imported=report.imported,
            updated=report.updated,
            rejected=report.rejected,
            rows=[RosterRowOut.of(row) for row in report.rows],
        )
